"""The reference against the project's known answers: every simulated run, every tick."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.reference.records import Refused
from tests.reference.simulate import simulate

RUNS_FILE = Path(__file__).parents[1] / "cases" / "simulated-runs.json.gz"
EXACT_FIELDS = ("in_service", "pending", "draining", "desired", "alarm_states")


def _runs() -> list[dict[str, Any]]:
    with gzip.open(RUNS_FILE, "rt", encoding="utf-8") as file:
        cases: list[dict[str, Any]] = json.load(file)["cases"]
    return cases


RUNS = _runs()


def test_there_are_150_runs() -> None:
    assert len(RUNS) == 150


@pytest.mark.parametrize("run", RUNS, ids=[run["id"] for run in RUNS])
def test_reference_gives_the_known_answer(run: dict[str, Any]) -> None:
    expected = run["expect"]
    if expected["refused"]:
        with pytest.raises(Refused):
            simulate(run["scenario"], run["plan"], run["rpm"])
        return

    got = simulate(run["scenario"], run["plan"], run["rpm"])

    for field in EXACT_FIELDS:
        assert expected[field] == getattr(got, field), field
    assert expected["totals"].keys() == got.totals.keys()
    for name, value in expected["totals"].items():
        assert got.totals[name] == pytest.approx(value, rel=1e-9, abs=1e-12), name
