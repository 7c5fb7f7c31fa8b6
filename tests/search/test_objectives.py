from __future__ import annotations

import math

import numpy as np
import pytest

from tests.search.made_up import made_up_result
from tests.search.talk import holds
from tuner.errors import ConfigurationError
from tuner.search.limits import Limits
from tuner.search.objectives import WEIGHTED, first_by, over_shapes, weigh
from tuner.simulation.outcomes import Outcomes
from tuner.traffic.shapes import Shape, TrafficShapes


def outcomes(**columns) -> Outcomes:
    shape = np.shape(next(iter(columns.values())))
    names = Outcomes.__dataclass_fields__
    return Outcomes(**{name: np.array(columns.get(name, np.zeros(shape))) for name in names})


def test_a_total_over_shapes_is_their_weighted_mean():
    total = np.array([[10.0, 40.0, 1.0], [0.0, 0.0, 8.0]])

    expected = [(2 * 10 + 40 + 0.5) / 3.5, 4 / 3.5]
    got = over_shapes(total, [2.0, 1.0, 0.5]).tolist()

    assert expected == got


def test_rows_of_a_batch_weigh_to_the_bits_of_rows_alone():
    rng = np.random.default_rng(7)
    total, weight = rng.random((50, 9)), rng.random(9).tolist()

    expected = [over_shapes(total[c : c + 1], weight)[0] for c in range(50)]
    got = over_shapes(total, weight).tolist()

    assert expected == got


def test_the_worst_peak_is_the_largest_and_ignores_weights():
    shapes = TrafficShapes.of(
        [Shape(name="a", rpm=np.ones(5), weight=100.0), Shape(name="b", rpm=np.ones(5))]
    )
    weighted = weigh(outcomes(peak_cpu_percent=[[10.0, 90.0]]), shapes)

    expected = 90.0
    got = weighted.worst_peak_cpu_percent[0]

    assert expected == got


def test_activities_a_day_are_over_the_weighted_length_of_the_shapes():
    shapes = TrafficShapes.of(
        [
            Shape(name="day", rpm=np.ones(1440), weight=2.0),
            Shape(name="half a day", rpm=np.ones(720), weight=1.0),
        ]
    )
    weighted = weigh(outcomes(scale_outs=[[6, 2]], scale_ins=[[4, 3]]), shapes)

    assert weighted.activities.tolist() == [(2 * 10 + 5) / 3]
    assert weighted.activities_per_day[0] == pytest.approx(25 / 2.5)


def test_weighted_totals_are_read_only_and_named_with_units():
    weighted = weigh(outcomes(host_minutes=[[1.0]]), holds(20))

    assert list(weighted.of(0)) == list(WEIGHTED)
    assert not any(getattr(weighted, name).flags.writeable for name in WEIGHTED)


def test_feasible_is_at_most_zero_in_every_constraint():
    result = made_up_result(
        mean=[1.0, 1.0, 1.0, 1.0],
        host_minutes=1.0,
        peaks=[[50.0], [50.1], [40.0], [40.0]],
        activities=[5.0, 5.0, 5.1, 0.0],
        minutes_over=[2.0, 2.0, 2.0, 2.1],
        limits=Limits(max_activities_per_day=5.0, max_minutes_over_cliff=2.0),
    )
    scores = result.scores()

    expected = [True, False, False, False]
    got = scores.feasible.tolist()

    assert expected == got
    assert scores.constraint_names == (
        "peak_cpu_percent",
        "activities_per_day",
        "minutes_over_cliff",
    )
    assert scores.objectives.tolist() == [[-1.0, 1.0]] * 4
    assert scores.objective_names == ("mean_cpu_percent", "host_minutes")


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_a_limit_that_cannot_be_is_refused(value):
    with pytest.raises(ConfigurationError, match="max_activities_per_day"):
        Limits(max_activities_per_day=value)


def test_first_by_decides_in_turn_and_then_by_the_earliest():
    first = np.array([1.0, 0.0, 0.0, 0.0])
    second = np.array([0, 3, 2, 2])

    assert first_by(np.arange(4), (first, second)) == 2
    assert first_by(np.array([0, 1, 3]), (first, second)) == 3
    assert first_by(np.array([], dtype=np.int64), (first, second)) is None
