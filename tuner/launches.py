"""Launch times that scatter: how much later than planned a launch may come, and how often it fails.

Notation: T tick.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from tuner.errors import ConfigurationError, Problem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEVEL_OF_P95 = NormalDist().inv_cdf(0.95)
LONGEST_LAUNCH_SECONDS = 86_400
"""No drawn launch takes longer, failed tries included."""

MOST_FAILED_PERCENT = 90.0
DEFAULT_RETRY_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchTimes:
    """How launch times scatter about the group's `launch_seconds`, which is their median.

    Parameters
    ----------
    p95_seconds : int or None
        95 of 100 launches that do not fail take at most this, in seconds; None: all take the
        median.
    failed_percent : float
        Share of tries that fail, 0 to 90; each is followed by another.
    retry_seconds : int
        Start of a try that fails until the start of the next, in seconds, 0 to a day.

    Raises
    ------
    ConfigurationError
        Naming every field that cannot be.

    Notes
    -----
    Source: docs/aws-semantics.md 7.1 (measured launches; Amazon EC2 Auto Scaling user guide, "Auto
    Scaling group Availability Zone distribution": a launch attempt that fails is made again, in
    another healthy zone or in the same); docs/model.md, "Launches that come late or fail".

    Assumption: a launch time is log-normal, tries fail independently of each other and of the
    time, and the time to the next try is always the same. AWS states none of these.
    """

    p95_seconds: int | None = None
    failed_percent: float = 0.0
    retry_seconds: int = DEFAULT_RETRY_SECONDS

    def __post_init__(self) -> None:
        """Refuse what cannot be, all at once."""
        problems = tuple(_problems(self))
        if problems:
            raise ConfigurationError(*problems)

    @property
    def is_drawn(self) -> bool:
        """Whether launches differ from each other at all."""
        return self.p95_seconds is not None or self.failed_percent > 0.0

    def drawn_seconds(
        self, *, median_seconds: int, levels: FloatArray, chances: FloatArray
    ) -> IntArray:
        """Give launch times for standard normal levels and uniform chances.

        Parameters
        ----------
        median_seconds : int
            The group's `launch_seconds`.
        levels : float64 [T]
            Standard normal; the higher, the later.
        chances : float64 [T]
            Uniform from 0 to under 1; the higher, the more tries fail.

        Returns
        -------
        int64 [T]
            Whole seconds from decision to InService, 0 to `LONGEST_LAUNCH_SECONDS`.

        Examples
        --------
        >>> times = LaunchTimes(p95_seconds=180, failed_percent=50.0, retry_seconds=100)
        >>> levels, chances = np.array([0.0, LEVEL_OF_P95, 0.0]), np.array([0.0, 0.0, 0.8])
        >>> times.drawn_seconds(median_seconds=60, levels=levels, chances=chances).tolist()
        [60, 180, 260]
        """
        seconds = np.full(len(levels), float(median_seconds))
        if self.p95_seconds is not None:
            spread = math.log(self.p95_seconds / median_seconds) / LEVEL_OF_P95
            seconds *= np.exp(spread * levels)
        if self.failed_percent > 0.0:
            failures = np.floor(np.log1p(-chances) / math.log(self.failed_percent / 100))
            seconds += failures * self.retry_seconds
        whole: IntArray = np.rint(np.minimum(seconds, LONGEST_LAUNCH_SECONDS)).astype(np.int64)
        return whole

    def in_words(self, *, median_seconds: int) -> str:
        """Say how launch times are drawn, without a full stop.

        Parameters
        ----------
        median_seconds : int
            The group's `launch_seconds`.

        Examples
        --------
        >>> LaunchTimes(p95_seconds=180, failed_percent=2.0).in_words(median_seconds=60)
        'half within 60 s, 95 of 100 within 180 s, and 2 % of tries fail, made again after 60 s'
        """
        words = [
            f"half within {median_seconds:,} s",
            f"95 of 100 within {self.p95_seconds or 0:,} s",
        ]
        if self.p95_seconds is None:
            words = [f"{median_seconds:,} s each"]
        if self.failed_percent > 0.0:
            words.append(
                f"and {self.failed_percent:g} % of tries fail, made again after"
                f" {self.retry_seconds:,} s"
            )
        return ", ".join(words)


def median_problems(launches: LaunchTimes, *, median_seconds: int) -> Iterator[Problem]:
    """Yield what does not go together with a median, by field of `LaunchTimes`.

    Parameters
    ----------
    launches : LaunchTimes
        How launch times scatter.
    median_seconds : int
        The group's `launch_seconds`.
    """
    if not launches.is_drawn:
        return
    if median_seconds > LONGEST_LAUNCH_SECONDS:
        yield Problem(
            f"at most {LONGEST_LAUNCH_SECONDS:,} seconds where launch times are drawn",
            f"{median_seconds:,}",
            "launch_seconds",
            "Lower it, or let every launch take the same time.",
        )
    p95 = launches.p95_seconds
    if p95 is None:
        return
    if median_seconds == 0:
        yield Problem(
            "a launch_seconds above 0 beside it, as the median",
            f"p95_seconds {p95:,}, launch_seconds 0",
            "p95_seconds",
            "Raise launch_seconds, or leave p95_seconds out.",
        )
    elif p95 < median_seconds:
        yield Problem(
            f"at least launch_seconds ({median_seconds:,}), which is the median",
            f"{p95:,}",
            "p95_seconds",
            "Raise it, or lower launch_seconds.",
        )


def _problems(launches: LaunchTimes) -> Iterator[Problem]:
    """Yield what cannot be in any group."""
    ranges = {
        "p95_seconds": (launches.p95_seconds, LONGEST_LAUNCH_SECONDS),
        "failed_percent": (launches.failed_percent, MOST_FAILED_PERCENT),
        "retry_seconds": (launches.retry_seconds, LONGEST_LAUNCH_SECONDS),
    }
    for name, (value, most) in ranges.items():
        if value is not None and not 0 <= value <= most:
            yield Problem(f"0 to {most:,}", f"{value:,}", name, "Choose a value in between.")
