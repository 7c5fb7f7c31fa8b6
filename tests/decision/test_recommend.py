from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.decision.plans import MANY, ONE, plan_of, single
from tests.search.talk import CONF42, ROBUST, SCENARIO, hold, holds
from tuner.decision.recommend import recommend
from tuner.decision.totals import same_plans
from tuner.errors import ConfigurationError
from tuner.host import HostModel
from tuner.plan_json import plan_from_json
from tuner.search.limits import Limits
from tuner.search.objectives import WEIGHTED
from tuner.search.search import search_exact
from tuner.simulation.outcomes import TOTALS
from tuner.traffic.shapes import TrafficShapes


@pytest.fixture(scope="module")
def talk():
    return search_exact(CONF42, SCENARIO, ONE)


@pytest.fixture(scope="module")
def robust():
    return search_exact(ROBUST, SCENARIO, MANY)


def test_the_talks_recommendation_against_its_plan_of_today(talk):
    advice = recommend(talk, ONE, baseline=plan_of(25, 1))

    assert advice.verdict == "change"
    assert advice.reason == (
        "Scale out by 2 above 15 % for 5 minutes keeps CPU at or below 39.4 % on 1 shape"
        " (cliff 50.0 %), where today's policy goes over the cliff on 1 shape for 13 minutes in"
        " all; it costs 79 % more host-minutes."
    )
    assert advice.recommended.plan == plan_of(15, 2)
    assert advice.recommended.weighted == talk.totals.of(talk.best())
    assert advice.feasible_count == talk.feasible().sum()
    assert (advice.least_bad, advice.binding) == (None, ())


def test_over_many_shapes_the_reason_counts_them(robust):
    advice = recommend(robust, MANY, baseline=plan_of(15, 2))

    assert advice.reason == (
        "Scale out by 3 above 21 % for 5 minutes keeps CPU at or below 39.4 % on all 41 shapes"
        " (cliff 50.0 %), where today's policy goes over the cliff on 28 of 41 shapes for 87"
        " minutes in all; it costs 12 % fewer host-minutes."
    )
    assert len(advice.baseline.shapes_over_limit) == 28
    assert advice.recommended.shapes_over_limit == ()


def test_the_yardsticks_are_a_fixed_group_and_the_clairvoyant_bound(robust):
    advice = recommend(robust, MANY, baseline=None)
    minutes = float(np.mean([78 + minutes for minutes in range(5, 46)]))

    assert advice.fixed_instances == 3
    assert advice.fixed_group.weighted["host_minutes"] == pytest.approx(3 * minutes)
    assert advice.fixed_group.weighted["worst_peak_cpu_percent"] == 37.5
    assert advice.clairvoyant_host_minutes < advice.fixed_group.weighted["host_minutes"]
    assert advice.clairvoyant.shapes_over_limit == ()
    assert advice.remarks == (
        "Not stress-tested: how the plan holds on traffic it never saw is unknown.",
        "A fixed group of 3 hosts, without any policy, costs 35 % fewer host-minutes.",
    )


def test_without_a_policy_of_today_the_reason_says_so(talk):
    advice = recommend(talk, ONE, baseline=None)

    assert advice.verdict == "change"
    assert advice.baseline is None
    assert advice.reason.endswith(
        "at a mean CPU of 16.5 % and 550 host-minutes; no policy of today was given."
    )


def test_a_safe_policy_of_today_with_a_lower_mean_is_replaced(talk):
    advice = recommend(talk, ONE, baseline=plan_of(11, 10, lower=11))

    assert advice.verdict == "change"
    assert "where today's policy peaks at" in advice.reason
    assert "% fewer host-minutes and has a mean CPU of 16.5 % instead of" in advice.reason


def test_the_recommended_policy_of_today_is_kept(talk):
    advice = recommend(talk, ONE, baseline=plan_of(15, 2))

    assert advice.verdict == "keep"
    assert advice.reason == (
        "Keep today's policy: it keeps CPU at or below 39.4 % on 1 shape (cliff 50.0 %), and it is"
        " the best of 250 candidates; it has a mean CPU of 16.5 % and 550 host-minutes."
    )


def test_a_policy_of_today_that_no_candidate_beats_is_kept():
    result = search_exact(single(11, 10, lower=11), SCENARIO, ONE)
    advice = recommend(result, ONE, baseline=plan_of(15, 2))

    assert advice.verdict == "keep"
    assert "none of 1 candidate has a higher mean CPU" in advice.reason
    assert "would cost" not in advice.reason


def test_where_today_is_kept_a_cheaper_candidate_is_named(talk):
    plan = talk.plan(talk.cheapest())
    threshold = plan.scale_out.alarm.threshold_percent
    increment = plan.scale_out.policy.scaling_adjustment
    result = search_exact(single(threshold, increment), SCENARIO, ONE)
    advice = recommend(result, ONE, baseline=plan_of(15, 2))

    assert advice.verdict == "keep"
    assert f"; scale out by {increment} above {threshold:g} % for 5 minutes would cost" in (
        advice.reason
    )
    assert "% fewer host-minutes at a mean CPU of" in advice.reason


def test_equal_totals_keep_the_policy_of_today(talk):
    advice = recommend(talk, ONE, baseline=plan_of(16, 2))

    assert advice.verdict == "keep"
    assert advice.recommended.plan != advice.baseline.plan


