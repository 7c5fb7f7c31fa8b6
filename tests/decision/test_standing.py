"""The words that page and report share: why not another plan, and what a change buys and costs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decision.plans import MANY, ONE, plan_of
from tests.search.talk import SCENARIO
from tuner.decision.change_words import (
    monthly_usd,
    one_more_point,
    price_sentence,
    today_sentence,
    what_it_buys,
    what_it_costs,
)
from tuner.decision.standing import Setting, Standing, setting_of, standing_of, why_not
from tuner.decision.totals import totals_of
from tuner.decision.words import halves_up, number, signed
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate

SETTING = Setting(
    cliff_percent=50.0, limit_percent=50.0, n_shapes=14, per="a day", usd_per_hour=0.096
)
WITH_MARGIN = replace(SETTING, limit_percent=45.0, per="")


def standing(minutes, peak, mean=13.0, *, over=0.0, shapes_over=0):
    return Standing(
        host_minutes=minutes,
        worst_peak_cpu_percent=peak,
        mean_cpu_percent=mean,
        activities_per_day=13.5,
        minutes_over_cliff=over,
        shapes_over=shapes_over,
    )


R = standing(4011.0, 47.8)
TODAY = standing(3223.0, 100.0, 19.1, over=117.0, shapes_over=9)


@pytest.mark.parametrize(
    ("other", "kind", "words"),
    [
        (
            standing(3387.0, 100.0, over=54.0, shapes_over=9),
            "over",
            "Not B: 624 host-minutes a day cheaper, but it reaches 100.0 %: over the cliff on 9 of"
            " 14 shapes, 54 minutes in all.",
        ),
        (
            standing(4511.0, 60.0, over=1.0, shapes_over=1),
            "over",
            "Not B: 500 host-minutes a day dearer, and it reaches 60.0 %: over the cliff on 1 of"
            " 14 shapes, 1 minute in all.",
        ),
        (
            standing(4011.0, 50.04, over=1.0, shapes_over=1),
            "over",
            "Not B: as dear as R, but it reaches 50.04 %: over the cliff on 1 of 14 shapes,"
            " 1 minute in all.",
        ),
        (
            standing(4048.0, 48.3),
            "dearer",
            "Not B: 37 host-minutes a day (0.9 %) dearer, and it peaks 0.5 points higher."
            " R beats it twice.",
        ),
        (
            standing(4048.0, 47.8),
            "dearer",
            "Not B: 37 host-minutes a day (0.9 %) dearer, and it is no safer.",
        ),
        (
            standing(4026.0, 42.2),
            "take",
            "B is 15 host-minutes a day (0.4 %) dearer and 5.6 points safer: take it, unless its"
            " kind is not allowed here.",
        ),
        (
            standing(4950.0, 35.6),
            "taste",
            "B is 939 host-minutes a day (23 %) dearer and 12.2 points safer: a matter of taste,"
            " not of the limit.",
        ),
        (
            standing(3979.0, 49.0, 13.1),
            "cheaper",
            "B is 32 host-minutes a day cheaper and under the cliff: the search had not tried it."
            " Search around it.",
        ),
        (
            standing(3979.0, 49.0, 12.9),
            "cheaper",
            "B is 32 host-minutes a day cheaper and under the cliff, but uses its instances less:"
            " mean CPU 12.9 %, R's 13.0 %.",
        ),
        (standing(4011.2, 47.79), "same", "B costs what R costs, and peaks no lower."),
    ],
)
def test_each_of_the_reasons_has_its_sentence(other, kind, words):
    got = why_not(R, other, SETTING)

    assert (kind, words) == (got.kind, got.words)


def test_a_plan_between_limit_and_cliff_is_over_the_limit_only():
    got = why_not(R, standing(3900.0, 47.0, shapes_over=2), WITH_MARGIN, letter="C")

    assert got.words == (
        "Not C: 111 host-minutes cheaper, but it reaches 47.0 %: over the limit of 45 % on 2 of 14"
        " shapes."
    )


def test_a_cheaper_plan_may_have_failed_the_stress_check():
    tested = replace(SETTING, has_stress_check=True)

    assert "failed the stress check" in why_not(R, standing(3979.0, 49.0, 13.1), tested).words


@given(
    minutes=st.floats(1.0, 9_000.0),
    peak=st.floats(1.0, 100.0),
    mean=st.floats(1.0, 50.0),
)
def test_every_plan_has_a_reason_that_says_no_nothing(minutes, peak, mean):
    got = why_not(R, standing(minutes, peak, mean, shapes_over=3), SETTING)

    assert (got.kind == "over") == (peak > 50.0)
    assert " 0 host-minutes" not in got.words
    assert " 0.0 points" not in got.words


def test_what_a_change_buys_and_costs_are_the_figures_of_the_card():
    assert what_it_buys(TODAY, R, SETTING) == (
        "The worst peak goes from 100.0 % to 47.8 %. Today passes the cliff on 9 of 14 shapes,"
        " for 117 minutes; this never does."
    )
    assert what_it_costs(TODAY, R, SETTING) == (
        "+788 host-minutes a day (+24 %): $38 a month at $0.096 an hour."
    )
    assert price_sentence(TODAY, R, SETTING) == (
        "Price: +788 host-minutes a day (+24 %, $38 a month)."
    )


def test_without_a_price_or_whole_days_nothing_is_said_of_money():
    for setting in (replace(SETTING, usd_per_hour=None), replace(SETTING, per="")):
        assert monthly_usd(788.0, setting) == ""
        assert "$" not in price_sentence(TODAY, R, setting)
        assert "$" not in what_it_costs(TODAY, R, setting)


def test_a_change_that_saves_says_so_with_a_true_minus():
    cheaper = standing(3000.0, 40.0)

    assert price_sentence(R, cheaper, SETTING) == (
        "Price: −1,011 host-minutes a day (−25 %, −$49 a month)."
    )


def test_today_is_said_with_the_room_that_the_other_leaves():
    assert today_sentence(TODAY, "+1 above 25 % for 5 minutes", R, SETTING) == (
        "Today: +1 above 25 % for 5 minutes. On the worst of 14 shapes CPU now reaches 100.0 %;"
        " with this it stays at 47.8 %, 2.2 points under the cliff."
    )
    assert today_sentence(None, "", R, WITH_MARGIN).startswith("No policy of today was given.")


@pytest.mark.parametrize(
    ("safer", "words"),
    [
        (None, "No policy that was tried is safer."),
        (
            standing(4026.0, 42.2),
            "The next safer policy costs 15 host-minutes a day (0.4 %) and frees 5.6 points: 2.7 a"
            " point – cheap, worth a look.",
        ),
        (
            standing(4511.0, 46.8),
            "The next safer policy costs 500 host-minutes a day (12 %) and frees 1 point: 500.0 a"
            " point.",
        ),
        (
            standing(3979.0, 42.2),
            "The next safer policy saves 32 host-minutes a day and frees 5.6 points; its mean CPU"
            " is lower.",
        ),
    ],
)
def test_one_more_point_of_room_has_its_price(safer, words):
    assert words == one_more_point(R, safer, SETTING)


def test_a_standing_holds_what_the_simulator_gave():
    plan = plan_of(35, 1)
    outcomes = simulate(pack_plans([plan], SCENARIO), SCENARIO, MANY)
    totals = totals_of(outcomes, MANY, label="today", plan=plan, scenario=SCENARIO)
    got = standing_of(totals)

    assert got.host_minutes == totals.weighted["host_minutes"]
    assert got.shapes_over == len(totals.shapes_over_limit) > 0
    assert got.minutes_over_cliff == totals.all_minutes_over_cliff > 0.0


def test_minutes_are_a_days_only_where_every_shape_is_a_day():
    got = setting_of(SCENARIO, ONE)

    assert (got.per, got.n_shapes) == ("", 1)
    assert got.limit_percent == SCENARIO.limit_percent


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (2.675, 2, 2.68),
        (0.5, 0, 1.0),
        (1.5, 0, 2.0),
        (2.5, 0, 3.0),
        (-2.5, 0, -3.0),
        (39.25, 1, 39.3),
    ],
)
def test_halves_are_rounded_up_as_they_are_read(value, digits, expected):
    assert expected == halves_up(value, digits=digits)


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_is_even_handed_and_says_no_minus_zero(value):
    assert halves_up(-value, digits=1) == -halves_up(value, digits=1)
    assert number(value) != "−0.0"
    assert signed(value) == "±0" or signed(value)[0] in "+−"
