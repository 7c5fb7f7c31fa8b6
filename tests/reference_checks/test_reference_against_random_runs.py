"""Made-up runs of every family are accepted by the reference and keep what must hold."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest

from tests.reference.host import saturation_rpm
from tests.reference.random_runs import FAMILIES, random_case
from tests.reference.records import ReferenceRun
from tests.reference.settings import read_settings
from tests.reference.simulate import simulate

RUNS_PER_FAMILY = 200


@pytest.mark.parametrize("family", FAMILIES)
def test_random_runs_keep_the_invariants(family: str) -> None:
    for seed in range(RUNS_PER_FAMILY):
        case = random_case(random.Random(seed), families=(family,))
        print(f"family {family}, seed {seed}")

        run = simulate(case["scenario"], case["plan"], case["rpm"])

        check_limits(case, run)
        check_numbers(case, run)


def check_limits(case: dict[str, Any], run: ReferenceRun) -> None:
    """Desired stays within the limits of its tick, and the group follows it."""
    settings = read_settings(case["scenario"], case["plan"])
    min_size, max_size = settings.min_size, settings.max_size
    previous_desired = min(max(settings.initial_capacity, min_size), max_size)
    for t, desired in enumerate(run.desired):
        is_scheduled = False
        for action in settings.schedule:
            if action.tick == t:
                is_scheduled = True
                min_size = min_size if action.min_size is None else action.min_size
                max_size = max_size if action.max_size is None else action.max_size
        assert min_size <= desired <= max_size
        if not is_scheduled:
            assert run.in_service[t] + run.pending[t] == previous_desired
        previous_desired = desired


def check_numbers(case: dict[str, Any], run: ReferenceRun) -> None:
    """Every number is one, CPU is a percentage, and offered = carried + overload."""
    settings = read_settings(case["scenario"], case["plan"])
    assert all(math.isfinite(total) and total >= 0 for total in run.totals.values())
    for cpu in run.cpu_percent:
        assert cpu is None or 0 <= cpu <= 100
    offered, carried = 0.0, 0.0
    for rpm, serving in zip(case["rpm"], run.serving, strict=True):
        offered += rpm
        carried += min(rpm, serving * saturation_rpm(settings.host)) if serving else 0.0
    overload = run.totals["overload_requests"] / (settings.tick_seconds / 60)
    assert carried + overload == pytest.approx(offered, rel=1e-9, abs=1e-6)
    for states in run.alarm_states.values():
        assert len(states) == len(case["rpm"])
        assert set(states) <= set("OAI")


def test_the_same_seed_gives_the_same_run() -> None:
    first = random_case(random.Random(7), families=FAMILIES)
    again = random_case(random.Random(7), families=FAMILIES)

    assert first == again
    assert first == json.loads(json.dumps(first))
