"""Two wishes in one tick: the largest resulting capacity wins, then the limits clamp it.

Source: docs/model.md, step 6; docs/aws-semantics.md 7.3 (Amazon EC2 Auto Scaling user guide,
"Multiple scaling policies").
"""

from __future__ import annotations

from kernels._jit import kernel
from kernels.layout import SCALE_IN, SCALE_OUT
from kernels.simple import WISHES, Call

NOBODY = -1


@kernel
def winner(out: Call, inward: Call) -> int:
    """Say whose wish counts: SCALE_OUT, SCALE_IN or NOBODY. Ties go to scale-out.

    A policy that wishes the present capacity takes part; a refused one does not.

    Parameters
    ----------
    out, inward : Call
        Answers of the two policies.

    Returns
    -------
    int
        SCALE_OUT, SCALE_IN or NOBODY.
    """
    if out.answer == WISHES and (inward.answer != WISHES or out.wish >= inward.wish):
        return SCALE_OUT
    if inward.answer == WISHES:
        return SCALE_IN
    return NOBODY


@kernel
def clamp(capacity: int, min_size: int, max_size: int) -> int:
    """Keep a capacity within the group's limits.

    Parameters
    ----------
    capacity, min_size, max_size : int
        Instances.

    Returns
    -------
    int
        Instances, min_size to max_size.
    """
    return min(max(capacity, min_size), max_size)
