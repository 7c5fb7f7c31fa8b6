"""A block of candidates with simple policies on one shape, where nothing boots or drains.

What `kernels.lanes` does, in the commonest case: instances serve once they are in service and are
gone once they are taken, alarms look at every tick, and no adjustment is a percentage. An activity
is then over when its launch is, and nothing else acts before: in every tick a group has all the
instances of its desired capacity less those of one launch, at least one. So fewer rows are kept,
and two lane loops do: with more the rows cost time, with one the chain from load to capacity does.

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
"""

from __future__ import annotations

import numpy as np

from kernels._jit import driver
from kernels.lane_rows import (
    BILLED_TICKS,
    BLOCKED_UNTIL,
    COOLDOWN,
    CPU_SUM,
    CPU_TICKS,
    DESIRED,
    HISTORY,
    HOST_CPU,
    HOST_TICKS,
    IN_SERVICE,
    KEPT,
    LANES,
    LEVEL,
    MASK,
    MIN_SIZE,
    N_BIT_ROWS,
    N_SIMPLE_ROWS,
    NEEDED,
    OVER_CLIFF,
    OVERLOAD,
    PEAK_CPU,
    PEAK_INSTANCES,
    PLAIN,
    SCALE_INS,
    SCALE_OUTS,
    SIGN,
    VALUE,
    fill_pair,
    fill_start,
    write_lane,
)
from kernels.lane_rules import goes_out, in_every_lane, is_in_alarm, remember
from kernels.layout import Floats, Policies, Setting, Totals
from kernels.serving import excess_rpm, line_cpu_percent
from kernels.status import DONE


@driver
def simulate_bare_lanes(
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
        Candidates; those of the block fit, by `kernels.lane_fit.fits_bare_lanes`.
    setting, offered_rpm, initial_capacity, totals, begin, s
        As in `kernels.lanes.simulate_lanes`.
    """
    width = min(LANES, policies.min_size.shape[0] - begin)
    launch_ticks, hidden = setting.launch_ticks, np.uint64(setting.delay_ticks)
    most, cliff = float(setting.max_size), setting.cliff_percent
    intercept, slope = setting.intercept_percent, setting.slope_percent_per_rpm
    saturation = setting.saturation_rpm
    run = np.zeros((N_SIMPLE_ROWS, LANES))
    bits = np.zeros((N_BIT_ROWS, LANES), np.uint64)
    launched = np.zeros((launch_ticks + 1, LANES))
    for i in range(LANES):
        c = begin + min(i, width - 1)
        fill_pair(run, bits, i, policies, c, 1)
        fill_start(run, i, policies, c, setting, initial_capacity)
        run[CPU_TICKS, i] = offered_rpm.shape[0]

    arriving = 0
    for t in range(offered_rpm.shape[0]):
        rpm = offered_rpm[t]
        now, after_launch, after_taking = float(t), t + 1.0 + launch_ticks, t + 1.0
        for i in range(LANES):
            # 1. Lifecycle
            in_service = run[IN_SERVICE, i] + launched[arriving, i]

            # 2. Load
            cpu = line_cpu_percent(rpm, in_service, intercept, slope)

            # 3. Datapoint
            heat = in_service * cpu
            run[VALUE, i] = heat / in_service
            run[IN_SERVICE, i] = in_service

            # 8. Totals
            run[PEAK_CPU, i] = in_every_lane(max(run[PEAK_CPU, i], cpu))
            run[CPU_SUM, i] += cpu
            run[HOST_CPU, i] += heat
            run[HOST_TICKS, i] += in_service
            run[OVER_CLIFF, i] += 1.0 if cpu > cliff else 0.0
            run[OVERLOAD, i] += excess_rpm(rpm, in_service, saturation)
            run[PEAK_INSTANCES, i] = in_every_lane(max(run[PEAK_INSTANCES, i], in_service))

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
            out_wish = desired * run[KEPT, i] + run[PLAIN, i]
            in_wish = desired * run[KEPT + 1, i] + run[PLAIN + 1, i]
            out_cooldown, in_cooldown = run[COOLDOWN, i], run[COOLDOWN + 1, i]

            # 6. Conflict and clamp
            is_out = goes_out(out_alarm, in_alarm, out_wish, in_wish)
            wish = out_wish if is_out else in_wish
            cooldown = out_cooldown if is_out else in_cooldown
            clamped = min(max(wish, run[MIN_SIZE, i]), most)
            may_act = (out_alarm or in_alarm) and now >= blocked_until
            change = clamped - desired if may_act else 0.0

            # 7. Reconcile
            over = after_launch if change > 0.0 else after_taking
            blocked_until = over + cooldown if change != 0.0 else blocked_until
            run[BLOCKED_UNTIL, i] = in_every_lane(blocked_until)
            run[DESIRED, i] = desired + change
            launched[arriving, i] = max(change, 0.0)
            run[IN_SERVICE, i] -= max(-change, 0.0)

            # 8. Totals
            run[BILLED_TICKS, i] += desired
            run[SCALE_OUTS, i] += 1.0 if change > 0.0 else 0.0
            run[SCALE_INS, i] += 1.0 if change < 0.0 else 0.0
        arriving = arriving + 1 if arriving < launch_ticks else 0

    for i in range(width):
        write_lane(totals, begin + i, s, run, i, setting.tick_minutes)
        totals.status[begin + i, s] = DONE
