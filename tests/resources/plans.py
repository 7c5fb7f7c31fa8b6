"""Made-up plans that AWS can be told, of every family, and what they are exported with."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from tests.reference.random_runs import FAMILIES, random_case
from tuner.plan_json import plan_from_json
from tuner.policy import (
    AlarmedPolicy,
    ScalingPlan,
    ScheduledAction,
    StepScaling,
    TargetTracking,
)
from tuner.resources import GroupResources, ScheduleStart, resources_of

SEED = 20_261_130
LABEL = "app/shop/778d41231b141a0f/targetgroup/shop-web/943f017f100becff"
BERLIN = ScheduleStart(clock="22:00", time_zone="Europe/Berlin")
PERCENT = "PercentChangeInCapacity"

__all__ = ["BERLIN", "FAMILIES", "LABEL", "SEED", "exported", "shippable_plan", "shippable_plans"]


@cache
def shippable_plans(family: str, count: int, *, seed: int = SEED) -> Sequence[ScalingPlan]:
    """Give plans of a family that AWS can be told."""
    rng = random.Random(f"{seed} {family}")
    return [shippable_plan(rng, family) for _ in range(count)]


def shippable_plan(rng: random.Random, family: str) -> ScalingPlan:
    """Give a plan of a family that AWS can be told."""
    plan = plan_from_json(random_case(rng, families=(family,))["plan"])
    tracking = plan.target_tracking
    return replace(
        plan,
        scale_out=_side(rng, plan.scale_out, sign=1),
        scale_in=_side(rng, plan.scale_in, sign=-1),
        target_tracking=None if tracking is None else _tracking(rng, tracking),
        schedule=_schedule(rng) if rng.random() < 0.3 else None,
    )


def exported(plan: ScalingPlan, group: str = "web") -> GroupResources:
    """Give the resources of a plan, with all that it may need."""
    return resources_of(plan, group=group, resource_label=LABEL, schedule_start=BERLIN)


def _side(rng: random.Random, side: AlarmedPolicy | None, *, sign: int) -> AlarmedPolicy | None:
    """Give a side without what AWS has no field for."""
    if side is None:
        return None
    threshold = side.alarm.threshold_percent
    alarm = replace(
        side.alarm,
        period_seconds=max(60, side.alarm.period_seconds),
        evaluation_range_extra=None,
        threshold_percent=rng.uniform(0.1, 99) if rng.random() < 0.3 else threshold,
    )
    policy = side.policy
    least = policy.min_adjustment_magnitude or None
    policy = replace(
        policy, min_adjustment_magnitude=least if policy.adjustment_type == PERCENT else None
    )
    if isinstance(policy, StepScaling):
        steps = [
            replace(step, scaling_adjustment=sign * abs(step.scaling_adjustment))
            for step in policy.step_adjustments
        ]
        if policy.adjustment_type != "ExactCapacity":
            policy = replace(policy, step_adjustments=tuple(steps))
        aggregation = rng.choice(("Average", "Average", "Minimum", "Maximum"))
        policy = replace(policy, metric_aggregation_type=aggregation)
    return AlarmedPolicy(alarm, policy)


def _tracking(rng: random.Random, policy: TargetTracking) -> TargetTracking:
    """Give a target tracking policy without what AWS has no field for."""
    policy = replace(policy, low_ratio=None, scale_in_limit=None)
    if rng.random() < 0.3:
        kind = "ALBRequestCountPerTarget"
        return replace(policy, predefined_metric_type=kind, target_value=rng.uniform(1, 1e5))
    return policy


def _schedule(rng: random.Random) -> tuple[ScheduledAction, ...]:
    """Give a schedule of one day in order of its ticks."""
    actions = []
    for tick in sorted(rng.sample(range(1440), rng.randint(1, 4))):
        least, desired, most = sorted(rng.randint(0, 40) for _ in range(3))
        sizes = {"min_size": least, "max_size": most, "desired_capacity": desired}
        kept = rng.sample(sorted(sizes), rng.randint(1, 3))
        actions.append(ScheduledAction(tick=tick, **{name: sizes[name] for name in kept}))
    return tuple(actions)
