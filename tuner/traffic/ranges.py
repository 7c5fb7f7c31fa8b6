"""From which ranges unseen shapes are drawn: stated ones, else those that a family spans."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tuner.errors import Problem, TrafficError
from tuner.traffic.family import Family
from tuner.traffic.stages import StagedTraffic

Span = tuple[float, float]
"""Least and largest value, both included."""

UNVARIED = (1.0, 1.0)
FREE_HOLD = (0.5, 2.0)
FREE_HEIGHT = (0.9, 1.1)
FREE_RAMP = (0.8, 1.25)
FREE_START = (0.0, 900.0)
"""Ranges of stages without a family: factors of holds, heights and ramps; seconds of the start."""

FREE_RECORDED_START = (-3_599.0, 0.0)
"""Start of a recorded day: within its first hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRanges:
    """Stated ranges; None where they follow from each family.

    Parameters
    ----------
    hold_seconds : tuple of (float, float) or None
        For the n-th hold of any stages; an entry that is None leaves this one to the family.
    height_factors, ramp_factors : (float, float) or None
        Factors of the rise and of the ramps' lengths; a recorded day is multiplied whole.
    start_offset_seconds : (float, float) or None
        How much later everything begins; below 0: how far in the run begins.
    noise_percent : float or None
        Standard deviation of multiplicative noise.
    block_seconds : int
        Length of the blocks of which days that never were are made.

    Raises
    ------
    TrafficError
        Naming every range that runs backwards or holds what cannot be.
    """

    hold_seconds: tuple[Span | None, ...] | None = None
    height_factors: Span | None = None
    ramp_factors: Span | None = None
    start_offset_seconds: Span | None = None
    noise_percent: float | None = None
    block_seconds: int = 3_600

    def __post_init__(self) -> None:
        """Refuse what cannot be, all at once."""
        problems = tuple(_range_problems(self))
        if problems:
            raise TrafficError(*problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """The ranges of one traffic, all known.

    Parameters
    ----------
    hold_seconds : tuple of (float, float)
        One for each hold of the stages, in order.
    height_factors, ramp_factors, start_offset_seconds : (float, float)
        As in `DrawRanges`.
    """

    hold_seconds: tuple[Span, ...] = ()
    height_factors: Span = UNVARIED
    ramp_factors: Span = UNVARIED
    start_offset_seconds: Span = (0.0, 0.0)


def staged_ranges(base: StagedTraffic, family: Family | None, stated: DrawRanges) -> Spans:
    """Give the ranges of traffic in stages.

    Parameters
    ----------
    base : StagedTraffic
        The stages.
    family : Family or None
        How the search varied them. What it lists spans the range; what it leaves as it is stays.
        Without a family, and where it lists nothing and draws nothing, the ranges are our own.
    stated : DrawRanges
        Wins over the family.
    """
    holds = [float(stage.seconds) for stage in base.stages if stage.kind == "hold"]
    is_free = family is None or not _varies(family)
    if is_free or family is None:
        hold_spans = [(seconds * FREE_HOLD[0], seconds * FREE_HOLD[1]) for seconds in holds]
        height, ramp, start = FREE_HEIGHT, FREE_RAMP, FREE_START
    else:
        lists = [*family.hold_seconds, *[()] * len(holds)]
        hold_spans = [
            _span(lengths) if lengths else (seconds, seconds)
            for lengths, seconds in zip(lists, holds)
        ]
        height, ramp = _span(family.height_factors), _span(family.ramp_factors)
        start = _span(family.start_offset_seconds)
    for n, span in enumerate((stated.hold_seconds or ())[: len(holds)]):
        hold_spans[n] = hold_spans[n] if span is None else span
    return Spans(
        hold_seconds=tuple(hold_spans),
        height_factors=stated.height_factors or height,
        ramp_factors=stated.ramp_factors or ramp,
        start_offset_seconds=stated.start_offset_seconds or start,
    )


def recorded_ranges(family: Family | None, stated: DrawRanges, *, seconds: int) -> Spans:
    """Give the ranges of a recorded day or piece.

    Parameters
    ----------
    family : Family or None
        How the search varied it: heights and starts that it lists span the ranges.
    stated : DrawRanges
        Wins over the family.
    seconds : int
        Length of the piece; a run never begins beyond its first quarter.
    """
    given = family or Family()
    heights, starts = given.height_factors, given.start_offset_seconds
    height = _span(heights) if len(heights) > 1 else FREE_HEIGHT
    start = _span(starts) if len(starts) > 1 else FREE_RECORDED_START
    low, high = stated.start_offset_seconds or start
    low = max(low, -(seconds // 4))
    return Spans(
        height_factors=stated.height_factors or height,
        start_offset_seconds=(low, max(high, low)),
    )


def _varies(family: Family) -> bool:
    """Tell whether a family lists several values of anything, or draws by chance."""
    lists = (
        *family.hold_seconds,
        family.height_factors,
        family.ramp_factors,
        family.start_offset_seconds,
    )
    return family.is_random or any(len(values) > 1 for values in lists)


def _span(values: tuple[float, ...]) -> Span:
    """Give the least and the largest of some values."""
    return float(min(values)), float(max(values))


def _range_problems(ranges: DrawRanges) -> Iterator[Problem]:
    """Yield what cannot be in stated ranges."""
    spans = {
        "height_factors": (ranges.height_factors, 0.0),
        "ramp_factors": (ranges.ramp_factors, 0.0),
        "start_offset_seconds": (ranges.start_offset_seconds, -math.inf),
    }
    for n, hold in enumerate(ranges.hold_seconds or (), start=1):
        spans[f"hold_seconds, hold {n}"] = (hold, -1.0)
    for name, (span, above) in spans.items():
        if span is not None and not (above < span[0] <= span[1] < math.inf):
            yield Problem(
                "a range that rises" + (", above 0" if above == 0.0 else ""),
                f"from {span[0]:g} to {span[1]:g}",
                name,
                "Mend its ends.",
            )
    noise = ranges.noise_percent
    if noise is not None and not 0.0 <= noise <= 1000.0:
        yield Problem("0 to 1000", f"{noise:g}", "noise_percent", "Choose a value in between.")
    if ranges.block_seconds < 60:
        yield Problem(
            "at least 60 seconds", str(ranges.block_seconds), "block_seconds", "Use an hour."
        )
