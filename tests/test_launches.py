"""Launch times that scatter: the record, and that what it draws is what it states."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from tuner.errors import ConfigurationError
from tuner.launches import LEVEL_OF_P95, LONGEST_LAUNCH_SECONDS, LaunchTimes
from tuner.scenario import Group

DRAWS = 200_000
SEED = 20_261_124
RNG = np.random.default_rng(SEED)
LEVELS, CHANCES = RNG.standard_normal(DRAWS), RNG.random(DRAWS)


def drawn(*, median_seconds=1_000, **fields):
    launches = LaunchTimes(**fields)
    return launches.drawn_seconds(median_seconds=median_seconds, levels=LEVELS, chances=CHANCES)


def share(found):
    return np.count_nonzero(found) / DRAWS


def five_sigma(expected):
    """Give five standard deviations of a share: false alarms are one in 1,700,000."""
    return 5 * math.sqrt(expected * (1 - expected) / DRAWS)


def test_half_of_the_launches_come_within_the_median_and_95_of_100_within_p95():
    seconds = drawn(p95_seconds=3_000)

    assert share(seconds < 1_000) == pytest.approx(0.5, abs=0.005)
    assert share(seconds <= 3_000) == pytest.approx(0.95, abs=five_sigma(0.95) + 0.0005)


def test_the_mean_and_every_quantile_are_those_of_a_log_normal():
    seconds = drawn(p95_seconds=3_000)
    sigma = math.log(3) / LEVEL_OF_P95
    for level in (-2.0, -1.0, 0.5, 2.0):
        expected = 0.5 * math.erfc(-level / math.sqrt(2))
        got = share(seconds <= 1_000 * math.exp(sigma * level))

        assert got == pytest.approx(expected, abs=five_sigma(expected) + 0.0005), level
    assert seconds.mean() == pytest.approx(1_000 * math.exp(sigma * sigma / 2), rel=0.01)


@pytest.mark.parametrize("failed_percent", [1.0, 20.0, 90.0])
def test_k_tries_or_more_fail_with_the_kth_power_of_the_share(failed_percent):
    failures = (drawn(failed_percent=failed_percent, retry_seconds=100) - 1_000) // 100
    for k in (1, 2, 3):
        expected = (failed_percent / 100) ** k

        assert share(failures >= k) == pytest.approx(expected, abs=five_sigma(expected)), k


def test_each_failed_try_makes_a_launch_later_by_the_retry_time_and_by_nothing_else():
    late = drawn(p95_seconds=3_000, failed_percent=20.0, retry_seconds=77)
    extra = late - drawn(p95_seconds=3_000)

    assert set(np.unique(extra % 77)) == {0}
    assert len(np.unique(extra)) > 4


def test_no_launch_comes_earlier_where_more_tries_fail_or_the_next_one_is_later():
    runs = [
        drawn(p95_seconds=3_000, failed_percent=percent, retry_seconds=retry)
        for percent, retry in ((0.0, 60), (5.0, 60), (30.0, 60), (30.0, 200), (90.0, 200))
    ]
    for sooner, later in pairwise(runs):
        assert (sooner <= later).all()
        assert (sooner < later).any()


def test_a_larger_p95_makes_slow_launches_slower_and_quick_ones_quicker():
    narrow, wide = drawn(p95_seconds=2_000), drawn(p95_seconds=4_000)

    assert (narrow[LEVELS > 0] <= wide[LEVELS > 0]).all()
    assert (narrow[LEVELS < 0] >= wide[LEVELS < 0]).all()


def test_launches_that_do_not_scatter_take_the_median():
    assert not LaunchTimes().is_drawn
    assert set(drawn()) == set(drawn(p95_seconds=1_000)) == {1_000}


def test_no_launch_takes_longer_than_a_day():
    seconds = drawn(
        median_seconds=40_000, p95_seconds=80_000, failed_percent=90.0, retry_seconds=80_000
    )

    assert seconds.max() == LONGEST_LAUNCH_SECONDS
    assert seconds.min() > 0


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"p95_seconds": -1}, "p95_seconds"),
        ({"p95_seconds": 86_401}, "p95_seconds"),
        ({"failed_percent": -0.1}, "failed_percent"),
        ({"failed_percent": 90.1}, "failed_percent"),
        ({"failed_percent": math.nan}, "failed_percent"),
        ({"retry_seconds": -1}, "retry_seconds"),
    ],
)
def test_launch_times_that_cannot_be_are_refused_by_name(fields, where):
    with pytest.raises(ConfigurationError) as caught:
        LaunchTimes(**fields)

    assert [problem.where for problem in caught.value.problems] == [where]


@pytest.mark.parametrize(
    ("launch_seconds", "fields", "where"),
    [
        (120, {"p95_seconds": 119}, "p95_seconds"),
        (0, {"p95_seconds": 60}, "p95_seconds"),
        (90_000, {"failed_percent": 1.0}, "launch_seconds"),
    ],
)
def test_a_group_refuses_launch_times_that_its_median_does_not_fit(launch_seconds, fields, where):
    with pytest.raises(ConfigurationError) as caught:
        Group(launch_seconds=launch_seconds, launches=LaunchTimes(**fields))

    assert [problem.where for problem in caught.value.problems] == [where]
    assert Group(launch_seconds=90_000).launches == LaunchTimes()
