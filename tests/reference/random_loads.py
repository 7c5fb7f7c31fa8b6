"""Made-up loads: round levels on which thresholds are met exactly, ramps, noise, silence."""

from __future__ import annotations

import math
import random
from typing import Any

Json = dict[str, Any]


def round_levels_rpm(host: Json, thresholds_percent: list[float], max_size: int) -> list[float]:
    """Return loads at which some number of instances stands on a threshold or on a knot."""
    levels: list[float] = []
    for knot_rpm, _ in host["table"] or []:
        levels.extend(n * knot_rpm for n in range(1, max_size + 2) if knot_rpm > 0)
    for threshold in thresholds_percent:
        one_host = (threshold - host["intercept_percent"]) / host["slope_percent_per_rpm"]
        if one_host > 0:
            levels.extend(round(n * one_host, 3) for n in range(1, max_size + 2))
    return levels or [30_000.0]


def random_rpm(rng: random.Random, *, n_ticks: int, levels_rpm: list[float]) -> list[float]:
    """Return one finite load per tick, never negative."""
    shape = rng.choice((constant, steps, steps, ramp, noise, wave, silence, walk))
    low = rng.choice((0.0, 0.0, 1_000.0, levels_rpm[0]))
    high = rng.choice(levels_rpm) * rng.choice((1.0, 1.0, 1.5))
    rpm = shape(rng, n_ticks, levels_rpm, low, high)
    if rng.random() < 0.15:
        for _ in range(rng.randint(1, 3)):
            begin = rng.randrange(n_ticks)
            for t in range(begin, min(begin + rng.randint(1, 8), n_ticks)):
                rpm[t] = 0.0
    return rpm


Levels = list[float]


def constant(rng: random.Random, n: int, levels: Levels, low: float, high: float) -> list[float]:
    """Return one level."""
    return [rng.choice((low, high))] * n


def steps(rng: random.Random, n: int, levels: Levels, low: float, high: float) -> list[float]:
    """Return holds on round levels."""
    rpm: list[float] = []
    while len(rpm) < n:
        level = rng.choice((rng.choice(levels), rng.choice(levels), low, high))
        rpm.extend([level] * rng.randint(1, 25))
    return rpm[:n]


def ramp(rng: random.Random, n: int, levels: Levels, low: float, high: float) -> list[float]:
    """Return a way up or down, then a hold."""
    begin, end = rng.choice(((low, high), (high, low)))
    length = rng.randint(1, n)
    return [begin + (end - begin) * min(t / length, 1.0) for t in range(n)]


def noise(rng: random.Random, n: int, levels: Levels, low: float, high: float) -> list[float]:
    """Return a level with noise on it, to a tenth of a request."""
    return [round(max(high * (1 + rng.gauss(0, 0.3)), 0.0), 1) for _ in range(n)]


def wave(rng: random.Random, n: int, levels: Levels, low: float, high: float) -> list[float]:
    """Return waves between low and high."""
    period, middle = rng.randint(10, 90), (low + high) / 2
    return [
        max(middle + (high - low) / 2 * math.sin(2 * math.pi * t / period), 0.0) for t in range(n)
    ]


def silence(rng: random.Random, n: int, levels: Levels, low: float, high: float) -> list[float]:
    """Return bursts with nothing between them."""
    rpm: list[float] = []
    while len(rpm) < n:
        rpm.extend([0.0] * rng.randint(1, 20))
        rpm.extend([rng.choice(levels)] * rng.randint(1, 15))
    return rpm[:n]


def walk(rng: random.Random, n: int, levels: Levels, low: float, high: float) -> list[float]:
    """Return a walk from round level to neighbouring round level."""
    ordered = sorted(levels)
    place = rng.randrange(len(ordered))
    rpm: list[float] = []
    for _ in range(n):
        rpm.append(ordered[place])
        place = min(max(place + rng.choice((-1, 0, 0, 1)), 0), len(ordered) - 1)
    return rpm
