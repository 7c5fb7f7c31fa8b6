"""Plans, scenario and shapes as the arrays that the kernel takes: seconds become ticks here.

Notation: C candidate, P policy within a plan (0 scale-out, 1 scale-in), A scheduled action,
S shape, T tick.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kernels import layout
from tuner.errors import Problem, SimulationError
from tuner.policy import AlarmedPolicy, ScalingPlan, ScheduledAction, SimpleScaling
from tuner.scenario import BASIC_PERIOD_SECONDS, Scenario
from tuner.simulation.launches import drawn_launch_ticks
from tuner.simulation.warming import pack_warming
from tuner.traffic.shapes import TrafficShapes
from tuner.units import seconds_to_ticks, tick_minutes

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CodeArray = NDArray[np.int8]
Number = TypeVar("Number", bound=np.generic)

COMPARISON_CODES = {
    "GreaterThanThreshold": layout.GREATER,
    "GreaterThanOrEqualToThreshold": layout.GREATER_OR_EQUAL,
    "LessThanThreshold": layout.LESS,
    "LessThanOrEqualToThreshold": layout.LESS_OR_EQUAL,
}
MISSING_DATA_CODES = {
    "missing": layout.TREAT_MISSING,
    "ignore": layout.TREAT_IGNORE,
    "breaching": layout.TREAT_BREACHING,
    "notBreaching": layout.TREAT_NOT_BREACHING,
}
ADJUSTMENT_CODES = {
    "ChangeInCapacity": layout.CHANGE_IN_CAPACITY,
    "ExactCapacity": layout.EXACT_CAPACITY,
    "PercentChangeInCapacity": layout.PERCENT_CHANGE_IN_CAPACITY,
}

MINUTE_SECONDS = 60
START_MINUTES = 15
"""Minutes of a shape that the default initial capacity must carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideColumns:
    """One alarm and policy of C candidates, in people's units; every array ``[C]``.

    Codes are those of `COMPARISON_CODES`, `MISSING_DATA_CODES` and `ADJUSTMENT_CODES`; a
    `min_adjustment_magnitude` of 0 stands for none.
    """

    threshold_percent: FloatArray
    comparison_operator: CodeArray
    period_seconds: IntArray
    evaluation_periods: IntArray
    datapoints_to_alarm: IntArray
    extra_blocks: IntArray
    treat_missing_data: CodeArray
    adjustment_type: CodeArray
    scaling_adjustment: IntArray
    min_adjustment_magnitude: IntArray
    cooldown_seconds: IntArray


@dataclass(frozen=True, slots=True)
class PolicyArrays:
    """C candidates as the kernel takes them, in ticks, with their rows of the schedule.

    Step and target tracking policies stand apart; None where no candidate has any.
    """

    policies: layout.Policies
    actions: IntArray
    warming: layout.WarmingPolicies | None = None

    def __len__(self) -> int:
        """Count the candidates, C."""
        return len(self.policies.min_size)


def pack_columns(
    *,
    scale_out: SideColumns | None,
    scale_in: SideColumns | None,
    min_size: IntArray,
    scenario: Scenario,
) -> PolicyArrays:
    """Turn columns of candidates into the kernel's arrays; all share the scenario's schedule.

    Parameters
    ----------
    scale_out, scale_in : SideColumns or None
        Both policies, or None where no candidate has one.
    min_size : int64 [C]
        Minimum of each candidate.
    scenario : Scenario
        Gives the tick and the schedule.

    Returns
    -------
    PolicyArrays
    """
    n_candidates = len(min_size)
    actions = _actions([scenario.schedule])
    begin = np.zeros(n_candidates, dtype=np.int64)
    end = np.full(n_candidates, len(scenario.schedule), dtype=np.int64)
    return _join(scale_out, scale_in, min_size, (begin, end), actions, scenario.tick_seconds)


def pack_plans(plans: Sequence[ScalingPlan], scenario: Scenario) -> PolicyArrays:
    """Turn plans into the kernel's arrays.

    Parameters
    ----------
    plans : sequence of ScalingPlan [C]
        Candidates; each takes the scenario's schedule and the group's minimum unless it has its
        own.
    scenario : Scenario
        Gives the tick, the group's minimum and the schedule.

    Returns
    -------
    PolicyArrays

    Notes
    -----
    Source: docs/model.md, "Units and axes" and "Small print".
    """
    minimum = [
        scenario.group.min_size if plan.min_size is None else plan.min_size for plan in plans
    ]
    schedules = [scenario.schedule if plan.schedule is None else plan.schedule for plan in plans]
    actions, begins, ends = join_schedules(schedules)
    present = np.array(
        [[plan.scale_out is not None, plan.scale_in is not None] for plan in plans], dtype=np.int8
    )
    arrays = _join(
        _side_columns([plan.scale_out for plan in plans]),
        _side_columns([plan.scale_in for plan in plans]),
        np.array(minimum, dtype=np.int64),
        (begins, ends),
        actions,
        scenario.tick_seconds,
    )
    policies = arrays.policies._replace(present=np.ascontiguousarray(present.reshape(-1, 2)))
    return PolicyArrays(policies, arrays.actions, pack_warming(plans, scenario))


