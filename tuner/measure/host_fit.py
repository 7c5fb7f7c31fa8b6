"""From a load test to a host: the cliff first, then the CPU line below it, then the capacity."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tuner.host import HostModel
from tuner.measure.cliff import FAILING_FRACTION, SATURATED_PERCENT, Cliff, find_cliff
from tuner.measure.cpu_line import fit_cpu_line
from tuner.measure.fit_report import FitReport
from tuner.measure.loadtest import LoadTest
from tuner.plotting import Plotted

FEWEST_CPU_WINDOWS = 4


@dataclass(frozen=True, slots=True)
class HostFit(Plotted):
    """All that a load test says about a host.

    Parameters
    ----------
    load_test : LoadTest
        What was measured.
    line : FitReport or None
        The CPU line; None where CPU was not measured.
    cliff : Cliff
        Where latency breaks.
    host : HostModel or None
        For the simulation; None where CPU was not measured.
    capacity : str
        What limits the host, as a sentence.
    """

    load_test: LoadTest
    line: FitReport | None
    cliff: Cliff
    host: HostModel | None
    capacity: str = ""


def measure_host(load_test: LoadTest, *, seed: int = 0) -> HostFit:
    """Fit the host under a load test.

    Parameters
    ----------
    load_test : LoadTest
        Windows in time order.
    seed : int
        Of all random draws.

    Returns
    -------
    HostFit
        Its host's `saturation_rpm` is the smaller of what the line says and the most that was ever
        served with at most 1 % of failures, where the test reached a limit.

    Raises
    ------
    FitError
        When CPU was measured and does not follow the traffic.

    Notes
    -----
    Assumption: a test that ended without failures, below 98 % CPU and without a wall along the load
    did not reach the host's limit, so the most it served is no bound on what it could serve.
    """
    cliff = find_cliff(load_test, seed=seed)
    if np.count_nonzero(np.isfinite(load_test.cpu_percent)) < FEWEST_CPU_WINDOWS:
        return HostFit(load_test, None, cliff, None, "CPU was not measured: no host model.")
    line = fit_cpu_line(load_test, below_percent=cliff.estimate_percent, seed=seed)
    saturation_rpm, words = _capacity(load_test, line, cliff)
    idle = line.table[0][1] if line.table else line.intercept_percent
    cliff_percent = cliff.cliff_percent
    host = HostModel(
        intercept_percent=line.intercept_percent,
        slope_percent_per_rpm=line.slope_percent_per_rpm,
        cliff_percent=cliff_percent if cliff_percent and cliff_percent > idle else None,
        saturation_rpm=saturation_rpm,
        table=line.table,
        measured_up_to_rpm=float(np.nanmax(load_test.rpm_per_instance)),
    )
    return HostFit(load_test, line, cliff, host, words)


def _capacity(load_test: LoadTest, line: FitReport, cliff: Cliff) -> tuple[float | None, str]:
    """Give the rpm that one instance carries, and why."""
    good = load_test.error_fraction <= FAILING_FRACTION
    served = load_test.served_rpm_per_instance
    most = float(np.nanmax(served[good])) if good.any() else float(np.nanmax(served))
    saturated = np.nan_to_num(load_test.cpu_percent) >= SATURATED_PERCENT
    wall = cliff.detected_along == "load" and cliff.cliff_rpm is not None
    by_line = line.saturation_rpm
    if bool(saturated.any()) or not bool(good.all()) or wall:
        smaller = min(by_line, most)
        which = "the line's 100 %" if by_line <= most else "the most ever served well"
        return smaller, (
            f"One instance carries {smaller:,.0f} rpm: {which} (line {by_line:,.0f}, served "
            f"{most:,.0f})."
        )
    words = f"The test never reached the host's limit (most served {most:,.0f} rpm): "
    if not math.isfinite(by_line):
        return most, words + "and the table never reaches 100 %, so that is taken as its capacity."
    return by_line, words + f"its capacity of {by_line:,.0f} rpm is the line's, extrapolated."
