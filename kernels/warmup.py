"""Warm-up: instances that step and target tracking policies launched do not count at first.

An instance warms from the tick in which it becomes InService, for the time of the policy that
launched it. Nothing is kept but two counts; the cohorts of `kernels.lifecycle` say when they
change.
Source: docs/model.md, step 5 (*Warm-up*) and step 3; docs/aws-semantics.md 4.3 (Amazon EC2 Auto
Scaling user guide, "Set the default instance warmup for an Auto Scaling group").
"""

from __future__ import annotations

from typing import NamedTuple

from kernels._jit import kernel
from kernels.layout import SCALE_IN, SCALE_OUT, Integers, WarmingPlan
from kernels.lifecycle import LAUNCHED_BY_OUT, LAUNCHED_BY_TRACKING


class Warm(NamedTuple):
    """InService instances that warm, and those of them that are not serving yet."""

    warming: int
    unready: int


@kernel
def is_simple(actor: int, plan: WarmingPlan | None) -> bool:
    """Say whether the policy that acted is a simple one: only these open a cooldown."""
    if plan is None:
        return True
    return actor <= SCALE_IN and plan.is_step[actor] == 0


@kernel
def alive(cohorts: Integers, launcher: int, tick: int) -> int:
    """Count one launcher's living instances that became InService at a tick."""
    return int(cohorts[launcher, tick]) if tick >= 0 else 0


@kernel
def count_launcher(
    cohorts: Integers, launcher: int, tick: int, warmup_ticks: int, ready_ticks: int
) -> Warm:
    """Count one launcher's instances that warm in a tick."""
    warming = 0
    unready = 0
    for age in range(min(warmup_ticks, tick + 1)):
        members = alive(cohorts, launcher, tick - age)
        warming += members
        if age < ready_ticks:
            unready += members
    return Warm(warming, unready)


@kernel
def count_warming(cohorts: Integers, tick: int, plan: WarmingPlan, ready_ticks: int) -> Warm:
    """Count all instances that warm in a tick: after some were taken."""
    out = Warm(0, 0)
    if plan.is_step[SCALE_OUT]:
        warmup_ticks = plan.warmup_ticks[SCALE_OUT]
        out = count_launcher(cohorts, LAUNCHED_BY_OUT, tick, warmup_ticks, ready_ticks)
    tracking = count_launcher(
        cohorts, LAUNCHED_BY_TRACKING, tick, plan.tracking_warmup_ticks, ready_ticks
    )
    return Warm(out.warming + tracking.warming, out.unready + tracking.unready)


@kernel
def move_launcher(
    warm: Warm, cohorts: Integers, launcher: int, tick: int, warmup_ticks: int, ready_ticks: int
) -> Warm:
    """Move one launcher's counts on by a tick: a cohort begins to warm, one is ready, one ends."""
    begins = alive(cohorts, launcher, tick)
    ends = alive(cohorts, launcher, tick - warmup_ticks)
    serves = alive(cohorts, launcher, tick - min(warmup_ticks, ready_ticks))
    return Warm(warm.warming + begins - ends, warm.unready + begins - serves)


@kernel
def move_warming(
    warm: Warm, cohorts: Integers, tick: int, plan: WarmingPlan, ready_ticks: int
) -> Warm:
    """Move the counts on to a tick."""
    if plan.is_step[SCALE_OUT]:
        warmup_ticks = plan.warmup_ticks[SCALE_OUT]
        warm = move_launcher(warm, cohorts, LAUNCHED_BY_OUT, tick, warmup_ticks, ready_ticks)
    return move_launcher(
        warm, cohorts, LAUNCHED_BY_TRACKING, tick, plan.tracking_warmup_ticks, ready_ticks
    )
