"""One scaling policy or alarm as the record of a plan, or why no plan can say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tuner.metrics import MetricName
from tuner.policy import Alarm, SimpleScaling, StepAdjustment, StepScaling, TargetTracking
from tuner.resources.from_plan import (
    BY_REQUESTS,
    SIMPLE,
    STEP,
    TRACKING,
    takes_the_other_way,
)
from tuner.resources.names import SCALE_IN, SCALE_OUT, role_of
from tuner.resources.records import AlarmResource, Fields, PolicyResource

DEFAULT_COOLDOWN_SECONDS = 300
LONGEST_SAID = 120

Side = str
Policy = SimpleScaling | StepScaling

_SIDES: Mapping[str | None, Side] = {SCALE_OUT: "scale_out", SCALE_IN: "scale_in"}
_METRIC_WORDS = ("namespace", "metric", "dimensions", "statistic")
_SHARED = frozenset({"PolicyType", "AdjustmentType", "MinAdjustmentMagnitude"})
_KNOWN: Mapping[str, frozenset[str]] = {
    SIMPLE: _SHARED | {"ScalingAdjustment", "Cooldown"},
    STEP: _SHARED | {"StepAdjustments", "MetricAggregationType", "EstimatedInstanceWarmup"},
    TRACKING: frozenset({"PolicyType", "TargetTrackingConfiguration", "EstimatedInstanceWarmup"}),
}
_OF_ALARM = frozenset(
    {
        *("Namespace", "MetricName", "Dimensions", "Statistic", "Unit", "Period", "Threshold"),
        *("EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator", "TreatMissingData"),
    }
)


class NotRepresentedError(Exception):
    """A thing that no plan can say; the text is the reason, as the end of a sentence."""


def kind_of(policy: PolicyResource) -> str:
    """Give a policy's type."""
    return str(policy.fields.get("PolicyType", SIMPLE))


def read_policy(policy: PolicyResource, limits: Fields) -> Policy:
    """Read a simple or a step policy.

    Parameters
    ----------
    policy : PolicyResource
        The policy.
    limits : mapping
        The group's, of which a simple policy without a cooldown has the default one.

    Raises
    ------
    NotRepresentedError, ConfigurationError
        Where a plan cannot say it, or AWS would not take it.
    """
    fields, kind = policy.fields, kind_of(policy)
    if kind not in (SIMPLE, STEP):
        raise NotRepresentedError(f"it is of type {kind}")
    _refuse_disabled(policy)
    magnitude = fields.get("MinAdjustmentMagnitude") or None
    if kind == STEP:
        steps = tuple(map(_read_step, needed(fields, "StepAdjustments")))
        return StepScaling(
            step_adjustments=steps,
            adjustment_type=needed(fields, "AdjustmentType"),
            min_adjustment_magnitude=magnitude,
            metric_aggregation_type=fields.get("MetricAggregationType", "Average"),
            instance_warmup_seconds=fields.get("EstimatedInstanceWarmup"),
        )
    cooldown = fields.get("Cooldown")
    if cooldown is None:
        cooldown = limits.get("DefaultCooldown", DEFAULT_COOLDOWN_SECONDS)
    return SimpleScaling(
        scaling_adjustment=needed(fields, "ScalingAdjustment"),
        adjustment_type=needed(fields, "AdjustmentType"),
        min_adjustment_magnitude=magnitude,
        cooldown_seconds=cooldown,
    )


def read_alarm(resource: AlarmResource, metric: MetricName) -> Alarm:
    """Read an alarm.

    Parameters
    ----------
    resource : AlarmResource
        The alarm.
    metric : MetricName
        What it must be on to be in a plan; its period is the alarm's own.

    Raises
    ------
    NotRepresentedError, ConfigurationError
        Where a plan cannot say it, or AWS would not take it.
    """
    fields, name = resource.fields, resource.name
    if "Metrics" in fields:
        raise NotRepresentedError(f"its alarm {name!r} is of metric math")
    if fields.get("ActionsEnabled") is False:
        raise NotRepresentedError(f"the actions of its alarm {name!r} are disabled")
    wanted = (metric.namespace, metric.metric, metric.dimensions, metric.statistic)
    for word, one, other in zip(_METRIC_WORDS, _metric_of(fields), wanted):
        if one != other:
            raise NotRepresentedError(
                f"its alarm {name!r} is on the {word} {_said(one)}, and a plan's on {_said(other)}"
            )
    if fields.get("Unit", "Percent") != "Percent":
        raise NotRepresentedError(
            f"its alarm {name!r} is in the unit {fields['Unit']!r}, in which CPU has no datapoint"
        )
    n = needed(fields, "EvaluationPeriods")
    return Alarm(
        threshold_percent=needed(fields, "Threshold"),
        comparison_operator=needed(fields, "ComparisonOperator"),
        period_seconds=needed(fields, "Period"),
        evaluation_periods=n,
        datapoints_to_alarm=fields.get("DatapointsToAlarm", n),
        treat_missing_data=fields.get("TreatMissingData", "missing"),
    )


