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
from kernels.lane_fit import block_period
from kernels.lane_rows import (
    BILLED_TICKS,
    BLOCKED_UNTIL,
    COOLDOWN,
    COUNT,
    CPU_SUM,
    CPU_TICKS,
    DESIRED,
    HEAT,
    HISTORY,
    HOST_CPU,
    HOST_TICKS,
    IN_ADDED,
    IN_SERVICE,
    KEPT,
    LANES,
    LEVEL,
    MAGNITUDE,
    MASK,
    MIN_SIZE,
    N_BIT_ROWS,
    N_SIMPLE_ROWS,
    NEEDED,
    OUT_ADDED,
    OVER_CLIFF,
    OVERLOAD,
    OWED,
    PEAK_CPU,
    PEAK_INSTANCES,
    PERCENT,
    PLAIN,
    SCALE_INS,
    SCALE_OUTS,
    SERVING,
    SIGN,
    VALUE,
    fill_pair,
    fill_start,
    write_lane,
)
from kernels.lane_rules import goes_out, in_every_lane, is_in_alarm, percent_added, remember
from kernels.layout import Floats, Policies, Setting, Totals
from kernels.serving import line_cpu_percent, overload_rpm
from kernels.status import DONE


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
    run = np.zeros((N_SIMPLE_ROWS, LANES))
    bits = np.zeros((N_BIT_ROWS, LANES), np.uint64)
    launched = np.zeros((launch_ticks + 1, LANES))
    booting = np.zeros((max(ready_ticks, 1), LANES))
    heats = np.zeros((period, LANES))
    counts = np.zeros((period, LANES))
    has_percent = False
    for i in range(LANES):
        c = begin + min(i, width - 1)
        fill_pair(run, bits, i, policies, c, period)
        fill_start(run, i, policies, c, setting, initial_capacity)
        has_percent = has_percent or run[PERCENT, i] != 0.0 or run[PERCENT + 1, i] != 0.0

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

        # 2. Load, 3. Datapoint, 8. Totals
        for i in range(LANES):
            in_service, serving = run[IN_SERVICE, i], run[SERVING, i]
            cpu = line_cpu_percent(rpm, serving, intercept, slope)
            cpu = cpu if serving > 0.0 else idle_cpu
            heat = serving * cpu + (in_service - serving) * boot_cpu
            run[HEAT, i] = heat
            run[VALUE, i] = heat / in_service
            run[PEAK_CPU, i] = in_every_lane(max(run[PEAK_CPU, i], cpu))
            run[CPU_SUM, i] += cpu
            run[CPU_TICKS, i] += 1.0 if serving > 0.0 else loaded
            run[HOST_CPU, i] += cpu * serving
            run[HOST_TICKS, i] += serving
            run[OVER_CLIFF, i] += 1.0 if cpu > cliff else 0.0
            run[OVERLOAD, i] += overload_rpm(rpm, serving, saturation)
            run[PEAK_INSTANCES, i] = in_every_lane(max(run[PEAK_INSTANCES, i], in_service))
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

        # 5. Policies: what percentages add
        if has_percent:
            for i in range(LANES):
                desired = run[DESIRED, i]
                run[OUT_ADDED, i] = percent_added(desired, run[PERCENT, i], run[MAGNITUDE, i])
                run[IN_ADDED, i] = percent_added(
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

            # 5. Policies
            desired, blocked_until = run[DESIRED, i], run[BLOCKED_UNTIL, i]
            out_wish = desired * run[KEPT, i] + run[PLAIN, i] + run[OUT_ADDED, i]
            in_wish = desired * run[KEPT + 1, i] + run[PLAIN + 1, i] + run[IN_ADDED, i]
            out_cooldown, in_cooldown = run[COOLDOWN, i], run[COOLDOWN + 1, i]

            # 6. Conflict and clamp
            is_out = goes_out(out_alarm, in_alarm, out_wish, in_wish)
            wish = out_wish if is_out else in_wish
            cooldown = out_cooldown if is_out else in_cooldown
            clamped = min(max(wish, run[MIN_SIZE, i]), most)
            may_act = (out_alarm or in_alarm) and now >= blocked_until
            change = clamped - desired if may_act else 0.0

            # 7. Reconcile
            up, down = max(change, 0.0), max(-change, 0.0)
            over = after_launch if change > 0.0 else after_drain
            blocked_until = over + cooldown if change != 0.0 else blocked_until
            run[BLOCKED_UNTIL, i] = in_every_lane(blocked_until)
            run[DESIRED, i] = desired + change
            launched[arriving, i] = up
            run[IN_SERVICE, i] -= down
            serving = run[SERVING, i]
            run[SERVING, i] = max(serving - down, 0.0)
            run[OWED, i] += max(down - serving, 0.0)
            run[BILLED_TICKS, i] += desired + down * draining
            run[SCALE_OUTS, i] += 1.0 if change > 0.0 else 0.0
            run[SCALE_INS, i] += 1.0 if change < 0.0 else 0.0
        arriving = arriving + 1 if arriving < launch_ticks else 0
        maturing = maturing + 1 if maturing < ready_ticks - 1 else 0

    for i in range(width):
        write_lane(totals, begin + i, s, run, i, setting.tick_minutes)
        totals.status[begin + i, s] = DONE
