"""What is recommended at every whole percent of the cliff, what it costs, and what strips say.

Notation: C candidate, L limit. The last limit is that of the job itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.decision.standing import Setting
from tuner.explore.explorer import Explorer, Filters
from tuner.explore.reach import NOBODY, first_under, front_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CLIFFS = np.arange(101, dtype=np.float64)
"""Cliffs that are answered beside that of the job, percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Which candidates are found under each limit.

    Parameters
    ----------
    settings : tuple of Setting [L]
        What plans are measured by.
    filters : tuple
        What it was asked with.
    best, cheapest : int64 [L]
        Places of candidates, NOBODY where none is feasible.
    safest : int
        Place of the candidate with the lowest worst peak, NOBODY where the filters leave none.
    front : int64 [F]
        The cost front, the cheapest first, whatever the limit.
    counts : int64 [L]
        Feasible candidates.
    """

    settings: tuple[Setting, ...]
    filters: Filters
    best: IntArray
    cheapest: IntArray
    safest: int
    front: IntArray
    counts: IntArray


def find_answers(
    explorer: Explorer, *, margin_percent: float, filters: Filters = (), cliffs: FloatArray = CLIFFS
) -> Answers:
    """Find the answers at several cliffs, and last at that of the job.

    Parameters
    ----------
    explorer : Explorer
        The job.
    margin_percent : float
        Points that are kept free below each cliff.
    filters : tuple
        From `Explorer.checked`.
    cliffs : float64 [L - 1]
        Cliffs, percent.
    """
    pool, scenario = explorer.pool, explorer.tuning.scenario
    own = scenario.host.cliff_percent
    settings = (
        *(explorer.setting(cliff, margin_percent) for cliff in cliffs.tolist()),
        explorer.setting(own, margin_percent),
    )
    limits = np.array([setting.limit_percent for setting in settings])
    kept, peaks = explorer.kept(filters), pool.worst_peak_cpu_percent
    feasible = np.sort(peaks[kept])
    by_front = pool.by_front[kept[pool.by_front]]
    front = front_of(by_front, peaks)
    return Answers(
        settings=settings,
        filters=filters,
        best=first_under(pool.by_choice[kept[pool.by_choice]], peaks, limits),
        cheapest=first_under(pool.by_cost[kept[pool.by_cost]], peaks, limits),
        safest=int(front[-1]) if len(front) else NOBODY,
        front=front,
        counts=np.searchsorted(feasible, limits, side="right"),
    )


def find_strips(explorer: Explorer, found: Answers) -> tuple[FloatArray, ...]:
    """Find for each knob what it costs to insist on each value.

    Parameters
    ----------
    explorer : Explorer
        The job.
    found : Answers
        Its answers.

    Returns
    -------
    tuple of float64 [V, L]
        By knob: how many percent dearer the cheapest feasible candidate with a value is; NaN where
        none is feasible.
    """
    limits = np.array([setting.limit_percent for setting in found.settings])
    return tuple(_strips(explorer, found.filters, limits))


def _strips(explorer: Explorer, filters: Filters, limits: FloatArray) -> Iterator[FloatArray]:
    """Give for each knob, each value and each limit what it costs to insist on the value."""
    pool = explorer.pool
    for knob in pool.knobs:
        others = tuple(each for each in filters if each[0] != knob.name)
        kept = explorer.kept(others)
        order = pool.by_cost[kept[pool.by_cost]]
        value_of = knob.value_of[order]
        cheapest = np.stack(
            [
                _minutes(explorer, order[value_of == value], limits)
                for value in range(len(knob.values))
            ]
        )
        base = _minutes(explorer, order, limits)
        yield 100.0 * (cheapest / base - 1.0)


def _minutes(explorer: Explorer, order: IntArray, limits: FloatArray) -> FloatArray:
    """Give the host-minutes of the cheapest candidate under each limit, NaN where there is none."""
    found = first_under(order, explorer.pool.worst_peak_cpu_percent, limits)
    return np.where(found == NOBODY, np.nan, explorer.pool.host_minutes[found])
