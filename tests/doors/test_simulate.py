"""`simulate` by the real door: totals, the per-tick table, and every form of the answer."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from tests.doors.command import CONF42, CONFIGS, call
from tuner.config import load_job
from tuner.plan_json import plan_from_json
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.store.files import read_parquet

ROBUST = CONFIGS / "conf42-robust.toml"
TOTALS = {
    "peak_cpu_percent",
    "mean_cpu_percent",
    "mean_cpu_per_host_percent",
    "host_minutes",
    "minutes_over_cliff",
    "overload_requests",
    "scale_outs",
    "scale_ins",
    "peak_instances",
    "status",
}
TRACE = [
    "shape",
    "minute",
    "rpm",
    "cpu_percent",
    "in_service",
    "serving",
    "pending",
    "draining",
    "desired_capacity",
    "scale_out_state",
    "scale_in_state",
    "events",
]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_json_holds_the_plan_as_its_object_and_all_totals(capsys):
    got = call(capsys, "simulate", "--config", CONF42, "--output", "json")
    answer = json.loads(got.out)

    assert (got.code, got.err) == (0, "")
    assert answer["schema"] == "cliffside.simulate/1"
    assert plan_from_json(answer["plan"]) == load_job(CONF42).baseline
    assert answer["description"].startswith("scale out by 1 above 25 %")
    assert [set(row) for row in answer["shapes"]] == [{"shape"} | TOTALS]
    assert answer["shapes"][0]["minutes_over_cliff"] == 13.0
    assert answer["shapes"][0]["status"] == 0


def test_a_plan_that_was_recommended_can_be_handed_in(tmp_path, capsys):
    plan = load_job(CONF42).baseline
    answer = json.loads(call(capsys, "simulate", "--config", CONF42, "--output", "json").out)
    file = tmp_path / "recommendation.json"
    file.write_text(json.dumps({"recommended": {"plan": answer["plan"]}}))
    got = call(capsys, "simulate", "--config", CONF42, "--plan", file, "--output", "json")

    assert plan_from_json(json.loads(got.out)["plan"]) == plan


def test_csv_and_json_hold_the_same_totals(capsys):
    table = rows_of(call(capsys, "simulate", "--config", ROBUST, "--output", "csv").out)
    answer = json.loads(call(capsys, "simulate", "--config", ROBUST, "--output", "json").out)
    expected = answer["shapes"]

    assert len(table) == len(expected) == 41
    for row, wanted in zip(table, expected, strict=True):
        assert row["shape"] == wanted["shape"]
        assert {name: float(row[name]) for name in TOTALS} == {
            name: float(wanted[name]) for name in TOTALS
        }


@pytest.mark.parametrize("ending", ["csv", "parquet", "CSV"])
def test_the_trace_has_a_row_for_each_tick_of_each_shape(tmp_path, capsys, ending):
    file = tmp_path / "new" / f"ticks.{ending}"
    got = call(capsys, "simulate", "--config", ROBUST, "--trace", file)
    if ending == "parquet":
        columns = read_parquet(file, schema="cliffside.trace", model_version=MODEL_VERSION)
        units = {field.name: field.metadata[b"unit"].decode() for field in pq.read_schema(file)}

        assert units["rpm"] == "1/min"
        assert units["cpu_percent"] == "%"
    else:
        rows = rows_of(file.read_text())
        columns = {name: [row[name] for row in rows] for name in TRACE}
        assert list(rows[0]) == TRACE

    assert got.code == 0
    assert str(file) in got.err
    assert list(columns) == TRACE
    assert len(set(columns["shape"])) == 41
    assert len(columns["shape"]) == sum(83 + hold for hold in range(0, 41))
    assert set(columns["scale_out_state"]) <= {"OK", "ALARM", "INSUFFICIENT_DATA"}
    assert any("refused: cooldown until minute" in words for words in columns["events"])
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_trace_and_the_totals_tell_the_same_run(tmp_path, capsys):
    file = tmp_path / "ticks.parquet"
    got = call(capsys, "simulate", "--config", CONF42, "--trace", file, "--output", "json")
    totals = json.loads(got.out)["shapes"][0]
    ticks = read_parquet(file)

    assert ticks["cpu_percent"].max() == totals["peak_cpu_percent"]
    assert (ticks["in_service"] + ticks["pending"] + ticks["draining"]).sum() == 308
    assert totals["host_minutes"] == 308.0


def test_one_shape_can_be_named(tmp_path, capsys):
    name = json.loads(call(capsys, "shapes", "--config", ROBUST, "--output", "json").out)["shapes"][
        7
    ]["name"]
    file = tmp_path / "ticks.csv"
    options = ["--shape", name, "--trace", file, "--output", "csv"]
    got = call(capsys, "simulate", "--config", ROBUST, *options)

    assert [row["shape"] for row in rows_of(got.out)] == [name]
    assert {row["shape"] for row in rows_of(file.read_text())} == {name}


def test_an_unknown_shape_is_answered_with_the_names(capsys):
    got = call(capsys, "simulate", "--config", CONF42, "--shape", "walk")

    assert (got.code, got.out) == (2, "")
    assert "talk" in got.err


@pytest.mark.parametrize("name", ["ticks.xlsx", "ticks", "parquet"])
def test_an_unknown_ending_is_refused_before_anything_runs(tmp_path, capsys, name):
    got = call(capsys, "simulate", "--config", CONF42, "--trace", tmp_path / name)

    assert (got.code, got.out) == (2, "")
    assert ".csv or .parquet" in got.err
    assert name in got.err
    assert list(tmp_path.iterdir()) == []


def test_a_trace_that_cannot_be_written_ends_with_code_1(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    got = call(capsys, "simulate", "--config", CONF42, "--trace", tmp_path / "file" / "t.csv")

    assert (got.code, got.out) == (1, "")
    assert "Choose another folder" in got.err


def test_parquet_goes_to_standard_output_as_bytes(tmp_path):
    program = [sys.executable, "-c", "from tuner.cli.main import run; run()"]
    got = subprocess.run(
        [*program, "simulate", "--config", str(CONF42), "--output", "parquet"],
        check=True,
        capture_output=True,
    )
    (tmp_path / "totals.parquet").write_bytes(got.stdout)
    columns = read_parquet(tmp_path / "totals.parquet", schema="cliffside.totals")

    assert columns["host_minutes"].tolist() == [308.0]
    assert set(columns) == {"shape"} | TOTALS
