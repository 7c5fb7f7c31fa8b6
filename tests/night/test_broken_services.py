"""R14: one bad service never stops the night."""

from __future__ import annotations

import gc
import json
import tracemalloc

import pytest

from tests.doors.command import call
from tests.night.broken import WAYS
from tests.night.folders import config_of, make_services
from tuner.night import night as nights
from tuner.night.night import run_night


@pytest.fixture(autouse=True)
def _without_the_page(monkeypatch):
    """Leave the report's page out, which takes a second; let some services meet a bug."""
    monkeypatch.setattr("tuner.report.html.render_report", lambda *_: "<title>report</title>")
    tune = nights.tune

    def tune_or_not(job, **more):
        if job.service.startswith("unforeseen"):
            raise ZeroDivisionError("a bug")
        return tune(job, **more)

    monkeypatch.setattr(nights, "tune", tune_or_not)


def check_a_night(folder, state, capsys, *, n_good: int, n_broken: int) -> None:
    """Run a night of good and broken services through the command, and look at all of them."""
    make_services(folder, 1)
    (folder / "service-00.toml").unlink()
    good = {f"good-{i:04d}" for i in range(n_good)}
    for name in good:
        (folder / f"{name}.toml").write_text(config_of(title=name, seed=int(name[5:])))
    broken = {}
    ways = list(WAYS.items())
    for i in range(n_broken):
        way, outcome = ways[i % len(ways)]
        name = f"broken-{way.__name__.replace('_', '-')}-{i}"
        way(folder, name)
        broken[name] = outcome
    got = call(capsys, "-q", "night", folder, "--state-dir", state, "--output", "json")
    answer = json.loads(got.out)
    records = {record["service"]: record for record in answer["services"]}

    assert got.code == 1
    assert set(records) == good | set(broken)
    assert {records[name]["outcome"] for name in good} <= {"changed", "unchanged"}
    assert broken == {name: records[name]["outcome"] for name in broken}
    for name in broken:
        assert records[name]["why"], name
        assert records[name]["next_step"], name
        assert name in records[name]["why"] + records[name]["next_step"], name
    assert all(records[name]["run"] for name in good)
    assert answer["headline"].startswith(f"{n_broken} of {n_good + n_broken:,} services need")


def test_of_fifty_services_with_ten_broken_in_ten_ways_forty_are_done(tmp_path, capsys):
    check_a_night(tmp_path / "services", tmp_path / "state", capsys, n_good=40, n_broken=10)


@pytest.mark.nightly
def test_of_two_thousand_services_four_hundred_broken_the_rest_is_done(tmp_path, capsys):
    check_a_night(tmp_path / "services", tmp_path / "state", capsys, n_good=1_600, n_broken=400)


def test_an_error_that_nobody_foresaw_leaves_its_traceback_in_a_file(tmp_path, capsys):
    folder = tmp_path / "services"
    folder.mkdir()
    (folder / "odd.toml").write_text(config_of(title="unforeseen"))
    got = call(capsys, "night", folder, "--state-dir", tmp_path / "state")
    (trace,) = (tmp_path / "state").glob("nights/*/services/*.traceback.txt")

    assert got.code == 1
    assert "ZeroDivisionError: a bug" in got.out
    assert str(trace) in got.out
    assert "Traceback" not in got.out + got.err
    assert "tune_or_not" in trace.read_text()


def test_memory_does_not_grow_with_the_number_of_services(tmp_path):
    folder = make_services(tmp_path / "services", 9)
    held: list[int] = []

    def told(record, done, total):
        gc.collect()
        if done == 3:
            tracemalloc.start()
        if done > 3:
            held.append(tracemalloc.get_traced_memory()[0])

    try:
        run_night(folder, tmp_path / "state", threads=1, told=told)
    finally:
        tracemalloc.stop()
    growth = (held[-1] - held[1]) / (len(held) - 2)

    assert len(held) == 6
    assert growth < 60_000, f"{growth:,.0f} bytes a service"
