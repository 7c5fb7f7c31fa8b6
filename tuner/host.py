"""The host model: CPU percent of one instance at a number of requests per minute.

Notation: N knot of the table. A host is a straight line, or a monotone piecewise-linear table whose
last segment goes on; both are clipped to 0 … 100 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tuner.errors import ConfigurationError, Problem

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HostModel:
    """How busy one instance is at a load, and where its latency breaks.

    Parameters
    ----------
    intercept_percent : float
        CPU percent at no load; may be negative (a fit's), the result is clipped.
    slope_percent_per_rpm : float
        CPU percent for each request per minute on one instance, not negative.
    cliff_percent : float or None
        CPU percent above which latency breaks; None where no break was found.
    saturation_rpm : float or None
        Requests per minute that one instance carries at 100 %; derived where None.
    table : tuple of (rpm, percent) or None
        Knots in rising rpm that replace the line where it does not hold.
    measured_up_to_rpm : float or None
        Highest load per instance ever measured; beyond it the model is an extrapolation.

    Raises
    ------
    ConfigurationError
        For a negative slope, a cliff below the intercept or above 100, or a table that falls.

    Notes
    -----
    Source: docs/model.md, "What a run is given" and "Small print".
    """

    intercept_percent: float = 0.0
    slope_percent_per_rpm: float = 0.0
    cliff_percent: float | None = None
    saturation_rpm: float | None = None
    table: tuple[tuple[float, float], ...] | None = None
    measured_up_to_rpm: float | None = None

    def __post_init__(self) -> None:
        """Refuse a model that cannot be a host."""
        problems = list(_line_problems(self)) + list(_table_problems(self))
        if problems:
            raise ConfigurationError(*problems)

    def cpu_percent(self, rpm: ArrayLike, *, instances: ArrayLike = 1) -> FloatArray:
        """Give the CPU percent of each instance, clipped to 0 … 100.

        Parameters
        ----------
        rpm : float64 [...]
            Requests per minute offered to the whole group.
        instances : int [...]
            Instances that share them, at least 1.

        Returns
        -------
        float64 [...]
            CPU percent, 0 to 100.

        Examples
        --------
        >>> host = HostModel(intercept_percent=2.0, slope_percent_per_rpm=0.001)
        >>> float(host.cpu_percent(60_000.0, instances=2))
        32.0
        """
        return np.asarray(np.clip(self.unclipped_percent(rpm, instances=instances), 0.0, 100.0))

    def unclipped_percent(self, rpm: ArrayLike, *, instances: ArrayLike = 1) -> FloatArray:
        """Give what the line or table says, beyond 0 … 100 as well; else as `cpu_percent`."""
        offered = np.asarray(rpm, dtype=np.float64)
        count = np.asarray(instances, dtype=np.float64)
        if self.table is None:
            return np.asarray(self.intercept_percent + self.slope_percent_per_rpm * offered / count)
        x = np.asarray(offered / count)
        knot_rpm, knot_percent = (np.array(column) for column in zip(*self.table))
        k = np.clip(np.searchsorted(knot_rpm, x, side="left") - 1, 0, len(knot_rpm) - 2)
        rise = knot_percent[k + 1] - knot_percent[k]
        run = knot_rpm[k + 1] - knot_rpm[k]
        inside = knot_percent[k] + (x - knot_rpm[k]) * rise / run
        return np.asarray(np.where(x <= knot_rpm[0], knot_percent[0], inside))

    def rpm_at(self, cpu_percent: float) -> float:
        """Give the smallest load per instance at which the model reaches a CPU percent.

        Returns infinity where it never does.

        Examples
        --------
        >>> HostModel(intercept_percent=2.0, slope_percent_per_rpm=0.001).rpm_at(52.0)
        50000.0
        """
        if self.table is None:
            if self.slope_percent_per_rpm == 0.0:
                return math.inf if cpu_percent > self.intercept_percent else 0.0
            rise = cpu_percent - self.intercept_percent
            return max(rise / self.slope_percent_per_rpm, 0.0)
        knots = self.table
        if knots[0][1] >= cpu_percent:
            return knots[0][0]
        for (x0, y0), (x1, y1) in pairwise(knots):
            if y1 >= cpu_percent:
                return x0 + (cpu_percent - y0) * (x1 - x0) / (y1 - y0)
        (x0, y0), (x1, y1) = knots[-2], knots[-1]
        return x0 + (cpu_percent - y0) * (x1 - x0) / (y1 - y0) if y1 > y0 else math.inf

    @property
    def capacity_rpm(self) -> float:
        """Requests per minute that one instance carries at 100 % CPU."""
        return self.rpm_at(100.0) if self.saturation_rpm is None else self.saturation_rpm


def _line_problems(host: HostModel) -> list[Problem]:
    """List what is wrong with the scalars of a host model."""
    problems = []
    numbers = {
        "intercept_percent": host.intercept_percent,
        "slope_percent_per_rpm": host.slope_percent_per_rpm,
    }
    for name, value in numbers.items():
        if not math.isfinite(value):
            problems.append(Problem("a finite number", repr(value), name, "Give the fitted value."))
    if host.slope_percent_per_rpm < 0:
        problems.append(
            Problem(
                "a slope of at least 0",
                f"{host.slope_percent_per_rpm:g}",
                "slope_percent_per_rpm",
                "CPU cannot fall with load: check the columns of the load test.",
            )
        )
    if host.saturation_rpm is not None and not host.saturation_rpm > 0:
        problems.append(
            Problem(
                "a saturation above 0 rpm",
                f"{host.saturation_rpm:g}",
                "saturation_rpm",
                "Give the rpm of one host at 100 % CPU, or leave it out.",
            )
        )
    problems.extend(_cliff_problems(host))
    return problems


def _cliff_problems(host: HostModel) -> list[Problem]:
    """List what is wrong with the cliff."""
    cliff = host.cliff_percent
    if cliff is None:
        return []
    idle = host.intercept_percent if host.table is None else host.table[0][1]
    if not 0 < cliff <= 100:
        return [
            Problem(
                "a cliff within 0 and 100 percent",
                f"{cliff:g}",
                "cliff_percent",
                "Give the CPU percent above which latency breaks.",
            )
        ]
    if cliff <= idle:
        return [
            Problem(
                f"a cliff above the idle CPU of {idle:g} %",
                f"{cliff:g}",
                "cliff_percent",
                "No number of hosts could stay under it: measure again or raise the cliff.",
            )
        ]
    return []


def _table_problems(host: HostModel) -> list[Problem]:
    """List what is wrong with the table."""
    if host.table is None:
        return []
    if len(host.table) < 2:
        return [
            Problem(
                "a table of at least two knots",
                f"{len(host.table)}",
                "table",
                "Give pairs [rpm_per_instance, cpu_percent].",
            )
        ]
    rising = all(x1 > x0 and y1 >= y0 for (x0, y0), (x1, y1) in pairwise(host.table))
    if rising and all(math.isfinite(value) for knot in host.table for value in knot):
        return []
    return [
        Problem(
            "knots with rising rpm and CPU percent that does not fall",
            repr([list(knot) for knot in host.table]),
            "table",
            "Sort the knots by rpm, and drop those above saturation.",
        )
    ]
