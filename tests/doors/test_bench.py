"""`bench` by the real door: measure, save, compare, and what is said without a checkout."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace

import pytest

from benchmarks import measure
from benchmarks.bodies import BODIES
from benchmarks.sizes import SIZES, SMALL
from tests.doors.command import call


@pytest.fixture
def tiny(monkeypatch):
    """The bench at a size of nearly nothing."""
    size = replace(SMALL, n_candidates=64, n_shapes=2, n_trials=2, n_thresholds=1, rounds=2)
    monkeypatch.setitem(SIZES, "small", size)


def saved(path, factor: float = 1.0, minutes: int = 5) -> str:
    seconds = tuple(factor * 0.1 * (1 + k / 1000) for k in range(10))
    body = measure.Measured(seconds, 1_000, "candidate-minutes", {"host_minutes": minutes})
    measure.write(path, measure.Save("small", "2026-11-24", {"cpu": "Some"}, {"step": body}))
    return str(path)


def test_it_measures_every_body_and_saves_what_it_prints(capsys, tmp_path, tiny):
    save = tmp_path / "save.json"

    got = call(capsys, "bench", "--save", save, "--output", "json")

    answer = json.loads(got.out)
    assert (got.code, answer["schema"], list(answer["bodies"])) == (
        0,
        "cliffside.bench/1",
        list(BODIES),
    )
    assert [len(body["seconds"]) for body in answer["bodies"].values()] == [2] * len(BODIES)
    assert answer == json.loads(save.read_text())
    assert "benchmark: numpy\n" in got.err


def test_the_table_has_rates_and_ratios(capsys, tiny):
    got = call(capsys, "-q", "bench")

    assert (got.code, got.err) == (0, "")
    assert "candidate-minutes a second" in got.out
    assert "simple / one-run" in got.out


@pytest.mark.parametrize(
    ("factor", "code", "word"),
    [(1.0, 0, "no difference"), (1.3, 3, "slower"), (0.7, 0, "faster")],
)
def test_two_saves_are_compared(capsys, tmp_path, factor, code, word):
    before = saved(tmp_path / "a.json")
    after = saved(tmp_path / "b.json", factor)

    got = call(capsys, "bench", "--compare", before, after)

    assert code == got.code
    assert f"step  {word}: {factor:.3f} times the time (95 % " in got.out


def test_a_changed_answer_is_a_gate_too(capsys, tmp_path):
    before, after = saved(tmp_path / "a.json"), saved(tmp_path / "b.json", minutes=6)

    got = call(capsys, "bench", "--compare", before, after, "--output", "json")

    assert (got.code, json.loads(got.out)["rows"][0]["verdict"]) == (3, "another answer")


def test_a_file_that_is_no_save_is_wrong_input(capsys, tmp_path):
    before, other = saved(tmp_path / "a.json"), tmp_path / "other.json"
    other.write_text("{}")

    got = call(capsys, "bench", "--compare", before, other)

    assert (got.code, got.out) == (2, "")
    assert "other.json: expected a file of `cliffside bench --save`" in got.err


def test_comparing_and_saving_at_once_is_wrong_usage(capsys, tmp_path):
    path = saved(tmp_path / "a.json")

    got = call(capsys, "bench", "--compare", path, path, "--save", path)

    assert (got.code, "--compare measures nothing" in got.err) == (2, True)


def test_an_installation_without_the_folder_says_what_is_needed(capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    got = call(capsys, "bench")

    assert (got.code, got.out) == (2, "")
    assert "expected the folders benchmarks/ and tests/ of a source checkout" in got.err
    assert "make bench" in got.err


def test_another_package_called_benchmarks_is_not_run(capsys, monkeypatch, tmp_path):
    (tmp_path / "benchmarks").mkdir()
    spec = importlib.util.spec_from_file_location(
        "benchmarks", tmp_path / "x.py", submodule_search_locations=[str(tmp_path / "benchmarks")]
    )
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)

    got = call(capsys, "bench")

    assert (got.code, "of a source checkout" in got.err) == (2, True)
