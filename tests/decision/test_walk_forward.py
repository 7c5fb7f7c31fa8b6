"""Walk-forward: the plan of earlier days on later ones."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.search.talk import CONF42, SCENARIO
from tuner.decision.walk_forward import fold_cuts, walk_forward
from tuner.errors import TrafficError
from tuner.search.limits import Limits
from tuner.search.search import search_exact
from tuner.search.settings import SearchSettings
from tuner.simulation.run import simulate_plans
from tuner.traffic.shapes import Shape, TrafficShapes

SPACE = replace(CONF42, scale_out_threshold_percent=(15.0, 20.0, 30.0), evaluation_periods=(1, 2))


def day(name: str, *, peak: float, minutes: int) -> Shape:
    """Give a day that rises to a peak within so many minutes."""
    rise = np.linspace(30_000.0, peak, minutes)
    rpm = np.concatenate([np.full(40, 30_000.0), rise, np.full(60, peak), rise[::-1]])
    return Shape(name=name, rpm=rpm)


DAYS = (
    day("calm 1", peak=60_000.0, minutes=60),
    day("calm 2", peak=70_000.0, minutes=60),
    day("storm", peak=300_000.0, minutes=10),
    day("calm 3", peak=60_000.0, minutes=60),
)


def test_each_fold_is_the_search_on_its_earlier_days_and_a_run_on_its_later_ones():
    found = walk_forward(SPACE, SCENARIO, DAYS)

    assert [fold.judged_on for fold in found.folds] == [("calm 2",), ("storm",), ("calm 3",)]
    for k, fold in enumerate(found.folds, start=1):
        result = search_exact(SPACE, SCENARIO, TrafficShapes.of(DAYS[:k]))
        plan = result.plan(result.best())
        later = simulate_plans([plan], SCENARIO, TrafficShapes.of([DAYS[k]]))

        assert fold.tuned_on == tuple(shape.name for shape in DAYS[:k])
        assert fold.tuned.plan == fold.judged.plan == plan
        assert fold.tuned.weighted == result.totals.of(result.best())
        assert fold.judged.weighted["host_minutes"] == later.host_minutes[0, 0]


def test_a_day_unlike_all_before_it_is_reported():
    found = walk_forward(SPACE, SCENARIO, DAYS)

    assert found.days_over_cliff == ("storm",)
    assert found.judged_days == 3
    assert found.lines()[-1] == "Over the cliff on 1 of 3 days never seen: storm."
    assert "over the cliff on 1 later day" in found.lines()[1]
    assert json.loads(json.dumps(found.to_json(), allow_nan=False))["days_over_cliff"] == ["storm"]


def test_where_nothing_is_feasible_the_fold_says_so():
    found = walk_forward(SPACE, SCENARIO, DAYS[:2], limits=Limits(max_activities_per_day=0.0))

    assert (found.folds[0].tuned, found.folds[0].judged, found.judged_days) == (None, None, 0)
    assert "nothing is feasible on the earlier days" in found.lines()[0]
    assert found.to_json()["folds"][0]["judged"] is None


def test_the_engine_of_the_job_searches():
    settings = SearchSettings(engine="evolve", trials=20, seed=3)
    first, again = (walk_forward(SPACE, SCENARIO, DAYS, settings=settings, folds=1) for _ in "ab")

    assert first.to_json() == again.to_json()
    assert first.folds[0].tuned_on == ("calm 1", "calm 2")


def test_a_search_that_was_interrupted_tunes_nothing(monkeypatch):
    half = replace(search_exact(SPACE, SCENARIO, TrafficShapes.of(DAYS[:1])), complete=False)
    monkeypatch.setattr("tuner.decision.walk_forward.search", lambda *_, **__: half)

    with pytest.raises(KeyboardInterrupt):
        walk_forward(SPACE, SCENARIO, DAYS)


def test_fewer_than_two_days_are_refused():
    with pytest.raises(TrafficError, match="at least two recorded days, got 1 day"):
        walk_forward(SPACE, SCENARIO, DAYS[:1])


@given(st.integers(2, 400), st.integers(1, 30))
def test_cuts_rise_and_leave_days_on_both_sides(n_days, folds):
    cuts = fold_cuts(n_days, folds=folds)

    assert len(cuts) == min(folds, n_days - 1)
    assert cuts == sorted(set(cuts))
    assert 1 <= cuts[0] <= cuts[-1] <= n_days - 1
