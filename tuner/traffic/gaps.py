"""What to do where a recording has no rows: a stated policy, never a silent zero.

- ``refuse`` (the default): stop, and say where the gaps are and which choices there are.
- ``hold``: the last value goes on.
- ``interpolate``: a line from the last value to the next one, a stair for each missing row.
- ``zero``: the missing rows were zero; for sources that report nothing when there is no request.
- ``split``: cut at the gaps; each piece is a shape of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from tuner.errors import Problem, TrafficError
from tuner.traffic.facts import GAP_STEPS, Gap
from tuner.traffic.recording import Recording
from tuner.traffic.shapes import FloatArray, IntArray
from tuner.traffic.stairs import MAX_TICKS

GapPolicy = Literal["refuse", "hold", "interpolate", "zero", "split"]
GAP_POLICIES: tuple[GapPolicy, ...] = ("refuse", "hold", "interpolate", "zero", "split")
SHOWN_GAPS = 5


def fill_gaps(
    stamps: IntArray, rpm: FloatArray, *, step_seconds: int, gaps: GapPolicy
) -> tuple[IntArray, FloatArray]:
    """Put rows into the holes of a series.

    Parameters
    ----------
    stamps : int64 [N]
        Different ones, in order of time.
    rpm : float64 [N]
        Load of each row.
    step_seconds : int
        Nominal step.
    gaps : str
        ``hold``, ``interpolate`` or ``zero``; under another policy nothing is filled.

    Returns
    -------
    stamps : int64 [N + missing]
        With a row for each missing slot, a step apart from the row before the hole.
    rpm : float64 [N + missing]
        Their loads.

    Raises
    ------
    TrafficError
        When more than a million rows would have to be made up.

    Examples
    --------
    >>> stamps, rpm = np.array([0, 60, 240]), np.array([10.0, 20.0, 50.0])
    >>> fill_gaps(stamps, rpm, step_seconds=60, gaps="interpolate")[1].tolist()
    [10.0, 20.0, 30.0, 40.0, 50.0]
    """
    steps = np.diff(stamps)
    at = np.flatnonzero(steps > GAP_STEPS * step_seconds)
    if gaps not in ("hold", "interpolate", "zero") or at.size == 0:
        return stamps, rpm
    missing = -(-steps[at] // step_seconds) - 1
    if missing.sum() > MAX_TICKS:
        raise TrafficError(
            Problem(
                f"at most {MAX_TICKS:,} missing rows",
                f"{int(missing.sum()):,}",
                "gaps of the recording",
                "Use `split`, or cut the file.",
            )
        )
    before = np.repeat(at, missing)
    nth = np.arange(before.size) - np.repeat(np.cumsum(missing) - missing, missing) + 1
    new = stamps[before] + nth * step_seconds
    if gaps == "zero":
        loads = np.zeros(new.size)
    elif gaps == "hold":
        loads = rpm[before]
    else:
        loads = np.interp(new, stamps, rpm)
    order = np.argsort(np.concatenate([stamps, new]), kind="stable")
    return np.concatenate([stamps, new])[order], np.concatenate([rpm, loads])[order]


def step_ends(stamps: IntArray, *, step_seconds: int) -> IntArray:
    """Give where each row ends: at the next row, or after its step where a gap or nothing follows.

    Examples
    --------
    >>> step_ends(np.array([0, 61, 240]), step_seconds=60).tolist()
    [61, 121, 300]
    """
    following = np.append(stamps[1:], stamps[-1] + step_seconds)
    in_row = following - stamps <= GAP_STEPS * step_seconds
    return np.where(in_row, following, stamps + step_seconds)


def holes_within(stamps: IntArray, *, step_seconds: int, begin: int, end: int) -> list[Gap]:
    """List the holes of a window, its edges included.

    Parameters
    ----------
    stamps : int64 [N]
        Different ones, in order of time.
    step_seconds : int
        Nominal step.
    begin, end : int
        The window in seconds.

    Returns
    -------
    list of Gap
        Clipped to the window. A hole at an edge that is shorter than a step is none: stamps need
        not stand on the hour.
    """
    ends = step_ends(stamps, step_seconds=step_seconds)
    starts = np.append(stamps, np.iinfo(np.int64).max)
    after = np.concatenate([[np.iinfo(np.int64).min], ends])
    holes = []
    for i in np.flatnonzero((starts > after) & (after < end) & (starts > begin)):
        left, right = max(int(after[i]), begin), min(int(starts[i]), end)
        at_edge = left == begin or right == end
        if right - left >= step_seconds or (right > left and not at_edge):
            holes.append(Gap(left, right, max(1, round((right - left) / step_seconds))))
    return holes


def refuse_holes(recording: Recording, holes: Sequence[Gap]) -> None:
    """Stop at gaps, saying where they are and what could be done.

    Raises
    ------
    TrafficError
        Where there is a hole.
    """
    if not holes:
        return
    shown = ", ".join(
        f"{recording.at(hole.after)} to {recording.at(hole.before)} "
        f"({hole.missing_slots} row{'s' * (hole.missing_slots > 1)})"
        for hole in holes[:SHOWN_GAPS]
    )
    more = f" and {len(holes) - SHOWN_GAPS} more" if len(holes) > SHOWN_GAPS else ""
    raise TrafficError(
        Problem(
            "rows without a gap",
            f"no rows from {shown}{more}",
            f"{recording.source}, column {recording.column!r}",
            "Missing is not zero: choose gaps = hold, interpolate, zero (the source reports "
            "nothing when there is no request) or split (cut there). Where days are cut, a higher "
            "full_day_fraction leaves such days out.",
        )
    )
