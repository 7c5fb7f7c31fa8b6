"""A block of candidates with simple policies on one shape, all advanced together.

Time is the outer loop and lanes are the inner ones, so that the compiler makes vector code of them.

The order of a tick, as in docs/model.md and in `kernels.simulate`; without a schedule step 0 has
nothing to do.

1. Lifecycle
2. Load
3. Datapoint
4. Alarms
5. Policies
6. Conflict and clamp
7. Reconcile
8. Totals

State stands in arrays of this very function, the lane last: of arrays from elsewhere the compiler
cannot know that they do not overlap, which costs a multiple. What happens some ticks later (a
launch that comes into service, an instance that gets ready) stands in a ring with one row for each
tick of the delay: read the row, overwrite it, step on. Sums are added as in the one-run loop.
"""

from __future__ import annotations

import numpy as np

from kernels._jit import driver
from kernels.conflict import clamp
from kernels.lane_fit import block_period
from kernels.lane_rules import (
    NEVER,
    added_part,
    goes_out,
    is_in_alarm,
    kept_part,
    level,
    percent_added,
    percent_part,
    remember,
    side_of_threshold,
    window,
)
from kernels.layout import Floats, Policies, Setting, Totals
from kernels.serving import line_cpu_percent, overload_rpm
from kernels.status import DONE

LANES = 64
"""Lanes of a block: 32 are slower, and 256 leave the processor's first-level cache."""

SIGN, LEVEL, KEPT, ADDED, PERCENT, MAGNITUDE, COOLDOWN = 0, 2, 4, 6, 8, 10, 12
MIN_SIZE = 14
"""Rows of what candidates are: all but the last of scale-out and, one below, of scale-in."""

DESIRED, IN_SERVICE, SERVING, OWED, BLOCKED_UNTIL = 15, 16, 17, 18, 19
CPU, VALUE, HEAT, COUNT, OUT_WISH, IN_WISH = 20, 21, 22, 23, 24, 25
PEAK_CPU, CPU_SUM, CPU_TICKS, HOST_CPU, HOST_TICKS, BILLED_TICKS = 26, 27, 28, 29, 30, 31
OVER_CLIFF, OVERLOAD, SCALE_OUTS, SCALE_INS, PEAK_INSTANCES = 32, 33, 34, 35, 36
N_ROWS = 37
"""Rows of what runs are in. ``OWED``: unready instances that were taken, until they would be ready:
they are the oldest, so that they get ready first. One array holds both kinds of rows, as the
compiler checks every pair of arrays for overlap, and gives up beyond a few.
"""

MASK, NEEDED, HISTORY = 0, 2, 4
N_BIT_ROWS = 6
"""Rows of bits, each of scale-out and, one below, of scale-in."""


