"""A Locust history and a CPU file become a load test, aligned by time.

Model: closed (a user waits for the answer before the next request). Clock: Locust's, whole seconds,
smoothed. Rounding: Locust rounds percentiles to two digits.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuner.errors import LoadTestError
from tuner.measure.alignment import average_over_windows, on_the_clock_of, scan_lag
from tuner.measure.cloudwatch_export import is_cloudwatch, read_cloudwatch_cpu
from tuner.measure.cpu_series import CpuSeries, read_cpu_csv
from tuner.measure.delimited import read_text
from tuner.measure.loadtest import Dropped, LoadTest
from tuner.measure.locust_history import History, read_history
from tuner.measure.windows import Windows, cut_windows, failing_fast

FloatArray = NDArray[np.float64]

FEWEST_WINDOWS = 4
SECONDS_PER_MINUTE = 60.0


def read_locust(
    history: Path, cpu: Path, *, cpu_column: str | None = None, window_seconds: int = 10
) -> LoadTest:
    """Read a Locust history and a CPU file as a load test of one instance.

    Parameters
    ----------
    history : Path
        Locust's ``*_stats_history.csv``.
    cpu : Path
        CSV of CPU per second, ten seconds or minute; or a saved CloudWatch answer (JSON or CSV).
    cpu_column : str or None
        The CPU column or metric; may be left out where there is only one.
    window_seconds : int
        Length of a window; Locust's percentiles cover ten seconds. Longer where CPU is coarser.

    Returns
    -------
    LoadTest
        Windows in time order, with what was dropped and the lag that was found.

    Raises
    ------
    MissingFileError
        When a file is not there.
    LoadTestError
        When a file cannot be read, the clocks do not overlap, or fewer than 4 windows remain.

    Notes
    -----
    Source: Locust documentation, "Retrieve test statistics in CSV format".
    Assumption: one instance was under test.
    """
    rows = read_history(history)
    series = on_the_clock_of(rows, read_cpu(cpu, cpu_column=cpu_column))
    lag = scan_lag(rows, series)
    length = max(window_seconds, round(series.period_seconds)) if window_seconds > 0 else 10
    windows = cut_windows(rows, window_seconds=length)
    seconds = rows.seconds - lag.shift_seconds
    percent = average_over_windows(
        series, begin_seconds=seconds[windows.first], end_seconds=seconds[windows.last]
    )
    warnings = (*rows.warnings, *series.warnings, *windows.warnings, lag.sentence())
    return _load_test(
        rows,
        windows,
        cpu_percent=percent,
        source=f"{history.name}, {cpu.name}",
        lag_seconds=lag.shift_seconds,
        dropped=(*rows.dropped, *series.dropped, *windows.dropped),
        warnings=(*warnings, *_notes(rows, length=length)),
    )


def read_cpu(path: Path, *, cpu_column: str | None = None) -> CpuSeries:
    """Read CPU over time from a plain CSV or a saved CloudWatch answer, by what the file holds.

    Raises
    ------
    MissingFileError
        When the file is not there.
    LoadTestError
        As the two readers.
    """
    if is_cloudwatch(read_text(path)):
        return read_cloudwatch_cpu(path, cpu_column=cpu_column)
    return read_cpu_csv(path, cpu_column=cpu_column)


def _load_test(
    rows: History,
    windows: Windows,
    *,
    cpu_percent: FloatArray,
    source: str,
    lag_seconds: float,
    dropped: tuple[Dropped, ...],
    warnings: tuple[str, ...],
) -> LoadTest:
    """Count requests in each window and leave out the windows that say nothing."""
    first, last = windows.first, windows.last
    seconds = rows.seconds[last] - rows.seconds[first]
    requests = rows.requests[last] - rows.requests[first]
    failures = np.minimum(rows.failures[last] - rows.failures[first], requests)
    error_fraction = np.divide(failures, requests, out=np.zeros(len(first)), where=requests > 0)
    p50_ms, p95_ms = rows.p50_ms[last], rows.p95_ms[last]
    p95_ms = np.where(p95_ms > 0, p95_ms, np.nan)
    fast = failing_fast(error_fraction=error_fraction, p50_ms=p50_ms, p95_ms=p95_ms)
    empty, blind = requests <= 0, ~np.isfinite(cpu_percent)
    faults = (
        ("windows without a request", empty),
        ("windows that failed fast", fast & ~empty),
        ("windows with less than 80 % of CPU measured", blind & ~fast & ~empty),
    )
    counted = [Dropped(reason, int(np.count_nonzero(rows_at))) for reason, rows_at in faults]
    keep = ~(empty | fast | blind)
    if np.count_nonzero(keep) < FEWEST_WINDOWS:
        reasons = "; ".join(f"{d.count} {d.reason}" for d in (*dropped, *counted) if d.count)
        raise LoadTestError.of(
            expected=f"at least {FEWEST_WINDOWS} windows with load, CPU and few fast failures",
            got=f"{int(np.count_nonzero(keep))} (dropped: {reasons or 'nothing'})",
            where=source,
            next_step="Run a longer test: ten steps or more, each of 30 s or more.",
        )
    return LoadTest(
        offered_rpm=_frozen((requests / seconds * SECONDS_PER_MINUTE)[keep]),
        in_service=_frozen(np.ones(int(np.count_nonzero(keep)))),
        cpu_percent=_frozen(cpu_percent[keep]),
        latency_p95_ms=_frozen(p95_ms[keep]),
        error_fraction=_frozen(error_fraction[keep]),
        step=windows.step[keep],
        source=source,
        model="closed",
        lag_seconds=lag_seconds,
        dropped=tuple(entry for entry in (*dropped, *counted) if entry.count),
        warnings=warnings,
    )


def _notes(rows: History, *, length: int) -> tuple[str, ...]:
    """Say what a reader of Locust's figures should know."""
    notes = [
        "Locust is a closed model: users wait for answers, so past saturation they offer less.",
        "Locust rounds percentiles to two digits and takes them over the last 10 s; rates are "
        f"differences of exact counters over windows of {length} s.",
    ]
    if rows.failures[-1] > rows.failures[0]:
        notes.append("Failures count as requests in rpm; the fits leave failing windows out.")
    return tuple(notes)


def _frozen(values: FloatArray) -> FloatArray:
    """Make an array read-only."""
    values.setflags(write=False)
    return values
