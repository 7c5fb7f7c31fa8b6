"""Fetched metrics as CSV, for people, and for the readers of load tests and of traffic.

One file a period, ``metrics-60s.csv``: a row for each datapoint's begin in UTC, a column for each
series, an empty cell where nothing was recorded. A zero is written as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.metrics import FetchedSeries, MetricName
from tuner.store.csv_files import write_csv

MAIN_STATISTICS = {"CPUUtilization": "Average", "TargetResponseTime": ""}
TIME_COLUMN = "timestamp"


def write_metric_csv(folder: Path, series: Sequence[FetchedSeries]) -> tuple[Path, ...]:
    """Write one CSV for each period.

    Parameters
    ----------
    folder : Path
        Where to; made where it is missing, files of the same names are replaced.
    series : sequence of FetchedSeries
        What to write.

    Returns
    -------
    tuple of Path
        The files, the finest period first.

    Raises
    ------
    StoreError
        When the folder cannot be written.
    """
    written = []
    for period in sorted({entry.name.period_seconds for entry in series}):
        some = [entry for entry in series if entry.name.period_seconds == period]
        path = folder / f"metrics-{period}s.csv"
        write_csv(path, metric_columns(some))
        written.append(path)
    return tuple(written)


def metric_columns(series: Sequence[FetchedSeries]) -> dict[str, NDArray[Any]]:
    """Give series of one period as columns over the begins of all.

    Parameters
    ----------
    series : sequence of FetchedSeries
        Of one period.
    """
    begins = np.unique(np.concatenate([entry.begins for entry in series]))
    stamps = np.datetime_as_string(begins.astype("datetime64[s]"), unit="s")
    columns: dict[str, NDArray[Any]] = {TIME_COLUMN: np.char.add(stamps, "Z")}
    for entry, head in zip(series, heads([entry.name for entry in series]), strict=True):
        values = np.full(len(begins), np.nan)
        values[np.searchsorted(begins, entry.begins)] = entry.values
        columns[head] = values
    return columns


def heads(names: Sequence[MetricName]) -> list[str]:
    """Give the heads of columns: the metric, its statistic where there are several, and of what.

    Examples
    --------
    >>> cpu = [MetricName(namespace="AWS/EC2", metric="CPUUtilization", statistic=kind,
    ...                   dimensions=(("AutoScalingGroupName", "web"),))
    ...        for kind in ("Average", "Maximum")]
    >>> heads(cpu)
    ['CPUUtilization', 'CPUUtilization_Maximum']
    """
    plain = [_head(name) for name in names]
    counted = Counter(plain)
    return [
        f"{head} {' '.join(value for _, value in name.dimensions)}" if counted[head] > 1 else head
        for head, name in zip(plain, names, strict=True)
    ]


def _head(name: MetricName) -> str:
    """Give metric and statistic, without that which people mean."""
    main = MAIN_STATISTICS.get(name.metric, name.statistic)
    return name.metric if name.statistic == main else f"{name.metric}_{name.statistic}"
