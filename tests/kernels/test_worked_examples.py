"""The worked examples of AWS's pages, by name, as whole runs. CPU is the load of an instance.

Sources: docs/aws-semantics.md 3.2, 4.1 to 4.3, 5.1, 5.2 and 7.3.
"""

from __future__ import annotations

import numpy as np
import pytest

from tuner.host import HostModel
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    SimpleScaling,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.run import trace
from tuner.simulation.trace import STATE_WORDS, Trace
from tuner.traffic.shapes import Shape, TrafficShapes

HOST = HostModel(slope_percent_per_rpm=1.0)
ABOVE, BELOW = "GreaterThanOrEqualToThreshold", "LessThanOrEqualToThreshold"
OUT_ROWS = ((0, 10, 0), (10, 20, 10), (20, None, 30))
IN_ROWS = ((-10, 0, 0), (-20, -10, -10), (None, -20, -30))
PERCENT = "PercentChangeInCapacity"


def run_on(plan: ScalingPlan, rpm, *, initial: int, **group) -> Trace:
    """Run a plan whose alarms see a tick at its end."""
    scenario = Scenario(
        host=HOST,
        group=Group(initial_capacity=initial, **group),
        metric=Metric(metric_delay_seconds=0),
    )
    shape = Shape(name="example", rpm=np.array(rpm, dtype=np.float64))
    return trace(plan, scenario, TrafficShapes.of([shape]), 0)


def loads(*phases: tuple[float, int, int]) -> list[float]:
    """Give the load of each tick from phases of CPU percent, serving instances and ticks."""
    return [cpu * serving for cpu, serving, ticks in phases for _ in range(ticks)]


def steps(rows, operator, *, adjustment_type=PERCENT, warmup=300) -> AlarmedPolicy:
    adjustments = tuple(
        StepAdjustment(
            metric_interval_lower_bound=lower,
            metric_interval_upper_bound=upper,
            scaling_adjustment=amount,
        )
        for lower, upper, amount in rows
    )
    policy = StepScaling(
        step_adjustments=adjustments,
        adjustment_type=adjustment_type,
        instance_warmup_seconds=warmup,
    )
    return AlarmedPolicy(Alarm(threshold_percent=50.0, comparison_operator=operator), policy)


def simple(amount: int, operator=ABOVE, *, threshold=50.0, **fields) -> AlarmedPolicy:
    alarm = Alarm(threshold_percent=threshold, comparison_operator=operator)
    return AlarmedPolicy(alarm, SimpleScaling(scaling_adjustment=amount, **fields))


def activities(got: Trace) -> list[tuple[int, str]]:
    return [(event.tick, event.actor) for event in got.events if event.kind == "activity"]


AWS_PAGE = ScalingPlan(scale_out=steps(OUT_ROWS, ABOVE), scale_in=steps(IN_ROWS, BELOW))


def test_the_worked_example_of_the_step_scaling_page_as_one_run():
    rpm = loads(
        (60, 10, 1),
        (55, 10, 1),
        (55, 11, 5),
        (70, 11, 1),
        (55, 11, 1),
        (55, 14, 5),
        (40, 14, 1),
        (30, 13, 1),
        (45, 10, 3),
    )
    got = run_on(AWS_PAGE, rpm, initial=10)

    assert got.desired_capacity.tolist() == [11] * 7 + [14] * 7 + [13] + [10] * 4
    assert [tick for tick, _ in activities(got)] == [0, 7, 14, 15]
    assert got.warming.tolist() == [0, 0] + [1] * 5 + [0, 0] + [3] * 5 + [0] * 5


@pytest.mark.parametrize("cpu", [40.5, 45, 50, 55, 59.5])
def test_between_40_and_60_percent_the_example_keeps_its_ten_instances(cpu):
    got = run_on(AWS_PAGE, [cpu * 10] * 5, initial=10)

    assert got.desired_capacity.tolist() == [10] * 5
    assert activities(got) == []


