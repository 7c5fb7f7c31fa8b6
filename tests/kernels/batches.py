"""Batches of made-up candidates on ragged shapes, and what they give, to the last bit.

``python -m tests.kernels.batches`` prints the fingerprint of a small batch and of one trace, for
processes that run the kernels in another way.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from dataclasses import fields

import numpy as np

from tests.parity import scenario_of
from tests.reference.random_loads import random_rpm, round_levels_rpm
from tests.reference.random_plans import random_plan
from tests.reference.random_runs import place_schedules, thresholds_percent
from tests.reference.random_scenarios import random_group, random_host_model
from tuner.plan_json import plan_from_json
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.simulation.arrays import pack_plans
from tuner.simulation.outcomes import Outcomes
from tuner.simulation.run import simulate, trace
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import Shape, TrafficShapes

Batch = tuple[list[ScalingPlan], Scenario, TrafficShapes]
SMALL_SEED, SMALL_CANDIDATES = 11, 40


def random_batch(seed: int, *, n_candidates: int, lengths: tuple[int, ...] = (90, 31, 1, 57)):
    """Give plans of every kind, one scenario and shapes of these lengths, the same for a seed."""
    rng = random.Random(seed)
    is_basic = rng.random() < 0.2
    group = random_group(rng, tick_seconds=60, is_basic=is_basic)
    host = random_host_model(rng)
    metric = {"metric_delay_seconds": rng.choice((0, 60, 120)), "warming_in_metric": False}
    given = {
        "tick_seconds": 60,
        "host_model": host,
        "group": group,
        "metric": metric,
        "schedule": [],
    }
    plans = []
    for _ in range(n_candidates):
        plan = random_plan(
            rng,
            family="simple",
            has_tracking=False,
            tick_seconds=60,
            is_basic=is_basic,
            max_size=group["max_size"],
        )
        place_schedules(rng, given, plan, n_ticks=max(lengths))
        plans.append(plan)
    given["schedule"] = []
    levels = round_levels_rpm(host, thresholds_percent(plans[0]), group["max_size"])
    shapes = [
        Shape(name=f"{s}", rpm=np.array(random_rpm(rng, n_ticks=n, levels_rpm=levels)))
        for s, n in enumerate(lengths)
    ]
    return (
        [plan_from_json(plan) for plan in plans],
        scenario_of({"scenario": given}),
        TrafficShapes.of(shapes),
    )


def printed_uncompiled(module: str) -> list[str]:
    """Give the words that a module prints when it runs without the compiler."""
    got = subprocess.run(
        [sys.executable, "-W", "error", "-m", module],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert got.returncode == 0, got.stderr
    return got.stdout.split()


def totals_of(batch: Batch, *, threads: int = 1) -> Outcomes:
    """Run a batch."""
    plans, scenario, shapes = batch
    return simulate(pack_plans(plans, scenario), scenario, shapes, threads=threads)


def bits(outcomes: Outcomes) -> dict[str, np.ndarray]:
    """Give every total as whole numbers that are equal only where every bit is."""
    arrays = {field.name: getattr(outcomes, field.name) for field in fields(Outcomes)}
    return {name: np.ascontiguousarray(array).view(np.int64) for name, array in arrays.items()}


def differing(expected: Outcomes, got: Outcomes) -> list[str]:
    """Name the totals in which a bit differs."""
    pairs = zip(bits(expected).items(), bits(got).values(), strict=True)
    return [name for (name, left), right in pairs if not np.array_equal(left, right)]


def trace_bytes(run: Trace) -> bytes:
    """Give every number of a trace, and its events in words, as bytes."""
    arrays = [getattr(run, field.name) for field in fields(Trace)]
    numbers = b"".join(a.tobytes() for a in arrays if isinstance(a, np.ndarray))
    totals = np.array(list(run.totals.values())).tobytes()
    return numbers + totals + repr(run.events).encode()


def fingerprint(batch: Batch) -> str:
    """Give a digest of all totals of a batch, and of the trace of each tenth candidate."""
    plans, scenario, shapes = batch
    digest = hashlib.sha256()
    for name, array in bits(totals_of(batch)).items():
        digest.update(name.encode() + array.tobytes())
    for plan in plans[::10]:
        digest.update(trace_bytes(trace(plan, scenario, shapes, 0)))
    return digest.hexdigest()


def small_fingerprints() -> list[str]:
    """Give the fingerprints of a few small batches."""
    seeds = range(SMALL_SEED, SMALL_SEED + 4)
    return [fingerprint(random_batch(seed, n_candidates=SMALL_CANDIDATES)) for seed in seeds]


if __name__ == "__main__":
    print("\n".join(small_fingerprints()))
