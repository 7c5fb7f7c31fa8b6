"""Shapes that a search never saw: drawn from stated ranges, each by a seed of its own.

A plan is chosen because it wins on the shapes of its search. Whether it holds is asked of others:
holds, heights, ramps and starts in between, fresh noise, other days, and days that never were.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tuner.errors import Problem, TrafficError
from tuner.traffic.bootstrap import block_bootstrap
from tuner.traffic.families import vary
from tuner.traffic.family import Family
from tuner.traffic.noise import burst_factors, generator, noise_factors
from tuner.traffic.ranges import DrawRanges, Span, recorded_ranges, staged_ranges
from tuner.traffic.shapes import FloatArray, Shape, TrafficShapes, frozen
from tuner.traffic.stages import StagedTraffic
from tuner.traffic.stairs import MAX_TICKS
from tuner.units import format_duration

MOST_REDRAWS = 20
BOOTSTRAP_SHARE = 0.5
"""Of the shapes of a recording, how many are days that never were."""

SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One traffic of a job, from which unseen shapes are drawn.

    Parameters
    ----------
    name : str
        Name of its shapes.
    stages : StagedTraffic or None
        Stages in words; None where it is recorded.
    days : tuple of Shape
        Recorded days, or other pieces of a recording, that the search ran on.
    other_days : tuple of Shape
        Days of the recording that the search did not see.
    is_daily : bool
        Whether the pieces begin at one time of the day, so that their blocks may be exchanged.
    family : Family or None
        How the search varied it.
    weight : float
        Weight in the search of all its shapes together.
    """

    name: str
    stages: StagedTraffic | None = None
    days: tuple[Shape, ...] = ()
    other_days: tuple[Shape, ...] = ()
    is_daily: bool = False
    family: Family | None = None
    weight: float = 1.0


def draw_unseen(
    origins: Sequence[Origin],
    *,
    runs: int,
    seed: int,
    ranges: DrawRanges,
    seen: TrafficShapes,
) -> TrafficShapes:
    """Draw shapes that are none of the search's.

    Parameters
    ----------
    origins : sequence of Origin
        At least one; each is drawn as often as its weight says.
    runs : int
        Shapes to draw, at least 1.
    seed : int
        Seed of the job. With the number of the shape it decides the draw: more runs change none
        of the first ones, and no stream is one of the search's.
    ranges : DrawRanges
        What is stated; the rest follows from each family.
    seen : TrafficShapes
        Shapes of the search; gives the tick.

    Returns
    -------
    TrafficShapes
        Of weight 1 each, named by number, origin and what was drawn.

    Raises
    ------
    TrafficError
        Where the ranges leave nothing to draw, or shapes are too long in all.

    Notes
    -----
    Assumption: every value is uniform within its range and independent of the others; holds and
    starts are whole seconds.
    """
    known = {seen.rpm_of(s).tobytes() for s in range(len(seen))}
    weights = np.cumsum([origin.weight for origin in origins])
    shapes: list[Shape] = []
    ticks = 0
    for number in range(1, runs + 1):
        draws = generator(seed, name="", replicate=number, stream="stress")
        place = int(np.searchsorted(weights, draws.random() * weights[-1], side="right"))
        origin = origins[min(place, len(origins) - 1)]
        shape = _draw(origin, number, draws, ranges, seed, seen.tick_seconds, known)
        ticks += shape.rpm.size
        if ticks > 50 * MAX_TICKS:
            raise TrafficError(
                Problem(
                    f"at most {50 * MAX_TICKS:,} ticks of unseen shapes",
                    f"more in the first {number:,}",
                    origin.name,
                    "Lower stress.runs, or shorten the traffic.",
                )
            )
        shapes.append(shape)
    return TrafficShapes.of(shapes, tick_seconds=seen.tick_seconds)


def _draw(
    origin: Origin,
    number: int,
    draws: np.random.Generator,
    ranges: DrawRanges,
    seed: int,
    tick_seconds: int,
    known: set[bytes],
) -> Shape:
    """Draw one shape that is none of those known."""
    drawn = _staged(origin, draws, ranges, tick_seconds)
    if origin.stages is None:
        drawn = _recorded(origin, draws, ranges, tick_seconds)
    for _, (words, rpm) in zip(range(MOST_REDRAWS), drawn):
        loud = _with_chance(rpm, origin, number, ranges, seed, tick_seconds)
        if loud.tobytes() not in known:
            return Shape(
                name=f"unseen {number}: {words}", rpm=loud, source=f"drawn; seed {seed}, {number}"
            )
    raise TrafficError(
        Problem(
            "a range to draw unseen shapes from",
            "only shapes that the search has seen",
            origin.name,
            "State a range in [stress], or switch it off with runs = 0.",
        )
    )


