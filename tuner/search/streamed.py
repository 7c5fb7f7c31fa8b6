"""Fronts and bests of more rows than are looked at together: range by range, merged as they come.

What comes first, and what no other dominates, is among what came first or was not dominated in its
own range, so that the answer is that over all rows, ties included.

Notation
--------
C candidate, R row of a range, F point of a front.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from tuner.search.front import front_rows
from tuner.search.objectives import first_by

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

Costs = Sequence[FloatArray | IntArray]
"""What rows are compared by, the first before the second and so on, each array ``[R]``."""

CostsOf = Callable[[IntArray], Costs]
"""Gives the costs of some rows."""


def merged_front(ranges: Iterable[IntArray], costs_of: CostsOf) -> IntArray:
    """Give the front of the first two costs, one row for each distinct point.

    Parameters
    ----------
    ranges : iterable of int64 [R]
        Rows to consider; they rise, within a range and from one to the next.
    costs_of : callable
        Gives two costs, both minimised, and what decides between rows that are equal in both.

    Returns
    -------
    int64 [F]
        In rising order of the first cost.

    Examples
    --------
    >>> costs = np.array([[3.0, 1.0], [2.0, 2.0], [2.0, 2.0], [1.0, 5.0], [2.0, 6.0]])
    >>> parts = [np.array([0, 1]), np.array([2, 3, 4])]
    >>> merged_front(parts, lambda rows: costs[rows].T).tolist()
    [3, 1, 0]
    """
    front = np.empty(0, dtype=np.int64)
    for rows in ranges:
        pool = np.concatenate([np.sort(front), rows])
        costs = costs_of(pool)
        front = pool[front_rows(np.arange(len(pool)), costs[:2], ties=costs[2:])]
    return front


def first_row(ranges: Iterable[IntArray], costs_of: CostsOf) -> int | None:
    """Give the row that comes first, the earliest where all costs are equal; None without rows.

    Parameters
    ----------
    ranges, costs_of : iterable of int64 [R], callable
        As in `merged_front`; the first cost decides before the second, and so on.
    """
    best = np.empty(0, dtype=np.int64)
    for rows in ranges:
        pool = np.concatenate([best, rows])
        place = first_by(np.arange(len(pool)), costs_of(pool))
        best = best if place is None else pool[place : place + 1]
    return int(best[0]) if len(best) else None
