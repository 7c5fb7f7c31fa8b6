"""One simple scaling policy at one alarm: the capacity it wishes, or why it is refused.

Source: docs/model.md, step 5 (*Simple*) and "Small print"; docs/aws-semantics.md 3.1, 3.2 (Amazon
EC2 Auto Scaling user guide, "Step and simple scaling policies", "Scaling cooldowns").
"""

from __future__ import annotations

from typing import NamedTuple

from kernels._jit import kernel
from kernels.adjustment import adjusted_capacity
from kernels.call import NOT_CALLED, REFUSED_IN_COOLDOWN, REFUSED_IN_PROGRESS, WISHES, Call
from kernels.layout import STATE_ALARM, Side


@kernel
def permission(tick: int, in_flight: int, cooldown_end: int) -> int:
    """Say whether simple policies may act in this tick: not during an activity, not in a cooldown.

    Parameters
    ----------
    tick : int
        The present tick.
    in_flight : int
        Instances that are launching or draining.
    cooldown_end : int
        First tick after the cooldown.

    Returns
    -------
    int
        WISHES, REFUSED_IN_PROGRESS or REFUSED_IN_COOLDOWN.
    """
    if in_flight > 0:
        return REFUSED_IN_PROGRESS
    if tick < cooldown_end:
        return REFUSED_IN_COOLDOWN
    return WISHES


@kernel
def call_simple(state: int, side: Side, desired: int, refusal: int) -> Call:
    """Call a policy whose alarm is in ALARM; the others are not called.

    Parameters
    ----------
    state : int
        State of the alarm at the end of this tick.
    side : Side
        The policy.
    desired : int
        Desired capacity now.
    refusal : int
        WISHES where simple policies may act in this tick, else why they may not.
    """
    if state != STATE_ALARM:
        return Call(NOT_CALLED, 0)
    wish = adjusted_capacity(
        desired, side.adjustment_type, side.scaling_adjustment, side.min_adjustment_magnitude
    )
    return Call(refusal, wish)


class Activity(NamedTuple):
    """The newest activity of a simple policy: when it is over, and the cooldown it opens then.

    Only one can be in flight, since simple policies are refused during an activity. ``launcher``
    is the row of the cohorts that it launched into, -1 where it took instances.
    """

    over_tick: int
    launcher: int
    cooldown_ticks: int
    cooldown_end: int


@kernel
def begin_activity(
    before: Activity, over_tick: int, launcher: int, cooldown_ticks: int
) -> Activity:
    """Begin an activity that is over at a tick; the cooldown of the one before has ended."""
    return Activity(over_tick, launcher, cooldown_ticks, before.cooldown_end)


@kernel
def open_cooldown(activity: Activity, tick: int) -> Activity:
    """Open the cooldown where the activity is over at this tick; it refuses from this tick on."""
    if tick != activity.over_tick:
        return activity
    cooldown_end = tick + activity.cooldown_ticks
    return Activity(activity.over_tick, activity.launcher, activity.cooldown_ticks, cooldown_end)


@kernel
def cut_short(activity: Activity, still_launching: int, tick: int) -> Activity:
    """End a launch at this tick where a scheduled action has taken the last of its instances."""
    if activity.launcher >= 0 and activity.over_tick > tick and still_launching == 0:
        return Activity(tick, activity.launcher, activity.cooldown_ticks, activity.cooldown_end)
    return activity
