"""Gaps, rises and daily swings of a recorded series: figures that a person would check first.

Notation: N row of a recording. Stamps are whole seconds in order of time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tuner.traffic.shapes import FloatArray, IntArray

GAP_STEPS = 1.5
RISE_SECONDS = 480
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole between two rows.

    Parameters
    ----------
    after, before : int
        Stamps of the last row before the hole and the first one after it, in seconds.
    missing_slots : int
        Rows that should have stood between them.
    """

    after: int
    before: int
    missing_slots: int


def nominal_step_seconds(stamps: IntArray) -> int:
    """Give the step of most rows, in seconds; the shorter one where two are as frequent.

    Parameters
    ----------
    stamps : int64 [N]
        In order of time, with at least two different ones.

    Returns
    -------
    int
        At least 1.

    Notes
    -----
    Assumption: where no step has a quarter of all rows (a jittering clock), the median step is
    taken instead, rounded to whole seconds.

    Examples
    --------
    >>> nominal_step_seconds(np.array([0, 60, 120, 300, 360]))
    60
    """
    steps = np.diff(stamps)
    steps = steps[steps > 0]
    lengths, counts = np.unique(steps, return_counts=True)
    best = int(np.argmax(counts))
    if counts[best] * 4 < steps.size:
        return max(1, round(float(np.median(steps))))
    return int(lengths[best])


def find_gaps(stamps: IntArray, *, step_seconds: int) -> tuple[Gap, ...]:
    """List the holes: steps longer than 1.5 nominal steps.

    Parameters
    ----------
    stamps : int64 [N]
        In order of time.
    step_seconds : int
        Nominal step.

    Returns
    -------
    tuple of Gap
        In order of time; missing slots are the rounded step over the nominal one, less 1.

    Examples
    --------
    >>> find_gaps(np.array([0, 60, 240]), step_seconds=60)
    (Gap(after=60, before=240, missing_slots=2),)
    """
    steps = np.diff(stamps)
    at = np.flatnonzero(steps > GAP_STEPS * step_seconds)
    return tuple(
        Gap(int(stamps[i]), int(stamps[i + 1]), max(1, round(int(steps[i]) / step_seconds) - 1))
        for i in at
    )


@dataclass(frozen=True, slots=True)
class Rise:
    """The steepest rise: how much, in requests per minute, and the stamp of its start."""

    rpm: float
    start: int


def rise_if_held(
    stamps: IntArray, rpm: FloatArray, *, step_seconds: int, over_seconds: int = RISE_SECONDS
) -> Rise | None:
    """Give the steepest rise within a time, each row held for its step (stairs).

    Parameters
    ----------
    stamps : int64 [N]
        Different ones, in order of time.
    rpm : float64 [N]
        Load of each row.
    step_seconds : int
        Nominal step.
    over_seconds : int
        The time of the rise.

    Returns
    -------
    Rise or None
        None where no two rows stand so far apart.

    Notes
    -----
    Where the time is not a whole number of steps, stairs may cross one step more: 8 minutes of
    5-minute rows reach one row or two, and the larger rise counts.

    Examples
    --------
    >>> rise_if_held(np.array([0, 300, 600]), np.array([1.0, 4.0, 9.0]), step_seconds=300)
    Rise(rpm=8.0, start=0)
    """
    lags = {max(1, over_seconds // step_seconds), -(-over_seconds // step_seconds)}
    rises = [_steepest(stamps, rpm, lag * step_seconds) for lag in sorted(lags)]
    found = [rise for rise in rises if rise is not None]
    return max(found, key=lambda rise: rise.rpm, default=None)


def rise_if_joined(
    stamps: IntArray, rpm: FloatArray, *, step_seconds: int, over_seconds: int = RISE_SECONDS
) -> Rise | None:
    """Give the steepest rise within a time, rows joined by lines; no line crosses a gap.

    Parameters and result are those of `rise_if_held`.

    Parameters
    ----------
    stamps, rpm, step_seconds, over_seconds : int64 [N], float64 [N], int, int
        As in `rise_if_held`.

    Returns
    -------
    Rise or None
        As in `rise_if_held`.
    """
    starts = np.concatenate([stamps, stamps - over_seconds])
    begin = _on_lines(stamps, rpm, starts, step_seconds)
    rise = _on_lines(stamps, rpm, starts + over_seconds, step_seconds) - begin
    if not np.isfinite(rise).any():
        return None
    at = int(np.nanargmax(rise))
    return Rise(float(rise[at]), int(starts[at]))


def swing_facts(
    day: IntArray, hour: IntArray, rpm: FloatArray, *, day_rows: float
) -> dict[str, object]:
    """Give the daily peak over trough of the days that have enough rows.

    Parameters
    ----------
    day : int64 [N]
        Number of the day of each row.
    hour : int64 [N]
        Hour within the day.
    rpm : float64 [N]
        Load of each row.
    day_rows : float
        Fewest rows of a day that counts.

    Returns
    -------
    dict
        Counts of days, and medians and maxima of peak over trough, by hourly means and by rows;
        None where no day has a trough above 0.
    """
    hourly: list[float] = []
    raw: list[float] = []
    n_days = zero_hours = zero_rows = 0
    for number in np.unique(day):
        rows = day == number
        if rows.sum() < day_rows:
            continue
        n_days += 1
        load, hours = rpm[rows], hour[rows]
        sums = np.bincount(hours, weights=load)
        counts = np.bincount(hours)
        means = sums[counts > 0] / counts[counts > 0]
        zero_hours += int(means.min() == 0)
        zero_rows += int(load.min() == 0)
        if means.min() > 0:
            hourly.append(float(means.max() / means.min()))
        if load.min() > 0:
            raw.append(float(load.max() / load.min()))
    return {
        "days_with_95_percent_of_rows": n_days,
        "hourly_means_median": float(np.median(hourly)) if hourly else None,
        "hourly_means_max": max(hourly, default=None),
        "days_with_a_zero_hour": zero_hours,
        "raw_rows_median": float(np.median(raw)) if raw else None,
        "days_with_a_zero_row": zero_rows,
    }


def _steepest(stamps: IntArray, rpm: FloatArray, lag_seconds: int) -> Rise | None:
    """Give the steepest rise between rows exactly so far apart."""
    later = np.searchsorted(stamps, stamps + lag_seconds)
    both = np.flatnonzero(later < stamps.size)
    both = both[stamps[later[both]] == stamps[both] + lag_seconds]
    if both.size == 0:
        return None
    rises = rpm[later[both]] - rpm[both]
    at = int(np.argmax(rises))
    return Rise(float(rises[at]), int(stamps[both[at]]))


def _on_lines(stamps: IntArray, rpm: FloatArray, at: IntArray, step_seconds: int) -> FloatArray:
    """Read the joined lines at some stamps; NaN outside and within gaps."""
    values: FloatArray = np.interp(at, stamps, rpm, left=np.nan, right=np.nan)
    left = np.clip(np.searchsorted(stamps, at, side="right") - 1, 0, stamps.size - 1)
    right = np.minimum(left + 1, stamps.size - 1)
    in_gap = (at > stamps[left]) & (stamps[right] - stamps[left] > GAP_STEPS * step_seconds)
    values[in_gap] = np.nan
    return values
