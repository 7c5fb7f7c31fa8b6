"""Runs far from anything sensible that the readers of plans and configurations let through."""

from __future__ import annotations

import random

from tests.reference.random_loads import random_rpm
from tests.reference.random_plans import GREATER, LESS, TREATMENTS
from tests.reference.random_scenarios import TABLES

ADJUSTMENTS = ("ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity")
MILLION = 1_000_000


def anywhere(rng: random.Random, largest: int) -> int:
    """Give a whole number from 0 to the largest, of any order of magnitude."""
    return min(int(largest ** rng.random()) - rng.choice((0, 0, 1)), largest)


def wild_side(rng: random.Random, *, tick_seconds: int, is_basic: bool) -> dict | None:
    """Give an alarm and a policy, any operator and any sign; or nothing."""
    if rng.random() < 0.1:
        return None
    period = 300 if is_basic else tick_seconds * rng.choice((1, 1, 2, 5))
    if period > 30:
        period = -(-period // 60) * 60
    if period % tick_seconds:
        period = tick_seconds
    periods = max(anywhere(rng, 86_400 // period), 1)
    kind = rng.choice(ADJUSTMENTS)
    adjustment = anywhere(rng, MILLION)
    if kind != "ExactCapacity" and rng.random() < 0.5:
        adjustment = -adjustment
    return {
        "alarm": {
            "threshold_percent": rng.choice((0, 100, -1e6, 1e6, rng.uniform(-5, 105), 5e-324)),
            "comparison_operator": rng.choice(GREATER + LESS),
            "period_seconds": period,
            "evaluation_periods": periods,
            "datapoints_to_alarm": rng.randint(1, periods),
            "treat_missing_data": rng.choice(TREATMENTS),
            "evaluation_range_extra": rng.choice((None, 0, anywhere(rng, 100))),
        },
        "policy": {
            "policy_type": "SimpleScaling",
            "adjustment_type": kind,
            "scaling_adjustment": adjustment,
            "min_adjustment_magnitude": rng.choice((None, anywhere(rng, MILLION))),
            "cooldown_seconds": rng.choice((0, 1, anywhere(rng, 31_536_000))),
        },
    }


def wild_case(rng: random.Random) -> dict:
    """Give scenario, plan and load of one run; numbers of every order of magnitude."""
    is_basic = rng.random() < 0.2
    tick_seconds = rng.choice((60, 60, 300) if is_basic else (10, 20, 30, 60, 60, 120))
    smallest = rng.choice((0, 1, anywhere(rng, MILLION)))
    largest = smallest + anywhere(rng, MILLION)
    slope = rng.choice((0.0, 5e-324, 10 ** rng.uniform(-12, 6)))
    intercept = rng.choice((0.0, -1e9, rng.uniform(-100, 49)))
    group = {
        "min_size": smallest,
        "max_size": largest,
        "initial_capacity": rng.choice((0, smallest, anywhere(rng, 2 * MILLION))),
        "launch_seconds": rng.choice((0, 1, anywhere(rng, 100_000))),
        "ready_seconds": rng.choice((0, 1, anywhere(rng, 100_000))),
        "boot_cpu_percent": rng.choice((0.0, 100.0, rng.uniform(0, 100))),
        "drain_seconds": rng.choice((0, 1, anywhere(rng, 100_000))),
        "monitoring": "basic" if is_basic else "detailed",
        "basic_phase_ticks": rng.randrange(300 // tick_seconds) if is_basic else 0,
    }
    host = {
        "intercept_percent": intercept,
        "slope_percent_per_rpm": slope,
        "cliff_percent": rng.choice((None, 100.0, rng.uniform(50, 100))),
        "saturation_rpm": rng.choice((None, None, 10 ** rng.uniform(-3, 12))),
        "table": rng.choice(TABLES) if rng.random() < 0.1 else None,
    }
    sides = {
        name: wild_side(rng, tick_seconds=tick_seconds, is_basic=is_basic)
        for name in ("scale_out", "scale_in")
    }
    n_ticks = rng.choice((1, 2, rng.randint(1, 60), rng.randint(60, 200)))
    levels = [rng.choice((0.0, 5e-324, 10 ** rng.uniform(-6, 15))) for _ in range(3)]
    rpm = [min(load, 1e300) for load in random_rpm(rng, n_ticks=n_ticks, levels_rpm=levels)]
    return {
        "scenario": {
            "tick_seconds": tick_seconds,
            "host_model": host,
            "group": group,
            "metric": {
                "metric_delay_seconds": rng.choice((0, 60, anywhere(rng, 100_000))),
                "warming_in_metric": False,
            },
            "schedule": wild_schedule(rng, n_ticks=n_ticks, limits=(smallest, largest)),
        },
        "plan": {"min_size": None, "schedule": None, **sides, "target_tracking": None},
        "rpm": rpm,
    }


def wild_schedule(rng: random.Random, *, n_ticks: int, limits: tuple[int, int]) -> list[dict]:
    """Give actions whose limits stay in order, of any size."""
    smallest, largest = limits
    actions = []
    for tick in sorted(rng.randint(0, n_ticks) for _ in range(rng.choice((0, 0, 1, 3)))):
        action = {"tick": tick, "min_size": None, "max_size": None, "desired_capacity": None}
        if rng.random() < 0.3:
            action["min_size"] = smallest = rng.randint(0, largest)
        if rng.random() < 0.3:
            action["max_size"] = largest = smallest + anywhere(rng, MILLION)
        if rng.random() < 0.7:
            action["desired_capacity"] = anywhere(rng, 2 * MILLION)
        actions.append(action)
    return actions
