"""One simple scaling policy at one alarm: the capacity it wishes, or why it is refused.

Source: docs/model.md, step 5 (*Simple*) and "Small print"; docs/aws-semantics.md 3.1, 3.2 (Amazon
EC2 Auto Scaling user guide, "Step and simple scaling policies", "Scaling cooldowns").
"""

from __future__ import annotations

from typing import NamedTuple

from kernels._jit import kernel
from kernels.layout import CHANGE_IN_CAPACITY, EXACT_CAPACITY, STATE_ALARM, Side

NOT_CALLED = 0
WISHES = 1
REFUSED_IN_PROGRESS = 2
REFUSED_IN_COOLDOWN = 3


class Call(NamedTuple):
    """What became of an alarm's call to its policy: an answer, and the capacity it wishes."""

    answer: int
    wish: int


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
def percent_change(capacity: int, percent: int, min_adjustment_magnitude: int) -> int:
    """Give the change of a percent adjustment, in integers.

    The change is rounded toward zero, but to one where it lies between zero and one; the magnitude
    is then raised to the minimum. A percentage of zero stays zero; of capacity zero it is zero, and
    the minimum applies with the adjustment's sign.

    Parameters
    ----------
    capacity : int
        Desired capacity now.
    percent : int
        Percent of it, negative to scale in.
    min_adjustment_magnitude : int
        Least change in instances, at least 0.

    Returns
    -------
    int
        Instances more, fewer where negative.
    """
    if percent == 0:
        return 0
    hundredths = abs(capacity * percent)
    magnitude = hundredths // 100
    if magnitude == 0 and hundredths > 0:
        magnitude = 1
    magnitude = max(magnitude, min_adjustment_magnitude)
    return magnitude if percent > 0 else -magnitude


@kernel
def wished_capacity(desired: int, side: Side) -> int:
    """Give the capacity that a policy asks for, before any clamping.

    Parameters
    ----------
    desired : int
        Desired capacity now.
    side : Side
        Gives the adjustment.

    Returns
    -------
    int
        Instances; may lie outside the limits.
    """
    if side.adjustment_type == CHANGE_IN_CAPACITY:
        return desired + side.scaling_adjustment
    if side.adjustment_type == EXACT_CAPACITY:
        return side.scaling_adjustment
    return desired + percent_change(desired, side.scaling_adjustment, side.min_adjustment_magnitude)


@kernel
def call_policy(state: int, side: Side, desired: int, refusal: int) -> Call:
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
    return Call(refusal, wished_capacity(desired, side))


class Activity(NamedTuple):
    """The newest activity of a simple policy: when it is over, and the cooldown it opens then.

    Only one can be in flight, since simple policies are refused during an activity.
    """

    over_tick: int
    is_launch: bool
    cooldown_ticks: int
    cooldown_end: int


@kernel
def begin_activity(
    before: Activity, over_tick: int, is_launch: bool, cooldown_ticks: int
) -> Activity:
    """Begin an activity that is over at a tick; the cooldown of the one before has ended.

    Parameters
    ----------
    before : Activity
        The one before.
    over_tick : int
        Tick at which the last of its instances is InService or gone.
    is_launch : bool
        Whether it launches instances.
    cooldown_ticks : int
        Cooldown that it opens then.

    Returns
    -------
    Activity
        The one in flight.
    """
    return Activity(over_tick, is_launch, cooldown_ticks, before.cooldown_end)


@kernel
def open_cooldown(activity: Activity, tick: int) -> Activity:
    """Open the cooldown where the activity is over at this tick; it refuses from this tick on.

    Parameters
    ----------
    activity : Activity
        The newest one.
    tick : int
        This tick.

    Returns
    -------
    Activity
        The same, with the end of its cooldown where it opens now.
    """
    if tick != activity.over_tick:
        return activity
    cooldown_end = tick + activity.cooldown_ticks
    return Activity(activity.over_tick, activity.is_launch, activity.cooldown_ticks, cooldown_end)


@kernel
def cut_short(activity: Activity, still_launching: int, tick: int) -> Activity:
    """End a launch at this tick where a scheduled action has taken the last of its instances.

    Parameters
    ----------
    activity : Activity
        The newest one.
    still_launching : int
        Instances of it that are still to come.
    tick : int
        This tick.

    Returns
    -------
    Activity
        The same, over now where nothing is to come.
    """
    if activity.is_launch and activity.over_tick > tick and still_launching == 0:
        return Activity(tick, True, activity.cooldown_ticks, activity.cooldown_end)
    return activity
