"""Cold compile and warm start: the first run of a fresh process, start of Python included."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

HOST_MINUTES = "550.0"
ROUNDS = 3


def first_run(cache: Path) -> str:
    """Run the talk's choice in a fresh process with a cache folder; give what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.first_run"],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout.strip()


@pytest.mark.nightly
def test_a_first_run_with_a_cold_cache(benchmark, tmp_path):
    numbers = count()

    def empty_folder():
        return (tmp_path / str(next(numbers)),), {}

    got = benchmark.pedantic(first_run, setup=empty_folder, rounds=ROUNDS)

    assert got == HOST_MINUTES
    assert list((tmp_path / "0").rglob("*.nbi"))


@pytest.mark.nightly
def test_a_first_run_with_a_warm_cache(benchmark, tmp_path):
    first_run(tmp_path)

    got = benchmark.pedantic(first_run, args=(tmp_path,), rounds=ROUNDS)

    assert got == HOST_MINUTES
