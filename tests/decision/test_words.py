from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuner.decision.words import (
    at_most_percent,
    cost_in_words,
    counted,
    number,
    on_shapes,
    scale_out_in_words,
    shortest,
)
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, SimpleScaling


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(-1.25, 1, "−1.3"), (1234567.0, 0, "1,234,567"), (-0.01, 1, "0.0"), (0.0, 1, "0.0")],
)
def test_numbers_have_true_minus_signs_and_commas(value, digits, expected):
    got = number(value, digits=digits)

    assert expected == got


@given(value=st.floats(0.0, 100.0))
def test_at_or_below_is_never_false(value):
    said = float(at_most_percent(value).removesuffix(" %"))

    assert value - 1e-9 <= said <= value + 0.1 + 1e-9


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "0 shapes"), (1, "1 shape"), (1.0, "1 shape"), (2, "2 shapes"), (1.5, "1.5 shapes")],
)
def test_one_is_singular(count, expected):
    got = counted(count, "shape")

    assert expected == got


def test_shapes_are_counted_out_of_all():
    expected = ["on 1 shape", "on all 2 shapes", "on 1 of 2 shapes", "on 1,000 of 2,000 shapes"]
    got = [on_shapes(a, of=b) for a, b in ((1, 1), (2, 2), (1, 2), (1000, 2000))]

    assert expected == got


@pytest.mark.parametrize(
    ("minutes", "against", "expected"),
    [
        (88.0, 100.0, "12 % fewer host-minutes"),
        (300.0, 100.0, "200 % more host-minutes"),
        (100.4, 100.0, "0.4 % more host-minutes"),
        (100.0001, 100.0, "less than 0.1 % more host-minutes"),
        (0.0, 0.0, "the same host-minutes"),
        (0.0, 50.0, "100 % fewer host-minutes"),
        (50.0, 0.0, "50 host-minutes more"),
    ],
)
def test_costs_are_compared_in_percent(minutes, against, expected):
    got = cost_in_words(minutes, against=against)

    assert expected == got


def test_shortest_drops_zeros_but_not_those_of_whole_numbers():
    expected = ["100", "1,200", "0.5", "39.38"]
    got = [shortest(value) for value in (100.0, 1200.0, 0.5, 39.375)]

    assert expected == got


def test_the_scale_out_half_is_said_without_cooldown():
    alarm = Alarm(
        threshold_percent=20.0,
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=3,
        datapoints_to_alarm=2,
    )
    side = AlarmedPolicy(alarm, SimpleScaling(scaling_adjustment=1))

    assert scale_out_in_words(ScalingPlan(scale_out=side)) == (
        "scale out by 1 above 20 % for 2 of 3 periods of 1m"
    )
    assert scale_out_in_words(ScalingPlan()).startswith("no policies")
