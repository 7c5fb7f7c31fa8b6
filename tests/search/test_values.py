from __future__ import annotations

import math

import pytest

from tuner.errors import ConfigurationError
from tuner.search.values import LowerThreshold, value_range


def test_a_range_includes_its_end_where_the_steps_reach_it():
    expected = [(8.0, 10.0, 12.0), (8.0, 10.0), (8.0,)]
    got = [value_range(8, last=last, step=2) for last in (12, 11, 8)]

    assert expected == got


def test_a_range_of_tenths_has_no_binary_noise():
    expected = tuple(k / 10 for k in range(1, 31))
    got = value_range(0.1, last=3.0, step=0.1)

    assert expected == got


@pytest.mark.parametrize(
    ("first", "last", "step"),
    [(1, 0, 1), (0, 1, 0), (0, 1, -1), (0, math.inf, 1), (math.nan, 1, 1), (0, 1, 1e-9)],
)
def test_a_range_that_cannot_be_is_refused(first, last, step):
    with pytest.raises(ConfigurationError):
        value_range(first, last=last, step=step)


@pytest.mark.parametrize(
    ("rule", "upper", "expected"),
    [
        (LowerThreshold.given(15.0), 10.0, 15.0),
        (LowerThreshold.capped(15.0), 10.0, 10.0),
        (LowerThreshold.capped(15.0), 30.0, 15.0),
        (LowerThreshold.share(1, over=2), 31.0, 15.0),
        (LowerThreshold.share(1, over=3), 21.0, 7.0),
        (LowerThreshold.share(1, over=3), 23.9, 7.0),
        (LowerThreshold.share(10, over=37), 33.3, 9.0),
        (LowerThreshold.share(1, over=1), 21.0, 21.0),
        (LowerThreshold.share(1, over=3), 2.0, 0.0),
    ],
)
def test_the_lower_threshold_follows_its_rule(rule, upper, expected):
    got = rule.below(upper)

    assert expected == got


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 3), (4, 3), (-1, 2), (1, 0), (1, -1)])
def test_a_share_outside_zero_and_one_is_refused(numerator, denominator):
    with pytest.raises(ConfigurationError, match="share above 0"):
        LowerThreshold.share(numerator, over=denominator)


def test_an_unknown_rule_and_a_threshold_that_is_no_number_are_refused():
    with pytest.raises(ConfigurationError, match="given, capped or share"):
        LowerThreshold(kind="half")
    with pytest.raises(ConfigurationError, match="finite"):
        LowerThreshold.given(math.nan)


def test_a_rule_says_itself_in_words():
    rules = (LowerThreshold.given(5), LowerThreshold.capped(15), LowerThreshold.share(1, over=3))
    expected = ["5 %", "15 % at most the upper one", "1/3 of the upper one, rounded down"]
    got = [str(rule) for rule in rules]

    assert expected == got
