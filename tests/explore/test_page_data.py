"""What the page shows at once holds all that any answer names."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

import tuner.explore.page_data as module
from tests.explore.shop import explorer, tuning
from tuner.explore.answers import find_answers
from tuner.explore.knobs import MOST_VALUES, knobs_of
from tuner.explore.page_data import page_data, page_text, points_to_show
from tuner.explore.reach import NOBODY


@pytest.fixture(scope="module")
def data():
    return page_data(tuning())


def test_the_data_are_json_and_the_same_each_time(data):
    assert json.loads(page_text(tuning())) == json.loads(json.dumps(data))


def test_points_are_the_candidates_with_rounded_figures(data):
    points, pool = data["points"], explorer().pool
    for i in (0, 5, len(pool) - 1):
        place = pool.place(points["id"][i])

        assert points["host_minutes"][i] == int(pool.host_minutes[place] + 0.5)
        assert points["peak_tenths"][i] == pytest.approx(
            10 * pool.worst_peak_cpu_percent[place], abs=0.5000001
        )
        for k, knob in enumerate(pool.knobs):
            assert (
                data["knobs"][k]["values"][points["knobs"][k][i]]
                == knob.values[knob.value_of[place]]
            )


def test_thinning_keeps_every_candidate_that_an_answer_names(monkeypatch):
    monkeypatch.setattr(module, "MOST_POINTS", 120)
    found = find_answers(explorer(), margin_percent=explorer().margin_percent)
    shown = set(points_to_show(explorer(), found).tolist())
    named = {*found.front.tolist(), *found.best.tolist(), *found.cheapest.tolist()} - {NOBODY}

    assert len(shown) == 120
    assert named | {explorer().recommended_place} <= shown


def test_the_table_lists_the_front_the_cheapest_first_and_the_recommended_plan(data):
    rows = data["table"]["rows"]
    minutes = [row["sort"][2] for row in rows]
    recommended = data["answers"]["answers"][data["answers"]["measured"]]["recommended"]

    assert minutes == sorted(minutes)
    assert recommended in [row["id"] for row in rows]
    assert all(len(row["cells"]) == len(data["table"]["columns"]) for row in rows)


def test_knobs_have_at_most_a_dozen_values_and_groups_of_neighbours():
    results = {a.family: a.result for a in tuning().answers}
    knobs = {knob.name: knob for knob in knobs_of(results, ["simple", "tracking"])}

    assert next(iter(knobs)) == "kind"
    assert all(len(knob.values) <= MOST_VALUES + 1 for knob in knobs.values())
    level = knobs["level"]
    rng = random.Random(4)
    for family, name in (("simple", "scale_out_threshold_percent"), ("target", "target_percent")):
        column = results[family].parameters()[name]
        start = explorer().pool.first[family]
        for row in rng.sample(range(len(column)), k=30):
            low, high = level.spans[level.value_of[start + row]]
            assert low <= column[row] <= high


def test_the_places_of_a_changed_plan_are_those_of_the_candidate_with_such_values():
    pool = explorer().pool
    for c in (3, 40, len(pool) - 2):
        named = explorer().named(pool.name(c))
        knobs = {knob.name: i for i, knob in enumerate(pool.knobs)}
        own = explorer().knob_places(named)
        same = explorer().knob_places(type(named)(named.name, named.plan))
        for name in ("kind", "level", "window"):
            if name in knobs:
                value = pool.knobs[knobs[name]].values[own[knobs[name]]]
                assert same[knobs[name]] == (None if value == "–" else own[knobs[name]])


def test_figures_of_the_cloud_are_finite(data):
    for name in ("host_minutes", "peak_tenths", "mean_tenths"):
        assert np.isfinite(data["points"][name]).all()
