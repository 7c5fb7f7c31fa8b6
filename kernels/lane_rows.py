"""What a block of lanes holds: its rows, how they are filled, and what they yield.

Notation: a block has two arrays, the lane last. ``run`` float64 ``[N_ROWS, LANES]`` has what
candidates are and what their runs are in, in one array, as the compiler checks every pair of arrays
for overlap and gives up beyond a few; ``bits`` uint64 ``[N_BIT_ROWS, LANES]`` has breach histories.
Counts are whole numbers in float64. Drivers allocate both and fill them lane by lane from here.
The totals are those of docs/model.md, step 8.
"""

from __future__ import annotations

import numpy as np

from kernels._jit import kernel
from kernels.conflict import clamp
from kernels.lane_rules import (
    NEVER,
    added_part,
    kept_part,
    level,
    percent_part,
    side_of_threshold,
    window,
)
from kernels.lane_steps import MOST_LANE_STEPS, bound_of_step, end_of_steps, step_change
from kernels.lane_tracking import NO_LIMIT
from kernels.layout import (
    PERCENT_CHANGE_IN_CAPACITY,
    Floats,
    Policies,
    Setting,
    Totals,
    WarmingPolicies,
    Words,
)

LANES = 64
"""Lanes of a block: 32 are slower, and 256 leave the processor's first-level cache."""

SIGN, LEVEL, KEPT, PLAIN, PERCENT, MAGNITUDE, COOLDOWN = 0, 2, 4, 6, 8, 10, 12
MIN_SIZE = 14
"""Rows of what candidates are: all but the last of scale-out and, one below, of scale-in.

``PLAIN``: what a simple policy adds, or 1 where the adjustment of a step counts instances;
``PERCENT``: the percentage of a simple policy, or 1 where that of a step is one.
"""

DESIRED, IN_SERVICE, SERVING, OWED, BLOCKED_UNTIL = 15, 16, 17, 18, 19
VALUE, HEAT, COUNT, OUT_WISH, IN_WISH = 20, 21, 22, 23, 24
OUT_ADDED, IN_ADDED = OUT_WISH, IN_WISH
"""Rows of what runs are in. ``OWED``: unready instances that were taken, until they would be ready:
they are the oldest, so that they get ready first. A wish of minus infinity is none. ``ADDED``: what
percentages add, in blocks whose wishes are in no row.
"""

PEAK_CPU, CPU_SUM, CPU_TICKS, HOST_CPU, HOST_TICKS, BILLED_TICKS = 25, 26, 27, 28, 29, 30
OVER_CLIFF, OVERLOAD, SCALE_OUTS, SCALE_INS, PEAK_INSTANCES = 31, 32, 33, 34, 35
N_SIMPLE_ROWS = 36
"""Rows of totals, as in `kernels.totals`; a block of simple policies has no more rows."""

THRESHOLD, BOUND, PART, END = 36, 38, 46, 54
"""Rows of step policies; four bounds and parts, those of scale-in below those of scale-out."""

TARGET, RATIO, NEVER_IN, LIMIT, STREAK, LARGEST, LARGEST_OF_PART = 56, 57, 58, 59, 60, 61, 62
"""Rows of target tracking; ``NEVER_IN`` is 1 where it never scales in."""

WARMING, WARM_UNREADY, DRAINING, BUSY_UNTIL, DOUBT, CHANGE = 63, 64, 65, 66, 67, 68
OUT_ALARM, IN_ALARM, TRACKING_WISH = 69, 70, 71
N_ROWS = 72
"""Further rows of what runs are in."""

MASK, NEEDED, HISTORY = 0, 2, 4
N_BIT_ROWS = 6
"""Rows of bits, each of scale-out and, one below, of scale-in."""


