"""Small print: "Refused before a run, with a sentence"."""

from __future__ import annotations

from itertools import pairwise
from math import inf, isfinite

from tests.reference.records import (
    Alarm,
    AlarmAndPolicy,
    Refused,
    Settings,
    SimpleScaling,
    StepAdjustment,
    TargetTracking,
)

COMPARISON_OPERATORS = (
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
)
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
ADJUSTMENT_TYPES = ("ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity")


def refuse(settings: Settings, rpm: list[float]) -> None:
    """Raise `Refused` for a run that the law does not run."""
    refuse_load(rpm)
    refuse_limits(settings)
    for name, side in (("scale_out", settings.scale_out), ("scale_in", settings.scale_in)):
        if side is not None:
            refuse_alarm(side.alarm, settings, name=name)
            refuse_policy(side, name=name)
    if settings.is_basic and 300 % settings.tick_seconds:
        raise Refused(f"tick_seconds {settings.tick_seconds} does not divide basic's 300 s")
    if settings.target_tracking is not None:
        refuse_tracking(settings.target_tracking, settings)


def refuse_load(rpm: list[float]) -> None:
    """Refuse: "rpm negative or not finite"."""
    for t, offered in enumerate(rpm):
        if not isfinite(offered) or offered < 0:
            raise Refused(f"rpm {offered} of tick {t} is negative or not finite")


def refuse_limits(settings: Settings) -> None:
    """Refuse: "min < 0 or > max (also by an action); an action before tick 0"."""
    min_size, max_size = settings.min_size, settings.max_size
    if not 0 <= min_size <= max_size:
        raise Refused(f"min_size {min_size} is not within 0 and max_size {max_size}")
    for action in sorted(settings.schedule, key=lambda action: action.tick):
        if action.tick < 0:
            raise Refused(f"a scheduled action at tick {action.tick}, before the run")
        min_size = min_size if action.min_size is None else action.min_size
        max_size = max_size if action.max_size is None else action.max_size
        if not 0 <= min_size <= max_size:
            raise Refused(f"tick {action.tick}: min_size {min_size}, max_size {max_size}")


def refuse_alarm(alarm: Alarm, settings: Settings, *, name: str) -> None:
    """Refuse an alarm that AWS or the tick does not allow."""
    period, periods = alarm.period_seconds, alarm.evaluation_periods
    if not 1 <= alarm.datapoints_to_alarm <= periods:
        raise Refused(f"{name}: {alarm.datapoints_to_alarm} of {periods} datapoints to alarm")
    if period not in (10, 20, 30) and (period <= 0 or period % 60):
        raise Refused(f"{name}: period_seconds {period} is not 10, 20, 30 or a multiple of 60")
    if period % settings.tick_seconds:
        raise Refused(f"{name}: tick_seconds {settings.tick_seconds} does not divide {period}")
    if period * periods > (604_800 if period >= 3600 else 86_400):
        raise Refused(f"{name}: {periods} periods of {period} s are more than AWS looks at")
    if settings.is_basic and period < 300:
        raise Refused(f"{name}: period_seconds {period} with basic monitoring")
    if alarm.evaluation_range_extra < 0:
        raise Refused(f"{name}: evaluation_range_extra {alarm.evaluation_range_extra} < 0")
    if alarm.comparison_operator not in COMPARISON_OPERATORS:
        raise Refused(f"{name}: comparison_operator {alarm.comparison_operator}")
    if alarm.treat_missing_data not in TREATMENTS:
        raise Refused(f"{name}: treat_missing_data {alarm.treat_missing_data}")


def refuse_policy(side: AlarmAndPolicy, *, name: str) -> None:
    """Refuse an unknown adjustment type and steps that leave something open."""
    if side.policy.adjustment_type not in ADJUSTMENT_TYPES:
        raise Refused(f"{name}: adjustment_type {side.policy.adjustment_type}")
    if not isinstance(side.policy, SimpleScaling):
        refuse_steps(side.policy.step_adjustments, name=name)


def refuse_steps(steps: tuple[StepAdjustment, ...], *, name: str) -> None:
    """Refuse: "steps with a gap, an overlap or a missing open end"."""
    if not steps:
        raise Refused(f"{name}: no step_adjustments")
    ordered = sorted(steps, key=lambda step: step.lower_bound)
    for step in ordered:
        if step.lower_bound >= step.upper_bound:
            raise Refused(f"{name}: a step from {step.lower_bound} to {step.upper_bound}")
        if step.lower_bound == -inf and step.upper_bound == inf:
            raise Refused(f"{name}: a step without any bound")
    for below, above in pairwise(ordered):
        if below.upper_bound < above.lower_bound:
            raise Refused(f"{name}: a gap between steps at {below.upper_bound}")
        if below.upper_bound > above.lower_bound:
            raise Refused(f"{name}: steps overlap at {above.lower_bound}")
    lowest, highest = ordered[0].lower_bound, ordered[-1].upper_bound
    if -inf < lowest < 0:
        raise Refused(f"{name}: no step is open below {lowest}")
    if 0 < highest < inf:
        raise Refused(f"{name}: no step is open above {highest}")


def refuse_tracking(tracking: TargetTracking, settings: Settings) -> None:
    """Refuse target tracking that has no target, no room or no minutes."""
    if settings.is_basic:
        raise Refused("target tracking looks at 60 s periods: refused with basic monitoring")
    if 60 % settings.tick_seconds:
        raise Refused(f"target tracking: tick_seconds {settings.tick_seconds} does not divide 60")
    if not tracking.target_value > 0:
        raise Refused(f"target tracking: target_value {tracking.target_value} is not positive")
    if tracking.scale_in_limit is not None and tracking.scale_in_limit < 1:
        raise Refused(f"target tracking: scale_in_limit {tracking.scale_in_limit} is below 1")
