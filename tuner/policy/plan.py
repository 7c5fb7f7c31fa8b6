"""A plan: a full set of policies and alarms for one service, with its schedule."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from tuner.errors import Problem
from tuner.plotting import Shown
from tuner.policy.alarm import Alarm
from tuner.policy.simple import SimpleScaling
from tuner.policy.step import StepScaling
from tuner.policy.tracking import TargetTracking
from tuner.policy.words import raise_any
from tuner.units import format_duration

Family = Literal["simple", "step", "target_tracking", "mixed", "schedule_only"]


@dataclass(frozen=True, slots=True)
class AlarmedPolicy:
    """A policy and the alarm that calls it."""

    alarm: Alarm
    policy: SimpleScaling | StepScaling


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledAction:
    """A scheduled change of min, max or desired, at a tick of the run.

    Notes
    -----
    Source: docs/model.md, step 0. None leaves a value as it is.
    """

    tick: int
    min_size: int | None = None
    max_size: int | None = None
    desired_capacity: int | None = None

    def __post_init__(self) -> None:
        """Refuse an action before the run and negative sizes."""
        values = asdict(self)
        raise_any(
            Problem("a number of at least 0", str(value), name, "Leave it out or raise it.")
            for name, value in values.items()
            if value is not None and value < 0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingPlan(Shown):
    """All policies and alarms of one service: a candidate, or what is deployed today.

    Parameters
    ----------
    scale_out, scale_in : AlarmedPolicy or None
        The pair; a plan may lack either or both.
    target_tracking : TargetTracking or None
        A target tracking policy, alone or beside the pair.
    min_size : int or None
        The plan's own minimum, instead of the group's.
    schedule : tuple of ScheduledAction or None
        The plan's own schedule, instead of the scenario's.
    """

    scale_out: AlarmedPolicy | None = None
    scale_in: AlarmedPolicy | None = None
    target_tracking: TargetTracking | None = None
    min_size: int | None = None
    schedule: tuple[ScheduledAction, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse a negative minimum."""
        if self.min_size is not None and self.min_size < 0:
            raise_any([Problem("at least 0", str(self.min_size), "min_size", "Raise the minimum.")])

    def describe(self) -> str:
        """Say the plan in words, as the headline of a report does.

        Examples
        --------
        >>> alarm = Alarm(threshold_percent=29.0, comparison_operator="GreaterThanThreshold")
        >>> plan = ScalingPlan(
        ...     scale_out=AlarmedPolicy(alarm, SimpleScaling(scaling_adjustment=1)), min_size=2)
        >>> plan.describe()
        'scale out by 1 above 29 % for 1 minute (cooldown 5m), at least 2 instances'
        """
        return describe_plan(self)

    @property
    def family(self) -> Family:
        """Kind of the plan's policies; ``mixed`` where there are several kinds."""
        kinds: set[Family] = {
            "simple" if isinstance(side.policy, SimpleScaling) else "step"
            for side in (self.scale_out, self.scale_in)
            if side is not None
        }
        if self.target_tracking is not None:
            kinds.add("target_tracking")
        return "mixed" if len(kinds) > 1 else next(iter(kinds), "schedule_only")


def describe_plan(plan: ScalingPlan) -> str:
    """Say a plan in words."""
    parts = [
        _describe_side(word, side)
        for word, side in (("out", plan.scale_out), ("in", plan.scale_in))
        if side is not None
    ]
    if plan.target_tracking is not None:
        parts.append(_describe_tracking(plan.target_tracking))
    if plan.min_size is not None:
        plural = "" if plan.min_size == 1 else "s"
        parts.append(f"at least {plan.min_size} instance{plural}")
    if plan.schedule:
        parts.append(f"{len(plan.schedule)} scheduled action(s)")
    return ", ".join(parts) or "no policies: the group keeps its size"


def _describe_tracking(policy: TargetTracking) -> str:
    """Say a target tracking policy in words."""
    only_out = ", never in" if policy.disable_scale_in else ""
    target = f"{policy.target_value:g} % CPU"
    if policy.predefined_metric_type == "ALBRequestCountPerTarget":
        target = f"{policy.target_value:,.12g} requests a minute per target"
    return f"hold {target}{only_out}{_describe_warmup(policy)}"


def _describe_warmup(policy: StepScaling | TargetTracking) -> str:
    """Say a warm-up, where the policy has its own."""
    seconds = policy.instance_warmup_seconds
    return "" if seconds is None else f" (warm-up {format_duration(seconds)})"


def _describe_side(word: str, side: AlarmedPolicy) -> str:
    """Say one policy with its alarm in words."""
    policy, threshold = side.policy, f"{side.alarm.threshold_percent:g} %"
    relation, window = _RELATIONS[side.alarm.comparison_operator], _describe_window(side.alarm)
    if isinstance(policy, SimpleScaling):
        size = _describe_adjustment(policy.adjustment_type, policy.scaling_adjustment)
        cooldown = format_duration(policy.cooldown_seconds)
        return f"scale {word} {size} {relation} {threshold} for {window} (cooldown {cooldown})"
    steps = ", ".join(
        f"{_describe_adjustment(policy.adjustment_type, step.scaling_adjustment)} "
        f"{_describe_step(word, step.lower, step.upper, side.alarm.threshold_percent)}"
        for step in policy.step_adjustments
    )
    warmup = _describe_warmup(policy)
    return f"scale {word} by steps {relation} {threshold} for {window}: {steps}{warmup}"


_RELATIONS = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at or above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
}


def _describe_adjustment(adjustment_type: str, adjustment: int) -> str:
    """Say how much an adjustment changes."""
    return {
        "ChangeInCapacity": f"by {abs(adjustment)}",
        "PercentChangeInCapacity": f"by {abs(adjustment)} %",
        "ExactCapacity": f"to {adjustment}",
    }[adjustment_type]


def _describe_step(word: str, lower: float, upper: float, threshold: float) -> str:
    """Say where a step holds, in percent of CPU."""
    if lower == float("-inf"):
        return f"below {threshold + upper:g} %"
    if upper == float("inf"):
        return f"from {threshold + lower:g} %"
    return f"from {threshold + lower:g} to {threshold + upper:g} %"


def _describe_window(alarm: Alarm) -> str:
    """Say the breach window of an alarm."""
    minutes = alarm.period_seconds * alarm.evaluation_periods / 60
    if alarm.datapoints_to_alarm != alarm.evaluation_periods:
        return (
            f"{alarm.datapoints_to_alarm} of {alarm.evaluation_periods} periods"
            f" of {format_duration(alarm.period_seconds)}"
        )
    return f"{minutes:g} minute" + ("" if minutes == 1 else "s")
