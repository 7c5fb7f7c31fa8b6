"""What safety costs along the front: host-minutes for a point of headroom, and the knee.

Notation: F point of the front of host-minutes against worst peak CPU.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.decision.words import counted, number, scale_out_in_words, shortest
from tuner.plan_json import plan_to_json
from tuner.plotting import Plotted
from tuner.policy import ScalingPlan
from tuner.search.result import SearchResult

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ROUNDING_POINTS = 1e-6
"""Points of CPU by which peaks may differ that are one: a price for less means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedPlan:
    """One plan of the front.

    Parameters
    ----------
    row : int
        Row of the search's result.
    plan : ScalingPlan
        The plan.
    host_minutes, worst_peak_cpu_percent, mean_cpu_percent : float
        Totals weighted over the shapes.
    headroom_points : float
        Limit less worst peak, in points of CPU; below 0 where it passes the limit.
    host_minutes_per_point : float or None
        What each point of headroom costs that it has more than the plan before it on the front;
        None for the cheapest.
    feasible : bool
        Whether it keeps to every limit.
    chord_distance : float or None
        How far it lies below the chord of the normalised feasible front, from 0 at both ends;
        None where it is not feasible or the front has no chord.
    """

    row: int
    plan: ScalingPlan
    host_minutes: float
    worst_peak_cpu_percent: float
    mean_cpu_percent: float
    headroom_points: float
    host_minutes_per_point: float | None
    feasible: bool
    chord_distance: float | None

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {
            "plan": plan_to_json(self.plan),
            "host_minutes": self.host_minutes,
            "worst_peak_cpu_percent": self.worst_peak_cpu_percent,
            "mean_cpu_percent": self.mean_cpu_percent,
            "headroom_points": self.headroom_points,
            "host_minutes_per_point": self.host_minutes_per_point,
            "feasible": self.feasible,
            "chord_distance": self.chord_distance,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOfSafety(Plotted):
    """The front with its prices, and its knee.

    Parameters
    ----------
    limit_percent : float
        Largest peak CPU allowed; headroom is counted from it.
    front : tuple of PricedPlan
        The cheapest first, feasible or not.
    knee : PricedPlan or None
        The feasible plan with the largest distance from the chord; None where no plan lies below
        the chord, so that no choice is better than going along it.
    """

    limit_percent: float
    front: tuple[PricedPlan, ...]
    knee: PricedPlan | None

    @property
    def feasible(self) -> tuple[PricedPlan, ...]:
        """The plans of the front that keep to every limit, the cheapest first."""
        return tuple(plan for plan in self.front if plan.feasible)

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {
            "limit_percent": self.limit_percent,
            "front": [plan.to_json() for plan in self.front],
            "knee": None if self.knee is None else self.knee.to_json(),
        }

    def lines(self) -> list[str]:
        """Say the price of each step of the feasible front, and the knee."""
        lines = [
            f"{number(plan.headroom_points)} points of headroom: {number(plan.host_minutes)}"
            " host-minutes"
            + (
                ""
                if plan.host_minutes_per_point is None
                else f", {number(plan.host_minutes_per_point)} for each point more"
            )
            for plan in self.feasible
        ]
        if self.knee is None:
            return [*lines, "The front has no knee: headroom costs much the same all along it."]
        knee = self.knee
        points = counted(round(knee.headroom_points, 1), "point")
        return [
            *lines,
            f"The knee: {scale_out_in_words(knee.plan)}, {points} of headroom for"
            f" {shortest(knee.host_minutes)} host-minutes.",
        ]


def price_of_safety(result: SearchResult) -> PriceOfSafety:
    """Price the headroom along the front of a search, and find the knee.

    Parameters
    ----------
    result : SearchResult
        A finished search.

    Returns
    -------
    PriceOfSafety
        The knee is looked for among feasible plans: host-minutes and headroom are each scaled to
        0 … 1 between the ends of their front.
    """
    rows = _told_apart(result.cost_front(), result.worst_peak_cpu_percent)
    feasible = result.feasible()[rows]
    minutes, peaks = result.host_minutes[rows], result.worst_peak_cpu_percent[rows]
    limit = result.scenario.limit_percent
    distance = np.full(len(rows), np.nan)
    distance[feasible] = chord_distances(minutes[feasible], peaks[feasible])
    prices = [None, *(np.diff(minutes) / -np.diff(peaks)).tolist()]
    front = tuple(
        PricedPlan(
            row=row,
            plan=result.plan(row),
            host_minutes=float(minutes[f]),
            worst_peak_cpu_percent=float(peaks[f]),
            mean_cpu_percent=float(result.mean_cpu_percent[row]),
            headroom_points=limit - float(peaks[f]),
            host_minutes_per_point=prices[f],
            feasible=bool(feasible[f]),
            chord_distance=None if np.isnan(distance[f]) else float(distance[f]),
        )
        for f, row in enumerate(rows.tolist())
    )
    below = [plan for plan in front if plan.chord_distance is not None and plan.chord_distance > 0]
    knee = max(below, key=lambda plan: plan.chord_distance or 0.0, default=None)
    return PriceOfSafety(limit_percent=limit, front=front, knee=knee)


def _told_apart(rows: IntArray, peaks: FloatArray) -> IntArray:
    """Leave out points of a front whose peak is only by rounding below that of a cheaper one."""
    kept: list[int] = []
    for row in rows.tolist():
        if not kept or peaks[kept[-1]] - peaks[row] > ROUNDING_POINTS:
            kept.append(row)
    return np.array(kept, dtype=np.int64)


def chord_distances(first: FloatArray, second: FloatArray) -> FloatArray:
    """Give how far each point of a front of two costs lies below its normalised chord.

    Parameters
    ----------
    first, second : float64 [F]
        Two costs; the first rises, the second falls.

    Returns
    -------
    float64 [F]
        0 at both ends, above 0 towards the corner where both costs are least; NaN where the front
        has fewer than three points.

    Examples
    --------
    >>> distances = chord_distances(np.array([0.0, 1.0, 10.0]), np.array([50.0, 30.0, 20.0]))
    >>> distances.round(3).tolist()
    [0.0, 0.401, 0.0]
    """
    if len(first) < 3:
        return np.full(len(first), np.nan)
    along = (first - first[0]) / (first[-1] - first[0])
    down = (second - second[-1]) / (second[0] - second[-1])
    return np.asarray((1.0 - along - down) / np.sqrt(2.0))
