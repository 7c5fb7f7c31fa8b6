"""Step 2, Load: the CPU of the serving instances, and the load beyond what they carry."""

from __future__ import annotations

from math import inf

from tests.reference.records import HostModel


def cpu_percent(host: HostModel, rpm: float, serving: int) -> float | None:
    """Return the serving CPU of a tick.

    "n = 0 with load offered: CPU counts as 100"; "n = 0 without load: the tick has no CPU".
    """
    if serving == 0:
        return 100.0 if rpm > 0 else None
    if host.table is None:
        cpu = host.intercept_percent + host.slope_percent_per_rpm * rpm / serving
    else:
        cpu = table_percent(host.table, rpm / serving)
    return min(max(cpu, 0.0), 100.0)


def table_percent(table: tuple[tuple[float, float], ...], x: float) -> float:
    """Return y0 + (x - x0) * (y1 - y0) / (x1 - x0), "level before the first knot".

    A knot belongs to the segment that begins there; the last segment goes on.
    """
    if x < table[0][0] or len(table) == 1:
        return table[0][1]
    segment = 0
    while segment + 2 < len(table) and x >= table[segment + 1][0]:
        segment += 1
    (x0, y0), (x1, y1) = table[segment], table[segment + 1]
    return y0 + (x - x0) * (y1 - y0) / (x1 - x0)


def saturation_rpm(host: HostModel) -> float:
    """Return the rpm of one instance at 100 %, "derived unless given"."""
    if host.saturation_rpm is not None:
        return host.saturation_rpm
    if host.table is not None:
        return table_saturation_rpm(host.table)
    if host.slope_percent_per_rpm <= 0:
        return inf if host.intercept_percent < 100 else 0.0
    return max((100.0 - host.intercept_percent) / host.slope_percent_per_rpm, 0.0)


def table_saturation_rpm(table: tuple[tuple[float, float], ...]) -> float:
    """Return "saturation where it first reaches 100"; the last segment goes on."""
    if table[0][1] >= 100:
        return 0.0
    for segment in range(len(table) - 1):
        (x0, y0), (x1, y1) = table[segment], table[segment + 1]
        is_last = segment + 2 == len(table)
        if y1 > y0 and (y1 >= 100 or is_last):
            return x0 + (100.0 - y0) * (x1 - x0) / (y1 - y0)
    return inf


def overload_rpm(host: HostModel, rpm: float, serving: int) -> float:
    """Return "load above what n instances carry at 100 %"; without instances all of it."""
    if serving == 0:
        return rpm
    return max(rpm - serving * saturation_rpm(host), 0.0)
