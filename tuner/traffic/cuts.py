"""From a recording to shapes: resampled to ticks, scaled, whole or cut into days.

A row is held for its step (stairs). Ticks finer than the step repeat it; coarser ones average.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import numpy as np

from tuner.errors import Problem, TrafficError
from tuner.traffic.gaps import (
    GAP_POLICIES,
    GapPolicy,
    fill_gaps,
    holes_within,
    refuse_holes,
    step_ends,
)
from tuner.traffic.recording import Recording
from tuner.traffic.shapes import FloatArray, Shape
from tuner.traffic.stairs import check_ticks, mean_over_ticks
from tuner.traffic.windows import Window, day_windows, parts_between, zero_edges
from tuner.traffic.zones import zone_name
from tuner.units import format_duration

Cut = Literal["whole", "day"]


@dataclass(frozen=True, slots=True)
class CutTraffic:
    """Shapes made from a recording, and what was left out or made up.

    Parameters
    ----------
    shapes : tuple of Shape
        In order of time.
    notes : tuple of str
        Days and pieces left out, rows made up and how rows became ticks, in sentences.
    """

    shapes: tuple[Shape, ...]
    notes: tuple[str, ...]


def cut_recording(
    recording: Recording,
    *,
    name: str | None = None,
    tick_seconds: int = 60,
    scale: float = 1.0,
    cut: Cut = "whole",
    gaps: GapPolicy = "refuse",
    weight: float = 1.0,
    full_day_fraction: float = 0.95,
) -> CutTraffic:
    """Make shapes from a recording.

    Parameters
    ----------
    recording : Recording
        As read. Of rows with one stamp the first counts.
    name : str or None
        Name of the shapes, to which a day or part is added; None takes the file's name.
    tick_seconds : int
        Length of a tick in seconds.
    scale : float
        Every load is multiplied by it, above 0.
    cut : str
        ``whole``, or ``day``: a shape for each calendar day of the recording's clock.
    gaps : str
        Policy for gaps, as in `tuner.traffic.gaps`.
    weight : float
        Weight of the whole or of each day; the parts of a split share it by their length.
    full_day_fraction : float
        A day needs this fraction of its rows, above 0 and up to 1; other days are left out.

    Returns
    -------
    CutTraffic
        Shapes and notes.

    Raises
    ------
    TrafficError
        For gaps under ``refuse``, for no full day, and for settings that cannot be.

    Notes
    -----
    Assumption: an edge of a day that the stamps leave open by less than a step takes the nearest
    row; so does a longer one where the recording itself begins or ends, under ``hold`` and
    ``interpolate``. Assumption: parts of a split that are shorter than 30 minutes are left out.
    """
    _check_settings(tick_seconds, scale, weight, full_day_fraction, cut, gaps)
    first = recording.is_first
    step = recording.step_seconds
    raw_stamps = recording.stamps[first]
    notes: list[str] = []
    title = name or _stem(recording.source)
    if cut == "day":
        windows = day_windows(recording, raw_stamps, full_day_fraction, weight, notes)
    else:
        windows = [Window("", int(raw_stamps[0]), recording.end, weight)]
        check_ticks(
            -(-(recording.end - int(raw_stamps[0])) // tick_seconds) if gaps != "split" else 1,
            where=recording.source,
            tick_seconds=tick_seconds,
        )
    holes = [
        holes_within(raw_stamps, step_seconds=step, begin=window.begin, end=window.end)
        for window in windows
    ]
    if gaps == "refuse":
        refuse_holes(recording, [hole for listed in holes for hole in listed])
    if gaps == "split":
        windows = [
            part
            for window, listed in zip(windows, holes, strict=True)
            for part in parts_between(recording, window, listed, notes)
        ]
    stamps, rpm = fill_gaps(raw_stamps, recording.rpm[first], step_seconds=step, gaps=gaps)
    if gaps == "zero":
        stamps, rpm = zero_edges(stamps, rpm, step, windows)
    edges = np.append(stamps, step_ends(stamps, step_seconds=step)[-1])
    made_up = sum(hole.missing_slots for listed in holes for hole in listed)
    if made_up and gaps not in ("refuse", "split"):
        notes.append(f"{made_up:,} missing rows were filled by the policy `{gaps}`.")
    notes.append(_tick_note(step, tick_seconds))
    shapes = tuple(
        Shape(
            name=f"{title}{window.label}",
            rpm=_scaled(
                mean_over_ticks(
                    edges, rpm, begin=window.begin, end=window.end, tick_seconds=tick_seconds
                ),
                scale,
            ),
            weight=window.weight,
            source=_source(recording, window, scale),
        )
        for window in windows
    )
    if not shapes:
        raise TrafficError(
            Problem(
                "a part of at least 30 minutes",
                "only shorter ones",
                recording.source,
                "Use gaps = hold or interpolate instead of split.",
            )
        )
    return CutTraffic(shapes, tuple(notes))


def _check_settings(
    tick_seconds: int,
    scale: float,
    weight: float,
    full_day_fraction: float,
    cut: str,
    gaps: str,
) -> None:
    """Refuse settings that cannot be, all at once."""
    problems = []
    if tick_seconds < 1:
        problems.append(Problem("at least 1 second", str(tick_seconds), "tick_seconds", "Use 60."))
    for key, number in (("scale", scale), ("weight", weight)):
        if not (0 < number < math.inf):
            problems.append(Problem("a number above 0", f"{number:g}", key, "Leave it out: 1."))
    if not 0 < full_day_fraction <= 1:
        problems.append(
            Problem(
                "a fraction above 0 and up to 1",
                f"{full_day_fraction:g}",
                "full_day_fraction",
                "Use 0.95.",
            )
        )
    if cut not in ("whole", "day"):
        problems.append(Problem("whole or day", repr(cut), "cut", "Choose one."))
    if gaps not in GAP_POLICIES:
        problems.append(
            Problem(f"one of {', '.join(GAP_POLICIES)}", repr(gaps), "gaps", "Choose one.")
        )
    if problems:
        raise TrafficError(*problems)


def _scaled(rpm: FloatArray, scale: float) -> FloatArray:
    """Scale the load, read-only."""
    scaled = rpm * scale
    scaled.setflags(write=False)
    return scaled


def _tick_note(step: int, tick_seconds: int) -> str:
    """Say how rows became ticks."""
    row, tick = format_duration(step), format_duration(tick_seconds)
    if step == tick_seconds:
        return f"Each row is one tick of {tick}."
    if step > tick_seconds:
        return f"Each row of {row} is held over its ticks of {tick} (stairs)."
    return f"Ticks of {tick} are means over rows of {row}."


def _source(recording: Recording, window: Window, scale: float) -> str:
    """Say in words where a shape comes from."""
    times = "" if scale == 1 else f", times {scale:g}"
    return (
        f"{recording.source}, column {recording.column}, {recording.at(window.begin)} to "
        f"{recording.at(window.end)} {zone_name(recording.zone)}{times}"
    )


def _stem(source: str) -> str:
    """Give a file's name without its endings."""
    return PurePath(source).name.split(".")[0] or source
