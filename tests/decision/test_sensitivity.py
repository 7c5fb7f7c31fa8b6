"""One step of each parameter: what it does, and where it breaks first."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decision.plans import MANY, ONE, plan_of, single
from tests.search.talk import ROBUST, SCENARIO
from tuner.decision.sensitivity import sensitivity
from tuner.decision.steps import moves_of, point_space
from tuner.search.objectives import WEIGHTED, weigh
from tuner.search.search import search_exact
from tuner.search.values import LowerThreshold
from tuner.simulation.run import simulate_plans


@cache
def robust():
    return search_exact(ROBUST, SCENARIO, MANY)


@cache
def best():
    return sensitivity(robust(), robust().best(), MANY)


def step_of(found, parameter, direction):
    steps = [
        step for step in found.steps if (step.parameter, step.direction) == (parameter, direction)
    ]
    assert len(steps) == 1
    return steps[0]


def test_a_step_on_the_lattice_is_another_candidate_of_the_search():
    result, step = robust(), step_of(best(), "scale_out_threshold_percent", "up")
    plans = {result.plan(c): c for c in range(result.n_candidates)}
    c = plans[step.plan]

    assert step.on_lattice
    assert (step.before, step.after) == ("21 %", "22 %")
    assert step.totals == result.totals.of(c)
    assert step.tightest_peak_percent == result.worst_peak_cpu_percent[c] == 50.625
    assert step.breaks
    assert step.tightest_shape == MANY.names[int(result.peak_cpu_percent[c].argmax())]


def test_every_step_re_evaluates_and_its_changes_are_differences():
    for step in best().steps:
        outcomes = simulate_plans([step.plan], SCENARIO, MANY)
        totals = weigh(outcomes, MANY).of(0)

        assert step.totals == totals
        assert step.changes == {name: totals[name] - best().totals[name] for name in WEIGHTED}
        assert step.shapes_over_limit == (outcomes.peak_cpu_percent[0] > 50.0).sum()
        assert step.tightest_peak_percent == outcomes.peak_cpu_percent[0].max()
        assert step.breaks == (step.tightest_peak_percent > 50.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1_639))
def test_every_move_changes_one_parameter_alone(row):
    result = robust()
    plan, moves = result.plan(row), moves_of(result, row)

    assert len({(move.parameter, move.direction) for move in moves}) == len(moves)
    for move in moves:
        out, scale_in = move.plan.scale_out, move.plan.scale_in
        changed = {
            "upper": out.alarm.threshold_percent != plan.scale_out.alarm.threshold_percent,
            "increment": out.policy.scaling_adjustment != plan.scale_out.policy.scaling_adjustment,
            "cooldown": out.policy.cooldown_seconds != plan.scale_out.policy.cooldown_seconds,
            "window": replace(out.alarm, threshold_percent=0.0)
            != replace(plan.scale_out.alarm, threshold_percent=0.0),
            "decrement": scale_in.policy.scaling_adjustment
            != plan.scale_in.policy.scaling_adjustment,
            "minimum": move.plan.min_size not in (None, 1),
        }
        assert sum(changed.values()) == (move.parameter != "scale_in_threshold")
        assert scale_in.alarm.threshold_percent <= out.alarm.threshold_percent


def test_a_fixed_knob_takes_a_unit_step_both_ways():
    result = search_exact(single(20, 2, lower=10), SCENARIO, ONE)
    found = sensitivity(result, 0, ONE)
    pairs = {(step.parameter, step.direction): (step.before, step.after) for step in found.steps}

    assert pairs["scale_out_threshold_percent", "down"] == ("20 %", "19 %")
    assert pairs["scale_in_threshold", "up"] == ("10 %", "11 %")
    assert pairs["scale_in_adjustment", "up"] == ("−1", "−2")
    assert pairs["cooldown_seconds", "down"] == ("180 s", "120 s")
    assert pairs["datapoints_to_alarm", "down"] == ("5", "4")
    assert pairs["min_size", "up"] == ("1", "2")
    assert not any(step.on_lattice for step in found.steps)


@pytest.mark.parametrize(
    ("space", "absent"),
    [
        (single(20, 1), ("scale_out_adjustment", "down")),
        (single(20, 2), ("scale_in_adjustment", "down")),
        (single(20, 2), ("datapoints_to_alarm", "up")),
        (single(20, 2, min_size=(0,)), ("min_size", "down")),
        (single(20, 2, lower=20), ("scale_in_threshold", "up")),
        (single(20, 2, lower=0), ("scale_in_threshold", "down")),
        (single(20, 2, cooldown_seconds=(0,)), ("cooldown_seconds", "down")),
    ],
)
def test_a_step_that_is_no_candidate_is_left_out(space, absent):
    found = sensitivity(search_exact(space, SCENARIO, ONE), 0, ONE)

    assert absent not in {(step.parameter, step.direction) for step in found.steps}
    assert len(found.steps) > 8


def test_equal_values_and_order_of_a_list_do_not_matter():
    space = replace(
        single(20, 2),
        scale_out_adjustment=(8, 2, 4, 1, 2),
        scale_in_threshold=(
            LowerThreshold.share(1, over=2),
            LowerThreshold.given(10),
            LowerThreshold.given(4),
        ),
    )
    result = search_exact(space, SCENARIO, ONE)
    row = next(c for c in range(result.n_candidates) if result.plan(c) == plan_of(20, 2, lower=10))
    found = sensitivity(result, row, ONE)
    steps = {(step.parameter, step.direction): step.after for step in found.steps}

    assert steps["scale_out_adjustment", "up"] == "4"
    assert steps["scale_out_adjustment", "down"] == "1"
    assert steps["scale_in_threshold", "down"] == "4 %"
    assert ("scale_in_threshold", "up") not in steps


def test_a_point_is_the_candidate_alone():
    result = robust()
    for row in np.linspace(0, result.n_candidates - 1, 20).astype(int).tolist():
        space = point_space(result, row)

        assert space.n_lattice == 1
        assert search_exact(space, SCENARIO, ONE).plan(0) == result.plan(row)
        assert all(len(space.values(name) or (0,)) == 1 for name in space.dimensions)


def test_words_and_json_hold_the_numbers():
    table = json.loads(json.dumps(best().to_json(), allow_nan=False))
    step = table["steps"][1]

    assert step["parameter"] == "scale_out_threshold_percent"
    assert (step["breaks"], step["tightest_shape"]) == (True, "hold 5m")
    assert best().lines()[1] == (
        "scale_out_threshold_percent 21 % to 22 %: mean CPU +0.1 points, host-minutes −1.2;"
        " breaks first on 'hold 5m' at 50.6 %"
    )
    assert best().lines()[0].endswith("holds, closest on 'hold 5m' at 39.4 %")
