"""Objectives, constraints and the rule for ties, all from totals weighted over the shapes.

Notation
--------
C candidate, S shape, M objective, G constraint. Objectives are costs: smaller is better. A
candidate is feasible when every constraint is at most 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.search.limits import Limits
from tuner.simulation.outcomes import Outcomes
from tuner.traffic.shapes import TrafficShapes, frozen
from tuner.units import MINUTES_PER_DAY

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

WEIGHTED = {
    "mean_cpu_percent": "%",
    "mean_cpu_per_host_percent": "%",
    "host_minutes": "min",
    "worst_peak_cpu_percent": "%",
    "minutes_over_cliff": "min",
    "overload_requests": "1",
    "activities": "1",
    "activities_per_day": "1/d",
}
"""Names of the weighted totals with their units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """Totals weighted over the shapes, ``sum(w * x) / sum(w)``; every array float64 ``[C]``.

    The worst peak is the largest over the shapes. Activities a day are the weighted activities
    over the weighted length of the shapes, in days.
    """

    mean_cpu_percent: FloatArray
    mean_cpu_per_host_percent: FloatArray
    host_minutes: FloatArray
    worst_peak_cpu_percent: FloatArray
    minutes_over_cliff: FloatArray
    overload_requests: FloatArray
    activities: FloatArray
    activities_per_day: FloatArray

    def of(self, c: int) -> dict[str, float]:
        """Give the weighted totals of one candidate by name."""
        return {name: getattr(self, name)[c].item() for name in WEIGHTED}

    def columns(self) -> list[FloatArray]:
        """Give every total, in the order of `WEIGHTED`."""
        return [getattr(self, name) for name in WEIGHTED]


@dataclass(frozen=True, slots=True)
class Scores:
    """What an engine minimises, and what it must keep to.

    Parameters
    ----------
    objectives : float64 [C, M]
        Costs: the negative of mean CPU percent, and host-minutes.
    constraints : float64 [C, G]
        Excess over each limit; feasible when at most 0.
    objective_names, constraint_names : tuple of str
        Names of the columns.
    constraint_scales : tuple of float [G]
        What an excess is divided by before excesses are compared with each other: 100 for a
        percentage, else the limit, at least 1.
    """

    objectives: FloatArray
    constraints: FloatArray
    objective_names: tuple[str, ...]
    constraint_names: tuple[str, ...]
    constraint_scales: tuple[float, ...]

    @property
    def violation(self) -> FloatArray:
        """How far each candidate is from feasible, float64 [C]: scaled excesses, added up."""
        return np.asarray((np.maximum(self.constraints, 0.0) / self.constraint_scales).sum(axis=1))

    @property
    def feasible(self) -> BoolArray:
        """Whether each candidate keeps to every limit, bool [C]."""
        return np.asarray((self.constraints <= 0.0).all(axis=1))


def weigh(outcomes: Outcomes, shapes: TrafficShapes) -> Weighted:
    """Weight the totals of candidates over the shapes.

    Parameters
    ----------
    outcomes : Outcomes [C, S]
        Totals of each run.
    shapes : TrafficShapes [S]
        Gives weights and lengths.

    Returns
    -------
    Weighted
        Summed shape by shape in their order, so that neither the other candidates of a chunk nor
        threads change a bit.
    """
    weight = shapes.weight.tolist()
    minutes = (shapes.n_ticks * shapes.tick_seconds / 60).reshape(1, -1)
    activities = over_shapes(outcomes.scale_outs + outcomes.scale_ins, weight)
    days = over_shapes(minutes, weight) / MINUTES_PER_DAY
    return Weighted(
        mean_cpu_percent=over_shapes(outcomes.mean_cpu_percent, weight),
        mean_cpu_per_host_percent=over_shapes(outcomes.mean_cpu_per_host_percent, weight),
        host_minutes=over_shapes(outcomes.host_minutes, weight),
        worst_peak_cpu_percent=frozen(outcomes.peak_cpu_percent.max(axis=1)),
        minutes_over_cliff=over_shapes(outcomes.minutes_over_cliff, weight),
        overload_requests=over_shapes(outcomes.overload_requests, weight),
        activities=activities,
        activities_per_day=frozen(activities / days),
    )


def over_shapes(total: FloatArray | IntArray, weight: Sequence[float]) -> FloatArray:
    """Weight one total over the shapes, ``sum(w * x) / sum(w)``, left to right.

    Parameters
    ----------
    total : float64 or int64 [C, S]
        A total of each run.
    weight : sequence of float [S]
        Weights, above 0.

    Returns
    -------
    float64 [C]

    Examples
    --------
    >>> over_shapes(np.array([[10.0, 40.0]]), [2.0, 1.0]).tolist()
    [20.0]
    """
    weighted = np.zeros(len(total))
    whole = 0.0
    for s, share in enumerate(weight):
        weighted += share * total[:, s]
        whole += share
    return frozen(weighted / whole)


def score(totals: Weighted, *, limit_percent: float, limits: Limits) -> Scores:
    """Turn weighted totals into costs and excesses.

    Parameters
    ----------
    totals : Weighted [C]
        Weighted totals.
    limit_percent : float
        Largest peak CPU allowed on any shape, percent.
    limits : Limits
        Optional constraints.
    """
    constraints = {"peak_cpu_percent": totals.worst_peak_cpu_percent - limit_percent}
    scales = {
        "peak_cpu_percent": 100.0,
        "activities_per_day": max(limits.max_activities_per_day or 1.0, 1.0),
        "minutes_over_cliff": max(limits.max_minutes_over_cliff or 1.0, 1.0),
    }
    if limits.max_activities_per_day is not None:
        excess = totals.activities_per_day - limits.max_activities_per_day
        constraints["activities_per_day"] = excess
    if limits.max_minutes_over_cliff is not None:
        constraints["minutes_over_cliff"] = (
            totals.minutes_over_cliff - limits.max_minutes_over_cliff
        )
    return Scores(
        np.stack([-totals.mean_cpu_percent, totals.host_minutes], axis=1),
        np.stack(list(constraints.values()), axis=1),
        ("mean_cpu_percent", "host_minutes"),
        tuple(constraints),
        tuple(scales[name] for name in constraints),
    )


def first_by(rows: IntArray, costs: Sequence[FloatArray | IntArray]) -> int | None:
    """Give the row that comes first by several costs in turn, the earliest where all are equal.

    Parameters
    ----------
    rows : int64 [R]
        Rows to choose from, rising.
    costs : sequence of float64 or int64 [C]
        Smaller is better; the first decides before the second, and so on.

    Returns
    -------
    int or None
        None where there are no rows.

    Examples
    --------
    >>> first_by(np.arange(3), [np.array([1.0, 0.0, 0.0]), np.array([0, 5, 4])])
    2
    """
    if not rows.size:
        return None
    for cost in costs:
        values = cost[rows]
        rows = rows[values == values.min()]
    return int(rows[0])
