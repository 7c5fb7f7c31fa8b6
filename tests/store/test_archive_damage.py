"""R8 and R3 for the archive: bit rot is noticed, and a killed writer leaves no half day."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.store.test_archive import BEGIN, END, SEED, cpu, filled, series
from tuner.errors import ResultFileError
from tuner.store.archive import Archive

FLIPS = [100, pytest.param(2_500, marks=pytest.mark.nightly)]


def read_all(state: Path) -> tuple:
    archive = Archive(state)
    return (
        [archive.read(name, BEGIN, END).values.tolist() for name in archive.names()],
        archive.groups(),
        archive.read_activities("web", BEGIN, END),
        archive.read_alarm_changes("web", BEGIN, END),
    )


@pytest.mark.parametrize("flips", FLIPS)
def test_no_flipped_bit_of_the_archive_is_silent(tmp_path, flips):
    draw = random.Random(SEED)
    filled(tmp_path / "state")
    expected = read_all(tmp_path / "state")
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    silent = []
    for number in range(flips):
        sizes = [path.stat().st_size for path in files]
        (path,) = draw.choices(files, weights=sizes if number % 2 else None)
        content = path.read_bytes()
        bit = draw.randrange(8 * len(content))
        spoiled = bytearray(content)
        spoiled[bit // 8] ^= 1 << bit % 8
        path.write_bytes(spoiled)
        try:
            read_all(tmp_path / "state")
            silent.append((path.name, bit))
        except ResultFileError as error:
            assert "fetch it again" in str(error)
        finally:
            path.write_bytes(content)
    print(f"{flips} flips over {len(files)} files, {len(silent)} silent, seed {SEED}")

    assert silent == []
    assert read_all(tmp_path / "state") == expected


def test_a_cut_a_lost_and_a_foreign_file_are_refused(tmp_path):
    archive = filled(tmp_path / "state")
    (path, *_) = sorted((tmp_path / "state" / "archive" / "points").rglob("*.parquet"))
    content = path.read_bytes()
    for spoil in (
        lambda: path.write_bytes(content[:-1]),
        path.unlink,
        lambda: (path.write_bytes(content), (path.parent / "more.parquet").write_bytes(content)),
    ):
        spoil()
        with pytest.raises(ResultFileError, match="an undamaged file of the archive"):
            archive.read(cpu(), BEGIN, END)


def test_the_file_of_another_series_is_refused_in_place_of_a_days(tmp_path):
    archive = filled(tmp_path / "state")
    archive.write_day(series(cpu(statistic="Maximum")), BEGIN.date())
    place = tmp_path / "state" / "archive" / "points"
    ours, theirs = (folder for folder in place.iterdir())
    (path,) = (ours / "day=2026-11-17").iterdir()
    (other,) = (theirs / "day=2026-11-17").iterdir()
    path.unlink()
    other.rename(ours / "day=2026-11-17" / other.name)

    with pytest.raises(ResultFileError):
        for name in archive.names():
            archive.read(name, BEGIN, END)


WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tests.store.test_archive import DAY, Archive, cpu, series
archive = Archive(Path(sys.argv[1]))
for k in range(100_000):
    day = DAY + timedelta(days=k % 1000)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    archive.write_day(series(cpu(metric=f"m{k // 1000}"), start=start), day)
    if k == 0:
        print("ready", flush=True)
"""


@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.nightly)])
def test_a_killed_writer_leaves_no_half_day(tmp_path, kills):
    draw = random.Random(SEED)
    n_days = 0
    for number in range(kills):
        state = tmp_path / f"state-{number}"
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(state)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            text=True,
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            try:
                writer.wait(draw.uniform(0.0, 0.3))
            except subprocess.TimeoutExpired:
                os.kill(writer.pid, signal.SIGKILL)
        archive = Archive(state)
        for name in archive.names():
            for day in archive.days(name):
                begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
                assert len(archive.read(name, begin, begin + timedelta(days=1)).begins) == 1440
                n_days += 1
    print(f"{kills} kills, {n_days} whole days seen, seed {SEED}")

    assert n_days >= kills
