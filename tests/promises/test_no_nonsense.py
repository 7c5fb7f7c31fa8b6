"""R12: no nonsense out. Random models x plans, likely and wild ones, judged from the law alone."""

from __future__ import annotations

import random

import pytest

from tests.kernels.sense import nonsense
from tests.promises.wild_runs import wild_case
from tests.reference.random_runs import random_case

SEED = 20_261_124
SIZES = [5_000, pytest.param(500_000, marks=pytest.mark.nightly)]


@pytest.mark.parametrize("runs", SIZES)
@pytest.mark.parametrize("made_up", [random_case, wild_case], ids=["likely", "wild"])
def test_no_run_yields_nonsense(made_up, runs):
    print("seed", SEED)
    generator = random.Random(SEED)
    failed = {}
    for number in range(runs):
        found = nonsense(made_up(generator))
        if found:
            failed[number] = found

    assert dict(list(failed.items())[:5]) == {}, f"{len(failed)} of {runs}"