@pytest.mark.parametrize(
    ("cpu", "expected"), [(49.9, 10), (50, 11), (59.9, 11), (60, 12), (69.9, 12), (70, 13)]
)
def test_above_the_threshold_the_lower_bound_belongs_to_the_step(cpu, expected):
    rows = [(0, 10, 1), (10, 20, 2), (20, None, 3)]
    side = steps(rows, ABOVE, adjustment_type="ChangeInCapacity")
    got = run_on(ScalingPlan(scale_out=side), [cpu * 10], initial=10)

    assert expected == got.desired_capacity[0]


@pytest.mark.parametrize(
    ("cpu", "expected"), [(50.1, 10), (50, 9), (40.1, 9), (40, 8), (30.1, 8), (30, 7)]
)
def test_below_the_threshold_the_upper_bound_belongs_to_the_step(cpu, expected):
    rows = [(-10, 0, -1), (-20, -10, -2), (None, -20, -3)]
    side = steps(rows, BELOW, adjustment_type="ChangeInCapacity")
    got = run_on(ScalingPlan(scale_in=side), [cpu * 10], initial=10)

    assert expected == got.desired_capacity[0]


def test_warm_up_arithmetic_60_percent_launches_one_and_62_beside_it_nothing_and_70_two():
    rpm = loads((60, 10, 1), (55, 10, 1), (55, 11, 1), (62, 11, 1), (70, 11, 1))
    got = run_on(AWS_PAGE, rpm, initial=10)

    assert got.warming.tolist() == [0, 0, 1, 1, 1]
    assert got.desired_capacity.tolist() == [11, 11, 11, 11, 13]
    assert activities(got) == [(0, "scale_out"), (4, "scale_out")]


def test_repeated_breaches_within_one_step_are_one_activity_until_the_warm_up_ends():
    rpm = loads((60, 10, 2), (60, 11, 6))
    got = run_on(AWS_PAGE, rpm, initial=10)

    assert activities(got) == [(0, "scale_out"), (7, "scale_out")]
    assert got.desired_capacity.tolist() == [11] * 7 + [12]


def test_a_step_scale_in_waits_for_the_pending_and_the_warming_instance():
    rpm = loads((60, 10, 1), (30, 10, 1), (30, 11, 6))
    got = run_on(AWS_PAGE, rpm, initial=10)
    refusals = [(e.tick, e.last_tick, e.words) for e in got.events if e.kind == "refused"]

    assert refusals == [
        (1, 1, "scale_in refused: 0 warming, 1 pending"),
        (2, 6, "scale_in refused: 1 warming, 0 pending (5 minutes)"),
    ]
    assert activities(got) == [(0, "scale_out"), (7, "scale_in")]
    assert got.desired_capacity[-1] == 11 - 3


def test_terminating_instances_count_so_that_minus_one_twice_removes_one():
    side = steps([(None, 0, -1)], BELOW, adjustment_type="ChangeInCapacity")
    rpm = loads((30, 10, 1), (30, 9, 8))
    got = run_on(ScalingPlan(scale_in=side), rpm, initial=10, drain_seconds=300)

    assert got.draining.tolist() == [0] + [1] * 5 + [0, 1, 1]
    assert got.desired_capacity.tolist() == [9] * 6 + [8] * 3


@pytest.mark.parametrize(
    ("own", "group", "minutes"),
    [
        (120, {"default_instance_warmup_seconds": 60, "default_cooldown_seconds": 300}, 2),
        (None, {"default_instance_warmup_seconds": 60, "default_cooldown_seconds": 300}, 1),
        (None, {"default_instance_warmup_seconds": 0, "default_cooldown_seconds": 300}, 0),
        (None, {"default_cooldown_seconds": 180}, 3),
        (None, {}, 5),
        (0, {"default_instance_warmup_seconds": 60}, 0),
    ],
)
def test_the_warm_up_falls_back_to_the_groups_and_then_to_its_cooldown(own, group, minutes):
    plan = ScalingPlan(scale_out=steps(OUT_ROWS, ABOVE, warmup=own))
    tracked = ScalingPlan(
        target_tracking=TargetTracking(target_value=50.0, instance_warmup_seconds=own)
    )
    for candidate, ticks in ((plan, 1), (tracked, 3)):
        rpm = loads((60, 10, ticks), (45, 10, 12))
        got = run_on(candidate, rpm, initial=10, **group)

        assert got.desired_capacity[ticks - 1] > 10
        assert np.count_nonzero(got.warming) == minutes


