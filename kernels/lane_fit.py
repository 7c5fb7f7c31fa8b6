"""Which blocks of candidates the lanes can run; all others take the one-run loop.

Source: docs/model.md; what the lanes leave out of it is listed in `fits_lanes` and `setting_fits`.
"""

from __future__ import annotations

from kernels._jit import driver, kernel
from kernels.check import check_plan
from kernels.lane_rules import MOST_HUNDREDTHS
from kernels.lane_steps import steps_follow
from kernels.layout import (
    PERCENT_CHANGE_IN_CAPACITY,
    SCALE_IN,
    SCALE_OUT,
    Load,
    Policies,
    Setting,
    WarmingPolicies,
)
from kernels.plans import plan_of, warming_plan_of
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


@kernel
def fits_bare_lanes(policies: Policies, setting: Setting, begin: int, end: int) -> bool:
    """Say whether candidates that fit lanes fit `kernels.bare_lanes` as well.

    Nothing boots or drains, alarms look at every tick, and no adjustment is a percentage.
    """
    if setting.ready_ticks + setting.drain_ticks > 0 or block_period(policies, begin, end) != 1:
        return False
    for c in range(begin, end):
        for p in range(2):
            if policies.adjustment_type[c, p] == PERCENT_CHANGE_IN_CAPACITY:
                return False
    return True


NO_POLICY, SIMPLE, STEP, SEVERAL = 0, 1, 2, 3
"""What a side of a block is: that of every candidate that has one, or of several kinds."""


@kernel
def kind_of(policies: Policies, warming: WarmingPolicies, c: int, p: int) -> int:
    """Say what one side of a candidate is: NO_POLICY, SIMPLE or STEP."""
    if not policies.present[c, p]:
        return NO_POLICY
    return STEP if warming.is_step[c, p] else SIMPLE


@kernel
def block_kind(policies: Policies, warming: WarmingPolicies, begin: int, end: int, p: int) -> int:
    """Say what policy p is in candidates ``begin`` to ``end``."""
    found = NO_POLICY
    for c in range(begin, end):
        kind = kind_of(policies, warming, c, p)
        if kind not in (NO_POLICY, found):
            found = kind if found == NO_POLICY else SEVERAL
    return found


@kernel
def has_tracking(warming: WarmingPolicies, begin: int, end: int) -> bool:
    """Say whether any of candidates ``begin`` to ``end`` has target tracking."""
    found = False
    for c in range(begin, end):
        found = found or warming.has_tracking[c] != 0
    return bool(found)


ANY_WARMUP, TWO_WARMUPS = -1, -2


@kernel
def warmup_of(policies: Policies, warming: WarmingPolicies, c: int) -> int:
    """Give the warm-up of a candidate's launches, ANY_WARMUP where none warms, TWO_WARMUPS."""
    found = ANY_WARMUP
    if kind_of(policies, warming, c, SCALE_OUT) == STEP:
        found = int(warming.warmup_ticks[c, SCALE_OUT])
    if warming.has_tracking[c]:
        own = int(warming.tracking_warmup_ticks[c])
        found = own if found in (ANY_WARMUP, own) else TWO_WARMUPS
    return found


@kernel
def block_warmup(policies: Policies, warming: WarmingPolicies, begin: int, end: int) -> int:
    """Give the warm-up of the launches of candidates ``begin`` to ``end``, in ticks.

    Where they have no such launches, 0; where they differ, TWO_WARMUPS.
    """
    found = ANY_WARMUP
    for c in range(begin, end):
        own = warmup_of(policies, warming, c)
        if own not in (ANY_WARMUP, found):
            found = own if found == ANY_WARMUP else TWO_WARMUPS
    return 0 if found == ANY_WARMUP else found


@kernel
def percent_fits(
    policies: Policies, warming: WarmingPolicies, setting: Setting, c: int, p: int
) -> bool:
    """Say whether the rounding of a step policy's percentages is sure, draining ones counted."""
    if policies.adjustment_type[c, p] != PERCENT_CHANGE_IN_CAPACITY:
        return True
    for k in range(warming.n_steps[c, p]):
        if abs(warming.step_adjustment[c, p, k]) * 2 * setting.max_size > MOST_HUNDREDTHS:
            return False
    return True


@kernel
def warming_side_fits(
    policies: Policies,
    warming: WarmingPolicies,
    setting: Setting,
    c: int,
    p: int,
    period: int,
) -> bool:
    """Say whether one policy fits: as `side_fits`, but for the delay, and its steps too."""
    if not policies.present[c, p]:
        return True
    reach = (policies.evaluation_periods[c, p] - 1) * period + 1
    if policies.period_ticks[c, p] != period or reach > WORD:
        return False
    if warming.is_step[c, p]:
        return steps_follow(warming, c, p) and percent_fits(policies, warming, setting, c, p)
    if policies.adjustment_type[c, p] == PERCENT_CHANGE_IN_CAPACITY:
        return bool(abs(policies.scaling_adjustment[c, p]) * setting.max_size <= MOST_HUNDREDTHS)
    return True


@driver
def fits_warming_lanes(
    policies: Policies,
    warming: WarmingPolicies,
    setting: Setting,
    load: Load,
    begin: int,
    end: int,
) -> bool:
    """Say whether candidates ``begin`` to ``end``, some with step or tracking, advance together.

    Beside what `fits_lanes` asks: each side is of one kind, all launches that warm up take the same
    time for it, and a tick is a minute where there is target tracking.
    """
    period = block_period(policies, begin, end)
    if period < 1 or block_warmup(policies, warming, begin, end) < 0:
        return False
    for p in range(2):
        if block_kind(policies, warming, begin, end, p) == SEVERAL:
            return False
    if has_tracking(warming, begin, end) and setting.minute_ticks != 1:
        return False
    for c in range(begin, end):
        if policies.schedule_begin[c] != policies.schedule_end[c] or policies.min_size[c] < 1:
            return False
        for p in range(2):
            if not warming_side_fits(policies, warming, setting, c, p, period):
                return False
        plan = warming_plan_of(warming, c, setting.minute_ticks)
        if check_plan(plan_of(policies, c), plan, setting, load.actions) != DONE:
            return False
    return True
