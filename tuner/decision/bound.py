"""How sure a count of failures makes us: the exact bound of Clopper and Pearson, on one side.

Source: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of
the binomial", Biometrika 26 (1934), 404-413.
"""

from __future__ import annotations

import math
from functools import lru_cache

CONFIDENCE = 0.95


@lru_cache(maxsize=4096)
def upper_bound_percent(failures: int, *, runs: int, confidence: float = CONFIDENCE) -> float:
    """Give the largest share of failures, in percent, that the runs do not speak against.

    Parameters
    ----------
    failures : int
        Runs that failed, 0 to `runs`.
    runs : int
        Independent runs, at least 1.
    confidence : float
        Of the bound, above 0 and under 1.

    Returns
    -------
    float
        The share at which so few failures have a chance of ``1 - confidence``, found by bisection
        to the last bit and given from above; 100 where every run failed.

    Raises
    ------
    ValueError
        For counts that cannot be.

    Examples
    --------
    >>> round(upper_bound_percent(0, runs=299), 4), round(upper_bound_percent(1, runs=400), 4)
    (0.9969, 1.1804)
    """
    if not 0 <= failures <= runs or runs < 1 or not 0.0 < confidence < 1.0:
        raise ValueError(f"{failures} failures in {runs} runs at {confidence}")
    if failures == runs:
        return 100.0
    low, high = failures / runs, 1.0
    while low < (middle := (low + high) / 2) < high:
        if at_most(failures, runs=runs, share=middle) > 1.0 - confidence:
            low = middle
        else:
            high = middle
    return 100.0 * high


def at_most(failures: int, *, runs: int, share: float) -> float:
    """Give the chance of at most so many failures, where each run fails with a chance of `share`.

    Parameters
    ----------
    failures, runs : int
        As in `upper_bound_percent`.
    share : float
        Above 0 and under 1.

    Examples
    --------
    >>> round(at_most(1, runs=2, share=0.5), 12)
    0.75
    """
    fail, hold = math.log(share), math.log1p(-share)
    whole = math.lgamma(runs + 1)
    return math.fsum(
        math.exp(
            whole - math.lgamma(k + 1) - math.lgamma(runs - k + 1) + k * fail + (runs - k) * hold
        )
        for k in range(failures + 1)
    )


def fewest_runs(allowed_percent: float, *, confidence: float = CONFIDENCE) -> int:
    """Give the fewest runs without a failure that keep the bound at or below a share.

    Parameters
    ----------
    allowed_percent : float
        Above 0, under 100.
    confidence : float
        As in `upper_bound_percent`.

    Examples
    --------
    >>> fewest_runs(1.0), fewest_runs(5.0)
    (299, 59)
    """
    runs = max(1, math.floor(math.log(1.0 - confidence) / math.log1p(-allowed_percent / 100.0)))
    while upper_bound_percent(0, runs=runs, confidence=confidence) > allowed_percent:
        runs += 1
    return runs
