"""What stands behind a choice, in sentences."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.decision.plans import MANY
from tests.search.talk import ROBUST, SCENARIO
from tuner.decision.insight import insight_of, most_sensitive
from tuner.decision.price_of_safety import PriceOfSafety
from tuner.decision.recommend import recommend
from tuner.decision.sensitivity import sensitivity
from tuner.decision.stress_record import StressCheck, StressedPlan
from tuner.search.search import search_exact


@pytest.fixture(scope="module")
def searched():
    return search_exact(ROBUST, SCENARIO, MANY)


@pytest.fixture(scope="module")
def found(searched):
    return insight_of(searched, recommend(searched, MANY, baseline=None), MANY)


def test_it_is_the_neighbours_of_the_recommended_plan_the_shares_and_the_front(searched, found):
    table = json.loads(json.dumps(found.to_json(), allow_nan=False))
    expected = sensitivity(searched, searched.best(), MANY)

    assert found.label == "recommended"
    assert table["sensitivity"] == expected.to_json()["steps"]
    assert sum(table["importance"].values()) == pytest.approx(1.0)
    assert table["price_of_safety"]["knee"]["host_minutes"] == 550.0


def test_the_step_that_breaks_most_shapes_comes_first(found):
    steps = most_sensitive(found.sensitivity)
    over = [step.shapes_over_limit for step in steps]

    assert over == sorted(over, reverse=True)
    assert over[0] == 41
    assert sorted(map(id, steps)) == sorted(map(id, found.sensitivity.steps))


def test_the_words_name_the_steps_that_break_and_on_which_shape(found):
    first, second = found.sensitivity_lines()

    assert first.startswith("Most sensitive: min_size 1 to 2: mean CPU −1.4 points")
    assert second == (
        "Over the limit of 50 %: 6 of 14 single steps away from the recommended plan: min_size to 2"
        " on 'hold 5m' (56.3 %); scale_in_adjustment to −2 on 'hold 12m' (56.3 %);"
        " scale_in_threshold to 10 % on 'hold 15m' (56.3 %); 3 more."
    )


def test_the_knee_is_offered_with_what_it_costs(found):
    assert found.safety_lines() == [
        "From 10.6 to 27.5 points of headroom, each point costs 1.7 to 27.9 host-minutes.",
        "An alternative, the knee of the front: scale out by 3 above 17 % for 5 minutes: 21.9"
        " points of headroom in place of 10.6, 15 % more host-minutes, mean CPU 14.7 % in place of"
        " 17.0 %.",
    ]
    assert len(found.lines()) == 5


def test_without_a_step_that_breaks_the_words_say_so(found):
    calm = tuple(step for step in found.sensitivity.steps if not step.breaks)
    quiet = replace(found, sensitivity=replace(found.sensitivity, steps=calm))

    assert quiet.sensitivity_lines()[1] == (
        "None of 8 single steps away from the recommended plan passes the limit of 50 %."
    )


def test_without_any_step_or_share_the_words_say_so(found):
    alone = replace(
        found,
        sensitivity=replace(found.sensitivity, steps=()),
        importance={"scale_out_adjustment": 0.0},
    )

    assert alone.lines()[:2] == [
        "No single step away from the recommended plan is a candidate.",
        "No knob tells the best candidates from the others.",
    ]


def test_small_shares_are_added_up(found):
    shares = dict(zip("abcde", (0.5, 0.3, 0.1, 0.06, 0.04), strict=True))

    assert (
        replace(found, importance=shares)
        .importance_line()
        .endswith("a 50 %, b 30 %, c 10 %, the others 10 %.")
    )


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "No plan of the front keeps to every limit, so headroom has no price."),
        (1, "One plan of the front keeps to every limit, so headroom has no price."),
        (2, "The front has no knee: only 2 plans of it keep to every limit."),
        (3, "The front has no knee: headroom costs much the same all along it."),
    ],
)
def test_a_front_without_a_knee_says_why(found, count, words):
    plans = found.price_of_safety.feasible[:count]
    priced = PriceOfSafety(limit_percent=50.0, front=plans, knee=None)

    assert replace(found, price_of_safety=priced).safety_lines()[-1] == words


def test_a_plan_that_is_the_knee_is_not_its_own_alternative(searched, found):
    knee = found.price_of_safety.knee
    itself = replace(found, sensitivity=sensitivity(searched, knee.row, MANY))

    assert itself.safety_lines()[-1] == "The recommended plan is the knee of the front."


@pytest.mark.parametrize(
    ("chosen", "words"),
    [("best", "the stress check has not tried it"), ("last", "it does not pass the stress check")],
)
def test_the_knee_is_judged_by_the_order_in_which_the_stress_check_tries(searched, chosen, words):
    feasible = searched.feasible().nonzero()[0]
    last = feasible[searched.mean_cpu_percent[feasible].argmin()]
    row = int({"best": searched.best(), "last": last}[chosen])
    passed = StressedPlan(
        row=row,
        plan=searched.plan(row),
        host_minutes=float(searched.host_minutes[row]),
        violations=0,
        upper_bound_percent=0.7,
        first_shape=None,
        worst_peak_cpu_percent=40.0,
        passes=True,
    )
    check = StressCheck(
        runs=400,
        allowed_percent=1.0,
        cliff_percent=50.0,
        feasible_count=len(feasible),
        tried=1,
        chosen=passed,
        least_bad=None,
        passed_over=(),
        passed_over_count=0,
    )
    advice = recommend(searched, MANY, baseline=None, stress=check)

    assert insight_of(searched, advice, MANY).safety_lines()[-1].endswith(f"; {words}.")
