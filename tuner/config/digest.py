"""A digest of a job's inputs: equal for equal contents, wherever the files lie."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from tuner.config.job import Job, RecordedTraffic
from tuner.errors import MissingFileError, Problem


def inputs_digest(job: Job) -> str:
    """Hash everything that a job reads: its config, its load test and its recordings.

    Parameters
    ----------
    job : Job
        From `tuner.config.load_job`.

    Returns
    -------
    str
        SHA-256 in hexadecimal, of the digests of the files in the order in which the job names
        them. Another path with the same content gives the same digest.

    Raises
    ------
    MissingFileError
        When a file is no longer there.
    """
    whole = hashlib.sha256()
    for path in _inputs(job):
        try:
            with path.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            reason = error.strerror or str(error)
            raise MissingFileError(
                Problem("a file that can be read", reason, str(path), "Check the path.")
            ) from error
    return whole.hexdigest()


def _inputs(job: Job) -> Iterator[Path]:
    """Name every file that a job reads, each time that it is named."""
    yield job.path
    if job.load_test is not None:
        source = job.load_test
        yield from (path for path in (source.locust, source.cpu, source.table) if path is not None)
    for traffic in job.traffic:
        if isinstance(traffic, RecordedTraffic):
            yield traffic.file
