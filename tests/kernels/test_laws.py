"""Laws that hold for every run, whatever the numbers."""

from __future__ import annotations

import random
from dataclasses import fields, replace

import numpy as np
import pytest

from tests.kernels.sense import not_conserved, outside_limits
from tests.parity import run_case, scenario_of
from tests.reference.random_loads import random_rpm
from tests.reference.random_runs import random_case
from tests.reference.random_scenarios import random_host_model
from tuner.host import HostModel
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, ScheduledAction, SimpleScaling
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.run import trace
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import Shape, TrafficShapes

SEED = 20_261_124
RUNS = 300
QUIET_RPM = 35_000.0


def run_on(plan: ScalingPlan, scenario: Scenario, rpm: np.ndarray) -> Trace:
    shape = Shape(name="load", rpm=np.array(rpm))
    shapes = TrafficShapes.of([shape], tick_seconds=scenario.tick_seconds)
    return trace(plan, scenario, shapes, 0)


def per_tick(run: Trace) -> dict[str, np.ndarray]:
    arrays = {field.name: getattr(run, field.name) for field in fields(Trace)}
    return {name: array for name, array in arrays.items() if isinstance(array, np.ndarray)}


def side(threshold, operator, adjustment, *, cooldown=60, **alarm) -> AlarmedPolicy:
    return AlarmedPolicy(
        Alarm(threshold_percent=threshold, comparison_operator=operator, **alarm),
        SimpleScaling(scaling_adjustment=adjustment, cooldown_seconds=cooldown),
    )


@pytest.fixture
def draws():
    print("seed", SEED)
    return random.Random(SEED)


def test_at_fixed_capacity_more_load_never_means_less_cpu_nor_less_overload(draws):
    for number in range(RUNS):
        host = random_host_model(draws)
        case = {"scenario": random_case(draws)["scenario"] | {"host_model": host, "schedule": []}}
        size = draws.randint(0, 9)
        scenario = scenario_of(case)
        group = replace(scenario.group, min_size=size, max_size=size, initial_capacity=size)
        scenario = replace(scenario, group=group)
        loads = [draws.uniform(0, 1e5) * (size + 1), 50_000.0]
        less = np.array(random_rpm(draws, n_ticks=40, levels_rpm=loads))
        more = less + draws.choice((0.0, 1e-6, 1.0, 20_000.0)) * np.arange(40)
        low, high = (run_on(ScalingPlan(), scenario, rpm) for rpm in (less, more))
        slack = 0.0 if host["table"] is None else 1e-9

        cpu = [np.nan_to_num(run.cpu_percent, nan=0.0) for run in (low, high)]

        assert (cpu[0] <= cpu[1] + slack).all(), number
        for name in ("peak_cpu_percent", "minutes_over_cliff", "overload_requests"):
            assert low.totals[name] <= high.totals[name] + slack, (number, name)
        assert low.totals["host_minutes"] == high.totals["host_minutes"]


def test_capacity_stays_in_its_limits(draws):
    for number in range(RUNS):
        case = random_case(draws)

        assert outside_limits(case, run_case(case)) == [], number


def test_requests_are_conserved(draws):
    for number in range(RUNS):
        case = random_case(draws)

        assert not_conserved(case, run_case(case)) == [], number


def test_the_future_does_not_change_the_past(draws):
    for number in range(RUNS):
        case = random_case(draws)
        cut = draws.randint(1, len(case["rpm"]))
        whole, part = run_case(case), run_case(case | {"rpm": case["rpm"][:cut]})
        for name, column in per_tick(part).items():
            np.testing.assert_array_equal(per_tick(whole)[name][:cut], column, f"{number} {name}")


def random_busy_plan(draws: random.Random) -> ScalingPlan:
    """Give a plan whose alarms are silent at the quiet load on each of n hosts: 35 % CPU."""

    def window():
        periods = draws.randint(1, 5)
        return {
            "period_seconds": draws.choice((60, 120, 300)),
            "evaluation_periods": periods,
            "datapoints_to_alarm": draws.randint(1, periods),
            "treat_missing_data": draws.choice(("missing", "ignore", "breaching", "notBreaching")),
        }

    return ScalingPlan(
        scale_out=side(
            draws.uniform(40, 80), "GreaterThanThreshold", draws.randint(1, 4), **window()
        ),
        scale_in=side(draws.uniform(5, 30), "LessThanThreshold", -draws.randint(1, 2), **window()),
    )


