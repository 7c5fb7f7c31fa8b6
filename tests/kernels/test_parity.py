"""Whole runs of the kernel against the known runs and against the plain reference, tick by tick."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from tests.parity import differences, expected_of, run_case
from tests.reference.random_runs import random_case
from tests.reference.simulate import simulate as simulate_by_reference
from tuner.errors import CliffsideError

CASES = json.loads(
    gzip.decompress((Path(__file__).parents[1] / "cases/simulated-runs.json.gz").read_bytes())
)["cases"]
SEED = 20_261_124
RUNS = 5_000


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_known_run_gives_the_same_in_every_tick(case):
    if case["expect"]["refused"]:
        with pytest.raises(CliffsideError):
            run_case(case)
        return
    got = differences(case["expect"], run_case(case), case["plan"])

    assert got == []


@pytest.mark.parametrize("family", ["simple", "step", "target_tracking", "mixed"])
def test_random_runs_equal_the_reference_in_every_tick(family):
    print("seed", SEED)
    generator = random.Random(SEED)
    failed = []
    for number in range(RUNS):
        case = random_case(generator, families=(family,))
        run = simulate_by_reference(case["scenario"], case["plan"], case["rpm"])
        expected = expected_of(run)
        found = differences(expected, run_case(case), case["plan"])
        if found:
            failed.append((number, found))

    assert failed[:5] == [], f"{len(failed)} of {RUNS} differ"
