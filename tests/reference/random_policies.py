"""Made-up policies: simple, step and target tracking, now and then with the wrong sign."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

Json = dict[str, Any]


def random_policy(rng: random.Random, *, kind: str, is_out: bool, max_size: int) -> Json:
    """Return a simple or a step policy."""
    adjustment_type = rng.choice(
        ("ChangeInCapacity", "ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity")
    )
    policy: Json = {
        "policy_type": kind,
        "adjustment_type": adjustment_type,
        "min_adjustment_magnitude": rng.choice((None, None, None, 0, 1, 2, 3, 7)),
    }
    if kind == "SimpleScaling":
        policy["scaling_adjustment"] = random_adjustment(
            rng, adjustment_type=adjustment_type, is_out=is_out, max_size=max_size
        )
        policy["cooldown_seconds"] = rng.choice((0, 0, 30, 60, 60, 90, 120, 180, 300, 360, None))
        return policy
    bounds = random_bounds(rng, is_out=is_out)
    policy["step_adjustments"] = [
        {
            "metric_interval_lower_bound": lower,
            "metric_interval_upper_bound": upper,
            "scaling_adjustment": random_adjustment(
                rng, adjustment_type=adjustment_type, is_out=is_out, max_size=max_size
            ),
        }
        for lower, upper in pairwise(bounds)
    ]
    policy["instance_warmup_seconds"] = rng.choice((0, 0, 60, 60, 90, 120, 180, 300, None))
    return policy


def random_adjustment(
    rng: random.Random, *, adjustment_type: str, is_out: bool, max_size: int
) -> int:
    """Return an adjustment; a few have the wrong sign and a few are 0."""
    if adjustment_type == "ExactCapacity":
        return rng.randint(0, max_size + 2)
    if rng.random() < 0.05:
        return 0
    magnitudes: tuple[int, ...] = (1, 1, 1, 2, 2, 3, 5, 40)
    if adjustment_type == "PercentChangeInCapacity":
        magnitudes = (1, 10, 20, 25, 33, 50, 100, 150)
    sign = 1 if is_out else -1
    return rng.choice(magnitudes) * (-sign if rng.random() < 0.06 else sign)


def random_bounds(rng: random.Random, *, is_out: bool) -> list[float | None]:
    """Return bounds without a gap: on one side of the threshold, on both, or over it."""
    offsets: list[float] = sorted({rng.randint(1, 30), rng.randint(1, 30), rng.randint(1, 60)})
    offsets = offsets[: rng.randint(0, 3)]
    below: list[float | None] = [-offset for offset in reversed(offsets)]
    draw = rng.random()
    if draw < 0.06:
        return [None, *below, *offsets, None] if offsets else [None, 0, None]
    if draw < 0.15:
        return [None, *below, 0, *offsets, None]
    if is_out:
        return [0, *offsets, None]
    return [None, *below, 0]


def random_tracking(rng: random.Random) -> Json:
    """Return a target tracking policy."""
    return {
        "policy_type": "TargetTrackingScaling",
        "target_value": rng.choice((25, 40, 50, 60, 33.3, round(rng.uniform(20, 70), 1))),
        "disable_scale_in": rng.random() < 0.15,
        "instance_warmup_seconds": rng.choice((0, 0, 60, 60, 120, 300, None)),
        "low_ratio": rng.choice((None, None, None, 0.5, 0.7, 0.9)),
        "scale_in_limit": rng.choice((None, None, None, 1, 2, 3)),
    }
