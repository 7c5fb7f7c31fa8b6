"""One target tracking policy: its two hidden alarms and the capacity that it wishes.

Source: docs/model.md, step 5 (*Target tracking*) and "Small print"; docs/aws-semantics.md 5
(Amazon EC2 Auto Scaling user guide, "Target tracking scaling policies"; practitioners' records for
the hidden alarms' thresholds).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from kernels._jit import kernel
from kernels.alarm import block_code, next_state, observe, pool
from kernels.call import NO_DATA, NOT_CALLED, REFUSED_WARMING, WISHES, Call
from kernels.datapoint import SUMS
from kernels.layout import (
    CHANGE_IN_CAPACITY,
    GREATER,
    LESS,
    STATE_ALARM,
    TREAT_MISSING,
    Floats,
    Integers,
    Side,
    WarmingPlan,
)
from kernels.lifecycle import GroupState

HIGH_PERIODS = 3
LOW_PERIODS = 15
HIGH_EXTRA_BLOCKS = 2
LOW_EXTRA_BLOCKS = 5
"""Minutes of the hidden alarms, all of which must breach, and blocks looked at beyond them."""

HIGH = 2
LOW = 3
"""Rows of the tallies; the pair's alarms have the first two."""

LARGEST_WISH = 1e15
"""Far above any max size; a larger quotient would not fit an integer."""

LEAST_RATIO = 0.7
LARGEST_RATIO = 0.9
ROUNDING = 1e-9
"""What a wish may lie above a whole number and still not be rounded up."""


@kernel
def high_alarm(plan: WarmingPlan) -> Side:
    """Give the hidden alarm that scales out: above the target in 3 of 3 minutes."""
    return hidden_alarm(plan, plan.target_value, GREATER, HIGH_PERIODS, HIGH_EXTRA_BLOCKS)


@kernel
def low_alarm(plan: WarmingPlan, desired: int) -> Side:
    """Give the hidden alarm that scales in: below a share of the target in 15 of 15 minutes."""
    threshold = low_ratio(plan, desired) * plan.target_value
    return hidden_alarm(plan, threshold, LESS, LOW_PERIODS, LOW_EXTRA_BLOCKS)


@kernel
def hidden_alarm(
    plan: WarmingPlan, threshold: float, comparison: int, periods: int, extra_blocks: int
) -> Side:
    """Give an alarm over minutes, all of which must breach; missing data are treated as missing."""
    return Side(
        plan.has_tracking,
        threshold,
        comparison,
        plan.minute_ticks,
        periods,
        periods,
        extra_blocks,
        TREAT_MISSING,
        CHANGE_IN_CAPACITY,
        0,
        0,
        0,
    )


@kernel
def low_ratio(plan: WarmingPlan, desired: int) -> float:
    """Give the low alarm's threshold as a share of the target.

    A fixed ratio, or by rule the level at which the group fits the target with one instance less.
    """
    if plan.low_ratio > 0.0:
        return plan.low_ratio
    if desired <= 0:
        return LEAST_RATIO
    return min(max(1.0 - 1.0 / desired, LEAST_RATIO), LARGEST_RATIO)


@kernel
def judge_again(tallies: Integers, metric: Floats, end: int, side: Side) -> None:
    """Judge every block that the alarm looks at by its present threshold."""
    reach = (side.evaluation_periods + side.extra_blocks) * side.period_ticks
    for tick in range(max(end - reach + 1, 0), end + 1):
        total, count = pool(tick, side.period_ticks, metric, SUMS)
        observe(tallies, tick, block_code(total, count, side), side)


class HiddenAlarms(NamedTuple):
    """States of the high and the low alarm, and the threshold by which the low one has judged."""

    high: int
    low: int
    low_threshold: float


@kernel
def watch_tracking(
    before: HiddenAlarms,
    plan: WarmingPlan,
    metric: Floats,
    tallies: Integers,
    end: int,
    desired: int,
) -> HiddenAlarms:
    """Give the hidden alarms at the end of a tick whose newest visible tick is ``end``.

    The low threshold follows desired; where it has moved, it judges all blocks again.
    """
    high = high_alarm(plan)
    low = low_alarm(plan, desired)
    low_threshold = before.low_threshold
    if end >= 0:
        total, count = pool(end, plan.minute_ticks, metric, SUMS)
        observe(tallies[HIGH], end, block_code(total, count, high), high)
        if low.threshold_percent == low_threshold:
            observe(tallies[LOW], end, block_code(total, count, low), low)
        else:
            judge_again(tallies[LOW], metric, end, low)
            low_threshold = low.threshold_percent
    return HiddenAlarms(
        next_state(tallies[HIGH], end, 0, high, before.high),
        next_state(tallies[LOW], end, 0, low, before.low),
        low_threshold,
    )


@kernel
def call_tracking(
    alarms: HiddenAlarms,
    plan: WarmingPlan,
    metric: Floats,
    end: int,
    group: GroupState,
) -> Call:
    """Call the policy where one of its alarms is in ALARM; high and low cannot both be.

    Parameters
    ----------
    alarms : HiddenAlarms
        States at the end of this tick.
    plan : WarmingPlan
        The policy.
    metric : float64 [4, T]
        The group's datapoints.
    end : int
        Newest visible tick, at least 0 where an alarm is in ALARM.
    group : GroupState
        The group after step 1.
    """
    members, warming, desired = group
    is_out = alarms.high == STATE_ALARM
    if not is_out and (alarms.low != STATE_ALARM or plan.disable_scale_in):
        return Call(NOT_CALLED, 0)
    total, count = pool(end, plan.minute_ticks, metric, SUMS)
    if count == 0.0:
        return Call(NO_DATA, 0)
    if not is_out and warming + members.pending > 0:
        return Call(REFUSED_WARMING, 0)
    base = members.in_service - warming
    wish = math.ceil(min(base * (total / count) / plan.target_value - ROUNDING, LARGEST_WISH))
    if is_out:
        return Call(WISHES, max(desired, wish))
    if plan.scale_in_limit > 0:
        wish = max(wish, desired - plan.scale_in_limit)
    return Call(WISHES, min(desired, wish))
