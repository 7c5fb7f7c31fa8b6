"""Made-up candidates: alarms, one-sided and empty plans, every mix of policies."""

from __future__ import annotations

import random
from typing import Any

from tests.reference.random_policies import random_policy, random_tracking

Json = dict[str, Any]

GREATER = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
LESS = ("LessThanThreshold", "LessThanOrEqualToThreshold")
TREATMENTS = ("missing", "missing", "ignore", "breaching", "notBreaching")


def random_plan(
    rng: random.Random,
    *,
    family: str,
    has_tracking: bool,
    tick_seconds: int,
    is_basic: bool,
    max_size: int,
) -> Json:
    """Return a plan of a family; either side of the pair may be missing."""
    kinds = random_kinds(rng, family=family, has_tracking=has_tracking)
    out_threshold = rng.choice((25, 40, 50, 60, 70, 37.5, round(rng.uniform(20, 80), 1)))
    in_threshold = out_threshold + rng.choice((-30, -25, -20, -15, -10, -10, 0, 10))
    sides: dict[str, Json | None] = {"scale_out": None, "scale_in": None}
    for name, threshold in (("scale_out", out_threshold), ("scale_in", in_threshold)):
        kind = kinds[name]
        if kind is None:
            continue
        is_out = name == "scale_out"
        sides[name] = {
            "alarm": random_alarm(
                rng,
                is_out=is_out,
                threshold_percent=threshold,
                tick_seconds=tick_seconds,
                is_basic=is_basic,
            ),
            "policy": random_policy(rng, kind=kind, is_out=is_out, max_size=max_size),
        }
    return {
        "min_size": rng.randint(0, max_size) if rng.random() < 0.15 else None,
        "schedule": None,
        **sides,
        "target_tracking": random_tracking(rng) if has_tracking else None,
    }


def random_kinds(rng: random.Random, *, family: str, has_tracking: bool) -> dict[str, str | None]:
    """Return which policy stands on which side of the pair."""
    if family == "target_tracking":
        return {"scale_out": None, "scale_in": None}
    if family == "mixed":
        kinds = ["SimpleScaling", "StepScaling"]
        rng.shuffle(kinds)
        if has_tracking and rng.random() < 0.5:
            kinds[1] = kinds[0]
    else:
        kinds = ["SimpleScaling" if family == "simple" else "StepScaling"] * 2
    sides: dict[str, str | None] = {"scale_out": kinds[0], "scale_in": kinds[1]}
    if family != "mixed" or has_tracking:
        draw = rng.random()
        if draw < 0.1:
            sides["scale_out"] = None
        elif draw < 0.2:
            sides["scale_in"] = None
        elif draw < 0.23 and family == "simple":
            sides = {"scale_out": None, "scale_in": None}
    return sides


def random_alarm(
    rng: random.Random,
    *,
    is_out: bool,
    threshold_percent: float,
    tick_seconds: int,
    is_basic: bool,
) -> Json:
    """Return an alarm, now and then with the wrong operator or a window of many hours."""
    periods: tuple[int, ...] = (60, 60, 60, 60, 120, 180, 240, 300, 300)
    if is_basic:
        periods = (300, 300, 300, 600)
    elif tick_seconds < 60:
        periods = (10, 20, 30, 60, 60, 60, 120, 300)
    period = rng.choice([p for p in periods if p % tick_seconds == 0])
    evaluation_periods = rng.choice((1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 12))
    if rng.random() < 0.04:
        evaluation_periods = rng.randint(13, 40)
    datapoints = evaluation_periods
    if rng.random() < 0.5:
        datapoints = rng.randint(1, evaluation_periods)
    operators: tuple[str, ...] = GREATER if is_out else LESS
    if rng.random() < 0.06:
        operators = GREATER + LESS
    return {
        "threshold_percent": threshold_percent,
        "comparison_operator": rng.choice(operators),
        "period_seconds": period,
        "evaluation_periods": evaluation_periods,
        "datapoints_to_alarm": datapoints,
        "treat_missing_data": rng.choice(TREATMENTS),
        "evaluation_range_extra": rng.choice((None, None, None, 0, 1, 2, 5, evaluation_periods)),
    }
