"""Cut a Locust history into windows of about ten seconds, each within one load step.

Locust's percentiles cover the last ten seconds before a row, so a window ends where its percentile
was read. Windows are laid backwards from the end of each step: what is left over at the beginning,
the moments of the step's change, is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.measure.loadtest import Dropped
from tuner.measure.locust_history import History

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FAILING_FRACTION = 0.05


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of a history; every array [N].

    Parameters
    ----------
    first, last : int64 [N]
        Rows of the history whose counters begin and end the window.
    step : int64 [N]
        Number of the load step.
    dropped : tuple of Dropped
        Rows in no window.
    warnings : tuple of str
        What a reader should know.
    """

    first: IntArray
    last: IntArray
    step: IntArray
    dropped: tuple[Dropped, ...]
    warnings: tuple[str, ...]


def cut_windows(history: History, *, window_seconds: int) -> Windows:
    """Cut a history into windows.

    Parameters
    ----------
    history : History
        Cleaned rows.
    window_seconds : int
        Length of a window in seconds.

    Returns
    -------
    Windows
        Windows within steps of constant users; where users never stood still, consecutive windows.

    Notes
    -----
    Assumption: where steps of constant users give less than half of the windows that the test's
    length would hold, the test was a ramp, and it is cut without regard to users.
    """
    changed = np.diff(history.users, prepend=history.users[0]) != 0
    changed[history.users <= 0] = True
    steady = _lay(history, changed | history.after_gap, window_seconds=window_seconds)
    plain = _lay(history, history.after_gap, window_seconds=window_seconds)
    if 2 * len(steady.first) >= len(plain.first):
        return steady
    words = (
        f"Users stood still for {window_seconds} s in only {len(steady.first)} places: the test "
        "was read as a ramp, in consecutive windows."
    )
    step = np.arange(len(plain.first), dtype=np.int64)
    return Windows(plain.first, plain.last, step, plain.dropped, (words,))


def failing_fast(
    *, error_fraction: FloatArray, p50_ms: FloatArray, p95_ms: FloatArray
) -> NDArray[np.bool_]:
    """Say which windows answered quickly because they failed.

    Parameters
    ----------
    error_fraction, p50_ms, p95_ms : float64 [N]
        Of each window.

    Returns
    -------
    bool [N]
        Windows with more failures than answers, or with more than 5 % of failures and a p95 below
        the median of the windows without.

    Notes
    -----
    Assumption: failures of 5 % that do not raise p95 were refusals, not slow answers.
    """
    good = (error_fraction < FAILING_FRACTION) & np.isfinite(p95_ms)
    if not good.any():
        return np.asarray(error_fraction >= 0.5)
    usual_p95, usual_p50 = np.median(p95_ms[good]), np.nanmedian(p50_ms[good])
    with np.errstate(invalid="ignore"):
        quick = (p95_ms < usual_p95) | ((error_fraction >= 0.5) & (p50_ms < usual_p50))
    return np.asarray((error_fraction >= FAILING_FRACTION) & (quick | (error_fraction >= 0.9)))


def _lay(history: History, breaks: NDArray[np.bool_], *, window_seconds: int) -> Windows:
    """Lay windows backwards from the end of each stretch between breaks."""
    seconds = history.seconds
    starts = np.flatnonzero(breaks | (np.arange(len(seconds)) == 0))
    first: list[int] = []
    last: list[int] = []
    step: list[int] = []
    used = 0
    for number, (begin, end) in enumerate(zip(starts, [*starts[1:], len(seconds)])):
        # A step's counters begin at the last row before it, unless a gap lies between.
        origin = int(begin) if history.after_gap[begin] or begin == 0 else int(begin) - 1
        pairs = _backwards(seconds[origin:end], window_seconds=window_seconds)
        if len(pairs) >= 3 and pairs[-1][0] == 0:
            pairs.pop()
        for low, high in reversed(pairs):
            first.append(origin + low)
            last.append(origin + high)
            step.append(number)
            used += high - low
    left_over = len(seconds) - used
    return Windows(
        np.array(first, dtype=np.int64),
        np.array(last, dtype=np.int64),
        np.array(step, dtype=np.int64),
        (Dropped("rows at the moments of a step's change", left_over),) if left_over else (),
        (),
    )


def _backwards(seconds: FloatArray, *, window_seconds: int) -> list[tuple[int, int]]:
    """Pair the rows that begin and end each window, from the last to the first."""
    pairs = []
    high = len(seconds) - 1
    tolerance = 0.15 * window_seconds
    while high > 0:
        low = int(np.searchsorted(seconds, seconds[high] - window_seconds - 0.5, side="left"))
        if low >= high or seconds[high] - seconds[low] < window_seconds - tolerance:
            break
        pairs.append((low, high))
        high = low
    return pairs
