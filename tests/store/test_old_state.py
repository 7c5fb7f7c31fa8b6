"""Jobs, ledger and archive of earlier versions open, and what is written to them goes on."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.config.archived import GROUP, requests
from tests.store.old_state import BEGIN, DAY, VALUES
from tuner.deployment.ledger import Ledger
from tuner.errors import ResultFileError
from tuner.service.job_table import JobTable
from tuner.store.archive import Archive
from tuner.store.backup import back_up

OLD = Path(__file__).parent / "state-1"


@pytest.fixture(params=["as it is", "from a backup"])
def old(request, tmp_path):
    """Give a copy of the state that version 0.1.0 left, by hand and by a backup."""
    place = tmp_path / "old"
    shutil.copytree(OLD, place)
    place.chmod(0o700)
    if request.param == "as it is":
        return place
    back_up(place, tmp_path / "copy")
    return tmp_path / "copy"


def test_jobs_of_version_0_1_0_are_listed_and_taken(old):
    table = JobTable(old / "cliffside.db")
    jobs, total = table.page(state=None, offset=0, limit=9)
    waiting = table.claim()
    table.close()

    assert total == 2
    assert [job.state for job in jobs] == ["queued", "failed"]
    assert jobs[1].reason == "The config was wrong."
    assert waiting is not None
    assert waiting.job == jobs[0].job


def test_the_ledger_of_version_0_1_0_is_read_and_goes_on(old):
    before = Ledger(old).entries()
    Ledger(old).append("undo begun", "2026-11-25T10:00:00Z", {})

    assert [entry.event for entry in before] == ["apply begun", "apply ended"]
    assert len(Ledger(old).entries()) == 3


def test_closed_days_of_version_0_1_0_are_read(old):
    archive, end = Archive(old), BEGIN + timedelta(days=1)

    assert archive.names() == (requests(),)
    assert archive.days(requests()) == (DAY,)
    assert archive.read(requests(), BEGIN, end).values.tolist() == VALUES.tolist()
    assert [each.kind for each in archive.read_activities(GROUP, BEGIN, end)] == ["launch"]


def test_jobs_of_a_later_version_are_refused_in_words(old):
    with closing(sqlite3.connect(old / "cliffside.db")) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(ResultFileError, match="version 99"):
        JobTable(old / "cliffside.db")
