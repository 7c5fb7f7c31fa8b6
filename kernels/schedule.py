"""Scheduled actions that are due at a tick: they set limits and desired capacity.

Source: docs/model.md, step 0 and "Small print"; docs/aws-semantics.md 6 (Amazon EC2 Auto Scaling
user guide, "Scheduled scaling").
"""

from __future__ import annotations

from typing import NamedTuple

from kernels._jit import kernel
from kernels.conflict import clamp
from kernels.layout import Plan, Schedule, Setting
from kernels.lifecycle import Members, Timetable, launch, take


class Limits(NamedTuple):
    """The group's limits and desired capacity, and the next row of the schedule."""

    min_size: int
    max_size: int
    desired: int
    next_action: int


@kernel
def apply_due(limits: Limits, tick: int, plan: Plan, schedule: Schedule) -> Limits:
    """Apply the actions of this tick in list order, each clamped before the next.

    A new minimum lifts desired and a new maximum lowers it, unless desired is given; both are the
    clamp's doing.
    """
    min_size, max_size, desired, a = limits
    while a < plan.schedule_end and schedule.tick[a] <= tick:
        if schedule.has_min[a]:
            min_size = schedule.min_size[a]
        if schedule.has_max[a]:
            max_size = schedule.max_size[a]
        if schedule.has_desired[a]:
            desired = schedule.desired_capacity[a]
        desired = clamp(desired, min_size, max_size)
        a += 1
    return Limits(min_size, max_size, desired, a)


@kernel
def change_desired(limits: Limits, change: int) -> Limits:
    """Move desired capacity by a change that is within the limits."""
    return Limits(limits.min_size, limits.max_size, limits.desired + change, limits.next_action)


@kernel
def follow_schedule(
    members: Members, timetable: Timetable, change: int, tick: int, setting: Setting
) -> Members:
    """Reconcile at once: launches are InService from ``tick + launch``, taken ones leave now."""
    if change > 0:
        in_service_tick = tick + setting.launch_ticks
        return launch(members, timetable.scheduled_launch, change, in_service_tick)
    if change < 0:
        return take(members, timetable, -change, tick, setting)
    return members
