"""The stress check where launches come late or fail: what it runs, and what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.decision.plans import ONE, plan_of
from tests.search.talk import ROBUST, SCENARIO, holds
from tuner.decision.stress import stress_check
from tuner.decision.stress_record import NOT_TESTED
from tuner.decision.stress_settings import StressSettings
from tuner.decision.stress_words import stress_sentences
from tuner.launches import LaunchTimes
from tuner.search.search import search_exact
from tuner.simulation.run import simulate_plans

UNSEEN = holds(*range(5, 46))
SURE = StressSettings(runs=41, allowed_percent=7.1)
LATE = LaunchTimes(p95_seconds=420, failed_percent=5.0, retry_seconds=120)
WORDS = (
    "Launch times were drawn, the same for every plan: half within 180 s, 95 of 100 within 420 s,"
    " and 5 % of tries fail, made again after 120 s."
)


@pytest.fixture(scope="module")
def result():
    return search_exact(ROBUST, SCENARIO, ONE)


@pytest.fixture(scope="module")
def check(result):
    return stress_check(
        result, UNSEEN, settings=replace(SURE, launches=LATE), baseline=plan_of(15, 2)
    )


def test_plans_are_judged_under_the_launches_of_the_check(check):
    late = replace(SCENARIO, group=replace(SCENARIO.group, launches=LATE))
    for stressed in (check.baseline, check.cheapest, *check.passed_over):
        peaks = simulate_plans([stressed.plan], late, UNSEEN).peak_cpu_percent[0]

        assert stressed.violations == np.count_nonzero(peaks > 50.0)
        assert stressed.worst_peak_cpu_percent == peaks.max()
    assert check.passed_over_count > 0


def test_a_plan_that_holds_under_launches_on_time_is_passed_over_where_they_come_late(
    result, check
):
    calm = stress_check(result, UNSEEN, settings=SURE, baseline=plan_of(15, 2))
    again = stress_check(
        result, UNSEEN, settings=replace(SURE, launches=LATE), baseline=calm.chosen.plan
    )

    assert calm.chosen.violations == 0
    assert again.baseline.violations > 0
    assert calm.chosen.plan != check.shown.plan


def test_the_answer_says_that_launches_were_drawn_and_how(result, check):
    calm = stress_check(result, UNSEEN, settings=SURE)

    assert WORDS in stress_sentences(check)
    assert check.to_json()["launches"] == {
        "launch_seconds": 180,
        "p95_seconds": 420,
        "failed_percent": 5.0,
        "retry_seconds": 120,
    }
    assert not any("Launch times" in sentence for sentence in stress_sentences(calm))
    assert calm.to_json()["launches"] is None
    assert set(calm.to_json()) == set(NOT_TESTED)


def test_a_check_without_launches_of_its_own_takes_those_of_the_search():
    group = replace(SCENARIO.group, launches=LATE)
    late = replace(SCENARIO, group=group, seed=3)

    assert SURE.scenario(late) is late
    assert SURE.scenario(SCENARIO) is SCENARIO
    on_time = replace(SURE, launches=LaunchTimes()).scenario(late)
    assert on_time == replace(late, group=SCENARIO.group)
    assert on_time.seed == 3


def test_a_search_under_drawn_launches_gives_the_same_again_and_another_for_another_seed():
    late = replace(SCENARIO, group=replace(SCENARIO.group, launches=LATE), seed=3)
    first, again = (search_exact(ROBUST, late, ONE) for _ in "ab")
    other = search_exact(ROBUST, replace(late, seed=4), ONE)

    assert (first.peak_cpu_percent == again.peak_cpu_percent).all()
    assert (first.candidate == again.candidate).all()
    assert (first.peak_cpu_percent != other.peak_cpu_percent).any()
