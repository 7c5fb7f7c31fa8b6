"""The jobs, in SQLite: what was acknowledged is on the disk.

One connection, one lock. A try ends a job only while the job is running under the number of that
try, so that no end is recorded twice.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tuner.errors import Problem, ResultFileError
from tuner.service.job import ENDED, Job, JobEnd, JobEvent, State
from tuner.service.job_rows import COLUMNS, TABLES, VERSION, get_job, job_of, now_utc, tell


class QueueFullError(Exception):
    """As many jobs wait as may."""


class OtherRequestError(Exception):
    """An Idempotency-Key came again with another request."""


class JobTable:
    """The table of jobs.

    Parameters
    ----------
    path : Path
        The database; made where it is empty.

    Raises
    ------
    ResultFileError
        When it is damaged, or a later version of cliffside made it.
    """

    def __init__(self, path: Path) -> None:
        self.changes = 0
        """Grows with every change, so that who waits need not ask the database."""

        self._lock = threading.Lock()
        self._path = path
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise self._unusable(str(error)) from error

    def _open(self) -> None:
        """Connect, and make the tables where there are none."""
        self._db = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        for setting in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
            self._db.execute(f"PRAGMA {setting}")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._db.executescript(f"BEGIN;{TABLES}PRAGMA user_version={VERSION};COMMIT;")
        elif version != VERSION:
            raise self._unusable(f"version {version}")

    def _unusable(self, got: str) -> ResultFileError:
        """Say that the database cannot be used."""
        return ResultFileError(
            Problem(
                f"a database of jobs, version {VERSION}",
                got,
                str(self._path),
                "Use the version of cliffside that made it, or name another --state-dir.",
            )
        )

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def check(self) -> None:
        """Make sure that the database answers."""
        with self._lock:
            self._db.execute("SELECT 1 FROM jobs LIMIT 1").fetchone()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """Do the block as one transaction."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self.changes += 1

    def submit(
        self, *, key: str, kind: str, service: str, request: dict[str, Any], most_queued: int
    ) -> tuple[Job, bool]:
        """Put a job at the end of the queue; the same key gives the same job.

        Parameters
        ----------
        key : str
            The client's Idempotency-Key.
        kind, service : str
            As in `Job`.
        request : dict of str to object
            As in `Job`; plain JSON.
        most_queued : int
            Jobs that may wait.

        Returns
        -------
        tuple of Job and bool
            The job, and whether it is new.

        Raises
        ------
        OtherRequestError
            When the key came before with another request.
        QueueFullError
            When as many wait as may.
        """
        text = json.dumps(request, sort_keys=True, allow_nan=False)
        with self._change() as db:
            row = db.execute(f"SELECT {COLUMNS} FROM jobs WHERE key = ?", (key,)).fetchone()
            if row is not None:
                if (row["kind"], row["service"], row["request"]) != (kind, service, text):
                    raise OtherRequestError
                return job_of(row), False
            waiting = db.execute("SELECT count(*) FROM jobs WHERE state = 'queued'").fetchone()[0]
            if waiting >= most_queued:
                raise QueueFullError
            job = secrets.token_hex(16)
            db.execute(
                "INSERT INTO jobs (job, key, kind, service, request, state, created_utc) "
                "VALUES (?, ?, ?, ?, ?, 'queued', ?)",
                (job, key, kind, service, text, now_utc()),
            )
            tell(db, job, "queued", f"{kind} of {service} waits.")
            return get_job(db, job), True

    def find(self, job: str) -> Job | None:
        """Give a job; None where there is none."""
        with self._lock:
            row = self._db.execute(f"SELECT {COLUMNS} FROM jobs WHERE job = ?", (job,)).fetchone()
        return None if row is None else job_of(row)

    def page(self, *, state: State | None, offset: int, limit: int) -> tuple[list[Job], int]:
        """Give some jobs, the newest first, and how many there are.

        Parameters
        ----------
        state : str or None
            Only those in this state.
        offset, limit : int
            How many are left out, and given at most.
        """
        where, values = ("", ()) if state is None else ("WHERE state = ?", (state,))
        with self._lock:
            total = self._db.execute(f"SELECT count(*) FROM jobs {where}", values).fetchone()[0]
            rows = self._db.execute(
                f"SELECT {COLUMNS} FROM jobs {where} ORDER BY number DESC LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
        return [job_of(row) for row in rows], total

    def counts(self) -> dict[str, int]:
        """Count the jobs by state."""
        with self._lock:
            rows = self._db.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall()
        return {row[0]: row[1] for row in rows}

    def events(self, job: str, *, after: int, limit: int = 500) -> list[JobEvent]:
        """Give the events of a job, the oldest first.

        Parameters
        ----------
        job : str
            Its id.
        after : int
            Number of the last event that is known.
        limit : int
            How many at most.
        """
        with self._lock:
            rows = self._db.execute(
                "SELECT number, kind, at_utc, words FROM events WHERE job = ? AND number > ? "
                "ORDER BY number LIMIT ?",
                (job, after, limit),
            ).fetchall()
        return [JobEvent(*row) for row in rows]

    def claim(self) -> Job | None:
        """Take the job that has waited longest; None where none waits."""
        with self._change() as db:
            row = db.execute(
                "SELECT job FROM jobs WHERE state = 'queued' ORDER BY number LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            db.execute(
                "UPDATE jobs SET state = 'running', attempt = attempt + 1, started_utc = ? "
                "WHERE job = ?",
                (now_utc(), row["job"]),
            )
            job = get_job(db, row["job"])
            tell(db, job.job, "running", f"Try {job.attempt} runs.")
            return job

    def say(self, job: str, words: str) -> None:
        """Add an event of progress."""
        with self._change() as db:
            tell(db, job, "progress", words)

    def end(self, job: Job, end: JobEnd) -> bool:
        """Record the end of a job, once.

        Parameters
        ----------
        job : Job
            As it was claimed.
        end : JobEnd
            How it ended.

        Returns
        -------
        bool
            False where the job no longer runs under this try: nothing was recorded.
        """
        with self._change() as db:
            done = db.execute(
                "UPDATE jobs SET state = ?, exit_code = ?, run = ?, reason = ?, finished_utc = ? "
                "WHERE job = ? AND state = 'running' AND attempt = ?",
                (end.state, end.exit_code, end.run, end.reason, now_utc(), job.job, job.attempt),
            ).rowcount
            if done:
                tell(db, job.job, end.state, end.reason or f"Ended: {end.state}.")
            return bool(done)

    def again(self, job: Job, *, crashed: bool, words: str) -> bool:
        """Put a job whose try ended early back into the queue, at its old place.

        Parameters
        ----------
        job : Job
            As it was claimed.
        crashed : bool
            Whether its process was killed; else the service ended.
        words : str
            What happened.
        """
        column = "crashes" if crashed else "interruptions"
        with self._change() as db:
            done = db.execute(
                f"UPDATE jobs SET state = 'queued', {column} = {column} + 1 "
                "WHERE job = ? AND state = 'running' AND attempt = ?",
                (job.job, job.attempt),
            ).rowcount
            if done:
                tell(db, job.job, "again", words)
            return bool(done)

    def cancel(self, job: str) -> Job | None:
        """Ask for the end of a job: one that waits ends at once. None where there is none."""
        with self._change() as db:
            row = db.execute(f"SELECT {COLUMNS} FROM jobs WHERE job = ?", (job,)).fetchone()
            if row is None:
                return None
            found = job_of(row)
            if found.state in ENDED or found.is_cancelled:
                return found
            waits = found.state == "queued"
            db.execute(
                "UPDATE jobs SET is_cancelled = 1, state = ?, finished_utc = ? WHERE job = ?",
                ("cancelled" if waits else "running", now_utc() if waits else None, job),
            )
            tell(db, job, "cancelled" if waits else "cancelling", "Cancelled on request.")
            return get_job(db, job)