def read_target(policy: PolicyResource) -> tuple[TargetTracking, str | None]:
    """Read a target tracking policy, with its resource label.

    Parameters
    ----------
    policy : PolicyResource
        The policy.

    Raises
    ------
    NotRepresentedError, ConfigurationError
        Where a plan cannot say it, or AWS would not take it.
    """
    _refuse_disabled(policy)
    settings = needed(policy.fields, "TargetTrackingConfiguration")
    if "PredefinedMetricSpecification" not in settings:
        raise NotRepresentedError("it tracks a customized metric")
    metric = settings["PredefinedMetricSpecification"]
    kind = needed(metric, "PredefinedMetricType")
    made = TargetTracking(
        target_value=needed(settings, "TargetValue"),
        predefined_metric_type=kind,
        disable_scale_in=settings.get("DisableScaleIn", False),
        instance_warmup_seconds=policy.fields.get("EstimatedInstanceWarmup"),
    )
    return made, metric.get("ResourceLabel") if kind == BY_REQUESTS else None


def side_of(name: str, policy: Policy, alarm: Alarm) -> Side:
    """Say on which side of a plan a policy is: by our name, its sign, or its alarm.

    Parameters
    ----------
    name : str
        Its name.
    policy : SimpleScaling or StepScaling
        The policy.
    alarm : Alarm
        Decides where it sets an exact capacity, or changes nothing.

    Raises
    ------
    NotRepresentedError
        Where its steps go both ways.
    """
    side = _SIDES.get(role_of(name))
    if side is None:
        adjustments = (
            [policy.scaling_adjustment]
            if isinstance(policy, SimpleScaling)
            else [step.scaling_adjustment for step in policy.step_adjustments]
        )
        signs = {(each > 0) - (each < 0) for each in adjustments} - {0}
        if policy.adjustment_type == "ExactCapacity" or not signs:
            is_out = alarm.comparison_operator.startswith("Greater")
        elif len(signs) > 1:
            raise NotRepresentedError("it both adds and takes instances")
        else:
            is_out = signs == {1}
        side = "scale_out" if is_out else "scale_in"
    if isinstance(policy, StepScaling) and takes_the_other_way(policy, side):
        raise NotRepresentedError(f"it is named as {side}, and some of its steps go the other way")
    return side


def left_over(resource: PolicyResource | AlarmResource) -> Iterator[str]:
    """Yield a sentence for each field of what was read that a plan has no place for.

    Parameters
    ----------
    resource : PolicyResource or AlarmResource
        What was read.
    """
    fields = resource.fields
    if isinstance(resource, PolicyResource):
        known, who = _KNOWN[kind_of(resource)], f"Policy {resource.name!r}"
    else:
        known, who = _OF_ALARM | {"ExtendedStatistic"}, f"Alarm {resource.name!r}"
    for name in sorted(set(fields) - known):
        yield f"{who} has {name} = {_short(fields[name])}, which a plan does not say."


def needed(fields: Fields, name: str) -> Any:
    """Give a field without which a policy or alarm is none."""
    if fields.get(name) is None:
        raise NotRepresentedError(f"{name} is missing")
    return fields[name]


def _read_step(step: Fields) -> StepAdjustment:
    """Read one step."""
    return StepAdjustment(
        metric_interval_lower_bound=step.get("MetricIntervalLowerBound"),
        metric_interval_upper_bound=step.get("MetricIntervalUpperBound"),
        scaling_adjustment=needed(step, "ScalingAdjustment"),
    )


def _metric_of(fields: Fields) -> tuple[object, object, object, object]:
    """Give namespace, metric, dimensions and statistic of an alarm."""
    dimensions = tuple(
        sorted((each["Name"], each["Value"]) for each in fields.get("Dimensions", ()))
    )
    statistic = fields.get("ExtendedStatistic", fields.get("Statistic", "Average"))
    return fields.get("Namespace"), fields.get("MetricName"), dimensions, statistic


def _refuse_disabled(policy: PolicyResource) -> None:
    """Refuse a policy that is switched off."""
    if policy.fields.get("Enabled") is False:
        raise NotRepresentedError("it is disabled")


def _said(value: object) -> str:
    """Write a part of a metric's name for a sentence."""
    if isinstance(value, tuple):
        return ", ".join(f"{name}={entry}" for name, entry in value) or "of no dimension"
    return str(value)


def _short(value: object) -> str:
    """Write a value for a sentence."""
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= LONGEST_SAID else f"{text[: LONGEST_SAID - 3]}..."
