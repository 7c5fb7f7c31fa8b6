"""The drivers that the border offers: a range of a batch, and one traced run.

A *task* is one block of candidates on one shape. Drivers are serial and take whole arrays with a
(begin, end) of tasks; threads live above. Tasks write to places of their own, so that results do
not depend on threads or order.
"""

from __future__ import annotations

import numpy as np

from kernels._jit import driver, kernel
from kernels.check import check_plan
from kernels.datapoint import N_METRIC_ROWS
from kernels.layout import (
    N_ALARMS,
    SCALE_IN,
    SCALE_OUT,
    Load,
    Plan,
    Policies,
    Record,
    Setting,
    ShapeLoad,
    Side,
    Tables,
    Totals,
    WarmingPlan,
    WarmingPolicies,
)
from kernels.lifecycle import N_COHORT_ROWS
from kernels.simulate import Workspace, simulate_run
from kernels.status import DONE
from kernels.totals import write_totals

BLOCK = 64
"""Candidates in a task."""


@kernel
def side_of(policies: Policies, c: int, p: int) -> Side:
    """Read one policy of candidate c as scalars."""
    return Side(
        policies.present[c, p],
        policies.threshold_percent[c, p],
        policies.comparison[c, p],
        policies.period_ticks[c, p],
        policies.evaluation_periods[c, p],
        policies.datapoints_to_alarm[c, p],
        policies.extra_blocks[c, p],
        policies.treat_missing_data[c, p],
        policies.adjustment_type[c, p],
        policies.scaling_adjustment[c, p],
        policies.min_adjustment_magnitude[c, p],
        policies.cooldown_ticks[c, p],
    )


@kernel
def plan_of(policies: Policies, c: int) -> Plan:
    """Read candidate c as scalars."""
    return Plan(
        side_of(policies, c, SCALE_OUT),
        side_of(policies, c, SCALE_IN),
        policies.min_size[c],
        policies.schedule_begin[c],
        policies.schedule_end[c],
    )


@driver
def warming_plan_of(
    columns: WarmingPolicies | None, c: int, minute_ticks: int
) -> WarmingPlan | None:
    """Read the step and target tracking policies of candidate c; None where nobody has any."""
    if columns is None:
        return None
    return WarmingPlan(
        columns.is_step[c],
        columns.warmup_ticks[c],
        columns.n_steps[c],
        columns.step_lower[c],
        columns.step_upper[c],
        columns.step_adjustment[c],
        columns.has_tracking[c],
        columns.target_value[c],
        columns.disable_scale_in[c],
        columns.tracking_warmup_ticks[c],
        columns.low_ratio[c],
        columns.scale_in_limit[c],
        minute_ticks,
    )


@driver
def shape_of(load: Load, s: int) -> ShapeLoad:
    """Read shape s."""
    begin, end = load.offsets[s], load.offsets[s + 1]
    if load.launch_ticks.shape[0] == 0:
        return ShapeLoad(load.rpm[begin:end], load.launch_ticks)
    return ShapeLoad(load.rpm[begin:end], load.launch_ticks[begin:end])


@driver
def new_workspace(load: Load) -> Workspace:
    """Allocate scratch for runs on any of the shapes, with a column for what is due after them."""
    longest = 0
    for s in range(load.offsets.shape[0] - 1):
        longest = max(longest, load.offsets[s + 1] - load.offsets[s])
    return Workspace(
        np.zeros((N_COHORT_ROWS, longest + 2), np.int64),
        np.zeros((N_METRIC_ROWS, longest)),
        np.zeros((N_ALARMS, longest), np.int64),
    )


@driver
def simulate_tasks(
    policies: Policies,
    warming: WarmingPolicies | None,
    setting: Setting,
    load: Load,
    totals: Totals,
    begin: int,
    end: int,
) -> None:
    """Run the tasks ``begin`` to ``end`` and fill their places in ``totals [C, S]``.

    Parameters
    ----------
    policies : Policies [C]
        Candidates.
    warming : WarmingPolicies [C] or None
        Their step and target tracking policies; None, where nobody has any, compiles to a faster
        driver.
    setting : Setting
        The scenario in ticks.
    load : Load [S]
        The shapes.
    totals : Totals [C, S]
        Where each run's place is filled.
    begin, end : int
        Range of tasks: task k is block ``k // S`` of candidates on shape ``k % S``.
    """
    n_shapes = load.offsets.shape[0] - 1
    n_candidates = policies.min_size.shape[0]
    workspace = new_workspace(load)
    tables = Tables(load.knots, load.actions)
    for task in range(begin, end):
        block, s = task // n_shapes, task % n_shapes
        shape = shape_of(load, s)
        for c in range(block * BLOCK, min((block + 1) * BLOCK, n_candidates)):
            plan = plan_of(policies, c)
            warming_plan = warming_plan_of(warming, c, setting.minute_ticks)
            totals.status[c, s] = check_plan(plan, warming_plan, setting, load.actions)
            if totals.status[c, s] == DONE:
                workspace.cohorts[:] = 0
                initial = load.initial_capacity[s]
                sums = simulate_run(
                    plan, warming_plan, setting, tables, shape, initial, workspace, None
                )
                write_totals(totals, c, s, sums, setting)


@driver
def trace_run(
    policies: Policies,
    warming: WarmingPolicies,
    setting: Setting,
    load: Load,
    totals: Totals,
    record: Record,
) -> None:
    """Run candidate 0 on shape 0, filling ``totals [1, 1]`` and the trace ``record [T]``."""
    plan = plan_of(policies, 0)
    warming_plan = warming_plan_of(warming, 0, setting.minute_ticks)
    totals.status[0, 0] = check_plan(plan, warming_plan, setting, load.actions)
    if totals.status[0, 0] == DONE:
        workspace = new_workspace(load)
        tables = Tables(load.knots, load.actions)
        sums = simulate_run(
            plan,
            warming_plan,
            setting,
            tables,
            shape_of(load, 0),
            load.initial_capacity[0],
            workspace,
            record,
        )
        write_totals(totals, 0, 0, sums, setting)
