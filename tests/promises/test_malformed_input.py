"""R11: malformed input never crashes: documented exceptions only, soon, in little memory.

In a process of its own, so that the peak of memory is that of the readers.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.promises.malformed import SHARES, SLOW_SECONDS

SEED = 20_261_124
CASES, NIGHT_CASES = 20_000, 1_000_000
TIMES = [1, pytest.param(50, marks=pytest.mark.nightly)]
SLACK = 3.0
LARGEST_MIB = 512


@pytest.mark.slow
@pytest.mark.parametrize("times", TIMES)
def test_malformed_input_is_refused_in_words_soon_and_in_little_memory(times):
    done = subprocess.run(
        [sys.executable, "-m", "tests.promises.malformed", str(SEED), str(times)],
        capture_output=True,
        text=True,
        timeout=7200,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-4000:]
    got = json.loads(done.stdout)
    print("seed", SEED, done.stdout)
    kinds = got["kinds"]

    assert sum(kind["cases"] for kind in kinds.values()) >= (CASES if times == 1 else NIGHT_CASES)
    for name, kind in kinds.items():
        assert kind["slowest_seconds"] <= SLACK * SLOW_SECONDS, name
        assert kind["cases"] / 2 < kind["refused"] < kind["cases"], name
    assert got["peak_mib"] <= LARGEST_MIB


def test_the_check_size_covers_every_kind_of_input():
    assert sum(SHARES.values()) >= CASES
    assert min(SHARES.values()) >= 300
