"""One step scaling policy at one alarm: the step, the capacity it wishes, or why there is none.

Source: docs/model.md, step 5 (*Step*); docs/aws-semantics.md 4 (Amazon EC2 Auto Scaling user
guide, "Step and simple scaling policies").
"""

from __future__ import annotations

from kernels._jit import kernel
from kernels.adjustment import adjusted_capacity
from kernels.call import NO_DATA, NO_STEP, NOT_CALLED, REFUSED_WARMING, WISHES, Call
from kernels.layout import GREATER_OR_EQUAL, SCALE_OUT, STATE_ALARM, Side, WarmingPlan
from kernels.lifecycle import GroupState


@kernel
def is_in_step(difference: float, lower: float, upper: float, reads_as_out: bool) -> bool:
    """Say whether a step holds a difference from the threshold; its open ends are infinite.

    Above the threshold the lower bound belongs to the step, below it the upper one, and exactly at
    it the one that belongs in the reading of the alarm's comparison.
    """
    if difference > 0.0 or (difference == 0.0 and reads_as_out):
        return lower <= difference < upper
    return lower < difference <= upper


@kernel
def chosen_step(difference: float, p: int, plan: WarmingPlan, comparison: int) -> int:
    """Give the step of policy p that holds a difference from the threshold, -1 where none does."""
    reads_as_out = comparison <= GREATER_OR_EQUAL
    for k in range(plan.n_steps[p]):
        if is_in_step(difference, plan.step_lower[p, k], plan.step_upper[p, k], reads_as_out):
            return k
    return -1


@kernel
def call_step(
    state: int,
    p: int,
    side: Side,
    plan: WarmingPlan,
    block: tuple[float, float],
    group: GroupState,
) -> Call:
    """Call step policy p, whose direction is its slot.

    Parameters
    ----------
    state : int
        State of the alarm at the end of this tick; called in ALARM only.
    p : int
        SCALE_OUT or SCALE_IN.
    side, plan : Side, WarmingPlan
        The alarm with the adjustment's type, and the steps.
    block : pair of float
        Sum and count of the newest visible block.
    group : GroupState
        The group after step 1.

    Notes
    -----
    Out, the change is one of the capacity that does not warm, and never lowers desired. In, it is
    one of all members, draining ones too, never raises desired, and waits for those that warm or
    are pending.
    """
    is_out = p == SCALE_OUT
    members, warming, desired = group
    if state != STATE_ALARM:
        return Call(NOT_CALLED, 0)
    total, count = block
    if count == 0.0:
        return Call(NO_DATA, 0)
    k = chosen_step(total / count - side.threshold_percent, p, plan, side.comparison)
    if k < 0:
        return Call(NO_STEP, 0)
    if is_out:
        base = members.in_service - warming
    elif warming + members.pending > 0:
        return Call(REFUSED_WARMING, 0)
    else:
        base = members.in_service + members.draining
    capacity = adjusted_capacity(
        base, side.adjustment_type, plan.step_adjustment[p, k], side.min_adjustment_magnitude
    )
    wish = max(desired, capacity) if is_out else min(desired, capacity)
    return Call(WISHES, wish)
