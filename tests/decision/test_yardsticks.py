from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.search.talk import ROBUST, SCENARIO, holds
from tuner.decision.yardsticks import (
    clairvoyant_bound,
    fixed_instances,
    run_fixed_group,
)
from tuner.host import HostModel
from tuner.policy import ScalingPlan, ScheduledAction
from tuner.scenario import Group, Scenario
from tuner.search.objectives import weigh
from tuner.search.search import search_exact
from tuner.simulation.arrays import fewest_hosts, pack_plans
from tuner.simulation.outcomes import TOTALS
from tuner.simulation.run import simulate
from tuner.traffic.shapes import Shape, TrafficShapes

lines = st.builds(
    HostModel,
    intercept_percent=st.sampled_from([0.0, 1.3, 5.0]),
    slope_percent_per_rpm=st.sampled_from([0.001, 0.75 / 1000, 1 / 3000]),
    cliff_percent=st.sampled_from([None, 20.0, 50.0, 66.6]),
)
tables = st.builds(
    HostModel,
    cliff_percent=st.sampled_from([30.0, 55.0]),
    table=st.sampled_from(
        [
            ((0.0, 2.0), (10_000.0, 20.0), (30_000.0, 90.0)),
            ((500.0, 1.0), (20_000.0, 40.0), (40_000.0, 45.0)),
        ]
    ),
)
scenarios = st.builds(
    Scenario,
    host=lines | tables,
    group=st.builds(Group, min_size=st.integers(0, 3), max_size=st.integers(3, 40)),
    margin_percent=st.sampled_from([0.0, 1.7, 5.0]),
)
loads = st.lists(
    st.integers(0, 60).map(lambda k: k * 10_000.0) | st.floats(1.0, 600_000.0),
    min_size=1,
    max_size=30,
).map(np.array)


def fewest(rpm: float, scenario: Scenario, max_size: int) -> int:
    """Count hosts up until CPU is at or below the limit."""
    if rpm == 0.0:
        return 0
    for n in range(1, max_size + 1):
        if scenario.host.cpu_percent(rpm, instances=n) <= scenario.limit_percent:
            return n
    return max_size


@settings(max_examples=150, deadline=None)
@given(scenario=scenarios, rpm=loads)
def test_the_fewest_hosts_are_those_of_counting_up(scenario, rpm):
    expected = [fewest(float(load), scenario, 40) for load in rpm]
    got = fewest_hosts(rpm, scenario, max_size=40).tolist()

    assert expected == got


@settings(max_examples=100, deadline=None)
@given(scenario=scenarios, rpm=loads)
def test_the_fixed_group_is_the_smallest_that_holds_in_every_minute(scenario, rpm):
    shapes = TrafficShapes.of([Shape(name="a", rpm=rpm), Shape(name="b", rpm=rpm[::-1] / 2)])
    group = scenario.group

    def holds_at(n: int) -> bool:
        loaded = rpm[rpm > 0.0]
        if n == 0:
            return not loaded.size
        cpu = scenario.host.cpu_percent(loaded, instances=n)
        return bool((cpu <= scenario.limit_percent).all())

    sizes = range(group.min_size, group.max_size + 1)
    expected = next((n for n in sizes if holds_at(n)), None)
    got = fixed_instances(scenario, shapes)

    assert expected == got


@settings(max_examples=60, deadline=None)
@given(scenario=scenarios, rpm=loads)
def test_the_clairvoyant_bound_is_that_of_a_plain_loop(scenario, rpm):
    shapes = TrafficShapes.of([Shape(name="a", rpm=rpm)])
    group = scenario.group
    hosts = [max(fewest(float(x), scenario, group.max_size), group.min_size) for x in rpm]
    cpu = [float(scenario.host.cpu_percent(x, instances=n)) for x, n in zip(rpm, hosts) if n]
    bound = clairvoyant_bound(scenario, shapes, min_size=group.min_size).of(0, 0)

    assert bound["host_minutes"] == sum(hosts)
    assert bound["peak_cpu_percent"] == max(cpu, default=0.0)
    assert bound["mean_cpu_percent"] == pytest.approx(sum(cpu) / max(len(cpu), 1), rel=1e-12)
    assert bound["peak_instances"] == max(hosts)


@settings(max_examples=25, deadline=None)
@given(scenario=scenarios, rpm=loads, n=st.integers(0, 5))
def test_the_bounds_totals_follow_the_simulators_definitions(scenario, rpm, n):
    shapes = TrafficShapes.of([Shape(name="a", rpm=rpm)])
    group = replace(scenario.group, min_size=n, max_size=n)
    fixed = replace(scenario, group=group)
    expected = run_fixed_group(n, scenario, shapes)
    got = clairvoyant_bound(fixed, shapes, min_size=n)

    for name in TOTALS:
        left, right = getattr(expected, name), getattr(got, name)
        assert left.dtype == right.dtype
        np.testing.assert_allclose(right, left, rtol=1e-9, err_msg=name)


def test_a_fixed_group_keeps_its_size_whatever_start_limits_and_schedule_say():
    action = ScheduledAction(tick=3, min_size=9, max_size=9)
    scenario = replace(SCENARIO, schedule=(action,))
    outcomes = run_fixed_group(4, scenario, holds(20))

    assert outcomes.host_minutes[0, 0] == 4 * 98
    assert (outcomes.scale_outs[0, 0], outcomes.peak_instances[0, 0]) == (0, 4)


def test_the_bound_takes_the_smallest_minimum_and_the_largest_maximum_of_the_schedule():
    group = replace(SCENARIO.group, min_size=2, max_size=2)
    actions = (ScheduledAction(tick=5, min_size=1), ScheduledAction(tick=9, max_size=3))
    scenario = replace(SCENARIO, group=group, schedule=actions)
    rpm = np.array([0.0, 10_000.0, 150_000.0])
    shapes = TrafficShapes.of([Shape(name="a", rpm=rpm)])

    assert clairvoyant_bound(scenario, shapes, min_size=2).host_minutes[0, 0] == 1 + 1 + 3


def test_no_feasible_candidate_has_fewer_host_minutes_than_the_bound():
    shapes = holds(5, 20, 40)
    result = search_exact(ROBUST, SCENARIO, shapes)
    bound = weigh(clairvoyant_bound(SCENARIO, shapes, min_size=1), shapes).host_minutes[0]
    cheapest = result.host_minutes[result.feasible()].min()

    assert 0.0 < bound <= cheapest


def test_a_plan_without_policies_at_the_fixed_size_is_the_fixed_group():
    group = replace(SCENARIO.group, min_size=3, initial_capacity=3)
    scenario = replace(SCENARIO, group=group)
    shapes = holds(20)
    expected = simulate(pack_plans([ScalingPlan()], scenario), scenario, shapes).of(0, 0)
    got = run_fixed_group(3, SCENARIO, shapes).of(0, 0)

    assert expected == got
