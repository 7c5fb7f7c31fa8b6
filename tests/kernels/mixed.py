"""Batches of plans of all families, and what they give.

``python -m tests.kernels.mixed`` prints the fingerprints of a few small ones, for processes that
run the kernels in another way.
"""

from __future__ import annotations

import random

import numpy as np

from tests.kernels.batches import fingerprint
from tests.parity import scenario_of
from tests.reference.random_loads import random_rpm, round_levels_rpm
from tests.reference.random_plans import random_plan
from tests.reference.random_runs import FAMILIES, place_schedules, thresholds_percent
from tests.reference.random_scenarios import random_group, random_host_model
from tuner.plan_json import plan_from_json
from tuner.simulation.arrays import pack_plans
from tuner.simulation.outcomes import Outcomes
from tuner.simulation.run import simulate
from tuner.traffic.shapes import Shape, TrafficShapes

LENGTHS = (90, 31, 1, 57)
ALL_SHAPES = range(len(LENGTHS))


def mixed_batch(seed: int, *, n_candidates: int, families=FAMILIES):
    """Give plans of the families with and without schedules, one scenario, and ragged shapes."""
    rng = random.Random(seed)
    group = random_group(rng, tick_seconds=60, is_basic=False)
    given = {
        "tick_seconds": 60,
        "host_model": random_host_model(rng),
        "group": group,
        "metric": {
            "metric_delay_seconds": rng.choice((0, 60, 120)),
            "warming_in_metric": rng.random() < 0.5,
        },
        "schedule": [],
    }
    plans = []
    for number in range(n_candidates):
        family = families[number % len(families)]
        has_tracking = family == "target_tracking" or (family == "mixed" and rng.random() < 0.6)
        plan = random_plan(
            rng,
            family=family,
            has_tracking=has_tracking,
            tick_seconds=60,
            is_basic=False,
            max_size=group["max_size"],
        )
        place_schedules(rng, given, plan, n_ticks=max(LENGTHS))
        plans.append(plan)
    given["schedule"] = []
    levels = round_levels_rpm(given["host_model"], thresholds_percent(plans[0]), group["max_size"])
    shapes = [
        Shape(name=f"{n}", rpm=np.array(random_rpm(rng, n_ticks=n, levels_rpm=levels)))
        for n in LENGTHS
    ]
    return [plan_from_json(p) for p in plans], scenario_of({"scenario": given}), shapes


def totals_of(plans, scenario, shapes, *, threads=1) -> Outcomes:
    policies = pack_plans(plans, scenario)
    return simulate(policies, scenario, TrafficShapes.of(shapes), threads=threads)


def cut(outcomes: Outcomes, rows, columns=ALL_SHAPES) -> Outcomes:
    """Give some candidates on some shapes, in a given order."""
    names = Outcomes.__dataclass_fields__
    return Outcomes(**{name: getattr(outcomes, name)[np.ix_(rows, columns)] for name in names})


def small_fingerprints() -> list[str]:
    """Give the fingerprints of a few small batches."""
    batches = [mixed_batch(seed, n_candidates=24) for seed in (11, 12, 13)]
    return [fingerprint((plans, given, TrafficShapes.of(s))) for plans, given, s in batches]


if __name__ == "__main__":
    print("\n".join(small_fingerprints()))
