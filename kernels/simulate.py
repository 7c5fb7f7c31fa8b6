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
from kernels.call import NOT_CALLED, Call
from kernels.conflict import NOBODY, TRACKING, beats, clamp, winner
from kernels.datapoint import SUMS, first_tick, pooled_cpu, publish
from kernels.layout import (
    SCALE_IN,
    SCALE_OUT,
    STATE_INSUFFICIENT_DATA,
    Floats,
    Integers,
    Plan,
    Record,
    Setting,
    ShapeLoad,
    Tables,
    WarmingPlan,
)
from kernels.lifecycle import GroupState, advance, launch, muster, take, within
from kernels.record import Calls, write_tick
from kernels.schedule import Limits, apply_due, change_desired, follow_schedule
from kernels.serving import cpu_percent
from kernels.simple import (
    Activity,
    begin_activity,
    call_simple,
    cut_short,
    open_cooldown,
    permission,
)
from kernels.step import call_step
from kernels.totals import Sums, add_activity, add_tick, no_sums
from kernels.tracking import HiddenAlarms, call_tracking, watch_tracking
from kernels.warmup import Warm, count_warming, is_simple, move_warming


class Workspace(NamedTuple):
    """Scratch of one run, as long as the longest shape and its delays; used again for the next."""

    cohorts: Integers
    metric: Floats
    tallies: Integers


@kernel
def launch_time(load: ShapeLoad, tick: int, setting: Setting) -> int:
    """Give the ticks from a decision in this tick to InService."""
    if load.launch_ticks.shape[0] == 0:
        return setting.launch_ticks
    return int(load.launch_ticks[tick])


