"""Align CPU with load: a scan over shifts between the two clocks, and CPU averaged over windows.

Notation: M sample of CPU, N window, L shift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.errors import LoadTestError
from tuner.measure.cpu_series import CpuSeries
from tuner.measure.locust_history import History

FloatArray = NDArray[np.float64]

LEAST_COVERED = 0.8
LONGEST_SHIFT_SECONDS = 15
LEAST_GAIN = 0.02
SATURATED_PERCENT = 98.0
FEWEST_SAMPLES = 8


@dataclass(frozen=True, slots=True)
class LagScan:
    """What the scan over shifts found.

    Parameters
    ----------
    shift_seconds : float
        Added to the CPU's stamps.
    correlation : float
        Of the changes of CPU with the changes of load at that shift.
    unshifted_correlation : float
        The same without a shift.
    """

    shift_seconds: float
    correlation: float
    unshifted_correlation: float

    def sentence(self) -> str:
        """Say in words what was found."""
        figures = (
            f"changes of CPU and load correlate {self.correlation:.2f} there, "
            f"{self.unshifted_correlation:.2f} unshifted"
        )
        if self.shift_seconds == 0:
            return f"Lag scan: no shift between the two clocks improves on 0 s ({figures})."
        side = "later" if self.shift_seconds > 0 else "earlier"
        return (
            f"Lag scan: CPU stamps were moved {abs(self.shift_seconds):g} s {side} ({figures}); "
            "a second or less is the rounding of stamps."
        )


def on_the_clock_of(history: History, cpu: CpuSeries) -> CpuSeries:
    """Put relative CPU stamps on the clock of the history, and refuse clocks that do not overlap.

    Raises
    ------
    LoadTestError
        When CPU was recorded at another time than the load.
    """
    end = cpu.end_seconds + (history.seconds[0] if cpu.relative else 0.0)
    if history.seconds[0] < 1e8 and not cpu.relative:
        end = cpu.end_seconds - cpu.end_seconds[0] + cpu.period_seconds + history.seconds[0]
    overlap = min(end[-1], history.seconds[-1]) - max(end[0], history.seconds[0])
    if overlap <= cpu.period_seconds:
        apart = (end[0] - history.seconds[0]) / 60
        raise LoadTestError.of(
            expected="CPU recorded during the load test",
            got=f"CPU that begins {apart:+,.0f} minutes from the load's first row, no overlap",
            where=f"{history.source} and CPU column {cpu.name!r}",
            next_step="Check the time zones of both files, or give the matching CPU file.",
        )
    return CpuSeries(
        end_seconds=end,
        cpu_percent=cpu.cpu_percent,
        period_seconds=cpu.period_seconds,
        relative=False,
        name=cpu.name,
        dropped=cpu.dropped,
        warnings=cpu.warnings,
    )


def scan_lag(history: History, cpu: CpuSeries) -> LagScan:
    """Find the shift of CPU stamps at which CPU follows the load best.

    Parameters
    ----------
    history : History
        Load; its counters are exact.
    cpu : CpuSeries
        CPU on the same clock.

    Returns
    -------
    LagScan
        Within 15 s, or two samples of CPU where that is more.

    Notes
    -----
    Assumption: the changes from one CPU sample to the next, not the levels, are correlated with
    the changes of load, because in a rising test every shift correlates; a shift other than 0
    needs a correlation that is better by 0.02 and by its own standard error. Half seconds are
    scanned where CPU is per second.
    """
    reach = max(LONGEST_SHIFT_SECONDS, 2 * cpu.period_seconds)
    grain = 0.5 if cpu.period_seconds <= 2 else 1.0
    shifts = np.arange(-np.ceil(reach / grain), np.ceil(reach / grain) + 1) * grain
    if len(shifts) > 400:
        shifts = shifts[:: len(shifts) // 200]
    found = [_correlation_at(history, cpu, shift=float(shift)) for shift in shifts]
    unshifted = _correlation_at(history, cpu, shift=0.0)
    best = int(np.argmax(found))
    noise = (1.0 - unshifted**2) / np.sqrt(len(cpu.cpu_percent))
    if found[best] < unshifted + max(LEAST_GAIN, noise):
        return LagScan(0.0, unshifted, unshifted)
    return LagScan(float(shifts[best]), found[best], unshifted)


def average_over_windows(
    cpu: CpuSeries, *, begin_seconds: FloatArray, end_seconds: FloatArray
) -> FloatArray:
    """Give the mean CPU over each window, NaN where less than 80 % of it was measured.

    Parameters
    ----------
    cpu : CpuSeries
        Samples, each constant over its period.
    begin_seconds, end_seconds : float64 [N]
        Windows on the same clock.

    Returns
    -------
    float64 [N]
        CPU percent.
    """
    begin = cpu.end_seconds - np.minimum(
        np.diff(cpu.end_seconds, prepend=-np.inf), 1.5 * cpu.period_seconds
    )
    edges = np.ravel(np.column_stack([begin, cpu.end_seconds]))
    length = cpu.end_seconds - begin
    covered = np.ravel(np.column_stack([_before(length), np.cumsum(length)]))
    work = cpu.cpu_percent * length
    done = np.ravel(np.column_stack([_before(work), np.cumsum(work)]))
    seen = np.interp(end_seconds, edges, covered) - np.interp(begin_seconds, edges, covered)
    total = np.interp(end_seconds, edges, done) - np.interp(begin_seconds, edges, done)
    enough = seen >= LEAST_COVERED * (end_seconds - begin_seconds)
    return np.where(enough & (seen > 0), total / np.where(seen > 0, seen, 1.0), np.nan)


def _before(values: FloatArray) -> FloatArray:
    """Give the cumulative sum before each value."""
    return np.asarray(np.concatenate([[0.0], np.cumsum(values)[:-1]]))


def _correlation_at(history: History, cpu: CpuSeries, *, shift: float) -> float:
    """Correlate changes of CPU with changes of load at one shift; 0 where too little overlaps."""
    end = cpu.end_seconds + shift
    begin = end - cpu.period_seconds
    inside = (begin >= history.seconds[0]) & (end <= history.seconds[-1])
    inside &= cpu.cpu_percent < SATURATED_PERCENT
    if np.count_nonzero(inside) < FEWEST_SAMPLES:
        return 0.0
    load = np.interp(end, history.seconds, history.requests)
    load -= np.interp(begin, history.seconds, history.requests)
    pairs = inside[1:] & inside[:-1]
    change_of_load, change_of_cpu = np.diff(load)[pairs], np.diff(cpu.cpu_percent)[pairs]
    if len(change_of_load) < FEWEST_SAMPLES - 1:
        return 0.0
    if np.ptp(change_of_load) == 0 or np.ptp(change_of_cpu) == 0:
        return 0.0
    return float(np.corrcoef(change_of_load, change_of_cpu)[0, 1])