ARITHMETIC = [
    (3, "ChangeInCapacity", 5, None, 8),
    (3, "ExactCapacity", 5, None, 5),
    (10, PERCENT, 10, None, 11),
    (4, PERCENT, 25, 2, 6),
    (127, PERCENT, 10, None, 139),
    (67, PERCENT, 1, None, 68),
    (58, PERCENT, -1, None, 57),
    (667, PERCENT, -1, None, 661),
]


@pytest.mark.parametrize(("current", "kind", "amount", "least", "expected"), ARITHMETIC)
def test_the_adjustment_examples_for_a_simple_and_a_step_policy(
    current, kind, amount, least, expected
):
    fields = {"adjustment_type": kind, "min_adjustment_magnitude": least}
    operator, row = (ABOVE, (0, None)) if amount > 0 else (BELOW, (None, 0))
    step = StepScaling(
        step_adjustments=(
            StepAdjustment(
                metric_interval_lower_bound=row[0],
                metric_interval_upper_bound=row[1],
                scaling_adjustment=amount,
            ),
        ),
        **fields,
    )
    slot = "scale_out" if amount > 0 else "scale_in"
    by_simple = simple(amount, operator, **fields)
    for side in (by_simple, AlarmedPolicy(by_simple.alarm, step)):
        got = run_on(ScalingPlan(**{slot: side}), [50.0 * current], initial=current)

        assert expected == got.desired_capacity[0]


@pytest.mark.parametrize(
    ("first", "second", "current", "expected"),
    [
        ({"amount": 1}, {"amount": 2}, 10, 12),
        ({"amount": -3}, {"amount": -25, "adjustment_type": PERCENT}, 8, 6),
        ({"amount": 3}, {"amount": 200, "adjustment_type": PERCENT}, 10, 30),
        ({"amount": 1}, {"amount": -5}, 10, 11),
    ],
)
def test_of_several_policies_the_largest_resulting_capacity_wins(first, second, current, expected):
    for pair in ((first, second), (second, first)):
        out, inward = (simple(**policy) for policy in pair)
        got = run_on(ScalingPlan(scale_out=out, scale_in=inward), [60.0 * current], initial=current)

        assert expected == got.desired_capacity[0]


@pytest.mark.parametrize(
    ("target", "metric", "expected"),
    [(50, 57.5, 12), (100 / 2, 75, 15), (50, 42.5, 9), (60, 30, 5), (50, 50, 10), (50, 50.1, 11)],
    ids=["+1.5 is +2", "150 for 100 is +5", "-1.5 is -1", "10 x 30 / 60", "at it", "just over"],
)
def test_target_tracking_rounds_in_favour_of_capacity(target, metric, expected):
    plan = ScalingPlan(target_tracking=TargetTracking(target_value=target))
    got = run_on(plan, [metric * 10] * 15, initial=10)
    acts_at = 2 if expected > 10 else 14

    assert (got.desired_capacity[:acts_at] == 10).all()
    assert expected == got.desired_capacity[acts_at]


def test_target_tracking_counts_the_warming_instance_as_the_practitioner_saw():
    plan = ScalingPlan(target_tracking=TargetTracking(target_value=50.0))
    rpm = loads((62.5, 4, 4), (62.5, 5, 1), (75, 5, 1))
    got = run_on(plan, rpm, initial=4)

    assert got.warming.tolist() == [0, 0, 0, 0, 1, 1]
    assert got.desired_capacity.tolist() == [4, 4, 5, 5, 5, 6]


@pytest.mark.parametrize(
    ("target", "low"), [(20, 14), (30, 21), (40, 28), (50, 35), (60, 42), (75, 52.5)]
)
def test_the_low_alarm_of_a_small_group_stands_below_seven_tenths_of_the_target(target, low):
    plan = ScalingPlan(target_tracking=TargetTracking(target_value=target))
    for cpu, expected in ((low - 0.1, "ALARM"), (low, "OK")):
        got = run_on(plan, [cpu] * 15, initial=1)

        assert expected == STATE_WORDS[got.tracking_low_state[14]]
        assert STATE_WORDS[got.tracking_low_state[13]] != "ALARM"
