"""All candidates of all families as columns, in the two orders in which answers look for them.

Notation: C candidate, S shape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.decision.standing import Standing
from tuner.explore.knobs import Knob, knobs_of
from tuner.search.result import SearchResult
from tuner.traffic.shapes import frozen
from tuner.tune import Tuning

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

FAMILY_LABELS = {"simple": "simple", "step": "step", "target": "tracking", "mixed": "mixed"}
CANDIDATE = re.compile(r"(simple|step|target|mixed):(\d{1,12})")
"""How a candidate is named: its family and its place in the lattice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Every candidate of a finished job.

    Parameters
    ----------
    results : dict of str to SearchResult
        By family, in the order of the candidates.
    first : dict of str to int
        Place of each family's first candidate.
    host_minutes, worst_peak_cpu_percent, mean_cpu_percent, activities_per_day : float64 [C]
        Weighted over the shapes.
    allowed : bool [C]
        Whether a candidate keeps to the limits beside that on CPU.
    by_choice : int64 [C]
        Places in the order of `SearchResult.best`, the best first; families as in `best_family`.
    by_cost : int64 [C]
        Places in the order of `SearchResult.cheapest`.
    by_front : int64 [C]
        Places by host-minutes, then worst peak, then as in `by_choice`.
    knobs : tuple of Knob
        What tells candidates apart.
    """

    results: dict[str, SearchResult]
    first: dict[str, int]
    host_minutes: FloatArray
    worst_peak_cpu_percent: FloatArray
    mean_cpu_percent: FloatArray
    activities_per_day: FloatArray
    allowed: BoolArray
    by_choice: IntArray
    by_cost: IntArray
    by_front: IntArray
    knobs: tuple[Knob, ...]

    def __len__(self) -> int:
        """Count the candidates, C."""
        return len(self.host_minutes)

    def family(self, c: int) -> str:
        """Name the family of a candidate."""
        return next(name for name in reversed(self.first) if c >= self.first[name])

    def name(self, c: int) -> str:
        """Name a candidate, as `CANDIDATE` has it."""
        family = self.family(c)
        return f"{family}:{int(self.results[family].candidate[c - self.first[family]])}"

    def place(self, name: str) -> int | None:
        """Find a candidate by its name; None: it was not tried."""
        found = CANDIDATE.fullmatch(name)
        if found is None or found[1] not in self.results:
            return None
        result, index = self.results[found[1]], int(found[2])
        row = int(np.searchsorted(result.candidate, index))
        if row == result.n_candidates or result.candidate[row] != index:
            return None
        return self.first[found[1]] + row

    def peaks(self, c: int) -> FloatArray:
        """Give the peaks of a candidate, float64 [S], percent."""
        family = self.family(c)
        return np.asarray(self.results[family].peak_cpu_percent[c - self.first[family]])

    def standing(self, c: int, *, limit_percent: float) -> Standing:
        """Give what a candidate yields under a limit; minutes over the cliff are not known."""
        return Standing(
            host_minutes=self.host_minutes[c].item(),
            mean_cpu_percent=self.mean_cpu_percent[c].item(),
            worst_peak_cpu_percent=self.worst_peak_cpu_percent[c].item(),
            activities_per_day=self.activities_per_day[c].item(),
            minutes_over_cliff=None,
            shapes_over=int((self.peaks(c) > limit_percent).sum()),
        )


def pool_of(tuning: Tuning) -> Pool:
    """Put the candidates of all families of a job side by side."""
    results: dict[str, SearchResult] = {each.family: each.result for each in tuning.answers}
    sizes = [result.n_candidates for result in results.values()]
    starts = np.concatenate([[0], np.cumsum(sizes)])[:-1].tolist()
    columns = {
        name: frozen(np.concatenate([getattr(result, name) for result in results.values()]))
        for name in (
            "host_minutes",
            "worst_peak_cpu_percent",
            "mean_cpu_percent",
            "activities_per_day",
        )
    }
    mean, minutes = columns["mean_cpu_percent"], columns["host_minutes"]
    activities = np.concatenate([result.activities for result in results.values()])
    ties = (activities, *_preferred(results, sizes))
    peaks = columns["worst_peak_cpu_percent"]
    return Pool(
        results=results,
        first=dict(zip(results, starts, strict=True)),
        **columns,
        allowed=frozen(np.concatenate([result.feasible(np.inf) for result in results.values()])),
        by_choice=_ordered(-mean, minutes, *ties),
        by_cost=_ordered(minutes, -mean, *ties),
        by_front=_ordered(minutes, peaks, -mean, *ties),
        knobs=knobs_of(results, [FAMILY_LABELS[family] for family in results]),
    )


def _preferred(results: dict[str, SearchResult], sizes: list[int]) -> list[NDArray[np.float64]]:
    """Give what decides between equal candidates: the family, then what its space prefers."""
    most = max(len(result.space.preferred) for result in results.values())
    columns = [np.repeat(np.arange(len(sizes), dtype=np.float64), sizes)]
    for k in range(most):
        parts = []
        for result, size in zip(results.values(), sizes, strict=True):
            names = result.space.preferred
            column = result.parameters()[names[k]] if k < len(names) else np.zeros(size)
            parts.append(column.astype(np.float64))
        columns.append(np.concatenate(parts))
    return columns


def _ordered(*costs: NDArray[np.float64]) -> IntArray:
    """Give the order by several costs, the first before the second; ties as they stand."""
    order: IntArray = np.lexsort(tuple(reversed(costs))).astype(np.int64)
    return frozen(order)
