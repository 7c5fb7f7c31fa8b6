"""A plan as the resources of a group: what AWS is asked to create, or why it cannot be asked.

What is simulated is what is shipped: a plan of which AWS would make something else is refused.
Source: docs/aws-semantics.md 2 to 6.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tuner.errors import Problem, UnsupportedPlanError
from tuner.metrics import MetricName
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    SimpleScaling,
    StepScaling,
    TargetTracking,
    default_extra_blocks,
)
from tuner.resources.fields import alarm_resource, limit_fields, policy_resource
from tuner.resources.names import (
    SCALE_IN,
    SCALE_OUT,
    TARGET_TRACKING,
    created_name,
    name_problems,
)
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    Fields,
    GroupResources,
    PolicyResource,
)
from tuner.resources.schedule import ScheduleStart, actions_of, schedule_problems

STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
PERCENT = "PercentChangeInCapacity"
SIMPLE, STEP, TRACKING = "SimpleScaling", "StepScaling", "TargetTrackingScaling"
BY_REQUESTS = "ALBRequestCountPerTarget"


def group_cpu(group: str) -> MetricName:
    """Name the metric of a plan's alarms: the group's average CPU."""
    return MetricName(
        namespace="AWS/EC2",
        metric="CPUUtilization",
        dimensions=(("AutoScalingGroupName", group),),
        statistic="Average",
    )


def resources_of(
    plan: ScalingPlan,
    *,
    group: str,
    limits: Fields | None = None,
    metric: MetricName | None = None,
    resource_label: str | None = None,
    schedule_start: ScheduleStart | None = None,
) -> GroupResources:
    """Give the resources that a plan is made of.

    Parameters
    ----------
    plan : ScalingPlan
        What is to be deployed.
    group : str
        ``AutoScalingGroupName``.
    limits : mapping or None
        Limits of the group that are known or to be set; the plan's `min_size` goes before.
    metric : MetricName or None
        Metric of the alarms, of which the period is the alarm's own; None: `group_cpu`.
    resource_label : str or None
        Load balancer and target group of a target in requests, as AWS's ``ResourceLabel``.
    schedule_start : ScheduleStart or None
        Time of day at tick 0 of the plan's schedule.

    Returns
    -------
    GroupResources
        With the names that cliffside gives. What `plan_of` reads back is an equal plan, except for
        what says nothing: a `min_adjustment_magnitude` of 0, an `evaluation_range_extra` that is
        its default, the order of steps and actions, an empty schedule.

    Raises
    ------
    UnsupportedPlanError
        Naming all that AWS has no field for, or would refuse.

    Examples
    --------
    >>> plan = ScalingPlan(target_tracking=TargetTracking(target_value=40.0))
    >>> [policy.name for policy in resources_of(plan, group="web").policies]
    ['web-cliffside-target-tracking']
    """
    found = list(_problems(plan, schedule_start, resource_label))
    if found:
        raise UnsupportedPlanError(*found)
    set_limits = dict(limit_fields(limits or {}, group=group))
    if plan.min_size is not None:
        set_limits.update(limit_fields({"MinSize": plan.min_size}, group=group))
    policies: list[PolicyResource] = []
    alarms: list[AlarmResource] = []
    for role, side in ((SCALE_IN, plan.scale_in), (SCALE_OUT, plan.scale_out)):
        if side is not None:
            name = created_name(group, role)
            policies.append(policy_resource(name, _policy_fields(side.policy)))
            fields = _alarm_fields(side.alarm, metric or group_cpu(group))
            alarms.append(alarm_resource(name, name, fields))
    if plan.target_tracking is not None:
        fields = _tracking_fields(plan.target_tracking, resource_label)
        policies.append(policy_resource(created_name(group, TARGET_TRACKING), fields))
    actions: tuple[ActionResource, ...] = ()
    if plan.schedule and schedule_start is not None:
        actions = actions_of(plan.schedule, schedule_start, group=group)
    made = GroupResources(
        group=group,
        limits=set_limits,
        policies=tuple(policies),
        alarms=tuple(alarms),
        actions=actions,
    )
    found = [*name_problems(made), *_limit_problems(set_limits)]
    if found:
        raise UnsupportedPlanError(*found)
    return made


def _policy_fields(policy: SimpleScaling | StepScaling) -> dict[str, Any]:
    """Give the parameters of a simple or a step policy."""
    shared = {
        "AdjustmentType": policy.adjustment_type,
        "MinAdjustmentMagnitude": policy.min_adjustment_magnitude or None,
    }
    if isinstance(policy, SimpleScaling):
        return {
            **shared,
            "PolicyType": SIMPLE,
            "ScalingAdjustment": policy.scaling_adjustment,
            "Cooldown": policy.cooldown_seconds,
        }
    return {
        **shared,
        "PolicyType": STEP,
        "MetricAggregationType": policy.metric_aggregation_type,
        "EstimatedInstanceWarmup": policy.instance_warmup_seconds,
        "StepAdjustments": [
            {
                "MetricIntervalLowerBound": step.lower if math.isfinite(step.lower) else None,
                "MetricIntervalUpperBound": step.upper if math.isfinite(step.upper) else None,
                "ScalingAdjustment": step.scaling_adjustment,
            }
            for step in policy.step_adjustments
        ],
    }


def _tracking_fields(policy: TargetTracking, resource_label: str | None) -> dict[str, Any]:
    """Give the parameters of a target tracking policy."""
    kind = policy.predefined_metric_type
    label = resource_label if kind == BY_REQUESTS else None
    return {
        "PolicyType": TRACKING,
        "EstimatedInstanceWarmup": policy.instance_warmup_seconds,
        "TargetTrackingConfiguration": {
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": kind,
                "ResourceLabel": label,
            },
            "TargetValue": policy.target_value,
            "DisableScaleIn": policy.disable_scale_in,
        },
    }


def _alarm_fields(alarm: Alarm, metric: MetricName) -> dict[str, Any]:
    """Give the parameters of an alarm."""
    is_plain = metric.statistic in STATISTICS
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
        "Statistic" if is_plain else "ExtendedStatistic": metric.statistic,
        "Period": alarm.period_seconds,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "Threshold": alarm.threshold_percent,
        "ComparisonOperator": alarm.comparison_operator,
        "TreatMissingData": alarm.treat_missing_data,
    }


def _problems(
    plan: ScalingPlan, start: ScheduleStart | None, resource_label: str | None
) -> Iterator[Problem]:
    """Yield what AWS has no field for, or would refuse, in a plan."""
    for name, side in (("scale_out", plan.scale_out), ("scale_in", plan.scale_in)):
        if side is not None:
            yield from _alarm_problems(side.alarm, f"{name}.alarm")
            yield from _policy_problems(side, name)
    if plan.target_tracking is not None:
        yield from _tracking_problems(plan.target_tracking, resource_label)
    yield from schedule_problems(plan.schedule or (), start)


def _alarm_problems(alarm: Alarm, where: str) -> Iterator[Problem]:
    """Yield what CloudWatch cannot be told of an alarm."""
    extra, rule = alarm.evaluation_range_extra, default_extra_blocks(alarm.evaluation_periods)
    if extra is not None and extra != rule:
        yield Problem(
            f"no evaluation_range_extra, or {rule}",
            str(extra),
            f"{where}.evaluation_range_extra",
            "CloudWatch has no such setting: leave it out and simulate again.",
        )
    if alarm.period_seconds < 60:
        yield Problem(
            "a period of at least 60 seconds",
            str(alarm.period_seconds),
            f"{where}.period_seconds",
            "EC2 publishes CPU once a minute at best: such an alarm finds most periods empty.",
        )


def _policy_problems(side: AlarmedPolicy, name: str) -> Iterator[Problem]:
    """Yield what EC2 Auto Scaling would do otherwise, or refuse, in a policy."""
    policy, where = side.policy, f"{name}.policy"
    if policy.min_adjustment_magnitude and policy.adjustment_type != PERCENT:
        yield Problem(
            f"min_adjustment_magnitude with {PERCENT} only",
            f"{policy.min_adjustment_magnitude} with {policy.adjustment_type}",
            f"{where}.min_adjustment_magnitude",
            "It changes nothing here: leave it out.",
        )
    if isinstance(policy, StepScaling) and takes_the_other_way(policy, name):
        yield Problem(
            f"steps that {'add' if name == 'scale_out' else 'take'} instances",
            ", ".join(str(step.scaling_adjustment) for step in policy.step_adjustments),
            f"{where}.step_adjustments",
            "A simulated step never goes the other way, and a deployed one does: mend the sign.",
        )


def takes_the_other_way(policy: StepScaling, side: str) -> bool:
    """Whether a step of one side goes the way of the other.

    Parameters
    ----------
    policy : StepScaling
        The policy.
    side : str
        ``scale_out`` or ``scale_in``.
    """
    if policy.adjustment_type == "ExactCapacity":
        return False
    sign = 1 if side == "scale_out" else -1
    return any(step.scaling_adjustment * sign < 0 for step in policy.step_adjustments)


def _tracking_problems(policy: TargetTracking, resource_label: str | None) -> Iterator[Problem]:
    """Yield what EC2 Auto Scaling cannot be told of target tracking."""
    own_rules = {"low_ratio": policy.low_ratio, "scale_in_limit": policy.scale_in_limit}
    for name, value in own_rules.items():
        if value is not None:
            yield Problem(
                f"no {name}",
                str(value),
                f"target_tracking.{name}",
                "It stands for a rule that AWS does not publish and cannot be told: leave it out"
                " and simulate again.",
            )
    if policy.predefined_metric_type == BY_REQUESTS and not resource_label:
        yield Problem(
            "a resource label, app/NAME/ID/targetgroup/NAME/ID",
            "none",
            "target_tracking",
            "AWS asks whose requests are meant: give --resource-label.",
        )


def _limit_problems(limits: Fields) -> Iterator[Problem]:
    """Yield limits that AWS would refuse together."""
    least, most = limits.get("MinSize"), limits.get("MaxSize")
    if least is not None and most is not None and least > most:
        yield Problem(
            f"a minimum of at most MaxSize ({most})",
            str(least),
            "min_size",
            "Raise MaxSize of the group, or lower the plan's minimum.",
        )
