"""A tune that is interrupted or killed goes on, and ends as one that never was."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.doors.command import call, changed_config
from tuner.store.run_writer import ALL_PARTS
from tuner.store.runs import RUNS, list_runs, list_started

N_CANDIDATES = 8_000
LONGEST_WAIT = 180.0
BATCH = 25
"""Candidates in a saved part: many short ones, so that a signal comes before the last."""

CHILD = f"""
import tuner.search.evaluate, tuner.search.search
tuner.search.evaluate.LARGEST_CHUNK = {BATCH}
tuner.search.search.STORE_SECONDS = -1.0
from tuner.cli.main import run
run()
"""
SPACE = (
    ("scale_out_adjustment = {from = 1, to = 10}", "scale_out_adjustment = {from = 1, to = 20}"),
    (
        'evaluation_periods = 5\ncooldown_seconds = "3m"\n',
        "evaluation_periods = [1, 2, 3, 5]\ncooldown_seconds = [60, 120, 180, 300]\n",
    ),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Give the config of a job of 8,000 candidates."""
    return changed_config(tmp_path_factory.mktemp("resume"), *SPACE)


def answer_of(folder: Path) -> dict:
    answer = json.loads((folder / "recommendation.json").read_text())
    return timeless(answer)


def timeless(answer: dict) -> dict:
    """Take the times out of an answer and of those of its families."""
    families = [timeless(family) for family in answer.get("families", [])]
    kept = {name: value for name, value in answer.items() if "seconds" not in name}
    return kept | ({"families": families} if families else {})


def cut_off(config: Path, state: Path, how: signal.Signals) -> tuple[int, str, str]:
    """Start a tune, cut it off when two parts are saved, and give how it ended."""
    arguments = ["--state-dir", str(state), "tune", "--config", str(config), "--output", "json"]
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + LONGEST_WAIT
    while len(list(state.glob(f"{RUNS}/*/{ALL_PARTS}"))) < 2:
        assert child.poll() is None, child.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.001)
    child.send_signal(how)
    out, err = child.communicate(timeout=LONGEST_WAIT)
    return child.returncode, out, err


@pytest.fixture(scope="module")
def expected(desk, tmp_path_factory):
    """Give the folder of a run that was not cut off."""
    state = tmp_path_factory.mktemp("whole") / "state"
    arguments = ["-q", "--state-dir", str(state), "tune", "--config", str(desk)]
    subprocess.run([sys.executable, "-c", CHILD, *arguments], check=True, capture_output=True)
    (run,) = list_runs(state)
    return state / RUNS / run.run


@pytest.fixture(scope="module")
def killed(desk, tmp_path_factory):
    """Give the state folder of a tune that was killed."""
    state = tmp_path_factory.mktemp("killed") / "state"
    code, _, _ = cut_off(desk, state, signal.SIGKILL)

    assert code == -signal.SIGKILL
    return state


def check_it_ends_as(expected: Path, state: Path) -> None:
    """Compare a resumed run with one that was not cut off, bit for bit."""
    (run,) = list_runs(state)
    folder = state / RUNS / run.run

    assert list_started(state) == []
    assert list(folder.glob(ALL_PARTS)) == []
    for name in ("trials.parquet", "front.parquet"):
        assert (folder / name).read_bytes() == (expected / name).read_bytes()
    assert answer_of(folder) == answer_of(expected)
    assert answer_of(folder)["n_candidates"] == N_CANDIDATES


def test_ctrl_c_gives_the_front_so_far_and_says_how_to_go_on(desk, expected, tmp_path, capsys):
    state = tmp_path / "state"
    code, out, err = cut_off(desk, state, signal.SIGINT)
    so_far = json.loads(out)
    (started,) = list_started(state)

    assert code == 130
    assert so_far["complete"] is False
    assert 0 < so_far["n_candidates"] < N_CANDIDATES
    assert so_far["front"]
    assert f"cliffside tune --config {desk} --resume {started.run}" in err
    assert err.endswith("Interrupted.\n")
    assert "Traceback" not in err
    assert list_runs(state) == []

    got = call(capsys, "--state-dir", state, "tune", "--config", desk, "--resume", started.run)

    assert got.code == 0
    check_it_ends_as(expected, state)


def test_a_killed_tune_goes_on_and_ends_as_one_that_was_not(
    desk, expected, killed, tmp_path, capsys
):
    state = tmp_path / "state"
    shutil.copytree(killed, state)
    listed = call(capsys, "--state-dir", state, "runs", "list")
    got = call(capsys, "--state-dir", state, "tune", "--config", desk, "--resume")

    assert "Interrupted, or still going on: " in listed.err
    assert got.code == 0
    check_it_ends_as(expected, state)


def test_what_was_saved_is_not_simulated_again(desk, killed, tmp_path, capsys, monkeypatch):
    from tuner.search import evaluate

    state, counts, simulate = tmp_path / "state", [], evaluate.simulate
    shutil.copytree(killed, state)

    def counted(policies, *arguments, **more):
        counts.append(len(policies))
        return simulate(policies, *arguments, **more)

    monkeypatch.setattr(evaluate, "simulate", counted)
    call(capsys, "--state-dir", state, "tune", "--config", desk, "--resume")

    assert 0 < sum(counts) <= N_CANDIDATES - 2 * BATCH


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((["--seed", "43"], None), "seed 42"),
        (([], ("margin_percent = 0.0", "margin_percent = 1.0")), "another content of config"),
    ],
    ids=["seed", "config"],
)
@pytest.mark.parametrize("named", [False, True])
def test_another_job_does_not_go_on(desk, killed, tmp_path, capsys, change, words, named):
    options, edit = change
    config = desk if edit is None else changed_config(tmp_path, *SPACE, edit)
    (started,) = list_started(killed)
    which = [started.run] if named else []
    got = call(
        capsys, "--state-dir", killed, *options, "tune", "--config", config, "--resume", *which
    )

    assert (got.code, got.out) == (2, "")
    assert words in got.err
    assert started.run in got.err


def test_another_version_of_the_model_does_not_go_on(desk, killed, capsys, monkeypatch):
    monkeypatch.setattr("tuner.kept_run.MODEL_VERSION", "999")
    got = call(capsys, "--state-dir", killed, "tune", "--config", desk, "--resume")

    assert (got.code, got.out) == (2, "")
    assert "model version 1" in got.err


def test_without_an_interrupted_run_there_is_nothing_to_go_on_with(desk, tmp_path, capsys):
    got = call(capsys, "--state-dir", tmp_path / "none", "tune", "--config", desk, "--resume")

    assert (got.code, got.out) == (2, "")
    assert "Leave --resume out" in got.err
