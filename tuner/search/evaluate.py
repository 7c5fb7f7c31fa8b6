"""Candidates in, scores out: the call into the simulator, and what is kept of it.

Notation
--------
C candidate, S shape, B candidate of one batch.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from tuner.scenario import Scenario
from tuner.search.lattice import Lattice
from tuner.search.limits import Limits
from tuner.search.objectives import Scores, Weighted, score, weigh
from tuner.search.trials import TrialLog, Trials, join_trials, trial_bytes, weighted_rows
from tuner.simulation.outcomes import Outcomes
from tuner.simulation.run import Progress, simulate
from tuner.traffic.shapes import TrafficShapes

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LARGEST_CHUNK = 65_536
RUNS_IN_A_CHUNK = 1_000_000
"""Candidates, and runs, simulated at a time; a run's totals take 80 bytes."""

TICKS_IN_A_CHUNK = 2_000_000_000
"""Candidate-ticks simulated at a time, some seconds: an interruption loses no more than these."""

SMALLEST_CHUNK = 1_024
"""Candidates that are simulated at a time however long the shapes are, to fill every thread."""


def chunk_size(shapes: TrafficShapes) -> int:
    """Give the candidates that are simulated at a time, so that their totals stay small.

    Parameters
    ----------
    shapes : TrafficShapes [S]
        What each runs on.
    """
    by_ticks = max(SMALLEST_CHUNK, TICKS_IN_A_CHUNK // shapes.rpm.size)
    return max(1, min(LARGEST_CHUNK, RUNS_IN_A_CHUNK // len(shapes), by_ticks))


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
        self._log = TrialLog(len(shapes))
        self._unsaved: list[Trials] | None = None
        self._chunk = chunk_size(shapes)

    def __len__(self) -> int:
        """Count the candidates that were evaluated."""
        return len(self._log)

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
        batch = self._answered(candidate)
        self._log.add(batch)
        totals = batch.totals
        if batch.candidate is not candidate:
            totals = weighted_rows(totals, batch.rows(candidate))
        return self.scores(totals)

    def scores(self, totals: Weighted) -> Scores:
        """Score weighted totals ``[C]`` under this search's limits."""
        return score(totals, limit_percent=self.scenario.limit_percent, limits=self.limits)

    def keep(self, trials: Trials) -> None:
        """Count trials ``[C]`` of an earlier search among those of this one."""
        self._log.add(trials)

    def trials(self) -> Trials:
        """Give everything that was evaluated."""
        return self._log.trials()

    def keep_unsaved(self) -> None:
        """Keep what is simulated from here on for `unsaved`, too."""
        self._unsaved = []

    def unsaved(self) -> Trials:
        """Give what was simulated since the last `saved`."""
        parts = self._unsaved or []
        return parts[0] if len(parts) == 1 else join_trials(parts, n_shapes=len(self.shapes))

    def saved(self) -> None:
        """Hear that what is `unsaved` has been saved."""
        self._unsaved = []

    @property
    def unsaved_bytes(self) -> int:
        """Room that what is `unsaved` takes."""
        n_trials = sum(len(part) for part in self._unsaved or ())
        return n_trials * trial_bytes(len(self.shapes))

    def _answered(self, candidate: IntArray) -> Trials:
        """Answer candidates ``[B]``, what is known from there, as many as have an answer."""
        rows = self._known.rows(candidate)
        parts = self._simulated(candidate[rows < 0] if (rows >= 0).any() else candidate)
        if self._unsaved is not None:
            self._unsaved.extend(parts)
        if len(parts) == 1 and parts[0].candidate is candidate:
            return parts[0]
        parts.append(self._known.take(rows[rows >= 0]))
        return join_trials(parts, n_shapes=len(self.shapes))

    def _simulated(self, candidate: IntArray) -> list[Trials]:
        """Run candidates ``[B]``, as many at a time as keep their totals small."""
        if len(candidate) <= self._chunk:
            return [self._simulate(candidate)] if len(candidate) else []
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
