"""A block of candidates with step or target tracking policies on one shape, all advanced together.

As `kernels.lanes`, whose head says how such a function must look; the order of a tick is the same
one, of docs/model.md and `kernels.simulate`:

0. Schedule (none here)
1. Lifecycle
2. Load
3. Datapoint
4. Alarms
5. Policies
6. Conflict and clamp
7. Reconcile
8. Totals

What a block has or has not is asked outside the lane loops. Datapoints wait in a ring until they
are visible, so that the newest row of it is what alarms and policies see. Where a simple policy
takes instances while some warm, their ages decide; such a lane is left to the one-run loop.
"""

from __future__ import annotations

import numpy as np

from kernels._jit import driver
from kernels.lane_fit import (
    NO_POLICY,
    SIMPLE,
    STEP,
    block_kind,
    block_period,
    block_warmup,
    has_tracking,
)
from kernels.lane_rows import (
    BILLED_TICKS,
    BLOCKED_UNTIL,
    BOUND,
    BUSY_UNTIL,
    CHANGE,
    COOLDOWN,
    COUNT,
    CPU_SUM,
    CPU_TICKS,
    DESIRED,
    DOUBT,
    DRAINING,
    END,
    HEAT,
    HISTORY,
    HOST_CPU,
    HOST_TICKS,
    IN_ALARM,
    IN_SERVICE,
    IN_WISH,
    KEPT,
    LANES,
    LARGEST,
    LARGEST_OF_PART,
    LEVEL,
    LIMIT,
    MAGNITUDE,
    MASK,
    MIN_SIZE,
    N_BIT_ROWS,
    N_ROWS,
    NEEDED,
    NEVER_IN,
    OUT_ALARM,
    OUT_WISH,
    OVER_CLIFF,
    OVERLOAD,
    OWED,
    PART,
    PEAK_CPU,
    PEAK_INSTANCES,
    PERCENT,
    PLAIN,
    RATIO,
    SCALE_INS,
    SCALE_OUTS,
    SERVING,
    SIGN,
    STREAK,
    TARGET,
    THRESHOLD,
    TRACKING_WISH,
    VALUE,
    WARM_UNREADY,
    WARMING,
    fill_pair,
    fill_start,
    fill_warming,
    write_lane,
)
from kernels.lane_rules import in_every_lane, is_in_alarm, percent_added, remember
from kernels.lane_steps import beyond
from kernels.lane_tracking import low_threshold, tracking_wish
from kernels.layout import (
    SCALE_IN,
    SCALE_OUT,
    Floats,
    Policies,
    Setting,
    Totals,
    WarmingPolicies,
)
from kernels.serving import line_cpu_percent, overload_rpm
from kernels.status import DONE, LEFT_TO_ONE_RUN
from kernels.tracking import HIGH_PERIODS, LOW_PERIODS


