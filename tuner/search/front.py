"""Fronts of two costs: which points no other dominates, and the hypervolume that they cover.

Notation
--------
C candidate, F point of a front. Both costs are minimised; a point dominates another when it is
nowhere worse and somewhere better, so that equal points do not dominate each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def non_dominated(costs: FloatArray) -> BoolArray:
    """Tell which points no other point dominates, in one sort.

    Parameters
    ----------
    costs : float64 [C, 2]
        Two costs of each point, both minimised.

    Returns
    -------
    bool [C]
        True for every point of the front, equal points included.

    Notes
    -----
    Source: H. T. Kung, F. Luccio and F. P. Preparata, "On finding the maxima of a set of vectors",
    Journal of the ACM 22 (1975), section 2: in two dimensions, sort by one and sweep the other.

    Examples
    --------
    >>> non_dominated(np.array([[1.0, 5.0], [2.0, 5.0], [2.0, 3.0], [1.0, 5.0]])).tolist()
    [True, False, True, True]
    """
    mask = np.zeros(len(costs), dtype=np.bool_)
    if not len(costs):
        return mask
    order = np.lexsort((costs[:, 1], costs[:, 0]))
    first, second = costs[order, 0], costs[order, 1]
    begins = np.concatenate([[True], first[1:] != first[:-1]])
    group = np.maximum.accumulate(np.where(begins, np.arange(len(first)), 0))
    least_of_group = second[group]
    least_before = np.minimum.accumulate(second)[group - 1]
    beaten_before = (group > 0) & (least_before <= second)
    mask[order] = ~beaten_before & (second == least_of_group)
    return mask


def front_rows(
    rows: IntArray,
    costs: Sequence[FloatArray | IntArray],
    *,
    ties: Sequence[FloatArray | IntArray],
) -> IntArray:
    """Give one row for each distinct point of the front, in rising order of the first cost.

    Parameters
    ----------
    rows : int64 [R]
        Rows to consider, rising.
    costs : sequence of two float64 [C]
        Both minimised.
    ties : sequence of float64 or int64 [C]
        Which of several rows with equal costs stands for them: the smallest by these in turn, then
        the earliest.

    Returns
    -------
    int64 [F]
    """
    front = rows[non_dominated(np.stack([cost[rows] for cost in costs], axis=1))]
    keys = [cost[front] for cost in (*costs, *ties)]
    front = front[np.lexsort(keys[::-1])]
    first, second = (cost[front] for cost in costs)
    same = (first[1:] == first[:-1]) & (second[1:] == second[:-1])
    return np.asarray(front[np.concatenate([[True], ~same])[: len(front)]])


def hypervolume(costs: FloatArray, *, reference: tuple[float, float]) -> float:
    """Give the area that points dominate, up to a reference point.

    Parameters
    ----------
    costs : float64 [C, 2]
        Two costs of each point, both minimised; dominated points change nothing.
    reference : pair of float
        Worst values of both costs; what lies beyond adds nothing.

    Returns
    -------
    float
        Area in the product of the costs' units.

    Notes
    -----
    Source: E. Zitzler and L. Thiele, "Multiobjective evolutionary algorithms: a comparative case
    study and the strength Pareto approach", IEEE Transactions on Evolutionary Computation 3 (1999).

    Examples
    --------
    >>> hypervolume(np.array([[1.0, 3.0], [2.0, 1.0]]), reference=(4.0, 4.0))
    7.0
    """
    inside = costs[(costs[:, 0] < reference[0]) & (costs[:, 1] < reference[1])]
    if not len(inside):
        return 0.0
    front = np.unique(inside[non_dominated(inside)], axis=0)
    widths = reference[0] - front[:, 0]
    heights = np.concatenate([[reference[1]], front[:-1, 1]]) - front[:, 1]
    return float((widths * heights).sum())
