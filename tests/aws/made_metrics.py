"""Made-up metrics of a group and its load balancer, and a source that gives them by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from tuner.metrics import FetchedSeries, MetricName

DAY_ONE = datetime(2026, 11, 17, tzinfo=UTC)
DAY = timedelta(days=1)


def metric(name: str = "CPUUtilization", statistic: str = "Average", **more) -> MetricName:
    return MetricName(
        namespace="AWS/EC2",
        metric=name,
        dimensions=(("AutoScalingGroupName", "web"),),
        statistic=statistic,
        **more,
    )


def made(name: MetricName, begin: datetime, minutes: int, *, draw: random.Random) -> dict:
    """Give values for minutes, some of which are missing."""
    first = int(begin.timestamp())
    stamps = range(first, first + 60 * minutes, name.period_seconds)
    return {stamp: round(draw.uniform(0, 60), 3) for stamp in stamps if draw.random() > 0.05}


def series_of(name: MetricName, points: dict[int, float]) -> FetchedSeries:
    stamps = sorted(points)
    return FetchedSeries(
        name=name,
        begins=np.array(stamps, dtype=np.int64),
        values=np.array([points[stamp] for stamp in stamps], dtype=np.float64),
    )


def as_dict(series: FetchedSeries) -> dict[int, float]:
    return dict(zip(series.begins.tolist(), series.values.tolist(), strict=True))


class Memory:
    """A `MetricSource` that gives what it holds, and remembers what it was asked."""

    def __init__(self, data: dict[MetricName, dict[int, float]]) -> None:
        self.data = data
        self.asked: list[tuple[tuple[MetricName, ...], datetime, datetime]] = []

    def fetch(self, names: Sequence[MetricName], begin, end, progress=None):
        self.asked.append((tuple(names), begin, end))
        return tuple(
            series_of(
                name,
                {
                    stamp: value
                    for stamp, value in self.data.get(name, {}).items()
                    if begin.timestamp() <= stamp < end.timestamp()
                },
            )
            for name in names
        )
