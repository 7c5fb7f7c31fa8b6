"""Target tracking of one lane: numbers in, numbers out, no branch taken.

The same rules as `kernels.tracking`, in a form that the compiler turns into vector code. The low
alarm judges all its datapoints by the present threshold: it stands where the largest of them is
below it, so that a block keeps the largest of the last fifteen minutes.
Source: docs/model.md, step 5 (*Target tracking*).
"""

from __future__ import annotations

import numpy as np

from kernels._jit import kernel
from kernels.tracking import LARGEST_RATIO, LARGEST_WISH, LEAST_RATIO, ROUNDING

NO_LIMIT = 1e15
"""A scale-in limit above any capacity."""


@kernel
def low_threshold(desired: float, target: float, fixed_ratio: float) -> float:
    """Give the low alarm's threshold: by a fixed ratio, or by the rule where that is 0."""
    by_rule = min(max(1.0 - 1.0 / desired, LEAST_RATIO), LARGEST_RATIO)
    ratio = fixed_ratio if fixed_ratio > 0.0 else by_rule
    return ratio * target


@kernel
def tracking_wish(base: float, value: float, target: float) -> float:
    """Give the capacity at which the metric is at its target."""
    return float(np.ceil(min(base * value / target - ROUNDING, LARGEST_WISH)))
