"""R13: same job, same answer: threads, compilation, a cold cache and a warm one change no bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.promises.same_answer import answers

RUNS = [3, pytest.param(100, marks=pytest.mark.nightly)]


def in_a_fresh_process(runs: int, **environment: str) -> list[str]:
    """Give what the job says in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.promises.same_answer", str(runs)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("runs", RUNS)
def test_the_same_job_gives_the_same_answer_to_the_last_bit(tmp_path: Path, runs):
    expected = answers(1)[:1] * 2 * runs
    cold = in_a_fresh_process(runs, NUMBA_CACHE_DIR=str(tmp_path))
    compiled = {path.name for path in tmp_path.rglob("*.nbi")}
    warm = in_a_fresh_process(runs, NUMBA_CACHE_DIR=str(tmp_path))
    uncompiled = in_a_fresh_process(runs, NUMBA_DISABLE_JIT="1")

    assert len(expected[0]) == 2 * 64 + 1
    assert any("simulate_tasks" in name for name in compiled)
    assert compiled == {path.name for path in tmp_path.rglob("*.nbi")}
    assert expected == answers(runs)
    assert expected == cold
    assert expected == warm
    assert expected == uncompiled
