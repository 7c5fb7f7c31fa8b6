"""One tick of load on the serving instances: CPU and overload.

Source: docs/model.md, "What a run is given" (host model), step 2 and "Floats".
"""

from __future__ import annotations

from kernels._jit import kernel
from kernels.layout import Floats, Setting


@kernel
def table_cpu_percent(x: float, knots: Floats) -> float:
    """Give the CPU percent that a monotone table says at x rpm per instance, not clipped.

    Level before the first knot; the last segment goes on.
    """
    if x <= knots[0, 0]:
        return float(knots[0, 1])
    k = 0
    while k < knots.shape[0] - 2 and x > knots[k + 1, 0]:
        k += 1
    rise = knots[k + 1, 1] - knots[k, 1]
    run = knots[k + 1, 0] - knots[k, 0]
    return float(knots[k, 1] + (x - knots[k, 0]) * rise / run)


@kernel
def line_cpu_percent(rpm: float, serving: float, intercept: float, slope: float) -> float:
    """Give the CPU percent of each of ``serving`` instances on a line, clipped to 0 … 100."""
    return min(max(intercept + slope * rpm / serving, 0.0), 100.0)


@kernel
def cpu_percent(rpm: float, serving: int, setting: Setting, knots: Floats) -> float:
    """Give the CPU percent of each of ``serving`` instances (at least 1), clipped to 0 … 100.

    ``knots [K, 2]`` holds rpm and percent, and is empty where the host is a line.
    """
    if knots.shape[0] == 0:
        return line_cpu_percent(
            rpm, serving, setting.intercept_percent, setting.slope_percent_per_rpm
        )
    return min(max(table_cpu_percent(rpm / serving, knots), 0.0), 100.0)


@kernel
def overload_rpm(rpm: float, serving: float, saturation_rpm: float) -> float:
    """Give the load offered beyond what ``serving`` instances carry at 100 %, in rpm."""
    if serving == 0:
        return rpm
    return excess_rpm(rpm, serving, saturation_rpm)


@kernel
def excess_rpm(rpm: float, serving: float, saturation_rpm: float) -> float:
    """Give the same where at least one instance serves."""
    return max(rpm - serving * saturation_rpm, 0.0)
