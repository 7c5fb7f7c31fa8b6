"""Names and values of recorded metrics, in CloudWatch's words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class MetricName:
    """One statistic of one metric, at one period.

    Parameters
    ----------
    namespace : str
        Such as ``AWS/EC2``.
    metric : str
        Such as ``CPUUtilization``.
    dimensions : tuple of (str, str)
        Names and values, sorted by name.
    statistic : str
        ``Average``, ``SampleCount``, ``Sum``, ``Maximum``, or a percentile such as ``p95``.
    period_seconds : int
        Length of a datapoint.
    """

    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    period_seconds: int = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FetchedSeries:
    """Datapoints of one metric; a missing one is left out, zero is a value.

    Parameters
    ----------
    name : MetricName
        What it is of.
    begins : int64 [N]
        Start of each datapoint, seconds since 1970 UTC, ascending and without repeats.
    values : float64 [N]
        Values in the metric's own unit; finite.
    """

    name: MetricName
    begins: NDArray[np.int64]
    values: NDArray[np.float64]
