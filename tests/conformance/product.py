"""How the checks ask the product: a plan run over a load, or one of its policies called."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kernels import layout, simple, step, tracking
from kernels.batch import plan_of, warming_plan_of
from kernels.call import WISHES, Call
from kernels.datapoint import N_METRIC_ROWS, publish
from kernels.lifecycle import GroupState, Members
from tuner.host import HostModel
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ComparisonOperator,
    ScalingPlan,
    ScheduledAction,
    SimpleScaling,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.arrays import pack_plans, pack_setting
from tuner.simulation.run import trace
from tuner.simulation.trace import Trace
from tuner.simulation.warming import empty_warming
from tuner.traffic.shapes import Shape, TrafficShapes

MINUTE_TICKS = 1
SCENARIO = Scenario(
    host=HostModel(slope_percent_per_rpm=1.0),
    group=Group(initial_capacity=1),
    metric=Metric(metric_delay_seconds=0),
)
"""CPU is the load of an instance in rpm, and alarms see a tick at its end."""


def alarmed(
    policy: SimpleScaling | StepScaling,
    *,
    threshold: float = 50.0,
    operator: ComparisonOperator = "GreaterThanOrEqualToThreshold",
    period_seconds: int = 60,
) -> AlarmedPolicy:
    """Give a policy with an alarm of one datapoint."""
    alarm = Alarm(
        threshold_percent=threshold, comparison_operator=operator, period_seconds=period_seconds
    )
    return AlarmedPolicy(alarm, policy)


def steps_of(rows: Sequence[Sequence[float | None]]) -> tuple[StepAdjustment, ...]:
    """Give step adjustments from rows of lower bound, upper bound and adjustment."""
    return tuple(
        StepAdjustment(
            metric_interval_lower_bound=lower,
            metric_interval_upper_bound=upper,
            scaling_adjustment=int(adjustment or 0),
        )
        for lower, upper, adjustment in rows
    )


def run(
    plan: ScalingPlan,
    rpm: Sequence[float],
    *,
    initial: int = 1,
    launch_seconds: int = 60,
    metric_delay_seconds: int = 0,
    schedule: tuple[ScheduledAction, ...] = (),
    tick_seconds: int = 60,
) -> Trace:
    """Run a plan on a group whose CPU is the load of an instance, in percent for rpm."""
    scenario = Scenario(
        host=SCENARIO.host,
        group=Group(initial_capacity=initial, launch_seconds=launch_seconds),
        metric=Metric(metric_delay_seconds=metric_delay_seconds),
        schedule=schedule,
        tick_seconds=tick_seconds,
    )
    shape = Shape(name="case", rpm=np.array(rpm, dtype=np.float64))
    return trace(plan, scenario, TrafficShapes.of([shape], tick_seconds=tick_seconds), 0)


def changes(got: Trace) -> list[int]:
    """Give the ticks in which desired capacity changes."""
    return [int(t) + 1 for t in np.flatnonzero(np.diff(got.desired_capacity))]


def group_of(
    *, in_service: int, desired: int, warming: int = 0, pending: int = 0, draining: int = 0
) -> GroupState:
    """Give a group as its policies see it; warming ones are InService."""
    return GroupState(Members(in_service, 0, pending, draining), warming, desired)


def packed(plan: ScalingPlan) -> tuple[layout.Plan, layout.WarmingPlan]:
    """Give a plan as the kernel reads it, in ticks of a minute."""
    arrays = pack_plans([plan], SCENARIO)
    columns = arrays.warming or empty_warming(1, 1)
    return plan_of(arrays.policies, 0), warming_plan_of(columns, 0, MINUTE_TICKS)


def call_pair(plan: ScalingPlan, p: int, *, metric_percent: float, group: GroupState) -> Call:
    """Call the pair's policy in slot p, whose alarm stands and whose newest block is a metric."""
    sides, warming = packed(plan)
    side = sides.out if p == layout.SCALE_OUT else sides.inward
    if not warming.is_step[p]:
        return Call(*simple.call_simple(layout.STATE_ALARM, side, group.desired, WISHES))
    block = (float(metric_percent), 1.0)
    return Call(*step.call_step(layout.STATE_ALARM, p, side, warming, block, group))


def call_tracking(
    policy: TargetTracking, *, metric_percent: float, group: GroupState, is_out: bool
) -> Call:
    """Call a target tracking policy, of whose hidden alarms one stands."""
    _, warming = packed(ScalingPlan(target_tracking=policy))
    metric = np.zeros((N_METRIC_ROWS, 1))
    publish(metric, 0, float(metric_percent), 1.0, pack_setting(SCENARIO))
    standing = (layout.STATE_ALARM, layout.STATE_OK)
    high, low = standing if is_out else reversed(standing)
    alarms = tracking.HiddenAlarms(high, low, -1.0)
    return Call(*tracking.call_tracking(alarms, warming, metric, 0, group))
