"""What a person sees: colour and tables on a terminal, plain aligned text everywhere else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from tests.doors.command import CONF42, CONFIGS, LOAD_TEST, call
from tuner.cli import words
from tuner.store.files import read_parquet

PROGRAM = [sys.executable, "-c", "from tuner.cli.main import run; run()"]
ESCAPE = "\x1b"
ROBUST = CONFIGS / "conf42-robust.toml"
DEMO = CONFIGS / "demo.toml"
ORDER = ("Traffic", "Simulated", "Recommendation: change", "Cost against safety")
ORDER += ("Behind the choice",)


def on_terminal(*arguments: object, columns: int = 100, **changes: str) -> str:
    """Run the program with both streams on a pseudo-terminal, and give what it shows.

    Parameters
    ----------
    *arguments : object
        What follows the program's name.
    columns : int
        Width of the terminal.
    **changes : str
        Environment variables; those of this process that steer colour are not passed on.
    """
    steering = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "TTY_COMPATIBLE", "COLORTERM")
    environment = {k: v for k, v in os.environ.items() if k not in steering}
    environment |= {"TERM": "xterm", "COLUMNS": str(columns), "LINES": "50"} | changes
    master, slave = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
        env=environment,
    ) as process:
        os.close(slave)
        shown = bytearray()
        while True:
            try:
                part = os.read(master, 65_536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(master)
    assert process.returncode == 0, shown.decode()
    return shown.decode().replace("\r\n", "\n")


def without_colour(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def longest_line(text: str) -> int:
    return max(map(len, text.splitlines()))


@pytest.fixture(scope="module")
def piped(tmp_path_factory):
    folder = tmp_path_factory.mktemp("piped")
    command = [*PROGRAM, "tune", "--config", str(CONF42), "--out", str(folder)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_an_answer_comes_in_the_order_of_the_work(piped):
    lines = piped.splitlines()
    places = [lines.index(heading) for heading in ORDER]

    assert places == sorted(places)
    assert re.search(r"250 candidates × 1 shape of 98 minutes in all, 24,500 candidate-", piped)
    assert "Scale out by 2 above 15 % for 5 minutes" in lines[places[2] + 1]


def test_a_measured_host_comes_first(capsys):
    fit = ["--locust", LOAD_TEST / "cpu_locust_stats_history.csv"]
    fit += ["--cpu", LOAD_TEST / "cpu_server_cpu_1s.csv", "--cpu-column", "server_cpu_pct"]
    lines = call(capsys, "fit", *fit).out.splitlines()

    assert lines[0].startswith("CPU line  1.8 % + 5.791 % per 1,000 rpm")
    assert re.match(r"Cliff     Latency leaves its base for good at 61\.7 % CPU \(95 %", lines[2])
    assert lines[-1].startswith("Left out  211 per-endpoint rows")


def test_numbers_are_rounded(piped, capsys):
    shapes = call(capsys, "shapes", "--config", DEMO).out
    totals = call(capsys, "simulate", "--config", ROBUST).out

    for text in (piped, shapes, totals):
        assert not re.search(r"\d\.\d{3,}", text)
    assert re.search(r"World Cup 1998-06-29 +1 +1,440 +43,481 +225,138 ", shapes)
    assert re.search(r"talk, hold 45m +100\.0 +\d+\.\d +13 +333 ", totals)


def test_columns_stand_under_each_other(capsys):
    lines = call(capsys, "simulate", "--config", ROBUST).out.splitlines()
    ends = {line.rindex(line.split()[-1]) + len(line.split()[-1]) for line in lines[2:]}

    assert len(lines) == 44
    assert len(ends) == 1


def test_a_long_front_is_shortened_and_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(words, "MOST_FRONT_ROWS", 4)
    got = call(capsys, "tune", "--config", ROBUST, "--out", tmp_path).out.splitlines()
    begin = got.index("Cost against safety")
    rows = [line for line in got[begin + 3 :] if re.search(r"  (yes|no)$", line)]
    points = len(read_parquet(tmp_path / "front.parquet")["host_minutes"])

    assert len(rows) == 4
    assert f"{points - 4} more in front.parquet" in got
    assert f"(4 of {points} points)" in got[begin + 1]
    assert sum(line.strip().startswith("R ") for line in rows) == 1


def test_piped_text_has_no_colour_and_is_never_wrapped(piped):
    assert ESCAPE not in piped
    assert longest_line(piped) > 120
    assert not any(line.endswith(" ") for line in piped.splitlines())


def test_a_terminal_gets_colour_tables_and_a_bar(tmp_path):
    shown = on_terminal("tune", "--config", CONF42, "--out", tmp_path)
    plain = without_colour(shown)
    table = plain.split("Traffic\n")[1].split("Written")[0]

    assert "\x1b[31m" in shown  # red: over a limit
    assert "\x1b[1m" in shown  # bold: the row that matters
    assert "Simulating" in plain
    assert "─────" in table
    assert longest_line(table) <= 100


@pytest.mark.parametrize("columns", [80, 200])
def test_tables_fit_the_columns_that_there_are(columns):
    shown = on_terminal("shapes", "--config", DEMO, columns=columns)
    plain = without_colour(shown)

    assert longest_line(plain) <= columns
    assert "225,138" in plain
    assert ("to 1998-07-03" in plain) == (columns == 200)


def test_no_colour_is_obeyed():
    shown = on_terminal("simulate", "--config", CONF42, NO_COLOR="1")

    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", shown)
    assert "─────" in shown


def test_a_dumb_terminal_gets_plain_lines(tmp_path):
    shown = on_terminal("tune", "--config", CONF42, "--out", tmp_path, TERM="dumb")

    assert ESCAPE not in shown
    assert "─" not in shown
    assert "Recommendation: change" in shown.splitlines()


def test_plain_output_never_loads_the_terminal_library(tmp_path):
    code = (
        "import sys\nfrom tuner.cli.main import run\ntry:\n    run()\n"
        "finally:\n    print('rich' in sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "-q", "simulate", "--config", str(CONF42)]
    got = subprocess.run(command, check=True, capture_output=True, text=True)

    assert got.stderr == "False\n"