def _staged(
    origin: Origin, draws: np.random.Generator, ranges: DrawRanges, tick_seconds: int
) -> Iterator[tuple[str, FloatArray]]:
    """Draw variants of stages without noise, each with what was drawn in words."""
    base = origin.stages
    if base is None:
        return
    spans = staged_ranges(base, origin.family, ranges)
    while True:
        holds = tuple(_whole(span, draws) for span in spans.hold_seconds)
        height, ramp = (
            _factor(spans.height_factors, draws),
            _factor(spans.ramp_factors, draws),
        )
        offset = _whole(spans.start_offset_seconds, draws)
        has_ramp = any(stage.kind == "ramp" for stage in base.stages)
        family = Family(
            hold_seconds=tuple((seconds,) for seconds in holds),
            height_factors=(height,),
            ramp_factors=(ramp if has_ramp else 1.0,),
            start_offset_seconds=(offset,),
        )
        drawn = {
            n: seconds
            for n, (seconds, span) in enumerate(zip(holds, spans.hold_seconds), start=1)
            if span[0] < span[1]
        }
        words = _words(origin.name, holds=drawn, height=height, ramp=ramp, offset=offset)
        yield words, vary(base, family, seed=0, tick_seconds=tick_seconds)[0].rpm


def _recorded(
    origin: Origin, draws: np.random.Generator, ranges: DrawRanges, tick_seconds: int
) -> Iterator[tuple[str, FloatArray]]:
    """Draw days of a recording without noise, each with what was drawn in words."""
    pieces = origin.other_days or origin.days
    everything = [day.rpm for day in (*origin.days, *origin.other_days)]
    block_ticks = max(1, ranges.block_seconds // tick_seconds)
    mixes = origin.is_daily and len(everything) > 1
    while True:
        is_mixed = draws.random() < BOOTSTRAP_SHARE and mixes
        if is_mixed:
            name = f"{origin.name}, a day of blocks"
            rpm = block_bootstrap(everything, block_ticks=block_ticks, draws=draws)
        else:
            piece = pieces[int(draws.integers(len(pieces)))]
            name, rpm = piece.name, piece.rpm
        spans = recorded_ranges(origin.family, ranges, seconds=rpm.size * tick_seconds)
        height = _factor(spans.height_factors, draws)
        offset = _whole(spans.start_offset_seconds, draws)
        family = Family(height_factors=(height,), start_offset_seconds=(offset,))
        shape = Shape(name=name, rpm=rpm)
        words = _words(name, holds={}, height=height, ramp=1.0, offset=offset)
        yield words, vary(shape, family, seed=0, tick_seconds=tick_seconds)[0].rpm


def _with_chance(
    rpm: FloatArray,
    origin: Origin,
    number: int,
    ranges: DrawRanges,
    seed: int,
    tick_seconds: int,
) -> FloatArray:
    """Multiply fresh noise and bursts in."""
    family = origin.family or Family()
    percent = family.noise_percent if ranges.noise_percent is None else ranges.noise_percent
    if percent > 0.0:
        rpm = rpm * noise_factors(
            rpm.size,
            percent=percent,
            correlation=family.noise_correlation,
            tick_seconds=tick_seconds,
            draws=generator(seed, name="", replicate=number, stream="stress noise"),
        )
    if family.bursts_per_day > 0.0:
        rpm = rpm * burst_factors(
            rpm.size,
            per_day=family.bursts_per_day,
            factor=family.burst_factor,
            seconds=family.burst_seconds,
            tick_seconds=tick_seconds,
            draws=generator(seed, name="", replicate=number, stream="stress bursts"),
        )
    return frozen(rpm)


def days_of(shape: Shape, *, tick_seconds: int) -> tuple[Shape, ...]:
    """Cut a long piece of a recording into days from its first tick; a short one stays whole.

    Parameters
    ----------
    shape : Shape
        A recording that is not cut.
    tick_seconds : int
        Length of a tick.

    Returns
    -------
    tuple of Shape
        Whole days where there are at least two; what is left over at the end is dropped.
    """
    ticks = SECONDS_PER_DAY // tick_seconds
    n_days = shape.rpm.size // ticks
    if n_days < 2 or SECONDS_PER_DAY % tick_seconds:
        return (shape,)
    return tuple(
        replace(
            shape, name=f"{shape.name}, day {d + 1}", rpm=shape.rpm[d * ticks : (d + 1) * ticks]
        )
        for d in range(n_days)
    )


def _whole(span: Span, draws: np.random.Generator) -> int:
    """Draw whole seconds from a range, both ends included."""
    low, high = math.ceil(span[0]), math.floor(span[1])
    return int(draws.integers(low, max(high, low), endpoint=True))


def _factor(span: Span, draws: np.random.Generator) -> float:
    """Draw a factor from a range, to four digits."""
    return round(float(draws.uniform(span[0], span[1])), 4)


def _words(name: str, *, holds: dict[int, int], height: float, ramp: float, offset: int) -> str:
    """Say what was drawn, as the names of families do."""
    parts = [name]
    parts += [
        f"hold {_time(seconds)}" if n == 1 else f"hold {n} of {_time(seconds)}"
        for n, seconds in holds.items()
    ]
    if height != 1.0:
        parts.append(f"{(height - 1.0) * 100:+.1f} %")
    if ramp != 1.0:
        parts.append(f"ramps {(ramp - 1.0) * 100:+.1f} %")
    if offset:
        parts.append(f"{_time(abs(offset))} {'later' if offset > 0 else 'earlier'}")
    return ", ".join(parts)


def _time(seconds: int) -> str:
    """Write a duration with its minutes and seconds apart."""
    minutes, rest = seconds - seconds % 60, seconds % 60
    words = [format_duration(minutes)] * bool(minutes) + [f"{rest}s"] * bool(rest or not minutes)
    return " ".join(words)
