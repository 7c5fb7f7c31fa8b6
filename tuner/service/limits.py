"""What the service takes at most: every figure that bounds its work, in one place."""

from __future__ import annotations

from dataclasses import dataclass, fields

from tuner.errors import ConfigurationError, Problem

LARGEST_PAGE_ROWS = 1_000
"""Rows of one page of a list, front or timeline."""

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on requests and jobs, each at least 1.

    Parameters
    ----------
    largest_body_bytes : int
        Of a request.
    deepest_json : int
        Lists and objects within each other.
    body_seconds : int
        In which a request's body must have come.
    most_requests : int
        At work at the same time; one more gets 503.
    most_streams : int
        Event streams at the same time; one more gets 503.
    most_queued : int
        Jobs that wait; one more gets 429.
    most_candidates : int
        That a job of kind tune may try, over its families.
    most_minutes : int
        That a job may ask to run; then it is killed.
    default_minutes : int
        For a job that does not ask.
    job_memory_mebibytes : int
        Of data of one job's process.
    parallel_jobs : int
        Jobs that run at the same time.
    most_crashes : int
        Tries of a job whose process was killed by a signal.
    most_interruptions : int
        Tries of a job that ended because the service did.

    Raises
    ------
    ConfigurationError
        For a figure below 1.
    """

    largest_body_bytes: int = 1_000_000
    deepest_json: int = 64
    body_seconds: int = 20
    most_requests: int = 512
    most_streams: int = 64
    most_queued: int = 1_000
    most_candidates: int = 5_000_000
    most_minutes: int = 720
    default_minutes: int = 60
    job_memory_mebibytes: int = 4_096
    parallel_jobs: int = 1
    most_crashes: int = 3
    most_interruptions: int = 30

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        problems = [
            Problem("at least 1", str(getattr(self, field.name)), field.name, "Raise it.")
            for field in fields(self)
            if getattr(self, field.name) < 1
        ]
        if problems:
            raise ConfigurationError(*problems)

    @property
    def minutes_unless_asked(self) -> int:
        """Minutes of a job that does not ask for any."""
        return min(self.default_minutes, self.most_minutes)
