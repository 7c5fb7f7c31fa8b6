"""Launch times that scatter, in the kernel: against the reference, in batches, and laws of luck."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import kernels
from tests.kernels.batches import differing
from tests.kernels.mixed import cut, mixed_batch, totals_of
from tests.kernels.warming import WARMING_FAMILIES
from tests.parity import differences, expected_of, scenario_of
from tests.reference.random_runs import FAMILIES, random_case
from tests.reference.simulate import simulate as simulate_by_reference
from tuner.host import HostModel
from tuner.launches import LaunchTimes
from tuner.plan_json import plan_from_json
from tuner.policy import ScalingPlan, ScheduledAction
from tuner.scenario import Group, Scenario
from tuner.simulation.launches import drawn_launch_ticks
from tuner.simulation.run import trace
from tuner.traffic.shapes import Shape, TrafficShapes

SEED = 20_261_124
RUNS = 1_000
HOST = HostModel(slope_percent_per_rpm=0.001)
SEEDS = [1, 3, 4, 5]


def random_launches(rng: random.Random, *, median_seconds: int) -> LaunchTimes:
    """Give launch times that scatter wildly: some are over at once, some never come."""
    factor = rng.choice((1, 2, 2, 5, 30))
    has_spread = median_seconds > 0 and rng.random() < 0.8
    return LaunchTimes(
        p95_seconds=median_seconds * factor if has_spread else None,
        failed_percent=rng.choice((0.0, 10.0, 50.0, 90.0)) if has_spread else 50.0,
        retry_seconds=rng.choice((0, 30, 60, 170, 300)),
    )


def with_launches(scenario: Scenario, rng: random.Random) -> Scenario:
    launches = random_launches(rng, median_seconds=scenario.group.launch_seconds)
    group = replace(scenario.group, launches=launches)
    return replace(scenario, group=group, seed=rng.randrange(1_000))


@pytest.mark.parametrize("family", FAMILIES)
def test_random_runs_with_drawn_launches_equal_the_reference_in_every_tick(family):
    print("seed", SEED)
    rng = random.Random(SEED)
    failed, launch_times, overtaken = [], set(), 0
    for number in range(RUNS):
        case = random_case(rng, families=(family,))
        scenario = with_launches(scenario_of(case), rng)
        rpm = np.array(case["rpm"], dtype=np.float64)
        shapes = TrafficShapes.of(
            [Shape(name=f"case {number}", rpm=rpm)], tick_seconds=scenario.tick_seconds
        )
        drawn = drawn_launch_ticks(shapes, scenario).tolist()
        run = simulate_by_reference(case["scenario"], case["plan"], case["rpm"], drawn)
        expected = expected_of(run)
        got = trace(plan_from_json(case["plan"]), scenario, shapes, 0)
        found = differences(expected, got, case["plan"])
        if found:
            failed.append((number, found))
        launch_times |= set(drawn)
        overtaken += is_overtaken(run.desired, drawn)

    assert failed[:5] == [], f"{len(failed)} of {RUNS} differ"
    assert {0, 1, 2, 5, 10, 50} <= launch_times
    assert overtaken > 5, "launches decided later that came sooner"


def is_overtaken(desired: list[int], drawn: list[int]) -> bool:
    """Tell whether a launch that was decided later was due sooner."""
    due = [t + drawn[t] for t in range(1, len(desired)) if desired[t] > desired[t - 1]]
    return any(later < sooner for sooner, later in pairwise(due))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_batch_with_drawn_launches_equals_its_single_runs_and_traces(seed):
    plans, given, shapes = mixed_batch(seed, n_candidates=70)
    scenario = with_launches(given, random.Random(seed))
    batch = totals_of(plans, scenario, shapes, threads=2)
    traffic = TrafficShapes.of(shapes)

    for c, plan in enumerate(plans):
        for s in range(len(shapes)):
            assert batch.of(c, s) == trace(plan, scenario, traffic, s).totals, (seed, c, s)
    assert differing(batch, totals_of(plans, given, shapes)) != []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_candidates_and_of_shapes_does_not_matter_to_drawn_launches(seed):
    plans, given, shapes = mixed_batch(seed, n_candidates=60)
    scenario = with_launches(given, random.Random(seed))
    rows = np.random.default_rng(seed).permutation(len(plans)).tolist()
    columns = np.random.default_rng(seed).permutation(len(shapes))[:3].tolist()
    expected = cut(totals_of(plans, scenario, shapes), rows, columns)
    turned = ([plans[c] for c in rows], scenario, [shapes[s] for s in columns])

    assert differing(expected, totals_of(*turned, threads=3)) == []


def test_drawn_launches_need_no_further_compiled_signature():
    for families in (("simple",), WARMING_FAMILIES):
        plans, given, shapes = mixed_batch(3, n_candidates=5, families=families)
        scenario = with_launches(given, random.Random(3))
        totals_of(plans, scenario, shapes)
        trace(plans[0], scenario, TrafficShapes.of(shapes), 0)

    assert len(kernels.simulate_tasks.signatures) <= 2
    assert len(kernels.trace_run.signatures) == 1


def test_launches_of_one_tick_wait_alike_whichever_policy_decides_and_whatever_the_size():
    launches = LaunchTimes(p95_seconds=900, failed_percent=30.0)
    group = Group(initial_capacity=1, launch_seconds=120, launches=launches)
    scenario = Scenario(host=HOST, group=group, seed=7)
    shapes = TrafficShapes.of([Shape(name="level", rpm=np.full(400, 1_000.0))])
    drawn = drawn_launch_ticks(shapes, scenario)
    for tick in range(0, 60, 3):
        due = []
        for size in (2, 9):
            action = ScheduledAction(tick=tick, desired_capacity=size)
            run = trace(ScalingPlan(schedule=(action,)), scenario, shapes, 0)
            due.append(int(np.argmax(run.in_service == size)))

        assert due == [tick + drawn[tick]] * 2


def test_a_scheduled_launch_that_comes_no_later_serves_no_fewer_instances_in_any_tick():
    shapes = TrafficShapes.of([Shape(name="level", rpm=np.full(300, 1_000.0))])
    plan = ScalingPlan(
        schedule=tuple(
            ScheduledAction(tick=tick, desired_capacity=tick // 10 + 2)
            for tick in range(5, 200, 10)
        )
    )
    runs = []
    for failed_percent, retry_seconds in ((0.0, 60), (20.0, 60), (50.0, 60), (50.0, 240)):
        launches = LaunchTimes(
            p95_seconds=600, failed_percent=failed_percent, retry_seconds=retry_seconds
        )
        group = Group(initial_capacity=1, launch_seconds=120, launches=launches)
        runs.append(trace(plan, Scenario(host=HOST, group=group, seed=3), shapes, 0))
    for sooner, later in pairwise(runs):
        assert (sooner.in_service >= later.in_service).all()
        assert (sooner.in_service > later.in_service).any()
        assert sooner.totals["host_minutes"] == later.totals["host_minutes"]


def test_a_plan_that_never_launches_does_not_see_the_luck():
    _, given, shapes = mixed_batch(5, n_candidates=1)
    fixed = [ScalingPlan(schedule=())]
    runs = [totals_of(fixed, with_launches(given, random.Random(n)), shapes) for n in range(5)]
    for run in runs:
        assert differing(totals_of(fixed, given, shapes), run) == []
