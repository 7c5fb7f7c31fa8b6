"""What a service kept of its jobs' tries, and its removal; the list of jobs itself stays."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from tuner.errors import Problem, ResultFileError
from tuner.store.files import cannot_write
from tuner.store.prune import Prunable, size_of

JOBS, DATABASE = "jobs", "cliffside.db"
_ENDED = "SELECT job, service, finished_utc FROM jobs WHERE finished_utc IS NOT NULL"
_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)


def prunable_jobs(state: Path, *, before: datetime | None) -> list[Prunable]:
    """List the ended jobs whose folders may go, the one that ended last first.

    Parameters
    ----------
    state : Path
        The state folder.
    before : datetime or None
        Only jobs that ended before; None: none go, since jobs have no number to keep.

    Raises
    ------
    ResultFileError
        When the list of jobs cannot be read.
    """
    path = state / DATABASE
    if before is None or not (state / JOBS).is_dir() or not path.is_file():
        return []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute(_ENDED).fetchall()
    except sqlite3.Error as error:
        raise ResultFileError(
            Problem("a list of jobs", str(error), str(path), "Look at it with `serve`.")
        ) from error
    ended = sorted(
        ((datetime.fromisoformat(at), job, service) for job, service, at in rows), reverse=True
    )
    return [
        Prunable(run=job, service=service, kind="job", size=size_of(state / JOBS / job))
        for at, job, service in ended
        if at < before and _NAME.fullmatch(job) and _folder(state, job).is_dir()
    ]


def remove_job(state: Path, prunable: Prunable) -> None:
    """Remove the folder of an ended job.

    Parameters
    ----------
    state : Path
        The state folder.
    prunable : Prunable
        From `prunable_jobs`.

    Raises
    ------
    StoreError
        When it cannot be removed.
    """
    folder = _folder(state, prunable.run)
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error


def _folder(state: Path, job: str) -> Path:
    """Name the folder of a job."""
    return state / JOBS / job
