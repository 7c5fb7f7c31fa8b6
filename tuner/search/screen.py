"""Candidates shape by shape: one that passes the limit on a shape runs on no further one.

Notation
--------
C candidate, S shape, B candidate of one batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tuner.search.evaluate import Evaluator, IntArray
from tuner.search.lattice import Lattice
from tuner.search.objectives import Scores, weigh
from tuner.search.trials import Trials
from tuner.simulation.outcomes import empty_totals, outcomes_of
from tuner.traffic.shapes import TrafficShapes


class Screen(Evaluator):
    """An evaluator that keeps only the candidates whose peak stays under the limit.

    What it keeps has run on every shape and yields what it yields elsewhere, so that everything
    that is chosen among feasible candidates is as without it. The shapes that broke most candidates
    so far come first, before any did those of the highest load; the order changes no result.
    """

    def __init__(self, lattice: Lattice, shapes: TrafficShapes, **options: Any) -> None:
        super().__init__(lattice, shapes, **options)
        self._broken = np.zeros(len(shapes), dtype=np.int64)
        self._highest = np.array([shapes.rpm_of(s).max() for s in range(len(shapes))])

    def evaluate(self, candidate: IntArray) -> Scores:
        """Give the scores of those candidates of a batch, int64 [B], that keep to the limit.

        Raises
        ------
        SimulationError
            As `Evaluator.evaluate`.
        """
        batch = self._answered(candidate)
        self._log.add(batch)
        return self.scores(batch.totals)

    def _simulate(self, candidate: IntArray) -> Trials:
        """Run candidates ``[B]`` on one shape after the other, leaving those over the limit."""
        shapes, limit = self.shapes, self.scenario.limit_percent
        totals = empty_totals(len(candidate), len(shapes))
        left = np.arange(len(candidate))
        waiting = shapes.rpm.size
        for s in np.lexsort((-self._highest, -self._broken)).tolist():
            one = shapes.only(shapes.names[s])
            waiting -= one.rpm.size
            outcomes = self._run(candidate[left], one)
            for name, column in zip(totals._fields, totals, strict=True):
                column[left, s] = getattr(outcomes, name)[:, 0]
            over = outcomes.peak_cpu_percent[:, 0] > limit
            n_over = int(np.count_nonzero(over))
            self._broken[s] += n_over
            if self._progress is not None:
                self._progress(n_over * waiting)
            left = left[~over]
            if not len(left):
                break
        kept = outcomes_of(totals._replace(**{n: c[left] for n, c in totals._asdict().items()}))
        return Trials(candidate[left], kept.peak_cpu_percent, weigh(kept, shapes))
