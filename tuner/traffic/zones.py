"""Clocks of recordings: a zone, or the file's own clock where no zone is known.

Stamps are seconds since 1970 in UTC. A file whose stamps name no zone keeps its own clock, read as
if it were UTC and never called so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np

from tuner.errors import Problem, TrafficError
from tuner.traffic.shapes import IntArray

EPOCH = datetime(1970, 1, 1)
SECONDS_PER_DAY = 86400


def find_zone(name: str) -> tzinfo:
    """Give a time zone by its name.

    Parameters
    ----------
    name : str
        Such as ``UTC`` or ``Europe/Prague``.

    Raises
    ------
    TrafficError
        When there is no such zone.

    Examples
    --------
    >>> find_zone("Europe/Prague").key
    'Europe/Prague'
    """
    from zoneinfo import ZoneInfo

    if name.upper() in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise TrafficError(
            Problem(
                "a time zone such as UTC or Europe/Prague",
                repr(name[:60]),
                "time_zone",
                "Use a name of the IANA list, not an abbreviation.",
            )
        ) from error


def zone_name(zone: tzinfo | None) -> str:
    """Name a clock in words.

    Examples
    --------
    >>> zone_name(UTC), zone_name(None)
    ('UTC', "the file's own clock")
    """
    if zone is None:
        return "the file's own clock"
    return str(getattr(zone, "key", zone))


def local_text(seconds: int, zone: tzinfo | None) -> str:
    """Write a stamp in the clock of its file, such as ``1998-06-28T00:00:00``."""
    moment = EPOCH + timedelta(seconds=seconds)
    if zone is not None and zone is not UTC:
        moment = moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    return moment.isoformat()


def local_seconds(seconds: IntArray, zone: tzinfo | None) -> IntArray:
    """Give what the clock of the file showed, as seconds since 1970 on that clock, int64 [N]."""
    if zone is None or zone is UTC or seconds.size == 0:
        return seconds
    quarters, at = np.unique(seconds // 900, return_inverse=True)
    offsets = [_offset_at(int(quarter) * 900, zone) for quarter in quarters]
    return seconds + np.array(offsets, dtype=np.int64)[at]


def midnight(day: int, zone: tzinfo | None) -> int:
    """Give the stamp at which a day begins on a clock; days count from 1970-01-01."""
    if zone is None or zone is UTC:
        return day * SECONDS_PER_DAY
    local = EPOCH + timedelta(days=day)
    return day * SECONDS_PER_DAY - offset_seconds(local.replace(tzinfo=zone).utcoffset())


def _offset_at(seconds: int, zone: tzinfo) -> int:
    """Give a zone's offset at a stamp in UTC, in seconds."""
    moment = (EPOCH + timedelta(seconds=seconds)).replace(tzinfo=UTC)
    return offset_seconds(moment.astimezone(zone).utcoffset())


def offset_seconds(offset: timedelta | None) -> int:
    """Give an offset from UTC in whole seconds."""
    return 0 if offset is None else round(offset.total_seconds())
