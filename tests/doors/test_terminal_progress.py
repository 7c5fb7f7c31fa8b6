"""How far a search is: total, percentage, rate and what is left, where the total is known."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console
from rich.progress import Progress

from tests.doors.command import CONF42
from tuner.cli import progress
from tuner.cli.progress import Bar, StatusLines, progress_bar
from tuner.cli.show import Facts, Heading, column_widths, plain_lines
from tuner.config import load_job
from tuner.report.tables import Column, Table
from tuner.tune import tune


@pytest.fixture
def clock(monkeypatch):
    """A clock that is moved by hand."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_a_status_line_comes_every_ten_seconds_and_no_sooner(clock, capsys):
    line = StatusLines("Simulating")
    line.expect(100_000_000)
    for second in range(1, 26):
        clock[0] = float(second)
        line(2_000_000)
    told = capsys.readouterr().err.splitlines()

    assert told == [
        "Simulating candidate-minutes: 22%, 22 of 100 million, 2.0 million/s, 39 s left",
        "Simulating candidate-minutes: 44%, 44 of 100 million, 2.0 million/s, 28 s left",
    ]


def test_without_a_total_the_count_and_rate_are_told(clock, capsys):
    line = StatusLines("Simulating")
    clock[0] = 20.0
    line(50_000_000)

    assert capsys.readouterr().err == ("Simulating candidate-minutes: 50 million, 2.5 million/s\n")


def test_the_bar_knows_total_and_rate(clock):
    with Progress(console=Console(file=io.StringIO())) as shown:
        bar = Bar(shown, "Simulating")
        bar.expect(100_000_000)
        clock[0] = 2.0
        bar(25_000_000)
        task = shown.tasks[0]

        assert task.percentage == 25.0
        assert task.fields["rate"] == "25 of 100 million, 12 million/s"


def test_a_bar_begins_anew_and_never_passes_its_end(clock):
    with Progress(console=Console(file=io.StringIO())) as shown:
        bar = Bar(shown, "Simulating")
        bar.expect(100_000_000)
        clock[0] = 2.0
        bar(100_000_000)
        task = shown.tasks[0]

        assert (task.percentage, task.finished) == (100.0, True)
        bar(-100_000_000)

        assert (task.percentage, task.finished) == (0.0, False)
        assert task.total == 100_000_000
        clock[0] = 4.0
        bar(25_000_000)

        assert task.percentage == 25.0
        assert task.fields["rate"] == "25 of 100 million, 12 million/s"


def test_status_lines_begin_anew(clock, capsys):
    line = StatusLines("Simulating")
    line.expect(100_000_000)
    line(100_000_000)
    clock[0] = 50.0
    line(-100_000_000)
    clock[0] = 70.0
    line(50_000_000)
    told = capsys.readouterr().err.splitlines()

    assert told == [
        "Simulating candidate-minutes: 50%, 50 of 100 million, 2.5 million/s, 20 s left"
    ]


def test_off_a_terminal_there_is_no_bar(capsys):
    with progress_bar("Simulating") as told:
        assert isinstance(told, StatusLines)


def test_what_is_expected_is_what_is_done():
    expected: list[int] = []
    done: list[int] = []
    tuning = tune(load_job(CONF42), progress=done.append, expect=expected.append)

    assert expected == [250 * 98]
    assert sum(done) == 250 * 98
    assert tuning.result.n_candidates == 250


def table(*rows: tuple[str, ...]) -> Table:
    head = (
        Column("Shape", is_number=False),
        Column("Host minutes"),
        Column("Where", is_number=False),
    )
    return Table(caption="A table", head=head, rows=rows)


def test_heads_are_folded_before_cells_and_last_texts_are_cut():
    wide = table(("a", "1,234,567", "x" * 60))

    assert column_widths(wide, 200) == ([5, 12, 60], 2)
    assert column_widths(wide, 60) == ([5, 12, 39], 2)
    assert column_widths(wide, 42) == ([5, 9, 24], 2)
    assert column_widths(wide, 41) == ([5, 9, 25], 1)
    assert column_widths(table(("a", "1", "b")), 10) == ([5, 7, 5], 1)


def test_plain_blocks_are_aligned():
    blocks = (Heading("Head"), "words", Facts((("A", "one"), ("", "two"))), table(("a", "7", "b")))
    lines = [line for block in blocks for line in plain_lines(block)]

    assert lines == [
        "",
        "Head",
        "words",
        "A  one",
        "   two",
        "A table",
        "  Shape  Host minutes  Where",
        "  a                 7  b",
    ]
    assert not any(re.search(r" $", line) for line in lines)
