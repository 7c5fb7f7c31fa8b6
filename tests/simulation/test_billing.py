"""Money: the billing examples by name, and the lives of instances against the plain reference."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from tests.parity import run_case, scenario_of
from tests.reference import simulate as reference
from tests.reference.group import Group as ReferenceGroup
from tests.reference.instance import State
from tests.reference.random_runs import FAMILIES, random_case
from tuner.errors import ConfigurationError
from tuner.host import HostModel
from tuner.launches import LaunchTimes
from tuner.plan_json import plan_from_json
from tuner.policy import ScalingPlan, ScheduledAction
from tuner.scenario import LEAST_BILLED_SECONDS, Group, Scenario
from tuner.simulation.billing import (
    billed_seconds,
    is_billed,
    lives_of,
    plan_usd,
)
from tuner.simulation.launches import drawn_launch_ticks
from tuner.simulation.run import simulate_plans, trace
from tuner.traffic.shapes import Shape, TrafficShapes

PRICE = 0.0104
SHORT_LIVES = (170, 469, 580, 1142, 2165)
"""Seeds of random runs in which instances live under a minute."""
HOST = HostModel(slope_percent_per_rpm=1.0)
FLASH = (
    ScheduledAction(tick=2, desired_capacity=3),
    ScheduledAction(tick=3, desired_capacity=0),
)
"""From 0 instances to 3 and back within one tick."""


class WatchedGroup(ReferenceGroup):
    """The reference's group, that notes in which ticks each of its instances is billed."""

    def __init__(self, *settings) -> None:
        super().__init__(*settings)
        self.at_start: list = []
        self.ticks: dict[int, list] = {}
        self.all = {}
        watched.append(self)

    def advance(self, t: int) -> None:
        super().advance(t)
        if t == 0:
            self.at_start = [i for i in self.instances if i.state is not State.PENDING]
        for instance in self.instances:
            self.all[id(instance)] = instance
            self.ticks.setdefault(id(instance), []).append(t)


watched: list[WatchedGroup] = []


def reference_seconds(case, monkeypatch, launch_ticks=None) -> tuple[list[int], int]:
    """Give the ticks that each instance of a run is billed for, and the seconds of all."""
    watched.clear()
    monkeypatch.setattr(reference, "Group", WatchedGroup)
    reference.simulate(case["scenario"], case["plan"], case["rpm"], launch_ticks)
    (group,) = watched
    tick = case["scenario"]["tick_seconds"]
    seconds = 0
    for key, ticks in group.ticks.items():
        instance = group.all[key]
        begun = all(instance is not each for each in group.at_start)
        gone = instance.state is State.GONE or instance.gone_tick == len(case["rpm"])
        lived = len(ticks) * tick
        seconds += max(lived, 60) if begun and gone else lived
    return sorted(len(ticks) for ticks in group.ticks.values()), seconds


def flash(tick_seconds: int, **group) -> tuple[Scenario, TrafficShapes]:
    """Give a group that is launched and lost again at once, and a silence of ten ticks."""
    scenario = Scenario(
        host=HOST,
        group=Group(
            min_size=0, initial_capacity=0, launch_seconds=0, host_usd_per_hour=PRICE, **group
        ),
        schedule=FLASH,
        tick_seconds=tick_seconds,
    )
    return scenario, TrafficShapes.of(
        [Shape(name="silence", rpm=np.zeros(10))], tick_seconds=tick_seconds
    )


def test_an_instance_that_runs_20_seconds_is_billed_a_minute():
    assert billed_seconds(20) == 60


def test_an_instance_that_runs_220_seconds_is_billed_220():
    assert billed_seconds(220) == 220


def test_an_instance_that_never_ran_is_not_billed():
    assert billed_seconds(0) == 0


@pytest.mark.parametrize("state", ["pending", "stopping", "stopped", "shutting-down", "terminated"])
def test_an_instance_that_does_not_run_is_not_billed(state):
    assert not is_billed(state)
    assert is_billed("running")


def test_an_instance_that_stops_in_order_to_hibernate_is_billed():
    assert is_billed("stopping", hibernating=True)


