"""A Locust test of one traffic shape: a file that a person could have written, to be read and kept.

Beside the load it holds what one plan is expected to do, and limits at which the test stops.
`tuner.deployment.locust_test_file` writes it.

Notation: T tick.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.errors import ConfigurationError, Problem
from tuner.simulation.trace import Trace
from tuner.units import SECONDS_PER_MINUTE

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

EXIT_BEYOND_LIMITS = 3
LEAST_MEAN_WAIT_SECONDS = 1.0
MOST_MEAN_WAIT_SECONDS = 60.0
USERS_AT_THE_PEAK = 100
"""Fewest users at the highest load: with them, whole users make the rate within half a percent."""
TIMES_BASE_LATENCY = 3.0
MOST_ERROR_FRACTION = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLimits:
    """When a load test stops: latency and errors beyond what is expected.

    Parameters
    ----------
    response_seconds : float
        Response time below the cliff, from which the number of users follows.
    response_source : str
        Where it comes from, in words.
    most_p95_ms : float or None
        Limit on the 95th percentile of latency; None: no limit.
    limit_source : str
        Where it comes from, in words.
    most_error_fraction : float
        Limit on the fraction of requests that fail.
    """

    response_seconds: float
    response_source: str
    most_p95_ms: float | None
    limit_source: str
    most_error_fraction: float = MOST_ERROR_FRACTION


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocustTest:
    """All that a Locust file is written from.

    Parameters
    ----------
    service, shape, plan : str
        Whose load, which shape, and the plan in words.
    host : str or None
        Address that Locust asks unless it is told another.
    paths : tuple of str
        Paths that are asked for, each equally often.
    trace : Trace
        What the plan is expected to do on the shape.
    users : int64 [T]
        Users of each tick.
    mean_wait_seconds : float
        Mean of the wait between response and request; it is drawn from half to one and a half.
    limits : LoadLimits
        When the test stops.
    time_scale : float
        How many times as fast as the shape the test runs.
    """

    service: str
    shape: str
    plan: str
    host: str | None
    paths: tuple[str, ...]
    trace: Trace
    users: IntArray
    mean_wait_seconds: float
    limits: LoadLimits
    time_scale: float = 1.0

    @property
    def user_rpm(self) -> float:
        """Requests per minute that one user makes."""
        return SECONDS_PER_MINUTE / (self.mean_wait_seconds + self.limits.response_seconds)

    @property
    def made_rpm(self) -> FloatArray:
        """Requests per minute that whole users make in each tick, float64 [T]."""
        return np.asarray(self.users * self.user_rpm)

    @property
    def stage_seconds(self) -> float:
        """How long the test stays at one tick of the shape."""
        return self.trace.tick_seconds / self.time_scale


def locust_test(
    trace: Trace,
    limits: LoadLimits,
    *,
    service: str,
    plan: str,
    host: str | None = None,
    paths: tuple[str, ...] = ("/",),
    mean_wait_seconds: float | None = None,
    time_scale: float = 1.0,
) -> LocustTest:
    """Turn a run of a plan on a shape into the users of a Locust test.

    Parameters
    ----------
    trace : Trace
        The plan on the shape; its load is what the test makes.
    limits : LoadLimits
        When the test stops.
    service, plan : str
        Whose load, and the plan in words.
    host : str or None
        Address that Locust asks unless it is told another, with http:// or https://.
    paths : tuple of str
        Paths that are asked for, each with a slash at its front.
    mean_wait_seconds : float or None
        Mean wait of a user, above 0; None: by rule.
    time_scale : float
        How many times as fast as the shape the test runs, above 0.

    Returns
    -------
    LocustTest
        For `locust_file` and `expected_table`.

    Raises
    ------
    ConfigurationError
        For a host, a path, a wait or a scale that cannot be.

    Notes
    -----
    Assumption: users wait for 1 s on average, or for as long as makes 100 of them at the highest
    load, up to 60 s: fewer users could not make the rate in whole numbers, waits that are longer
    answer a change of load too late.

    ``users = rpm / 60 * (mean wait + response)``, rounded to whole users.
    """
    problems = list(_problems(host, paths, mean_wait_seconds, time_scale))
    if problems:
        raise ConfigurationError(*problems)
    wait = mean_wait_seconds
    if wait is None:
        wait = _mean_wait(float(trace.rpm.max()), limits.response_seconds)
    users = np.rint(trace.rpm / SECONDS_PER_MINUTE * (wait + limits.response_seconds))
    return LocustTest(
        service=service,
        shape=trace.shape_name,
        plan=plan,
        host=host,
        paths=paths,
        trace=trace,
        users=users.astype(np.int64),
        mean_wait_seconds=wait,
        limits=limits,
        time_scale=time_scale,
    )


def limits_of(
    base_latency_ms: float | None,
    *,
    response_ms: float | None = None,
    most_p95_ms: float | None = None,
    most_error_percent: float | None = None,
) -> LoadLimits:
    """Give the limits of a test from the latency that a fit found before the cliff.

    Parameters
    ----------
    base_latency_ms : float or None
        95th percentile of latency below the cliff; None where no load test says it.
    response_ms, most_p95_ms, most_error_percent : float or None
        What a person says instead.

    Notes
    -----
    Assumption: latency leaves the band at three times its base, the upper end of where a break is
    reported; and errors at 1 %, from which on the fit leaves windows out. The base is a 95th
    percentile: as a response time it makes the users a little too many, not too few.

    Examples
    --------
    >>> limits_of(4.0).most_p95_ms, limits_of(None, most_p95_ms=250.0).most_p95_ms
    (12.0, 250.0)
    """
    response, source = response_ms, "as given"
    if response is None:
        response, source = base_latency_ms, "base latency of the load test"
    if response is None:
        response, source = 0.0, "not known: the job has no load test"
    limit, limit_source = most_p95_ms, "as given"
    if limit is None and base_latency_ms is not None:
        limit = round(TIMES_BASE_LATENCY * base_latency_ms, 1)
        limit_source = f"{TIMES_BASE_LATENCY:g} times the base latency of {base_latency_ms:.3g} ms"
    elif limit is None:
        limit_source = "no limit: no load test says what is usual"
    errors = MOST_ERROR_FRACTION if most_error_percent is None else most_error_percent / 100
    return LoadLimits(
        response_seconds=round(response / 1000, 6),
        response_source=source,
        most_p95_ms=limit,
        limit_source=limit_source,
        most_error_fraction=errors,
    )


def _mean_wait(peak_rpm: float, response_seconds: float) -> float:
    """Give the mean wait that makes enough users at the peak, in seconds, to two digits."""
    if peak_rpm <= 0:
        return LEAST_MEAN_WAIT_SECONDS
    wanted = USERS_AT_THE_PEAK * SECONDS_PER_MINUTE / peak_rpm - response_seconds
    if wanted <= LEAST_MEAN_WAIT_SECONDS:
        return LEAST_MEAN_WAIT_SECONDS
    return min(math.ceil(wanted * 10) / 10, MOST_MEAN_WAIT_SECONDS)


def _problems(
    host: str | None, paths: tuple[str, ...], wait: float | None, time_scale: float
) -> list[Problem]:
    """List what a Locust test cannot be made of."""
    problems = []
    if host is not None and not host.startswith(("http://", "https://")):
        problems.append(
            Problem("an address with http:// or https://", repr(host), "host", "Write it whole.")
        )
    problems += [
        Problem("a path that begins with /", repr(path), "path", "Leave the host out of it.")
        for path in paths or ("",)
        if not path.startswith("/")
    ]
    for name, value in (("wait", wait), ("time_scale", time_scale)):
        if value is not None and not (math.isfinite(value) and value > 0):
            problems.append(Problem("a number above 0", f"{value:g}", name, "Raise it."))
    return problems
