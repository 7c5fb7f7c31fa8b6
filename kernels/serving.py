"""One tick of load on the serving instances: CPU and overload.

Source: docs/model.md, "What a run is given" (host model), step 2 and "Floats".
"""

from __future__ import annotations

from kernels._jit import kernel
from kernels.layout import Floats, Setting


@kernel
def table_cpu_percent(x: float, table_rpm: Floats, table_percent: Floats) -> float:
    """Give the CPU percent that a monotone table says at x rpm per instance, not clipped.

    Level before the first knot; the last segment goes on.
    """
    if x <= table_rpm[0]:
        return float(table_percent[0])
    k = 0
    while k < table_rpm.shape[0] - 2 and x > table_rpm[k + 1]:
        k += 1
    rise = table_percent[k + 1] - table_percent[k]
    run = table_rpm[k + 1] - table_rpm[k]
    return float(table_percent[k] + (x - table_rpm[k]) * rise / run)


@kernel
def cpu_percent(rpm: float, serving: int, setting: Setting) -> float:
    """Give the CPU percent of each of ``serving`` instances (at least 1), clipped to 0 … 100."""
    if setting.table_rpm.shape[0] == 0:
        cpu = setting.intercept_percent + setting.slope_percent_per_rpm * rpm / serving
    else:
        cpu = table_cpu_percent(rpm / serving, setting.table_rpm, setting.table_percent)
    return min(max(cpu, 0.0), 100.0)


@kernel
def overload_rpm(rpm: float, serving: int, saturation_rpm: float) -> float:
    """Give the load offered beyond what ``serving`` instances carry at 100 %, in rpm."""
    if serving == 0:
        return rpm
    return max(rpm - serving * saturation_rpm, 0.0)