def _side_columns(sides: Sequence[AlarmedPolicy | None]) -> SideColumns:
    """Lay one side of several plans out as columns; an absent side holds neutral values."""
    rows = [_NEUTRAL if side is None else _row(side) for side in sides]
    columns = {
        field.name: np.array([row[k] for row in rows], dtype=_DTYPES[field.name])
        for k, field in enumerate(fields(SideColumns))
    }
    return SideColumns(**columns)


_DTYPES: dict[str, type[np.generic]] = {
    field.name: np.float64
    if field.name == "threshold_percent"
    else np.int8
    if field.name in ("comparison_operator", "treat_missing_data", "adjustment_type")
    else np.int64
    for field in fields(SideColumns)
}

_NEUTRAL = (0.0, 0, 60, 1, 1, 0, 0, 0, 0, 0, 0)
"""Values of an absent side: nothing reads them, since it is marked as not present."""


def _row(side: AlarmedPolicy) -> tuple[float, ...]:
    """Lay one side of one plan out in the order of the columns."""
    alarm, policy = side.alarm, side.policy
    simple = policy if isinstance(policy, SimpleScaling) else None
    return (
        alarm.threshold_percent,
        COMPARISON_CODES[alarm.comparison_operator],
        alarm.period_seconds,
        alarm.evaluation_periods,
        alarm.datapoints_to_alarm,
        alarm.extra_blocks,
        MISSING_DATA_CODES[alarm.treat_missing_data],
        ADJUSTMENT_CODES[policy.adjustment_type],
        0 if simple is None else simple.scaling_adjustment,
        policy.min_adjustment_magnitude or 0,
        0 if simple is None else simple.cooldown_seconds,
    )


