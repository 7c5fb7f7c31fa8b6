"""What stands behind a choice by the real door: keys of `tune`, `why` and `walk-forward`."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.doors.command import CONF42, CONFIGS, call, changed_config
from tuner.cli.show import Heading
from tuner.cli.words import tuning_words
from tuner.config import build_shapes, load_job
from tuner.plan_json import plan_to_json
from tuner.store.files import read_parquet
from tuner.tune import tune, write_results

ROBUST = CONFIGS / "conf42-robust.toml"
STEP = {
    "parameter": str,
    "direction": str,
    "before": str,
    "after": str,
    "plan": dict,
    "host_minutes": float,
    "changes": dict,
    "tightest_shape": str,
    "shapes_over_limit": int,
    "breaks": bool,
}
PRICED = {
    "plan": dict,
    "host_minutes": float,
    "headroom_points": float,
    "host_minutes_per_point": float,
    "feasible": bool,
}
RECORDED = """[[traffic.recorded]]
name = "shop"
file = "days.csv"
column = "requests"
unit = "requests"
cut = "day"
"""
STAGES = """[[traffic.stages]]
name = "talk"
start_rpm = 0.0
stages = ["ramp 10m to 30000", "hold 20m", "ramp 8m to 150000", "hold 60m"]
"""


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """Give the folder of a finished job, with its answer."""
    folder = tmp_path_factory.mktemp("finished")
    write_results(tune(load_job(ROBUST)), folder)
    return folder


@pytest.fixture
def baseline(tmp_path):
    """Give the talk's policy of today as a file."""
    path = tmp_path / "today.json"
    path.write_text(json.dumps(plan_to_json(load_job(ROBUST).baseline)))
    return path


def job_of_days(folder, *, rises, within):
    """Write a job on recorded days that rise from 30,000 rpm to a height within so many minutes."""
    start, lines = datetime(2026, 3, 2, tzinfo=UTC), ["minute_utc,requests"]
    for day, (height, minutes) in enumerate(zip(rises, within, strict=True)):
        up = np.linspace(30e3, height, minutes)
        rpm = np.concatenate([np.full(400, 30e3), up, np.full(200, height), up[::-1]])
        rpm = np.concatenate([rpm, np.full(1440 - len(rpm), 30e3)])
        lines += [
            f"{start + timedelta(days=day, minutes=minute):%Y-%m-%dT%H:%M},{value:.0f}"
            for minute, value in enumerate(rpm)
        ]
    (folder / "days.csv").write_text("\n".join(lines) + "\n")
    return changed_config(
        folder, (STAGES, RECORDED), ("initial_capacity = 1", "initial_capacity = 3")
    )


def answer(capsys, *arguments):
    got = call(capsys, *arguments, "--output", "json")
    return got.code, json.loads(got.out)


def test_tune_tells_the_steps_the_shares_and_the_prices(run_folder):
    told = json.loads((run_folder / "recommendation.json").read_text())
    priced = told["price_of_safety"]

    assert {name: type(told["sensitivity"][0][name]) for name in STEP} == STEP
    assert {name: type(priced["front"][1][name]) for name in PRICED} == PRICED
    assert len(told["sensitivity"]) == 14
    assert sum(step["breaks"] for step in told["sensitivity"]) == 6
    assert max(told["importance"], key=told["importance"].get) == "scale_out_threshold_percent"
    assert priced["knee"]["plan"]["scale_out"]["alarm"]["threshold_percent"] == 17.0
    assert priced["knee"]["host_minutes"] == 550.0


def test_tune_says_it_in_at_most_six_lines(tmp_path, capsys):
    got = call(capsys, "tune", "--config", ROBUST, "--out", tmp_path)
    lines = got.out.split("\nBehind the choice\n")[1].splitlines()

    assert len(lines) <= 6
    assert re.match(r"One step away +Most sensitive: ", lines[0])
    assert "15 % more host-minutes" in lines[-1]


def test_the_front_so_far_of_an_interrupted_search_waits_for_no_more():
    tuning = tune(load_job(CONF42))
    (whole,) = tuning.answers
    cut = replace(whole, result=replace(whole.result, complete=False))
    half = replace(tuning, answers=(cut,))
    headings = [
        [block.words for block in tuning_words(each) if isinstance(block, Heading)]
        for each in (tuning, half)
    ]

    assert headings[0] == [*headings[1], "Behind the choice"]


def test_where_nothing_is_feasible_the_steps_are_still_told(tmp_path, capsys):
    config = changed_config(tmp_path, ("cliff_percent = 50.0", "cliff_percent = 12.0"))
    code, told = answer(capsys, "tune", "--config", config, "--out", tmp_path / "out")

    assert (code, told["recommended"]) == (3, None)
    assert told["sensitivity"]
    assert told["price_of_safety"]["knee"] is None
    assert not any(plan["feasible"] for plan in told["price_of_safety"]["front"])


