from __future__ import annotations

from dataclasses import replace

from tests.decision.plans import MANY, ONE, plan_of, single
from tests.search.talk import CONF42, SCENARIO, hold
from tuner.decision.recommend import recommend
from tuner.search.limits import Limits
from tuner.search.search import search_exact
from tuner.traffic.shapes import TrafficShapes


def test_nothing_feasible_is_a_result_with_the_least_bad_and_what_binds():
    shapes = TrafficShapes.of([hold(5), hold(20)])
    space = replace(CONF42, scale_out_threshold_percent=(25.0, 30.0), scale_out_adjustment=(1, 2))
    result = search_exact(space, SCENARIO, shapes)
    advice = recommend(result, shapes, baseline=plan_of(35, 1))

    assert (advice.verdict, advice.feasible_count) == ("nothing feasible", 0)
    assert (advice.recommended, advice.cheapest) == (None, None)
    assert advice.least_bad.plan == plan_of(25, 2)
    assert "none of 4 candidates keeps CPU at or below 50 % on all 2 shapes" in (
        advice.reason[0].lower() + advice.reason[1:]
    )
    assert "the least bad, scale out by 2 above 25 % for 5 minutes, goes over" in advice.reason
    assert "; today's policy goes over the cliff on all 2 shapes" in advice.reason
    assert advice.binding == (
        "peak CPU on shape 'hold 5m': 100 %, 50 points over the limit of 50 %;"
        " no candidate keeps to it: the lowest peak is 100 %",
        "peak CPU on shape 'hold 20m': 100 %, 50 points over the limit of 50 %;"
        " no candidate keeps to it: the lowest peak is 100 %",
    )


def test_a_shape_that_only_the_least_bad_fails_on_says_how_many_others_pass():
    space = replace(
        CONF42, scale_out_threshold_percent=(15.0, 16.0, 17.0, 18.0), scale_out_adjustment=(2, 3)
    )
    result = search_exact(space, SCENARIO, MANY)
    advice = recommend(result, MANY, baseline=None)

    assert advice.verdict == "nothing feasible"
    assert any("of 8 candidates keep to it" in words for words in advice.binding)
    assert {words.split("'")[1] for words in advice.binding} == set(
        advice.least_bad.shapes_over_limit
    )


def test_an_optional_constraint_binds_in_words():
    limits = Limits(max_activities_per_day=1.0)
    result = search_exact(single(15, 2), SCENARIO, ONE, limits=limits)
    advice = recommend(result, ONE, baseline=None)

    assert advice.verdict == "nothing feasible"
    assert advice.least_bad.shapes_over_limit == ()
    assert "and to the other limits" in advice.reason
    assert advice.binding == (
        "scaling activities a day, weighted over the shapes: 220.41, where 1 are allowed;"
        " no candidate keeps to it: the fewest are 220.41",
    )


def test_where_only_the_policy_of_today_is_safe_the_reason_says_keep_it():
    result = search_exact(single(25, 1), SCENARIO, ONE)
    advice = recommend(result, ONE, baseline=plan_of(15, 2))

    assert advice.verdict == "nothing feasible"
    assert advice.reason.endswith(
        "today's policy keeps CPU at or below 39.4 % on 1 shape (cliff 50.0 %): keep it."
    )
