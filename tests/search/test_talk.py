"""The numbers of docs/model.md, "Reproducing the talk": over one shape, and over many."""

from __future__ import annotations

import numpy as np
import pytest

from tests.search.talk import CONF42, ROBUST, SCENARIO, holds
from tuner.search.result import SearchResult
from tuner.search.search import search_exact

MANY = holds(*range(5, 46))


def row(result: SearchResult, *, threshold: float, increment: int, lower: float = 15.0) -> int:
    """Give the row of a candidate by its three numbers."""
    columns = result.parameters()
    rows = np.flatnonzero(
        (columns["scale_out_threshold_percent"] == threshold)
        & (columns["scale_out_adjustment"] == increment)
        & (columns["scale_in_threshold_percent"] == lower)
    )
    return int(rows[0])


@pytest.fixture(scope="module")
def talk() -> SearchResult:
    return search_exact(CONF42, SCENARIO, holds(20))


@pytest.fixture(scope="module")
def robust() -> SearchResult:
    return search_exact(ROBUST, SCENARIO, MANY)


def test_the_talks_choice_is_the_best_of_250(talk):
    best = talk.best()

    assert talk.n_candidates == 250
    assert best == row(talk, threshold=15, increment=2)
    assert talk.mean_cpu_percent[best] == pytest.approx(16.536, abs=5e-4)
    assert talk.worst_peak_cpu_percent[best] == 39.375
    assert talk.host_minutes[best] == 550.0


def test_its_twin_has_equal_totals_and_the_tie_rule_passes_it_over(talk):
    twin = row(talk, threshold=16, increment=2)

    assert talk.totals.of(twin) == talk.totals.of(talk.best())
    assert twin not in talk.front()


@pytest.mark.parametrize(("increment", "minutes"), [(1, 13.0), (2, 6.0)])
def test_a_threshold_of_25_is_over_the_cliff_for_minutes(talk, increment, minutes):
    expected = minutes
    got = talk.minutes_over_cliff[row(talk, threshold=25, increment=increment)]

    assert expected == got


def test_the_stated_objectives_nearly_coincide_and_the_cost_front_is_longer(talk):
    assert 1 <= len(talk.front()) <= 4
    assert len(talk.cost_front()) > len(talk.front())


def test_over_many_shapes_the_talks_choice_fails_and_another_wins(robust):
    chosen = row(robust, threshold=15, increment=2)
    best = robust.best()

    assert (robust.n_candidates, len(robust.shape_names)) == (1640, 41)
    assert (robust.peak_cpu_percent[chosen] > 50.0).sum() == 28
    assert best == row(robust, threshold=21, increment=3, lower=7)
    assert robust.worst_peak_cpu_percent[best] == 39.375
    assert robust.mean_cpu_percent[best] == pytest.approx(16.954, abs=5e-4)
    saved = 1.0 - robust.host_minutes[best] / robust.host_minutes[chosen]
    assert round(100 * saved) == 12
