"""States and plans with figures that are drawn."""

from __future__ import annotations

import random

from tests.deployment.states import (
    BARE,
    above,
    foreign,
    percent_step,
    simple,
    state_of,
    step,
    target,
)
from tuner.policy import (
    AlarmedPolicy,
    ScalingPlan,
    ScheduledAction,
    SimpleScaling,
    TargetTracking,
)
from tuner.resources.records import GroupResources


def random_state(draw: random.Random) -> GroupResources:
    """Give one of the states with other figures."""
    plan = random_plan(draw)
    if draw.random() < 0.2:
        return draw.choice([BARE, foreign()])
    low = max(draw.randrange(0, 12), plan.min_size or 0)
    return state_of(plan, MinSize=low, MaxSize=low + draw.randrange(0, 30))


def random_plan(draw: random.Random) -> ScalingPlan:
    """Give a plan of any family, far from or near to sensible figures."""
    kind = draw.randrange(6)
    if kind == 0:
        return simple(draw.uniform(5, 95), draw.randrange(1, 20), draw.randrange(0, 900))
    if kind == 1:
        return step(draw.uniform(5, 95), draw.choice([None, 60, 300]))
    if kind == 2:
        return percent_step()
    if kind == 3:
        adjustment = draw.randrange(1, 60)
        policy = SimpleScaling(scaling_adjustment=adjustment, adjustment_type="ExactCapacity")
        return ScalingPlan(
            scale_out=AlarmedPolicy(above(draw.uniform(20, 80)), policy),
            min_size=draw.randrange(0, 12),
        )
    if kind == 4:
        return target(draw.uniform(5, 95))
    low = draw.randrange(0, 8)
    return ScalingPlan(
        scale_out=step(draw.uniform(20, 90)).scale_out,
        target_tracking=TargetTracking(target_value=draw.uniform(10, 60)),
        schedule=(
            ScheduledAction(tick=450, min_size=low, max_size=low + draw.randrange(0, 40)),
            ScheduledAction(tick=1_200, desired_capacity=draw.randrange(0, 40)),
        ),
    )
