"""Capacity: the hosts that a load needs, one or a zone lost too, and what a maximum carries."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tuner.decision.capacity import capacity
from tuner.errors import ConfigurationError
from tuner.host import HostModel
from tuner.scenario import Group

TALK = HostModel(slope_percent_per_rpm=0.75 / 1000, cliff_percent=50.0)
hosts = st.one_of(
    st.builds(
        HostModel,
        intercept_percent=st.sampled_from([0.0, 1.3, 5.0]),
        slope_percent_per_rpm=st.sampled_from([0.001, 0.75 / 1000, 1 / 3000]),
        cliff_percent=st.sampled_from([None, 20.0, 50.0, 66.6]),
    ),
    st.builds(
        HostModel,
        cliff_percent=st.sampled_from([30.0, 55.0]),
        table=st.just(((0.0, 2.0), (10_000.0, 20.0), (30_000.0, 90.0))),
    ),
)
loads = st.integers(0, 60).map(lambda k: k * 10_000.0) | st.floats(1.0, 600_000.0)


def holds(host: HostModel, rpm: float, n: int, limit: float) -> bool:
    """Tell by the host's line alone whether so many hosts stay at or below a CPU percent."""
    return rpm == 0.0 if n == 0 else float(host.cpu_percent(rpm, instances=n)) <= limit


@settings(max_examples=150, deadline=None)
@given(hosts, loads, st.sampled_from([0.0, 3.0]), st.integers(2, 5), st.integers(10, 100))
def test_every_number_is_the_smallest_that_holds(host, rpm, margin, zones, target):
    answer = capacity(host, rpm, margin_percent=margin, target_percent=float(target), zones=zones)
    limit = (host.cliff_percent or 100.0) - margin
    lost = {
        "hosts": (answer.hosts, limit, lambda n: n),
        "target": (answer.hosts_at_target, target, lambda n: n),
        "one": (answer.hosts_if_one_lost, limit, lambda n: max(n - 1, 0)),
        "zone": (answer.hosts_if_zone_lost, limit, lambda n: n - math.ceil(n / zones)),
    }

    for n, percent, left in lost.values():
        assert holds(host, rpm, left(n), percent)
        assert n == 0 or not holds(host, rpm, left(n - 1), percent)


@settings(max_examples=100, deadline=None)
@given(hosts, st.integers(1, 200))
def test_the_maximum_carries_what_it_says_and_no_more(host, max_size):
    carried = capacity(host, 1000.0, group=Group(max_size=max_size)).max_size_rpm
    limit = host.cliff_percent or 100.0
    assume(math.isfinite(carried))

    assert host.cpu_percent(carried * (1 - 1e-9), instances=max_size) <= limit + 1e-6
    assert host.unclipped_percent(carried * 1.001, instances=max_size) > limit


def test_the_talks_load():
    answer = capacity(TALK, 150_000, margin_percent=2.0, target_percent=40, zones=3)

    assert (answer.hosts, answer.hosts_at_target) == (3, 3)
    assert (answer.hosts_if_one_lost, answer.hosts_if_zone_lost) == (4, 5)
    assert answer.limit_percent == 48.0
    assert answer.max_size_rpm == pytest.approx(1000 * 64_000)
    assert answer.lines() == [
        "150,000 rpm need 3 hosts to stay at or below 48.0 % CPU: 37.5 % each.",
        "At 40.0 % CPU: 3 hosts.",
        "With one host lost: 4 hosts.",
        "With one of 3 zones lost: 5 hosts.",
        "The maximum of 1,000 hosts carries 64,000,000 rpm.",
        "The smallest fixed group: 3 hosts.",
    ]


def test_a_maximum_that_is_too_small_has_no_fixed_group():
    small = capacity(TALK, 150_000, group=Group(min_size=1, max_size=2))
    large = capacity(TALK, 150_000, group=Group(min_size=7, max_size=9))

    assert (small.fixed_instances, small.hosts) == (None, 3)
    assert small.lines()[-1] == "The smallest fixed group: none: the maximum of 2 is too small."
    assert large.fixed_instances == 7


def test_without_load_no_host_is_needed():
    answer = capacity(TALK, 0.0, zones=2)

    assert (answer.hosts, answer.hosts_if_one_lost, answer.hosts_if_zone_lost) == (0, 0, 0)
    assert answer.cpu_percent == 0.0


def test_a_host_that_load_does_not_move_carries_any():
    answer = capacity(HostModel(intercept_percent=2.0, cliff_percent=50.0), 1e6)

    assert json.loads(json.dumps(answer.to_json(), allow_nan=False))["max_size_rpm"] is None
    assert "carries any load" in answer.lines()[-2]


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ({"rpm": -1.0}, "rpm"),
        ({"rpm": math.nan}, "rpm"),
        ({"rpm": 1.0, "target_percent": 0.0}, "target_percent"),
        ({"rpm": 1.0, "target_percent": 100.1}, "target_percent"),
        ({"rpm": 1.0, "zones": 1}, "zones"),
        ({"rpm": 1.0, "margin_percent": 50.0}, "margin_percent"),
        ({"rpm": 1e15}, "capacity"),
    ],
)
def test_questions_that_have_no_answer_are_refused(question, where):
    with pytest.raises(ConfigurationError, match=f"{where}: expected"):
        capacity(TALK, **question)
