from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.search.talk import ROBUST, SCENARIO, hold, holds
from tuner.errors import ConfigurationError, SimulationError
from tuner.scenario import Scenario
from tuner.search.objectives import weigh
from tuner.search.pair_space import PairSpace
from tuner.search.search import search_exact
from tuner.search.values import value_range
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate
from tuner.traffic.shapes import TrafficShapes

SMALL = replace(
    ROBUST,
    scale_out_threshold_percent=value_range(15, last=35, step=3),
    scale_out_adjustment=(1, 2, 3, 6, 9),
)
SHAPES = TrafficShapes.of([hold(7, weight=0.3), hold(20, weight=1.7), hold(33, weight=1.1)])


def search(space: PairSpace = SMALL, scenario: Scenario = SCENARIO, **options):
    return search_exact(space, scenario, SHAPES, **options)


def assert_same(expected, got):
    for name, column in expected.columns().items():
        np.testing.assert_array_equal(column, got.columns()[name], err_msg=name)


def test_a_search_gives_what_its_plans_give_one_by_one():
    result = search()
    plans = [result.plan(c) for c in range(result.n_candidates)]
    outcomes = simulate(pack_plans(plans, SCENARIO), SCENARIO, SHAPES)
    weighted = weigh(outcomes, SHAPES)

    np.testing.assert_array_equal(outcomes.peak_cpu_percent, result.peak_cpu_percent)
    for name in ("mean_cpu_percent", "host_minutes", "activities_per_day"):
        np.testing.assert_array_equal(getattr(weighted, name), getattr(result, name))


@pytest.mark.parametrize("options", [{"chunk": 1}, {"chunk": 7}, {"chunk": 64}, {"threads": 1}])
def test_chunks_and_threads_change_no_bit(options):
    assert_same(search(), search(**options))


def test_the_order_of_a_knobs_values_changes_no_candidates_bit():
    turned = replace(SMALL, scale_out_adjustment=SMALL.scale_out_adjustment[::-1])
    expected, got = search(), search(turned)

    def by_plan(result):
        return {
            result.plan(c): (result.mean_cpu_percent[c], *result.peak_cpu_percent[c].tolist())
            for c in range(result.n_candidates)
        }

    assert by_plan(expected) == by_plan(got)
    assert expected.plan(expected.best(60.0)) == got.plan(got.best(60.0))


@pytest.mark.parametrize(("cliff", "margin"), [(38.0, 0.0), (45.0, 5.0), (60.0, 0.0), (90.0, 1.5)])
def test_another_cliff_equals_a_fresh_run_at_it(cliff, margin):
    stored = search()
    host = replace(SCENARIO.host, cliff_percent=cliff)
    fresh = search(scenario=replace(SCENARIO, host=host, margin_percent=margin))
    limit = cliff - margin

    np.testing.assert_array_equal(fresh.feasible(), stored.feasible(limit))
    np.testing.assert_array_equal(fresh.front(), stored.front(limit))
    np.testing.assert_array_equal(fresh.cost_front(), stored.cost_front())
    assert fresh.best() == stored.best(limit)
    assert fresh.cheapest() == stored.cheapest(limit)


def test_a_result_knows_how_it_came_about():
    result = search(budget=5000)

    assert (result.engine, result.budget, result.shape_names) == ("exact", 5000, SHAPES.names)
    assert result.n_candidates == len(result.candidate) == SMALL.n_lattice - 5 == 100
    assert sum(result.left_out.values()) == 5
    assert result.n_minutes == sum(78 + minutes for minutes in (7, 20, 33))
    assert 0.0 < result.kernel_seconds < result.seconds
    assert not result.candidate.flags.writeable
    assert not result.peak_cpu_percent.flags.writeable


def test_progress_adds_up_to_every_candidate_tick():
    steps: list[int] = []
    result = search(progress=steps.append, chunk=50)

    expected = result.n_candidates * int(SHAPES.n_ticks.sum())
    got = sum(steps)

    assert expected == got


def test_no_total_is_nan_and_bounds_hold():
    columns = search().columns()
    for name in ("mean_cpu_percent", "worst_peak_cpu_percent", "mean_cpu_per_host_percent"):
        assert ((columns[name] >= 0.0) & (columns[name] <= 100.0)).all()
    assert all(np.isfinite(column).all() for column in columns.values())


def test_a_lattice_over_the_budget_and_a_chunk_below_one_are_refused():
    with pytest.raises(ConfigurationError, match="budget of 10 candidates"):
        search(budget=10)
    with pytest.raises(ConfigurationError, match="chunk"):
        search(chunk=0)


def test_shapes_of_another_tick_are_refused():
    with pytest.raises(SimulationError, match="tick_seconds"):
        search_exact(SMALL, replace(SCENARIO, tick_seconds=30), holds(20))
