"""Bad input by the real door: a sentence, exit code 2, nothing on standard output or on disk."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from tests.doors.command import CONF42, LOAD_TEST, call, changed_config

HEAD = "rpm,cpu_percent,latency_p95_ms\n"
GOOD_ROWS = [f"{rpm},{rpm / 1000 + 2},{20 + rpm / 5000}" for rpm in range(1000, 60_000, 1000)]
NOISE = random.Random(7).randbytes(3000)

TABLES = {
    "an empty file": (b"", "empty"),
    "a head and no rows": (HEAD.encode(), "rows"),
    "one row": ((HEAD + "1000,5,20\n").encode(), "at least"),
    "text in a number column": (
        (HEAD + "\n".join([*GOOD_ROWS[:20], "fast,5,20", *GOOD_ROWS[20:]])).encode(),
        "fast",
    ),
    "CPU in fractions": (
        (HEAD + "\n".join(f"{r},{r / 100_000},20" for r in range(1000, 60_000, 1000))).encode(),
        "fraction",
    ),
    "negative traffic": ((HEAD + "\n".join(["-5,3,20", *GOOD_ROWS])).encode(), "-5"),
    "binary noise": (NOISE, "expected"),
}

SPACE_RANGE = "scale_out_threshold_percent = {from = 11, to = 35}"
STAGES = '[[traffic.stages]]\nname = "talk"\nstart_rpm = 0.0\n'
STAGES += 'stages = ["ramp 10m to 30000", "hold 20m", "ramp 8m to 150000", "hold 60m"]\n'

CONFIGS = {
    "a range whose low is above its high": (
        [(SPACE_RANGE, "scale_out_threshold_percent = {from = 35, to = 11}")],
        ["scale_out_threshold_percent", "35", "11"],
    ),
    "an unknown key": (
        [("cliff_percent = 50.0", "clif_percent = 50.0")],
        ["clif_percent", "id you mean", "cliff_percent"],
    ),
    "a lattice over the budget": (
        [("service = ", 'search.engine = "exact"\nsearch.budget = 100\nservice = ')],
        ["250", "100", "budget"],
    ),
    "a period that basic monitoring cannot feed": (
        [('monitoring = "detailed"', 'monitoring = "basic"')],
        ["period_seconds", "basic", "300"],
    ),
    "min > max": ([("max_size = 1000", "max_size = 0")], ["min_size", "max_size"]),
    "a cliff below the intercept": (
        [("intercept_percent = 0.0", "intercept_percent = 60.0")],
        ["cliff_percent", "60"],
    ),
    "negative traffic": ([("start_rpm = 0.0", "start_rpm = -10.0")], ["start_rpm", "-10"]),
    "stages that say nothing": ([('"hold 20m"', '"wait a bit"')], ["wait a bit"]),
}


def refused(got) -> bool:
    return got.code == 2 and got.out == "" and "Traceback" not in got.err


@pytest.mark.parametrize(("content", "word"), TABLES.values(), ids=list(TABLES))
def test_a_bad_load_test_is_refused_with_a_sentence(tmp_path, capsys, content, word):
    table = tmp_path / "windows.csv"
    table.write_bytes(content)
    got = call(capsys, "fit", "--table", table)

    assert refused(got)
    assert word in got.err
    assert "windows.csv" in got.err
    assert list(tmp_path.iterdir()) == [table]


@pytest.mark.parametrize(("changes", "words"), CONFIGS.values(), ids=list(CONFIGS))
@pytest.mark.parametrize("verb", ["tune", "simulate"])
def test_a_bad_config_is_refused_and_nothing_is_written(tmp_path, capsys, verb, changes, words):
    config = changed_config(tmp_path, *changes)
    extra = {"tune": ["--out", tmp_path / "out"], "simulate": ["--trace", tmp_path / "t.csv"]}
    got = call(capsys, verb, "--config", config, *extra[verb])

    assert refused(got), got
    assert all(word in got.err for word in words), got.err
    assert "job.toml, line " in got.err
    assert list(tmp_path.iterdir()) == [config]


@pytest.mark.parametrize(
    "arguments",
    [
        ["fit", "--table", "nowhere.csv"],
        ["fit", "--locust", "nowhere.csv", "--cpu", "nowhere.csv"],
        ["tune", "--config", "nowhere.toml", "--out", "out"],
        ["simulate", "--config", CONF42, "--plan", "nowhere.json"],
        ["report", "nowhere"],
    ],
    ids=str,
)
def test_a_missing_file_is_named(tmp_path, capsys, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    got = call(capsys, *arguments)

    assert refused(got)
    assert "nowhere" in got.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["tune", "shapes", "explain", "simulate --plan", "fit --locust"])
def test_binary_noise_in_any_place_is_refused(tmp_path, capsys, verb):
    noise = tmp_path / "noise"
    noise.write_bytes(NOISE)
    arguments = {
        "simulate --plan": ["simulate", "--config", CONF42, "--plan", noise],
        "fit --locust": ["fit", "--locust", noise, "--cpu", LOAD_TEST / "cpu_server_cpu_1s.csv"],
    }
    got = call(capsys, *arguments.get(verb, [verb, "--config", noise]))

    assert refused(got)
    assert "noise" in got.err


def test_negative_recorded_traffic_is_refused(tmp_path, capsys):
    recording = tmp_path / "traffic.csv"
    rows = (f"2026-01-01T00:{m:02}:00Z,{-3 if m == 7 else 100}\n" for m in range(60))
    recording.write_text("time,rpm\n" + "".join(rows))
    table = '[[traffic.recorded]]\nfile = "traffic.csv"\ncolumn = "rpm"\nunit = "rpm"\n'
    config = changed_config(tmp_path, (STAGES, table))
    got = call(capsys, "tune", "--config", config, "--out", tmp_path / "out")

    assert refused(got)
    assert "-3" in got.err
    assert sorted(tmp_path.iterdir()) == [config, recording]


def test_several_cpu_columns_and_none_named_are_listed(capsys):
    history = LOAD_TEST / "cpu_locust_stats_history.csv"
    got = call(capsys, "fit", "--locust", history, "--cpu", LOAD_TEST / "cpu_10s.csv")

    assert refused(got)
    assert "server_cpu_pct" in got.err
    assert "core0_busy_pct" in got.err


def test_the_installed_program_ends_the_same_way(tmp_path):
    config = changed_config(tmp_path, ("cliff_percent = 50.0", "clif_percent = 50.0"))
    program = [sys.executable, "-c", "from tuner.cli.main import run; run()"]
    got = subprocess.run(
        [*program, "tune", "--config", str(config)],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )

    assert (got.returncode, got.stdout) == (2, "")
    assert "id you mean" in got.stderr
    assert "Traceback" not in got.stderr
    assert list(tmp_path.iterdir()) == [config]
