from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.search.talk import CONF42, ROBUST, SCENARIO
from tuner.errors import ConfigurationError
from tuner.policy import ScheduledAction, span_limit_seconds
from tuner.scenario import Scenario
from tuner.search.candidates import check_budget, find_candidates
from tuner.search.lattice import lattice_of
from tuner.search.pair_exclusions import LOWER_ABOVE_UPPER
from tuner.search.pair_space import PairSpace
from tuner.search.space import EQUAL
from tuner.search.values import LowerThreshold


def found(space: PairSpace, scenario: Scenario = SCENARIO):
    return find_candidates(lattice_of(space, scenario))


def brute_force(space: PairSpace, scenario: Scenario) -> list[tuple[float, ...]]:
    """Give every distinct candidate in the order of the lattice, by plain loops."""
    candidates: dict[tuple[float, ...], None] = {}
    knobs = (
        space.scale_out_threshold_percent,
        space.scale_out_adjustment,
        space.period_seconds,
        space.evaluation_periods,
        space.datapoints_to_alarm or (None,),
        space.cooldown_seconds,
        space.scale_in_threshold,
        space.scale_in_adjustment,
        space.scale_in_period_seconds or (None,),
        space.scale_in_evaluation_periods or (None,),
        space.scale_in_datapoints_to_alarm or (None,),
        space.min_size or (scenario.group.min_size,),
    )
    for upper, add, p, n, m, cooldown, rule, take, in_p, in_n, in_m, size in itertools.product(
        *knobs
    ):
        lower = rule.below(upper)
        m_out = n if m is None else m
        p_in, n_in = in_p or p, in_n or n
        as_out = in_p is None and in_n is None
        m_in = in_m or (m_out if as_out else n_in)
        windows = ((p, n, m_out), (p_in, n_in, m_in))
        fine = all(
            mm <= nn
            and (pp in (10, 20, 30) or pp % 60 == 0)
            and pp % scenario.tick_seconds == 0
            and nn * pp <= span_limit_seconds(pp)
            and (scenario.group.monitoring == "detailed" or pp >= 300)
            for pp, nn, mm in windows
        )
        if fine and lower <= upper and size <= scenario.group.max_size:
            key = (upper, add, p, n, m_out, cooldown, lower, take, p_in, n_in, m_in, size)
            candidates[key] = None
    return list(candidates)


def rows(space: PairSpace, scenario: Scenario = SCENARIO) -> list[tuple[float, ...]]:
    """Give every candidate that was found, as a tuple of its parameters."""
    lattice = lattice_of(space, scenario)
    columns = lattice.columns(find_candidates(lattice).index)
    return list(zip(*(columns[name].tolist() for name in space.parameters), strict=True))


def test_the_issues_space_has_1640_candidates_of_1680_points():
    expected = (1680, 1640, {EQUAL: 40})
    got = (ROBUST.n_lattice, len(found(ROBUST).index), found(ROBUST).left_out)

    assert expected == got


def test_the_talks_space_has_250_candidates():
    expected = (250, {})
    got = (len(found(CONF42).index), found(CONF42).left_out)

    assert expected == got


def test_a_lower_threshold_above_the_upper_one_is_left_out_and_equality_is_not():
    space = replace(CONF42, scale_in_threshold=(LowerThreshold.given(15),))

    expected = (21 * 10, {LOWER_ABOVE_UPPER: 4 * 10})
    got = (len(found(space).index), found(space).left_out)

    assert expected == got


def test_a_value_given_twice_counts_once_and_the_first_stays():
    space = replace(CONF42, scale_out_adjustment=(1, 2, 1), cooldown_seconds=(60, 60))

    expected = (25 * 2, {EQUAL: 25 * 4})
    got = (len(found(space).index), found(space).left_out)

    assert expected == got
    assert found(space).index[0] == 0


lowers = st.one_of(
    st.integers(0, 20).map(LowerThreshold.given),
    st.integers(0, 20).map(LowerThreshold.capped),
    st.sampled_from([1, 2, 3]).map(lambda n: LowerThreshold.share(n, over=3)),
)


def some(values, most: int = 3):
    return st.lists(values, min_size=1, max_size=most).map(tuple)


