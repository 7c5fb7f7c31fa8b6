"""Times on the command line: RFC 3339 with a zone, or how long ago."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click

from tuner.units import parse_duration_seconds

_STAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(?P<zone>[Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)
_AGO = re.compile(r"(?:(\d{1,4})d)?((?:\d{1,6}[hms])*)", re.ASCII)
EXAMPLES = "7d, 36h, 1h30m (that long ago), or 2026-11-17T00:00:00Z"

Moment = Callable[[datetime], datetime]
"""Gives a moment for the present time."""


class MomentType(click.ParamType[Moment]):
    """A time of RFC 3339 with a zone, or a duration before now such as ``7d`` or ``36h``."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Moment:
        """Read a time.

        Parameters
        ----------
        value : object
            The text, or what was read before.
        param, ctx
            As Click gives them.
        """
        if callable(value):
            return value
        text = str(value).strip()
        try:
            return read_moment(text)
        except ValueError as error:
            self.fail(f"expected {EXAMPLES}, got {text[:60]!r}{error}.", param, ctx)


def read_moment(text: str) -> Moment:
    """Read a time of RFC 3339 with a zone, or a duration before now.

    Parameters
    ----------
    text : str
        Such as ``7d``, ``1d12h``, ``90m`` or ``2026-11-17T00:00:00Z``.

    Returns
    -------
    callable
        Gives the moment in UTC for the present time.

    Raises
    ------
    ValueError
        When it is neither; the message is the end of a sentence.

    Examples
    --------
    >>> now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    >>> str(read_moment("1d12h")(now)), str(read_moment("2026-11-17T01:00:00+01:00")(now))
    ('2026-11-29 00:00:00+00:00', '2026-11-17 00:00:00+00:00')
    """
    stamp = _STAMP.fullmatch(text)
    if stamp:
        if stamp["zone"] is None:
            raise ValueError(", which names no time zone: add Z for UTC")
        try:
            moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError(", which is no time") from None
        return lambda now: moment
    ago = _AGO.fullmatch(text)
    if not text or ago is None:
        raise ValueError("")
    seconds = int(ago[1] or 0) * 86_400
    try:
        seconds += parse_duration_seconds(ago[2]) if ago[2] else 0
        span = timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        raise ValueError("") from None
    return lambda now: now - min(span, timedelta(days=10_000))