@pytest.mark.parametrize("seed", [*range(80), *SHORT_LIVES])
def test_the_lives_of_a_run_are_those_of_the_reference(seed, monkeypatch):
    case = random_case(random.Random(seed), FAMILIES)
    expected_ticks, expected_seconds = reference_seconds(case, monkeypatch)
    scenario = scenario_of(case)
    run = run_case(case)
    lives = lives_of(run, scenario)

    assert sorted(lives.ticks[lives.ticks > 0].tolist()) == expected_ticks
    assert lives.seconds(tick_seconds=scenario.tick_seconds) == expected_seconds
    billed_ticks = int((run.in_service + run.pending + run.draining).sum())
    assert lives.ticks.sum() == billed_ticks
    if scenario.tick_seconds >= LEAST_BILLED_SECONDS:
        assert expected_seconds == round(60 * run.totals["host_minutes"])
    if seed in SHORT_LIVES:
        assert expected_seconds > round(60 * run.totals["host_minutes"])


@pytest.mark.parametrize("seed", range(40))
def test_the_lives_are_those_of_the_reference_where_launches_scatter(seed, monkeypatch):
    case = random_case(random.Random(seed), FAMILIES)
    scenario = scenario_of(case)
    late = LaunchTimes(p95_seconds=600, failed_percent=30.0, retry_seconds=90)
    group = replace(scenario.group, launch_seconds=100, launches=late)
    scenario = replace(scenario, group=group)
    shape = Shape(name="case", rpm=np.array(case["rpm"], dtype=np.float64))
    shapes = TrafficShapes.of([shape], tick_seconds=scenario.tick_seconds)
    drawn = drawn_launch_ticks(shapes, scenario)
    expected, _ = reference_seconds(case, monkeypatch, drawn.tolist())
    run = trace(plan_from_json(case["plan"]), scenario, shapes, 0)
    lives = lives_of(run, scenario, drawn)

    assert sorted(lives.ticks[lives.ticks > 0].tolist()) == expected


def test_with_ticks_of_a_minute_usd_is_host_minutes_times_the_price():
    scenario, shapes = flash(60)
    outcomes = simulate_plans([ScalingPlan()], scenario, shapes)
    got = plan_usd(ScalingPlan(), scenario, shapes, outcomes)

    assert outcomes.host_minutes[0, 0] == 3.0
    assert got.tolist() == [3.0 * PRICE / 60]


@pytest.mark.parametrize(("tick_seconds", "drain_seconds", "billed"), [(10, 0, 60), (30, 60, 90)])
def test_with_shorter_ticks_a_short_life_costs_a_minute_and_a_longer_one_what_it_lasts(
    tick_seconds, drain_seconds, billed
):
    scenario, shapes = flash(tick_seconds, drain_seconds=drain_seconds)
    outcomes = simulate_plans([ScalingPlan()], scenario, shapes)
    got = plan_usd(ScalingPlan(), scenario, shapes, outcomes)
    lived = tick_seconds + drain_seconds

    assert outcomes.host_minutes[0, 0] == 3 * lived / 60
    assert got == pytest.approx([3 * billed * PRICE / 3600], rel=1e-12)
    without_plan = plan_usd(None, scenario, shapes, outcomes)
    assert without_plan == pytest.approx([3 * lived * PRICE / 3600], rel=1e-12)


def test_an_instance_that_lives_on_at_the_end_of_a_run_has_no_minimum_yet():
    scenario, shapes = flash(10)
    scenario = replace(scenario, schedule=(ScheduledAction(tick=8, desired_capacity=1),))
    lives = lives_of(trace(ScalingPlan(), scenario, shapes, 0), scenario)

    assert lives.ticks.tolist() == [2]
    assert lives.seconds(tick_seconds=10) == 20


def test_without_a_price_nothing_is_said_of_money():
    scenario, shapes = flash(10)
    free = replace(scenario, group=replace(scenario.group, host_usd_per_hour=None))
    outcomes = simulate_plans([ScalingPlan()], free, shapes)

    assert plan_usd(ScalingPlan(), free, shapes, outcomes) is None


@pytest.mark.parametrize("price", [0.0, -1.0, float("inf"), float("nan")])
def test_a_price_that_is_none_is_refused(price):
    with pytest.raises(ConfigurationError, match="a price above 0 USD an hour"):
        Group(host_usd_per_hour=price)
