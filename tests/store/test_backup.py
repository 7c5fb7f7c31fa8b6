"""A state folder is copied while everything writes to it, and the copy opens."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.config.archived import requests, write_days
from tests.doors.command import call
from tests.store.made_up import ORIGIN
from tuner.deployment.ledger import Ledger
from tuner.errors import ConfigurationError, StoreError
from tuner.night.night import run_night
from tuner.night.services import Service
from tuner.night.state import nights
from tuner.service.job_table import JobTable
from tuner.store.archive import Archive
from tuner.store.backup import back_up
from tuner.store.files import write_text
from tuner.store.manifest import OK, file_state, read_manifest
from tuner.store.run_writer import new_run, utc_now
from tuner.store.runs import list_runs, list_started

OLD = Path(__file__).parents[1] / "night" / "state-1"
FIRST_DAY = date(2026, 1, 1)


@pytest.fixture
def state(tmp_path):
    """Give a state folder with a run and a night, a job, a line of the ledger and a closed day."""
    place = tmp_path / "state"
    shutil.copytree(OLD / "state", place)
    place.chmod(0o700)
    submit(JobTable(place / "cliffside.db"), 0)
    Ledger(place).append("begun", "2026-11-24T00:00:00Z", {})
    write_days(place, 1)
    (place / "fidelity").mkdir()
    (place / "fidelity" / "verifications.jsonl").write_text('{"a": 1}\n{"half')
    return place


def submit(table: JobTable, number: int) -> None:
    table.submit(
        key=f"key-{number}", kind="tune", service="shop", request={"n": number}, most_queued=10**6
    )


def write_run(state: Path, number: int) -> None:
    run = new_run(state, ORIGIN)
    folder = run.folder()
    run.save_part("trials", f"part {number}".encode())
    write_text(folder / "trials.parquet", f"trials {number}" * 1_000)
    (folder / "artifacts").mkdir()
    (folder / "artifacts" / "copy").hardlink_to(folder / "trials.parquet")
    write_text(folder / "recommendation.json", "{}")
    run.finish(verdict="keep", exit_code=0)


@contextmanager
def busy(*writers: Callable[[int], object]) -> Iterator[list[int]]:
    """Let writers write, one after the other again and again, each in its own thread."""
    ended, written, errors = threading.Event(), [0] * len(writers), []

    def write(i: int) -> None:
        try:
            for number in count(1):
                if ended.is_set():
                    return
                writers[i](number)
                written[i] = number
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(i,)) for i in range(len(writers))]
    for thread in threads:
        thread.start()
    try:
        yield written
    finally:
        ended.set()
        for thread in threads:
            thread.join()

    assert errors == []


def check_copy(copy: Path) -> None:
    """Open everything in a copy, as a program that begins on it does."""
    for listed in list_runs(copy):
        folder = copy / "runs" / listed.run
        manifest = read_manifest(folder)
        assert {file_state(folder, *each) for each in manifest.files.items()} == {OK}
    assert list_started(copy) == []
    entries = Ledger(copy).entries()
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    for name in Archive(copy).names():
        for day in Archive(copy).days(name):
            begin = utc_now().replace(year=day.year, month=day.month, day=day.day, hour=0)
            Archive(copy).read(name, begin, begin + timedelta(hours=1))


def test_a_copy_that_is_taken_while_everything_writes_opens_whole(state, tmp_path):
    table = JobTable(state / "cliffside.db")
    writers = (
        lambda number: submit(table, number),
        lambda number: Ledger(state).append("step", "2026-11-24T00:00:00Z", {"n": number}),
        lambda number: write_run(state, number),
        lambda number: write_days(state, 1, last=FIRST_DAY + timedelta(days=number)),
    )
    with busy(*writers) as written:
        copies = [tmp_path / f"copy-{i}" for i in range(5)]
        for copy in copies:
            before = list(written)
            made = back_up(state, copy)

            check_copy(copy)
            copied = JobTable(copy / "cliffside.db")
            assert copied.counts()["queued"] >= before[0]
            copied.close()
            assert len(Ledger(copy).entries()) >= before[1]
            assert made.runs == len(list_runs(copy)) >= before[2]
            assert made.left_out == ()
            assert len(Archive(copy).days(requests())) >= before[3]
    table.close()

    assert min(written) > 0
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_nights_are_copied_and_the_next_night_of_the_copy_goes_on_from_them(
    state, tmp_path, monkeypatch
):
    monkeypatch.setattr("tuner.report.html.render_report", lambda *_: "<title>report</title>")
    copy = tmp_path / "copy"
    back_up(state, copy)
    (night,) = nights(copy)
    folder = tmp_path / "services"
    folder.mkdir()
    shutil.copy(OLD / "ramp.toml", folder / "ramp.toml")
    (record,) = run_night(folder, copy, threads=1).services

    assert night.is_finished
    assert night.read(Service("ramp", Path("ramp.toml"))) is not None
    assert record.last_night is not None
    assert record.last_night.night == "2026-11-24"


def test_half_a_line_and_locks_and_runs_that_go_on_are_left_out(state, tmp_path):
    run = new_run(state, ORIGIN)
    run.folder()
    back_up(state, tmp_path / "copy")
    run.close()
    names = {path.name for path in (tmp_path / "copy").rglob("*")}

    assert (tmp_path / "copy" / "fidelity" / "verifications.jsonl").read_text() == '{"a": 1}\n'
    assert run.run not in names
    assert not {name for name in names if name == "lock" or name.endswith((".lock", "-wal"))}


def test_a_file_of_two_names_is_copied_once(state, tmp_path):
    write_run(state, 1)
    back_up(state, tmp_path / "copy")
    (linked,) = (tmp_path / "copy" / "runs").glob("*/artifacts/copy")

    assert linked.stat().st_nlink == 2


def test_a_damaged_run_is_left_out_and_told(state, tmp_path, capsys):
    write_run(state, 1)
    damaged = next((state / "runs").glob("*-check-out-*"))
    (damaged / "trials.parquet").write_text("x")
    got = call(capsys, "runs", "backup", tmp_path / "copy", "--state-dir", state)

    assert got.code == 0
    assert "1 run," in got.out
    assert f"Left out, damaged or gone meanwhile: {damaged.name}" in got.err
    assert not (tmp_path / "copy" / "runs" / damaged.name).exists()


def test_a_copy_that_cannot_be_made_leaves_nothing(state, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tuner.store.backup._copy_folder", full)
    with pytest.raises(StoreError, match="No space left"):
        back_up(state, tmp_path / "copy")

    assert [path.name for path in tmp_path.iterdir()] == ["state"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [("there", "a new folder"), ("state/copy", "a folder outside")],
)
def test_a_place_that_cannot_be_is_refused_in_words(state, tmp_path, target, expected):
    (tmp_path / "there").mkdir()
    with pytest.raises(ConfigurationError, match=f"expected {expected}"):
        back_up(state, tmp_path / target)


def test_what_is_no_state_folder_is_refused_in_words(tmp_path):
    with pytest.raises(ConfigurationError, match="expected a state folder"):
        back_up(tmp_path / "nowhere", tmp_path / "copy")
