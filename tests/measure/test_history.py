"""A history tells gaps from zeros, and lays longer periods over their minutes."""

from __future__ import annotations

import numpy as np
import pytest

from tuner.errors import LoadTestError
from tuner.measure.history import make_history
from tuner.measure.history_series import history_of, role_of
from tuner.metrics import FetchedSeries, MetricName

GROUP = (("AutoScalingGroupName", "web"),)
BALANCER = (("LoadBalancer", "app/web/1"),)


def series(metric, statistic, values, *, period=60, begin=0, dimensions=GROUP):
    """Make a series whose None are gaps."""
    there = [(begin + period * i, value) for i, value in enumerate(values) if value is not None]
    name = MetricName(
        namespace="x",
        metric=metric,
        dimensions=dimensions,
        statistic=statistic,
        period_seconds=period,
    )
    return FetchedSeries(
        name=name,
        begins=np.array([at for at, _ in there], dtype=np.int64),
        values=np.array([value for _, value in there], dtype=np.float64),
    )


def requests(values, **more):
    return series("RequestCount", "Sum", values, dimensions=BALANCER, **more)


def cpu(values, **more):
    return series("CPUUtilization", "Average", values, **more)


def test_a_gap_is_not_a_number_and_a_zero_is_a_value():
    got = history_of([requests([10, None, 0, 7]), cpu([1, 2, None, 0])], source="x")

    assert [None if np.isnan(v) else v for v in got.requests] == [10, None, 0, 7]
    assert [None if np.isnan(v) else v for v in got.cpu_percent] == [1, 2, None, 0]
    assert got.begins.tolist() == [0, 60, 120, 180]
    assert got.notes[:2] == ("1 of 4 minutes have no requests.", "1 of 4 minutes have no CPU.")


def test_five_minutes_are_laid_over_their_minutes_and_counts_are_shared():
    five = {"period": 300}
    got = history_of(
        [
            requests([500, 1000], **five),
            cpu([20, 30], **five),
            series("CPUUtilization", "SampleCount", [10, 15], **five),
        ],
        source="x",
    )

    assert got.requests.tolist() == [100.0] * 5 + [200.0] * 5
    assert got.cpu_percent.tolist() == [20.0] * 5 + [30.0] * 5
    assert got.instances.tolist() == [2.0] * 5 + [3.0] * 5
    assert got.period_seconds == 300
    assert "lower than the peaks were" in got.notes[-1]


def test_errors_of_targets_and_load_balancer_add_up_and_are_zero_where_none_were_published():
    got = history_of(
        [
            requests([100, 100, 100, None]),
            cpu([1, 1, 1, 1]),
            series("HTTPCode_Target_5XX_Count", "Sum", [5, None, None, None], dimensions=BALANCER),
            series("HTTPCode_ELB_5XX_Count", "Sum", [1, 2, None, None], dimensions=BALANCER),
        ],
        source="x",
    )

    assert got.errors[:3].tolist() == [6.0, 2.0, 0.0]
    assert np.isnan(got.errors[3])
    assert got.error_fraction[:3].tolist() == [0.06, 0.02, 0.0]


def test_without_a_series_of_errors_they_are_unknown_and_not_zero():
    got = history_of([requests([1]), cpu([1])], source="x")

    assert np.isnan(got.errors).all()
    assert np.isnan(got.error_fraction).all()


def test_latency_is_in_milliseconds_and_the_groups_own_count_wins_over_samples():
    got = history_of(
        [
            requests([1, 1]),
            cpu([1, 1]),
            series("TargetResponseTime", "p95", [0.04, 0.05], dimensions=BALANCER),
            series("CPUUtilization", "SampleCount", [1, 2]),
            series("GroupInServiceInstances", "Average", [2, None]),
        ],
        source="x",
    )

    assert got.latency_p95_ms.tolist() == [40.0, 50.0]
    assert got.instances.tolist() == [2.0, 2.0]


def test_a_single_instance_is_nothing_of_the_group():
    name = cpu([1], begin=0).name
    alone = MetricName(
        namespace="AWS/EC2",
        metric="CPUUtilization",
        dimensions=(("InstanceId", "i-1"),),
        statistic="Average",
    )

    assert role_of(name) == "cpu_percent"
    assert role_of(alone) is None


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [("cpu_percent", 101.0, "at most 100"), ("requests", -1.0, "requests of at least 0")],
)
def test_a_value_that_cannot_be_is_refused(column, value, words):
    with pytest.raises(LoadTestError, match=words):
        make_history(np.array([0]), {column: np.array([value])}, source="x")


def test_without_requests_or_with_an_empty_range_there_is_no_history():
    with pytest.raises(LoadTestError, match="RequestCount"):
        history_of([cpu([1])], source="x")
    with pytest.raises(LoadTestError, match="an end after its beginning"):
        history_of([requests([1]), cpu([1])], source="x", begin=60, end=60)


def test_a_part_of_a_history_has_its_minutes_alone():
    whole = history_of([requests(range(10)), cpu([1] * 10)], source="x")
    part = whole.between(120, 300)

    assert part.requests.tolist() == [2.0, 3.0, 4.0]
    assert (part.begin, part.end) == (120, 300)
    with pytest.raises(LoadTestError, match="minutes within the range"):
        whole.between(600, 900)


def test_basic_monitoring_asked_for_by_minutes_is_noted():
    sparse = [20 if i % 5 == 0 else None for i in range(50)]
    got = history_of([requests([1] * 50), cpu(sparse)], source="x")

    assert "basic monitoring" in got.notes[-1]


def test_the_arrays_of_a_history_cannot_be_written():
    got = history_of([requests([1]), cpu([1])], source="x")
    for name, column in got.columns().items():
        assert not column.flags.writeable, name
