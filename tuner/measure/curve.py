"""Latency against CPU, smoothed and never falling.

Notation: N point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Latency against x, smoothed and rising: medians of bins, made monotone.

    Parameters
    ----------
    x, latency : float64 [bins]
        Centre of each bin, and latency in milliseconds that never falls.
    """

    x: FloatArray
    latency: FloatArray

    def crossing(self, level: float) -> float:
        """Give the x where the curve reaches a latency in milliseconds, clipped to its ends."""
        if level <= self.latency[0]:
            return float(self.x[0])
        slope = np.arange(len(self.x)) * 1e-12
        return float(np.interp(np.log(level), np.log(self.latency) + slope, self.x))


def smooth_curve(x: FloatArray, latency: FloatArray) -> Curve:
    """Smooth latency against x: medians of bins of equal counts, made monotone.

    Parameters
    ----------
    x, latency : float64 [N]
        Points in any order.

    Returns
    -------
    Curve
        Up to 30 bins of at least 3 points where there are enough.

    Notes
    -----
    Source: Barlow et al. (1972), "Statistical inference under order restrictions": pooling.
    """
    order = np.argsort(x, kind="stable")
    bins = np.array_split(order, int(np.clip(len(x) // 3, 2, 30)))
    centre = np.array([x[rows].mean() for rows in bins])
    middle = np.array([np.median(latency[rows]) for rows in bins])
    size = np.array([float(len(rows)) for rows in bins])
    return Curve(centre, np.exp(pool_adjacent(np.log(middle), weight=size)))


def pool_adjacent(values: FloatArray, *, weight: FloatArray) -> FloatArray:
    """Give the nearest sequence that never falls, in weighted squares.

    Examples
    --------
    >>> pool_adjacent(np.array([1.0, 3.0, 2.0]), weight=np.ones(3)).tolist()
    [1.0, 2.5, 2.5]
    """
    levels: list[float] = []
    weights: list[float] = []
    counts: list[int] = []
    for value, heft in zip(values.tolist(), weight.tolist()):
        levels.append(value)
        weights.append(heft)
        counts.append(1)
        while len(levels) > 1 and levels[-2] > levels[-1]:
            total = weights[-2] + weights[-1]
            pooled = (levels[-2] * weights[-2] + levels[-1] * weights[-1]) / total
            count = counts[-2] + counts[-1]
            del levels[-1], weights[-1], counts[-1]
            levels[-1], weights[-1], counts[-1] = pooled, total, count
    return np.repeat(np.array(levels), counts)
