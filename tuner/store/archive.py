"""The archive of what AWS said: metrics, scaling activities and alarm changes, day by day in UTC.

``archive/<kind>/<key>/day=YYYY-MM-DD/*.parquet`` below the state folder. Only whole days that
nothing is added to any more are written, each once. The key is the SHA-256 of the series' name,
which stands in ``name.json`` beside the days and in every file: a name out of an account never
becomes part of a path.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from tuner.activities import Activity, AlarmChange
from tuner.errors import Problem, StoreError
from tuner.metrics import FetchedSeries, MetricName
from tuner.store.archive_days import Days, day_of
from tuner.store.archive_files import damaged
from tuner.store.archive_rows import (
    ACTIVITY_COLUMNS,
    CHANGE_COLUMNS,
    activities_of,
    activity_rows,
    change_rows,
    changes_of,
    name_of,
    name_record,
    point_columns,
)

POINTS, ACTIVITIES, CHANGES = "points", "activities", "alarms"
SECONDS_PER_DAY = 86_400


class Archive:
    """The archive below a state folder.

    Parameters
    ----------
    state_dir : Path
        Folder of the runs; nothing is made before something is written.
    model_version : str
        Version of docs/model.md that wrote it, for the metadata; files of all are read.
    """

    def __init__(self, state_dir: Path, *, model_version: str = "none") -> None:
        self._days = Days(Path(state_dir), model_version=model_version)

    def names(self) -> tuple[MetricName, ...]:
        """Give the metrics that are held, in order.

        Raises
        ------
        ResultFileError
            When the name of a series is damaged.
        """
        return tuple(sorted(name_of(record) for record in self._days.records(POINTS)))

    def groups(self) -> tuple[str, ...]:
        """Give the groups whose activities are held, in order.

        Raises
        ------
        ResultFileError
            When the name of a group is damaged.
        """
        return tuple(sorted(str(record["group"]) for record in self._days.records(ACTIVITIES)))

    def days(self, name: MetricName) -> tuple[date, ...]:
        """Give the days of a metric that are held, in order.

        Parameters
        ----------
        name : MetricName
            The metric.
        """
        return self._days.held(POINTS, name_record(name))

    def write_day(self, series: FetchedSeries, day: date) -> bool:
        """Write the datapoints of one day; other days' are left out.

        Parameters
        ----------
        series : FetchedSeries
            All of the day; a day without a datapoint is held as well.
        day : date
            The day in UTC; the caller knows that nothing is added to it any more.

        Returns
        -------
        bool
            False where the day is held already; it is as it was.

        Raises
        ------
        StoreError
            When the folder cannot be written, or datapoints are not finite or not in order.
        """
        begin = _midnight(day)
        begins = np.asarray(series.begins, dtype=np.int64)
        values = np.asarray(series.values, dtype=np.float64)
        _check_points(series.name, begins, values)
        of_day = (begins >= begin) & (begins < begin + SECONDS_PER_DAY)
        record = name_record(series.name)
        rows = {"begin": begins[of_day].tolist(), "value": values[of_day].tolist()}
        return self._days.write(POINTS, record, day, rows, point_columns(series.name))

    def read(self, name: MetricName, begin: datetime, end: datetime) -> FetchedSeries:
        """Read the datapoints of a range, as far as its days are held; `days` tells them.

        Parameters
        ----------
        name : MetricName
            The metric.
        begin, end : datetime
            Range with its zone; ``end`` is not part of it.

        Raises
        ------
        ResultFileError
            When a file of the range is damaged.
        """
        record, columns = name_record(name), point_columns(name)
        begins: list[int] = []
        values: list[float] = []
        for day, path, rows in self._days.read(POINTS, record, columns, begin, end):
            first = _midnight(day)
            stamps = np.array(rows["begin"], dtype=np.int64)
            inside = bool(np.all((stamps >= first) & (stamps < first + SECONDS_PER_DAY)))
            if not (inside and np.all(np.diff(stamps) > 0) and np.all(np.isfinite(rows["value"]))):
                raise damaged(path, "datapoints out of order or of another day")
            begins += rows["begin"]
            values += rows["value"]
        stamps, points = np.array(begins, dtype=np.int64), np.array(values, dtype=np.float64)
        kept = (stamps >= begin.timestamp()) & (stamps < end.timestamp())
        return FetchedSeries(name=name, begins=stamps[kept], values=points[kept])

    def files(self, name: MetricName, days: Sequence[date]) -> tuple[Path, ...]:
        """Give the files of days of a metric, as far as these are held, in order.

        Parameters
        ----------
        name : MetricName
            The metric.
        days : sequence of date
            In UTC.
        """
        return tuple(self._days.files(POINTS, name_record(name), days))

    def event_files(self, group: str, days: Sequence[date]) -> tuple[Path, ...]:
        """Give the files of a group's activities and alarm changes on days, in order."""
        kinds = (ACTIVITIES, CHANGES)
        return tuple(
            path for kind in kinds for path in self._days.files(kind, {"group": group}, days)
        )

    def activity_days(self, group: str) -> tuple[date, ...]:
        """Give the days of a group whose activities are held, in order."""
        return self._days.held(ACTIVITIES, {"group": group})

    def write_activities(self, group: str, day: date, activities: Sequence[Activity]) -> bool:
        """Write the scaling activities of a group that started on a day; others are left out.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.
        day : date
            The day in UTC.
        activities : sequence of Activity
            All of the day, in any order.

        Returns
        -------
        bool
            False where the day is held already.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        of_day = [activity for activity in activities if day_of(activity.started) == day]
        rows = activity_rows(sorted(of_day, key=lambda activity: activity.started))
        return self._days.write(ACTIVITIES, {"group": group}, day, rows, ACTIVITY_COLUMNS)

    def read_activities(self, group: str, begin: datetime, end: datetime) -> tuple[Activity, ...]:
        """Read the activities of a group that started in a range, as far as days are held.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.
        begin, end : datetime
            Range with its zone; ``end`` is not part of it.

        Raises
        ------
        ResultFileError
            When a file of the range is damaged.
        """
        found: list[Activity] = []
        record = {"group": group}
        for _, path, rows in self._days.read(ACTIVITIES, record, ACTIVITY_COLUMNS, begin, end):
            found += activities_of(rows, path)
        return tuple(activity for activity in found if begin <= activity.started < end)

    def alarm_days(self, group: str) -> tuple[date, ...]:
        """Give the days of a group whose alarm changes are held, in order."""
        return self._days.held(CHANGES, {"group": group})

    def write_alarm_changes(self, group: str, day: date, changes: Sequence[AlarmChange]) -> bool:
        """Write the state changes on a day of the alarms of a group; others are left out.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.
        day : date
            The day in UTC.
        changes : sequence of AlarmChange
            All of the day, in any order.

        Returns
        -------
        bool
            False where the day is held already.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        of_day = [change for change in changes if day_of(change.stamp) == day]
        rows = change_rows(sorted(of_day, key=lambda change: (change.stamp, change.alarm)))
        return self._days.write(CHANGES, {"group": group}, day, rows, CHANGE_COLUMNS)

    def read_alarm_changes(
        self, group: str, begin: datetime, end: datetime
    ) -> tuple[AlarmChange, ...]:
        """Read the changes of a group's alarms in a range, as far as days are held.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.
        begin, end : datetime
            Range with its zone; ``end`` is not part of it.

        Raises
        ------
        ResultFileError
            When a file of the range is damaged.
        """
        found: list[AlarmChange] = []
        for _, path, rows in self._days.read(CHANGES, {"group": group}, CHANGE_COLUMNS, begin, end):
            found += changes_of(rows, path)
        return tuple(change for change in found if begin <= change.stamp < end)


def _midnight(day: date) -> int:
    """Give the begin of a day in seconds since 1970 UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _check_points(name: MetricName, begins: Any, values: Any) -> None:
    """Refuse datapoints that must not be stored."""
    in_order = begins.shape == values.shape and begins.ndim == 1 and np.all(np.diff(begins) > 0)
    if in_order and np.all(np.isfinite(values)):
        return
    raise StoreError(
        Problem(
            "finite datapoints, oldest first and without repeats",
            "others",
            f"{name.metric} {name.statistic}",
            "Fetch the range again; nothing was written.",
        )
    )
