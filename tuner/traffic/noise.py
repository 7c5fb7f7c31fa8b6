"""Seeded noise and bursts: factors by which the load of each tick is multiplied.

Notation: T tick. Each stream of random numbers is named by the seed of the job, the name of the
shape and the number of the replicate, and by nothing else: adding a shape changes no other.
"""

from __future__ import annotations

import hashlib
import math
from typing import Literal

import numpy as np

from tuner.traffic.shapes import FloatArray

Stream = Literal[
    "noise",
    "bursts",
    "stress",
    "stress noise",
    "stress bursts",
    "launches",
    "failed launches",
]
MINUTES_PER_DAY = 1440


def generator(seed: int, *, name: str, replicate: int, stream: Stream) -> np.random.Generator:
    """Give the generator of one stream of one replicate of one shape.

    Parameters
    ----------
    seed : int
        Seed of the job, at least 0.
    name : str
        Name of the shape, without the replicate.
    replicate : int
        From 1.
    stream : str
        ``noise`` or ``bursts``: adding bursts does not change the noise. ``stress`` and the like
        are for shapes that the search must not see. ``launches`` and ``failed launches`` are of
        a shape as it stands, named in full.

    Returns
    -------
    numpy.random.Generator
        PCG64, named explicitly, so that another default of NumPy changes nothing.

    Examples
    --------
    >>> draw = [generator(7, name="surge", replicate=1, stream="noise").random() for _ in "ab"]
    >>> draw[0] == draw[1]
    True
    """
    digest = hashlib.sha256(f"{seed}\n{replicate}\n{stream}\n{name}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def noise_factors(
    n_ticks: int,
    *,
    percent: float,
    correlation: float,
    tick_seconds: int,
    draws: np.random.Generator,
) -> FloatArray:
    """Give multiplicative lognormal noise of mean 1, correlated from minute to minute.

    Parameters
    ----------
    n_ticks : int
        T.
    percent : float
        Standard deviation of the factor in percent of its mean.
    correlation : float
        Correlation of the factor's logarithm between ticks a minute apart, 0 up to under 1.
    tick_seconds : int
        Length of a tick in seconds.
    draws : numpy.random.Generator
        Where the numbers come from.

    Returns
    -------
    float64 [T]
        Factors above 0 with mean 1 in expectation.

    Notes
    -----
    Assumption: the logarithm is a stationary AR(1) process; between ticks of s seconds its
    correlation is ``correlation ** (s / 60)``.
    """
    spread = math.sqrt(math.log1p((percent / 100) ** 2))
    keep = correlation ** (tick_seconds / 60)
    fresh = math.sqrt(1 - keep * keep)
    levels = draws.standard_normal(n_ticks)
    if keep > 0:
        level = float(levels[0])
        walk = [level]
        for step in levels[1:].tolist():
            level = keep * level + fresh * step
            walk.append(level)
        levels = np.array(walk)
    factors: FloatArray = np.exp(spread * levels - spread * spread / 2)
    return factors


def burst_factors(
    n_ticks: int,
    *,
    per_day: float,
    factor: float,
    seconds: int,
    tick_seconds: int,
    draws: np.random.Generator,
) -> FloatArray:
    """Give bursts: short times in which the load is a multiple of what it was.

    Parameters
    ----------
    n_ticks : int
        T.
    per_day : float
        Bursts in 24 hours on average; their number is Poisson, their starts are uniform.
    factor : float
        Load in a burst over the load without it.
    seconds : int
        Length of a burst.
    tick_seconds : int
        Length of a tick in seconds.
    draws : numpy.random.Generator
        Where the numbers come from.

    Returns
    -------
    float64 [T]
        1 outside bursts, `factor` inside; a tick that is partly inside is in between by its
        seconds. Bursts that meet are one longer burst, not a higher one.

    Notes
    -----
    Assumption: bursts begin at whole seconds, one as likely as another, also in the time of one
    burst before the shape begins, so that its first minutes see as many as the others.
    """
    length = n_ticks * tick_seconds
    count = int(draws.poisson(per_day * (length + seconds) / 86400))
    starts = np.sort(draws.integers(-seconds, length, size=count))
    inside = np.zeros(length, dtype=np.int8)
    for start in starts.tolist():
        inside[max(start, 0) : start + seconds] = 1
    share: FloatArray = inside.reshape(n_ticks, tick_seconds).mean(axis=1)
    factors: FloatArray = 1.0 + (factor - 1.0) * share
    return factors
