"""The drivers that the border offers: a range of a batch, and one traced run.

A *task* is one block of candidates on one shape. Drivers are serial and take whole arrays with a
(begin, end) of tasks; threads live above. Tasks write to places of their own, so that results do
not depend on threads or order.
"""

from __future__ import annotations

import numpy as np

from kernels._jit import IS_COMPILED, driver
from kernels.bare_lanes import simulate_bare_lanes
from kernels.check import check_plan
from kernels.datapoint import N_METRIC_ROWS
from kernels.lane_fit import fits_bare_lanes, fits_lanes, fits_warming_lanes, setting_fits
from kernels.lane_rows import LANES
from kernels.lanes import simulate_lanes
from kernels.layout import (
    N_ALARMS,
    Load,
    Policies,
    Record,
    Setting,
    ShapeLoad,
    Tables,
    Totals,
    WarmingPolicies,
)
from kernels.lifecycle import N_COHORT_ROWS
from kernels.plans import plan_of, warming_plan_of
from kernels.simulate import Workspace, simulate_run
from kernels.status import DONE, LEFT_TO_ONE_RUN
from kernels.totals import write_totals
from kernels.warming_lanes import simulate_warming_lanes

BLOCK = LANES
"""Candidates in a task."""


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

    Blocks that fit run in lanes, the others by the one-run loop, with the same totals to the last
    bit.

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
    has_lanes = IS_COMPILED and setting_fits(setting, load)
    judged, fits, is_bare = -1, False, False
    workspace = new_workspace(load)
    for task in range(begin, end):
        block, s = task // n_shapes, task % n_shapes
        first, last = block * BLOCK, min((block + 1) * BLOCK, n_candidates)
        if has_lanes and block != judged:
            judged = block
            if warming is None:
                fits = fits_lanes(policies, setting, load, first, last)
                is_bare = fits and fits_bare_lanes(policies, setting, first, last)
            else:
                fits = fits_warming_lanes(policies, warming, setting, load, first, last)
        if not fits:
            for c in range(first, last):
                simulate_one(policies, warming, setting, load, totals, c, s, workspace)
            continue
        shape, initial = shape_of(load, s), load.initial_capacity[s]
        if warming is None:
            if is_bare:
                simulate_bare_lanes(policies, setting, shape.rpm, initial, totals, first, s)
            else:
                simulate_lanes(policies, setting, shape.rpm, initial, totals, first, s)
        else:
            simulate_warming_lanes(policies, warming, setting, shape.rpm, initial, totals, first, s)
            for c in range(first, last):
                if totals.status[c, s] == LEFT_TO_ONE_RUN:
                    simulate_one(policies, warming, setting, load, totals, c, s, workspace)


@driver
def simulate_each(
    policies: Policies,
    warming: WarmingPolicies | None,
    setting: Setting,
    load: Load,
    totals: Totals,
    begin: int,
    end: int,
) -> None:
    """Run the tasks ``begin`` to ``end`` one run after another; else as `simulate_tasks`.

    Parameters
    ----------
    policies, warming, setting, load, totals, begin, end
        As in `simulate_tasks`.
    """
    n_shapes = load.offsets.shape[0] - 1
    n_candidates = policies.min_size.shape[0]
    workspace = new_workspace(load)
    for task in range(begin, end):
        block, s = task // n_shapes, task % n_shapes
        for c in range(block * BLOCK, min((block + 1) * BLOCK, n_candidates)):
            simulate_one(policies, warming, setting, load, totals, c, s, workspace)


@driver
def simulate_one(
    policies: Policies,
    warming: WarmingPolicies | None,
    setting: Setting,
    load: Load,
    totals: Totals,
    c: int,
    s: int,
    workspace: Workspace,
) -> None:
    """Run one candidate on one shape by the one-run loop.

    Parameters
    ----------
    policies, warming, setting, load, totals
        As in `simulate_tasks`.
    c, s : int
        The candidate and the shape.
    workspace : Workspace
        Scratch, as long as the longest shape.
    """
    plan = plan_of(policies, c)
    warming_plan = warming_plan_of(warming, c, setting.minute_ticks)
    totals.status[c, s] = check_plan(plan, warming_plan, setting, load.actions)
    if totals.status[c, s] == DONE:
        workspace.cohorts[:] = 0
        tables, shape = Tables(load.knots, load.actions), shape_of(load, s)
        initial = load.initial_capacity[s]
        sums = simulate_run(plan, warming_plan, setting, tables, shape, initial, workspace, None)
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
