"""From recorded series to a history: which metric is what, and where its datapoints lie.

Notation: T minute.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tuner.errors import LoadTestError
from tuner.measure.history import (
    COLUMNS,
    MINUTE_SECONDS,
    FloatArray,
    History,
    IntArray,
    make_history,
)
from tuner.metrics import FetchedSeries, MetricName

MILLISECONDS_PER_SECOND = 1000.0
LONGEST_HISTORY_MINUTES = 1440 * 455
"""CloudWatch keeps nothing longer. Source: docs/aws-semantics.md 1.5."""

ROLES: dict[tuple[str, str], str] = {
    ("CPUUtilization", "Average"): "cpu_percent",
    ("CPUUtilization", "SampleCount"): "cpu_samples",
    ("RequestCount", "Sum"): "requests",
    ("TargetResponseTime", "p95"): "latency_p95_ms",
    ("GroupInServiceInstances", "Average"): "in_service",
    ("GroupDesiredCapacity", "Average"): "desired",
    ("HTTPCode_Target_5XX_Count", "Sum"): "errors",
    ("HTTPCode_ELB_5XX_Count", "Sum"): "errors",
}
"""What a metric's statistic is in a history."""
PER_PERIOD = ("requests", "cpu_samples", "errors")
"""Roles that count over their period, so that a minute has a share of it."""


def role_of(name: MetricName) -> str | None:
    """Say what a metric is in a history, or None where it is nothing of the group as a whole.

    Examples
    --------
    >>> role_of(MetricName(
    ...     namespace="AWS/EC2", metric="CPUUtilization",
    ...     dimensions=(("AutoScalingGroupName", "web"),), statistic="Average"))
    'cpu_percent'
    """
    if any(key == "InstanceId" for key, _ in name.dimensions):
        return None
    return ROLES.get((name.metric, name.statistic))


def history_of(
    series: Iterable[FetchedSeries],
    *,
    source: str,
    begin: int | None = None,
    end: int | None = None,
) -> History:
    """Join recorded series of one service to a history.

    Parameters
    ----------
    series : iterable of FetchedSeries
        Those that `role_of` does not know are left out. Where two have the same role, errors are
        added up and the later period of any other fills gaps of the first.
    source : str
        Where they come from, for messages.
    begin, end : int or None
        Range in seconds since 1970 UTC; None: what there is of requests and CPU.

    Raises
    ------
    LoadTestError
        Without requests or CPU, and for a range that is empty or longer than CloudWatch keeps.

    Notes
    -----
    Source: docs/aws-semantics.md 1.1 and 1.2: a sample an instance and minute, also where five
    minutes are published at once; a count of errors is published in periods with errors only.
    """
    known = [(role, each) for each in series if (role := role_of(each.name)) is not None]
    roles = {role for role, each in known if len(each.begins)}
    if not {"requests", "cpu_percent"} <= roles:
        raise LoadTestError.of(
            expected="RequestCount of the load balancer and CPUUtilization of the group",
            got=f"{', '.join(sorted(roles)) or 'no series'}",
            where=source,
            next_step="Fetch both, with SampleCount of the CPU beside its Average.",
        )
    seen = [each for role, each in known if role in ("requests", "cpu_percent") if len(each.begins)]
    first = min(int(each.begins[0]) for each in seen) if begin is None else begin
    last = max(int(each.begins[-1]) + each.name.period_seconds for each in seen)
    grid = _grid(first, last if end is None else end, source=source)
    columns = {name: np.full(len(grid), np.nan) for name in COLUMNS if name != "begins"}
    for role, each in known:
        values = _laid(each, grid, shared=role in PER_PERIOD)
        if role == "latency_p95_ms":
            values = values * MILLISECONDS_PER_SECOND
        gaps = np.isnan(columns[role])
        if role == "errors":
            columns[role] = np.where(gaps, values, columns[role] + np.nan_to_num(values, nan=0.0))
        else:
            columns[role] = np.where(gaps, values, columns[role])
    if any(role == "errors" for role, _ in known):
        quiet = np.isnan(columns["errors"]) & np.isfinite(columns["requests"])
        columns["errors"][quiet] = 0.0
    periods = [each.name.period_seconds for _, each in known if len(each.begins)]
    return make_history(grid, columns, period_seconds=max(periods), source=source)


def _grid(first: int, end: int, *, source: str) -> IntArray:
    """Give the minutes of a range, each named by its start."""
    begin = first - first % MINUTE_SECONDS
    count = -(-(end - begin) // MINUTE_SECONDS)
    if not 1 <= count <= LONGEST_HISTORY_MINUTES:
        raise LoadTestError.of(
            expected=f"1 to {LONGEST_HISTORY_MINUTES:,} minutes",
            got=f"{count:,}",
            where=source,
            next_step="Choose a range with an end after its beginning, within 455 days.",
        )
    return begin + MINUTE_SECONDS * np.arange(count, dtype=np.int64)


def _laid(series: FetchedSeries, grid: IntArray, *, shared: bool) -> FloatArray:
    """Lay the datapoints of a series over the minutes that each covers."""
    minutes = max(series.name.period_seconds // MINUTE_SECONDS, 1)
    values = np.full(len(grid), np.nan)
    amount = series.values / minutes if shared else series.values
    place = (series.begins - grid[0]) // MINUTE_SECONDS
    for offset in range(minutes):
        at = place + offset
        inside = (at >= 0) & (at < len(grid))
        values[at[inside]] = amount[inside]
    return values
