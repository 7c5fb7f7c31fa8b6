from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.search.made_up import line_space, made_up_result
from tuner.plan_json import plan_from_json
from tuner.search.limits import Limits

TIES = [
    ("the highest mean CPU", {"mean": [1.0, 2.0], "host_minutes": [1.0, 9.0]}),
    ("fewer host-minutes", {"mean": [2.0, 2.0], "host_minutes": [9.0, 8.0]}),
    (
        "fewer activities",
        {"mean": [2.0, 2.0], "host_minutes": [8.0, 8.0], "activities": [3.0, 2.0]},
    ),
    (
        "the lower threshold",
        {"mean": [2.0, 2.0], "host_minutes": [8.0, 8.0], "space": line_space([21, 20])},
    ),
    (
        "the smaller increment",
        {
            "mean": [2.0, 2.0],
            "host_minutes": [8.0, 8.0],
            "space": line_space([20], adjustments=[5, 4]),
        },
    ),
]


@pytest.mark.parametrize(("rule", "totals"), TIES, ids=[rule for rule, _ in TIES])
def test_ties_go_to(rule, totals):
    result = made_up_result(**totals)

    assert result.best() == 1
    assert result.front()[0] == 1


def test_ties_that_nothing_decides_go_to_the_first_of_the_lattice():
    space = line_space([20.0]).__class__(
        scale_out_threshold_percent=(20.0,),
        scale_out_adjustment=(1,),
        cooldown_seconds=(300, 60),
        scale_in_threshold=line_space([1.0]).scale_in_threshold,
    )
    result = made_up_result(mean=[2.0, 2.0], host_minutes=8.0, space=space)

    assert result.best() == 0


def test_an_earlier_rule_beats_a_later_one():
    result = made_up_result(
        mean=[2.0, 2.0, 2.0],
        host_minutes=[8.0, 8.0, 7.0],
        activities=[1.0, 0.0, 9.0],
        space=line_space([10, 30, 20]),
    )

    assert result.best() == 2


def test_the_cheapest_is_the_one_with_fewest_host_minutes_and_then_the_highest_mean():
    result = made_up_result(
        mean=[9.0, 1.0, 2.0, 3.0], host_minutes=[8.0, 7.0, 7.0, 6.0], peaks=[[40], [40], [40], [60]]
    )

    assert (result.best(), result.cheapest()) == (0, 2)


def test_another_cliff_is_answered_from_what_is_stored():
    result = made_up_result(
        mean=[9.0, 8.0, 7.0], host_minutes=[1.0, 2.0, 3.0], peaks=[[60, 20], [45, 10], [10, 45.1]]
    )

    assert result.feasible().tolist() == [False, True, True]
    assert result.feasible(60.0).tolist() == [True, True, True]
    assert result.feasible(45.0).tolist() == [False, True, False]
    assert (result.best(60.0), result.best(), result.best(45.0), result.best(9.0)) == (
        0,
        1,
        1,
        None,
    )
    assert result.front(9.0).tolist() == []
    assert result.front_rows(9.0) == []


def test_minutes_over_the_cliff_limit_a_question_about_a_higher_cliff():
    result = made_up_result(
        mean=[9.0, 8.0],
        host_minutes=1.0,
        peaks=[[60.0], [60.0]],
        minutes_over=[30.0, 3.0],
        limits=Limits(max_minutes_over_cliff=5.0),
    )

    assert result.best() is None
    assert result.best(60.0) == 1


totals = st.integers(1, 25).flatmap(
    lambda n: st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(30, 60)), min_size=n, max_size=n
    )
)


@settings(max_examples=150, deadline=None)
@given(rows=totals)
def test_both_fronts_are_those_of_comparing_all_pairs(rows):
    mean, minutes, peak = (list(column) for column in zip(*rows, strict=True))
    result = made_up_result(mean=mean, host_minutes=minutes, peaks=[[value] for value in peak])

    def front(points):
        return {
            p
            for p in points
            if not any(q != p and all(x <= y for x, y in zip(q, p, strict=True)) for q in points)
        }

    safe = {(-m, h) for m, h, p in rows if p <= 50}
    got = [(-mean[c], minutes[c]) for c in result.front()]
    cost = [(minutes[c], peak[c]) for c in result.cost_front()]

    assert sorted(front(safe)) == got
    assert sorted(front({(h, p) for _, h, p in rows})) == cost
    assert result.best() == (int(result.front()[0]) if safe else None)


def test_rows_for_json_hold_plan_totals_and_whether_they_are_feasible():
    result = made_up_result(mean=[9.0, 8.0], host_minutes=[2.0, 1.0], peaks=[[40.0], [60.0]])
    rows = json.loads(json.dumps(result.cost_front_rows()))

    assert [row["feasible"] for row in rows] == [False, True]
    assert [row["host_minutes"] for row in rows] == [1.0, 2.0]
    assert [row["worst_peak_cpu_percent"] for row in rows] == [60.0, 40.0]
    assert plan_from_json(rows[0]["plan"]) == result.plan(1)
    assert [row["feasible"] for row in result.cost_front_rows(60.0)] == [True, True]
    assert [row["mean_cpu_percent"] for row in result.front_rows()] == [9.0]


def test_columns_and_units_go_together():
    result = made_up_result(mean=[9.0, 8.0], host_minutes=1.0, peaks=[[40.0, 3.0], [60.0, 4.0]])
    columns = result.columns()

    assert list(columns) == list(result.units())
    assert {len(column) for column in columns.values()} == {2}
    assert columns["peak_cpu_percent[shape 1]"].tolist() == [3.0, 4.0]
    assert columns["feasible"].tolist() == [True, False]
    assert columns["scale_out_threshold_percent"].tolist() == [10.0, 11.0]
    assert all(column.dtype != np.object_ for column in columns.values())


def test_equal_points_of_the_cost_front_are_stood_for_by_the_higher_mean():
    result = made_up_result(mean=[8.0, 9.0], host_minutes=1.0)

    assert result.cost_front().tolist() == [1]