def test_a_policy_of_today_within_the_margin_is_not_over_the_cliff():
    scenario = replace(SCENARIO, margin_percent=11.0)
    advice = recommend(search_exact(CONF42, scenario, ONE), ONE, baseline=plan_of(15, 2))

    assert advice.verdict == "change"
    assert (
        "where today's policy reaches 39.38 %, over the limit of 39 %, on 1 shape" in advice.reason
    )
    assert "(cliff 50.0 % less 11.0 points of margin)" in advice.reason


def test_a_policy_of_today_that_acts_too_often_is_not_kept(talk):
    limits = Limits(max_activities_per_day=200.0)
    result = search_exact(CONF42, SCENARIO, ONE, limits=limits)
    advice = recommend(result, ONE, baseline=talk.plan(talk.best()))

    assert advice.verdict == "change"
    assert "makes 220.41 activities a day, where 200 are allowed" in advice.reason
    assert advice.recommended.weighted["activities_per_day"] <= 200.0


def test_without_a_cliff_the_reason_names_the_limit():
    scenario = replace(
        SCENARIO, host=HostModel(slope_percent_per_rpm=0.75 / 1000), margin_percent=10.0
    )
    advice = recommend(search_exact(CONF42, scenario, ONE), ONE, baseline=plan_of(25, 1))

    assert "(no cliff was found; the limit is 90.0 %)" in advice.reason
    assert "today's policy reaches 100 %, over the limit of 90 %, on 1 shape" in advice.reason


def test_a_limit_of_100_percent_is_remarked_where_hosts_saturate():
    scenario = replace(SCENARIO, host=HostModel(slope_percent_per_rpm=0.75 / 1000))
    advice = recommend(search_exact(single(35, 1), scenario, ONE), ONE, baseline=None)

    assert advice.recommended.weighted["overload_requests"] > 0.0
    assert any("beyond what they carry" in words for words in advice.remarks)


def test_the_cheapest_is_printed_only_where_it_is_another(talk):
    advice = recommend(talk, ONE, baseline=None)
    alone = recommend(search_exact(single(15, 2), SCENARIO, ONE), ONE, baseline=None)

    assert advice.cheapest.weighted == talk.totals.of(talk.cheapest())
    assert advice.cheapest.weighted["host_minutes"] < advice.recommended.weighted["host_minutes"]
    assert alone.cheapest is None


def test_the_bound_takes_the_smallest_minimum_of_the_space():
    result = search_exact(single(15, 2, min_size=(9, 3)), SCENARIO, ONE)
    advice = recommend(result, ONE, baseline=None)

    assert advice.clairvoyant_host_minutes == 3 * 98


def test_a_group_too_small_for_the_peak_has_no_fixed_group():
    scenario = replace(SCENARIO, group=replace(SCENARIO.group, max_size=2))
    advice = recommend(search_exact(single(15, 2), scenario, ONE), ONE, baseline=None)

    assert (advice.fixed_group, advice.fixed_instances) == (None, None)
    assert advice.to_json()["fixed_group"] is None
    assert advice.clairvoyant.shapes_over_limit == ("hold 20m",)


def test_a_baseline_that_cannot_run_is_named(talk):
    alarm = replace(plan_of(15, 2).scale_out.alarm, period_seconds=10)
    plan = plan_of(15, 2)
    odd = replace(plan, scale_out=replace(plan.scale_out, alarm=alarm))

    with pytest.raises(ConfigurationError, match="baseline: expected a policy of today"):
        recommend(talk, ONE, baseline=odd)


def test_shapes_of_another_search_are_refused(talk):
    with pytest.raises(ConfigurationError, match="hold 21m"):
        recommend(talk, holds(21), baseline=None)
    with pytest.raises(ConfigurationError, match="other weights"):
        recommend(talk, TrafficShapes.of([hold(20, weight=2.0)]), baseline=None)


def test_json_holds_the_keys_of_tune_and_is_json(robust):
    advice = recommend(robust, MANY, baseline=plan_of(15, 2))
    table = json.loads(json.dumps(advice.to_json(), allow_nan=False))
    recommended = table["recommended"]

    assert {"recommended", "cheapest", "baseline", "fixed_group", "feasible_count"} <= set(table)
    assert table["clairvoyant_host_minutes"] == advice.clairvoyant_host_minutes
    assert set(WEIGHTED) | {"plan", "per_shape"} <= set(recommended)
    assert plan_from_json(recommended["plan"]) == advice.recommended.plan
    assert [row["shape"] for row in recommended["per_shape"]] == list(MANY.names)
    assert set(TOTALS) < set(recommended["per_shape"][0])
    assert table["fixed_group"]["instances"] == 3
    assert table["fixed_group"]["plan"] is None


def test_json_is_null_where_there_is_nothing():
    result = search_exact(single(25, 1), SCENARIO, ONE)
    table = recommend(result, ONE, baseline=None).to_json()

    assert [table[key] for key in ("recommended", "cheapest", "baseline")] == [None] * 3
    assert table["least_bad"] is not None


def test_plans_are_the_same_with_defaults_filled_in():
    plan = plan_of(15, 2)
    alarm = replace(plan.scale_out.alarm, evaluation_range_extra=2)
    spelled = replace(plan, min_size=1, schedule=(), scale_out=replace(plan.scale_out, alarm=alarm))

    assert same_plans(plan, spelled, SCENARIO)
    assert not same_plans(plan, replace(plan, min_size=2), SCENARIO)
    assert not same_plans(plan, replace(plan, scale_in=None), SCENARIO)
