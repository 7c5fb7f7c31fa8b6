"""One service's minutes, activities and alarm changes out of the archive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tuner.activities import Activity, AlarmChange
from tuner.errors import MissingFileError, Problem
from tuner.measure.history import MINUTE_SECONDS, History
from tuner.measure.history_series import history_of, role_of
from tuner.metrics import MetricName
from tuner.store.archive import Archive

LONGEST_PERIOD_SECONDS = 300
_BALANCER_ARN = re.compile(r"^.*:loadbalancer/")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observed:
    """What the archive holds of a service in a range.

    Parameters
    ----------
    group : str
        ``AutoScalingGroupName``.
    history : History
        Its minutes.
    activities : tuple of Activity
        What the group did.
    changes : tuple of AlarmChange
        When its alarms changed.
    """

    group: str
    history: History
    activities: tuple[Activity, ...]
    changes: tuple[AlarmChange, ...]


def read_observed(
    archive: Archive,
    *,
    group: str | None = None,
    load_balancer: str | None = None,
    begin: datetime | None = None,
    end: datetime | None = None,
    last_days: int | None = None,
) -> Observed:
    """Read a service out of the archive.

    Parameters
    ----------
    archive : Archive
        What `cliffside fetch` kept.
    group : str or None
        The group; None: the only one there is.
    load_balancer : str or None
        ARN of its load balancer, or its end; None: the only one there is.
    begin, end : datetime or None
        Range with its zone, ``end`` not part of it; None: from the first, to the last day of the
        group's CPU.
    last_days : int or None
        Where ``begin`` is None: so many days before the end only.

    Raises
    ------
    MissingFileError
        Where the archive lacks the group, its load balancer or the range; the message lists what
        it has.
    ResultFileError
        Where a file of the archive is damaged.
    LoadTestError
        Where requests or CPU are missing in the range.

    Notes
    -----
    Series of a minute are taken where there are any of the kind, else those of five minutes.
    """
    names = [name for name in archive.names() if name.period_seconds <= LONGEST_PERIOD_SECONDS]
    chosen = _one("AutoScalingGroupName", group, names, what="group", key="group")
    short = None if load_balancer is None else _BALANCER_ARN.sub("", load_balancer)
    balancer = _one("LoadBalancer", short, names, what="load balancer", key="load_balancer")
    mine = [
        name
        for name in names
        if name.dimensions in ((("AutoScalingGroupName", chosen),), (("LoadBalancer", balancer),))
        and role_of(name) is not None
    ]
    days = sorted(
        {day for name in mine if role_of(name) == "cpu_percent" for day in archive.days(name)}
    )
    if not days:
        raise _lacking("days of the group's CPU", "none", "Fetch the group first.")
    last = end or _midnight(days[-1]) + timedelta(days=1)
    first = begin or (_midnight(days[0]) if last_days is None else last - timedelta(days=last_days))
    if first >= last:
        raise _lacking(
            f"a begin before the end of its last day, {last:%Y-%m-%d %H:%M} UTC",
            f"{first:%Y-%m-%d %H:%M} UTC",
            "Choose an earlier --since, or fetch again: a day is kept three hours after its end.",
        )
    series = [archive.read(name, first, last) for name in mine]
    finest: dict[tuple[str, str], int] = {}
    for each in series:
        if len(each.begins):
            kind = (each.name.metric, each.name.statistic)
            period = each.name.period_seconds
            finest[kind] = min(finest.get(kind, period), period)
    taken = [
        each
        for each in series
        if each.name.period_seconds == finest.get((each.name.metric, each.name.statistic))
    ]
    if not taken:
        raise _lacking(
            f"datapoints of {chosen} from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC",
            f"days from {days[0]} to {days[-1]}",
            "Fetch the range, or choose one of these days.",
        )
    return Observed(
        group=chosen,
        history=history_of(
            taken,
            source=f"archive, {chosen}",
            begin=int(first.timestamp()) if begin is not None or last_days is not None else None,
            end=int(last.timestamp()) // MINUTE_SECONDS * MINUTE_SECONDS
            if end is not None
            else None,
        ),
        activities=archive.read_activities(chosen, first, last),
        changes=archive.read_alarm_changes(chosen, first, last),
    )


def _one(
    dimension: str, wanted: str | None, names: Sequence[MetricName], *, what: str, key: str
) -> str:
    """Give the value of a dimension that is meant: the one wanted, or the only one."""
    there = sorted(set(_values(dimension, names)))
    if wanted is not None and wanted in there:
        return wanted
    if wanted is None and len(there) == 1:
        return there[0]
    raise _lacking(
        f"the {what} {wanted!r} in the archive" if wanted else f"one {what} in the archive",
        ", ".join(there) or "none",
        f"Fetch it first, or name one with {key} in the table [aws].",
    )


def _values(dimension: str, names: Iterable[MetricName]) -> Iterable[str]:
    """Give the values of a dimension of metrics that have no other."""
    for name in names:
        if len(name.dimensions) == 1 and name.dimensions[0][0] == dimension:
            yield name.dimensions[0][1]


def _midnight(day: date) -> datetime:
    """Give the begin of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _lacking(expected: str, got: str, next_step: str) -> MissingFileError:
    """Say what the archive lacks."""
    return MissingFileError(Problem(expected, got, "archive of the state folder", next_step))
