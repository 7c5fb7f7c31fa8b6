"""How far a prediction may be off, and how much must have been observed to judge it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

from tuner.errors import ConfigurationError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifySettings:
    """The band of a verification; `[verify]` of a job.

    Parameters
    ----------
    host_minutes_percent : float
        Largest error of the minutes in service, percent of those observed.
    instances : float
        Largest mean absolute error of the instances in service.
    peak_percent : float
        Largest error of the peak CPU, points.
    matched_percent : float
        Least share of the observed and predicted activities that match each other, percent.
    lag_minutes : float
        Largest mean absolute time between activities that match, minutes; and how far apart two
        may be to match at all is three times as much, 15 minutes at least.
    error_percent : float
        Largest share of requests that failed, percent.
    latency_factor : float or None
        Largest median of p95 over the load test's base; None: not judged.
    least_minutes : int
        Minutes that a range must have to be judged.
    least_covered_percent : float
        Share of its minutes with load, CPU and instances, percent.
    least_peak_percent : float
        Where nothing scaled, the observed peak CPU that is load enough, percent of the limit.

    Raises
    ------
    ConfigurationError
        Naming every value that cannot be.
    """

    host_minutes_percent: float = 10.0
    instances: float = 0.5
    peak_percent: float = 5.0
    matched_percent: float = 75.0
    lag_minutes: float = 5.0
    error_percent: float = 1.0
    latency_factor: float | None = None
    least_minutes: int = 60
    least_covered_percent: float = 80.0
    least_peak_percent: float = 50.0

    def __post_init__(self) -> None:
        """Refuse what cannot be, all at once."""
        problems = tuple(_problems(self))
        if problems:
            raise ConfigurationError(*problems)

    @property
    def match_within_minutes(self) -> float:
        """How far apart an observed and a predicted activity may be to match."""
        return max(3.0 * self.lag_minutes, 15.0)


def _problems(settings: VerifySettings) -> Iterator[Problem]:
    """Yield what cannot be in a band."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value is None:
            continue
        most = 100.0 if field.name.startswith(("least_covered", "least_peak", "matched")) else None
        if not math.isfinite(value) or value < 0 or (most is not None and value > most):
            end = "" if most is None else f" and at most {most:g}"
            yield Problem(f"at least 0{end}", f"{value:g}", field.name, "Choose such a number.")
