"""Instruction counts: what callgrind writes is read, and its absence is said."""

from __future__ import annotations

import subprocess

import pytest

from benchmarks import callgrind
from benchmarks.bodies import BODIES
from benchmarks.callgrind import COUNTED, instructions_of, main

PROFILE = """\
# callgrind format
version: 1
creator: callgrind-3.19.0
pid: 4711
cmd: python -m benchmarks.callgrind
part: 1

desc: Timerange: Basic block 0 - 7000

positions: line
events: Ir
summary: 123456789

ob=(1) /usr/lib/libsome.so
fn=(1) some_function
0 17
calls=3 0
12 totals: 4

totals: 123456800
"""


def test_the_total_is_that_of_the_whole_process():
    assert instructions_of(PROFILE) == 123_456_800


def test_a_profile_without_its_totals_has_the_summary():
    assert instructions_of(PROFILE.partition("\ntotals")[0]) == 123_456_789


def test_a_profile_that_was_cut_off_is_refused():
    with pytest.raises(ValueError, match="without a summary"):
        instructions_of(PROFILE.partition("summary")[0])


def test_a_call_is_counted_by_the_difference_of_two_processes(monkeypatch):
    start, each = 5_000, {"simple": 70, "step": 90}

    def counted(_, calls, __):
        return start + sum(each[name] * number for name, number in calls.items())

    monkeypatch.setattr(callgrind, "_process", lambda *_: None)
    monkeypatch.setattr(callgrind, "_counted", counted)
    monkeypatch.setattr(callgrind.shutil, "which", lambda _: "valgrind")

    assert callgrind.count_all(("simple", "step")) == each


def test_without_valgrind_the_count_says_not_installed(monkeypatch):
    monkeypatch.setattr(callgrind.shutil, "which", lambda _: None)

    assert callgrind.count_all() == "not installed"


def test_a_valgrind_that_fails_is_said_and_ends_nothing(monkeypatch):
    def fails(*_):
        raise subprocess.CalledProcessError(132, "valgrind")

    monkeypatch.setattr(callgrind, "_process", fails)
    monkeypatch.setattr(callgrind.shutil, "which", lambda _: "valgrind")

    assert str(callgrind.count_all()).startswith("installed, but failed: Command 'valgrind'")


def test_the_counted_process_calls_the_bodies_that_it_is_told(monkeypatch):
    called = []

    class Work:
        def __init__(self, name):
            self.call = lambda: called.append(name)

    names = {name: (lambda _, name=name: Work(name)) for name in COUNTED}
    monkeypatch.setattr(callgrind, "BODIES", names)
    monkeypatch.setattr("sys.argv", ["callgrind", "--calls", "step=2", "one-run=1"])
    main()

    assert called == ["step", "step", "one-run"]
    assert set(COUNTED) <= set(BODIES)