@kernel
def simulate_run(
    plan: Plan,
    warming_plan: WarmingPlan | None,
    setting: Setting,
    tables: Tables,
    load: ShapeLoad,
    initial_capacity: int,
    workspace: Workspace,
    record: Record | None,
) -> Sums:
    """Run one candidate on one shape, tick by tick.

    Parameters
    ----------
    plan : Plan
        The candidate, already checked.
    warming_plan : WarmingPlan or None
        Its step and target tracking policies; None compiles to a run without any.
    setting : Setting
        The scenario in ticks.
    tables : Tables
        The host's table, empty where it is a line, and the actions of all candidates.
    load : ShapeLoad
        Requests per minute offered in each tick, and launch times where they differ.
    initial_capacity : int
        Instances at the start, before clamping.
    workspace : Workspace
        Scratch; its cohorts are zero, its other contents do not matter.
    record : Record or None
        Filled with the trace; None, where none is wanted, compiles to a run without a trace.

    Returns
    -------
    Sums
        What is added up over the run.
    """
    cohorts, metric, tallies = workspace
    same_blocks = plan.out.present and plan.out.period_ticks == plan.inward.period_ticks
    limits = Limits(
        plan.min_size,
        setting.max_size,
        clamp(initial_capacity, plan.min_size, setting.max_size),
        plan.schedule_begin,
    )
    members = muster(cohorts, limits.desired)
    warm = Warm(0, 0)
    activity = Activity(-1, -1, 0, 0)
    out_state = STATE_INSUFFICIENT_DATA
    in_state = STATE_INSUFFICIENT_DATA
    hidden = HiddenAlarms(STATE_INSUFFICIENT_DATA, STATE_INSUFFICIENT_DATA, -1.0)
    first = first_tick(setting)
    sums = no_sums()

    offered_rpm = load.rpm
    for t in range(offered_rpm.shape[0]):
        rpm = offered_rpm[t]

        # 0. Schedule
        scheduled_change = 0
        if limits.next_action < plan.schedule_end:
            before = limits.desired
            limits = apply_due(limits, t, plan, tables.actions)
            scheduled_change = limits.desired - before
            members = follow_schedule(
                members, cohorts, scheduled_change, t, launch_time(load, t, setting), setting
            )
            if scheduled_change < 0:
                left = cohorts[max(activity.launcher, 0), within(cohorts, activity.over_tick)]
                activity = cut_short(activity, left, t)
                if warming_plan is not None:
                    warm = count_warming(cohorts, t - 1, warming_plan, setting.ready_ticks)
            sums = add_activity(sums, scheduled_change)

        # 1. Lifecycle
        if warming_plan is not None and members.pending + warm.warming > 0:
            warm = move_warming(warm, cohorts, t, warming_plan, setting.ready_ticks)
        members = advance(members, cohorts, t, setting.ready_ticks)
        activity = open_cooldown(activity, t)
        present, warming = members, warm.warming

        # 2. Load
        serving = present.in_service - present.unready
        cpu = 100.0 if rpm > 0.0 else 0.0
        if serving > 0:
            cpu = cpu_percent(rpm, serving, setting, tables.knots)

        # 3. Datapoint
        heat, count = pooled_cpu(cpu, serving, present.unready, warm, setting)
        publish(metric, t, heat, count, setting)

        # 4. Alarms
        end = t - setting.delay_ticks
        out_block = (0.0, 0.0)
        in_block = (0.0, 0.0)
        if plan.out.present:
            if end >= 0:
                out_block = pool(end, plan.out.period_ticks, metric, SUMS)
                code = block_code(out_block[0], out_block[1], plan.out)
                observe(tallies[SCALE_OUT], end, code, plan.out)
            out_state = next_state(tallies[SCALE_OUT], end, first, plan.out, out_state)
        if plan.inward.present:
            if end >= 0:
                in_block = out_block
                if not same_blocks:
                    in_block = pool(end, plan.inward.period_ticks, metric, SUMS)
                code = block_code(in_block[0], in_block[1], plan.inward)
                observe(tallies[SCALE_IN], end, code, plan.inward)
            in_state = next_state(tallies[SCALE_IN], end, first, plan.inward, in_state)
        if warming_plan is not None and warming_plan.has_tracking:
            hidden = watch_tracking(hidden, warming_plan, metric, tallies, end, limits.desired)

        # 5. Policies
        refusal = permission(t, present.pending + present.draining, activity.cooldown_end)
        out_call = call_simple(out_state, plan.out, limits.desired, refusal)
        in_call = call_simple(in_state, plan.inward, limits.desired, refusal)
        tracking_call = Call(NOT_CALLED, 0)
        if warming_plan is not None:
            state = GroupState(present, warming, limits.desired)
            if warming_plan.is_step[SCALE_OUT]:
                out_call = call_step(out_state, SCALE_OUT, plan.out, warming_plan, out_block, state)
            if warming_plan.is_step[SCALE_IN]:
                in_call = call_step(in_state, SCALE_IN, plan.inward, warming_plan, in_block, state)
            if warming_plan.has_tracking:
                tracking_call = call_tracking(hidden, warming_plan, metric, end, state)

        # 6. Conflict and clamp
        actor = winner(out_call, in_call)
        wish = out_call.wish if actor == SCALE_OUT else in_call.wish
        if warming_plan is not None and beats(tracking_call, actor, wish):
            actor = TRACKING
            wish = tracking_call.wish
        change = 0
        if actor != NOBODY:
            change = clamp(wish, limits.min_size, limits.max_size) - limits.desired
        limits = change_desired(limits, change)

        # 7. Reconcile
        if change != 0:
            if change > 0:
                over_tick = t + 1 + launch_time(load, t, setting)
                launcher = actor
                members = launch(members, cohorts, actor, change, over_tick)
            else:
                over_tick = t + 1 + setting.drain_ticks
                launcher = -1
                members = take(members, cohorts, -change, t + 1, setting)
                if warming_plan is not None:
                    warm = count_warming(cohorts, t, warming_plan, setting.ready_ticks)
            if is_simple(actor, warming_plan):
                acted = plan.out if actor == SCALE_OUT else plan.inward
                activity = begin_activity(activity, over_tick, launcher, acted.cooldown_ticks)
            sums = add_activity(sums, change)

        # 8. Totals
        sums = add_tick(sums, present, rpm, cpu, setting)
        if record is not None:
            calls = Calls(out_state, in_state, out_call, in_call, tracking_call, hidden, actor)
            write_tick(record, t, present, cpu, scheduled_change, limits, calls)
            record.cooldown_end[t] = activity.cooldown_end
            record.warming[t] = warming
    return sums
