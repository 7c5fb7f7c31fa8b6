"""The price of headroom along the front, and its knee."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decision.plans import MANY
from tests.search.made_up import made_up_result
from tests.search.talk import ROBUST, SCENARIO
from tuner.decision.price_of_safety import chord_distances, price_of_safety
from tuner.search.search import search_exact


def made_up(minutes, peaks):
    """Give a result whose cost front is all of these points."""
    return made_up_result(
        mean=np.full(len(minutes), 20.0),
        host_minutes=minutes,
        peaks=np.array(peaks, dtype=float).reshape(-1, 1),
    )


def test_each_price_is_host_minutes_for_a_point():
    priced = price_of_safety(made_up([100, 110, 150, 500], [60, 45, 35, 30]))

    assert [plan.headroom_points for plan in priced.front] == [-10.0, 5.0, 15.0, 20.0]
    assert [plan.host_minutes_per_point for plan in priced.front] == [None, 10 / 15, 4.0, 70.0]
    assert [plan.feasible for plan in priced.front] == [False, True, True, True]


def test_the_knee_is_the_plan_farthest_below_the_chord_of_the_feasible_front():
    priced = price_of_safety(made_up([1, 110, 150, 300, 510], [90, 45, 35, 33, 30]))

    assert priced.knee.host_minutes == 150.0
    assert priced.knee.chord_distance == pytest.approx((1 - 0.1 - 1 / 3) / 2**0.5)
    assert [plan.chord_distance for plan in priced.front][:2] == [None, 0.0]


def test_a_peak_that_is_lower_by_rounding_alone_is_no_point_of_its_own():
    priced = price_of_safety(made_up([100, 110, 120, 150], [40, 39.999_999_999_9, 35, 30]))

    assert [plan.host_minutes for plan in priced.front] == [100.0, 120.0, 150.0]
    assert [plan.host_minutes_per_point for plan in priced.front] == [None, 4.0, 6.0]


@pytest.mark.parametrize(
    ("minutes", "peaks"),
    [([100], [40]), ([100, 200], [40, 30]), ([100, 190, 200], [40, 39, 30]), ([100], [60])],
)
def test_a_front_without_a_plan_below_its_chord_has_no_knee(minutes, peaks):
    priced = price_of_safety(made_up(minutes, peaks))

    assert priced.knee is None
    assert priced.lines()[-1].startswith("The front has no knee")


fronts = st.lists(
    st.tuples(st.integers(1, 1000), st.integers(1, 1000)), min_size=3, max_size=30
).map(lambda steps: (np.cumsum([s[0] for s in steps]), 1e5 - np.cumsum([s[1] for s in steps])))


@given(fronts, st.floats(0.1, 100.0), st.floats(-50.0, 50.0))
def test_distances_do_not_depend_on_units(front, scale, shift):
    first, second = front
    expected = chord_distances(first.astype(float), second.astype(float))
    got = chord_distances(first * scale + shift, second * scale + shift)

    np.testing.assert_allclose(got, expected, atol=1e-8)
    assert expected[0] == expected[-1] == 0.0
    assert (np.abs(expected) <= 1 / 2**0.5).all()


@given(fronts)
def test_distances_are_those_of_points_from_a_line(front):
    x, y = (np.asarray(values, dtype=float) for values in front)
    x, y = (x - x[0]) / (x[-1] - x[0]), (y - y[-1]) / (y[0] - y[-1])
    start, along = np.array([0.0, 1.0]), np.array([1.0, -1.0]) / 2**0.5
    away = np.stack([x, y], axis=1) - start
    expected = np.abs(away[:, 0] * along[1] - away[:, 1] * along[0])

    np.testing.assert_allclose(np.abs(chord_distances(*front)), expected, atol=1e-9)


def test_the_talks_front_is_priced_and_has_a_knee():
    result = search_exact(ROBUST, SCENARIO, MANY)
    priced = price_of_safety(result)
    table = json.loads(json.dumps(priced.to_json(), allow_nan=False))

    assert [plan.row for plan in priced.front] == result.cost_front().tolist()
    assert priced.knee.plan == result.plan(priced.knee.row)
    assert priced.lines()[-1] == (
        "The knee: scale out by 3 above 17 % for 5 minutes, 21.9 points of headroom for 550"
        " host-minutes."
    )
    assert table["knee"]["host_minutes"] == 550.0
    assert table["front"][0]["host_minutes_per_point"] is None
