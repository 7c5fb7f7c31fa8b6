"""A load test out of CloudWatch: CPU, requests, instances and latency of a group, minute by minute.

Clock: CloudWatch's, a datapoint is named by the start of its period. Model: open (live traffic).
Rounding: none. Periods without CPU or requests are dropped and counted, never filled.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuner.errors import LoadTestError, Problem
from tuner.measure.clock import read_stamps
from tuner.measure.cloudwatch_export import (
    Metric,
    choose_metric,
    complete_or_refuse,
    metrics_of_json,
)
from tuner.measure.cpu_series import check_cpu_percent
from tuner.measure.delimited import read_text
from tuner.measure.loadtest import Dropped, LoadTest

FloatArray = NDArray[np.float64]

FEWEST_PERIODS = 4
SECONDS_PER_MINUTE = 60.0
MILLISECONDS_PER_SECOND = 1000.0


def read_cloudwatch(
    pages: Sequence[Path],
    *,
    cpu: str,
    requests: str,
    samples: str | None = None,
    latency: str | None = None,
) -> LoadTest:
    """Read saved pages of one GetMetricData answer as a load test.

    Parameters
    ----------
    pages : sequence of Path
        All pages of the answer, as JSON.
    cpu : str
        Id of the group's average CPU in percent.
    requests : str
        Id of the load balancer's request count, a sum over each period.
    samples : str or None
        Id of the SampleCount of the CPU metric: instances in service. None: one instance.
    latency : str or None
        Id of the load balancer's p95 of TargetResponseTime, in seconds.

    Returns
    -------
    LoadTest
        Periods in time order.

    Raises
    ------
    MissingFileError
        When a file is not there.
    LoadTestError
        When a metric is missing, partial, or out of its range, or fewer than 4 periods remain.

    Notes
    -----
    Source: Amazon CloudWatch API Reference, "GetMetricData"; Amazon EC2 User Guide, "CloudWatch
    metrics that are available for your instances" (one CPU sample an instance and minute with
    detailed monitoring).
    Assumption: with detailed monitoring, SampleCount over the minutes of a period is the number of
    instances in service.
    """
    source = ", ".join(path.name for path in pages)
    metrics: dict[str, Metric] = {}
    for path in pages:
        for key, found in metrics_of_json(read_text(path), name=path.name).items():
            merged = metrics.setdefault(key, Metric(label=found.label))
            merged.status = found.status
            merged.stamps += found.stamps
            merged.values += found.values
    named = {"cpu": cpu, "requests": requests, "samples": samples, "latency": latency}
    series = {
        role: _by_second(metrics, wanted, source=source)
        for role, wanted in named.items()
        if wanted is not None
    }
    return _load_test(series, source=source)


def _by_second(metrics: dict[str, Metric], wanted: str, *, source: str) -> dict[float, float]:
    """Give one metric as values by the start of their period in seconds."""
    key = choose_metric(metrics, wanted=wanted, word=wanted, where=source)
    metric = metrics[key]
    complete_or_refuse(metric, name=key, where=source)
    problems: list[Problem] = []
    where = f"{source}, {key}, datapoint"
    lines = range(1, len(metric.stamps) + 1)
    seconds = read_stamps(metric.stamps, lines=lines, where=where, problems=problems).seconds
    if problems:
        raise LoadTestError(*problems)
    return dict(zip(seconds.tolist(), metric.values))


def _load_test(series: dict[str, dict[float, float]], *, source: str) -> LoadTest:
    """Join the metrics by their stamps."""
    starts = np.array(sorted(set(series["cpu"]) | set(series["requests"])))
    columns = {
        role: np.array([values.get(start, np.nan) for start in starts.tolist()])
        for role, values in series.items()
    }
    check_cpu_percent(columns["cpu"], where=f"{source}, CPU")
    for role, values in columns.items():
        if np.any(values < 0):
            raise LoadTestError.of(
                expected=f"{role} of at least 0",
                got=f"{float(np.nanmin(values)):g}",
                where=source,
                next_step="Check the Id of the metric.",
            )
    minutes = float(np.median(np.diff(starts))) / SECONDS_PER_MINUTE if len(starts) > 1 else 1.0
    samples = columns.get("samples", np.full(len(starts), minutes))
    in_service = np.maximum(samples / max(minutes, 1.0), 0.0)
    no_cpu = ~np.isfinite(columns["cpu"])
    no_load = ~np.isfinite(columns["requests"]) & ~no_cpu
    no_host = ~(in_service > 0) & ~no_cpu & ~no_load
    keep = ~(no_cpu | no_load | no_host)
    faults = (
        ("periods without CPU", no_cpu),
        ("periods without requests", no_load),
        ("periods without instances", no_host),
    )
    dropped = tuple(Dropped(reason, int(rows.sum())) for reason, rows in faults if rows.any())
    if np.count_nonzero(keep) < FEWEST_PERIODS:
        raise LoadTestError.of(
            expected=f"at least {FEWEST_PERIODS} periods with CPU, requests and instances",
            got=f"{int(keep.sum())}",
            where=source,
            next_step="Fetch a day with detailed monitoring on.",
        )
    latency = columns.get("latency", np.full(len(starts), np.nan))[keep]
    columns_kept = (
        columns["requests"][keep] / minutes,
        in_service[keep],
        np.minimum(columns["cpu"][keep], 100.0),
        np.where(latency > 0, latency * MILLISECONDS_PER_SECOND, np.nan),
        np.zeros(int(keep.sum())),
    )
    for column in columns_kept:
        column.setflags(write=False)
    return LoadTest(
        offered_rpm=columns_kept[0],
        in_service=columns_kept[1],
        cpu_percent=columns_kept[2],
        latency_p95_ms=columns_kept[3],
        error_fraction=columns_kept[4],
        step=np.arange(int(keep.sum()), dtype=np.int64),
        source=source,
        model="open",
        dropped=dropped,
        warnings=(
            "CloudWatch averages over each period: peaks within one are gone.",
            "Failures are not in these metrics: every request was taken as answered.",
        ),
    )
