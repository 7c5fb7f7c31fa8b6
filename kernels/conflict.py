"""Several wishes in one tick: the largest resulting capacity wins, then the limits clamp it.

Source: docs/model.md, step 6; docs/aws-semantics.md 7.3 (Amazon EC2 Auto Scaling user guide,
"Multiple scaling policies").
"""

from __future__ import annotations

from kernels._jit import kernel
from kernels.call import WISHES, Call
from kernels.layout import SCALE_IN, SCALE_OUT

TRACKING = 2
NOBODY = -1


@kernel
def winner(out: Call, inward: Call) -> int:
    """Say whose wish counts among the pair: SCALE_OUT, SCALE_IN or NOBODY. Ties go to scale-out.

    A policy that wishes the present capacity takes part; a refused one does not.
    """
    if out.answer == WISHES and (inward.answer != WISHES or out.wish >= inward.wish):
        return SCALE_OUT
    if inward.answer == WISHES:
        return SCALE_IN
    return NOBODY


@kernel
def beats(tracking: Call, pair_actor: int, pair_wish: int) -> bool:
    """Say whether target tracking's wish counts, and not that of the pair's winner.

    Equal wishes go to the pair: those that change anything are of one direction.
    """
    return tracking.answer == WISHES and (pair_actor == NOBODY or tracking.wish > pair_wish)


@kernel
def clamp(capacity: int, min_size: int, max_size: int) -> int:
    """Keep a capacity within the group's limits."""
    return min(max(capacity, min_size), max_size)