@driver
def simulate_lanes(
    policies: Policies,
    setting: Setting,
    offered_rpm: Floats,
    initial_capacity: int,
    totals: Totals,
    begin: int,
    s: int,
) -> None:
    """Run candidates ``begin`` to ``begin + LANES``, fewer at the end, on shape ``s``.

    Parameters
    ----------
    policies : Policies [C]
        Candidates; those of the block fit, by `kernels.lane_fit.fits_lanes`.
    setting : Setting
        The scenario in ticks.
    offered_rpm : float64 [T]
        Load of the shape.
    initial_capacity : int
        Instances at the start, before clamping.
    totals : Totals [C, S]
        Where each run's place is filled.
    begin, s : int
        First candidate, and the shape.
    """
    width = min(LANES, policies.min_size.shape[0] - begin)
    period, delay = block_period(policies, begin, begin + width), setting.delay_ticks
    launch_ticks, ready_ticks, drain_ticks = (
        setting.launch_ticks,
        setting.ready_ticks,
        setting.drain_ticks,
    )
    most, boot_cpu, cliff = float(setting.max_size), setting.boot_cpu_percent, setting.cliff_percent
    intercept, slope = setting.intercept_percent, setting.slope_percent_per_rpm
    saturation = setting.saturation_rpm
    run = np.zeros((N_ROWS, LANES))
    bits = np.zeros((N_BIT_ROWS, LANES), np.uint64)
    launched = np.zeros((launch_ticks + 1, LANES))
    booting = np.zeros((max(ready_ticks, 1), LANES))
    heats = np.zeros((period, LANES))
    counts = np.zeros((period, LANES))
    has_percent = False
    for i in range(LANES):
        c = begin + min(i, width - 1)
        for p in range(2):
            kind, adjustment = policies.adjustment_type[c, p], policies.scaling_adjustment[c, p]
            comparison = policies.comparison[c, p]
            run[SIGN + p, i] = side_of_threshold(comparison)
            run[LEVEL + p, i] = level(policies.threshold_percent[c, p], comparison)
            run[KEPT + p, i] = kept_part(kind)
            run[ADDED + p, i] = added_part(kind, adjustment)
            run[PERCENT + p, i] = percent_part(kind, adjustment)
            run[MAGNITUDE + p, i] = policies.min_adjustment_magnitude[c, p]
            run[COOLDOWN + p, i] = policies.cooldown_ticks[c, p]
            has_percent = has_percent or run[PERCENT + p, i] != 0.0
            bits[MASK + p, i] = window(policies.evaluation_periods[c, p], period)
            bits[NEEDED + p, i] = np.uint64(policies.datapoints_to_alarm[c, p])
            if not policies.present[c, p]:
                bits[NEEDED + p, i] = NEVER
        run[MIN_SIZE, i] = policies.min_size[c]
        start = float(clamp(initial_capacity, policies.min_size[c], setting.max_size))
        run[DESIRED, i] = run[IN_SERVICE, i] = run[SERVING, i] = start

    n_ticks = offered_rpm.shape[0]
    hidden = np.uint64(delay)
    arriving, maturing, newest = 0, 0, 0
    for t in range(n_ticks):
        rpm = offered_rpm[t]
        idle_cpu = 100.0 if rpm > 0.0 else 0.0
        loaded = 1.0 if rpm > 0.0 else 0.0
        now, after_launch, after_drain = float(t), t + 1.0 + launch_ticks, t + 1.0 + drain_ticks
        draining = float(min(drain_ticks, n_ticks - 1 - t))

        # 1. Lifecycle
        if ready_ticks == 0:
            for i in range(LANES):
                run[IN_SERVICE, i] += launched[arriving, i]
                run[SERVING, i] = run[IN_SERVICE, i]
        else:
            for i in range(LANES):
                arrived, ready = launched[arriving, i], booting[maturing, i]
                booting[maturing, i] = arrived
                gone = min(ready, run[OWED, i])
                run[OWED, i] -= gone
                run[SERVING, i] += ready - gone
                run[IN_SERVICE, i] += arrived

        # 2. Load, 3. Datapoint
        for i in range(LANES):
            serving, in_service = run[SERVING, i], run[IN_SERVICE, i]
            cpu = line_cpu_percent(rpm, serving, intercept, slope)
            cpu = cpu if serving > 0.0 else idle_cpu
            heat = serving * cpu + (in_service - serving) * boot_cpu
            run[CPU, i] = cpu
            run[HEAT, i] = heat
            run[VALUE, i] = heat / in_service
        if period > 1:
            for i in range(LANES):
                heats[newest, i] = run[HEAT, i]
                counts[newest, i] = run[IN_SERVICE, i]
                run[HEAT, i] = 0.0
                run[COUNT, i] = 0.0
            for k in range(1, period + 1):
                row = (newest + k) % period
                for i in range(LANES):
                    run[HEAT, i] += heats[row, i]
                    run[COUNT, i] += counts[row, i]
            for i in range(LANES):
                run[VALUE, i] = run[HEAT, i] / run[COUNT, i]
            newest = (newest + 1) % period

        # 5. Policies: what each wishes
        for i in range(LANES):
            desired = run[DESIRED, i]
            run[OUT_WISH, i] = desired * run[KEPT, i] + run[ADDED, i]
            run[IN_WISH, i] = desired * run[KEPT + 1, i] + run[ADDED + 1, i]
        if has_percent:
            for i in range(LANES):
                desired = run[DESIRED, i]
                run[OUT_WISH, i] += percent_added(desired, run[PERCENT, i], run[MAGNITUDE, i])
                run[IN_WISH, i] += percent_added(
                    desired, run[PERCENT + 1, i], run[MAGNITUDE + 1, i]
                )

        for i in range(LANES):
            # 4. Alarms
            value = run[VALUE, i]
            out_history = remember(bits[HISTORY, i], value, run[SIGN, i], run[LEVEL, i])
            in_history = remember(bits[HISTORY + 1, i], value, run[SIGN + 1, i], run[LEVEL + 1, i])
            bits[HISTORY, i] = out_history
            bits[HISTORY + 1, i] = in_history
            out_alarm = is_in_alarm(out_history, hidden, bits[MASK, i], bits[NEEDED, i])
            in_alarm = is_in_alarm(in_history, hidden, bits[MASK + 1, i], bits[NEEDED + 1, i])

            # 6. Conflict and clamp
            desired, blocked_until = run[DESIRED, i], run[BLOCKED_UNTIL, i]
            out_wish, in_wish = run[OUT_WISH, i], run[IN_WISH, i]
            out_cooldown, in_cooldown = run[COOLDOWN, i], run[COOLDOWN + 1, i]
            is_out = goes_out(out_alarm, in_alarm, out_wish, in_wish)
            wish = out_wish if is_out else in_wish
            cooldown = out_cooldown if is_out else in_cooldown
            clamped = min(max(wish, run[MIN_SIZE, i]), most)
            may_act = (out_alarm or in_alarm) and now >= blocked_until
            change = clamped - desired if may_act else 0.0

            # 7. Reconcile
            up, down = max(change, 0.0), max(-change, 0.0)
            over = after_launch if change > 0.0 else after_drain
            serving, in_service = run[SERVING, i], run[IN_SERVICE, i]
            run[BLOCKED_UNTIL, i] = over + cooldown if change != 0.0 else blocked_until
            run[DESIRED, i] = desired + change
            launched[arriving, i] = up
            run[SERVING, i] = max(serving - down, 0.0)
            run[OWED, i] += max(down - serving, 0.0)
            run[IN_SERVICE, i] = in_service - down

            # 8. Totals
            cpu = run[CPU, i]
            run[PEAK_CPU, i] = max(run[PEAK_CPU, i], cpu)
            run[CPU_SUM, i] += cpu
            run[CPU_TICKS, i] += 1.0 if serving > 0.0 else loaded
            run[HOST_CPU, i] += cpu * serving
            run[HOST_TICKS, i] += serving
            run[BILLED_TICKS, i] += desired + down * draining
            run[OVER_CLIFF, i] += 1.0 if cpu > cliff else 0.0
            run[OVERLOAD, i] += overload_rpm(rpm, serving, saturation)
            run[SCALE_OUTS, i] += 1.0 if change > 0.0 else 0.0
            run[SCALE_INS, i] += 1.0 if change < 0.0 else 0.0
            run[PEAK_INSTANCES, i] = max(run[PEAK_INSTANCES, i], in_service)
        arriving = arriving + 1 if arriving < launch_ticks else 0
        maturing = maturing + 1 if maturing < ready_ticks - 1 else 0

    minutes = setting.tick_minutes
    for i in range(width):
        c = begin + i
        totals.peak_cpu_percent[c, s] = run[PEAK_CPU, i]
        totals.mean_cpu_percent[c, s] = run[CPU_SUM, i] / max(run[CPU_TICKS, i], 1.0)
        totals.mean_cpu_per_host_percent[c, s] = run[HOST_CPU, i] / max(run[HOST_TICKS, i], 1.0)
        totals.host_minutes[c, s] = run[BILLED_TICKS, i] * minutes
        totals.minutes_over_cliff[c, s] = run[OVER_CLIFF, i] * minutes
        totals.overload_requests[c, s] = run[OVERLOAD, i] * minutes
        totals.scale_outs[c, s] = int(run[SCALE_OUTS, i])
        totals.scale_ins[c, s] = int(run[SCALE_INS, i])
        totals.peak_instances[c, s] = int(run[PEAK_INSTANCES, i])
        totals.status[c, s] = DONE
