"""One group's instances over one tick: pending, in service, ready, draining.

Instances are counted, not listed. A *cohort* is what becomes InService in one tick; the table of
cohorts holds how many instances of each are alive, by who launched them. Instances of an earlier
cohort are older, so that the oldest are found by walking up from the first cohort.
Source: docs/model.md, "Whole ticks", steps 1 and 7, and "Small print";
docs/aws-semantics.md 7.1 and 7.2.
"""

from __future__ import annotations

from typing import NamedTuple

from kernels._jit import kernel
from kernels.layout import Integers, Setting


class Members(NamedTuple):
    """Instances of the group; ``unready`` ones are InService and not serving yet."""

    in_service: int
    unready: int
    pending: int
    draining: int


LAUNCHED_BY_OUT = 0
LAUNCHED_BY_IN = 1
LAUNCHED_BY_TRACKING = 2
LAUNCHED_BY_SCHEDULE = 3
N_LAUNCHERS = 4
ALIVE = 4
GONE = 5
ROLL = 6
N_COHORT_ROWS = 7
"""Rows of the cohorts, int64 ``[7, T + 2]``: alive instances by launcher and
tick of becoming InService, those of all launchers, drained ones by the tick at which they are gone,
and the roll.

A step policy on the scale-in side launches nothing, a simple one may. Within a cohort, the
launcher with the lower row is older: a policy decides before the scheduled action that is
InService with it. Assumption: where launch times differ, this order holds too.
"""


VETERANS = 0
OLDEST = 1
"""Places on the roll: instances that the run started with and that are still there, and the first
cohort that may have an instance left. They stand in memory since they are seldom read.
"""


@kernel
def within(cohorts: Integers, tick: int) -> int:
    """Give the column of a tick: all that happens after the run shares the last one."""
    return min(tick, int(cohorts.shape[1]) - 1)


@kernel
def muster(cohorts: Integers, count: int) -> Members:
    """Start a run with some instances, InService and ready; the cohorts are zero."""
    cohorts[ROLL, VETERANS] = count
    cohorts[ROLL, OLDEST] = cohorts.shape[1]
    return Members(count, 0, 0, 0)


@kernel
def advance(members: Members, cohorts: Integers, tick: int, ready_ticks: int) -> Members:
    """Let everything happen that is due at this tick, where any instance is on its way."""
    if members.pending + members.unready + members.draining == 0:
        return members
    arrived = cohorts[ALIVE, tick]
    ready = cohorts[ALIVE, tick - ready_ticks] if tick >= ready_ticks else 0
    return Members(
        members.in_service + arrived,
        members.unready + arrived - ready,
        members.pending - arrived,
        members.draining - cohorts[GONE, tick],
    )


@kernel
def launch(
    members: Members, cohorts: Integers, launcher: int, count: int, in_service_tick: int
) -> Members:
    """Launch instances that become InService at a tick; pending until then."""
    tick = within(cohorts, in_service_tick)
    cohorts[launcher, tick] += count
    cohorts[ALIVE, tick] += count
    cohorts[ROLL, OLDEST] = min(cohorts[ROLL, OLDEST], tick)
    return Members(members.in_service, members.unready, members.pending + count, members.draining)


@kernel
def take_cohort(cohorts: Integers, tick: int, count: int) -> int:
    """Take up to ``count`` instances of one cohort; say how many it had."""
    taken = min(count, cohorts[ALIVE, tick])
    left = taken
    row = 0
    while left > 0:
        here = min(left, cohorts[row, tick])
        cohorts[row, tick] -= here
        left -= here
        row += 1
    cohorts[ALIVE, tick] -= taken
    return int(taken)


@kernel
def take(
    members: Members, cohorts: Integers, count: int, leaves_tick: int, setting: Setting
) -> Members:
    """Take instances out of the group: ready ones first, then unready, then pending, oldest first.

    Since all take the same time to get ready, that is the order of the cohorts. Those InService
    serve nothing from ``leaves_tick`` on and drain; pending ones are gone at once.
    """
    taken = min(count, cohorts[ROLL, VETERANS])
    cohorts[ROLL, VETERANS] -= taken
    left = count - taken
    drained = taken
    unready = members.unready
    pending = members.pending
    tick = cohorts[ROLL, OLDEST]
    while left > 0:
        taken = take_cohort(cohorts, tick, left)
        left -= taken
        if tick >= leaves_tick:
            pending -= taken
        else:
            drained += taken
            if tick + setting.ready_ticks >= leaves_tick:
                unready -= taken
        if left > 0:
            tick += 1
    cohorts[GONE, within(cohorts, leaves_tick + setting.drain_ticks)] += drained
    cohorts[ROLL, OLDEST] = tick
    return Members(members.in_service - drained, unready, pending, members.draining + drained)


class GroupState(NamedTuple):
    """What step and target tracking policies look at: the group after step 1, and desired."""

    members: Members
    warming: int
    desired: int
