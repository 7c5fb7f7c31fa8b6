"""Load as stairs: values that hold from one edge to the next, and their mean over ticks.

Notation: N stair, T tick. Edges are whole seconds, N + 1 of them, rising.
"""

from __future__ import annotations

import numpy as np

from tuner.errors import Problem, TrafficError
from tuner.traffic.shapes import FloatArray, IntArray, frozen

MAX_TICKS = 1_000_000


def mean_over_ticks(
    edges: IntArray, rpm: FloatArray, *, begin: int, end: int, tick_seconds: int
) -> FloatArray:
    """Give the mean of stairs over each tick from `begin` on, until `end` is covered.

    Parameters
    ----------
    edges : int64 [N + 1]
        Where each value begins, and where the last one ends, in seconds, rising.
    rpm : float64 [N]
        Requests per minute of each stair.
    begin, end : int
        The window; before the first edge the first value holds, after the last edge the last.
    tick_seconds : int
        Length of a tick in seconds.

    Returns
    -------
    float64 [T]
        Read-only; T is the window in ticks, rounded up.

    Raises
    ------
    TrafficError
        For an empty window, or one of more than a million ticks.

    Notes
    -----
    A tick within one stair has its value to the bit; others are weighted by seconds. Assumption:
    where the window ends inside a tick, its last load is held to the end of the tick.

    Examples
    --------
    >>> edges, rpm = np.array([0, 90, 180]), np.array([100.0, 200.0])
    >>> mean_over_ticks(edges, rpm, begin=0, end=180, tick_seconds=60).tolist()
    [100.0, 150.0, 200.0]
    """
    n_ticks = -(-(end - begin) // tick_seconds)
    check_ticks(n_ticks, where="window", tick_seconds=tick_seconds)
    ticks = begin + np.arange(n_ticks + 1, dtype=np.int64) * tick_seconds
    inner = edges[(edges > begin) & (edges < min(end, int(edges[-1])))]
    cuts = np.union1d(ticks, inner)
    stair = np.clip(np.searchsorted(edges, cuts[:-1], side="right") - 1, 0, rpm.size - 1)
    first = np.searchsorted(cuts, ticks[:-1])
    sums = np.add.reduceat(rpm[stair] * np.diff(cuts), first)
    alone = np.diff(np.append(first, cuts.size - 1)) == 1
    return frozen(np.where(alone, rpm[stair[first]], sums / tick_seconds))


def shifted(rpm: FloatArray, *, offset_seconds: int, tick_seconds: int) -> FloatArray:
    """Give a series that begins later after a hold of its first load, or earlier, cut.

    Parameters
    ----------
    rpm : float64 [T]
        Load of each tick.
    offset_seconds : int
        Above 0: the first load is held that much longer. Below 0: the run begins that far in.
    tick_seconds : int
        Length of a tick in seconds.

    Raises
    ------
    TrafficError
        When nothing is left, or the series becomes longer than a million ticks.

    Examples
    --------
    >>> shifted(np.array([100.0, 200.0]), offset_seconds=30, tick_seconds=60).tolist()
    [100.0, 150.0, 200.0]
    """
    edges = np.arange(rpm.size + 1, dtype=np.int64) * tick_seconds
    return mean_over_ticks(
        edges, rpm, begin=-offset_seconds, end=int(edges[-1]), tick_seconds=tick_seconds
    )


def check_ticks(n_ticks: int, *, where: str, tick_seconds: int) -> None:
    """Refuse a series without a tick, or with more than a million.

    Parameters
    ----------
    n_ticks : int
        Length of the series.
    where : str
        Its name, for messages.
    tick_seconds : int
        Length of a tick.

    Raises
    ------
    TrafficError
        With the number of ticks.
    """
    if not 0 < n_ticks <= MAX_TICKS:
        raise TrafficError(
            Problem(
                f"1 to {MAX_TICKS:,} ticks of {tick_seconds} s",
                f"{n_ticks:,}",
                where,
                "Cut it into days, shorten it, or raise tick_seconds."
                if n_ticks > 0
                else "Take a longer time.",
            )
        )
