"""What a stored search says of another cliff, and where that is not what a fresh one would say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.search.talk import ROBUST, SCENARIO
from tuner.scenario import Scenario
from tuner.search.objectives import Limits
from tuner.search.result import SearchResult
from tuner.search.search import search_exact
from tuner.search.values import value_range
from tuner.simulation.arrays import initial_capacity
from tuner.traffic.shapes import Shape, TrafficShapes

SMALL = replace(
    ROBUST,
    scale_out_threshold_percent=value_range(15, last=60, step=5),
    scale_out_adjustment=(1, 3, 9),
)
BUSY = np.concatenate([np.full(20, 150_000.0), np.linspace(150_000, 400_000, 30), np.full(30, 4e5)])
SHAPES = TrafficShapes.of(
    [Shape(name="busy", rpm=BUSY), Shape(name="busier", rpm=1.3 * BUSY, weight=0.4)]
)
ONE_SHAPE = TrafficShapes.of([Shape(name="busy", rpm=BUSY)])
GIVEN_START = replace(SCENARIO, group=replace(SCENARIO.group, initial_capacity=8))
OPEN_START = replace(SCENARIO, group=replace(SCENARIO.group, initial_capacity=None))


def at(cliff: float, scenario: Scenario, *, margin: float = 0.0) -> Scenario:
    """Give the scenario at another cliff."""
    host = replace(scenario.host, cliff_percent=cliff)
    return replace(scenario, host=host, margin_percent=margin)


def assert_same_answer(fresh: SearchResult, stored: SearchResult, limit: float) -> None:
    np.testing.assert_array_equal(fresh.feasible(), stored.feasible(limit))
    np.testing.assert_array_equal(fresh.front(), stored.front(limit))
    np.testing.assert_array_equal(fresh.cost_front(), stored.cost_front())
    assert (fresh.best(), fresh.cheapest()) == (stored.best(limit), stored.cheapest(limit))
    plans = [
        [row["plan"] for row in rows] for rows in (fresh.front_rows(), stored.front_rows(limit))
    ]

    assert plans[0] == plans[1]


@pytest.mark.parametrize("cliff", [20.0, 37.5, 45.0, 60.0, 75.0, 99.0, 100.0])
@pytest.mark.parametrize("margin", [0.0, 4.5])
@pytest.mark.parametrize("limits", [Limits(), Limits(max_activities_per_day=90.0)])
def test_where_the_start_is_given_any_cliff_is_answered_from_what_is_stored(cliff, margin, limits):
    stored = search_exact(SMALL, GIVEN_START, SHAPES, limits=limits)
    fresh = search_exact(SMALL, at(cliff, GIVEN_START, margin=margin), SHAPES, limits=limits)

    assert_same_answer(fresh, stored, cliff - margin)


def test_the_cliffs_asked_for_tell_candidates_apart():
    stored = search_exact(SMALL, GIVEN_START, SHAPES)
    counts = [int(stored.feasible(cliff).sum()) for cliff in (20.0, 60.0, 75.0, 99.0)]

    assert counts == sorted(counts)
    assert len(set(counts)) >= 3


@pytest.mark.parametrize("cliff", [30.0, 80.0])
def test_where_the_start_is_open_another_cliff_is_answered_for_the_start_that_ran(cliff):
    stored = search_exact(SMALL, OPEN_START, ONE_SHAPE)
    ran = initial_capacity(BUSY, OPEN_START)
    group = replace(OPEN_START.group, initial_capacity=ran)
    fresh_at_that_start = search_exact(
        SMALL, at(cliff, replace(OPEN_START, group=group)), ONE_SHAPE
    )
    fresh = search_exact(SMALL, at(cliff, OPEN_START), ONE_SHAPE)

    assert initial_capacity(BUSY, at(cliff, OPEN_START)) != ran
    assert_same_answer(fresh_at_that_start, stored, cliff)
    assert (fresh.host_minutes != stored.host_minutes).any()
