"""The minutes of one service as they were observed: load, CPU, instances, latency, errors.

Notation: T minute. A gap is NaN and stays NaN; zero is a value. Periods longer than a minute are
laid over their minutes, and `period_seconds` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from tuner.errors import LoadTestError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

MINUTE_SECONDS = 60
SPARSE_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """One service minute by minute; every array is read-only, NaN where nothing was recorded.

    Parameters
    ----------
    begins : int64 [T]
        Start of each minute, seconds since 1970 UTC, a minute apart.
    requests : float64 [T]
        Requests in the minute.
    cpu_percent : float64 [T]
        Mean CPU of the group's instances, percent.
    cpu_samples : float64 [T]
        Instances that this is the mean of.
    latency_p95_ms : float64 [T]
        95th percentile of the answers' latency, milliseconds.
    in_service, desired : float64 [T]
        The group's own counts, where it publishes them.
    errors : float64 [T]
        Answers with a server error in the minute.
    period_seconds : int
        Longest period of the series that these are from; above 60, minutes within one are equal.
    source : str
        Archive or file.
    notes : tuple of str
        What a reader should know, in sentences.
    """

    begins: IntArray
    requests: FloatArray
    cpu_percent: FloatArray
    cpu_samples: FloatArray
    latency_p95_ms: FloatArray
    in_service: FloatArray
    desired: FloatArray
    errors: FloatArray
    period_seconds: int = MINUTE_SECONDS
    source: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Count the minutes, T."""
        return len(self.begins)

    @property
    def begin(self) -> int:
        """Start of the first minute, seconds since 1970 UTC."""
        return int(self.begins[0])

    @property
    def end(self) -> int:
        """End of the last minute, seconds since 1970 UTC."""
        return int(self.begins[-1]) + MINUTE_SECONDS

    @property
    def instances(self) -> FloatArray:
        """Instances in service: the group's count, else the CPU's samples; float64 [T]."""
        return np.where(np.isfinite(self.in_service), self.in_service, self.cpu_samples)

    @property
    def error_fraction(self) -> FloatArray:
        """Share of requests that failed, float64 [T]; NaN where either is unknown."""
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(self.requests > 0, self.errors / self.requests, np.nan)
        return np.clip(share, 0.0, 1.0)

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """Give the minutes as columns by name."""
        return {name: getattr(self, name) for name in COLUMNS}

    def between(self, begin: int, end: int) -> History:
        """Give the minutes that start within a range, as another history.

        Parameters
        ----------
        begin, end : int
            Seconds since 1970 UTC; ``end`` is not part of it.

        Raises
        ------
        LoadTestError
            Where there is no such minute.
        """
        inside = (self.begins >= begin) & (self.begins < end)
        if not inside.any():
            raise LoadTestError.of(
                expected="minutes within the range",
                got=f"minutes from {_stamp(self.begin)} to {_stamp(self.end)} only",
                where=self.source,
                next_step="Choose a range that the history has, or fetch more.",
            )
        return replace(self, **{name: getattr(self, name)[inside] for name in COLUMNS})


COLUMNS = tuple(
    field.name
    for field in fields(History)
    if field.name not in ("period_seconds", "source", "notes")
)
"""Names of the arrays of a history."""


def make_history(
    begins: IntArray,
    columns: dict[str, FloatArray],
    *,
    period_seconds: int = MINUTE_SECONDS,
    source: str = "",
    notes: Sequence[str] = (),
) -> History:
    """Make a history of checked columns, with notes on what it lacks.

    Parameters
    ----------
    begins : int64 [T]
        Starts of its minutes, a minute apart.
    columns : dict of str to float64 [T]
        By the names of `History`; what is left out is unknown throughout.
    period_seconds : int
        As in `History`.
    source : str
        As in `History`.
    notes : sequence of str
        Notes that come before its own.

    Raises
    ------
    LoadTestError
        For a value below 0, or a CPU above 100.
    """
    arrays = {
        name: np.array(columns.get(name, np.full(len(begins), np.nan)), dtype=np.float64)
        for name in COLUMNS
        if name != "begins"
    }
    for name, values in arrays.items():
        most = 100.0 if name == "cpu_percent" else np.inf
        wrong = np.flatnonzero((values < 0) | (values > most))
        if wrong.size:
            raise LoadTestError.of(
                expected=f"{name} of at least 0" + (" and at most 100" if most == 100.0 else ""),
                got=f"{values[wrong[0]]:g} ({wrong.size} such minutes)",
                where=source,
                next_step="Check that this is the metric that you meant.",
            )
        values.setflags(write=False)
    stamps = np.ascontiguousarray(begins, dtype=np.int64)
    stamps.setflags(write=False)
    return History(
        begins=stamps,
        **arrays,
        period_seconds=period_seconds,
        source=source,
        notes=(*notes, *_notes(arrays, period_seconds)),
    )


def _stamp(seconds: int) -> str:
    """Write a moment as text."""
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%MZ")


def _notes(arrays: dict[str, FloatArray], period_seconds: int) -> list[str]:
    """Say what a history lacks."""
    notes = []
    words = {"requests": "requests", "cpu_percent": "CPU", "latency_p95_ms": "latency"}
    for name, word in words.items():
        missing = int(np.isnan(arrays[name]).sum())
        if missing == len(arrays[name]):
            notes.append(f"No {word} was recorded.")
        elif missing:
            notes.append(f"{missing:,} of {len(arrays[name]):,} minutes have no {word}.")
    known = {name: float(np.isfinite(arrays[name]).mean()) for name in words}
    if 0.1 < known["cpu_percent"] < SPARSE_SHARE and known["requests"] > 2 * known["cpu_percent"]:
        notes.append(
            "CPU is published in few minutes only, as basic monitoring does: fetch it with a period"
            " of five minutes, or its samples do not count the instances."
        )
    if period_seconds > MINUTE_SECONDS:
        notes.append(
            f"Some series have a datapoint for {period_seconds // MINUTE_SECONDS} minutes only: "
            "their peaks are averages, and lower than the peaks were."
        )
    return notes
