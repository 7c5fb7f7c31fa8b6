"""The JSON of `fit` and `tune`: keys that others build on, word for word."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.doors.command import CONF42, LOAD_TEST, call
from tuner.store.files import read_parquet

FIT = {
    "slope_percent_per_1000_rpm": float,
    "intercept_percent": float,
    "r_squared": float,
    "rmse_percent": float,
    "linear": bool,
    "saturation_rpm": float,
    "cliff_percent": float,
    "cliff_estimate_percent": float,
    "cliff_interval_percent": list,
    "cliff_rpm": float,
    "measured_up_to_percent": float,
    "dropped_rows": dict,
    "warnings": list,
}
TUNE = {
    "engine": str,
    "n_candidates": int,
    "n_left_out": int,
    "n_shapes": int,
    "n_minutes": float,
    "seconds": float,
    "feasible_count": int,
    "recommended": dict,
    "cheapest": dict,
    "baseline": dict,
    "fixed_group": dict,
    "clairvoyant_host_minutes": float,
    "front": list,
}
PLAN = {
    "plan": dict,
    "mean_cpu_percent": float,
    "host_minutes": float,
    "worst_peak_cpu_percent": float,
    "minutes_over_cliff": float,
    "activities": float,
}


def kinds(value: dict, wanted: dict) -> dict:
    return {name: type(value[name]) for name in wanted}


def test_fit_has_its_keys(capsys):
    history, cpu = LOAD_TEST / "cpu_locust_stats_history.csv", LOAD_TEST / "cpu_server_cpu_1s.csv"
    options = ["--locust", history, "--cpu", cpu, "--cpu-column", "server_cpu_pct"]
    got = call(capsys, "fit", *options, "--output", "json")
    answer = json.loads(got.out)
    low, high = answer["cliff_interval_percent"]

    assert (got.code, answer["schema"]) == (0, "cliffside.fit/1")
    assert kinds(answer, FIT) == FIT
    assert answer["cliff_percent"] == low <= answer["cliff_estimate_percent"] <= high


def test_fit_without_a_break_has_null_for_its_cliff(tmp_path, capsys):
    rows = "".join(f"{rpm},{rpm / 1000 + 2},20\n" for rpm in range(1000, 60_000, 500))
    table = tmp_path / "windows.csv"
    table.write_text("rpm,cpu_percent,latency_p95_ms\n" + rows)
    got = call(capsys, "fit", "--table", table, "--output", "json")
    answer = json.loads(got.out)

    assert got.code == 0
    assert {answer[name] for name in FIT if name.startswith("cliff_") and name != "cliff_rpm"} == {
        None
    }
    assert answer["slope_percent_per_1000_rpm"] == pytest.approx(1.0)


def test_tune_has_its_keys_on_standard_output_and_on_disk(tmp_path, capsys):
    got = call(capsys, "tune", "--config", CONF42, "--out", tmp_path / "out", "--output", "json")
    answer = json.loads(got.out)
    kept = json.loads((tmp_path / "out" / "recommendation.json").read_text())

    assert (got.code, answer["schema"]) == (0, "cliffside.tune/1")
    assert answer == kept
    assert kinds(answer, {**TUNE, "cheapest": None}) == {
        **TUNE,
        "cheapest": dict if answer["cheapest"] else type(None),
    }
    for plan in (answer["recommended"], answer["baseline"], answer["front"][0]):
        assert kinds(plan, PLAN) == PLAN
    assert answer["recommended"]["host_minutes"] == 550.0
    assert answer["recommended"]["mean_cpu_percent"] == pytest.approx(16.536, abs=5e-4)
    assert answer["recommended"]["worst_peak_cpu_percent"] == 39.375
    assert answer["baseline"]["minutes_over_cliff"] == 13.0
    assert answer["fixed_group"]["plan"] is None
    assert answer["fixed_group"]["instances"] == 3
    assert (answer["engine"], answer["n_candidates"]) == ("exact", 250)
    assert (answer["n_shapes"], answer["n_minutes"]) == (1, 98.0)


@pytest.mark.parametrize("verb", ["tune", "report"])
def test_csv_gives_the_front_of_cost_against_safety(tmp_path, capsys, verb):
    call(capsys, "tune", "--config", CONF42, "--out", tmp_path)
    front = read_parquet(tmp_path / "front.parquet", schema="cliffside.front")
    arguments = {"tune": ["--config", CONF42, "--out", tmp_path], "report": [tmp_path]}
    got = call(capsys, verb, *arguments[verb], "--output", "csv")
    head, *rows = csv.reader(io.StringIO(got.out))

    assert head == list(front)
    assert len(rows) == len(front["candidate"]) > 1
    assert [float(row[head.index("host_minutes")]) for row in rows] == front[
        "host_minutes"
    ].tolist()


def test_the_plan_that_is_recommended_is_the_plan_that_simulate_takes(tmp_path, capsys):
    call(capsys, "tune", "--config", CONF42, "--out", tmp_path)
    file = tmp_path / "recommendation.json"
    stored = json.loads(file.read_text())["recommended"]
    got = call(capsys, "simulate", "--config", CONF42, "--plan", file, "--output", "json")
    answer = json.loads(got.out)

    assert answer["plan"] == stored["plan"]
    assert answer["shapes"][0]["host_minutes"] == stored["host_minutes"]
