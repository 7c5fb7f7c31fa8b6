"""Which blocks of candidates the lanes can run; all others take the one-run loop.

Source: docs/model.md; what the lanes leave out of it is listed in `fits_lanes` and `setting_fits`.
"""

from __future__ import annotations

from kernels._jit import kernel
from kernels.check import check_plan
from kernels.lane_rules import MOST_HUNDREDTHS
from kernels.layout import (
    PERCENT_CHANGE_IN_CAPACITY,
    SCALE_IN,
    SCALE_OUT,
    Load,
    Policies,
    Setting,
)
from kernels.plans import plan_of
from kernels.status import DONE

WORD = 64
"""Ticks that a breach history holds."""


@kernel
def setting_fits(setting: Setting, load: Load) -> bool:
    """Say whether a scenario is one for lanes.

    The host is a line, a datapoint is published in every tick and seen within a word of them, and
    all launches take the same time.
    """
    is_line, is_drawn = load.knots.shape[0] == 0, load.launch_ticks.shape[0] > 0
    is_detailed = setting.basic_ticks == 0 and setting.delay_ticks < WORD
    return bool(is_line and is_detailed and not is_drawn)


@kernel
def block_period(policies: Policies, begin: int, end: int) -> int:
    """Give the alarm period of the first policy of candidates ``begin`` to ``end``, in ticks."""
    for c in range(begin, end):
        for p in range(2):
            if policies.present[c, p]:
                return int(policies.period_ticks[c, p])
    return 1


@kernel
def side_fits(policies: Policies, c: int, p: int, period: int, setting: Setting) -> bool:
    """Say whether one policy fits: the block's period, a window within a word, a sure rounding."""
    if not policies.present[c, p]:
        return True
    if policies.period_ticks[c, p] != period:
        return False
    reach = (policies.evaluation_periods[c, p] - 1) * period + 1
    if reach + setting.delay_ticks > WORD:
        return False
    if policies.adjustment_type[c, p] == PERCENT_CHANGE_IN_CAPACITY:
        return bool(abs(policies.scaling_adjustment[c, p]) * setting.max_size <= MOST_HUNDREDTHS)
    return True


@kernel
def fits_lanes(policies: Policies, setting: Setting, load: Load, begin: int, end: int) -> bool:
    """Say whether candidates ``begin`` to ``end`` can advance together.

    All alarms share their period, no candidate has a schedule or may have an empty group, and every
    one can run at all.
    """
    period = block_period(policies, begin, end)
    for c in range(begin, end):
        if policies.schedule_begin[c] != policies.schedule_end[c] or policies.min_size[c] < 1:
            return False
        if not side_fits(policies, c, SCALE_OUT, period, setting):
            return False
        if not side_fits(policies, c, SCALE_IN, period, setting):
            return False
        if check_plan(plan_of(policies, c), None, setting, load.actions) != DONE:
            return False
    return bool(period >= 1)
