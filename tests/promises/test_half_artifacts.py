"""R3: a killed writer leaves no visible half artifact."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.promises.killed_writer import KINDS

SEED = 20261124
KILLS = [25, pytest.param(500, marks=pytest.mark.nightly)]


@pytest.mark.parametrize("kills", KILLS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_writer_leaves_no_half_artifact(tmp_path, kind, kills):
    module = "tests.promises.killed_writer"
    done = subprocess.run(
        [sys.executable, "-m", module, kind, str(tmp_path), str(kills), str(SEED)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    half_written, seen = map(int, done.stdout.split())
    print(f"{kind}: {kills} kills, {half_written} within a write, {seen} whole artifacts seen")

    assert half_written > 0, "no kill fell into a write: this tests nothing"
    assert seen > 0
