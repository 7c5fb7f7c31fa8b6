"""`explain` by the real door: a run in words, as events, as a plot."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.doors.command import CONF42, CONFIGS, call, changed_config
from tuner.cli.simulate_verbs import MOST_EVENTS

DEMO = CONFIGS / "demo.toml"


def events(capsys, *options) -> list[dict]:
    got = call(capsys, "explain", "--config", CONF42, "--output", "json", *options)
    return json.loads(got.out)["events"]


def test_json_holds_every_event_with_minute_kind_and_words(capsys):
    got = call(capsys, "explain", "--config", CONF42, "--output", "json")
    answer = json.loads(got.out)

    assert (got.code, answer["schema"], answer["shape"]) == (0, "cliffside.explain/1", "talk")
    assert answer["totals"]["minutes_over_cliff"] == 13.0
    assert {tuple(event) for event in answer["events"]} == {
        ("minute", "last_minute", "kind", "actor", "words")
    }
    assert next(event for event in answer["events"] if event["kind"] == "activity") == {
        "minute": 34.0,
        "last_minute": 34.0,
        "kind": "activity",
        "actor": "scale_out",
        "words": "scale_out: desired 1 to 2, launch 1, InService at minute 38",
    }
    assert any("cooldown until minute" in event["words"] for event in answer["events"])


def test_minutes_choose_the_events_that_touch_them(capsys):
    every = events(capsys)
    got = events(capsys, "--from", 36, "--to", 40)
    expected = [event for event in every if event["last_minute"] >= 36 and event["minute"] <= 40]

    assert got == expected
    assert 0 < len(got) < len(every)


def test_minutes_the_wrong_way_round_are_refused(capsys):
    got = call(capsys, "explain", "--config", CONF42, "--from", 9, "--to", 3)

    assert (got.code, got.out) == (2, "")
    assert "--from 9" in got.err


def test_minutes_without_events_say_so(capsys):
    got = call(capsys, "explain", "--config", CONF42, "--from", 1, "--to", 2)
    table = call(capsys, "explain", "--config", CONF42, "--from", 1, "--to", 2, "--output", "csv")

    assert got.out.splitlines()[1:] == ["Nothing happened."]
    assert table.out == "minute,last_minute,kind,actor,words\n"


def test_a_long_day_does_not_flood(capsys):
    day = ["--shape", "World Cup 1998-06-30"]
    short = call(capsys, "explain", "--config", DEMO, *day).out.splitlines()
    whole = call(capsys, "explain", "--config", DEMO, *day, "--all").out.splitlines()
    rows = call(capsys, "explain", "--config", DEMO, *day, "--output", "csv").out

    assert len(short) == MOST_EVENTS + 3
    assert "--from and --to" in short[-2]
    assert short[-1] == whole[-1]
    assert short[: MOST_EVENTS + 1] == whole[: MOST_EVENTS + 1]
    assert len(whole) > MOST_EVENTS + 3
    assert len(list(csv.reader(io.StringIO(rows)))) == len(whole) - 1


def test_the_plot_is_one_page_that_loads_nothing(tmp_path, capsys):
    file = tmp_path / "run.html"
    got = call(capsys, "explain", "--config", CONF42, "--plot", file)
    page = file.read_text()

    assert got.code == 0
    assert got.err == f"Written: {file}\n"
    assert "limit 50.0 %" in page
    assert "instances in service" in page
    assert "<script src=" not in page


@pytest.mark.parametrize("name", ["run.png", "run"])
def test_a_plot_of_another_ending_is_refused(tmp_path, capsys, name):
    got = call(capsys, "explain", "--config", CONF42, "--plot", tmp_path / name)

    assert (got.code, got.out) == (2, "")
    assert ".html" in got.err
    assert list(tmp_path.iterdir()) == []


def test_a_job_without_a_baseline_asks_for_a_plan(tmp_path, capsys):
    text = CONF42.read_text()
    begin, end = text.index("[baseline.scale_out.alarm]"), text.index("# The talk's double loop")
    config = changed_config(tmp_path, (text[begin:end], ""))
    got = call(capsys, "explain", "--config", config)

    assert (got.code, got.out) == (2, "")
    assert "--plan" in got.err
