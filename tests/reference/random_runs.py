"""Made-up runs, rich in nasty corners, in the JSON shape of the project's simulated runs.

Every run is one that the law runs: none is refused. The same generator gives the same run.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from tests.reference.random_loads import random_rpm, round_levels_rpm
from tests.reference.random_plans import random_plan
from tests.reference.random_scenarios import random_group, random_host_model, random_schedule

Json = dict[str, Any]

FAMILIES = ("simple", "step", "target_tracking", "mixed")


def random_case(rng: random.Random, families: Sequence[str] = ("simple",)) -> Json:
    """Return `scenario`, `plan` and `rpm` of one run of one of the families."""
    family = rng.choice(families)
    has_tracking = family == "target_tracking" or (family == "mixed" and rng.random() < 0.6)
    tick_seconds = random_tick_seconds(rng, has_tracking=has_tracking)
    is_basic = not has_tracking and tick_seconds <= 60 and rng.random() < 0.15
    n_ticks = random_n_ticks(rng)
    group = random_group(rng, tick_seconds=tick_seconds, is_basic=is_basic)
    plan = random_plan(
        rng,
        family=family,
        has_tracking=has_tracking,
        tick_seconds=tick_seconds,
        is_basic=is_basic,
        max_size=group["max_size"],
    )
    host = random_host_model(rng)
    scenario = {
        "tick_seconds": tick_seconds,
        "host_model": host,
        "group": group,
        "metric": {
            "metric_delay_seconds": rng.choice((0, 0, 0, 60, 60, 90, 120, 180, 300)),
            "warming_in_metric": rng.random() < 0.4,
        },
        "schedule": [],
    }
    place_schedules(rng, scenario, plan, n_ticks=n_ticks)
    levels_rpm = round_levels_rpm(host, thresholds_percent(plan), group["max_size"])
    rpm = random_rpm(rng, n_ticks=n_ticks, levels_rpm=levels_rpm)
    return {"scenario": scenario, "plan": plan, "rpm": rpm}


def random_tick_seconds(rng: random.Random, *, has_tracking: bool) -> int:
    """Return mostly minutes; two minutes do not divide target tracking's own."""
    if rng.random() < 0.75:
        return 60
    return rng.choice((10, 20, 30) if has_tracking else (10, 20, 30, 120))


def random_n_ticks(rng: random.Random) -> int:
    """Return 1 to 240 ticks, mostly 20 to 120."""
    draw = rng.random()
    if draw < 0.05:
        return rng.randint(1, 19)
    if draw < 0.92:
        return rng.randint(20, 120)
    return rng.randint(121, 240)


def place_schedules(rng: random.Random, scenario: Json, plan: Json, *, n_ticks: int) -> None:
    """Give actions to the scenario, to the plan, to both or to none.

    A plan without any policy always has some.
    """
    has_policy = any(plan[name] is not None for name in ("scale_out", "scale_in"))
    has_policy = has_policy or plan["target_tracking"] is not None
    if has_policy and rng.random() < 0.6:
        return
    group = scenario["group"]
    launch_ticks = -(-group["launch_seconds"] // scenario["tick_seconds"])
    where = rng.choice(("scenario", "scenario", "plan", "both"))
    for owner in (scenario, plan):
        if where in ("both", "scenario" if owner is scenario else "plan"):
            owner["schedule"] = random_schedule(
                rng,
                n_ticks=n_ticks,
                launch_ticks=launch_ticks,
                min_size=group["min_size"] if plan["min_size"] is None else plan["min_size"],
                max_size=group["max_size"],
            )


def thresholds_percent(plan: Json) -> list[float]:
    """Return the CPU levels at which something is decided."""
    found: list[float] = []
    for side in (plan["scale_out"], plan["scale_in"]):
        if side is None:
            continue
        threshold = side["alarm"]["threshold_percent"]
        found.append(threshold)
        found.extend(
            threshold + step["metric_interval_lower_bound"]
            for step in side["policy"].get("step_adjustments", [])
            if step["metric_interval_lower_bound"] is not None
        )
    if plan["target_tracking"] is not None:
        found.append(plan["target_tracking"]["target_value"])
    return found or [50.0]
