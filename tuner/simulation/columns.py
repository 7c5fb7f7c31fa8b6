"""Columns of candidates of any family as the arrays that the kernel takes.

Notation: C candidate, P policy within a plan (0 scale-out, 1 scale-in), K step adjustment,
A scheduled action.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kernels import layout
from tuner.policy import ScheduledAction
from tuner.scenario import Scenario
from tuner.simulation.arrays import (
    PolicyArrays,
    SideColumns,
    join_schedules,
    pack_columns,
)
from tuner.simulation.warming import empty_warming

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepColumns:
    """One step policy of C candidates; entries beyond a candidate's `n_steps` are not read.

    Parameters
    ----------
    n_steps : int64 [C]
        Steps of each.
    lower, upper : float64 [C, K]
        Bounds in points of CPU from the threshold; open ones are infinite.
    adjustment : int64 [C, K]
        What each step adjusts.
    warmup_seconds : int64 [C]
        Warm-up, the group's default filled in.
    """

    n_steps: IntArray
    lower: FloatArray
    upper: FloatArray
    adjustment: IntArray
    warmup_seconds: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingColumns:
    """Target tracking policies of C candidates, every array ``[C]``.

    A `low_ratio` of 0 stands for the rule, a `scale_in_limit` of 0 for none.
    """

    target_percent: FloatArray
    disable_scale_in: IntArray
    warmup_seconds: IntArray
    low_ratio: FloatArray
    scale_in_limit: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanColumns:
    """C candidates of one family, in people's units; None where no candidate has a part.

    Parameters
    ----------
    scale_out, scale_in : SideColumns or None
        Alarms, and simple policies.
    scale_out_steps, scale_in_steps : StepColumns or None
        Step policies in place of the simple ones.
    tracking : TrackingColumns or None
        Target tracking policies.
    min_size : int64 [C]
        Minimum of each.
    schedules : sequence of schedules or None
        Which there are; None: all follow the scenario's.
    schedule : int64 [C] or None
        Which of them each follows.
    """

    scale_out: SideColumns | None = None
    scale_in: SideColumns | None = None
    scale_out_steps: StepColumns | None = None
    scale_in_steps: StepColumns | None = None
    tracking: TrackingColumns | None = None
    min_size: IntArray
    schedules: Sequence[Sequence[ScheduledAction]] | None = None
    schedule: IntArray | None = None


def pack_plan_columns(columns: PlanColumns, scenario: Scenario) -> PolicyArrays:
    """Turn columns of candidates into the kernel's arrays.

    Parameters
    ----------
    columns : PlanColumns [C]
        Candidates.
    scenario : Scenario
        Gives the tick, and the schedule where the columns have none.
    """
    arrays = pack_columns(
        scale_out=columns.scale_out,
        scale_in=columns.scale_in,
        min_size=columns.min_size,
        scenario=scenario,
    )
    policies, actions = arrays.policies, arrays.actions
    if columns.schedules is not None and columns.schedule is not None:
        actions, begins, ends = join_schedules(columns.schedules)
        policies = policies._replace(
            schedule_begin=begins[columns.schedule], schedule_end=ends[columns.schedule]
        )
    return PolicyArrays(policies, actions, _pack_warming(columns, scenario))


def _pack_warming(columns: PlanColumns, scenario: Scenario) -> layout.WarmingPolicies | None:
    """Turn the step and target tracking policies into the kernel's arrays."""
    sides = (columns.scale_out_steps, columns.scale_in_steps)
    stepped = [side for side in sides if side is not None]
    if not stepped and columns.tracking is None:
        return None
    n_steps = max((side.lower.shape[1] for side in stepped), default=1)
    packed = empty_warming(len(columns.min_size), n_steps)

    def ticks(seconds: IntArray) -> IntArray:
        return -(-seconds // scenario.tick_seconds)

    for p, side in enumerate(sides):
        if side is not None:
            present = np.arange(side.lower.shape[1]) < side.n_steps[:, None]
            packed.is_step[:, p] = 1
            packed.warmup_ticks[:, p] = ticks(side.warmup_seconds)
            packed.n_steps[:, p] = side.n_steps
            k = side.lower.shape[1]
            packed.step_lower[:, p, :k] = np.where(present, side.lower, 0.0)
            packed.step_upper[:, p, :k] = np.where(present, side.upper, 0.0)
            packed.step_adjustment[:, p, :k] = np.where(present, side.adjustment, 0)
    tracking = columns.tracking
    if tracking is not None:
        packed.has_tracking[:] = 1
        packed.target_value[:] = tracking.target_percent
        packed.disable_scale_in[:] = tracking.disable_scale_in
        packed.tracking_warmup_ticks[:] = ticks(tracking.warmup_seconds)
        packed.low_ratio[:] = tracking.low_ratio
        packed.scale_in_limit[:] = tracking.scale_in_limit
    return packed
