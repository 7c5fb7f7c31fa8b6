"""Which parts of a recording become shapes: its full days, and what lies between its gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuner.errors import Problem, TrafficError
from tuner.traffic.facts import Gap
from tuner.traffic.recording import Recording
from tuner.traffic.shapes import FloatArray, IntArray
from tuner.traffic.zones import SECONDS_PER_DAY, local_seconds, midnight, zone_name

SHORTEST_PIECE_SECONDS = 1800
SHOWN_DAYS = 5


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a recording that becomes a shape.

    Parameters
    ----------
    label : str
        What is added to the shape's name.
    begin, end : int
        In seconds since 1970.
    weight : float
        Weight of the shape.
    """

    label: str
    begin: int
    end: int
    weight: float


def day_windows(
    recording: Recording,
    stamps: IntArray,
    full_day_fraction: float,
    weight: float,
    notes: list[str],
) -> list[Window]:
    """Give the days that have enough rows; the others go into the notes.

    Parameters
    ----------
    recording : Recording
        Gives the zone in which days begin.
    stamps : int64 [N]
        Times of the rows in seconds since 1970.
    full_day_fraction : float
        Rows that a day needs, as a fraction of all that it could have.
    weight : float
        Weight of each day.
    notes : list of str
        Takes a sentence on the days left out.

    Returns
    -------
    list of Window
        In order of time.
    """
    zone = recording.zone
    days, rows = np.unique(local_seconds(stamps, zone) // SECONDS_PER_DAY, return_counts=True)
    windows: list[Window] = []
    left_out: list[str] = []
    for day, count in zip(days.tolist(), rows.tolist(), strict=True):
        begin, end = midnight(day, zone), midnight(day + 1, zone)
        needed = (end - begin) / recording.step_seconds
        date = recording.at(begin)[:10]
        if count >= full_day_fraction * needed:
            windows.append(Window(f" {date}", begin, end, weight))
        else:
            left_out.append(f"{date} ({100 * count / needed:.0f} % of its rows)")
    if left_out:
        more = f" and {len(left_out) - SHOWN_DAYS} more" if len(left_out) > SHOWN_DAYS else ""
        notes.append(
            f"{len(left_out)} of {days.size} days were left out, with under "
            f"{100 * full_day_fraction:g} % of their rows: "
            f"{', '.join(left_out[:SHOWN_DAYS])}{more}."
        )
    if not windows:
        raise TrafficError(
            Problem(
                f"a day with at least {100 * full_day_fraction:g} % of its rows",
                "; ".join(left_out[:SHOWN_DAYS]),
                f"{recording.source}, days of {zone_name(zone)}",
                "Lower full_day_fraction, or use cut = whole.",
            )
        )
    return windows


def parts_between(
    recording: Recording, window: Window, holes: Sequence[Gap], notes: list[str]
) -> list[Window]:
    """Cut a window at its holes; the parts share its weight by their length.

    Parameters
    ----------
    recording : Recording
        Gives the zone, for names.
    window : Window
        What is cut.
    holes : sequence of Gap
        In order of time.
    notes : list of str
        Takes a sentence on parts that are too short.

    Returns
    -------
    list of Window
        In order of time.
    """
    edges = [window.begin]
    for hole in holes:
        edges += [hole.after, hole.before]
    edges.append(window.end)
    spans = [
        (begin, end)
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
        if end - begin >= SHORTEST_PIECE_SECONDS
    ]
    short = sum(b > a for a, b in zip(edges[::2], edges[1::2], strict=True)) - len(spans)
    if short:
        notes.append(f"{short} parts{window.label} shorter than 30 minutes were left out.")
    total = sum(end - begin for begin, end in spans)
    if len(spans) == 1:
        return [Window(window.label, *spans[0], window.weight)]
    return [
        Window(f"{window.label}, part {k}", begin, end, window.weight * (end - begin) / total)
        for k, (begin, end) in enumerate(spans, start=1)
    ]


def zero_edges(
    stamps: IntArray, rpm: FloatArray, step: int, windows: Sequence[Window]
) -> tuple[IntArray, FloatArray]:
    """Add a row of zero where a window begins a step before all rows, or ends a step after.

    Parameters
    ----------
    stamps : int64 [N]
        Times of the rows in seconds since 1970, in order.
    rpm : float64 [N]
        Their loads.
    step : int
        Step of the recording in seconds.
    windows : sequence of Window
        Windows that are wanted.

    Returns
    -------
    stamps, rpm : int64 [M], float64 [M]
        With the rows added.
    """
    end = int(stamps[-1]) + step
    if min(window.begin for window in windows) <= stamps[0] - step:
        stamps, rpm = np.append(stamps[0] - step, stamps), np.append(0.0, rpm)
    if max(window.end for window in windows) >= end + step:
        stamps, rpm = np.append(stamps, end), np.append(rpm, 0.0)
    return stamps, rpm
