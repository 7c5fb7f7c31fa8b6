from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuner.search.front import front_rows, hypervolume, non_dominated

few_values = st.integers(-4, 4).map(float)
any_values = st.floats(-1e6, 1e6, allow_nan=False)


def point_sets(values):
    return st.integers(0, 40).flatmap(lambda n: arrays(np.float64, (n, 2), elements=values))


points = st.one_of(point_sets(few_values), point_sets(any_values))


def dominated(costs, i):
    return any(
        (costs[j] <= costs[i]).all() and (costs[j] < costs[i]).any() for j in range(len(costs))
    )


@settings(max_examples=300, deadline=None)
@given(costs=points)
def test_the_front_is_that_of_comparing_all_pairs(costs):
    expected = [not dominated(costs, i) for i in range(len(costs))]
    got = non_dominated(costs).tolist()

    assert expected == got


@settings(max_examples=100, deadline=None)
@given(costs=points, seed=st.integers(0, 10))
def test_the_front_does_not_depend_on_the_order_of_points(costs, seed):
    order = np.random.default_rng(seed).permutation(len(costs))

    np.testing.assert_array_equal(non_dominated(costs)[order], non_dominated(costs[order]))


@settings(max_examples=200, deadline=None)
@given(costs=points, data=st.data())
def test_front_rows_give_one_row_a_point_in_order_by_the_tie_rule(costs, data):
    tie = data.draw(arrays(np.float64, len(costs), elements=st.integers(0, 2).map(float)))
    groups: dict[tuple[float, float], list[int]] = {}
    for i in range(len(costs)):
        if not dominated(costs, i):
            groups.setdefault((costs[i, 0] + 0.0, costs[i, 1] + 0.0), []).append(i)
    expected = [min(groups[point], key=lambda i: (tie[i], i)) for point in sorted(groups)]
    rows = np.arange(len(costs))
    got = front_rows(rows, (costs[:, 0], costs[:, 1]), ties=(tie,)).tolist()

    assert expected == got


def area_by_cells(costs, reference):
    """Count unit cells below the reference that some point dominates; points are whole numbers."""
    cells = 0
    for x in range(-4, reference[0]):
        for y in range(-4, reference[1]):
            cells += any(a <= x and b <= y for a, b in costs)
    return float(cells)


@settings(max_examples=200, deadline=None)
@given(costs=point_sets(few_values), reference=st.tuples(st.integers(-3, 5), st.integers(-3, 5)))
def test_the_hypervolume_is_the_area_counted_by_cells(costs, reference):
    expected = area_by_cells(costs, reference)
    got = hypervolume(costs, reference=reference)

    assert expected == got


@pytest.mark.parametrize("n", [1, 2, 10, 1000])
def test_the_hypervolume_of_a_staircase_is_its_closed_form(n):
    steps = np.arange(1, n + 1, dtype=np.float64)
    costs = np.stack([steps, n + 1 - steps], axis=1)

    expected = n * (n + 1) / 2
    got = hypervolume(costs, reference=(n + 1.0, n + 1.0))

    assert expected == got