def test_why_names_the_minute_and_the_reason(run_folder, baseline, capsys):
    arguments = ["--config", ROBUST, "--plan", run_folder / "recommendation.json"]
    code, told = answer(capsys, "why", *arguments, "--against", baseline)

    assert (code, told["schema"], told["n_shapes"]) == (0, "cliffside.why/1", 41)
    assert (told["first"]["minutes_over_cliff"], told["crossing"]["plan"]) == (0.0, "B")
    assert told["second"]["plan"] == json.loads(baseline.read_text())
    assert told["crossing"]["minute"] == 17.0
    assert told["crossing"]["serving"] < told["crossing"]["needed"]
    assert told["crossing"]["reasons"] == [
        "the alarm has not fired: CPU is above 25 % for 3 minutes, it needs 5 minutes"
    ]


def test_why_says_it_in_words_with_both_plans_side_by_side(run_folder, capsys):
    against = run_folder / "recommendation.json"
    got = call(capsys, "why", "--config", ROBUST, "--against", against)

    assert got.code == 0
    assert got.out.index("  A  ") < got.out.index("  B  ") < got.out.index("A passes the cliff at")
    assert "passes the cliff at minute 17 of 'talk, hold 5m': 50.6 % CPU" in got.out
    assert "the alarm has not fired" in got.out.splitlines()[-1]


def test_why_looks_at_one_shape(run_folder, baseline, capsys):
    name = build_shapes(load_job(ROBUST)).names[20]
    arguments = ["--config", ROBUST, "--plan", run_folder / "recommendation.json"]
    code, told = answer(capsys, "why", *arguments, "--against", baseline, "--shape", name)

    assert (code, told["n_shapes"], told["crossing"]["shape"]) == (0, 1, name)


def test_why_takes_both_plans_from_a_finished_job(run_folder, capsys):
    front = read_parquet(run_folder / "front.parquet", schema="cliffside.front")
    candidate = int(front["candidate"][-1])
    code, told = answer(capsys, "why", "--run", run_folder, "--candidate", candidate)
    stored = json.loads((run_folder / "recommendation.json").read_text())["recommended"]

    assert code == 0
    assert told["first"]["plan"] == stored["plan"]
    assert told["second"]["host_minutes"] == front["host_minutes"][-1]
    assert told["crossing"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--config", "CONFIG"], "either --against or --candidate"),
        (["--config", "CONFIG", "--against", "PLAN", "--candidate", "3"], "either --against or"),
        (["--config", "CONFIG", "--candidate", "3"], "give --run"),
        (["--run", "RUN", "--plan", "PLAN", "--candidate", "3"], "Give --plan or --run"),
        (["--against", "PLAN"], "either --config or --run"),
        (["--run", "RUN", "--candidate", "99999"], "none of the 1,640 candidates"),
        (["--config", "CONFIG", "--against", "PLAN", "--shape", "walk"], "one of talk, hold 5m"),
    ],
)
def test_why_says_what_is_missing(run_folder, baseline, capsys, arguments, words):
    known = {"CONFIG": ROBUST, "RUN": run_folder, "PLAN": baseline}
    got = call(capsys, "why", *(known.get(argument, argument) for argument in arguments))

    assert (got.code, got.out) == (2, "")
    assert words in got.err


def test_walk_forward_gives_both_figures_and_ends_with_3_where_a_later_day_breaks(tmp_path, capsys):
    config = job_of_days(tmp_path, rises=(60e3, 70e3, 300e3), within=(60, 60, 10))
    code, told = answer(capsys, "walk-forward", "--config", config)
    first, last = told["folds"]

    assert (code, told["schema"], told["holds"]) == (3, "cliffside.walk-forward/1", False)
    assert told["days_over_cliff"] == last["judged_on"]
    assert (len(first["tuned_on"]), len(last["tuned_on"])) == (1, 2)
    assert last["tuned"]["minutes_over_cliff"] == 0.0 < last["judged"]["minutes_over_cliff"]
    assert last["tuned"]["plan"] == last["judged"]["plan"]


def test_walk_forward_ends_with_0_where_every_later_day_holds(tmp_path, capsys):
    config = job_of_days(tmp_path, rises=(200e3, 70e3, 60e3), within=(30, 60, 60))
    got = call(capsys, "walk-forward", "--config", config, "--folds", 1)

    assert got.code == 0
    assert got.out.splitlines()[-1] == "Over the cliff on 0 of 2 days never seen."
    assert "1 day" in got.out.splitlines()[2]
    assert " → " in got.out.splitlines()[2]


def test_walk_forward_ends_with_3_where_nothing_is_feasible_on_the_earlier_days(tmp_path, capsys):
    config = job_of_days(tmp_path, rises=(900e3, 70e3), within=(3, 60))
    got = call(capsys, "walk-forward", "--config", config)

    assert got.code == 3
    assert "nothing is feasible on the earlier days" in got.out


@pytest.mark.parametrize("config", [CONF42, ROBUST], ids=lambda path: path.stem)
def test_a_job_without_recorded_days_is_refused_in_a_sentence(config, capsys):
    got = call(capsys, "walk-forward", "--config", config)

    assert (got.code, got.out) == (2, "")
    assert "expected at least two recorded days, got 0 days" in got.err
    assert 'cut = "day"' in got.err
