"""The night by its real door, on the services that ship."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.doors.command import CONFIGS, call
from tests.night.folders import make_services
from tuner.config import load_job
from tuner.night.state import NightLock
from tuner.store.run_writer import utc_now

SERVICES = CONFIGS / "services"


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("night") / "state"


def test_the_shipped_services_run_and_one_of_them_wants_a_change(state, tmp_path, capsys):
    out = tmp_path / "out"
    got = call(capsys, "night", SERVICES, "--state-dir", state, "--out", out)
    answer = json.loads((out / "summary.json").read_text())
    by_name = {record["service"]: record for record in answer["services"]}

    assert got.code == 0
    assert "1 of 2 services wants a change, 1 is fine." in got.out
    assert answer["schema"] == "cliffside.night/1"
    assert answer["counts"] == {
        "changed": 1,
        "unchanged": 1,
        "nothing feasible": 0,
        "no data": 0,
        "failed": 0,
    }
    assert by_name["catalogue"]["outcome"] == "unchanged"
    assert by_name["checkout"]["today"]["worst_peak_cpu_percent"] > 50.0
    assert by_name["checkout"]["recommended"]["worst_peak_cpu_percent"] <= 48.0
    assert by_name["checkout"]["recommended"]["unseen_shapes_over"] == 0
    for record in by_name.values():
        assert (state / "runs" / record["run"] / "report.html").is_file()
    assert "wants a change" in (out / "summary.md").read_text()
    for folder in (out, next((state / "nights").glob("????-??-??"))):
        links = re.findall(r'href="([^"#]+)"', (folder / "summary.html").read_text())
        assert len(links) == 2
        assert all((folder / link).is_file() for link in links)


def test_a_re_run_gives_the_same_and_says_that_nothing_was_repeated(state, capsys):
    got = call(capsys, "night", SERVICES, "--state-dir", state, "--detailed-exitcode")

    assert got.code == 4
    assert "Done earlier this night: 2" in got.err


def test_a_quiet_night_prints_one_line(tmp_path, capsys):
    folder = tmp_path / "services"
    folder.mkdir()
    (folder / "catalogue.toml").write_bytes((SERVICES / "catalogue.toml").read_bytes())
    got = call(capsys, "-q", "night", folder, "--state-dir", tmp_path / "state")

    assert got.code == 0
    assert got.err == ""
    assert len(got.out.splitlines()) == 1
    assert "1 service, nothing to do" in got.out


def test_a_night_that_overlaps_is_told_with_exit_code_1(tmp_path, capsys):
    folder = make_services(tmp_path / "services", 1)
    with NightLock(tmp_path / "state", utc_now()):
        got = call(capsys, "night", folder, "--state-dir", tmp_path / "state")

    assert (got.code, got.out) == (1, "")
    assert "no other night in this state folder" in got.err
    assert "Wait for it" in got.err


def test_a_folder_without_services_is_wrong_input_and_leaves_no_state(tmp_path, capsys):
    got = call(capsys, "night", tmp_path, "--state-dir", tmp_path / "state")

    assert (got.code, got.out) == (2, "")
    assert "a folder with a *.toml file for each service" in got.err
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("path", sorted(SERVICES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_service_is_a_job_named_by_its_file(path):
    job = load_job(Path(path))

    assert job.service == path.stem
    assert job.baseline is not None
