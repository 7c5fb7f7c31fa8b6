"""Which observed change of a group's size is which predicted one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuner.deployment.observed import ObservedChange
from tuner.measure.history_activities import Direction
from tuner.simulation.trace import Trace
from tuner.units import SECONDS_PER_MINUTE, seconds_to_ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedChange:
    """One change of desired capacity in a simulated run.

    Parameters
    ----------
    direction : str
        ``scale_out`` or ``scale_in``.
    decided_minute : float
        The minute whose tick decided.
    done_minute : float
        When its instances are InService, or have left service.
    size : int
        Instances.
    """

    direction: Direction
    decided_minute: float
    done_minute: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedChange:
    """An observed and a predicted change, or one of them alone; minutes from the begin.

    Parameters
    ----------
    direction : str
        ``scale_out`` or ``scale_in``.
    observed_minute, predicted_minute : float or None
        When each was decided, else when it was done; None where there is none.
    lag_minutes : float or None
        Predicted less observed decision, whole minutes.
    done_lag_minutes : float or None
        The same for InService, or for leaving service.
    size : int
        Instances, the observed ones where there are any.
    """

    direction: Direction
    observed_minute: float | None
    predicted_minute: float | None
    lag_minutes: float | None
    done_lag_minutes: float | None
    size: int

    @property
    def is_matched(self) -> bool:
        """Whether both are there."""
        return self.observed_minute is not None and self.predicted_minute is not None

    @property
    def off_minutes(self) -> float | None:
        """The larger of the two lags, without its sign."""
        lags = [abs(lag) for lag in (self.lag_minutes, self.done_lag_minutes) if lag is not None]
        return max(lags, default=None)


def predicted_changes(trace: Trace, *, launch_seconds: int) -> tuple[PredictedChange, ...]:
    """Give the changes of desired capacity of a run, in order of time.

    Parameters
    ----------
    trace : Trace
        The run, with launches that all take the same time.
    launch_seconds : int
        That time.
    """
    launch_ticks = seconds_to_ticks(launch_seconds, tick_seconds=trace.tick_seconds)
    minutes = trace.tick_seconds / SECONDS_PER_MINUTE
    change = trace.desired_capacity - (trace.in_service + trace.pending)
    found: list[PredictedChange] = []
    for t in np.flatnonzero(change).tolist():
        out = change[t] > 0
        done = t + 1 + (launch_ticks if out else 0)
        found.append(
            PredictedChange(
                direction="scale_out" if out else "scale_in",
                decided_minute=t * minutes,
                done_minute=done * minutes,
                size=abs(int(change[t])),
            )
        )
    return tuple(found)


def match_changes(
    observed: Sequence[ObservedChange],
    predicted: Sequence[PredictedChange],
    *,
    within_minutes: float,
) -> tuple[MatchedChange, ...]:
    """Match changes of the same direction, the nearest first; in order of time.

    Parameters
    ----------
    observed, predicted : sequence
        In order of time.
    within_minutes : float
        How far apart two may be.
    """
    pairs = sorted(
        (abs(lag), i, j)
        for i, seen in enumerate(observed)
        for j, said in enumerate(predicted)
        if seen.direction == said.direction
        and (lag := _apart(seen, said)) is not None
        and abs(lag) <= within_minutes
    )
    of_seen: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in pairs:
        if i not in of_seen and j not in taken:
            of_seen[i] = j
            taken.add(j)
    matched = [
        _matched(seen, predicted[of_seen[i]] if i in of_seen else None)
        for i, seen in enumerate(observed)
    ]
    matched += [
        MatchedChange(
            direction=said.direction,
            observed_minute=None,
            predicted_minute=said.decided_minute,
            lag_minutes=None,
            done_lag_minutes=None,
            size=said.size,
        )
        for j, said in enumerate(predicted)
        if j not in taken
    ]
    return tuple(sorted(matched, key=_when))


def _when(change: MatchedChange) -> float:
    """Give when a change was, for the order."""
    first = change.observed_minute
    return float(change.predicted_minute or 0.0) if first is None else first


def _done(seen: ObservedChange) -> float | None:
    """Give when an observed change was done: InService, or out of service."""
    return seen.ended_minute if seen.direction == "scale_out" else seen.left_minute


def _apart(seen: ObservedChange, said: PredictedChange) -> float | None:
    """Give the minutes from an observed to a predicted change; None where it was never done."""
    if seen.decided_minute is not None:
        return said.decided_minute - float(np.floor(seen.decided_minute))
    done = _done(seen)
    return None if done is None else said.done_minute - done


def _matched(seen: ObservedChange, said: PredictedChange | None) -> MatchedChange:
    """Put an observed change beside its predicted one."""
    done = _done(seen)
    moment = seen.decided_minute if seen.decided_minute is not None else done
    decided = None
    if said is not None and seen.decided_minute is not None:
        decided = said.decided_minute - float(np.floor(seen.decided_minute))
    return MatchedChange(
        direction=seen.direction,
        observed_minute=moment,
        predicted_minute=None if said is None else said.decided_minute,
        lag_minutes=decided,
        done_lag_minutes=None if said is None or done is None else said.done_minute - done,
        size=seen.size,
    )
