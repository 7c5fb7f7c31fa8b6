"""Reads what a job takes from the archive: a recording of requests, and the rows of a fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from tuner.config.archived import ArchivedFit, ArchivedTraffic
from tuner.decision.words import counted
from tuner.errors import CliffsideError, TrafficError
from tuner.measure.loadtest import LoadTest
from tuner.store.archive import Archive
from tuner.traffic.recording import Recording, recording_of
from tuner.traffic.shapes import Shape

NEXT_SHARE = 0.5
"""Of the weight, what is on days of the weekday that comes next."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def archived_recording(traffic: ArchivedTraffic) -> Recording:
    """Read the requests of the days that a job names.

    Parameters
    ----------
    traffic : ArchivedTraffic
        Metric and days.

    Raises
    ------
    TrafficError
        Where a day is damaged, or fewer than two datapoints are there.
    """
    archive, metric = Archive(traffic.state), traffic.metric
    try:
        series = archive.read(
            metric, _midnight(traffic.days[0]), _midnight(traffic.days[-1] + timedelta(days=1))
        )
    except CliffsideError as error:
        raise TrafficError(*error.problems) from error
    # A day that was fetched since the file was read may lie between those that are named.
    days = {int(_midnight(day).timestamp()) for day in traffic.days}
    kept = np.isin(series.begins - series.begins % 86_400, list(days))
    notes = [f"{counted(len(traffic.days), 'day')} of the archive, to {traffic.days[-1]}."]
    if traffic.missing_days:
        notes.append(f"Not in the archive: {counted(traffic.missing_days, 'day')} between them.")
    return recording_of(
        series.begins[kept],
        series.values[kept],
        source=f"archive, {metric.dimensions[0][1]}",
        column=metric.metric,
        unit="requests",
        zone=UTC,
        notes=notes,
    )


def weighted_by_weekday(shapes: Sequence[Shape], *, last: date) -> tuple[Shape, ...]:
    """Put half of the weight on days of the weekday that comes next.

    Parameters
    ----------
    shapes : sequence of Shape
        Days, or parts of days, with their date in the name.
    last : date
        The newest day of the archive.

    Returns
    -------
    tuple of Shape
        Their weights have the same sum. Where all or none are of that weekday, they stay.

    Notes
    -----
    Assumption: a plan that is found after the newest day acts on the day after it, which is most
    like the days of its weekday; the others keep half of the weight, since no two weeks are equal.
    """
    weekday = (last + timedelta(days=1)).weekday()
    is_next = [_day_of(shape).weekday() == weekday for shape in shapes]
    total = sum(shape.weight for shape in shapes)
    next_total = sum(shape.weight for shape, same in zip(shapes, is_next, strict=True) if same)
    if next_total in (0.0, total):
        return tuple(shapes)
    factors = {
        True: NEXT_SHARE * total / next_total,
        False: (1.0 - NEXT_SHARE) * total / (total - next_total),
    }
    return tuple(
        replace(shape, weight=shape.weight * factors[same])
        for shape, same in zip(shapes, is_next, strict=True)
    )


def _day_of(shape: Shape) -> date:
    """Give the day of a shape, which its name ends with, or its part of a day's."""
    return date.fromisoformat(_DATE.findall(shape.name)[-1])


def archived_load_test(source: ArchivedFit) -> LoadTest:
    """Read the rows from which a host is fitted.

    Parameters
    ----------
    source : ArchivedFit
        Group, load balancer and days.

    Raises
    ------
    MissingFileError, ResultFileError, LoadTestError
        Where the archive lacks something, is damaged, or says nothing of instances.
    """
    from tuner.deployment.observed_archive import read_observed
    from tuner.measure.history_activities import read_activities
    from tuner.measure.production_rows import production_load_test

    seen = read_observed(
        Archive(source.state),
        group=source.group,
        load_balancer=source.load_balancer,
        begin=_midnight(source.begin),
        end=_midnight(source.end),
    )
    return production_load_test(seen.history, read_activities(seen.activities))


def archived_files(source: ArchivedTraffic | ArchivedFit) -> Iterator[Path]:
    """Name the files of the archive that a job reads, in an order that places do not change."""
    archive = Archive(source.state)
    if isinstance(source, ArchivedTraffic):
        yield from archive.files(source.metric, source.days)
        return
    mine = (
        (("AutoScalingGroupName", source.group),),
        (("LoadBalancer", source.load_balancer),),
    )
    for name in archive.names():
        if name.dimensions in mine:
            yield from archive.files(name, source.days)
    yield from archive.event_files(source.group, source.days)


def _midnight(day: date) -> datetime:
    """Give the begin of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
