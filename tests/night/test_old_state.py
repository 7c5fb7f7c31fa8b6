"""State of earlier versions opens; what a later one wrote is told from damage."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.doors.command import call
from tuner.night.night import run_night
from tuner.night.page import night_html
from tuner.night.services import Service
from tuner.night.state import nights
from tuner.night.summary import summary_from_json
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.store.manifest import MANIFEST
from tuner.store.runs import list_runs
from tuner.store.seal import sealed, unsealed

OLD = Path(__file__).parent / "state-1"


@pytest.fixture
def old(tmp_path):
    """Give a copy of the state that version 0.1.0 left."""
    place = tmp_path / "old"
    shutil.copytree(OLD, place)
    (place / "state").chmod(0o700)
    return place


def run_of(state: Path) -> str:
    (listed,) = list_runs(state)
    return listed.run


def test_runs_of_version_0_1_0_are_listed_shown_and_compared(old, capsys):
    state = old / "state"
    run = run_of(state)
    listed = json.loads(call(capsys, "runs", "list", "--state-dir", state, "--output", "json").out)
    shown = call(capsys, "runs", "show", run, "--state-dir", state)
    compared = call(capsys, "runs", "compare", run, run, "--state-dir", state)

    assert [row["state"] for row in listed["runs"]] == ["finished"]
    assert shown.code == 0
    assert "scale out by 1 above 30 %" in shown.out
    assert compared.code == 0
    assert "Both recommend the same plan" in compared.out


def test_a_run_of_version_0_1_0_is_answered_again_or_says_that_the_model_is_another(old, capsys):
    state = old / "state"
    got = call(capsys, "report", run_of(state), "--config", old / "ramp.toml", "--state-dir", state)
    made_with = json.loads((OLD / "state" / "runs" / run_of(state) / MANIFEST).read_text())

    if made_with["model_version"] == MODEL_VERSION:
        assert got.code == 0
        assert "scale out by 1 above 30 %" in got.out
    else:
        assert got.code == 2
        assert f"model_version of {MODEL_VERSION}" in got.err


def test_a_night_of_version_0_1_0_is_the_last_night_of_the_next(old, monkeypatch):
    monkeypatch.setattr("tuner.report.html.render_report", lambda *_: "<title>report</title>")
    folder = old / "services"
    folder.mkdir()
    (old / "ramp.toml").rename(folder / "ramp.toml")
    now = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    summary = run_night(folder, old / "state", threads=1, clock=lambda: now)
    last = summary.services[0].last_night

    assert last is not None
    assert (last.night, last.same_plan) == ("2026-11-24", True)


def test_a_night_of_version_0_1_0_becomes_a_page(old):
    (night,) = nights(old / "state")
    path = night.path / "summary.json"
    page = night_html(summary_from_json(json.loads(path.read_text()), path))

    assert "Night of 24 Nov 2026" in page
    assert f"../../runs/{run_of(old / 'state')}/report.html" in page


def test_a_run_of_a_later_version_is_told_from_a_damaged_one(old, capsys):
    state = old / "state"
    run = run_of(state)
    path = state / "runs" / run / MANIFEST
    value = unsealed(path.read_bytes(), path)
    path.write_text(sealed({**value, "schema": "cliffside.run/2"}))
    listed = call(capsys, "runs", "list", "--state-dir", state)
    shown = call(capsys, "runs", "show", run, "--state-dir", state)

    assert "of a newer cliffside" in listed.out
    assert shown.code == 2
    assert "expected schema cliffside.run/1, got 'cliffside.run/2'" in shown.err
    assert "update cliffside" in shown.err

    path.write_text("{}")
    assert "damaged" in call(capsys, "runs", "list", "--state-dir", state).out


def test_a_night_of_a_later_version_is_left_alone(old):
    (night,) = nights(old / "state")
    service = Service("ramp", Path("ramp.toml"))
    (path,) = night.path.glob("services/*.json")
    value = unsealed(path.read_bytes(), path)
    path.write_text(sealed({**value, "schema": "cliffside.night.service/2"}))

    assert night.read(service) is None
