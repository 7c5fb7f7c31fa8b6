"""How much of a range a series covers: datapoints, gaps, and zeros, which are no gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from tuner.metrics import FetchedSeries

LATENESS = timedelta(minutes=10)
"""Assumption: what began less than ten minutes and a period ago may still come, and is no gap yet.
The latest datapoints that were seen came six minutes late (docs/aws-semantics.md 1.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a range has of a series.

    Parameters
    ----------
    n_points : int
        Datapoints.
    n_missing : int
        Periods of the range without one.
    n_gaps : int
        Runs of such periods.
    longest_gap_seconds : int
        Length of the longest.
    longest_gap_begin : datetime or None
        Its begin; None where there is no gap.
    n_zeros : int
        Datapoints that are 0.
    """

    n_points: int
    n_missing: int
    n_gaps: int
    longest_gap_seconds: int
    longest_gap_begin: datetime | None
    n_zeros: int


def coverage(series: FetchedSeries, begin: datetime, end: datetime, *, now: datetime) -> Coverage:
    """Count what a range has of a series, and what it lacks.

    Parameters
    ----------
    series : FetchedSeries
        The series.
    begin, end : datetime
        Range with its zone.
    now : datetime
        The present time, with its zone.

    Examples
    --------
    >>> from tuner.metrics import MetricName
    >>> name = MetricName(namespace="AWS/EC2", metric="CPUUtilization", dimensions=(),
    ...                   statistic="Average")
    >>> begin = datetime(2026, 11, 17, tzinfo=UTC)
    >>> first = int(begin.timestamp())
    >>> series = FetchedSeries(name=name, begins=np.array([first, first + 240]),
    ...                        values=np.array([0.0, 7.5]))
    >>> found = coverage(series, begin, begin + timedelta(minutes=6), now=begin + timedelta(days=1))
    >>> found.n_points, found.n_missing, found.n_gaps, found.longest_gap_seconds, found.n_zeros
    (2, 4, 2, 180, 1)
    """
    period = series.name.period_seconds
    stop = min(end, now - LATENESS - timedelta(seconds=period))
    first = -int(-begin.timestamp() // period) * period
    slots = np.arange(first, max(first, int(stop.timestamp())), period, dtype=np.int64)
    missing = ~np.isin(slots, series.begins)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(np.int8)))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    longest = int(np.argmax(lengths)) if len(lengths) else None
    return Coverage(
        n_points=len(series.begins),
        n_missing=int(missing.sum()),
        n_gaps=len(lengths),
        longest_gap_seconds=0 if longest is None else int(lengths[longest]) * period,
        longest_gap_begin=None
        if longest is None
        else datetime.fromtimestamp(int(slots[starts[longest]]), UTC),
        n_zeros=int(np.count_nonzero(series.values == 0.0)),
    )
