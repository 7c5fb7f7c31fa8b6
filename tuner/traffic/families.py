"""Families: the same shape with other holds, heights, ramps and starts, and seeded replicates.

One shape is not a test: a plan that wins on it may have won by where the alarm's minutes fell. A
family asks the same question many times, slightly differently, and answers the same under a seed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tuner.errors import Problem, TrafficError
from tuner.traffic.family import MOST_SHAPES, Family
from tuner.traffic.noise import burst_factors, generator, noise_factors
from tuner.traffic.shapes import FloatArray, Shape, frozen
from tuner.traffic.stages import StagedTraffic, stage_ticks
from tuner.traffic.stairs import MAX_TICKS, shifted
from tuner.traffic.words import Stage
from tuner.units import format_duration

__all__ = ["Family", "vary"]


@dataclass(frozen=True, slots=True)
class _Variant:
    """One member of the family before noise."""

    label: str
    hold_seconds: tuple[int | None, ...]
    height: float
    ramp: float
    offset: int


def vary(
    base: StagedTraffic | Shape, family: Family, *, seed: int, tick_seconds: int = 60
) -> tuple[Shape, ...]:
    """Give all shapes of a family, in a fixed order.

    Parameters
    ----------
    base : StagedTraffic or Shape
        Stages; or a shape, such as a recorded one, which has no holds and ramps to vary.
    family : Family
        What to try.
    seed : int
        Seed of the job, at least 0. With the shape's name and the number of the replicate it
        decides noise and bursts; no other shape has a part in them.
    tick_seconds : int
        Length of a tick in seconds.

    Returns
    -------
    tuple of Shape
        Names such as ``surge, hold 12m, +20 %, noise 3``. Each variant has the weight of the base,
        each of R replicates 1 / R of it.

    Raises
    ------
    TrafficError
        For holds or ramps that the base does not have, too many shapes, or a length that cannot be.

    Examples
    --------
    >>> from tuner.traffic.stages import parse_stages
    >>> surge = StagedTraffic(name="surge", stages=parse_stages(["ramp 4m to 800", "hold 2m"]))
    >>> shapes = vary(surge, Family(hold_seconds=((60, 180),)), seed=1)
    >>> [(shape.name, len(shape.rpm)) for shape in shapes]
    [('surge, hold 1m', 5), ('surge, hold 3m', 7)]
    """
    _check_base(base, family, seed)
    shapes: list[Shape] = []
    for variant in _variants(family):
        rpm = _plain_rpm(base, variant, tick_seconds)
        if rpm.size * (len(shapes) + family.replicates) > 50 * MAX_TICKS:
            raise TrafficError(_too_many(f"over {50 * MAX_TICKS:,} ticks of shapes", base.name))
        name = base.name + variant.label
        shapes.extend(
            Shape(
                name=name + _replicate_label(family, number),
                rpm=_with_chance(rpm, family, name, number, seed, tick_seconds),
                weight=base.weight / family.replicates,
                source=_source(base.source, variant, family, seed),
            )
            for number in range(1, family.replicates + 1)
        )
    return tuple(shapes)


def _variants(family: Family) -> Iterator[_Variant]:
    """Cross all lists of a family, holds outermost."""
    holds = [lengths or (None,) for lengths in family.hold_seconds]
    crossed = itertools.product(
        itertools.product(*holds),
        family.height_factors,
        family.ramp_factors,
        family.start_offset_seconds,
    )
    for lengths, height, ramp, offset in crossed:
        label = "".join(
            f", hold {format_duration(seconds)}"
            if n == 1
            else f", hold {n} of {format_duration(seconds)}"
            for n, seconds in enumerate(lengths, start=1)
            if seconds is not None
        )
        if height != 1:
            label += f", {(height - 1) * 100:+g} %"
        if ramp != 1:
            label += f", ramps {(ramp - 1) * 100:+g} %"
        if offset:
            label += f", {format_duration(abs(offset))} {'later' if offset > 0 else 'earlier'}"
        yield _Variant(label, lengths, height, ramp, offset)


def _plain_rpm(base: StagedTraffic | Shape, variant: _Variant, tick_seconds: int) -> FloatArray:
    """Give the load of a variant without noise."""
    if isinstance(base, Shape):
        rpm = base.rpm * variant.height
        if variant.offset:
            rpm = shifted(rpm, offset_seconds=variant.offset, tick_seconds=tick_seconds)
        return frozen(rpm)
    start = base.start_rpm
    stages: list[Stage] = []
    lengths = iter(variant.hold_seconds)
    for stage in base.stages:
        rpm_then = None if stage.rpm is None else start + variant.height * (stage.rpm - start)
        seconds = stage.seconds
        if stage.kind == "hold":
            wanted = next(lengths, None)
            seconds = stage.seconds if wanted is None else wanted
        elif stage.kind == "ramp":
            seconds = max(1, round(stage.seconds * variant.ramp))
        stages.append(replace(stage, seconds=seconds, rpm=rpm_then))
    lowest = min((stage.rpm for stage in stages if stage.rpm is not None), default=0.0)
    if lowest < 0:
        raise TrafficError(
            Problem(
                "load of at least 0 rpm",
                f"{lowest:g}",
                f"{base.name}{variant.label}",
                "The stages fall below their start: use smaller height_factors.",
            )
        )
    return stage_ticks(
        stages, start_rpm=start, tick_seconds=tick_seconds, offset_seconds=variant.offset
    )


def _with_chance(
    rpm: FloatArray, family: Family, name: str, number: int, seed: int, tick_seconds: int
) -> FloatArray:
    """Multiply noise and bursts in."""
    if family.noise_percent > 0:
        rpm = rpm * noise_factors(
            rpm.size,
            percent=family.noise_percent,
            correlation=family.noise_correlation,
            tick_seconds=tick_seconds,
            draws=generator(seed, name=name, replicate=number, stream="noise"),
        )
    if family.bursts_per_day > 0:
        rpm = rpm * burst_factors(
            rpm.size,
            per_day=family.bursts_per_day,
            factor=family.burst_factor,
            seconds=family.burst_seconds,
            tick_seconds=tick_seconds,
            draws=generator(seed, name=name, replicate=number, stream="bursts"),
        )
    return frozen(rpm)


def _replicate_label(family: Family, number: int) -> str:
    """Name a replicate: ``, noise 3``, or ``, bursts 3`` where there is no noise."""
    if not family.is_random:
        return ""
    return f", {'noise' if family.noise_percent > 0 else 'bursts'} {number}"


def _source(source: str, variant: _Variant, family: Family, seed: int) -> str:
    """Say in words how a shape was made."""
    words = [source or "a shape"]
    if variant.label:
        words.append("varied: " + variant.label.removeprefix(", "))
    if family.noise_percent > 0:
        words.append(f"noise {family.noise_percent:g} %")
    if family.bursts_per_day > 0:
        words.append(f"{family.bursts_per_day:g} bursts a day of times {family.burst_factor:g}")
    if family.is_random:
        words.append(f"seed {seed}")
    return "; ".join(words)


def _check_base(base: StagedTraffic | Shape, family: Family, seed: int) -> None:
    """Refuse a family that does not fit the base."""
    problems = []
    kinds = [] if isinstance(base, Shape) else [stage.kind for stage in base.stages]
    n_holds, wanted = kinds.count("hold"), len(family.hold_seconds)
    if wanted > n_holds:
        problems.append(
            Problem(
                f"lengths for at most {n_holds} holds",
                f"lengths for {wanted}",
                f"{base.name}, hold_seconds",
                "Holds are varied where traffic is written in stages, one list for each hold.",
            )
        )
    if family.ramp_factors != (1.0,) and "ramp" not in kinds:
        problems.append(
            Problem(
                "stages with a ramp",
                "none",
                f"{base.name}, ramp_factors",
                "Leave ramp_factors out, or write the traffic in stages.",
            )
        )
    if seed < 0:
        problems.append(Problem("a seed of at least 0", str(seed), "seed", "Use 0 or more."))
    count = family.n_variants * family.replicates
    if count > MOST_SHAPES:
        problems.append(_too_many(f"{count:,} shapes", base.name))
    if problems:
        raise TrafficError(*problems)


def _too_many(got: str, name: str) -> Problem:
    """Say that a family is too large."""
    return Problem(
        f"at most {MOST_SHAPES:,} shapes", got, name, "Use shorter lists or fewer replicates."
    )
