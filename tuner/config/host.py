"""The host of a job: stated in its file, or fitted from its load test or the archive."""

from __future__ import annotations

from tuner.config.archived import ArchivedFit
from tuner.config.job import Job, LoadTestSource
from tuner.config.shapes import read_load_test
from tuner.errors import ConfigurationError, Problem
from tuner.host import HostModel
from tuner.measure.host_fit import HostFit, measure_host
from tuner.measure.loadtest import LoadTest


def measure(job: Job) -> tuple[HostFit | None, HostModel]:
    """Give the host of a job: stated in its file, or fitted from its load test or the archive.

    Raises
    ------
    ConfigurationError
        When the load test holds no CPU, so that there is no line.
    LoadTestError, FitError, MissingFileError
        When the load test cannot be read or fitted.
    """
    if job.load_test is None:
        return None, job.host or job.wishes.host()
    fit = measure_host(_rows(job.load_test), seed=job.seed)
    if fit.host is None and not job.wishes.has_line:
        raise ConfigurationError(
            Problem(
                "a load test with CPU, or a [host] table",
                "a load test without CPU",
                str(job.path),
                "Give the host's line under [host].",
            )
        )
    return fit, job.wishes.host(fit.host)


def _rows(source: LoadTestSource | ArchivedFit) -> LoadTest:
    """Read what a host is fitted from."""
    if isinstance(source, ArchivedFit):
        from tuner.config.read_archive import archived_load_test

        return archived_load_test(source)
    return read_load_test(source)
