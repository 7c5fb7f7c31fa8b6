"""Time stamps of recordings: with a zone they become UTC, without one they stay the file's own.

A clock that knows its zone survives the change to and from daylight saving: rows keep their real
distance. A clock that does not know it is never called UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import numpy as np

from tuner.errors import Problem
from tuner.traffic.shapes import IntArray
from tuner.traffic.zones import EPOCH, find_zone, offset_seconds, zone_name

SHOWN_PROBLEMS = 5
EARLIEST = datetime(1900, 1, 1)
LATEST = datetime(2200, 1, 1)
EXAMPLES = "2026-11-24T04:23:00Z, 2026-11-24 04:23 or seconds since 1970"
ELAPSED_BELOW = 1e8

_NUMBER = re.compile(r"\d{1,19}(\.\d+)?", re.ASCII)
_OFFSET = re.compile(r" ?(?:UTC|GMT|Z|z)$| (?=[+-]\d\d:?\d\d$)")


@dataclass(frozen=True, slots=True)
class Stamps:
    """Time stamps of all rows, in the order of the file.

    Parameters
    ----------
    seconds : int64 [N]
        Seconds since 1970 in UTC; where `zone` is None, the file's own clock read as if it were.
    zone : tzinfo or None
        The zone whose days are the file's days; None where it is not known.
    notes : tuple of str
        What a reader should know, in sentences.
    """

    seconds: IntArray
    zone: tzinfo | None
    notes: tuple[str, ...]


def is_stamp(text: str) -> bool:
    """Tell whether a text reads as a date and time (numbers do not count)."""
    return _NUMBER.fullmatch(text.strip()) is None and _moment(text) is not None


def read_stamps(
    cells: Sequence[str],
    *,
    place: Callable[[int], str],
    time_zone: str | None,
    says_utc: bool,
    problems: list[Problem],
) -> Stamps:
    """Read the time stamps of a file.

    Parameters
    ----------
    cells : sequence of str [N]
        The stamps as text: ISO 8601, also with slashes, or seconds (or milliseconds) since 1970.
    place : callable
        Says where row i stands, for messages.
    time_zone : str or None
        The zone of stamps that name none, and of the days; None where it is not known.
    says_utc : bool
        The column's name says UTC.
    problems : list of Problem
        Stamps that cannot be read are added here, the first few.

    Returns
    -------
    Stamps
        Rows that could not be read have 0; they have been added to `problems`.

    Raises
    ------
    TrafficError
        When there is no such zone.

    Notes
    -----
    Assumption: numbers of 100 billion and more are milliseconds since 1970, and so on by thousands;
    where all numbers are below 1e8, they count seconds from the start of the recording.
    """
    zone = find_zone(time_zone) if time_zone else None
    if cells and _NUMBER.fullmatch(cells[0].strip()):
        return _read_numbers(cells, place=place, zone=zone, problems=problems)
    moments = [_moment(cell) for cell in cells]
    wrong = [i for i, m in enumerate(moments) if m is None or not _is_plausible(m)]
    _report(problems, wrong, cells, place)
    if wrong:
        return Stamps(np.zeros(len(cells), dtype=np.int64), zone, ())
    known = [m for m in moments if m is not None]
    aware = [m.tzinfo is not None for m in known]
    notes = ["Parts of a second were cut off."] if any(m.microsecond for m in known) else []
    if any(aware) and not all(aware):
        problems.append(
            Problem(
                "stamps that all name a zone, or none",
                f"one with a zone at {place(aware.index(True))} and one without",
                place(aware.index(False)),
                "Write all stamps in UTC, with a Z at the end.",
            )
        )
        return Stamps(np.zeros(len(cells), dtype=np.int64), zone, ())
    if all(aware) and known:
        return _with_offsets(known, zone, notes)
    if zone is None and says_utc:
        zone = UTC
        notes.append("The name of the time column says UTC; the stamps are read so.")
    if zone is None:
        notes.append(
            "The stamps name no time zone. They stay the file's own clock, which may not be UTC; "
            "say time_zone if you know it."
        )
    return _localised(known, zone, notes)


def _read_numbers(
    cells: Sequence[str],
    *,
    place: Callable[[int], str],
    zone: tzinfo | None,
    problems: list[Problem],
) -> Stamps:
    """Read stamps that are numbers."""
    texts = [cell.strip() for cell in cells]
    wrong = [i for i, text in enumerate(texts) if _NUMBER.fullmatch(text) is None]
    numbers = np.array([float(t) if _NUMBER.fullmatch(t) else 0.0 for t in texts])
    for _ in range(3):
        if numbers.size and numbers.max() >= 1e11:
            numbers = numbers / 1000.0
    latest = (LATEST - EPOCH).total_seconds()
    wrong += np.flatnonzero(numbers > latest).tolist()
    _report(problems, wrong, cells, place)
    if wrong:
        return Stamps(np.zeros(len(cells), dtype=np.int64), zone, ())
    seconds = np.floor(numbers).astype(np.int64)
    notes = ["Parts of a second were cut off."] if (numbers != seconds).any() else []
    if numbers.max() < ELAPSED_BELOW:
        notes.append("The stamps are small numbers: they count seconds from a start not known.")
        return Stamps(seconds, None, tuple(notes))
    return Stamps(seconds, zone or UTC, tuple(notes))


def _with_offsets(known: list[datetime], zone: tzinfo | None, notes: list[str]) -> Stamps:
    """Turn stamps that name their zone into UTC."""
    offsets = {m.utcoffset() for m in known}
    if zone is None and len(offsets) == 1:
        offset = offsets.pop() or timedelta(0)
        zone = timezone(offset) if offset else UTC
    elif zone is None:
        zone = UTC
        notes.append(
            "The stamps have several offsets from UTC (a clock change?): they are read as UTC, and "
            "days are days of UTC unless you say time_zone."
        )
    seconds = [
        _epoch_seconds(m.replace(tzinfo=None)) - offset_seconds(m.utcoffset()) for m in known
    ]
    return Stamps(np.array(seconds, dtype=np.int64), zone, tuple(notes))


def _localised(known: list[datetime], zone: tzinfo | None, notes: list[str]) -> Stamps:
    """Turn stamps without a zone into UTC under a zone, or keep the file's own clock."""
    seconds = np.array([_epoch_seconds(m) for m in known], dtype=np.int64)
    if zone is None or zone is UTC:
        return Stamps(seconds, zone, tuple(notes))
    never = twice = 0
    previous: int | None = None
    for i, moment in enumerate(known):
        early = offset_seconds(moment.replace(tzinfo=zone, fold=0).utcoffset())
        late = offset_seconds(moment.replace(tzinfo=zone, fold=1).utcoffset())
        stamp = int(seconds[i]) - early
        if late > early:
            never += 1
        elif late < early:
            twice += 1
            if previous is not None and stamp <= previous:
                stamp = int(seconds[i]) - late
        seconds[i] = previous = stamp
    if never:
        notes.append(
            f"{never} stamps fall into an hour that the clock skipped in {zone_name(zone)}; they "
            "are read by the offset before the change."
        )
    if twice:
        notes.append(
            f"{twice} stamps fall into an hour that came twice in {zone_name(zone)}; the order of "
            "the rows tells the first hour from the second."
        )
    return Stamps(seconds, zone, tuple(notes))


