"""The tick loop for one run: one candidate on one shape.

The order of a tick, as in docs/model.md:

0. Schedule
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

from typing import NamedTuple

from kernels._jit import kernel
from kernels.alarm import block_code, next_state, observe, pool
from kernels.conflict import NOBODY, clamp, winner
from kernels.datapoint import SUMS, first_tick, publish
from kernels.layout import (
    SCALE_IN,
    SCALE_OUT,
    STATE_INSUFFICIENT_DATA,
    Floats,
    Integers,
    Plan,
    Record,
    Setting,
)
from kernels.lifecycle import POLICY_LAUNCH, Members, advance, launch, take
from kernels.record import Calls, write_tick
from kernels.schedule import Limits, apply_due, change_desired, follow_schedule
from kernels.serving import cpu_percent
from kernels.simple import (
    Activity,
    begin_activity,
    call_policy,
    cut_short,
    open_cooldown,
    permission,
)
from kernels.totals import Sums, add_activity, add_tick, no_sums


class Workspace(NamedTuple):
    """Scratch of one run, as long as the longest shape and its delays; used again for the next."""

    due: Integers
    metric: Floats
    tallies: Integers


@kernel
def simulate_run(
    plan: Plan,
    setting: Setting,
    knots: Floats,
    actions: Integers,
    rpm: Floats,
    initial_capacity: int,
    workspace: Workspace,
    record: Record | None,
) -> Sums:
    """Run one candidate on one shape, tick by tick.

    Parameters
    ----------
    plan : Plan
        The candidate, already checked.
    setting : Setting
        The scenario in ticks.
    knots : float64 [K, 2]
        The host's table, empty where it is a line.
    actions : int64 [A, 4]
        Scheduled actions of all candidates.
    rpm : float64 [T]
        Load of the shape, requests per minute.
    initial_capacity : int
        Instances at the start, before clamping.
    workspace : Workspace
        Scratch; its contents do not matter.
    record : Record or None
        Filled with the trace; None where none is wanted, which compiles to a run without a trace.

    Returns
    -------
    Sums
        What is added up over the run.
    """
    due, metric, tallies = workspace
    same_blocks = plan.out.present and plan.out.period_ticks == plan.inward.period_ticks
    limits = Limits(
        plan.min_size,
        setting.max_size,
        clamp(initial_capacity, plan.min_size, setting.max_size),
        plan.schedule_begin,
    )
    members = Members(limits.desired, 0, 0, 0)
    activity = Activity(-1, False, 0, 0)
    out_state = STATE_INSUFFICIENT_DATA
    in_state = STATE_INSUFFICIENT_DATA
    first = first_tick(setting)
    sums = no_sums()

    for t in range(rpm.shape[0]):
        # 0. Schedule
        scheduled_change = 0
        if limits.next_action < plan.schedule_end:
            before = limits.desired
            limits = apply_due(limits, t, plan, actions)
            scheduled_change = limits.desired - before
            members = follow_schedule(members, due, scheduled_change, t, setting)
            if scheduled_change < 0:
                still_launching = due[POLICY_LAUNCH, max(activity.over_tick, 0)]
                activity = cut_short(activity, still_launching, t)
            sums = add_activity(sums, scheduled_change)

        # 1. Lifecycle
        members = advance(members, due, t, setting.ready_ticks)
        activity = open_cooldown(activity, t)
        present = members

        # 2. Load
        serving = present.in_service - present.unready
        cpu = 100.0 if rpm[t] > 0.0 else 0.0
        if serving > 0:
            cpu = cpu_percent(rpm[t], serving, setting, knots)

        # 3. Datapoint
        heat = serving * cpu + present.unready * setting.boot_cpu_percent
        publish(metric, t, heat, float(present.in_service), setting)

        # 4. Alarms
        end = t - setting.delay_ticks
        total, count = 0.0, 0.0
        if plan.out.present:
            if end >= 0:
                total, count = pool(end, plan.out.period_ticks, metric, SUMS)
                observe(tallies[SCALE_OUT], end, block_code(total, count, plan.out), plan.out)
            out_state = next_state(tallies[SCALE_OUT], end, first, plan.out, out_state)
        if plan.inward.present:
            if end >= 0:
                if not same_blocks:
                    total, count = pool(end, plan.inward.period_ticks, metric, SUMS)
                code = block_code(total, count, plan.inward)
                observe(tallies[SCALE_IN], end, code, plan.inward)
            in_state = next_state(tallies[SCALE_IN], end, first, plan.inward, in_state)

        # 5. Policies
        answer = permission(t, present.pending + present.draining, activity.cooldown_end)
        out_call = call_policy(out_state, plan.out, limits.desired, answer)
        in_call = call_policy(in_state, plan.inward, limits.desired, answer)

        # 6. Conflict and clamp
        actor = winner(out_call, in_call)
        change = 0
        if actor != NOBODY:
            wish = out_call.wish if actor == SCALE_OUT else in_call.wish
            change = clamp(wish, limits.min_size, limits.max_size) - limits.desired
        limits = change_desired(limits, change)

        # 7. Reconcile
        if change != 0:
            if change > 0:
                over_tick = t + 1 + setting.launch_ticks
                members = launch(members, due, POLICY_LAUNCH, change, over_tick)
            else:
                over_tick = t + 1 + setting.drain_ticks
                members = take(members, due, -change, t + 1, setting)
            acted = plan.out if actor == SCALE_OUT else plan.inward
            activity = begin_activity(activity, over_tick, change > 0, acted.cooldown_ticks)
            sums = add_activity(sums, change)

        # 8. Totals
        sums = add_tick(sums, present, rpm[t], cpu, setting)
        if record is not None:
            calls = Calls(out_state, in_state, out_call, in_call, actor)
            write_tick(record, t, present, cpu, scheduled_change, limits, calls)
            record.cooldown_end[t] = activity.cooldown_end
    return sums
