"""The call into the kernel: progress, and refusals by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.kernels.batches import random_batch
from tests.search.talk import SCENARIO, holds
from tuner.errors import SimulationError
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate, simulate_plans, trace
from tuner.traffic.shapes import Shape, TrafficShapes

SHAPES = TrafficShapes.of(
    [Shape(name="calm", rpm=np.full(20, 9e4)), Shape(name="storm", rpm=np.full(70, 2e5))]
)


def plan(*, period_seconds: int = 60, min_size: int | None = None) -> ScalingPlan:
    alarm = Alarm(
        threshold_percent=25.0,
        comparison_operator="GreaterThanThreshold",
        period_seconds=period_seconds,
    )
    side = AlarmedPolicy(alarm, SimpleScaling(scaling_adjustment=1))
    return ScalingPlan(scale_out=side, min_size=min_size)


@pytest.mark.parametrize("threads", [1, 2, None])
def test_progress_adds_up_to_every_candidate_tick(threads):
    plans, scenario, shapes = random_batch(4, n_candidates=150)
    steps: list[int] = []
    policies = pack_plans(plans, scenario)
    simulate(policies, scenario, shapes, threads=threads, progress=steps.append)

    assert sum(steps) == len(plans) * int(shapes.n_ticks.sum())
    assert len(steps) > 1


def test_a_candidate_that_cannot_run_is_named_with_its_shape_and_the_reason():
    plans = [plan(), plan(period_seconds=30), plan()]
    with pytest.raises(SimulationError, match="whole number of ticks") as raised:
        simulate_plans(plans, SCENARIO, SHAPES)
    places = [problem.where for problem in raised.value.problems]

    assert places == ["candidate 1 on shape 'calm'", "candidate 1 on shape 'storm'"]


def test_of_many_refusals_ten_are_named_and_all_are_counted():
    with pytest.raises(SimulationError) as raised:
        simulate_plans([plan(min_size=2_000)] * 9, SCENARIO, SHAPES)
    problems = raised.value.problems

    assert len(problems) == 11
    assert "minimum size lies above the maximum" in problems[0].got
    assert problems[-1].got == "18 of 18"


def test_a_trace_of_a_plan_that_cannot_run_says_why():
    with pytest.raises(SimulationError, match="'storm'"):
        trace(plan(period_seconds=30), SCENARIO, SHAPES, 1)


def test_shapes_of_another_tick_are_refused():
    with pytest.raises(SimulationError, match="tick_seconds"):
        simulate_plans([plan()], replace(SCENARIO, tick_seconds=30), SHAPES)


def test_no_candidate_yields_no_totals():
    outcomes = simulate(pack_plans([], SCENARIO), SCENARIO, holds(5))

    assert outcomes.host_minutes.shape == (0, 1)


def test_outcomes_are_read_only():
    outcomes = simulate_plans([plan()], SCENARIO, SHAPES)

    with pytest.raises(ValueError, match="read-only"):
        outcomes.host_minutes[0, 0] = 0.0


def test_a_trace_is_read_only_and_its_table_has_a_row_for_each_tick():
    run = trace(plan(), SCENARIO, SHAPES, 1)
    columns = run.columns()

    assert {len(column) for column in columns.values()} == {70}
    assert columns["minute"].tolist() == list(range(70))
    assert set(columns["scale_out_state"]) <= {"OK", "ALARM", "INSUFFICIENT_DATA"}
    with pytest.raises(ValueError, match="read-only"):
        run.in_service[0] = 9
