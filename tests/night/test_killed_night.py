"""R4: a night that was killed goes on where it stopped, and ends as one that never was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def killed_nights(folder: Path, n_inside: int, *seeds: int) -> str:
    got = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.night.killed_night",
            folder,
            "5",
            *map(str, (n_inside, *seeds)),
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert got.returncode == 0, got.stderr
    return got.stdout


@pytest.mark.slow
def test_a_night_killed_at_each_of_five_services_ends_as_one_that_never_was(tmp_path):
    assert "6 nights killed" in killed_nights(tmp_path, 1, 1)


@pytest.mark.nightly
def test_nights_of_three_seeds_killed_at_each_service_end_as_those_that_never_were(tmp_path):
    assert "24 nights killed" in killed_nights(tmp_path, 3, 1, 2, 3)
