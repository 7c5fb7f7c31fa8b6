"""A deployed group in words: its limits, each policy with its alarms, and what no plan can say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tuner.cli.show import Block, Facts, Heading
from tuner.units import format_duration

if TYPE_CHECKING:
    from tuner.resources.records import AlarmResource, Fields, GroupResources, PolicyResource

SIGNS = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at or above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
}
SAID_OF_POLICY = (
    *("PolicyType", "AdjustmentType", "ScalingAdjustment", "StepAdjustments", "Cooldown"),
    *("EstimatedInstanceWarmup", "Enabled", "TargetTrackingConfiguration"),
)
SAID_OF_ALARM = (
    *("Namespace", "MetricName", "Statistic", "ExtendedStatistic", "ComparisonOperator"),
    *("Threshold", "Period", "EvaluationPeriods", "DatapointsToAlarm", "TreatMissingData"),
    *("Dimensions", "AlarmDescription", "ActionsEnabled"),
)
"""Fields that a sentence says; every other one is written behind it as it is."""


def group_words(resources: GroupResources) -> Iterator[Block]:
    """Say each policy with its alarms, and each scheduled action.

    Parameters
    ----------
    resources : GroupResources
        The group.
    """
    if resources.policies:
        yield Heading("Policies")
    rows: list[tuple[str, str]] = []
    for policy in resources.policies:
        rows.append((policy.name, policy_sentence(policy, resources.limits)))
        called_by = [alarm for alarm in resources.alarms if alarm.policy_name == policy.name]
        rows += [(f"  {alarm.name}", alarm_sentence(alarm)) for alarm in called_by]
    if rows:
        yield Facts(tuple(rows))
    if resources.actions:
        yield Heading("Scheduled actions")
        yield Facts(tuple((action.name, _fields(action.fields)) for action in resources.actions))


def limits_sentence(limits: Fields) -> str:
    """Say between how many instances a group has.

    Examples
    --------
    >>> limits_sentence({"MinSize": 2, "MaxSize": 12, "DesiredCapacity": 3})
    '2 to 12 instances, 3 desired'
    """
    least, most = limits.get("MinSize", "?"), limits.get("MaxSize", "?")
    return f"{least} to {most} instances, {limits.get('DesiredCapacity', '?')} desired"


def policy_sentence(policy: PolicyResource, limits: Fields) -> str:
    """Say what a policy does.

    Parameters
    ----------
    policy : PolicyResource
        Any policy.
    limits : mapping
        Of its group, whose default times stand in for the policy's own.
    """
    fields = policy.fields
    kind = str(fields["PolicyType"])
    parts = [kind]
    if kind == "SimpleScaling":
        parts.append(_adjustment(fields, fields.get("ScalingAdjustment")))
        parts.append(f"cooldown {_own_or_group(fields, 'Cooldown', limits, 'DefaultCooldown')}")
    elif kind == "StepScaling":
        steps = "; ".join(_step(fields, step) for step in fields.get("StepAdjustments", ()))
        parts.append(f"by distance from the threshold: {steps}")
    elif kind == "TargetTrackingScaling":
        parts.append(_target(fields.get("TargetTrackingConfiguration", {})))
    if kind in ("StepScaling", "TargetTrackingScaling"):
        group = "DefaultInstanceWarmup" if "DefaultInstanceWarmup" in limits else "DefaultCooldown"
        parts.append(f"warm-up {_own_or_group(fields, 'EstimatedInstanceWarmup', limits, group)}")
    if fields.get("Enabled") is False:
        parts.append("switched off")
    return _with_rest(", ".join(parts), fields, SAID_OF_POLICY)


def alarm_sentence(alarm: AlarmResource) -> str:
    """Say when an alarm calls its policy.

    Parameters
    ----------
    alarm : AlarmResource
        Any alarm.
    """
    fields = alarm.fields
    if "MetricName" not in fields or "Threshold" not in fields:
        return _fields(fields)
    count = fields.get("EvaluationPeriods")
    datapoints = fields.get("DatapointsToAlarm", count)
    statistic = fields.get("Statistic", fields.get("ExtendedStatistic"))
    of = ", ".join(f"{each['Name']} {each['Value']}" for each in fields.get("Dimensions", ()))
    operator = str(fields.get("ComparisonOperator"))
    parts = [
        f"{fields.get('Namespace')} {fields['MetricName']}{f' of {of}' if of else ''}, {statistic}"
        f" {SIGNS.get(operator, operator)} {fields['Threshold']:,.12g}",
        f"period {fields.get('Period')} s x {count}",
    ]
    if datapoints != count:
        parts.append(f"{datapoints} of {count} datapoints")
    if "TreatMissingData" in fields:
        parts.append(f"missing data {fields['TreatMissingData']}")
    if fields.get("ActionsEnabled") is False:
        parts.append("actions switched off")
    return _with_rest(", ".join(parts), fields, SAID_OF_ALARM)


def _own_or_group(fields: Fields, own: str, limits: Fields, group: str) -> str:
    """Say a time, and whether it is the policy's own or its group's."""
    if own in fields:
        return format_duration(int(fields[own]))
    if group in limits:
        return f"{format_duration(int(limits[group]))}, the group's"
    return "the group's"


def _adjustment(fields: Fields, adjustment: Any) -> str:
    """Say how an adjustment changes the group."""
    if fields.get("AdjustmentType") == "ExactCapacity":
        return f"to {adjustment}"
    percent = " %" if fields.get("AdjustmentType") == "PercentChangeInCapacity" else ""
    return f"{adjustment:+d}{percent}" if isinstance(adjustment, int) else str(adjustment)


def _step(fields: Fields, step: Mapping[str, Any]) -> str:
    """Say a step: the distance from the threshold, and the adjustment there."""
    lower = step.get("MetricIntervalLowerBound")
    upper = step.get("MetricIntervalUpperBound")
    ends = [
        f"from {lower:+g}" if lower is not None else "",
        f"to {upper:+g}" if upper is not None else "",
    ]
    where = " ".join(end for end in ends if end)
    return f"{where} → {_adjustment(fields, step.get('ScalingAdjustment'))}"


def _target(target: Mapping[str, Any]) -> str:
    """Say what a target tracking policy holds."""
    metric = target.get("PredefinedMetricSpecification") or target.get(
        "CustomizedMetricSpecification", {}
    )
    name = metric.get("PredefinedMetricType") or json.dumps(metric)
    label = f" of {metric['ResourceLabel']}" if metric.get("ResourceLabel") else ""
    only_out = ", never in" if target.get("DisableScaleIn") else ""
    return f"{name}{label} at {target.get('TargetValue'):,.12g}{only_out}"


def _with_rest(sentence: str, fields: Fields, said: tuple[str, ...]) -> str:
    """Add the fields that a sentence does not say."""
    rest = {name: value for name, value in fields.items() if name not in said}
    return f"{sentence}, {_fields(rest)}" if rest else sentence


def _fields(fields: Fields) -> str:
    """Write fields as they are."""
    return ", ".join(
        f"{name} {value if isinstance(value, str | int | float) else json.dumps(value)}"
        for name, value in fields.items()
    )
