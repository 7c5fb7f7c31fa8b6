"""Blocks of measurements that belong together in time, for bootstraps that respect correlation.

Load-test windows are correlated within a step and from one window to the next; drawing single
points would promise too much. Notation: N measurement, G block, B bootstrap set.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LONGEST_BLOCK = 10
FEWEST_BLOCKS = 12


def number_blocks(step: IntArray) -> IntArray:
    """Give each measurement the number of its block.

    Parameters
    ----------
    step : int64 [N]
        Load step of each measurement, in time order.

    Returns
    -------
    int64 [N]
        Whole steps where there are at least 12 and they hold several measurements each; else runs
        of up to ten consecutive measurements, shorter where there are few.

    Notes
    -----
    Source: Künsch (1989), "The jackknife and the bootstrap for general stationary observations".
    Assumption: correlation dies out within ten measurements.

    Examples
    --------
    >>> number_blocks(np.arange(5)).tolist()
    [0, 1, 2, 3, 4]
    """
    n = len(step)
    numbered = np.cumsum(np.diff(step, prepend=step[:1]) != 0)
    n_steps = int(numbered[-1]) + 1
    if n_steps >= FEWEST_BLOCKS and n >= 3 * n_steps:
        return np.asarray(numbered, dtype=np.int64)
    length = int(np.clip(n // 40, 1, LONGEST_BLOCK))
    return np.asarray(np.arange(n) // length, dtype=np.int64)


def draw_signs(n_blocks: int, *, sets: int, generator: np.random.Generator) -> FloatArray:
    """Draw a sign for the residuals of each block in each bootstrap set.

    Parameters
    ----------
    n_blocks : int
        G.
    sets : int
        B.
    generator : numpy.random.Generator
        Seeded by the caller.

    Returns
    -------
    float64 [B, G]
        +1 or −1.
    """
    signs = generator.integers(0, 2, size=(sets, n_blocks)).astype(np.float64)
    return np.asarray(2.0 * signs - 1.0)