@driver
def simulate_warming_lanes(
    policies: Policies,
    warming: WarmingPolicies,
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
    policies, warming : Policies [C], WarmingPolicies [C]
        Candidates; those of the block fit, by `kernels.lane_fit.fits_warming_lanes`.
    setting : Setting
        The scenario in ticks.
    offered_rpm : float64 [T]
        Load of the shape.
    initial_capacity : int
        Instances at the start, before clamping.
    totals : Totals [C, S]
        Where each run's place is filled; its status is LEFT_TO_ONE_RUN where it was not.
    begin, s : int
        First candidate, and the shape.
    """
    width = min(LANES, policies.min_size.shape[0] - begin)
    end = begin + width
    period, delay = block_period(policies, begin, end), setting.delay_ticks
    out_kind = block_kind(policies, warming, begin, end, SCALE_OUT)
    in_kind = block_kind(policies, warming, begin, end, SCALE_IN)
    out_is_step, in_is_step = out_kind == STEP, in_kind == STEP
    has_pair = out_kind != NO_POLICY or in_kind != NO_POLICY
    has_simple = SIMPLE in (out_kind, in_kind)
    tracked = has_tracking(warming, begin, end)
    by_simple_out = 1.0 if out_kind == SIMPLE else 0.0
    by_simple_in = 1.0 if in_kind == SIMPLE else 0.0
    warmup_ticks = block_warmup(policies, warming, begin, end)
    launch_ticks, ready_ticks, drain_ticks = (
        setting.launch_ticks,
        setting.ready_ticks,
        setting.drain_ticks,
    )
    most, boot_cpu, cliff = float(setting.max_size), setting.boot_cpu_percent, setting.cliff_percent
    intercept, slope = setting.intercept_percent, setting.slope_percent_per_rpm
    saturation = setting.saturation_rpm
    left_out = 0.0 if setting.warming_in_metric else 1.0
    warm_unready_ticks = min(warmup_ticks, ready_ticks)
    run = np.zeros((N_ROWS, LANES))
    bits = np.zeros((N_BIT_ROWS, LANES), np.uint64)
    launched = np.zeros((launch_ticks + 1, LANES))
    warm_launched = np.zeros((launch_ticks + 1, LANES))
    booting = np.zeros((max(ready_ticks, 1), LANES))
    warm_booting = np.zeros((max(warm_unready_ticks, 1), LANES))
    warm = np.zeros((max(warmup_ticks, 1), LANES))
    drained = np.zeros((drain_ticks + 1, LANES))
    heats = np.zeros((period, LANES))
    counts = np.zeros((period, LANES))
    values = np.zeros((delay + 1, LANES))
    pooled = np.zeros((delay + 1, LANES))
    largest = np.full((LOW_PERIODS + 1, LANES), np.inf)
    for i in range(LANES):
        c = begin + min(i, width - 1)
        fill_pair(run, bits, i, policies, c, period)
        fill_warming(run, i, policies, warming, c)
        fill_start(run, i, policies, c, setting, initial_capacity)
        largest[LOW_PERIODS, i] = -np.inf

    n_ticks = offered_rpm.shape[0]
    nothing_hidden = np.uint64(0)
    arriving, maturing, warm_maturing, warmed, leaving, newest, shown = 0, 0, 0, 0, 0, 0, 0
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
        if has_simple and warmup_ticks > 0:
            for i in range(LANES):
                arrived = warm_launched[arriving, i]
                run[WARMING, i] += arrived - warm[warmed, i]
                warm[warmed, i] = arrived
        if has_simple and warm_unready_ticks > 0:
            for i in range(LANES):
                arrived = warm_launched[arriving, i]
                run[WARM_UNREADY, i] += arrived - warm_booting[warm_maturing, i]
                warm_booting[warm_maturing, i] = arrived
        if warmup_ticks > 0 and not has_simple:
            for i in range(LANES):
                arrived = launched[arriving, i]
                warming_now = run[WARMING, i] + arrived - warm[warmed, i]
                warm[warmed, i] = arrived
                run[WARMING, i] = warming_now
                run[WARM_UNREADY, i] = min(run[IN_SERVICE, i] - run[SERVING, i], warming_now)
        if in_is_step and drain_ticks > 0:
            for i in range(LANES):
                run[DRAINING, i] -= drained[leaving, i]

        # 2. Load, 3. Datapoint, 8. Totals
        for i in range(LANES):
            serving, in_service = run[SERVING, i], run[IN_SERVICE, i]
            cpu = line_cpu_percent(rpm, serving, intercept, slope)
            cpu = cpu if serving > 0.0 else idle_cpu
            warm_unready = left_out * run[WARM_UNREADY, i]
            counted = serving + warm_unready - left_out * run[WARMING, i]
            unready = in_service - serving - warm_unready
            heat, count = counted * cpu + unready * boot_cpu, counted + unready
            values[shown, i] = heat / count
            run[HEAT, i] = heat
            run[COUNT, i] = count
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
                counts[newest, i] = run[COUNT, i]
                run[HEAT, i] = 0.0
                run[COUNT, i] = 0.0
            for k in range(1, period + 1):
                row = (newest + k) % period
                for i in range(LANES):
                    run[HEAT, i] += heats[row, i]
                    run[COUNT, i] += counts[row, i]
            for i in range(LANES):
                pooled[shown, i] = run[HEAT, i] / run[COUNT, i]
            newest = (newest + 1) % period
        shown = shown + 1 if shown < delay else 0

        if t >= delay and has_pair:
            # 4. Alarms
            for i in range(LANES):
                value = pooled[shown, i] if period > 1 else values[shown, i]
                out_history = remember(bits[HISTORY, i], value, run[SIGN, i], run[LEVEL, i])
                in_history = remember(
                    bits[HISTORY + 1, i], value, run[SIGN + 1, i], run[LEVEL + 1, i]
                )
                bits[HISTORY, i] = out_history
                bits[HISTORY + 1, i] = in_history
                out_alarm = is_in_alarm(out_history, nothing_hidden, bits[MASK, i], bits[NEEDED, i])
                in_alarm = is_in_alarm(
                    in_history, nothing_hidden, bits[MASK + 1, i], bits[NEEDED + 1, i]
                )
                run[OUT_ALARM, i] = 1.0 if out_alarm else 0.0
                run[IN_ALARM, i] = 1.0 if in_alarm else 0.0
                run[VALUE, i] = value

            # 5. Policies
            if out_is_step:
                for i in range(LANES):
                    difference = run[VALUE, i] - run[THRESHOLD, i]
                    first = run[BOUND, i]
                    step = beyond(difference, first, run[PART, i])
                    step += beyond(difference, run[BOUND + 1, i], run[PART + 1, i])
                    step += beyond(difference, run[BOUND + 2, i], run[PART + 2, i])
                    step += beyond(difference, run[BOUND + 3, i], run[PART + 3, i])
                    base = run[IN_SERVICE, i] - run[WARMING, i]
                    percent = step * run[PERCENT, i]
                    capacity = base * run[KEPT, i] + step * run[PLAIN, i]
                    capacity += percent_added(base, percent, run[MAGNITUDE, i])
                    has_step = difference >= first and not difference >= run[END, i]
                    acts = run[OUT_ALARM, i] > 0.0 and has_step
                    run[OUT_WISH, i] = max(run[DESIRED, i], capacity) if acts else -np.inf
            else:
                for i in range(LANES):
                    desired = run[DESIRED, i]
                    capacity = desired * run[KEPT, i] + run[PLAIN, i]
                    capacity += percent_added(desired, run[PERCENT, i], run[MAGNITUDE, i])
                    may_act = now >= max(run[BUSY_UNTIL, i], run[BLOCKED_UNTIL, i])
                    acts = run[OUT_ALARM, i] > 0.0 and may_act
                    run[OUT_WISH, i] = capacity if acts else -np.inf
            if in_is_step:
                for i in range(LANES):
                    difference = run[VALUE, i] - run[THRESHOLD + 1, i]
                    first = run[BOUND + 4, i]
                    step = beyond(difference, first, run[PART + 4, i])
                    step += beyond(difference, run[BOUND + 5, i], run[PART + 5, i])
                    step += beyond(difference, run[BOUND + 6, i], run[PART + 6, i])
                    step += beyond(difference, run[BOUND + 7, i], run[PART + 7, i])
                    desired, in_service = run[DESIRED, i], run[IN_SERVICE, i]
                    base = in_service + run[DRAINING, i]
                    percent = step * run[PERCENT + 1, i]
                    capacity = base * run[KEPT + 1, i] + step * run[PLAIN + 1, i]
                    capacity += percent_added(base, percent, run[MAGNITUDE + 1, i])
                    has_step = difference >= first and not difference >= run[END + 1, i]
                    awaited = run[WARMING, i] + desired - in_service
                    acts = run[IN_ALARM, i] > 0.0 and has_step and not awaited > 0.0
                    run[IN_WISH, i] = min(desired, capacity) if acts else -np.inf
            else:
                for i in range(LANES):
                    desired = run[DESIRED, i]
                    capacity = desired * run[KEPT + 1, i] + run[PLAIN + 1, i]
                    capacity += percent_added(desired, run[PERCENT + 1, i], run[MAGNITUDE + 1, i])
                    may_act = now >= max(run[BUSY_UNTIL, i], run[BLOCKED_UNTIL, i])
                    acts = run[IN_ALARM, i] > 0.0 and may_act
                    run[IN_WISH, i] = capacity if acts else -np.inf

        # 4. and 5. of target tracking
        if t >= delay and tracked:
            place = (t - delay) % LOW_PERIODS
            if place == 0:
                for k in range(LOW_PERIODS - 2, -1, -1):
                    for i in range(LANES):
                        run[LARGEST, i] = largest[k + 1, i]
                    for i in range(LANES):
                        largest[k, i] = max(largest[k, i], run[LARGEST, i])
                for i in range(LANES):
                    run[LARGEST_OF_PART, i] = -np.inf
            for i in range(LANES):
                run[LARGEST, i] = largest[place + 1, i]
            for i in range(LANES):
                value, target, desired = values[shown, i], run[TARGET, i], run[DESIRED, i]
                largest[place, i] = value
                part = max(run[LARGEST_OF_PART, i], value)
                run[LARGEST_OF_PART, i] = part
                is_low = max(part, run[LARGEST, i]) < low_threshold(desired, target, run[RATIO, i])
                streak = run[STREAK, i] + 1.0 if value > target else 0.0
                run[STREAK, i] = streak
                in_service, warm_now = run[IN_SERVICE, i], run[WARMING, i]
                wish = tracking_wish(in_service - warm_now, value, target)
                awaited = warm_now + desired - in_service + run[NEVER_IN, i]
                inward = min(desired, max(wish, desired - run[LIMIT, i]))
                inward = inward if is_low and not awaited > 0.0 else -np.inf
                run[TRACKING_WISH, i] = max(desired, wish) if streak >= HIGH_PERIODS else inward

        # 6. Conflict and clamp, 7. Reconcile
        for i in range(LANES):
            desired, serving = run[DESIRED, i], run[SERVING, i]
            wish = max(run[OUT_WISH, i], run[IN_WISH, i], run[TRACKING_WISH, i])
            clamped = min(max(wish, run[MIN_SIZE, i]), most)
            change = clamped - desired if wish > -np.inf else 0.0
            up, down = max(change, 0.0), max(-change, 0.0)
            run[CHANGE, i] = change
            run[DESIRED, i] = desired + change
            launched[arriving, i] = up
            run[SERVING, i] = max(serving - down, 0.0)
            run[OWED, i] += max(down - serving, 0.0)
            run[IN_SERVICE, i] -= down
            run[BILLED_TICKS, i] += desired + down * draining
            run[SCALE_OUTS, i] += 1.0 if change > 0.0 else 0.0
            run[SCALE_INS, i] += 1.0 if change < 0.0 else 0.0
        if in_is_step and drain_ticks > 0:
            for i in range(LANES):
                down = max(-run[CHANGE, i], 0.0)
                drained[leaving, i] = down
                run[DRAINING, i] += down
        if has_simple:
            for i in range(LANES):
                change, out_wish, in_wish = run[CHANGE, i], run[OUT_WISH, i], run[IN_WISH, i]
                is_tracked = run[TRACKING_WISH, i] > max(out_wish, in_wish)
                is_out = out_wish >= in_wish
                by_simple = by_simple_out if is_out else by_simple_in
                by_simple = 0.0 if is_tracked else by_simple
                cooldown = run[COOLDOWN, i] if is_out else run[COOLDOWN + 1, i]
                over = after_launch if change > 0.0 else after_drain
                over = over if change != 0.0 else 0.0
                blocked = (over + cooldown) * by_simple
                warm_launched[arriving, i] = max(change, 0.0) * (1.0 - by_simple)
                run[BUSY_UNTIL, i] = in_every_lane(max(run[BUSY_UNTIL, i], over))
                blocked = blocked if over > 0.0 else 0.0
                run[BLOCKED_UNTIL, i] = in_every_lane(max(run[BLOCKED_UNTIL, i], blocked))
                aged = run[WARMING, i] + run[WARM_UNREADY, i] if change < 0.0 else 0.0
                run[DOUBT, i] = in_every_lane(max(run[DOUBT, i], aged))
        arriving = arriving + 1 if arriving < launch_ticks else 0
        maturing = maturing + 1 if maturing < ready_ticks - 1 else 0
        warm_maturing = warm_maturing + 1 if warm_maturing < warm_unready_ticks - 1 else 0
        warmed = warmed + 1 if warmed < warmup_ticks - 1 else 0
        leaving = leaving + 1 if leaving < drain_ticks else 0

    for i in range(width):
        write_lane(totals, begin + i, s, run, i, setting.tick_minutes)
        totals.status[begin + i, s] = DONE if run[DOUBT, i] == 0.0 else LEFT_TO_ONE_RUN
