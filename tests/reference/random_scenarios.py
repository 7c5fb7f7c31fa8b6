"""Made-up scenarios: hosts, groups and schedules."""

from __future__ import annotations

import random
from typing import Any

Json = dict[str, Any]

TABLES = (
    [[0.0, 0.0], [20_000.0, 20.0], [60_000.0, 50.0], [100_000.0, 100.0]],
    [[0.0, 5.0], [30_000.0, 30.0], [70_000.0, 90.0]],
    [[10_000.0, 10.0], [40_000.0, 25.0], [50_000.0, 60.0], [55_000.0, 100.0], [90_000.0, 100.0]],
    [[0.0, 2.0], [50_000.0, 80.0], [90_000.0, 80.0]],
    [[5_000.0, 0.0], [45_000.0, 110.0]],
)


def random_host_model(rng: random.Random) -> Json:
    """Return a line or a table, now and then with a negative intercept or a given saturation."""
    slope = rng.choice((0.001, 0.001, 0.00075, 0.0005, 0.002, round(rng.uniform(4e-4, 2e-3), 7)))
    intercept = rng.choice((0.0, 0.0, 0.0, 5.0, 2.5, -10.0, -3.0, round(rng.uniform(0, 15), 3)))
    return {
        "intercept_percent": intercept,
        "slope_percent_per_rpm": slope,
        "cliff_percent": rng.choice((50.0, 50.0, 60.0, 40.0, 99.0)),
        "saturation_rpm": rng.choice((60_000.0, 95_000.0, 150_000.0))
        if rng.random() < 0.15
        else None,
        "table": rng.choice(TABLES) if rng.random() < 0.15 else None,
    }


def random_group(rng: random.Random, *, tick_seconds: int, is_basic: bool) -> Json:
    """Return a group, down to 0 instances and launches without any delay."""
    min_size = rng.choice((0, 0, 1, 1, 1, 2, 3))
    max_size = min_size + rng.choice((0, 1, 3, 5, 8, 12, 20))
    return {
        "min_size": min_size,
        "max_size": max_size,
        "initial_capacity": rng.choice((0, min_size, max_size + 2, rng.randint(0, max_size))),
        "launch_seconds": rng.choice((0, 0, 30, 60, 60, 90, 120, 180, 300)),
        "ready_seconds": rng.choice((0, 0, 0, 45, 60, 120, 150, 300)),
        "boot_cpu_percent": rng.choice((0.0, 0.0, 37.3, 90.0, 100.0)),
        "drain_seconds": rng.choice((0, 0, 0, 20, 60, 120, 300)),
        "monitoring": "basic" if is_basic else "detailed",
        "basic_phase_ticks": rng.randrange(300 // tick_seconds) if is_basic else 0,
    }


def random_schedule(
    rng: random.Random, *, n_ticks: int, launch_ticks: int, min_size: int, max_size: int
) -> list[Json]:
    """Return actions whose limits stay in order: several in a tick, some at tick 0 or beyond the
    end, some so soon after a rise that they meet its launches pending.
    """
    ticks: list[int] = []
    for _ in range(rng.randint(1, 4)):
        tick = rng.choice((0, n_ticks + 3, *[rng.randrange(n_ticks) for _ in range(6)]))
        ticks.append(tick)
        if rng.random() < 0.3:
            ticks.append(tick)
        if rng.random() < 0.4:
            ticks.append(tick + rng.randint(1, launch_ticks + 1))
    if rng.random() < 0.8:
        ticks.sort()
    actions: list[Json] = [{"tick": tick} for tick in ticks]
    for action in sorted(actions, key=lambda action: int(action["tick"])):
        new_min = rng.randint(0, max_size) if rng.random() < 0.25 else None
        min_size = min_size if new_min is None else new_min
        new_max = rng.randint(min_size, min_size + 12) if rng.random() < 0.25 else None
        max_size = max_size if new_max is None else new_max
        desired = rng.randint(0, max_size + 2) if rng.random() < 0.75 else None
        action.update(min_size=new_min, max_size=new_max, desired_capacity=desired)
    return actions
