"""One group's instances over one tick: pending, InService, ready, draining.

Instances are counted, not listed. What is due to happen at a tick stands in a *timetable*: one
array per kind of event, indexed by tick, holding how many instances it concerns.
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


POLICY_LAUNCH = 0
SCHEDULED_LAUNCH = 1
READY = 2
GONE = 3
N_DUE_ROWS = 4
"""Rows of the timetable, int64 ``[4, ticks]``, longer than the run.

Launches of policies and of scheduled actions stand apart, since they open different cooldowns.
"""


@kernel
def advance(members: Members, due: Integers, tick: int, ready_ticks: int) -> Members:
    """Let everything happen that is due at this tick, where any instance is on its way.

    Parameters
    ----------
    members : Members
        Instances before.
    due : int64 [4, ticks]
        Timetable; the ready times of those that arrive are entered.
    tick : int
        This tick.
    ready_ticks : int
        InService to serving, in ticks.

    Returns
    -------
    Members
        Instances after.
    """
    if members.pending + members.unready + members.draining == 0:
        return members
    arrived = due[POLICY_LAUNCH, tick] + due[SCHEDULED_LAUNCH, tick]
    due[READY, tick + ready_ticks] += arrived
    ready = due[READY, tick]
    return Members(
        in_service=members.in_service + arrived,
        unready=members.unready + arrived - ready,
        pending=members.pending - arrived,
        draining=members.draining - due[GONE, tick],
    )


@kernel
def launch(members: Members, due: Integers, row: int, count: int, in_service_tick: int) -> Members:
    """Launch instances that become InService at a tick; pending until then.

    Parameters
    ----------
    members : Members
        Instances before.
    due : int64 [4, ticks]
        Timetable, written.
    row : int
        POLICY_LAUNCH or SCHEDULED_LAUNCH.
    count : int
        Instances to launch, at least 0.
    in_service_tick : int
        Tick at which they become InService.

    Returns
    -------
    Members
        Instances after.
    """
    due[row, in_service_tick] += count
    return Members(members.in_service, members.unready, members.pending + count, members.draining)


@kernel
def cancel(due: Integers, row: int, count: int, tick: int) -> int:
    """Take up to ``count`` instances off one entry of a timetable; say how many it held.

    Parameters
    ----------
    due : int64 [4, ticks]
        Timetable, written.
    row : int
        Row of the entry.
    count : int
        Instances to take off at most.
    tick : int
        Tick of the entry.

    Returns
    -------
    int
        Instances taken off.
    """
    taken = min(count, int(due[row, tick]))
    due[row, tick] -= taken
    return taken


@kernel
def take(
    members: Members, due: Integers, count: int, leaves_tick: int, setting: Setting
) -> Members:
    """Take instances out of the group: ready ones first, then unready, then pending, oldest first.

    Those InService serve nothing from ``leaves_tick`` on and drain; pending ones are gone at once.

    Parameters
    ----------
    members : Members
        Instances before.
    due : int64 [4, ticks]
        Timetable, written.
    count : int
        Instances to take, at most those that are InService or pending.
    leaves_tick : int
        First tick in which they serve nothing.
    setting : Setting
        Gives how long they drain.

    Returns
    -------
    Members
        Instances after.
    """
    serving = members.in_service - members.unready
    left = count - min(count, serving)
    unready = members.unready
    tick = leaves_tick
    while left > 0 and unready > 0:
        taken = cancel(due, READY, left, tick)
        left -= taken
        unready -= taken
        tick += 1
    drained = count - left
    due[GONE, leaves_tick + setting.drain_ticks] += drained
    pending = members.pending
    tick = leaves_tick
    while left > 0 and pending > 0:
        taken = cancel(due, POLICY_LAUNCH, left, tick)
        taken += cancel(due, SCHEDULED_LAUNCH, left - taken, tick)
        left -= taken
        pending -= taken
        tick += 1
    return Members(members.in_service - drained, unready, pending, members.draining + drained)
