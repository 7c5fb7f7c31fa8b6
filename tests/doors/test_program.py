"""What holds for every verb: settings, exit codes, suggestions, streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import click
import pytest

from tests.doors.command import CONF42, call, changed_config
from tuner.cli import main
from tuner.errors import CliffsideError, ResultFileError, StoreError

PROGRAM = [sys.executable, "-c", "from tuner.cli.main import run; run()"]
VERBS = ["demo", "fetch", "fit", "capacity", "shapes", "simulate", "explain", "tune", "report"]
VERBS += ["why", "walk-forward", "lint", "gate", "night"]
VERBS += ["show", "export", "plan", "apply", "undo", "ledger", "iam"]
VERBS += ["write-test", "verify", "calibrate", "alarms"]
VERBS += ["runs", "study", "serve", "schema", "doctor", "bench"]


def test_the_verbs_stand_in_the_order_of_the_work(capsys):
    listed = call(capsys, "--help").out.split("Commands:")[1]

    assert [line.split()[0] for line in listed.strip().splitlines()] == VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(capsys, verb):
    got = call(capsys, verb, "--help")

    assert (got.code, got.err) == (0, "")
    assert got.out.startswith(f"Usage: cliffside {verb} ")


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["simulat"], "simulate"),
        (["tuen"], "tune"),
        (["tune", "--confg", "x"], "--config"),
        (["simulate", "--config", "x", "--output", "jsn"], "json"),
    ],
    ids=str,
)
def test_what_is_mistyped_is_answered_with_what_was_meant(capsys, arguments, suggestion):
    got = call(capsys, *arguments)

    assert (got.code, got.out) == (2, "")
    assert suggestion in got.err.split("Error:")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["tune"],
        ["--threads", 0, "schema"],
        ["schema", "--config", "x"],
        ["simulate", "--config", CONF42, "--seed", "-1"],
        ["fit"],
        ["fit", "--table", "a", "--locust", "b"],
        ["report"],
        ["report", CONF42, "--out", "report.pdf"],
    ],
    ids=str,
)
def test_wrong_usage_ends_with_code_2(capsys, arguments):
    got = call(capsys, *arguments)

    assert (got.code, got.out) == (2, "")
    assert "Usage:" in got.err or "Error:" in got.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (click.FileError("somewhere"), 2),
        (click.ClickException("odd"), 2),
        (click.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (CliffsideError.of(expected="a", got="b", where="c", next_step="d"), 2),
        (StoreError.of(expected="a", got="b", where="c", next_step="d"), 1),
        (ResultFileError.of(expected="a", got="b", where="c", next_step="d"), 2),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_its_exit_code_and_no_traceback(capsys, monkeypatch, error, code):
    def fail(*_):
        raise error

    monkeypatch.setattr(main.schema, "callback", fail)
    got = call(capsys, "schema")

    assert (got.code, got.out) == (code, "")
    assert got.err
    assert "Traceback" not in got.err


def test_settings_stand_before_the_verb_or_after_it(tmp_path, capsys):
    before = call(capsys, "-q", "--threads", 1, "tune", "--config", CONF42, "--out", tmp_path / "a")
    after = call(capsys, "tune", "--config", CONF42, "--out", tmp_path / "b", "--threads", 2, "-q")

    assert before.err == after.err == ""
    without_time = [
        [line for line in got.out.splitlines() if "candidate-minutes" not in line]
        for got in (before, after)
    ]
    assert without_time[0] == without_time[1]


def test_verbose_tells_threads_folder_and_time(capsys):
    got = call(capsys, "-v", "--threads", 1, "simulate", "--config", CONF42)

    assert "Threads: 1" in got.err
    assert "Compiled kernels: " in got.err
    assert got.err.splitlines()[-1].startswith("Done in ")


def test_a_slip_in_the_config_is_told_on_standard_error_unless_quiet(tmp_path, capsys):
    config = changed_config(tmp_path, ("cliff_percent = 50.0\n", ""))
    got = call(capsys, "shapes", "--config", config)
    quiet = call(capsys, "shapes", "--config", config, "-q")

    assert "Note: host.cliff_percent is not given" in got.err
    assert quiet.err == ""
    assert quiet.out == got.out


def test_a_seed_of_the_call_takes_the_place_of_the_jobs(tmp_path, capsys):
    noise = "\n[traffic.stages.vary]\nnoise_percent = 20.0\n"
    baseline = "\n[baseline.scale_out.alarm]"
    config = changed_config(tmp_path, (baseline, noise + baseline))
    first, second, third = (
        json.loads(call(capsys, *seed, "shapes", "--config", config, "--output", "json").out)
        for seed in ([], ["--seed", 42], ["--seed", 43])
    )

    assert first == second
    assert first != third


def test_no_colour_is_handed_on_to_the_terminal_library(capsys, monkeypatch):
    seen = []
    monkeypatch.setattr(main.schema, "callback", lambda: seen.append(os.environ["NO_COLOR"]))
    call(capsys, "schema")
    call(capsys, "--no-color", "schema")

    assert seen == ["", "1"]


def test_a_reader_that_leaves_early_is_no_error_with_a_traceback():
    command = f"{sys.executable} -c 'from tuner.cli.main import run; run()' schema | head -c 10"
    got = subprocess.run(command, shell=True, check=True, capture_output=True, text=True)

    assert len(got.stdout) == 10
    assert got.stderr == ""


def test_a_terminal_that_knows_only_ascii_gets_an_answer(tmp_path):
    got = subprocess.run(
        [*PROGRAM, "fit", "--help"],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "60", "TERM": "dumb"},
    )
    lines = got.stdout.decode("ascii").splitlines()

    assert max(map(len, lines)) <= 60


def test_a_folder_that_cannot_be_written_is_found_before_the_search(tmp_path, capsys, monkeypatch):
    def search(*_, **__):
        raise AssertionError("the search began")

    monkeypatch.setattr("tuner.tune.tune", search)
    (tmp_path / "file").write_text("in the way")
    for verb in (["tune", "--config", CONF42], ["demo"]):
        got = call(capsys, *verb, "--out", tmp_path / "file" / "out")

        assert (got.code, got.out) == (1, "")
        assert "file is no folder" in got.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_nothing_feasible_ends_with_code_3_and_an_answer(tmp_path, capsys):
    config = changed_config(tmp_path, ("cliff_percent = 50.0", "cliff_percent = 5.0"))
    got = call(capsys, "tune", "--config", config, "--out", tmp_path / "out", "--output", "json")

    assert got.code == 3
    assert json.loads(got.out)["verdict"] == "nothing feasible"


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_rows_of_shapes_hold_their_figures(capsysbinary, form, tmp_path):
    from tuner.store.files import read_parquet

    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(
            sys, "argv", ["cliffside", "shapes", "--config", str(CONF42), "--output", form]
        )
        main.run()
    out = capsysbinary.readouterr().out
    if form == "csv":
        head, row = out.decode().splitlines()

        assert head == "name,weight,minutes,mean_rpm,peak_rpm,rise_8min_rpm,source"
        assert row.startswith("talk,1.0,98.0,")
        return
    (tmp_path / "shapes.parquet").write_bytes(out)
    columns = read_parquet(tmp_path / "shapes.parquet", schema="cliffside.shapes")

    assert columns["peak_rpm"].tolist() == [150_000.0]
