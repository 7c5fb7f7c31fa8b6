"""Whether a candidate may run at all: a status code, before the first tick.

Source: docs/model.md, "Refused before a run".
"""

from __future__ import annotations

from kernels._jit import kernel
from kernels.layout import (
    ACTION_MAX_SIZE,
    ACTION_MIN_SIZE,
    LESS_OR_EQUAL,
    NOT_GIVEN,
    PERCENT_CHANGE_IN_CAPACITY,
    SCALE_IN,
    SCALE_OUT,
    TREAT_NOT_BREACHING,
    Integers,
    Plan,
    Setting,
    Side,
    WarmingPlan,
)
from kernels.status import (
    DATAPOINTS_OUTSIDE_PERIODS,
    DONE,
    MIN_ABOVE_MAX,
    NEGATIVE_NUMBER,
    PERIOD_NOT_WHOLE_TICKS,
    PERIOD_UNDER_BASIC_MONITORING,
    TARGET_NOT_ABOVE_ZERO,
    TRACKING_UNDER_BASIC_MONITORING,
    UNKNOWN_CODE,
)


@kernel
def check_side(side: Side, basic_ticks: int) -> int:
    """Check one alarm and its policy; an absent side is fine."""
    if not side.present:
        return DONE
    if side.period_ticks < 1:
        return PERIOD_NOT_WHOLE_TICKS
    if not 1 <= side.datapoints_to_alarm <= side.evaluation_periods:
        return DATAPOINTS_OUTSIDE_PERIODS
    if min(side.extra_blocks, side.min_adjustment_magnitude, side.cooldown_ticks) < 0:
        return NEGATIVE_NUMBER
    if side.period_ticks < basic_ticks:
        return PERIOD_UNDER_BASIC_MONITORING
    if not 0 <= side.comparison <= LESS_OR_EQUAL:
        return UNKNOWN_CODE
    if not 0 <= side.treat_missing_data <= TREAT_NOT_BREACHING:
        return UNKNOWN_CODE
    if not 0 <= side.adjustment_type <= PERCENT_CHANGE_IN_CAPACITY:
        return UNKNOWN_CODE
    return DONE


@kernel
def check_limits(plan: Plan, setting: Setting, actions: Integers) -> int:
    """Check the limits at the start and after every scheduled action."""
    min_size, max_size = plan.min_size, setting.max_size
    if min_size < 0:
        return NEGATIVE_NUMBER
    if min_size > max_size:
        return MIN_ABOVE_MAX
    for a in range(plan.schedule_begin, plan.schedule_end):
        if actions[a, ACTION_MIN_SIZE] != NOT_GIVEN:
            min_size = actions[a, ACTION_MIN_SIZE]
        if actions[a, ACTION_MAX_SIZE] != NOT_GIVEN:
            max_size = actions[a, ACTION_MAX_SIZE]
        if min_size < 0:
            return NEGATIVE_NUMBER
        if min_size > max_size:
            return MIN_ABOVE_MAX
    return DONE


@kernel
def check_warming(plan: WarmingPlan | None, basic_ticks: int) -> int:
    """Check step and target tracking policies, where there are any."""
    if plan is None:
        return DONE
    if min(plan.warmup_ticks[SCALE_OUT], plan.warmup_ticks[SCALE_IN]) < 0:
        return NEGATIVE_NUMBER
    if not plan.has_tracking:
        return DONE
    if basic_ticks > 0:
        return TRACKING_UNDER_BASIC_MONITORING
    if plan.minute_ticks < 1:
        return PERIOD_NOT_WHOLE_TICKS
    if not plan.target_value > 0.0:
        return TARGET_NOT_ABOVE_ZERO
    if min(plan.tracking_warmup_ticks, plan.scale_in_limit) < 0 or plan.low_ratio < 0.0:
        return NEGATIVE_NUMBER
    return DONE


@kernel
def check_plan(
    plan: Plan, warming_plan: WarmingPlan | None, setting: Setting, actions: Integers
) -> int:
    """Give the status code of a candidate: 0 where it may run."""
    status = check_side(plan.out, setting.basic_ticks)
    if status == DONE:
        status = check_side(plan.inward, setting.basic_ticks)
    if status == DONE:
        status = check_limits(plan, setting, actions)
    if status == DONE:
        status = check_warming(warming_plan, setting.basic_ticks)
    return status
