"""What a body's result must be: counts and a digest exactly, sums of floats nearly."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable

import numpy as np

from tuner.search.result import SearchResult
from tuner.simulation.outcomes import Outcomes

Answer = dict[str, int | float | str]

COUNTS = ("host_minutes", "scale_outs", "scale_ins", "peak_instances", "minutes_over_cliff")
SUMS = ("mean_cpu_percent", "mean_cpu_per_host_percent", "overload_requests")
NEARLY = 1e-9
"""Relative difference that totals of floats may have, docs/model.md."""


def digest_of(arrays: Iterable[np.ndarray]) -> str:
    """Hash arrays, values and order."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def totals_of(outcomes: Outcomes) -> Answer:
    """Sum the totals of all runs; the digest holds every run's counts and its peak."""
    exact = [np.asarray(getattr(outcomes, name), dtype=np.float64) for name in COUNTS]
    return {
        **{name: int(values.sum()) for name, values in zip(COUNTS, exact, strict=True)},
        **{name: math.fsum(getattr(outcomes, name).flat) for name in SUMS},
        "digest": digest_of([*exact, outcomes.peak_cpu_percent]),
    }


def front_of(found: SearchResult) -> Answer:
    """Count candidates; the digest holds the candidates of both fronts, in their order."""
    front, cost_front = found.front(), found.cost_front()
    return {
        "candidates": found.n_candidates,
        "feasible": int(found.feasible().sum()),
        "front": len(front),
        "cost_front": len(cost_front),
        "host_minutes": math.fsum(found.host_minutes[cost_front]),
        "digest": digest_of([found.candidate[front], found.candidate[cost_front]]),
    }


def differences(expected: Answer, got: Answer) -> list[str]:
    """Say in words what differs; nothing where the answers agree."""
    names = [*expected, *(name for name in got if name not in expected)]
    return [
        f"{name}: expected {expected.get(name)}, got {got.get(name)}"
        for name in names
        if not _agree(expected.get(name), got.get(name))
    ]


def _agree(expected: object, got: object) -> bool:
    """Compare one entry: floats nearly, all else exactly."""
    if isinstance(expected, float) and isinstance(got, float):
        return math.isclose(expected, got, rel_tol=NEARLY)
    return expected == got