def _moment(cell: str) -> datetime | None:
    """Read an ISO 8601 stamp, with a few habits of exports; None if it is none."""
    text = cell.strip()
    if not 8 <= len(text) <= 40:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    text = _OFFSET.sub(lambda m: "" if m[0] == " " else "+00:00", text.replace("/", "-"))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _is_plausible(moment: datetime) -> bool:
    """Tell whether a stamp lies in years that recordings have."""
    return EARLIEST <= moment.replace(tzinfo=None) < LATEST


def _epoch_seconds(moment: datetime) -> int:
    """Give whole seconds since 1970 of a moment without a zone."""
    since = moment - EPOCH
    return since.days * 86400 + since.seconds


def _report(
    problems: list[Problem], wrong: list[int], cells: Sequence[str], place: Callable[[int], str]
) -> None:
    """Add the first few stamps that cannot be read, and a count."""
    problems.extend(
        Problem(
            f"a time stamp ({EXAMPLES})",
            repr(cells[i][:40]),
            place(i),
            "Write every stamp in one of these forms.",
        )
        for i in wrong[:SHOWN_PROBLEMS]
    )
    if len(wrong) > SHOWN_PROBLEMS:
        problems.append(
            Problem(
                "time stamps",
                f"{len(wrong):,} cells that are none",
                place(wrong[0]),
                "Check that this is the time column, or say time_column.",
            )
        )
