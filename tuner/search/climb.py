"""The local search: from the best points step by step, until nothing improves.

Notation
--------
B candidate, D active dimension of the lattice. Positions are int64 ``[B, D]``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tuner.search.archive import Exploration
from tuner.search.engine import Engine

IntArray = NDArray[np.int64]

REACHES = (1, 2, 4)
"""Steps along one dimension; along two at once only single steps are tried."""


def climb(explored: Exploration) -> Engine:
    """Try the neighbours of the archive's points until none improves it or the trials are used up.

    Parameters
    ----------
    explored : Exploration
        What was found so far; a neighbour that was asked for before is not asked for again.

    Yields
    ------
    int64 [B, D]
        Neighbours.
    """
    improved = True
    while improved:
        around = neighbours(explored.archive.positions, explored.lattice.active_sizes)
        around = explored.memory.fresh(around)[: explored.trials - len(explored.memory)]
        if not len(around):
            return
        _, improved = yield from explored.ask(around)


def neighbours(positions: IntArray, sizes: IntArray) -> IntArray:
    """Give the points around others: steps along one dimension, and single steps along two.

    Parameters
    ----------
    positions : int64 [B, D]
        Points.
    sizes : int64 [D]
        Values of each dimension.

    Returns
    -------
    int64 [K, D]
        Points within the lattice, near ones first; a point may stand more than once.

    Examples
    --------
    >>> neighbours(np.array([[0, 1]]), np.array([2, 2])).tolist()
    [[1, 1], [0, 0], [1, 0]]
    """
    if not len(sizes):
        return positions[:0]
    unit = np.eye(len(sizes), dtype=np.int64)
    singles = [reach * sign * axis for reach in REACHES for axis in unit for sign in (1, -1)]
    pairs = [
        sign_a * unit[a] + sign_b * unit[b]
        for a in range(len(sizes))
        for b in range(a)
        for sign_a in (1, -1)
        for sign_b in (1, -1)
    ]
    moves = np.array(singles + pairs, dtype=np.int64).reshape(-1, len(sizes))
    around = (moves[:, None, :] + positions[None, :, :]).reshape(-1, len(sizes))
    return np.asarray(around[((around >= 0) & (around < sizes)).all(axis=1)])
