"""Refuses what AWS would refuse, before anything is written.

The policy records know AWS's rules of steps, alarms and targets; the service model of the SDK
knows names and types. Emulators take what AWS refuses, so neither is left to the other side.

Source: docs/aws-semantics.md 2.1, 3, 4 and 6; Amazon EC2 Auto Scaling API reference,
PutScalingPolicy and PutScheduledUpdateGroupAction.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from tuner.errors import ConfigurationError, Problem, UnsupportedPlanError
from tuner.policy import Alarm, SimpleScaling, StepAdjustment, StepScaling
from tuner.resources.records import ActionResource, AlarmResource, Fields, PolicyResource

MOST_ALARM_ACTIONS = 5
CRON_FIELDS = 5
SIZES = ("MinSize", "DesiredCapacity", "MaxSize")
_OF_TYPE = {
    "SimpleScaling": {"AdjustmentType", "MinAdjustmentMagnitude", "ScalingAdjustment", "Cooldown"},
    "StepScaling": {
        *("AdjustmentType", "MinAdjustmentMagnitude", "StepAdjustments"),
        *("MetricAggregationType", "EstimatedInstanceWarmup"),
    },
    "TargetTrackingScaling": {"TargetTrackingConfiguration", "EstimatedInstanceWarmup"},
    "PredictiveScaling": {"PredictiveScalingConfiguration"},
}
"""Parameters that a policy may have, by its type, beside its type and whether it is enabled."""
_REQUIRED = {
    "SimpleScaling": ("AdjustmentType", "ScalingAdjustment"),
    "StepScaling": ("AdjustmentType", "StepAdjustments"),
    "TargetTrackingScaling": ("TargetTrackingConfiguration",),
    "PredictiveScaling": ("PredictiveScalingConfiguration",),
}


def check_policy(policy: PolicyResource) -> None:
    """Refuse a scaling policy that AWS would refuse.

    Parameters
    ----------
    policy : PolicyResource
        What is to be put.

    Raises
    ------
    UnsupportedPlanError
        Naming every field that is wrong.
    """
    _raise(_policy_problems(policy.fields), f"the policy {policy.name}")


def check_alarm(alarm: AlarmResource) -> None:
    """Refuse an alarm that AWS would refuse.

    Parameters
    ----------
    alarm : AlarmResource
        What is to be put.

    Raises
    ------
    UnsupportedPlanError
        Naming every field that is wrong.
    """
    _raise(_alarm_problems(alarm.fields), f"the alarm {alarm.name}")


def check_action(action: ActionResource) -> None:
    """Refuse a scheduled action that AWS would refuse.

    Parameters
    ----------
    action : ActionResource
        What is to be put.

    Raises
    ------
    UnsupportedPlanError
        Naming every field that is wrong.
    """
    _raise(_action_problems(action.fields), f"the scheduled action {action.name}")


def check_limits(group: str, limits: Fields) -> None:
    """Refuse limits that AWS would refuse.

    Parameters
    ----------
    group : str
        The group, for the message.
    limits : mapping
        What is to be set.

    Raises
    ------
    UnsupportedPlanError
        Naming every field that is wrong.
    """
    _raise(_size_problems(limits), f"the group {group}")


def check_request(request: Mapping[str, Any], shape: Any, where: str) -> None:
    """Refuse a request whose names or types the service model does not know.

    Parameters
    ----------
    request : mapping
        Parameters of the request.
    shape : botocore.model.Shape
        Its shape in the service model.
    where : str
        What it is about, for the message.

    Raises
    ------
    UnsupportedPlanError
        With what the service model says.
    """
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        said = " ".join(report.generate_report().split())
        problem = Problem("names and types of AWS's request", said, where, "Correct them.")
        raise UnsupportedPlanError(problem)


def _raise(problems: Iterator[Problem], where: str) -> None:
    """Raise one error that carries all problems, each with its place, if there are any."""
    found = [replace(problem, where=f"{where}, {problem.where}") for problem in problems]
    if found:
        raise UnsupportedPlanError(*found)


def _built(build: Callable[[], object]) -> Iterator[Problem]:
    """Yield what a record of ours refuses."""
    try:
        build()
    except ConfigurationError as error:
        yield from error.problems
    except (KeyError, TypeError, ValueError) as error:
        yield Problem("numbers and words of AWS's request", str(error), "fields", "Correct them.")


def _policy_problems(fields: Fields) -> Iterator[Problem]:
    """Yield what is wrong with the fields of a policy."""
    kind = fields.get("PolicyType", "SimpleScaling")
    if kind not in _OF_TYPE:
        words = ", ".join(_OF_TYPE)
        yield Problem(f"one of {words}", repr(kind), "PolicyType", "Use AWS's spelling.")
        return
    for name in sorted(set(fields) - _OF_TYPE[kind] - {"PolicyType", "Enabled"}):
        yield Problem(f"a field of {kind}", name, name, "Leave it out, or change PolicyType.")
    missing = [name for name in _REQUIRED[kind] if name not in fields]
    for name in missing:
        yield Problem("a value", "none", name, f"{kind} needs {name}.")
    adjusts_by = fields.get("AdjustmentType", "PercentChangeInCapacity")
    if "MinAdjustmentMagnitude" in fields and adjusts_by != "PercentChangeInCapacity":
        next_step = "Leave it out: AWS takes it beside PercentChangeInCapacity only."
        yield Problem("no least change", adjusts_by, "MinAdjustmentMagnitude", next_step)
    if missing:
        return
    if kind == "SimpleScaling":
        yield from _built(
            lambda: SimpleScaling(
                scaling_adjustment=fields["ScalingAdjustment"],
                adjustment_type=fields["AdjustmentType"],
                min_adjustment_magnitude=fields.get("MinAdjustmentMagnitude"),
                cooldown_seconds=fields.get("Cooldown", 0),
            )
        )
    elif kind == "StepScaling":
        yield from _built(lambda: _step_scaling(fields))
    elif kind == "TargetTrackingScaling":
        yield from _tracking_problems(fields)


def _step_scaling(fields: Fields) -> StepScaling:
    """Make our record of a step scaling policy."""
    return StepScaling(
        step_adjustments=tuple(
            StepAdjustment(
                metric_interval_lower_bound=step.get("MetricIntervalLowerBound"),
                metric_interval_upper_bound=step.get("MetricIntervalUpperBound"),
                scaling_adjustment=step["ScalingAdjustment"],
            )
            for step in fields["StepAdjustments"]
        ),
        adjustment_type=fields["AdjustmentType"],
        min_adjustment_magnitude=fields.get("MinAdjustmentMagnitude"),
        metric_aggregation_type=fields.get("MetricAggregationType", "Average"),
        instance_warmup_seconds=fields.get("EstimatedInstanceWarmup"),
    )


def _tracking_problems(fields: Fields) -> Iterator[Problem]:
    """Yield what is wrong with a target tracking policy, on any metric."""
    target = fields["TargetTrackingConfiguration"]
    value = target.get("TargetValue")
    if not (isinstance(value, int | float) and math.isfinite(value) and value > 0):
        yield Problem("a number above 0", repr(value), "TargetValue", "Raise it.")
    predefined = target.get("PredefinedMetricSpecification")
    if (predefined is None) == (target.get("CustomizedMetricSpecification") is None):
        yield Problem(
            "a predefined or a customized metric",
            "both" if predefined else "neither",
            "TargetTrackingConfiguration",
            "Give one of the two.",
        )
    elif predefined and _lacks_label(predefined):
        next_step = "Name the load balancer and the target group: app/…/targetgroup/…"
        yield Problem("a value", "none", "ResourceLabel", next_step)
    warmup = fields.get("EstimatedInstanceWarmup", 0)
    if not isinstance(warmup, int) or warmup < 0:
        yield Problem("at least 0 seconds", repr(warmup), "EstimatedInstanceWarmup", "Raise it.")


def _lacks_label(predefined: Mapping[str, Any]) -> bool:
    """Tell whether a metric of a load balancer does not say of which."""
    is_per_target = predefined.get("PredefinedMetricType") == "ALBRequestCountPerTarget"
    return is_per_target and not predefined.get("ResourceLabel")


def _alarm_problems(fields: Fields) -> Iterator[Problem]:
    """Yield what is wrong with the fields of an alarm."""
    for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        most = MOST_ALARM_ACTIONS - (name == "AlarmActions")
        if len(fields.get(name, ())) > most:
            got = str(len(fields[name]))
            yield Problem(f"at most {most} beside the policy", got, name, "Leave some out.")
    if not {"MetricName", "Period", "Threshold"} <= set(fields):
        return  # metric math and anomaly bands: the service model says what they need
    if ("Statistic" in fields) == ("ExtendedStatistic" in fields):
        yield Problem("one statistic", "none, or two", "Statistic", "Give one, such as Average.")
    count = fields.get("EvaluationPeriods", 0)
    yield from _built(
        lambda: Alarm(
            threshold_percent=float(fields["Threshold"]),
            comparison_operator=fields["ComparisonOperator"],
            period_seconds=fields["Period"],
            evaluation_periods=count,
            datapoints_to_alarm=fields.get("DatapointsToAlarm", count),
            treat_missing_data=fields.get("TreatMissingData", "missing"),
        )
    )


def _action_problems(fields: Fields) -> Iterator[Problem]:
    """Yield what is wrong with the fields of a scheduled action."""
    from zoneinfo import available_timezones

    if not any(name in fields for name in SIZES):
        yield Problem("a size", "none", ", ".join(SIZES), "Give one of them.")
    if "Recurrence" not in fields and "StartTime" not in fields:
        yield Problem("a time", "none", "StartTime, Recurrence", "Give one of them.")
    recurrence = fields.get("Recurrence")
    if recurrence is not None and len(str(recurrence).split()) != CRON_FIELDS:
        yield Problem(
            "five fields: minute, hour, day of month, month, day of week",
            repr(recurrence),
            "Recurrence",
            "Write it as in `30 8 * * 1-5`.",
        )
    zone = fields.get("TimeZone", "UTC")
    if zone not in available_timezones():
        next_step = "Use the name of the IANA database, such as Europe/Berlin."
        yield Problem("a time zone", repr(zone), "TimeZone", next_step)
    yield from _size_problems(fields)


def _size_problems(fields: Fields) -> Iterator[Problem]:
    """Yield what is wrong with sizes and default times."""
    wrong = [
        name
        for name in (*SIZES, "DefaultCooldown")
        if name in fields and not _is_count(fields[name])
    ]
    for name in wrong:
        yield Problem("a whole number of at least 0", repr(fields[name]), name, "Correct it.")
    given = [name for name in SIZES if name in fields]
    for lower, upper in pairwise(given):
        if not wrong and fields[lower] > fields[upper]:
            yield Problem(
                f"at most {upper} ({fields[upper]})", str(fields[lower]), lower, "Lower it."
            )


def _is_count(value: object) -> bool:
    """Tell whether a value is a whole number of at least 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
