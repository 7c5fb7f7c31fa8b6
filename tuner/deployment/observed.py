"""What a group did, minute by minute and decision by decision, as it was observed.

Notation: T minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.activities import Activity
from tuner.measure.history import MINUTE_SECONDS, History
from tuner.measure.history_activities import Direction, decisions_of, read_activities

FloatArray = NDArray[np.float64]

LARGEST_DRIFT = 0.2
STEADY_MINUTES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedChange:
    """One change of the group's size.

    Parameters
    ----------
    direction : str
        ``scale_out`` or ``scale_in``.
    decided_minute : float or None
        When a policy was called, minutes from the begin; None where only the count shows it.
    ended_minute : float or None
        When the last instance was InService or gone.
    left_minute : float or None
        When the first one left service; of scale-in alone.
    size : int
        Instances.
    """

    direction: Direction
    decided_minute: float | None
    ended_minute: float | None
    left_minute: float | None = None
    size: int = 1


def observed_changes(
    history: History, activities: Sequence[Activity] = ()
) -> tuple[ObservedChange, ...]:
    """Give the changes of a group's size within a history.

    Parameters
    ----------
    history : History
        Its range is taken; where there are no activities, its count of instances tells.
    activities : sequence of Activity
        Of the group.

    Notes
    -----
    Only changes that a policy made are given where activities are known; a replacement of an
    instance that is ill changes no desired capacity.
    """
    if not activities:
        return _counted(history)

    def minute(moment: float | None) -> float | None:
        return None if moment is None else (moment - history.begin) / MINUTE_SECONDS

    return tuple(
        ObservedChange(
            direction=each.direction,
            decided_minute=minute(each.decided),
            ended_minute=minute(each.ended),
            left_minute=minute(each.begin) if each.direction == "scale_in" else None,
            size=max(each.size, 1),
        )
        for each in decisions_of(read_activities(activities))
        if each.by_policy and history.begin <= each.decided < history.end
    )


def observed_instances(history: History, changes: Sequence[ObservedChange]) -> FloatArray:
    """Give the instances in service in each minute, parts of a minute counted; float64 [T].

    Parameters
    ----------
    history : History
        Its count is the start, and all there is where changes are unknown or disagree with it.
    changes : sequence of ObservedChange
        With times within a minute.

    Notes
    -----
    Assumption: the changes disagree with the count where more than a fifth of the minutes differ.
    """
    counted = history.instances
    known = np.flatnonzero(np.isfinite(counted))
    timed = [each for each in changes if each.decided_minute is not None]
    if not known.size or not timed:
        return counted
    start = float(np.median(counted[known[:STEADY_MINUTES]]))
    instances = np.full(len(history), start)
    for each in timed:
        sign = 1.0 if each.direction == "scale_out" else -1.0
        moment = each.ended_minute if sign > 0 else each.left_minute
        if moment is None or moment >= len(history):
            continue
        at = max(int(moment), 0)
        instances[at] += sign * each.size * (at + 1 - max(moment, 0.0))
        instances[at + 1 :] += sign * each.size
    differs = np.abs(instances[known] - counted[known]) >= 1.0
    return counted if float(differs.mean()) > LARGEST_DRIFT else instances


def filled(values: FloatArray) -> FloatArray:
    """Give values with straight lines over their gaps, and the nearest value at the ends."""
    known = np.flatnonzero(np.isfinite(values))
    return np.asarray(np.interp(np.arange(len(values)), known, values[known]))


def longest_gap(values: FloatArray) -> int:
    """Count the minutes of the longest gap.

    Examples
    --------
    >>> longest_gap(np.array([1.0, np.nan, np.nan, 2.0, np.nan]))
    2
    """
    missing = np.concatenate([[False], np.isnan(values), [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(missing))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _counted(history: History) -> tuple[ObservedChange, ...]:
    """Give the changes that the count of instances shows, where it stays for three minutes."""
    counts = filled(history.instances) if np.isfinite(history.instances).any() else None
    if counts is None:
        return ()
    found: list[ObservedChange] = []
    steady = float(np.median(counts[:STEADY_MINUTES]))
    for t in range(1, len(counts)):
        ahead = counts[t : t + STEADY_MINUTES]
        if counts[t] == steady or np.any(ahead != counts[t]):
            continue
        direction: Direction = "scale_out" if counts[t] > steady else "scale_in"
        found.append(
            ObservedChange(
                direction=direction,
                decided_minute=None,
                ended_minute=float(t) if direction == "scale_out" else None,
                left_minute=float(t) if direction == "scale_in" else None,
                size=round(abs(float(counts[t]) - steady)) or 1,
            )
        )
        steady = float(counts[t])
    return tuple(found)
