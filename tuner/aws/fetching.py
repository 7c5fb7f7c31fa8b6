"""A fetch carried out: days go into the archive as they come, and the range is given back.

Each call is kept before the next is made, so that a fetch that breaks off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

import numpy as np

from tuner.activities import Activity, AlarmChange
from tuner.aws.fetch_plan import FetchPlan, days_of, is_closed, span_of
from tuner.aws.group_log import ACTIVITIES_KEPT, ALARM_CHANGES_KEPT, GroupLog
from tuner.metrics import FetchedSeries, MetricName
from tuner.ports import MetricSource, Progress
from tuner.store.archive import Archive

Row = TypeVar("Row")

LONGEST_ACTIVITY = timedelta(days=3)
"""Assumption: an activity that has not ended after three days never will; a lifecycle hook holds
one for two days at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedMetrics:
    """What a fetch of metrics gave.

    Parameters
    ----------
    series : tuple of FetchedSeries
        Those that the range has, each at its period, without what lies outside of the range.
    n_written : int
        Days of series that are new in the archive.
    n_held : int
        Days of series that the archive held already.
    """

    series: tuple[FetchedSeries, ...]
    n_written: int
    n_held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedEvents:
    """What a fetch of a group's log gave.

    Parameters
    ----------
    group : str
        ``AutoScalingGroupName``.
    activities : tuple of Activity
        Scaling activities of the range, oldest first.
    changes : tuple of AlarmChange
        State changes of the group's alarms in the range, oldest first.
    n_written : int
        Days that are new in the archive, of both kinds.
    """

    group: str
    activities: tuple[Activity, ...]
    changes: tuple[AlarmChange, ...]
    n_written: int


def fetch_metrics(
    source: MetricSource, archive: Archive, plan: FetchPlan, progress: Progress | None = None
) -> FetchedMetrics:
    """Carry out a plan; every closed day that comes is written to the archive, once.

    Parameters
    ----------
    source : MetricSource
        Whom to ask.
    archive : Archive
        Where closed days go.
    plan : FetchPlan
        What to ask for.
    progress : callable or None
        Told of datapoints as they come.

    Returns
    -------
    FetchedMetrics
        The range, out of the archive and as it came.

    Raises
    ------
    AccountError
        Where an answer stays incomplete; whole days that came before it are kept.
    """
    found: dict[MetricName, list[FetchedSeries]] = {}
    n_written = 0
    closed = frozenset(plan.closed)
    for ask in plan.asks:
        for series in source.fetch(ask.names, ask.begin, ask.end, progress):
            for day in days_of(ask.begin, ask.end):
                n_written += day in closed and archive.write_day(series, day)
            found.setdefault(series.name, []).append(series)
    for name, day in plan.held:
        found.setdefault(name, []).append(archive.read(name, *span_of(day)))
    joined = (_joined(name, parts, plan.begin, plan.end) for name, parts in found.items())
    return FetchedMetrics(series=tuple(joined), n_written=n_written, n_held=len(plan.held))


def fetch_events(
    log: GroupLog, archive: Archive, group: str, begin: datetime, end: datetime, *, now: datetime
) -> FetchedEvents:
    """Read a group's activities and alarm changes; closed days of them go to the archive, once.

    Parameters
    ----------
    log : GroupLog
        Whom to ask.
    archive : Archive
        Where closed days go.
    group : str
        ``AutoScalingGroupName``.
    begin, end : datetime
        Range with its zone.
    now : datetime
        The present time, with its zone.

    Raises
    ------
    AccountError
        Where AWS does not answer.
    """
    days = tuple(days_of(begin, end))
    left = _days_left(days, archive.activity_days(group))
    activities: list[Activity] = list(_held_rows(archive.read_activities, group, days, left))
    n_written = 0
    if left:
        fresh = log.activities(group, span_of(left[0])[0], _end_of(left[-1], now))
        activities += [a for a in fresh if a.started.date() in left]
        for day in left:
            if _kept(day, now, ACTIVITIES_KEPT) and _is_over(fresh, day, now):
                n_written += archive.write_activities(group, day, fresh)
    left = _days_left(days, archive.alarm_days(group))
    changes: list[AlarmChange] = list(_held_rows(archive.read_alarm_changes, group, days, left))
    if left:
        alarms = log.alarm_names(group, activities)
        news = log.alarm_changes(alarms, span_of(left[0])[0], _end_of(left[-1], now))
        changes += [change for change in news if change.stamp.date() in left]
        for day in left:
            if _kept(day, now, ALARM_CHANGES_KEPT):
                n_written += archive.write_alarm_changes(group, day, news)
    return FetchedEvents(
        group=group,
        activities=tuple(
            sorted((a for a in activities if begin <= a.started < end), key=lambda a: a.started)
        ),
        changes=tuple(
            sorted((c for c in changes if begin <= c.stamp < end), key=lambda c: (c.stamp, c.alarm))
        ),
        n_written=n_written,
    )


def _joined(
    name: MetricName, parts: Sequence[FetchedSeries], begin: datetime, end: datetime
) -> FetchedSeries:
    """Join parts of a series, oldest first, and cut the range out."""
    begins = np.concatenate([part.begins for part in parts])
    values = np.concatenate([part.values for part in parts])
    order = np.argsort(begins, kind="stable")
    begins, values = begins[order], values[order]
    inside = (begins >= begin.timestamp()) & (begins < end.timestamp())
    return FetchedSeries(name=name, begins=begins[inside], values=values[inside])


def _days_left(days: Iterable[date], held: Iterable[date]) -> tuple[date, ...]:
    """Give the days that are not held."""
    there = frozenset(held)
    return tuple(day for day in days if day not in there)


def _held_rows(
    read: Callable[[str, datetime, datetime], Iterable[Row]],
    group: str,
    days: Iterable[date],
    left: Iterable[date],
) -> Iterable[Row]:
    """Read the days that are held."""
    for day in _days_left(days, left):
        yield from read(group, *span_of(day))


def _end_of(day: date, now: datetime) -> datetime:
    """Give the end of a day, or now where that is earlier."""
    return min(span_of(day)[1], now)


def _kept(day: date, now: datetime, kept: timedelta) -> bool:
    """Tell whether a day is closed, and AWS still has all of it."""
    return is_closed(day, now) and now - span_of(day)[0] <= kept


def _is_over(activities: Iterable[Activity], day: date, now: datetime) -> bool:
    """Tell whether all activities of a day have ended."""
    if now >= span_of(day)[1] + LONGEST_ACTIVITY:
        return True
    return all(a.ended is not None for a in activities if a.started.date() == day)
