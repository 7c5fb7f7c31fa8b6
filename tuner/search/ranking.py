"""Who is better under constraints: feasible before infeasible, then fronts, then crowding.

Notation
--------
C candidate. Two costs, both minimised; violation 0 is feasible.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def front_numbers(costs: FloatArray) -> IntArray:
    """Give the number of the front that each point lies on, the best 0.

    Parameters
    ----------
    costs : float64 [C, 2]
        Two costs of each point, both minimised.

    Returns
    -------
    int64 [C]
        A point of front k is dominated by one of front k - 1 and by none of its own. Equal points
        share a front.

    Notes
    -----
    Source: M. T. Jensen, "Reducing the run-time complexity of multiobjective EAs: the NSGA-II and
    other algorithms", IEEE Transactions on Evolutionary Computation 7 (2003), section on two
    objectives: in rising order of the first cost each front is represented by its newest point.

    Examples
    --------
    >>> front_numbers(np.array([[1.0, 5.0], [2.0, 6.0], [3.0, 1.0], [2.0, 6.0]])).tolist()
    [0, 1, 0, 1]
    """
    order = np.lexsort((costs[:, 1], costs[:, 0]))
    numbers = np.empty(len(costs), dtype=np.int64)
    newest: list[float] = []
    before, number = None, 0
    for c, point in zip(order.tolist(), costs[order].tolist(), strict=True):
        if point != before:
            number = bisect_right(newest, point[1])
            newest[number : number + 1] = [point[1]]
            before = point
        numbers[c] = number
    return numbers


def crowding(costs: FloatArray, fronts: IntArray) -> FloatArray:
    """Give the room that each point has on its front: the share of each cost's range around it.

    Parameters
    ----------
    costs : float64 [C, 2]
        Two costs of each point.
    fronts : int64 [C]
        From `front_numbers`.

    Returns
    -------
    float64 [C]
        Infinite at the ends of a front.

    Notes
    -----
    Source: K. Deb, A. Pratap, S. Agarwal and T. Meyarivan, "A fast and elitist multiobjective
    genetic algorithm: NSGA-II", IEEE Transactions on Evolutionary Computation 6 (2002), section
    III B.
    """
    room = np.zeros(len(costs))
    if not len(costs):
        return room
    for m in range(costs.shape[1]):
        order = np.lexsort((costs[:, m], fronts))
        value, front = costs[order, m], fronts[order]
        span = float(np.ptp(costs[:, m])) or 1.0
        new = front[1:] != front[:-1]
        first = np.concatenate([[True], new])
        last = np.concatenate([new, [True]])
        gap = np.full(len(costs), np.inf)
        inner = np.flatnonzero(~first & ~last)
        gap[inner] = (value[inner + 1] - value[inner - 1]) / span
        room[order] += gap
    return room


def constrained_order(costs: FloatArray, violation: FloatArray) -> IntArray:
    """Sort candidates, the best first.

    Parameters
    ----------
    costs : float64 [C, 2]
        Two costs of each candidate.
    violation : float64 [C]
        0 where feasible, else how far from it.

    Returns
    -------
    int64 [C]
        Rows: feasible ones by front, then by crowding (more room first), then by row; then the
        infeasible ones by violation.

    Notes
    -----
    Source: Deb et al. (as in `crowding`), section VI: constrained domination.
    """
    feasible = violation <= 0.0
    front = np.zeros(len(costs), dtype=np.int64)
    room = np.zeros(len(costs))
    front[feasible] = front_numbers(costs[feasible])
    room[feasible] = crowding(costs[feasible], front[feasible])
    return np.lexsort((-room, front, violation))
