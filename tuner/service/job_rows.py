"""Tables of the jobs in SQLite, and the records of their rows."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime

from tuner.service.job import Job
from tuner.store.runs import utc_text

VERSION = 1
TABLES = """
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    service TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    created_utc TEXT NOT NULL,
    started_utc TEXT,
    finished_utc TEXT,
    attempt INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,
    interruptions INTEGER NOT NULL DEFAULT 0,
    is_cancelled INTEGER NOT NULL DEFAULT 0,
    exit_code INTEGER,
    run TEXT,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX jobs_by_state ON jobs (state, number);
CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL,
    kind TEXT NOT NULL,
    at_utc TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX events_by_job ON events (job, number);
"""
COLUMNS = (
    "job, kind, service, request, state, created_utc, started_utc, finished_utc, attempt, crashes, "
    "interruptions, is_cancelled, exit_code, run, reason"
)


def get_job(db: sqlite3.Connection, job: str) -> Job:
    """Give a job that is there."""
    return job_of(db.execute(f"SELECT {COLUMNS} FROM jobs WHERE job = ?", (job,)).fetchone())


def job_of(row: sqlite3.Row) -> Job:
    """Make the record of a row."""
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118
    values["request"] = json.loads(values["request"])
    values["is_cancelled"] = bool(values["is_cancelled"])
    return Job(**values)


def tell(db: sqlite3.Connection, job: str, kind: str, words: str) -> None:
    """Add an event.

    Parameters
    ----------
    db : sqlite3.Connection
        In a transaction.
    job, kind, words : str
        Id of the job, and as in `JobEvent`.
    """
    db.execute(
        "INSERT INTO events (job, kind, at_utc, words) VALUES (?, ?, ?, ?)",
        (job, kind, now_utc(), words),
    )


def now_utc() -> str:
    """Give the time in UTC as RFC 3339."""
    return utc_text(datetime.now(UTC))