def _join(
    scale_out: SideColumns | None,
    scale_in: SideColumns | None,
    min_size: IntArray,
    rows: tuple[IntArray, IntArray],
    actions: IntArray,
    tick_seconds: int,
) -> PolicyArrays:
    """Join both sides into ``[C, P]`` arrays, in ticks."""
    n_candidates = len(min_size)
    sides = (scale_out, scale_in)

    def both(name: str) -> Any:
        joined = np.zeros((n_candidates, layout.N_POLICIES), dtype=_DTYPES[name])
        for p, side in enumerate(sides):
            if side is not None:
                joined[:, p] = getattr(side, name)
        return joined

    present = np.zeros((n_candidates, layout.N_POLICIES), dtype=np.int8)
    for p, side in enumerate(sides):
        present[:, p] = side is not None
    period = both("period_seconds")
    whole = period % tick_seconds == 0
    policies = layout.Policies(
        present=present,
        threshold_percent=both("threshold_percent"),
        comparison=both("comparison_operator"),
        period_ticks=np.where(whole, period // tick_seconds, 0),
        evaluation_periods=both("evaluation_periods"),
        datapoints_to_alarm=both("datapoints_to_alarm"),
        extra_blocks=both("extra_blocks"),
        treat_missing_data=both("treat_missing_data"),
        adjustment_type=both("adjustment_type"),
        scaling_adjustment=both("scaling_adjustment"),
        min_adjustment_magnitude=both("min_adjustment_magnitude"),
        cooldown_ticks=-(-both("cooldown_seconds") // tick_seconds),
        min_size=np.array(min_size, dtype=np.int64),
        schedule_begin=rows[0],
        schedule_end=rows[1],
    )
    return PolicyArrays(policies, actions)


def join_schedules(
    schedules: Sequence[Sequence[ScheduledAction]],
) -> tuple[IntArray, IntArray, IntArray]:
    """Lay schedules out behind each other.

    Returns
    -------
    int64 [A, 4], int64, int64
        The actions; where each schedule's rows begin and end.
    """
    ends = np.cumsum([len(schedule) for schedule in schedules], dtype=np.int64)
    begins = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
    return _actions(schedules), begins, ends


def _actions(schedules: Sequence[Sequence[ScheduledAction]]) -> IntArray:
    """Lay the actions of all schedules out, int64 [A, 4], each schedule sorted by tick, stably."""

    def row(action: ScheduledAction) -> list[int]:
        sizes = (action.min_size, action.max_size, action.desired_capacity)
        return [action.tick, *(layout.NOT_GIVEN if size is None else size for size in sizes)]

    rows = [row(a) for schedule in schedules for a in sorted(schedule, key=lambda a: a.tick)]
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def pack_setting(scenario: Scenario) -> layout.Setting:
    """Turn a scenario into the kernel's scalars, in ticks.

    Parameters
    ----------
    scenario : Scenario
        In seconds and percent.
    """
    host, group, tick = scenario.host, scenario.group, scenario.tick_seconds
    basic = group.monitoring == "basic"
    return layout.Setting(
        tick_minutes=tick_minutes(tick),
        intercept_percent=float(host.intercept_percent),
        slope_percent_per_rpm=float(host.slope_percent_per_rpm),
        saturation_rpm=float(host.capacity_rpm),
        cliff_percent=math.inf if host.cliff_percent is None else float(host.cliff_percent),
        max_size=group.max_size,
        launch_ticks=seconds_to_ticks(group.launch_seconds, tick_seconds=tick),
        ready_ticks=seconds_to_ticks(group.ready_seconds, tick_seconds=tick),
        boot_cpu_percent=float(group.boot_cpu_percent),
        drain_ticks=seconds_to_ticks(group.drain_seconds, tick_seconds=tick),
        basic_ticks=BASIC_PERIOD_SECONDS // tick if basic else 0,
        basic_phase_ticks=group.basic_phase_ticks if basic else 0,
        delay_ticks=seconds_to_ticks(scenario.metric.metric_delay_seconds, tick_seconds=tick),
        warming_in_metric=int(scenario.metric.warming_in_metric),
        minute_ticks=0 if MINUTE_SECONDS % tick else MINUTE_SECONDS // tick,
    )


def pack_load(shapes: TrafficShapes, scenario: Scenario, actions: IntArray) -> layout.Load:
    """Turn shapes, table and schedule into the kernel's arrays, with first capacity and launches.

    Parameters
    ----------
    shapes : TrafficShapes [S]
        The load.
    scenario : Scenario
        Gives host, group and tick.
    actions : int64 [A, 4]
        Scheduled actions.

    Returns
    -------
    layout.Load
        Arrays as the kernel takes them.

    Raises
    ------
    SimulationError
        When the shapes were made for another tick than the scenario's.
    """
    if shapes.tick_seconds != scenario.tick_seconds:
        raise SimulationError(
            Problem(
                f"shapes of {scenario.tick_seconds} s ticks",
                f"{shapes.tick_seconds} s",
                "tick_seconds",
                "Build the shapes with the scenario's tick.",
            )
        )
    initial = [initial_capacity(shapes.rpm_of(s), scenario) for s in range(len(shapes))]
    knots = np.array(scenario.host.table or [], dtype=np.float64).reshape(-1, 2)
    return layout.Load(
        _read_only(shapes.rpm.astype(np.float64, order="C", copy=False)),
        drawn_launch_ticks(shapes, scenario),
        _read_only(shapes.offsets.astype(np.int64, order="C", copy=False)),
        np.array(initial, dtype=np.int64),
        knots,
        actions,
    )


def _read_only(array: NDArray[Number]) -> NDArray[Number]:
    """Give a read-only view: a writable array would be another type, compiled once more."""
    view = array.view()
    view.setflags(write=False)
    return view


def initial_capacity(rpm: FloatArray, scenario: Scenario) -> int:
    """Give the instances that a shape starts from, before a candidate's limits clamp them.

    Parameters
    ----------
    rpm : float64 [T]
        Load of the shape.
    scenario : Scenario
        Its group's `initial_capacity` where there is one; else the fewest hosts that keep CPU at or
        below the cliff less the margin over the first 15 minutes, at most `max_size`.

    Notes
    -----
    Assumption: the 15 minutes are ours; the same start serves all candidates.
    """
    group, limit = scenario.group, scenario.start_limit_percent
    if group.initial_capacity is not None:
        return group.initial_capacity
    start = rpm[: seconds_to_ticks(START_MINUTES * 60, tick_seconds=scenario.tick_seconds)]
    peak = start.max(keepdims=True)
    return int(fewest_hosts(peak, scenario, max_size=group.max_size, limit_percent=limit)[0])


def fewest_hosts(
    rpm: FloatArray, scenario: Scenario, *, max_size: int, limit_percent: float | None = None
) -> IntArray:
    """Give the fewest instances that keep CPU at or below the limit at each load.

    Parameters
    ----------
    rpm : float64 [T]
        Requests per minute offered to the group.
    scenario : Scenario
        Gives host and limit.
    max_size : int
        Instances at most; given as well where even they pass the limit.
    limit_percent : float or None
        Largest CPU percent allowed; None: the scenario's limit.

    Returns
    -------
    int64 [T]
        0 without load.

    Notes
    -----
    By bisection on `HostModel.cpu_percent`, which does not rise with instances: exact where a
    closed form would be off by one at a load that meets the limit exactly.

    Examples
    --------
    >>> from tuner.host import HostModel
    >>> host = HostModel(slope_percent_per_rpm=0.001, cliff_percent=50.0)
    >>> rpm = np.array([0.0, 50_000.0, 50_001.0])
    >>> fewest_hosts(rpm, Scenario(host=host), max_size=10).tolist()
    [0, 1, 2]
    """
    limit = scenario.limit_percent if limit_percent is None else limit_percent
    loads, back = np.unique(rpm, return_inverse=True)
    low = np.ones(len(loads), dtype=np.int64)
    high = np.full(len(loads), max(max_size, 1), dtype=np.int64)
    while (low < high).any():
        middle = (low + high) // 2
        fits = scenario.host.cpu_percent(loads, instances=middle) <= limit
        high = np.where(fits, middle, high)
        low = np.where(fits, low, np.minimum(middle + 1, high))
    hosts = np.where(loads > 0.0, np.minimum(low, max_size), 0)
    return np.asarray(hosts[back].reshape(rpm.shape))
