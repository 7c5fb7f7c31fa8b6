"""One form for the fields of a resource, whoever gave them: an account, a file, or a plan.

Fields that are equal to AWS are equal here: empty ones and AWS's defaults are left out, whole
numbers are int, lists are tuples and in one order, times are texts. Only ``PolicyType`` is always
there, since every other field of a policy hangs on it.

Source: the service models of CloudWatch and EC2 Auto Scaling, PutMetricAlarm, PutScalingPolicy
and PutScheduledUpdateGroupAction.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from tuner.errors import ConfigurationError, Problem
from tuner.resources.records import ActionResource, AlarmResource, Fields, PolicyResource

WHOLE_FIELDS = frozenset(
    {
        *("ScalingAdjustment", "MinAdjustmentMagnitude", "Cooldown", "EstimatedInstanceWarmup"),
        *("Period", "EvaluationPeriods", "DatapointsToAlarm"),
        *("MinSize", "MaxSize", "DesiredCapacity", "DefaultCooldown", "DefaultInstanceWarmup"),
    }
)
NUMBER_FIELDS = frozenset(
    {"Threshold", "TargetValue", "MetricIntervalLowerBound", "MetricIntervalUpperBound"}
)
SWITCH_FIELDS = frozenset({"Enabled", "DisableScaleIn", "ActionsEnabled"})
TIME_FIELDS = frozenset({"StartTime", "EndTime"})
LIMITS = ("MinSize", "MaxSize", "DesiredCapacity", "DefaultCooldown", "DefaultInstanceWarmup")
UTC_NAMES = ("UTC", "Etc/UTC")

_DEFAULTS: Mapping[str, Any] = {
    "Enabled": True,
    "ActionsEnabled": True,
    "DisableScaleIn": False,
    "MetricAggregationType": "Average",
    "TreatMissingData": "missing",
}


def policy_resource(name: str, raw: Fields, *, arn: str | None = None) -> PolicyResource:
    """Make a policy of what an account or a file says of it.

    Parameters
    ----------
    name : str
        ``PolicyName``.
    raw : mapping
        Parameters of ``PutScalingPolicy``; those that say which policy it is must be out.
    arn : str or None
        Where it is deployed.

    Raises
    ------
    ConfigurationError
        Where a value is not of its field's kind.

    Examples
    --------
    >>> policy_resource("out", {"ScalingAdjustment": "2", "Enabled": True}).fields
    {'PolicyType': 'SimpleScaling', 'ScalingAdjustment': 2}
    """
    fields = _plain(raw, where=f"policy {name!r}")
    fields.setdefault("PolicyType", "SimpleScaling")
    steps = fields.get("StepAdjustments")
    if steps:
        fields["StepAdjustments"] = tuple(sorted(steps, key=_lower_end))
    return PolicyResource(name=name, fields=dict(sorted(fields.items())), arn=arn)


def alarm_resource(name: str, policy_name: str, raw: Fields) -> AlarmResource:
    """Make an alarm of what an account or a file says of it.

    Parameters
    ----------
    name, policy_name : str
        ``AlarmName``, and the policy that it calls.
    raw : mapping
        Parameters of ``PutMetricAlarm``, the call of the policy taken out of ``AlarmActions``.

    Raises
    ------
    ConfigurationError
        Where a value is not of its field's kind.
    """
    fields = _plain(raw, where=f"alarm {name!r}")
    if fields.get("DatapointsToAlarm") == fields.get("EvaluationPeriods", 1):
        fields.pop("DatapointsToAlarm", None)
    dimensions = fields.get("Dimensions")
    if dimensions:
        fields["Dimensions"] = tuple(sorted(dimensions, key=lambda each: str(each.get("Name"))))
    return AlarmResource(name=name, policy_name=policy_name, fields=dict(sorted(fields.items())))


def action_resource(name: str, raw: Fields) -> ActionResource:
    """Make a scheduled action of what an account or a file says of it.

    Parameters
    ----------
    name : str
        ``ScheduledActionName``.
    raw : mapping
        Parameters of ``PutScheduledUpdateGroupAction``; those that say which action it is must be
        out. Times with a zone become texts in UTC.

    Raises
    ------
    ConfigurationError
        Where a value is not of its field's kind.
    """
    fields = _plain(raw, where=f"scheduled action {name!r}")
    if fields.get("TimeZone") in UTC_NAMES:
        del fields["TimeZone"]
    return ActionResource(name=name, fields=dict(sorted(fields.items())))


def limit_fields(raw: Fields, *, group: str) -> Fields:
    """Give the limits of a group, what is not a limit left out.

    Parameters
    ----------
    raw : mapping
        What an account or a file says of the group.
    group : str
        Its name, for messages.

    Raises
    ------
    ConfigurationError
        Where a limit is not a whole number.
    """
    known = {name: raw[name] for name in LIMITS if raw.get(name) is not None}
    return _plain(known, where=f"group {group!r}")


def _plain(raw: Fields, *, where: str) -> dict[str, Any]:
    """Give fields in one form: without empty ones and defaults."""
    fields: dict[str, Any] = {}
    for name, value in raw.items():
        plain = _value(name, value, where=where)
        is_empty = plain is None or plain in ((), {})
        if not is_empty and not (name in _DEFAULTS and plain == _DEFAULTS[name]):
            fields[name] = plain
    return fields


def _value(name: str, value: Any, *, where: str) -> Any:
    """Give one value in one form."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        return _plain(value, where=f"{where}, {name}")
    if isinstance(value, list | tuple):
        return tuple(_value("", entry, where=f"{where}, {name}") for entry in value)
    if hasattr(value, "item"):  # a number of NumPy's
        value = value.item()
    for names, read, kind in _KINDS:
        if name in names:
            try:
                return read(value)
            except (ValueError, OverflowError):
                raise ConfigurationError(
                    Problem(kind, repr(value), f"{where}, {name}", "Give what AWS takes.")
                ) from None
    if isinstance(value, float):
        return _number(value)
    return value


def _whole(value: object) -> int:
    """Read a whole number."""
    number = _number(value)
    if number != int(number):
        raise ValueError
    return int(number)


def _number(value: object) -> int | float:
    """Read a finite number; a whole one as int."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    if isinstance(value, int):
        return value
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return int(number) if number == int(number) else number


def _switch(value: object) -> bool:
    """Read true or false."""
    words = {"true": True, "false": False}
    word = str(value).lower()
    if word not in words:
        raise ValueError
    return words[word]


def _time(value: object) -> str:
    """Read a time with a zone, as text in UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_KINDS: tuple[tuple[frozenset[str], Callable[[object], object], str], ...] = (
    (WHOLE_FIELDS, _whole, "a whole number"),
    (NUMBER_FIELDS, _number, "a finite number"),
    (SWITCH_FIELDS, _switch, "true or false"),
    (TIME_FIELDS, _time, "a date with time, as 2026-11-30T07:00:00Z"),
)


def _lower_end(step: Mapping[str, Any]) -> float:
    """Give where a step begins."""
    bound = step.get("MetricIntervalLowerBound")
    return -math.inf if bound is None else float(bound)
