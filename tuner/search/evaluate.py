"""Candidates in, scores out: the call into the simulator, and what is kept of it.

Notation
--------
C candidate, S shape, B candidate of one batch.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tuner.scenario import Scenario
from tuner.search.lattice import Lattice
from tuner.search.limits import Limits
from tuner.search.objectives import Scores, Weighted, score, weigh
from tuner.simulation.outcomes import Outcomes
from tuner.simulation.run import Progress, simulate
from tuner.traffic.shapes import TrafficShapes, frozen

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LARGEST_CHUNK = 65_536
RUNS_IN_A_CHUNK = 1_000_000
"""Candidates, and runs, simulated at a time; a run's totals take 80 bytes."""


def chunk_size(n_shapes: int) -> int:
    """Give the candidates that are simulated at a time, so that their totals stay small."""
    return max(1, min(LARGEST_CHUNK, RUNS_IN_A_CHUNK // n_shapes))


@dataclass(frozen=True, slots=True)
class Trials:
    """Candidates that ran, in the order of their lattice index, and what they yield.

    Parameters
    ----------
    candidate : int64 [C]
        Lattice index, rising.
    peak_cpu_percent : float64 [C, S]
        Largest CPU percent of each run.
    totals : Weighted [C]
        Totals weighted over the shapes.
    """

    candidate: IntArray
    peak_cpu_percent: FloatArray
    totals: Weighted

    def __len__(self) -> int:
        """Count the candidates."""
        return len(self.candidate)

    def rows(self, candidate: IntArray) -> IntArray:
        """Find candidates ``[B]`` by lattice index: their rows, -1 for those that are not here."""
        if not len(self.candidate):
            return np.full(len(candidate), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.candidate, candidate), len(self.candidate) - 1)
        return np.where(self.candidate[place] == candidate, place, -1)

    def take(self, rows: IntArray) -> Trials:
        """Give the trials of some rows ``[B]``, in the order of the rows."""
        return Trials(
            frozen(self.candidate[rows]),
            frozen(self.peak_cpu_percent[rows]),
            weighted_rows(self.totals, rows),
        )


def weighted_rows(totals: Weighted, rows: IntArray) -> Weighted:
    """Give the weighted totals of some rows ``[B]``."""
    names = (field.name for field in fields(Weighted))
    return Weighted(**{name: frozen(getattr(totals, name)[rows]) for name in names})


def join_trials(parts: list[Trials], *, n_shapes: int) -> Trials:
    """Put trials together in the order of their lattice index; equal ones count once."""
    candidate = np.concatenate([np.empty(0, dtype=np.int64), *[part.candidate for part in parts]])
    peaks = np.concatenate([np.empty((0, n_shapes)), *[part.peak_cpu_percent for part in parts]])
    totals = {
        field.name: np.concatenate(
            [np.empty(0), *[getattr(part.totals, field.name) for part in parts]]
        )
        for field in fields(Weighted)
    }
    if (candidate[1:] > candidate[:-1]).all():
        columns = {name: frozen(column) for name, column in totals.items()}
        return Trials(frozen(candidate), frozen(peaks), Weighted(**columns))
    return Trials(candidate, peaks, Weighted(**totals)).take(
        np.unique(candidate, return_index=True)[1]
    )


class Evaluator:
    """Simulates batches of candidates, and keeps what each yields.

    Parameters
    ----------
    lattice : Lattice
        Names the candidates, and holds the scenario.
    shapes : TrafficShapes [S]
        The load.
    limits : Limits
        Optional constraints.
    known : Trials or None
        What an earlier run of the same search stored: these are answered without simulating.
    threads, progress
        As in `tuner.simulation.run.simulate`.
    """

    def __init__(
        self,
        lattice: Lattice,
        shapes: TrafficShapes,
        *,
        limits: Limits,
        known: Trials | None = None,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.lattice = lattice
        self.shapes = shapes
        self.limits = limits
        self.kernel_seconds = 0.0
        self._threads = threads
        self._progress = progress
        self._known = known or join_trials([], n_shapes=len(shapes))
        self._parts: list[Trials] = []
        self._chunk = chunk_size(len(shapes))

    @property
    def scenario(self) -> Scenario:
        """What all candidates share."""
        return self.lattice.scenario

    def evaluate(self, candidate: IntArray) -> Scores:
        """Give the scores of candidates by lattice index, int64 [B].

        Raises
        ------
        SimulationError
            When a candidate cannot run, or shapes and scenario have different ticks.
        """
        rows = self._known.rows(candidate)
        new = candidate[rows < 0]
        parts = self._simulated(new)
        if len(new) < len(candidate):
            parts.append(self._known.take(rows[rows >= 0]))
        self._parts.extend(parts)
        if len(parts) == 1:
            totals = parts[0].totals
        else:
            batch = join_trials(parts, n_shapes=len(self.shapes))
            totals = weighted_rows(batch.totals, batch.rows(candidate))
        return self.scores(totals)

    def scores(self, totals: Weighted) -> Scores:
        """Score weighted totals ``[C]`` under this search's limits."""
        return score(totals, limit_percent=self.scenario.limit_percent, limits=self.limits)

    def keep(self, trials: Trials) -> None:
        """Count trials ``[C]`` of an earlier search among those of this one."""
        self._parts.append(trials)

    def trials(self) -> Trials:
        """Give everything that was evaluated."""
        joined = join_trials(self._parts, n_shapes=len(self.shapes))
        self._parts = [joined]
        return joined

    def _simulated(self, candidate: IntArray) -> list[Trials]:
        """Run candidates ``[B]``, as many at a time as keep their totals small."""
        begins = range(0, len(candidate), self._chunk)
        return [self._simulate(candidate[begin : begin + self._chunk]) for begin in begins]

    def _simulate(self, candidate: IntArray) -> Trials:
        """Run candidates ``[B]`` on every shape."""
        outcomes = self._run(candidate, self.shapes)
        return Trials(candidate, outcomes.peak_cpu_percent, weigh(outcomes, self.shapes))

    def _run(self, candidate: IntArray, shapes: TrafficShapes) -> Outcomes:
        """Call the simulator for candidates ``[B]``, and count its time."""
        policies = self.lattice.policies(candidate)
        called = time.perf_counter()
        outcomes = simulate(
            policies, self.scenario, shapes, threads=self._threads, progress=self._progress
        )
        self.kernel_seconds += time.perf_counter() - called
        return outcomes
