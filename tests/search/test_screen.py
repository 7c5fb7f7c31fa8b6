"""`best_only`: candidates are left at the first shape over the limit; the answer is the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.search.lattices import world_cup
from tests.search.talk import ROBUST, SCENARIO, holds
from tuner.decision.stress import order_of_choice
from tuner.errors import ConfigurationError
from tuner.search.search import search
from tuner.search.settings import SearchSettings
from tuner.search.tracking_space import TrackingSpace

HOLDS = holds(*range(5, 46))
ONLY = SearchSettings(engine="exact", best_only=True)
WHOLE = SearchSettings(engine="exact")


def both(space, scenario, shapes, **settings):
    """Search with and without, and count the candidate-ticks that each was told of."""
    told: dict[bool, list[int]] = {True: [], False: []}
    results = {
        only: search(
            space,
            scenario,
            shapes,
            settings=replace(WHOLE, best_only=only, **settings),
            progress=told[only].append,
        )
        for only in (True, False)
    }
    assert sum(told[True]) == sum(told[False])
    return results[True], results[False]


@pytest.mark.parametrize("limit", [50.0, 42.0, 38.0])
@pytest.mark.parametrize("chunk", [None, 100])
def test_the_answer_is_the_same_as_without(limit, chunk):
    scenario = replace(SCENARIO, host=replace(SCENARIO.host, cliff_percent=limit))
    only, whole = both(ROBUST, scenario, HOLDS, chunk=chunk)
    kept = np.flatnonzero(whole.worst_peak_cpu_percent <= limit)

    np.testing.assert_array_equal(only.candidate, whole.candidate[kept])
    np.testing.assert_array_equal(only.peak_cpu_percent, whole.peak_cpu_percent[kept])
    for name in ("mean_cpu_percent", "host_minutes", "activities", "minutes_over_cliff"):
        np.testing.assert_array_equal(getattr(only, name), getattr(whole, name)[kept])
    assert only.candidate[only.best()] == whole.candidate[whole.best()]
    assert only.candidate[only.cheapest()] == whole.candidate[whole.cheapest()]
    for c, d in zip(order_of_choice(only), order_of_choice(whole), strict=True):
        assert only.candidate[c] == whole.candidate[d]
    np.testing.assert_array_equal(only.candidate[only.front()], whole.candidate[whole.front()])
    assert only.answers_up_to_percent == limit
    assert "were left at the first shape" in only.notes[-1]


def test_a_lower_cliff_is_answered_from_what_is_kept():
    only, whole = both(ROBUST, SCENARIO, HOLDS)

    assert only.candidate[only.best(40.0)] == whole.candidate[whole.best(40.0)]


def test_shapes_of_other_lengths_and_weights_change_nothing():
    lattice, shapes = world_cup()
    space = replace(lattice.space, period_seconds=(60,), min_size=(2, 3))
    only, whole = both(space, lattice.scenario, shapes)

    assert 0 < only.n_candidates < whole.n_candidates
    assert only.candidate[only.best()] == whole.candidate[whole.best()]
    assert only.host_minutes[only.best()] == whole.host_minutes[whole.best()]


def test_most_runs_are_spared_where_a_shape_breaks_most_plans(monkeypatch):
    from tuner.search import evaluate

    runs = []
    simulate = evaluate.simulate

    def counted(policies, scenario, shapes, **options):
        runs.append(len(policies) * len(shapes))
        return simulate(policies, scenario, shapes, **options)

    monkeypatch.setattr(evaluate, "simulate", counted)
    only = search(ROBUST, SCENARIO, HOLDS, settings=replace(ONLY, chunk=200))

    assert only.n_candidates > 100
    assert sum(runs) < 0.6 * 1640 * len(HOLDS)


def test_where_nothing_keeps_to_the_limit_all_are_known():
    scenario = replace(SCENARIO, host=replace(SCENARIO.host, cliff_percent=5.0))
    only = search(ROBUST, scenario, holds(20), settings=ONLY)

    assert (only.best(), only.n_candidates) == (None, 1640)
    assert only.answers_up_to_percent is None


def test_where_all_run_again_progress_begins_anew_and_ends_at_the_whole():
    scenario = replace(SCENARIO, host=replace(SCENARIO.host, cliff_percent=5.0))
    told: list[int] = []
    shapes = holds(20, 30)
    search(ROBUST, scenario, shapes, settings=replace(ONLY, chunk=500), progress=told.append)
    so_far = np.cumsum(told)
    whole = 1640 * shapes.rpm.size

    assert so_far.max() == so_far[-1] == whole
    assert [step for step in told if step < 0] == [-whole]


@pytest.mark.parametrize(
    "others", [{"refine": True}, {"engine": "evolve"}, {"engine": "optuna"}], ids=str
)
def test_what_is_no_exact_search_is_refused(others):
    with pytest.raises(ConfigurationError, match="an exact search without refine"):
        SearchSettings(**{"best_only": True, **others})


def test_a_lattice_over_the_budget_is_refused_not_sampled():
    space = TrackingSpace(target_percent=(10.0, 20.0, 30.0))
    settings = SearchSettings(best_only=True, budget=2)
    with pytest.raises(ConfigurationError, match="within the budget of 2"):
        search(space, SCENARIO, holds(20), settings=settings)
