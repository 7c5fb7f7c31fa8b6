"""Old nights and what a service kept of ended jobs go with `runs prune`, and only when asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.doors.command import call
from tuner.errors import StoreError
from tuner.night.prune import prunable_nights, remove_nights
from tuner.night.state import NightFolder, NightLock, nights
from tuner.service.job import JobEnd
from tuner.service.job_table import JobTable
from tuner.service.state import DATABASE, JOBS
from tuner.store import prune_jobs
from tuner.store.prune_jobs import prunable_jobs, remove_job

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def night_at(state: Path, *, days_ago: float, finished: bool = True) -> str:
    """Keep a night that began that many days ago, and give its name."""
    then = NOW - timedelta(days=days_ago)
    night = NightFolder(state / "nights" / f"{then:%Y-%m-%d}")
    night.begin(then)
    if finished:
        night.finish({"schema": "x"}, text="x", page="x")
    return night.name


def names(state: Path, **given) -> list[str]:
    return [each.run for each in prunable_nights(state, now=NOW, **given)]


def test_so_many_of_the_newest_nights_stay(tmp_path):
    kept = [night_at(tmp_path, days_ago=days) for days in (1, 2, 3)]

    assert names(tmp_path, keep=2) == [kept[2]]
    assert names(tmp_path, keep=3) == []


def test_by_age_the_newest_night_stays_however_old(tmp_path):
    kept = [night_at(tmp_path, days_ago=days) for days in (40, 50)]

    assert names(tmp_path, before=NOW - timedelta(days=30)) == [kept[1]]
    assert names(tmp_path, before=NOW - timedelta(days=30), keep=2) == []


def test_an_interrupted_night_goes_by_age_and_not_while_it_can_go_on(tmp_path):
    night_at(tmp_path, days_ago=0.5, finished=False)
    old = night_at(tmp_path, days_ago=3, finished=False)

    assert names(tmp_path, keep=1) == []
    assert names(tmp_path, before=NOW) == [old]


def test_nights_are_removed_whole_and_not_while_one_goes_on(tmp_path):
    kept = [night_at(tmp_path, days_ago=days) for days in (1, 2)]
    found = prunable_nights(tmp_path, now=NOW, keep=1)
    with NightLock(tmp_path, NOW), pytest.raises(StoreError, match="still goes on"):
        remove_nights(tmp_path, found, now=NOW)
    assert len(nights(tmp_path)) == 2

    remove_nights(tmp_path, found, now=NOW)
    assert [night.name for night in nights(tmp_path)] == kept[:1]


def ended_job(state: Path, key: str, *, ends: bool = True) -> str:
    """Let a service keep what a job printed, and give the job's id."""
    state.mkdir(exist_ok=True)
    table = JobTable(state / DATABASE)
    table.submit(key=key, kind="tune", service="shop", request={}, most_queued=9)
    job = table.claim()
    assert job is not None
    folder = state / JOBS / job.job / "try-1"
    folder.mkdir(parents=True)
    (folder / "stdout").write_text("{}")
    if ends:
        table.end(job, JobEnd("failed", 1, reason="x"))
    table.close()
    return job.job


def test_what_a_service_kept_of_ended_jobs_goes_by_age_and_the_list_stays(tmp_path):
    job, running = ended_job(tmp_path, "a"), ended_job(tmp_path, "b", ends=False)
    late = datetime.now(UTC) + timedelta(hours=1)
    found = prunable_jobs(tmp_path, before=late)

    assert (prune_jobs.JOBS, prune_jobs.DATABASE) == (JOBS, DATABASE)
    assert prunable_jobs(tmp_path, before=None) == []
    assert prunable_jobs(tmp_path, before=late - timedelta(days=1)) == []
    assert [(each.run, each.service, each.kind, each.size) for each in found] == [
        (job, "shop", "job", 2)
    ]
    remove_job(tmp_path, found[0])
    table = JobTable(tmp_path / DATABASE)
    assert table.find(job) is not None
    table.close()
    assert [path.name for path in (tmp_path / JOBS).iterdir()] == [running]
    assert prunable_jobs(tmp_path, before=late) == []


def test_the_verb_shows_all_kinds_and_removes_them_only_when_asked(tmp_path, capsys):
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    kept = [night_at(state, days_ago=days) for days in (100, 200)]
    job = ended_job(state, "a")
    command = ("runs", "prune", "--older-than", "2099-01-01T00:00:00Z", "--state-dir", state)
    shown = call(capsys, *command)
    removed = json.loads(call(capsys, *command, "--yes", "--output", "json").out)

    assert kept[1] in shown.out
    assert "Nothing was removed" in shown.err
    assert [(row["run"], row["kind"]) for row in removed["runs"]] == [
        (kept[1], "night"),
        (job, "job"),
    ]
    assert [night.name for night in nights(state)] == kept[:1]
    assert list((state / JOBS).iterdir()) == []


def test_a_list_of_jobs_that_cannot_be_read_is_told(tmp_path, capsys):
    state = tmp_path / "state"
    (state / JOBS).mkdir(parents=True)
    state.chmod(0o700)
    (state / DATABASE).write_text("no database, but a text that is long enough to be one")
    got = call(capsys, "runs", "prune", "--older-than", "1d", "--state-dir", state)

    assert got.code == 2
    assert "a list of jobs" in got.err
