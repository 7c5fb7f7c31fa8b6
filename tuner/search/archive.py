"""What an engine was told so far: the best of it, and every point that it has asked for."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from tuner.search.engine import Memory
from tuner.search.front import non_dominated
from tuner.search.lattice import Lattice
from tuner.search.objectives import Scores

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


EQUALS = 4
"""Points with equal costs that an archive keeps: often thousands of candidates act the same."""


class Archive:
    """The non-dominated feasible points; while there is none, the points that violate least.

    Of points with equal costs the first few are kept.

    Parameters
    ----------
    n_dimensions : int
        D, the active dimensions of the lattice.
    """

    def __init__(self, n_dimensions: int) -> None:
        self.positions = np.empty((0, n_dimensions), dtype=np.int64)
        self._costs = np.empty((0, 2))
        self._violation = np.empty(0)

    def add(self, positions: IntArray, scores: Scores) -> bool:
        """Take in what a generation scored.

        Parameters
        ----------
        positions : int64 [B, D]
            Candidates, none of which was added before.
        scores : Scores [B]
            What they score.

        Returns
        -------
        bool
            Whether the best got better: a point that no earlier one dominates or equals.
        """
        pool = np.concatenate([self.positions, positions])
        costs = np.concatenate([self._costs, scores.objectives])
        violation = np.concatenate([self._violation, scores.violation])
        least = violation.min(initial=np.inf)
        rows = np.flatnonzero(violation <= least)
        if least <= 0.0:
            rows = rows[non_dominated(costs[rows])]
        rows = _few_of_each(rows, costs)
        before = {tuple(row) for row in np.column_stack([self._violation, self._costs]).tolist()}
        after = {tuple(row) for row in np.column_stack([violation, costs])[rows].tolist()}
        self.positions, self._costs, self._violation = pool[rows], costs[rows], violation[rows]
        return not after <= before


def _few_of_each(rows: IntArray, costs: FloatArray) -> IntArray:
    """Keep the first few of the rows that have equal costs."""
    order = np.lexsort((rows, costs[rows, 1], costs[rows, 0]))
    ordered = costs[rows[order]]
    begins = np.concatenate([[True], (ordered[1:] != ordered[:-1]).any(axis=1)])[: len(rows)]
    place = np.arange(len(rows))
    nth = place - np.maximum.accumulate(np.where(begins, place, 0))
    return np.sort(rows[order[nth < EQUALS]])


class Exploration:
    """A memory and an archive together, within a number of trials.

    Parameters
    ----------
    lattice : Lattice
        What is explored.
    trials : int
        Candidates to try at most.
    """

    def __init__(self, lattice: Lattice, *, trials: int) -> None:
        self.lattice = lattice
        self.memory = Memory(lattice)
        self.archive = Archive(len(lattice.active))
        self.trials = trials

    def ask(self, positions: IntArray) -> Generator[IntArray, Scores, tuple[Scores, bool]]:
        """Ask for fresh candidates ``[B, D]`` and take in what they score.

        Returns
        -------
        Scores, bool
            What they score, and whether the best got better.
        """
        self.memory.add(positions)
        scores = yield positions
        return scores, self.archive.add(positions, scores)
