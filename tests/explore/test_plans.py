"""Any plan can be named, changed, run on every shape and minute by minute."""

from __future__ import annotations

import numpy as np
import pytest

from tests.explore.shop import explorer, tuning
from tuner.errors import ConfigurationError
from tuner.explore.compare import compare_json
from tuner.explore.explorer import TODAY
from tuner.explore.minutes import minutes_json, worst_shape_of_today
from tuner.explore.plan_knobs import plan_knobs, with_knobs
from tuner.simulation.run import simulate_plans, trace

MARGIN = 2.0


def test_a_candidate_is_named_by_its_family_and_place():
    pool = explorer().pool
    for c in (0, 17, len(pool) - 1):
        named = explorer().named(pool.name(c))

        assert named.place == c
        assert explorer().totals(named).weighted["host_minutes"] == pool.host_minutes[c]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "simple",
        "simple:",
        "simple:-1",
        "simple:999999",
        "step:0",
        "../simple:0",
        "today;",
        "today;min_size",
        "today;min_size=1;",
        "today;min_size=1e9",
        "today;min_size=1.5",
        "today;min_size=99999",
        "today;target_percent=30",
        "today;__class__=1",
        "today" + ";min_size=3" * 13,
    ],
)
def test_a_name_of_no_plan_is_refused_with_a_sentence(name):
    with pytest.raises(ConfigurationError) as caught:
        explorer().named(name)

    assert caught.value.problems[0].next_step


def test_a_change_of_each_knob_changes_it_alone():
    scenario = tuning().scenario
    for name in (TODAY, "simple:40", "target:3"):
        plan = explorer().named(name).plan
        before = plan_knobs(plan, scenario)
        for knob, value in before.items():
            after = plan_knobs(with_knobs(plan, {knob: value + 1}, scenario), scenario)

            assert after == before | {knob: value + 1}, (name, knob)


def test_a_what_if_yields_what_the_simulator_yields():
    name = "simple:40;min_size=3;scale_out_adjustment=2"
    told = compare_json(explorer(), name, margin_percent=MARGIN)
    plan = with_knobs(
        explorer().named("simple:40").plan,
        {"min_size": 3, "scale_out_adjustment": 2},
        tuning().scenario,
    )
    outcomes = simulate_plans([plan], tuning().scenario, tuning().shapes)
    weight = tuning().shapes.weight
    expected = float((outcomes.host_minutes[0] * weight).sum() / weight.sum())

    assert told["host_minutes"] == pytest.approx(expected, abs=0.5000001)
    assert told["peak_tenths"] / 10 == pytest.approx(outcomes.peak_cpu_percent.max(), abs=0.0500001)
    assert told["what_if"]["min_size"] == 3


def test_reasons_cover_every_whole_percent_once_and_change_where_the_plan_goes_over():
    told = compare_json(explorer(), "simple:40", margin_percent=MARGIN)
    covered = [c for run in told["why"] for c in range(run["from"], run["to"] + 1)]

    assert covered == list(range(101))
    peak = told["peak_tenths"] / 10
    for run in told["why"]:
        over = run["from"] - MARGIN < peak - 0.05
        assert (run["kind"] in ("over", "none")) == over, run


def test_the_recommended_plan_is_the_same_as_itself():
    place = explorer().recommended_place
    told = compare_json(explorer(), explorer().pool.name(place), margin_percent=MARGIN)

    assert told["why_measured"]["kind"] == "same"


def test_minutes_are_the_trace_and_peaks_those_of_all_shapes():
    shape = worst_shape_of_today(explorer(), None)
    names = [TODAY, explorer().pool.name(explorer().recommended_place), "target:3"]
    told = minutes_json(explorer(), shape, names, letters=["T", "R", "B"], detail=1)
    s = tuning().shapes.names.index(shape)
    for name, shown in zip(names, told["plans"], strict=True):
        named = explorer().named(name)
        run = trace(named.plan, tuning().scenario, tuning().shapes, s)
        peaks = explorer().totals(named).outcomes.peak_cpu_percent[0]

        assert shown["serving"] == run.serving.tolist()
        assert shown["launching"] == run.pending.tolist()
        np.testing.assert_allclose(shown["cpu"], run.cpu_percent, atol=0.0500001)
        cells = [row["cells"][names.index(name)]["tenths"] for row in told["peaks"]]
        np.testing.assert_allclose(np.array(cells) / 10, peaks, atol=0.0500001)
    assert [plan["letter"] for plan in told["plans"]] == ["T", "R", "B"]
    assert told["events"]
    assert told["events_words"].startswith("R on this shape: ")


def test_the_first_shape_is_the_one_on_which_today_is_worst():
    baseline = tuning().recommendation.baseline
    expected = tuning().shapes.names[int(baseline.outcomes.peak_cpu_percent[0].argmax())]

    assert expected == worst_shape_of_today(explorer(), None)


@pytest.mark.parametrize(
    ("shape", "names", "detail"),
    [
        ("no such shape", [TODAY], 0),
        ("first", [], 0),
        ("first", [TODAY] * 4, 0),
        ("first", [TODAY], 1),
        ("first", ["simple:99999999"], 0),
    ],
)
def test_what_cannot_be_drawn_is_refused(shape, names, detail):
    shape = tuning().shapes.names[0] if shape == "first" else shape
    with pytest.raises(ConfigurationError):
        minutes_json(explorer(), shape, names, letters=["T"] * len(names), detail=detail)
