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
    N_POLICIES,
    SCALE_IN,
    SCALE_OUT,
    Load,
    Plan,
    Policies,
    Record,
    Setting,
    Side,
    Totals,
)
from kernels.lifecycle import N_DUE_ROWS
from kernels.simulate import Workspace, simulate_run
from kernels.status import DONE
from kernels.totals import write_totals

BLOCK = 64
"""Candidates in a task."""


@kernel
def side_of(policies: Policies, c: int, p: int) -> Side:
    """Read one policy of candidate c as scalars.

    Parameters
    ----------
    policies : Policies [C]
        Candidates.
    c, p : int
        Candidate, and SCALE_OUT or SCALE_IN.

    Returns
    -------
    Side
        Its scalars.
    """
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
    """Read candidate c as scalars.

    Parameters
    ----------
    policies : Policies [C]
        Candidates.
    c : int
        Candidate.

    Returns
    -------
    Plan
        Its scalars.
    """
    return Plan(
        side_of(policies, c, SCALE_OUT),
        side_of(policies, c, SCALE_IN),
        policies.min_size[c],
        policies.schedule_begin[c],
        policies.schedule_end[c],
    )


@driver
def new_workspace(longest: int, setting: Setting) -> Workspace:
    """Allocate scratch for runs of up to ``longest`` ticks and what is still due after them.

    Parameters
    ----------
    longest : int
        Ticks of the longest run.
    setting : Setting
        Gives launch, ready and drain times.

    Returns
    -------
    Workspace
        Scratch that one thread uses again for every run.
    """
    horizon = longest + 2 + max(setting.launch_ticks + setting.ready_ticks, setting.drain_ticks)
    return Workspace(
        np.zeros((N_DUE_ROWS, horizon), np.int64),
        np.zeros((N_METRIC_ROWS, longest)),
        np.zeros((N_POLICIES, longest), np.int64),
    )


@driver
def simulate_tasks(
    policies: Policies,
    setting: Setting,
    load: Load,
    totals: Totals,
    begin: int,
    end: int,
) -> None:
    """Run the tasks ``begin`` to ``end`` and fill their places in ``totals [C, S]``.

    Task k is block ``k // S`` of candidates on shape ``k % S``.

    Parameters
    ----------
    policies : Policies [C]
        Candidates.
    setting : Setting
        The scenario.
    load : Load
        Shapes, schedule and host table.
    totals : Totals [C, S]
        Filled in place, the tasks' own entries only.
    begin, end : int
        Range of tasks.
    """
    n_shapes = load.offsets.shape[0] - 1
    n_candidates = policies.min_size.shape[0]
    longest = 0
    for s in range(n_shapes):
        longest = max(longest, load.offsets[s + 1] - load.offsets[s])
    workspace = new_workspace(longest, setting)
    for task in range(begin, end):
        block, s = task // n_shapes, task % n_shapes
        rpm = load.rpm[load.offsets[s] : load.offsets[s + 1]]
        for c in range(block * BLOCK, min((block + 1) * BLOCK, n_candidates)):
            plan = plan_of(policies, c)
            totals.status[c, s] = check_plan(plan, setting, load.actions)
            if totals.status[c, s] == DONE:
                workspace.due[:] = 0
                initial = load.initial_capacity[s]
                sums = simulate_run(
                    plan, setting, load.knots, load.actions, rpm, initial, workspace, None
                )
                write_totals(totals, c, s, sums, setting)


@driver
def trace_run(
    policies: Policies, setting: Setting, load: Load, totals: Totals, record: Record
) -> None:
    """Run candidate 0 on shape 0, filling ``totals [1, 1]`` and the trace ``record [T]``.

    Parameters
    ----------
    policies : Policies [1]
        The candidate.
    setting : Setting
        The scenario.
    load : Load
        One shape, schedule and host table.
    totals : Totals [1, 1]
        Filled in place.
    record : Record [T]
        Filled in place.
    """
    plan = plan_of(policies, 0)
    totals.status[0, 0] = check_plan(plan, setting, load.actions)
    if totals.status[0, 0] == DONE:
        workspace = new_workspace(load.rpm.shape[0], setting)
        initial = load.initial_capacity[0]
        sums = simulate_run(
            plan, setting, load.knots, load.actions, load.rpm, initial, workspace, record
        )
        write_totals(totals, 0, 0, sums, setting)
