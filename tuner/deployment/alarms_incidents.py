"""The incidents that an alarm should have told of: marked in options, or in a JSON file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from pathlib import PurePath
from typing import Any

from tuner.deployment.alarms_series import RecordedMetric
from tuner.errors import ConfigurationError, Problem
from tuner.traffic.stamps import read_stamps
from tuner.traffic.zones import EPOCH, offset_seconds, zone_name

EXAMPLE = "2026-11-24T04:23/2026-11-24T05:10"

Given = tuple[str, str, str, str]
"""Begin, end, name and place of an incident, as texts."""


@dataclass(frozen=True, slots=True, order=True)
class Incident:
    """A time in which an alarm was wished for.

    Parameters
    ----------
    begin, end : int
        Seconds, on the metric's clock.
    name : str
        What it is called.
    """

    begin: int
    end: int
    name: str

    @property
    def seconds(self) -> int:
        """How long it lasted."""
        return self.end - self.begin


def read_incidents(
    metric: RecordedMetric, texts: Sequence[str] = (), document: object = None
) -> tuple[tuple[Incident, ...], tuple[str, ...]]:
    """Read the incidents of a metric, from options and from a JSON document.

    Parameters
    ----------
    metric : RecordedMetric
        Whose clock they are on where they name no zone.
    texts : sequence of str
        Each ``START/END``.
    document : object
        A list of ``[START, END]`` or ``{"begin": …, "end": …, "name": …}``, or an object of such
        lists by file name (as the Numenta Anomaly Benchmark's windows); None: nothing.

    Returns
    -------
    incidents : tuple of Incident
        Those that touch the recording, in order of time.
    notes : tuple of str
        What was left out, in sentences.

    Raises
    ------
    ConfigurationError
        For times that cannot be read, that end before they begin, or that are on another clock,
        all at once; and where incidents are given and none touches the recording.
    """
    problems: list[Problem] = []
    given = [_of_text(text, number, problems) for number, text in enumerate(texts, start=1)]
    given += _of_document(document, metric, problems)
    read = [_incident(entry, metric, problems) for entry in given if entry is not None]
    incidents = [incident for incident in read if incident is not None]
    if problems:
        raise ConfigurationError(*problems)
    inside = sorted(i for i in incidents if i.end > metric.begin and i.begin < metric.end)
    if incidents and not inside:
        raise ConfigurationError(
            Problem(
                f"an incident between {metric.at(metric.begin)} and {metric.at(metric.end)}",
                f"{len(incidents)} outside of that time",
                "incidents",
                "Give the series of that time.",
            )
        )
    left = len(incidents) - len(inside)
    notes = (f"{left} incidents lie outside of the recording and are left out.",) if left else ()
    return tuple(inside), notes


def _of_text(text: str, number: int, problems: list[Problem]) -> Given | None:
    """Split an option into begin, end, name and place."""
    begin, slash, end = text.partition("/")
    if not slash or "/" in end:
        problems.append(
            Problem(f"START/END, such as {EXAMPLE}", repr(text[:60]), "--incident", "Write so.")
        )
        return None
    return begin, end, f"incident {number}", f"--incident {text[:60]!r}"


def _of_document(
    document: object, metric: RecordedMetric, problems: list[Problem]
) -> list[Given | None]:
    """Take a JSON document apart into begin, end, name and place of each incident."""
    where = "the file of incidents"
    if isinstance(document, Mapping):
        names = [name for name in document if PurePath(str(name)).name == metric.name]
        if not names:
            problems.append(
                Problem(
                    f"a key that ends in the name of the series, {metric.name}",
                    f"{len(document)} keys, none of them",
                    where,
                    "Add the series, or give a list of incidents.",
                )
            )
            return []
        document = document[names[0]]
    if document is None:
        return []
    if not isinstance(document, Sequence) or isinstance(document, str):
        problems.append(Problem("a list of incidents", type(document).__name__, where, "Mend it."))
        return []
    return [_of_entry(entry, i, problems) for i, entry in enumerate(document, start=1)]


def _of_entry(entry: object, number: int, problems: list[Problem]) -> Given | None:
    """Read one entry of a JSON document."""
    where, name = f"the file of incidents, entry {number}", f"incident {number}"
    times: Sequence[Any] = ()
    if isinstance(entry, Mapping):
        times = (entry.get("begin"), entry.get("end"))
        name = str(entry.get("name", name))
    elif isinstance(entry, Sequence) and not isinstance(entry, str):
        times = entry
    if len(times) == 2 and all(isinstance(t, str | int | float) for t in times):
        return str(times[0]), str(times[1]), name, where
    problems.append(
        Problem(
            '[START, END] or {"begin": START, "end": END}',
            repr(entry)[:60],
            where,
            "Give both times.",
        )
    )
    return None


def _incident(given: Given, metric: RecordedMetric, problems: list[Problem]) -> Incident | None:
    """Read the two times of an incident on the metric's clock."""
    begin, end, name, where = given
    wrong: list[Problem] = []
    stamps = read_stamps(
        [begin.strip(), end.strip()],
        place=lambda _: where,
        time_zone=None,
        says_utc=False,
        problems=wrong,
    )
    if wrong:
        problems += wrong
        return None
    seconds = stamps.seconds.tolist()
    if stamps.zone is not None and metric.zone is None:
        problems.append(
            Problem(
                "times on the file's own clock, as the series names no zone",
                f"{begin} in {zone_name(stamps.zone)}",
                where,
                "Leave the zone out, or say --time-zone of the series.",
            )
        )
        return None
    if stamps.zone is None and metric.zone is not None:
        seconds = [second - _offset(second, metric.zone) for second in seconds]
    if seconds[1] <= seconds[0]:
        problems.append(
            Problem("an end after the begin", f"{begin} to {end}", where, "Exchange them.")
        )
        return None
    return Incident(seconds[0], seconds[1], name)


def _offset(local_seconds: int, zone: tzinfo) -> int:
    """Give the offset of a zone at a local time, in seconds."""
    moment = (EPOCH + timedelta(seconds=local_seconds)).replace(tzinfo=zone)
    return offset_seconds(moment.utcoffset())
