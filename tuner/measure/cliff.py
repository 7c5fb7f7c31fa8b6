"""The cliff: the CPU percent of a host above which latency leaves its base for good.

Notation: N point, K drawn point. x is CPU percent, or the load in percent of the highest measured
where CPU was not measured or latency is a wall against it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.measure.break_finder import Finding, find_break
from tuner.measure.loadtest import LoadTest
from tuner.plotting import Plotted

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SATURATED_PERCENT = 98.0
FAILING_FRACTION = 0.01
FEWEST_POINTS = 8
STUCK_SLOPE_FRACTION = 0.25
STUCK_SPAN_PERCENT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cliff(Plotted):
    """Where latency breaks, and how sure that is.

    Parameters
    ----------
    cliff_percent : float or None
        Lower end of the interval, CPU percent; None where no break was found or CPU is unknown.
    estimate_percent : float or None
        The middle.
    interval_percent : tuple of float or None
        95 % interval.
    cliff_rpm : float or None
        Requests per minute on one instance at the lower end.
    measured_up_to_percent : float or None
        Highest CPU measured; None where CPU was not measured.
    detected_along : str
        ``cpu`` or ``load``.
    sentence : str
        The answer in words.
    base_latency_ms : float or None
        Latency before the break, or the median where there is none.
    cpu_percent, latency_p95_ms : float64 [N]
        The points that were looked at; CPU may be NaN along the load.
    fitted_x, fitted_latency_ms : float64 [K]
        The fitted curve for drawing: CPU percent, or rpm per instance along the load.
    warnings : tuple of str
        What a reader should know.
    """

    cliff_percent: float | None
    estimate_percent: float | None
    interval_percent: tuple[float, float] | None
    cliff_rpm: float | None
    measured_up_to_percent: float | None
    detected_along: str
    sentence: str
    base_latency_ms: float | None
    cpu_percent: FloatArray
    latency_p95_ms: FloatArray
    fitted_x: FloatArray
    fitted_latency_ms: FloatArray
    warnings: tuple[str, ...]


def find_cliff(load_test: LoadTest, *, seed: int = 0) -> Cliff:
    """Find the CPU percent above which latency leaves its base for good.

    Parameters
    ----------
    load_test : LoadTest
        Windows in time order.
    seed : int
        Of the bootstrap and the placebos; the same seed gives the same answer.

    Returns
    -------
    Cliff
        With an interval, or the statement that no break was found up to the CPU measured.

    Notes
    -----
    Assumption: windows with more than 1 % of failures, and windows at 98 % CPU or more, say nothing
    about the knee; failures hide latency, and at saturation CPU no longer tells loads apart.
    """
    answered = np.isfinite(load_test.latency_p95_ms) & (load_test.latency_p95_ms > 0)
    answered &= np.isfinite(load_test.rpm_per_instance)
    answered &= load_test.error_fraction <= FAILING_FRACTION
    known = np.isfinite(load_test.cpu_percent)
    below = answered & known & (load_test.cpu_percent < SATURATED_PERCENT)
    generator = np.random.default_rng(seed)
    blind = bool(np.count_nonzero(answered & known) < 0.5 * np.count_nonzero(answered))
    along_load = blind or _is_wall(load_test, below)
    rows = answered if along_load else below
    x = load_test.rpm_per_instance if along_load else load_test.cpu_percent
    finding = None
    if np.count_nonzero(rows) >= FEWEST_POINTS and np.ptp(x[rows]) > 0:
        unit = float(x[rows].max()) / 100.0 if along_load else 1.0
        witness = rows if along_load else known & (load_test.latency_p95_ms > 0)
        finding = find_break(
            x[witness] / unit,
            latency=load_test.latency_p95_ms[witness],
            step=load_test.step[witness],
            usable=rows[witness],
            generator=generator,
        )
        return _answer(load_test, rows, finding, along_load=along_load, unit=unit)
    return _answer(load_test, rows, finding, along_load=along_load, unit=1.0)


def _is_wall(load_test: LoadTest, rows: BoolArray) -> bool:
    """Say whether CPU stands still below saturation while the load goes on rising.

    Assumption: CPU stands still where, over the upper third of the loads, it rises by less than a
    quarter of what it rises by over the lower two thirds (a request), within 5 points, under 90 %.
    """
    rpm, cpu = load_test.rpm_per_instance[rows], load_test.cpu_percent[rows]
    if len(rpm) < FEWEST_POINTS:
        return False
    split = np.quantile(rpm, 0.65)
    high = rpm >= split
    if np.count_nonzero(high) < 3 or np.ptp(rpm[high]) < 0.05 * rpm.max() or np.ptp(rpm) == 0:
        return False
    if np.max(cpu) > 90.0 or np.ptp(np.quantile(cpu[high], [0.1, 0.9])) > STUCK_SPAN_PERCENT:
        return False
    if np.ptp(rpm[~high]) == 0:
        return False
    upper = float(np.polyfit(rpm[high], cpu[high], 1)[0])
    lower = float(np.polyfit(rpm[~high], cpu[~high], 1)[0])
    return lower > 0 and upper < STUCK_SLOPE_FRACTION * lower


def _answer(
    load_test: LoadTest, rows: BoolArray, finding: Finding | None, *, along_load: bool, unit: float
) -> Cliff:
    """Put a finding into words and CPU percent."""
    cpu, latency = load_test.cpu_percent, load_test.latency_p95_ms
    known = np.isfinite(cpu)
    top = float(cpu[known].max()) if known.any() else None
    warnings = list(finding.warnings) if finding else []
    interval_x = finding.interval if finding else None
    percent: tuple[float, float, float] | None = None
    cliff_rpm = None
    if finding and finding.estimate is not None and interval_x is not None:
        low, middle, high = interval_x[0] * unit, finding.estimate * unit, interval_x[1] * unit
        if along_load:
            cliff_rpm = low
            if known.any():
                percent = _cpu_at_loads(load_test, rows & known, (low, middle, high))
                warnings.append(
                    "CPU stands still while latency rises: the break was found along the load, and "
                    "the CPU beside it is no guard on its own."
                )
        else:
            percent = (low, middle, high)
            cliff_rpm = _load_at_cpu(load_test, rows, low)
    return Cliff(
        cliff_percent=percent[0] if percent else None,
        estimate_percent=percent[1] if percent else None,
        interval_percent=(percent[0], percent[2]) if percent else None,
        cliff_rpm=cliff_rpm,
        measured_up_to_percent=top,
        detected_along="load" if along_load else "cpu",
        sentence=_sentence(load_test, finding, percent, along_load=along_load, unit=unit),
        base_latency_ms=finding.base_latency_ms if finding else None,
        cpu_percent=cpu[rows],
        latency_p95_ms=latency[rows],
        fitted_x=finding.fitted_x * unit if finding else np.empty(0),
        fitted_latency_ms=finding.fitted_latency_ms if finding else np.empty(0),
        warnings=tuple(warnings),
    )


def _sentence(
    load_test: LoadTest,
    finding: Finding | None,
    percent: tuple[float, float, float] | None,
    *,
    along_load: bool,
    unit: float,
) -> str:
    """Say the answer in words."""
    if finding is None:
        return (
            f"No break was looked for: fewer than {FEWEST_POINTS} windows have latency, different "
            "loads and few failures."
        )
    known = np.isfinite(load_test.cpu_percent)
    top_rpm = float(np.nanmax(load_test.rpm_per_instance))
    reach = f"{top_rpm:,.0f} rpm per instance"
    if known.any():
        reach = f"{float(load_test.cpu_percent[known].max()):.0f} % CPU ({reach})"
    if finding.estimate is None or finding.interval is None:
        return f"No break found up to {reach}: {finding.reason}."
    low, middle, high = (
        v * unit for v in (finding.interval[0], finding.estimate, finding.interval[1])
    )
    base = f"from a base of {finding.base_latency_ms:.3g} ms"
    if not along_load:
        return (
            f"Latency leaves its base for good at {middle:.1f} % CPU (95 % interval {low:.1f} to "
            f"{high:.1f} %), {base}; the lower end is the cliff. {finding.reason}."
        )
    beside = f", where CPU is {percent[1]:.0f} %" if percent else "; CPU was not measured"
    return (
        f"Latency leaves its base for good at {middle:,.0f} rpm per instance (95 % interval "
        f"{low:,.0f} to {high:,.0f}), {base}{beside}. {finding.reason}."
    )


def _cpu_at_loads(
    load_test: LoadTest, rows: BoolArray, loads: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Give the median CPU of the windows nearest to each load, never falling."""
    rpm, cpu = load_test.rpm_per_instance[rows], load_test.cpu_percent[rows]
    count = max(3, len(rpm) // 20)
    found = [
        float(np.median(cpu[np.argsort(np.abs(rpm - load), kind="stable")[:count]]))
        for load in loads
    ]
    low, middle, high = np.maximum.accumulate(found).tolist()
    return low, middle, high


def _load_at_cpu(load_test: LoadTest, rows: BoolArray, percent: float) -> float:
    """Give the median load of the windows nearest to a CPU percent."""
    rpm, cpu = load_test.rpm_per_instance[rows], load_test.cpu_percent[rows]
    near = np.argsort(np.abs(cpu - percent), kind="stable")[: max(3, len(cpu) // 20)]
    ratio = float(np.median(rpm[near] / np.maximum(cpu[near], 1.0)))
    return ratio * percent
