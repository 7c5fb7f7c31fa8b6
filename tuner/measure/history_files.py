"""Read a history from files: a plain CSV of minutes, or saved pages of a GetMetricData answer.

Clock: stamps name the start of a minute, without a zone they are UTC. Rounding: a stamp within a
minute is that minute's. Empty cells are gaps, zero is a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tuner.errors import LoadTestError, Problem
from tuner.measure.clock import read_stamps
from tuner.measure.cloudwatch_export import Metric, complete_or_refuse, metrics_of_json
from tuner.measure.delimited import parse_text_table, read_text
from tuner.measure.history import MINUTE_SECONDS, History
from tuner.measure.history_series import ROLES, history_of
from tuner.metrics import FetchedSeries, MetricName

MILLISECONDS_PER_SECOND = 1000.0
LONGEST_PERIOD_SECONDS = 300
ALIASES = {
    "begins": ("begins", "timestamp", "time", "minute"),
    "requests": ("requests", "request_count", "requestcount", "rpm"),
    "cpu_percent": ("cpu_percent", "cpu_avg", "cpuutilization", "cpu"),
    "cpu_samples": ("cpu_samples", "cpuutilization_samplecount", "samples"),
    "latency_p95_ms": ("latency_p95_ms",),
    "latency_p95_s": ("latency_p95_s", "latency_p95", "targetresponsetime_p95"),
    "in_service": ("in_service", "groupinserviceinstances", "instances"),
    "desired": ("desired", "desired_capacity", "groupdesiredcapacity"),
    "errors": ("errors", "httpcode_target_5xx_count"),
    "errors_elb": ("httpcode_elb_5xx_count",),
}
"""Names of columns in small letters, or Ids of queries, by what they are; those of the files of
`cliffside fetch --csv` among them."""
METRICS = {
    **{role: key for key, role in reversed(ROLES.items())},
    "errors_elb": ("HTTPCode_ELB_5XX_Count", "Sum"),
}


def read_history(paths: Sequence[Path]) -> History:
    """Read a history from one CSV, or from all pages of one saved GetMetricData answer.

    Parameters
    ----------
    paths : sequence of Path
        A CSV with a column of stamps and columns named as in `ALIASES`; or JSON pages whose
        queries' Ids are named so. What has another name is left out.

    Raises
    ------
    MissingFileError
        When a file is not there.
    LoadTestError
        When a file cannot be read, a metric is incomplete, or requests or CPU are missing.
    """
    source = ", ".join(path.name for path in paths)
    texts = [read_text(path) for path in paths]
    if all(text.lstrip().startswith(("{", "[")) for text in texts):
        columns = _json_columns(list(zip(paths, texts)), source=source)
    elif len(paths) == 1:
        columns = _csv_columns(texts[0], source=source)
    else:
        raise LoadTestError.of(
            expected="one CSV, or JSON pages of one answer",
            got=f"{len(paths)} files",
            where=source,
            next_step="Join the CSV files to one.",
        )
    return _history(columns, source=source)


def _csv_columns(text: str, *, source: str) -> dict[str, dict[int, float]]:
    """Give the columns of a CSV as values by the start of their minute."""
    table = parse_text_table(text, name=source)
    named = {name.lower(): name for name in table.header}
    found = {
        role: named[alias]
        for role, aliases in ALIASES.items()
        if (alias := next((each for each in aliases if each in named), None)) is not None
    }
    if "begins" not in found:
        raise LoadTestError.of(
            expected=f"a column of stamps: {', '.join(ALIASES['begins'])}",
            got=f"columns {', '.join(table.header)[:120]}",
            where=source,
            next_step="Name the column of stamps `timestamp`.",
        )
    problems: list[Problem] = []
    clock = found.pop("begins")
    minutes = _minutes(
        table.texts(clock), lines=table.lines, where=f"{source}, {clock}", problems=problems
    )
    values = {role: table.numbers(name, problems=problems) for role, name in found.items()}
    if problems:
        raise LoadTestError(*problems)
    return {
        role: {
            minute: value for minute, value in zip(minutes, column.tolist()) if np.isfinite(value)
        }
        for role, column in values.items()
    }


def _json_columns(pages: Sequence[tuple[Path, str]], *, source: str) -> dict[str, dict[int, float]]:
    """Give the metrics of saved pages as values by the start of their minute."""
    metrics: dict[str, Metric] = {}
    for path, text in pages:
        for key, found in metrics_of_json(text, name=path.name).items():
            merged = metrics.setdefault(key, Metric(label=found.label))
            merged.status = found.status
            merged.stamps += found.stamps
            merged.values += found.values
    columns = {}
    for role, aliases in ALIASES.items():
        known = [alias for alias in aliases if alias in metrics]
        if not known:
            continue
        key = known[0]
        metric = metrics[key]
        complete_or_refuse(metric, name=key, where=source)
        problems: list[Problem] = []
        lines = range(1, len(metric.stamps) + 1)
        minutes = _minutes(
            metric.stamps, lines=lines, where=f"{source}, {key}, datapoint", problems=problems
        )
        if problems:
            raise LoadTestError(*problems)
        columns[role] = dict(zip(minutes, metric.values))
    return columns


def _minutes(
    cells: Sequence[str], *, lines: Sequence[int], where: str, problems: list[Problem]
) -> list[int]:
    """Give the starts of the minutes of stamps, seconds since 1970 UTC."""
    stamps = read_stamps(cells, lines=lines, where=where, problems=problems)
    if stamps.relative:
        problems.append(
            Problem(
                "stamps with a date",
                "seconds from the start of a test",
                where,
                "Write them as 2026-11-24T04:23:00Z, or as seconds since 1970.",
            )
        )
    seconds = np.nan_to_num(stamps.seconds)
    return [int(each // MINUTE_SECONDS) * MINUTE_SECONDS for each in seconds.tolist()]


def _history(columns: dict[str, dict[int, float]], *, source: str) -> History:
    """Join columns to a history, each as the series that CloudWatch would have given."""
    lacking = [name for name in ("requests", "cpu_percent") if not columns.get(name)]
    if lacking:
        raise LoadTestError.of(
            expected="requests and cpu_percent",
            got=f"no {' and no '.join(lacking)}",
            where=source,
            next_step=f"Name the columns as in: {', '.join(ALIASES['requests'])};"
            f" {', '.join(ALIASES['cpu_percent'])}.",
        )
    stamps = {start for values in columns.values() for start in values}
    period = _period(stamps, source=source)
    seconds = columns.pop("latency_p95_s", None)
    if seconds is None and "latency_p95_ms" in columns:
        milliseconds = columns.pop("latency_p95_ms")
        seconds = {at: value / MILLISECONDS_PER_SECOND for at, value in milliseconds.items()}
    series = [
        _series(role, values, period=period)
        for role, values in {**columns, "latency_p95_ms": seconds or {}}.items()
    ]
    return history_of(series, source=source)


def _period(stamps: set[int], *, source: str) -> int:
    """Give the period of a file's rows in seconds: the commonest distance, the shorter of two."""
    distances, counts = np.unique(np.diff(sorted(stamps)), return_counts=True)
    period = int(distances[np.argmax(counts)]) if len(distances) else MINUTE_SECONDS
    if period > LONGEST_PERIOD_SECONDS:
        raise LoadTestError.of(
            expected=f"a row for each minute, at least one in {LONGEST_PERIOD_SECONDS // 60}",
            got=f"a row in {period / MINUTE_SECONDS:g} minutes",
            where=source,
            next_step="Export with a period of 60 seconds; CloudWatch keeps it for 15 days.",
        )
    return period


def _series(role: str, values: dict[int, float], *, period: int) -> FetchedSeries:
    """Give one column as a series."""
    metric, statistic = METRICS[role]
    starts = sorted(values)
    return FetchedSeries(
        name=MetricName(
            namespace="file",
            metric=metric,
            dimensions=(),
            statistic=statistic,
            period_seconds=period,
        ),
        begins=np.array(starts, dtype=np.int64),
        values=np.array([values[start] for start in starts], dtype=np.float64),
    )
