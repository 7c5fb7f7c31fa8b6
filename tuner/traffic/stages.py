"""Traffic in the words people use: ``ramp 10m to 30000``, ``hold 20m``, ``jump to 150k``.

A list of stages is a line of straight pieces over time. Its ticks are the exact means of that line:
a stage may end inside a tick, and a ramp inside a tick counts as the trapezoid that it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuner.errors import Problem, TrafficError
from tuner.traffic.shapes import FloatArray, Shape, frozen
from tuner.traffic.stairs import MAX_TICKS
from tuner.traffic.words import EXAMPLE, Stage, parse_stages
from tuner.units import format_duration

__all__ = ["Stage", "StagedTraffic", "parse_stages", "read_stages", "stage_ticks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedTraffic:
    """A named list of stages, from which families make shapes.

    Parameters
    ----------
    name : str
        Name of the shape.
    stages : tuple of Stage
        In order of time.
    start_rpm : float
        Load before the first stage, in requests per minute.
    weight : float
        Weight in the mean over shapes.
    source : str
        Where it comes from, in words.
    """

    name: str
    stages: tuple[Stage, ...]
    start_rpm: float = 0.0
    weight: float = 1.0
    source: str = "stages"

    def shape(self, *, tick_seconds: int = 60) -> Shape:
        """Give the shape as it stands, unvaried.

        Raises
        ------
        TrafficError
            As `stage_ticks`.
        """
        rpm = stage_ticks(self.stages, start_rpm=self.start_rpm, tick_seconds=tick_seconds)
        return Shape(name=self.name, rpm=rpm, weight=self.weight, source=self.source)


def read_stages(
    stages: Sequence[str], *, start_rpm: float = 0.0, tick_seconds: int = 60
) -> FloatArray:
    """Read stages in words as the mean load of each tick, in requests per minute.

    Parameters
    ----------
    stages : sequence of str
        Such as ``["ramp 10m to 30000", "hold 20m", "ramp 8m to 150000", "hold 1h"]``.
    start_rpm : float
        Load before the first stage, at least 0.
    tick_seconds : int
        Length of a tick in seconds.

    Returns
    -------
    float64 [T]
        Mean requests per minute of each tick, read-only.

    Raises
    ------
    TrafficError
        Naming every stage that cannot be read, with its number and an example.

    Notes
    -----
    Source: docs/model.md, "Units and axes" (a tick's load is the mean over the tick).

    Examples
    --------
    >>> read_stages(["ramp 2m to 600", "hold 1m", "jump to 1k", "hold 1m"]).tolist()
    [150.0, 450.0, 600.0, 1000.0]
    """
    return stage_ticks(parse_stages(stages), start_rpm=start_rpm, tick_seconds=tick_seconds)


def stage_ticks(
    stages: Sequence[Stage],
    *,
    start_rpm: float = 0.0,
    tick_seconds: int = 60,
    offset_seconds: int = 0,
) -> FloatArray:
    """Give the mean load of each tick of a list of stages, in requests per minute.

    Parameters
    ----------
    stages : sequence of Stage
        In order of time.
    start_rpm : float
        Load before the first stage, at least 0.
    tick_seconds : int
        Length of a tick in seconds.
    offset_seconds : int
        Above 0: the first stage begins that much later, after a hold at `start_rpm`. Below 0: the
        run begins that far into the stages.

    Returns
    -------
    float64 [T]
        Mean requests per minute of each tick, read-only.

    Raises
    ------
    TrafficError
        For a load or a length that cannot be.

    Notes
    -----
    Ticks are exact means: each part of a stage inside a tick counts with its load at mid-part times
    its seconds. Assumption: where the stages end inside a tick, their last load is held to its end.

    Examples
    --------
    >>> stage_ticks(parse_stages(["ramp 60s to 600"]), offset_seconds=30).tolist()
    [75.0, 525.0]
    """
    _check_run(stages, start_rpm, tick_seconds, offset_seconds)
    total = offset_seconds + sum(stage.seconds for stage in stages)
    n_ticks = -(-total // tick_seconds)
    rpm = np.zeros(n_ticks)
    begin, load = min(offset_seconds, 0), float(start_rpm)
    pieces = [*stages, Stage("hold", n_ticks * tick_seconds - total)]
    if offset_seconds > 0:
        pieces.insert(0, Stage("hold", offset_seconds))
    for stage in pieces:
        target = load if stage.rpm is None else stage.rpm
        _add_piece(rpm, tick_seconds, begin=begin, seconds=stage.seconds, line=(load, target))
        begin, load = begin + stage.seconds, target
    return frozen(rpm)


def _check_run(
    stages: Sequence[Stage], start_rpm: float, tick_seconds: int, offset_seconds: int
) -> None:
    """Raise for loads and lengths that no run can have."""
    problems: list[Problem] = []
    if not (math.isfinite(start_rpm) and start_rpm >= 0):
        problems.append(
            Problem("a start of at least 0 rpm", f"{start_rpm:g}", "start_rpm", "Use 0 or more.")
        )
    if tick_seconds < 1:
        problems.append(
            Problem("a tick of at least 1 second", str(tick_seconds), "tick_seconds", "Use 60.")
        )
        raise TrafficError(*problems)
    for number, stage in enumerate(stages, start=1):
        load = 0.0 if stage.rpm is None else stage.rpm
        if stage.seconds < 0 or not (math.isfinite(load) and load >= 0):
            problems.append(
                Problem(
                    "at least 0 seconds and finite load of at least 0 rpm",
                    f"{stage.seconds} s, {load:g} rpm",
                    f"stage {number}",
                    "Mend the stage.",
                )
            )
    total = offset_seconds + sum(stage.seconds for stage in stages)
    if not 0 < total <= MAX_TICKS * tick_seconds:
        problems.append(
            Problem(
                f"stages of 1 s to {MAX_TICKS:,} ticks of {tick_seconds} s in all",
                format_duration(total) if total >= 0 else f"{total} s",
                "length of the stages",
                f"Add a stage that takes time, such as `{EXAMPLE}`."
                if total <= 0
                else "Shorten them, or raise tick_seconds.",
            )
        )
    if problems:
        raise TrafficError(*problems)


def _add_piece(
    rpm: FloatArray, tick_seconds: int, *, begin: int, seconds: int, line: tuple[float, float]
) -> None:
    """Add one straight piece of load to the ticks that it covers; a piece may begin before 0."""
    end = begin + seconds
    first = max(begin, 0)
    if end <= first:
        return
    ticks = np.arange(first // tick_seconds, -(-end // tick_seconds))
    left = np.maximum(ticks * tick_seconds, first)
    right = np.minimum((ticks + 1) * tick_seconds, end)
    start, target = line
    mid = start + (target - start) * ((left + right - 2 * begin) / (2 * seconds))
    whole = right - left == tick_seconds
    rpm[ticks] += np.where(whole, mid, mid * (right - left) / tick_seconds)
