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
    TREAT_NOT_BREACHING,
    Integers,
    Plan,
    Setting,
    Side,
)
from kernels.status import (
    DATAPOINTS_OUTSIDE_PERIODS,
    DONE,
    MIN_ABOVE_MAX,
    NEGATIVE_NUMBER,
    PERIOD_NOT_WHOLE_TICKS,
    PERIOD_UNDER_BASIC_MONITORING,
    UNKNOWN_CODE,
)


@kernel
def check_side(side: Side, basic_ticks: int) -> int:
    """Check one alarm and its policy; an absent side is fine.

    Parameters
    ----------
    side : Side
        The alarm and its policy.
    basic_ticks : int
        Ticks between publications with basic monitoring, 0 with detailed.

    Returns
    -------
    int
        A status code, 0 where it may run.
    """
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
    """Check the limits at the start and after every scheduled action.

    Parameters
    ----------
    plan : Plan
        Gives minimum and rows of the schedule.
    setting : Setting
        Gives the maximum.
    actions : int64 [A, 4]
        Scheduled actions.

    Returns
    -------
    int
        A status code, 0 where it may run.
    """
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
def check_plan(plan: Plan, setting: Setting, actions: Integers) -> int:
    """Give the status code of a candidate: 0 where it may run.

    Parameters
    ----------
    plan : Plan
        The candidate.
    setting : Setting
        The scenario.
    actions : int64 [A, 4]
        Scheduled actions.

    Returns
    -------
    int
        A status code, 0 where it may run.
    """
    status = check_side(plan.out, setting.basic_ticks)
    if status == DONE:
        status = check_side(plan.inward, setting.basic_ticks)
    if status == DONE:
        status = check_limits(plan, setting, actions)
    return status
