"""Records of the archive as columns, and columns as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tuner.activities import Activity, AlarmChange
from tuner.metrics import MetricName
from tuner.store.archive_files import Column, damaged

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOMENT = "microseconds since 1970 UTC"
TEXT = Column("text", "text")

ACTIVITY_COLUMNS = {
    "started": Column("int", MOMENT),
    "ended": Column("int", MOMENT, may_miss=True),
    "status": TEXT,
    "description": TEXT,
    "cause": TEXT,
    "instance_id": Column("text", "text", may_miss=True),
    "kind": TEXT,
}
CHANGE_COLUMNS = {
    "stamp": Column("int", MOMENT),
    "alarm": TEXT,
    "old_state": TEXT,
    "new_state": TEXT,
}
KINDS = ("launch", "terminate", "other")
UNITS = {
    "CPUUtilization": "percent",
    "TargetResponseTime": "seconds",
    "RequestCount": "requests",
    "RequestCountPerTarget": "requests per target",
    "HealthyHostCount": "hosts",
    "UnHealthyHostCount": "hosts",
}
"""Units of metrics that are known; those of a group are counts of instances."""


def unit_of(name: MetricName) -> str:
    """Give the unit of a metric's values.

    Examples
    --------
    >>> unit_of(MetricName(namespace="AWS/EC2", metric="CPUUtilization",
    ...                    dimensions=(), statistic="SampleCount"))
    'samples'
    """
    if name.statistic == "SampleCount":
        return "samples"
    if name.metric.startswith("Group"):
        return "instances"
    return UNITS.get(name.metric, "the metric's own unit")


def point_columns(name: MetricName) -> dict[str, Column]:
    """Give the columns of a metric's datapoints."""
    return {
        "begin": Column("int", "seconds since 1970 UTC"),
        "value": Column("float", unit_of(name)),
    }


def name_record(name: MetricName) -> dict[str, Any]:
    """Give the name of a metric as an object of JSON."""
    return {
        "namespace": name.namespace,
        "metric": name.metric,
        "dimensions": [list(pair) for pair in name.dimensions],
        "statistic": name.statistic,
        "period_seconds": name.period_seconds,
    }


def name_of(record: Mapping[str, Any]) -> MetricName:
    """Give the metric of an object that `name_record` made."""
    return MetricName(
        namespace=str(record["namespace"]),
        metric=str(record["metric"]),
        dimensions=tuple((str(name), str(value)) for name, value in record["dimensions"]),
        statistic=str(record["statistic"]),
        period_seconds=int(record["period_seconds"]),
    )


def activity_rows(activities: Sequence[Activity]) -> dict[str, list[Any]]:
    """Give activities as columns."""
    return {
        "started": [_microseconds(activity.started) for activity in activities],
        "ended": [
            None if activity.ended is None else _microseconds(activity.ended)
            for activity in activities
        ],
        **{
            name: [getattr(activity, name) for activity in activities]
            for name in ("status", "description", "cause", "instance_id", "kind")
        },
    }


def activities_of(rows: Mapping[str, Sequence[Any]], path: Path) -> list[Activity]:
    """Give the activities of columns.

    Raises
    ------
    ResultFileError
        When a kind is unknown.
    """
    found = []
    for row in _each(rows):
        if row["kind"] not in KINDS:
            raise damaged(path, "a kind of activity that is unknown")
        ended = row["ended"]
        row["started"] = _moment(row["started"])
        row["ended"] = None if ended is None else _moment(ended)
        found.append(Activity(**row))
    return found


def change_rows(changes: Sequence[AlarmChange]) -> dict[str, list[Any]]:
    """Give changes of alarms as columns."""
    return {
        "stamp": [_microseconds(change.stamp) for change in changes],
        **{
            name: [getattr(change, name) for change in changes]
            for name in ("alarm", "old_state", "new_state")
        },
    }


def changes_of(rows: Mapping[str, Sequence[Any]], path: Path) -> list[AlarmChange]:
    """Give the changes of alarms of columns.

    Raises
    ------
    ResultFileError
        When a stamp is none.
    """
    try:
        return [AlarmChange(**{**row, "stamp": _moment(row["stamp"])}) for row in _each(rows)]
    except (OverflowError, TypeError) as error:
        raise damaged(path, "a stamp that is none") from error


def _each(rows: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Give columns as rows."""
    return [dict(zip(rows, row)) for row in zip(*rows.values(), strict=True)]


def _microseconds(moment: datetime) -> int:
    """Give a moment as whole microseconds since 1970 UTC."""
    return (moment - EPOCH) // MICROSECOND


def _moment(microseconds: int) -> datetime:
    """Give the moment of so many microseconds since 1970 UTC."""
    return EPOCH + timedelta(microseconds=microseconds)