def test_shifting_every_time_shifts_every_event(draws):
    acted = 0
    for number in range(RUNS // 3):
        size, shift = draws.randint(1, 4), 5 * draws.randint(1, 30)
        scenario = Scenario(
            host=HostModel(slope_percent_per_rpm=0.001, cliff_percent=50.0),
            group=Group(
                min_size=1,
                max_size=30,
                initial_capacity=size,
                launch_seconds=draws.choice((0, 60, 180)),
                ready_seconds=draws.choice((0, 120)),
                boot_cpu_percent=90.0,
                drain_seconds=draws.choice((0, 60, 300)),
            ),
            metric=Metric(metric_delay_seconds=draws.choice((0, 60, 120))),
        )
        plan = random_busy_plan(draws)
        busy = np.array(random_rpm(draws, n_ticks=80, levels_rpm=[size * QUIET_RPM, 2e5, 1e5]))
        quiet = np.full(120, size * QUIET_RPM)
        tick = len(quiet) + draws.randrange(80)
        actions = (ScheduledAction(tick=tick, desired_capacity=draws.randint(1, 9)),)
        later = (replace(actions[0], tick=tick + shift),)
        longer = np.concatenate([np.full(shift, size * QUIET_RPM), quiet, busy])
        first = run_on(plan, replace(scenario, schedule=actions), longer[shift:])
        second = run_on(plan, replace(scenario, schedule=later), longer)
        for name, column in per_tick(first).items():
            np.testing.assert_array_equal(
                column[60:], per_tick(second)[name][shift + 60 :], f"{number} {name}"
            )
        events = [
            [
                (e.tick - by, e.last_tick - by, e.kind, e.actor)
                for e in run.events
                if e.tick - by >= 60
            ]
            for run, by in ((first, 0), (second, shift))
        ]

        assert events[0] == events[1], number
        idle = size * shift
        assert first.totals["host_minutes"] + idle == second.totals["host_minutes"], number
        acted += len(events[0]) > 2

    assert acted > RUNS // 6


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize(
    "plan",
    [
        ScalingPlan(),
        ScalingPlan(scale_out=side(100.0, "GreaterThanThreshold", 3)),
        ScalingPlan(scale_in=side(0.0, "LessThanOrEqualToThreshold", -1)),
        ScalingPlan(scale_out=side(0.0, "GreaterThanThreshold", 0)),
    ],
    ids=["no policy", "never over 100 %", "at its minimum", "an adjustment of 0"],
)
def test_a_plan_that_cannot_act_costs_exactly_its_minimum(plan, size):
    rpm = np.linspace(0, 500_000, 77)
    host = HostModel(slope_percent_per_rpm=0.001, cliff_percent=50.0)
    for basic in ("detailed", "basic"):
        if basic == "basic" and plan != ScalingPlan():
            continue
        group = Group(min_size=size, initial_capacity=size, drain_seconds=300, monitoring=basic)
        got = run_on(plan, Scenario(host=host, group=group), rpm).totals

        assert got["host_minutes"] == size * len(rpm)
        assert (got["scale_outs"], got["scale_ins"], got["peak_instances"]) == (0, 0, size)


def test_a_schedule_acts_during_a_cooldown_and_opens_none():
    scenario = Scenario(
        host=HostModel(slope_percent_per_rpm=0.001, cliff_percent=50.0),
        group=Group(initial_capacity=1, launch_seconds=0),
        metric=Metric(metric_delay_seconds=0),
    )
    plan = ScalingPlan(scale_out=side(50.0, "GreaterThanThreshold", 1, cooldown=600))
    scheduled = replace(
        scenario,
        schedule=(
            ScheduledAction(tick=4, desired_capacity=5),
            ScheduledAction(tick=14, desired_capacity=8),
        ),
    )
    rpm = np.full(30, 1e6)
    alone, got = run_on(plan, scenario, rpm), run_on(plan, scheduled, rpm)

    assert [e.tick for e in alone.events if e.kind == "activity"] == [0, 11, 22]
    assert [e.tick for e in got.events if e.kind == "activity"] == [0, 11, 22]
    assert [e.tick for e in got.events if e.kind == "schedule"] == [4, 14]
    assert got.desired_capacity[[0, 3, 4, 10, 11, 13, 14, 22]].tolist() == [2, 2, 5, 5, 6, 6, 8, 9]
    assert any("cooldown" in e.words and e.tick <= 4 <= e.last_tick for e in got.events)
