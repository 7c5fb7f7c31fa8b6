"""Scheduled actions that are due at a tick: they set limits and desired capacity.

Source: docs/model.md, step 0 and "Small print"; docs/aws-semantics.md 6 (Amazon EC2 Auto Scaling
user guide, "Scheduled scaling").
"""

from __future__ import annotations

from typing import NamedTuple

from kernels._jit import kernel
from kernels.conflict import clamp
from kernels.layout import (
    ACTION_DESIRED,
    ACTION_MAX_SIZE,
    ACTION_MIN_SIZE,
    ACTION_TICK,
    NOT_GIVEN,
    Integers,
    Plan,
    Setting,
)
from kernels.lifecycle import LAUNCHED_BY_SCHEDULE, Members, launch, take


class Limits(NamedTuple):
    """The group's limits and desired capacity, and the next row of the schedule."""

    min_size: int
    max_size: int
    desired: int
    next_action: int


@kernel
def apply_due(limits: Limits, tick: int, plan: Plan, actions: Integers) -> Limits:
    """Apply the actions of this tick in list order, each clamped before the next.

    A new minimum lifts desired and a new maximum lowers it, unless desired is given; both are the
    clamp's doing.
    """
    min_size, max_size, desired, a = limits
    while a < plan.schedule_end and actions[a, ACTION_TICK] <= tick:
        if actions[a, ACTION_MIN_SIZE] != NOT_GIVEN:
            min_size = actions[a, ACTION_MIN_SIZE]
        if actions[a, ACTION_MAX_SIZE] != NOT_GIVEN:
            max_size = actions[a, ACTION_MAX_SIZE]
        if actions[a, ACTION_DESIRED] != NOT_GIVEN:
            desired = actions[a, ACTION_DESIRED]
        desired = clamp(desired, min_size, max_size)
        a += 1
    return Limits(min_size, max_size, desired, a)


@kernel
def change_desired(limits: Limits, change: int) -> Limits:
    """Move desired capacity by a change that is within the limits."""
    return Limits(limits.min_size, limits.max_size, limits.desired + change, limits.next_action)


@kernel
def follow_schedule(
    members: Members,
    cohorts: Integers,
    change: int,
    tick: int,
    launch_ticks: int,
    setting: Setting,
) -> Members:
    """Reconcile at once: launches are InService from ``tick + launch``, taken ones leave now."""
    if change > 0:
        return launch(members, cohorts, LAUNCHED_BY_SCHEDULE, change, tick + launch_ticks)
    if change < 0:
        return take(members, cohorts, -change, tick, setting)
    return members
