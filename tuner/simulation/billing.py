"""Money: what instances are billed for, by their lives.

AWS bills an instance per second from ``running`` on, and at least 60 s for each start. The model
bills an instance from the tick after the decision to launch it until it is gone: pending,
InService and draining ones, which is what host-minutes count. Its pending ones wait for InService;
most of that time they are ``running`` for EC2, whose own ``pending`` lasts some 5 to 18 s and is
not billed, so that a bill is too high by so much for each launch.

**Where the minimum can matter.** A billed instance lives whole ticks, at least one. With ticks of
60 s or more no life is shorter than the minimum, and billed seconds are 60 × host-minutes exactly.
With shorter ticks they are that, and what lives under 60 s lack of it: at most 60 s less a tick for
each. Such lives are rare: the oldest instances leave first, so that an instance is only lost within
a minute of its launch where all older ones are gone before it.

Source: docs/aws-semantics.md 11; docs/model.md, "What a run yields".
Notation: S shape, I instance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tuner.policy import ScalingPlan
from tuner.scenario import LEAST_BILLED_SECONDS, Scenario
from tuner.simulation.launches import drawn_launch_ticks
from tuner.simulation.outcomes import Outcomes
from tuner.simulation.run import trace
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import TrafficShapes
from tuner.units import SECONDS_PER_MINUTE, seconds_to_ticks

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
InstanceState = Literal["pending", "running", "stopping", "stopped", "shutting-down", "terminated"]

MINUTES_PER_HOUR = 60.0


def is_billed(state: InstanceState, *, hibernating: bool = False) -> bool:
    """Tell whether AWS bills an instance in a state of its life.

    Parameters
    ----------
    state : str
        EC2's word. An instance of a group that pools nothing is ``running`` until it is taken.
    hibernating : bool
        Whether it is ``stopping`` in order to hibernate.

    Notes
    -----
    Source: Amazon EC2 User Guide, "Instance lifecycle"; docs/aws-semantics.md 11.
    """
    return state == "running" or (state == "stopping" and hibernating)


def billed_seconds(running_seconds: int) -> int:
    """Give the seconds that AWS bills for one start: those in ``running``, 60 at least.

    Parameters
    ----------
    running_seconds : int
        Time in ``running``; an instance that never ran is not billed.

    Examples
    --------
    >>> billed_seconds(20), billed_seconds(220), billed_seconds(0)
    (60, 220, 0)
    """
    return max(running_seconds, LEAST_BILLED_SECONDS) if running_seconds > 0 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """How long each instance of one run is billed, within the run.

    Parameters
    ----------
    ticks : int64 [I]
        Ticks in which it is pending, InService or draining.
    is_whole : bool [I]
        Whether it was launched in the run and is gone before its end; the minimum of a life that
        goes on is not known.
    """

    ticks: IntArray
    is_whole: NDArray[np.bool_]

    def seconds(self, *, tick_seconds: int) -> int:
        """Give the seconds that AWS bills for all of them together."""
        lived = self.ticks * tick_seconds
        least = np.where(self.is_whole & (lived > 0), LEAST_BILLED_SECONDS, 0)
        return int(np.maximum(lived, least).sum())


def lives_of(run: Trace, scenario: Scenario, launch_ticks: IntArray | None = None) -> Lives:
    """Follow every instance of a run from its launch until it is gone.

    Parameters
    ----------
    run : Trace
        One run.
    scenario : Scenario
        What it ran in: gives the times that launches and draining take.
    launch_ticks : int64 [T] or None
        Ticks to InService of what is launched in each tick; None: all take the group's time.

    Returns
    -------
    Lives
        Their ticks add up to those that host-minutes count.

    Notes
    -----
    Source: docs/model.md, steps 0 and 7: the oldest leave first, those InService earlier being
    older. Assumptions: of those that are InService in the same tick the one launched first is
    older; what is InService in tick 0 was launched long before.
    """
    n_ticks, times = len(run.rpm), _times(scenario, run)
    launches = np.full(n_ticks, times[0]) if launch_ticks is None else launch_ticks
    active, desired = run.in_service + run.pending, run.desired_capacity
    scheduled = active - np.concatenate([active[:1], desired[:-1]])
    decided = desired - active
    group: list[_Launched] = []
    ended = [(min(times[1], n_ticks), False, int(run.draining[0]))]

    def change(t: int, from_tick: int, by: int) -> None:
        if by > 0:
            heappush(group, _Launched(from_tick + int(launches[t]), from_tick, by))
        while by < 0:
            oldest = group[0]
            taken = min(-by, oldest.count)
            drained = 0 if oldest.in_service_tick >= from_tick else times[1]
            gone_tick = from_tick + drained
            lived = min(gone_tick, n_ticks) - oldest.first_tick
            ended.append((lived, oldest.in_run and gone_tick <= n_ticks, taken))
            oldest.count -= taken
            by += taken
            if not oldest.count:
                heappop(group)

    if run.in_service[0]:
        heappush(group, _Launched(-1, 0, int(run.in_service[0]), in_run=False))
    change(0, 0, int(run.pending[0]))
    for t in np.flatnonzero((scheduled != 0) | (decided != 0)).tolist():
        change(t, t, int(scheduled[t]))
        change(t, t + 1, int(decided[t]))
    ended += [(n_ticks - each.first_tick, False, each.count) for each in group]
    ticks, is_whole, count = zip(*ended, strict=True)
    return Lives(
        ticks=np.repeat(np.array(ticks, dtype=np.int64), count),
        is_whole=np.repeat(np.array(is_whole, dtype=np.bool_), count),
    )


def usd_of(host_minutes: FloatArray, scenario: Scenario) -> FloatArray | None:
    """Give what host-minutes cost, in USD; None where the scenario has no price.

    Parameters
    ----------
    host_minutes : float64 of any shape
        Minutes of instances that are billed.
    scenario : Scenario
        Gives the price of an instance.

    Returns
    -------
    float64 of the same shape, or None
        With ticks under 60 s without the minimum of instances that live shorter.
    """
    price = scenario.group.host_usd_per_hour
    return None if price is None else host_minutes * price / MINUTES_PER_HOUR


def plan_usd(
    plan: ScalingPlan | None, scenario: Scenario, shapes: TrafficShapes, outcomes: Outcomes
) -> FloatArray | None:
    """Give what a plan costs on each shape, in USD, the minimum of 60 s for each start included.

    Parameters
    ----------
    plan : ScalingPlan or None
        None for what is no plan and has no instances to follow: the minimum is left out.
    scenario : Scenario
        Gives price and tick.
    shapes : TrafficShapes [S]
        The load.
    outcomes : Outcomes [1, S]
        Totals of the plan on them.

    Returns
    -------
    float64 [S] or None
        None where the scenario has no price.
    """
    tick = scenario.tick_seconds
    minutes = outcomes.host_minutes[0]
    if scenario.group.host_usd_per_hour is None or plan is None or tick >= LEAST_BILLED_SECONDS:
        return usd_of(minutes, scenario)
    drawn = drawn_launch_ticks(shapes, scenario)
    seconds = []
    for s in range(len(shapes)):
        launches = drawn[shapes.offsets[s] : shapes.offsets[s + 1]] if drawn.size else None
        lives = lives_of(trace(plan, scenario, shapes, s), scenario, launches)
        seconds.append(lives.seconds(tick_seconds=tick))
    return usd_of(np.array(seconds) / SECONDS_PER_MINUTE, scenario)


@dataclass(order=True, slots=True)
class _Launched:
    """Instances that were launched together; the one that sorts first is the oldest."""

    in_service_tick: int
    first_tick: int
    count: int = field(compare=False)
    in_run: bool = field(default=True, compare=False)


def _times(scenario: Scenario, run: Trace) -> tuple[int, int]:
    """Give the ticks that launches and draining take."""
    group, tick = scenario.group, run.tick_seconds
    return (
        seconds_to_ticks(group.launch_seconds, tick_seconds=tick),
        seconds_to_ticks(group.drain_seconds, tick_seconds=tick),
    )
