"""The first candidate of an order under each of many limits, in one pass.

Notation: C candidate, L limit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NOBODY = -1


def first_under(order: IntArray, peaks: FloatArray, limits: FloatArray) -> IntArray:
    """Find, for each limit, the first candidate whose peak is at or below it.

    Parameters
    ----------
    order : int64 [C]
        Places of candidates, the best first.
    peaks : float64 [C']
        Worst peak of every candidate, by place.
    limits : float64 [L]
        Largest peak CPU allowed, percent.

    Returns
    -------
    int64 [L]
        Places; NOBODY where none is under the limit.

    Examples
    --------
    >>> first_under(np.array([2, 0, 1]), np.array([40.0, 20.0, 60.0]), np.array([10.0, 50.0, 70.0]))
    array([-1,  0,  2])
    """
    if len(order) == 0:
        return np.full(len(limits), NOBODY, dtype=np.int64)
    lowest = np.minimum.accumulate(peaks[order])
    at = np.searchsorted(-lowest, -limits, side="left")
    found = np.full(len(limits), NOBODY, dtype=np.int64)
    inside = at < len(order)
    found[inside] = order[at[inside]]
    return found


def front_of(order: IntArray, peaks: FloatArray) -> IntArray:
    """Give the candidates of an order by cost whose peak is below that of all before them."""
    if len(order) == 0:
        return order
    ordered = peaks[order]
    before = np.concatenate([[np.inf], np.minimum.accumulate(ordered)[:-1]])
    return order[ordered < before]
