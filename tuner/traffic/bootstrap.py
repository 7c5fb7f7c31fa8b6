"""Days that never were: the level of one recorded day with the minutes of others.

Notation: D day, T tick, B block of ticks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuner.traffic.shapes import FloatArray, frozen


def block_bootstrap(
    days: Sequence[FloatArray], *, block_ticks: int, draws: np.random.Generator
) -> FloatArray:
    """Draw a day: the level of one day, and in every block the wobble of another, at that time.

    Parameters
    ----------
    days : sequence of float64 [T]
        Load of each day from midnight on, requests per minute; lengths may differ.
    block_ticks : int
        Length of a block, at least 1.
    draws : numpy.random.Generator
        Where the numbers come from.

    Returns
    -------
    float64 [T]
        As long as the day that gives the level. Where one day alone is given, it is that day.

    Notes
    -----
    Assumption: what is drawn is the ratio of the minutes to the day's own level, a line through
    the means of its blocks. Whole blocks of load would join a quiet day to a busy one with a jump
    that nobody ever sent; ratios keep the rises within a block and the correlation from minute to
    minute, and join near 1.

    Examples
    --------
    >>> day = np.array([1.0, 3.0, 1.0, 3.0])
    >>> block_bootstrap([day], block_ticks=2, draws=np.random.default_rng(1)).tolist()
    [1.0, 3.0, 1.0, 3.0]
    """
    levels = [day_level(day, block_ticks=block_ticks) for day in days]
    ratios = [
        np.divide(day, level, out=np.ones_like(day), where=level > 0.0)
        for day, level in zip(days, levels, strict=True)
    ]
    carrier = int(draws.integers(len(days)))
    drawn = levels[carrier].copy()
    for begin in range(0, drawn.size, block_ticks):
        end = min(begin + block_ticks, drawn.size)
        donors = [ratio for ratio in ratios if ratio.size >= end]
        drawn[begin:end] *= donors[int(draws.integers(len(donors)))][begin:end]
    return frozen(drawn)


def day_level(rpm: FloatArray, *, block_ticks: int) -> FloatArray:
    """Give the level of a day: a line through the means of its blocks, flat at both ends.

    Parameters
    ----------
    rpm : float64 [T]
        Load of the day.
    block_ticks : int
        Length of a block; the last one may be shorter.

    Examples
    --------
    >>> day_level(np.array([0.0, 2.0, 4.0, 6.0]), block_ticks=2).tolist()
    [1.0, 2.0, 4.0, 5.0]
    """
    begins = np.arange(0, rpm.size, block_ticks)
    lengths = np.diff(np.append(begins, rpm.size))
    means = np.add.reduceat(rpm, begins) / lengths
    centres = begins + (lengths - 1) / 2
    return np.asarray(np.interp(np.arange(rpm.size), centres, means))