periods = st.sampled_from([10, 60, 90, 120, 300, 3600, 7200])
spaces = st.builds(
    PairSpace,
    scale_out_threshold_percent=some(st.integers(0, 20)),
    scale_out_adjustment=some(st.integers(1, 3)),
    period_seconds=some(periods, 2),
    evaluation_periods=some(st.sampled_from([1, 2, 5, 24, 100]), 2),
    datapoints_to_alarm=st.none() | some(st.integers(1, 5), 2),
    cooldown_seconds=some(st.sampled_from([0, 60]), 2),
    scale_in_threshold=some(lowers),
    scale_in_adjustment=some(st.integers(-2, -1), 2),
    scale_in_period_seconds=st.none() | some(periods, 2),
    scale_in_evaluation_periods=st.none() | some(st.integers(1, 5), 2),
    scale_in_datapoints_to_alarm=st.none() | some(st.integers(1, 5), 2),
    min_size=st.none() | some(st.sampled_from([0, 2, 1000, 1001]), 2),
)
scenarios = st.sampled_from(
    [
        SCENARIO,
        replace(SCENARIO, tick_seconds=10),
        replace(SCENARIO, group=replace(SCENARIO.group, monitoring="basic")),
    ]
)


@settings(max_examples=150, deadline=None)
@given(space=spaces, scenario=scenarios)
def test_candidates_are_those_of_plain_loops_and_everything_is_counted(space, scenario):
    expected = brute_force(space, scenario)
    if not expected:
        with pytest.raises(ConfigurationError, match="none of"):
            found(space, scenario)
        return
    got = rows(space, scenario)
    candidates = found(space, scenario)

    assert expected == got
    assert space.n_lattice == len(got) + sum(candidates.left_out.values())
    assert all(count > 0 for count in candidates.left_out.values())


def test_the_longest_window_that_cloudwatch_takes_is_a_candidate():
    space = replace(CONF42, evaluation_periods=(1440, 1441))

    expected = (250, {"evaluation_periods x period_seconds over CloudWatch's limit": 250})
    got = (len(found(space).index), found(space).left_out)

    assert expected == got


def test_a_space_without_a_candidate_says_why():
    space = replace(CONF42, datapoints_to_alarm=(6,))

    with pytest.raises(ConfigurationError, match="250 x datapoints_to_alarm above"):
        found(space)


def test_a_minimum_above_the_maximum_of_the_schedule_is_left_out():
    scenario = replace(SCENARIO, schedule=(ScheduledAction(tick=5, max_size=3),))
    space = replace(CONF42, min_size=(1, 3, 4))

    expected = (500, {"min_size above max_size": 250})
    got = (len(found(space, scenario).index), found(space, scenario).left_out)

    assert expected == got


def test_a_schedule_that_lifts_minimum_and_maximum_together_leaves_nothing_out():
    action = ScheduledAction(tick=5, min_size=2000, max_size=3000)
    scenario = replace(SCENARIO, schedule=(action,))

    expected = 250
    got = len(found(CONF42, scenario).index)

    assert expected == got


def test_a_lattice_over_the_budget_is_refused_with_its_sizes():
    check_budget(ROBUST, budget=1680)
    with pytest.raises(ConfigurationError) as caught:
        check_budget(ROBUST, budget=1679)

    message = str(caught.value)
    for words in (
        "1,679 candidates",
        "1,680",
        "28 scale_out_threshold_percent x 20 scale_out_adjustment x 3 scale_in_threshold",
        "larger steps",
    ):
        assert words in message


def test_a_lattice_too_large_for_memory_is_refused_without_making_it():
    space = replace(
        CONF42,
        scale_out_adjustment=tuple(range(1, 50_001)),
        cooldown_seconds=tuple(range(50_000)),
        period_seconds=tuple(60 * k for k in range(1, 50_001)),
    )
    with pytest.raises(ConfigurationError, match="budget"):
        check_budget(space, budget=2_000_000)


@pytest.mark.parametrize(
    ("knob", "values", "words"),
    [
        ("scale_out_threshold_percent", (), "at least one value"),
        ("scale_out_threshold_percent", (np.nan,), "finite"),
        ("scale_out_adjustment", (0,), "at least 1"),
        ("scale_in_adjustment", (1,), "at most -1"),
        ("cooldown_seconds", (-1,), "at least 0"),
        ("evaluation_periods", (0,), "at least 1"),
        ("min_size", (-1,), "at least 0"),
        ("scale_in_threshold", (), "at least one value"),
        ("adjustment_type", "Percent", "one of ChangeInCapacity"),
        ("treat_missing_data", "none", "one of missing"),
        ("scale_in_comparison_operator", "<", "one of GreaterThanThreshold"),
    ],
)
def test_a_value_that_no_candidate_could_have_is_refused(knob, values, words):
    with pytest.raises(ConfigurationError, match=words):
        replace(CONF42, **{knob: values})


def test_all_problems_of_a_space_are_reported_at_once():
    with pytest.raises(ConfigurationError) as caught:
        replace(CONF42, scale_out_adjustment=(0, -1), cooldown_seconds=(-5,))

    expected = 3
    got = len(caught.value.problems)

    assert expected == got
