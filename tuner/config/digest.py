"""A digest of a job's inputs: equal for equal contents, wherever the files lie."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from tuner.config.archived import ArchivedFit, ArchivedTraffic
from tuner.config.job import Job, RecordedTraffic
from tuner.config.read_archive import archived_files
from tuner.errors import MissingFileError, Problem


def inputs_digest(job: Job) -> str:
    """Hash everything that a job reads: config, load test, recordings, days of the archive.

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
    source = job.load_test
    if isinstance(source, ArchivedFit):
        yield from archived_files(source)
    elif source is not None:
        yield from (path for path in (source.locust, source.cpu, source.table) if path is not None)
    for traffic in job.traffic:
        if isinstance(traffic, RecordedTraffic):
            yield traffic.file
        elif isinstance(traffic, ArchivedTraffic):
            yield from archived_files(traffic)
