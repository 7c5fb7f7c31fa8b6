"""Seconds become ticks, and a shape's start is the fewest hosts under the cliff less the margin."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from tests.reference.random_scenarios import TABLES
from tests.search.talk import SCENARIO
from tuner.errors import ConfigurationError
from tuner.host import HostModel
from tuner.policy import ScalingPlan, ScheduledAction
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.arrays import fewest_hosts, initial_capacity, pack_plans, pack_setting
from tuner.simulation.run import trace
from tuner.traffic.shapes import Shape, TrafficShapes

SEED = 20_261_124
OPEN_START = replace(SCENARIO, group=replace(SCENARIO.group, initial_capacity=None))


def fewest_by_trying(rpm: float, scenario: Scenario, max_size: int) -> int:
    """Count up from one host until CPU is at or below the limit."""
    if rpm == 0:
        return 0
    for hosts in range(1, max_size):
        if scenario.host.cpu_percent(rpm, instances=hosts) <= scenario.limit_percent:
            return hosts
    return max_size


def test_the_fewest_hosts_are_those_of_counting_up():
    print("seed", SEED)
    draws = random.Random(SEED)
    tried = 0
    for number in range(200):
        cliff = draws.choice((30.0, 50.0, 62.5, 99.0))
        table = draws.choice((None, None, *TABLES))
        slope = draws.choice((0.00075, 0.001, draws.uniform(1e-4, 1e-2)))
        try:
            scenario = Scenario(
                host=HostModel(
                    intercept_percent=draws.choice((0.0, 5.0, -3.0)),
                    slope_percent_per_rpm=slope,
                    cliff_percent=cliff,
                    table=None if table is None else tuple(map(tuple, table)),
                ),
                margin_percent=draws.choice((0.0, 2.5)),
            )
        except ConfigurationError:
            continue
        max_size = draws.choice((0, 1, 2, 7, 40))
        whole = [k * scenario.limit_percent / slope for k in (1, 2, 3)]
        rpm = np.array([0.0, 1.0, *whole, *(draws.uniform(0, 2e6) for _ in range(4))])
        expected = [fewest_by_trying(load, scenario, max_size) for load in rpm]
        got = fewest_hosts(rpm, scenario, max_size=max_size).tolist()
        tried += 1

        assert expected == got, number

    assert tried > 150


@pytest.mark.parametrize(
    ("rpm", "margin", "expected"),
    [
        ([0.0] * 15 + [9e5], 0.0, 0),
        ([1.0], 0.0, 1),
        ([150_000.0] * 15, 0.0, 3),
        ([0.0] * 14 + [150_000.0], 0.0, 3),
        ([200_000.0] * 15, 0.0, 3),
        ([200_001.0] * 15, 0.0, 4),
        ([200_000.0] * 15, 12.5, 4),
        ([1e9] * 15, 0.0, 1_000),
    ],
)
def test_a_start_that_is_not_given_carries_the_first_15_minutes(rpm, margin, expected):
    scenario = replace(OPEN_START, margin_percent=margin)
    got = initial_capacity(np.array(rpm), scenario)

    assert expected == got


def test_15_minutes_are_so_many_ticks_of_any_length():
    rpm = np.concatenate([np.zeros(7), np.full(2, 150_000.0)])

    assert initial_capacity(rpm, replace(OPEN_START, tick_seconds=120)) == 3
    assert initial_capacity(rpm, replace(OPEN_START, tick_seconds=150)) == 0


def test_each_candidate_clamps_the_same_start_to_its_own_limits():
    shapes = TrafficShapes.of([Shape(name="busy", rpm=np.full(20, 150_000.0))])
    sizes = [None, 2, 3, 8]
    starts = [
        trace(ScalingPlan(min_size=size), OPEN_START, shapes, 0).in_service[0] for size in sizes
    ]
    small = replace(OPEN_START, group=replace(OPEN_START.group, max_size=2))

    assert starts == [3, 3, 3, 8]
    assert trace(ScalingPlan(), small, shapes, 0).in_service[0] == 2


def test_durations_become_whole_ticks_rounded_up():
    scenario = Scenario(
        host=HostModel(slope_percent_per_rpm=0.001),
        group=Group(launch_seconds=61, ready_seconds=59, drain_seconds=0),
        metric=Metric(metric_delay_seconds=120),
    )
    setting = pack_setting(scenario)

    assert (setting.launch_ticks, setting.ready_ticks) == (2, 1)
    assert (setting.drain_ticks, setting.delay_ticks) == (0, 2)
    assert setting.cliff_percent == np.inf


def test_a_plans_own_schedule_stands_instead_of_the_scenarios_and_is_sorted_by_tick():
    shared = (ScheduledAction(tick=3, desired_capacity=4),)
    own = (ScheduledAction(tick=9, min_size=1), ScheduledAction(tick=2, max_size=5))
    scenario = replace(SCENARIO, schedule=shared)
    arrays = pack_plans(
        [ScalingPlan(), ScalingPlan(schedule=own), ScalingPlan(schedule=())], scenario
    )
    rows = zip(arrays.policies.schedule_begin, arrays.policies.schedule_end, strict=True)

    assert [arrays.actions[begin:end, 0].tolist() for begin, end in rows] == [[3], [2, 9], []]
