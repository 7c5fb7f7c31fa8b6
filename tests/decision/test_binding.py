from __future__ import annotations

import pytest

from tests.search.made_up import made_up_result
from tuner.decision.binding import binding_constraints, least_bad_row
from tuner.search.limits import Limits

LEAST_BAD = [
    ("lowest peak", {"peaks": [[70.0, 10.0], [60.0, 60.0]], "minutes_over": [1.0, 9.0]}),
    ("fewest minutes over", {"peaks": [[99.0], [99.0]], "minutes_over": [2.0, 1.0]}),
    ("fewest activities", {"peaks": [[40.0], [40.0]], "activities": [30.0, 20.0]}),
    ("highest mean", {"peaks": [[99.0], [99.0]], "mean": [8.0, 9.0]}),
    ("fewest host-minutes", {"peaks": [[99.0], [99.0]], "host_minutes": [2.0, 1.0]}),
]


@pytest.mark.parametrize(("rule", "totals"), LEAST_BAD, ids=[rule for rule, _ in LEAST_BAD])
def test_the_least_bad_has_the(rule, totals):
    limits = Limits(max_activities_per_day=5.0)
    result = made_up_result(**{"mean": [8.0, 8.0], "host_minutes": 1.0, **totals}, limits=limits)

    assert least_bad_row(result) == 1


def test_peaks_below_the_limit_do_not_count():
    limits = Limits(max_activities_per_day=5.0)
    result = made_up_result(
        mean=[8.0, 8.0],
        host_minutes=1.0,
        peaks=[[30.0], [45.0]],
        activities=[9.0, 6.0],
        limits=limits,
    )

    assert least_bad_row(result) == 1


def test_every_constraint_that_is_not_kept_is_said_with_who_keeps_it():
    result = made_up_result(
        mean=[8.0, 8.0, 8.0],
        host_minutes=1.0,
        peaks=[[50.001, 60.0], [50.0, 70.0], [51.0, 80.0]],
        activities=[9.0, 3.0, 4.0],
        minutes_over=[7.0, 8.0, 9.0],
        limits=Limits(max_activities_per_day=5.0, max_minutes_over_cliff=2.0),
    )
    expected = (
        "peak CPU on shape 'shape 0': 50 %, less than 0.01 points over the limit of 50 %;"
        " 1 of 3 candidates keeps to it",
        "peak CPU on shape 'shape 1': 60 %, 10 points over the limit of 50 %;"
        " no candidate keeps to it: the lowest peak is 60 %",
        "scaling activities a day, weighted over the shapes: 9, where 5 are allowed;"
        " 2 of 3 candidates keep to it",
        "minutes over the cliff, weighted over the shapes: 7, where 2 are allowed;"
        " no candidate keeps to it: the fewest are 7",
    )
    got = binding_constraints(result, 0)

    assert expected == got
