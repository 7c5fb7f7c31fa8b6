"""The only conversions between units: seconds and ticks, durations in words.

Kernels know ticks; people and files know seconds. Every conversion between the two stands here.
"""

from __future__ import annotations

import re

SECONDS_PER_MINUTE = 60
MINUTES_PER_DAY = 1440

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def seconds_to_ticks(seconds: int, *, tick_seconds: int) -> int:
    """Give the number of whole ticks that a duration takes, rounded up.

    Parameters
    ----------
    seconds : int
        Duration in seconds, not negative.
    tick_seconds : int
        Length of a tick in seconds.

    Returns
    -------
    int
        ``ceil(seconds / tick_seconds)``, in integers.

    Notes
    -----
    Source: docs/model.md, "Units and axes".

    Examples
    --------
    >>> seconds_to_ticks(180, tick_seconds=60), seconds_to_ticks(61, tick_seconds=60)
    (3, 2)
    """
    return -(-seconds // tick_seconds)


def tick_minutes(tick_seconds: int) -> float:
    """Give the length of one tick in minutes.

    Examples
    --------
    >>> tick_minutes(30)
    0.5
    """
    return tick_seconds / SECONDS_PER_MINUTE


def parse_duration_seconds(text: str) -> int:
    """Read a duration in words, such as ``90s``, ``5m`` or ``1h30m``, as seconds.

    Parameters
    ----------
    text : str
        Hours, minutes and seconds in this order, each optional, at least one.

    Returns
    -------
    int
        The duration in seconds.

    Raises
    ------
    ValueError
        When the text is not such a duration; the message is for the caller to complete.

    Examples
    --------
    >>> parse_duration_seconds("90s"), parse_duration_seconds("1h30m")
    (90, 5400)
    """
    compact = text.strip().lower().replace(" ", "")
    match = _DURATION.fullmatch(compact)
    if not compact or match is None:
        raise ValueError(f"not a duration: {text!r}")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def format_duration(seconds: int) -> str:
    """Write a duration as a person would: ``1h 30m``, ``5m``, ``90s``.

    Examples
    --------
    >>> format_duration(5400), format_duration(300), format_duration(90), format_duration(0)
    ('1h 30m', '5m', '90s', '0s')
    """
    if seconds % 60 or seconds == 0:
        return f"{seconds}s"
    hours, minutes = divmod(seconds // 60, 60)
    parts = [f"{hours}h"] * bool(hours) + [f"{minutes}m"] * bool(minutes)
    return " ".join(parts)
