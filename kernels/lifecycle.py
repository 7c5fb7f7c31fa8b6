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


class Timetable(NamedTuple):
    """How many instances are due at each tick, every array longer than the run.

    Launches of policies and of scheduled actions stand apart, since they open different cooldowns.
    """

    policy_launch: Integers
    scheduled_launch: Integers
    ready: Integers
    gone: Integers


@kernel
def advance(members: Members, timetable: Timetable, tick: int, ready_ticks: int) -> Members:
    """Let everything happen that is due at this tick."""
    arrived = timetable.policy_launch[tick] + timetable.scheduled_launch[tick]
    timetable.ready[tick + ready_ticks] += arrived
    ready = timetable.ready[tick]
    return Members(
        in_service=members.in_service + arrived,
        unready=members.unready + arrived - ready,
        pending=members.pending - arrived,
        draining=members.draining - timetable.gone[tick],
    )


@kernel
def launch(members: Members, due: Integers, count: int, in_service_tick: int) -> Members:
    """Launch instances that become InService at a tick; pending until then."""
    due[in_service_tick] += count
    return Members(members.in_service, members.unready, members.pending + count, members.draining)


@kernel
def cancel(due: Integers, count: int, tick: int) -> int:
    """Take up to ``count`` instances off one entry of a timetable; say how many it held."""
    taken = min(count, int(due[tick]))
    due[tick] -= taken
    return taken


@kernel
def take(
    members: Members, timetable: Timetable, count: int, leaves_tick: int, setting: Setting
) -> Members:
    """Take instances out of the group: ready ones first, then unready, then pending, oldest first.

    Those InService serve nothing from ``leaves_tick`` on and drain; pending ones are gone at once.
    """
    serving = members.in_service - members.unready
    left = count - min(count, serving)
    unready = members.unready
    tick = leaves_tick
    while left > 0 and unready > 0:
        taken = cancel(timetable.ready, left, tick)
        left -= taken
        unready -= taken
        tick += 1
    drained = count - left
    timetable.gone[leaves_tick + setting.drain_ticks] += drained
    pending = members.pending
    tick = leaves_tick
    while left > 0 and pending > 0:
        taken = cancel(timetable.policy_launch, left, tick)
        taken += cancel(timetable.scheduled_launch, left - taken, tick)
        left -= taken
        pending -= taken
        tick += 1
    return Members(members.in_service - drained, unready, pending, members.draining + drained)