@kernel
def fill_pair(run: Floats, bits: Words, i: int, policies: Policies, c: int, period: int) -> None:
    """Fill lane i with the pair of candidate c, its policies as simple ones."""
    for p in range(2):
        kind, adjustment = policies.adjustment_type[c, p], policies.scaling_adjustment[c, p]
        comparison = policies.comparison[c, p]
        run[SIGN + p, i] = side_of_threshold(comparison)
        run[LEVEL + p, i] = level(policies.threshold_percent[c, p], comparison)
        run[KEPT + p, i] = kept_part(kind)
        run[PLAIN + p, i] = added_part(kind, adjustment)
        run[PERCENT + p, i] = percent_part(kind, adjustment)
        run[MAGNITUDE + p, i] = policies.min_adjustment_magnitude[c, p]
        run[COOLDOWN + p, i] = policies.cooldown_ticks[c, p]
        bits[MASK + p, i] = window(policies.evaluation_periods[c, p], period)
        bits[NEEDED + p, i] = np.uint64(policies.datapoints_to_alarm[c, p])
        if not policies.present[c, p]:
            bits[NEEDED + p, i] = NEVER


@kernel
def fill_start(
    run: Floats, i: int, policies: Policies, c: int, setting: Setting, initial_capacity: int
) -> None:
    """Fill lane i with the start of candidate c's run."""
    start = float(clamp(initial_capacity, policies.min_size[c], setting.max_size))
    run[MIN_SIZE, i] = policies.min_size[c]
    run[DESIRED, i] = run[IN_SERVICE, i] = run[SERVING, i] = start


@kernel
def fill_warming(run: Floats, i: int, policies: Policies, warming: WarmingPolicies, c: int) -> None:
    """Fill lane i with the step and target tracking policies of candidate c."""
    for p in range(2):
        run[THRESHOLD + p, i] = policies.threshold_percent[c, p]
        if warming.is_step[c, p]:
            is_percent = policies.adjustment_type[c, p] == PERCENT_CHANGE_IN_CAPACITY
            run[PLAIN + p, i] = 0.0 if is_percent else 1.0
            run[PERCENT + p, i] = 1.0 if is_percent else 0.0
            for k in range(MOST_LANE_STEPS):
                row = MOST_LANE_STEPS * p + k
                run[BOUND + row, i] = bound_of_step(policies, warming, c, p, k)
                run[PART + row, i] = step_change(warming, c, p, k)
            run[END + p, i] = end_of_steps(policies, warming, c, p)
    is_tracked = warming.has_tracking[c] != 0
    limit = warming.scale_in_limit[c]
    run[TARGET, i] = warming.target_value[c] if is_tracked else np.inf
    run[NEVER_IN, i] = 0.0 if is_tracked and not warming.disable_scale_in[c] else 1.0
    run[RATIO, i] = warming.low_ratio[c]
    run[LIMIT, i] = float(limit) if limit > 0 else NO_LIMIT
    run[OUT_WISH, i] = run[IN_WISH, i] = run[TRACKING_WISH, i] = -np.inf


@kernel
def write_lane(totals: Totals, c: int, s: int, run: Floats, i: int, tick_minutes: float) -> None:
    """Write what lane i yields as candidate c on shape s, but for its status."""
    totals.peak_cpu_percent[c, s] = run[PEAK_CPU, i]
    totals.mean_cpu_percent[c, s] = run[CPU_SUM, i] / max(run[CPU_TICKS, i], 1.0)
    totals.mean_cpu_per_host_percent[c, s] = run[HOST_CPU, i] / max(run[HOST_TICKS, i], 1.0)
    totals.host_minutes[c, s] = run[BILLED_TICKS, i] * tick_minutes
    totals.minutes_over_cliff[c, s] = run[OVER_CLIFF, i] * tick_minutes
    totals.overload_requests[c, s] = run[OVERLOAD, i] * tick_minutes
    totals.scale_outs[c, s] = int(run[SCALE_OUTS, i])
    totals.scale_ins[c, s] = int(run[SCALE_INS, i])
    totals.peak_instances[c, s] = int(run[PEAK_INSTANCES, i])
