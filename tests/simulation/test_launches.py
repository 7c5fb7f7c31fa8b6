"""Launch times of shapes and ticks: who decides them, who does not, and what explain says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tuner.host import HostModel
from tuner.launches import LaunchTimes
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    ScheduledAction,
    SimpleScaling,
    TargetTracking,
)
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.launches import drawn_launch_ticks
from tuner.simulation.run import simulate_plans, trace
from tuner.traffic.shapes import Shape, TrafficShapes

LATE = LaunchTimes(p95_seconds=600, failed_percent=20.0, retry_seconds=60)
SCENARIO = Scenario(
    host=HostModel(slope_percent_per_rpm=0.001, cliff_percent=50.0),
    group=Group(initial_capacity=1, max_size=40, launch_seconds=120, launches=LATE),
    metric=Metric(metric_delay_seconds=0),
    seed=7,
)
OUT = AlarmedPolicy(
    alarm=Alarm(
        threshold_percent=30.0,
        comparison_operator="GreaterThanThreshold",
        period_seconds=60,
        evaluation_periods=2,
    ),
    policy=SimpleScaling(scaling_adjustment=1, cooldown_seconds=0),
)


def shapes_of(*names, n_ticks=300, tick_seconds=60):
    rising = np.linspace(20_000.0, 900_000.0, n_ticks)
    return TrafficShapes.of(
        [Shape(name=name, rpm=rising) for name in names], tick_seconds=tick_seconds
    )


def ticks_of(scenario, *names, **more):
    """Give the launch times of each shape by name."""
    shapes = shapes_of(*names, **more)
    drawn = np.split(drawn_launch_ticks(shapes, scenario), shapes.offsets[1:-1])
    return {name: ticks.tolist() for name, ticks in zip(names, drawn, strict=True)}


def test_the_seed_and_the_name_of_a_shape_decide_its_launch_times():
    first = ticks_of(SCENARIO, "a")["a"]

    assert ticks_of(SCENARIO, "a")["a"] == first
    assert ticks_of(replace(SCENARIO, seed=8), "a")["a"] != first
    assert ticks_of(SCENARIO, "b")["b"] != first


def test_other_shapes_and_their_order_change_no_launch_time():
    together = ticks_of(SCENARIO, "a", "b", "c")

    assert ticks_of(SCENARIO, "c", "a") == {name: together[name] for name in "ca"}
    assert ticks_of(SCENARIO, "b") == {"b": together["b"]}


def test_a_shape_that_ends_sooner_keeps_the_launch_times_that_are_left():
    assert ticks_of(SCENARIO, "a", n_ticks=40)["a"] == ticks_of(SCENARIO, "a")["a"][:40]


def test_launch_times_are_whole_ticks_rounded_up():
    seconds = ticks_of(replace(SCENARIO, tick_seconds=1), "a", tick_seconds=1)["a"]
    for tick_seconds in (10, 60, 120):
        scenario = replace(SCENARIO, tick_seconds=tick_seconds)
        expected = [-(-second // tick_seconds) for second in seconds]

        assert ticks_of(scenario, "a", tick_seconds=tick_seconds)["a"] == expected


def test_launch_times_that_do_not_scatter_are_not_drawn_and_change_nothing():
    constant = replace(SCENARIO, group=replace(SCENARIO.group, launches=LaunchTimes()))
    level = LaunchTimes(p95_seconds=120)
    drawn = replace(SCENARIO, group=replace(SCENARIO.group, launches=level))
    shapes = shapes_of("a")
    runs = [trace(ScalingPlan(scale_out=OUT), given, shapes, 0) for given in (constant, drawn)]

    assert drawn_launch_ticks(shapes, constant).size == 0
    assert set(drawn_launch_ticks(shapes, drawn)) == {2}
    assert runs[0].totals == runs[1].totals
    assert runs[0].events == runs[1].events


def test_the_same_luck_meets_every_candidate_whoever_runs_beside_it():
    shapes = shapes_of("a", "b")
    plans = [
        ScalingPlan(scale_out=OUT),
        ScalingPlan(target_tracking=TargetTracking(target_value=25.0)),
        ScalingPlan(schedule=(ScheduledAction(tick=30, desired_capacity=20),)),
    ]
    together = simulate_plans(plans, SCENARIO, shapes)
    for c, plan in enumerate(plans):
        alone = simulate_plans([plan], SCENARIO, shapes.only("b"))

        assert together.of(c, 1) == alone.of(0, 0)


def test_explain_says_when_each_launch_is_due():
    shapes = shapes_of("a")
    drawn = drawn_launch_ticks(shapes, SCENARIO)
    action = ScheduledAction(tick=4, desired_capacity=3)
    plan = ScalingPlan(scale_out=OUT, schedule=(action,))
    run = trace(plan, SCENARIO, shapes, 0)
    due = {}
    for event in run.events:
        if event.kind == "activity":
            due[event.tick] = (event.tick + 1 + drawn[event.tick], event.words)
        elif event.kind == "schedule":
            due[event.tick] = (event.tick + drawn[event.tick], event.words)

    assert {4} < set(due)
    assert len({minute - tick for tick, (minute, _) in due.items()}) > 3
    for minute, words in due.values():
        assert words.endswith(f"InService at minute {minute}")
        if minute < len(run.rpm):
            assert run.in_service[minute] > run.in_service[minute - 1]


def test_instances_of_the_start_are_not_launched():
    slow = replace(
        SCENARIO,
        group=replace(SCENARIO.group, initial_capacity=5, launch_seconds=600, min_size=3),
    )
    run = trace(ScalingPlan(), slow, shapes_of("a"), 0)

    assert set(run.in_service) == {5}
    assert run.pending.sum() == 0


@pytest.mark.parametrize("tick_seconds", [20, 60])
def test_a_launch_that_never_comes_within_the_run_stays_pending(tick_seconds):
    group = replace(SCENARIO.group, launch_seconds=86_400, launches=LaunchTimes(failed_percent=9.0))
    scenario = replace(SCENARIO, group=group, tick_seconds=tick_seconds)
    plan = ScalingPlan(schedule=(ScheduledAction(tick=2, desired_capacity=4),))
    run = trace(plan, scenario, shapes_of("a", n_ticks=50, tick_seconds=tick_seconds), 0)

    assert run.pending.tolist() == [0, 0] + [3] * 48
