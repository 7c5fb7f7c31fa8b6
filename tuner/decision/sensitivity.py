"""How sensitive a plan is: one step of each parameter, up and down, and which shape breaks first.

Notation: C plan, S shape.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from tuner.decision.steps import Move, moves_of
from tuner.decision.words import number
from tuner.plan_json import plan_to_json
from tuner.plotting import Plotted
from tuner.policy import ScalingPlan
from tuner.search.objectives import WEIGHTED, Weighted, weigh
from tuner.search.result import SearchResult
from tuner.simulation.arrays import pack_plans
from tuner.simulation.outcomes import Outcomes
from tuner.simulation.run import simulate
from tuner.traffic.shapes import TrafficShapes


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Move):
    """A move with what it does.

    Parameters
    ----------
    totals : dict of str to float
        Its totals weighted over the shapes, by `tuner.search.objectives.WEIGHTED`.
    changes : dict of str to float
        Their differences from those of the plan.
    tightest_shape : str
        The shape with the highest peak CPU: where it breaks first.
    tightest_peak_percent : float
        That peak.
    shapes_over_limit : int
        Shapes on which peak CPU passes the limit.
    """

    totals: dict[str, float]
    changes: dict[str, float]
    tightest_shape: str
    tightest_peak_percent: float
    shapes_over_limit: int

    @property
    def breaks(self) -> bool:
        """Whether peak CPU passes the limit on any shape."""
        return self.shapes_over_limit > 0

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {
            "parameter": self.parameter,
            "direction": self.direction,
            "before": self.before,
            "after": self.after,
            "on_lattice": self.on_lattice,
            "plan": plan_to_json(self.plan),
            **self.totals,
            "changes": self.changes,
            "tightest_shape": self.tightest_shape,
            "tightest_peak_percent": self.tightest_peak_percent,
            "shapes_over_limit": self.shapes_over_limit,
            "breaks": self.breaks,
        }

    def words(self) -> str:
        """Say the step in one line."""
        peak = number(self.tightest_peak_percent)
        mean, cost = (
            ("+" if self.changes[name] > 0.0 else "") + number(self.changes[name])
            for name in ("mean_cpu_percent", "host_minutes")
        )
        end = f"breaks first on {self.tightest_shape!r} at {peak} %"
        if not self.breaks:
            end = f"holds, closest on {self.tightest_shape!r} at {peak} %"
        return (
            f"{self.parameter} {self.before} to {self.after}: mean CPU {mean} points,"
            f" host-minutes {cost}; {end}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity(Plotted):
    """A plan and all its neighbours.

    Parameters
    ----------
    plan : ScalingPlan
        The plan.
    totals : dict of str to float
        Its weighted totals.
    tightest_shape : str
        The shape with its highest peak CPU.
    limit_percent : float
        Largest peak CPU allowed.
    steps : tuple of Step
        By parameter in the order of the space, down before up.
    """

    plan: ScalingPlan
    totals: dict[str, float]
    tightest_shape: str
    limit_percent: float
    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {
            "plan": plan_to_json(self.plan),
            **self.totals,
            "tightest_shape": self.tightest_shape,
            "limit_percent": self.limit_percent,
            "steps": [step.to_json() for step in self.steps],
        }

    def lines(self) -> list[str]:
        """Say every step, one a line."""
        return [step.words() for step in self.steps]


def sensitivity(result: SearchResult, row: int, shapes: TrafficShapes) -> Sensitivity:
    """Run a candidate and its neighbours, each one step of one parameter away.

    Parameters
    ----------
    result : SearchResult
        A finished search.
    row : int
        Row of the candidate, such as ``Recommendation.row``.
    shapes : TrafficShapes [S]
        The shapes of the search.

    Returns
    -------
    Sensitivity
        A knob with several values takes the next one below and above; a fixed knob a unit step.
        Steps that are no candidates (AWS refuses them, thresholds that cross) are left out.

    Notes
    -----
    A knob that follows another (M = N, the scale-in window that is scale-out's) moves with it and
    is no step of its own, except M below N.
    """
    scenario = result.scenario
    moves = moves_of(result, row)
    plan = result.plan(row)
    plans = [plan, *(move.plan for move in moves)]
    outcomes = simulate(pack_plans(plans, scenario), scenario, shapes)
    totals = weigh(outcomes, shapes)
    limit = scenario.limit_percent
    return Sensitivity(
        plan=plan,
        totals=totals.of(0),
        tightest_shape=_tightest(outcomes, shapes, 0),
        limit_percent=limit,
        steps=tuple(
            Step(
                **{field.name: getattr(move, field.name) for field in fields(Move)},
                totals=totals.of(c),
                changes=_changes(totals, c),
                tightest_shape=_tightest(outcomes, shapes, c),
                tightest_peak_percent=float(outcomes.peak_cpu_percent[c].max()),
                shapes_over_limit=int((outcomes.peak_cpu_percent[c] > limit).sum()),
            )
            for c, move in enumerate(moves, start=1)
        ),
    )


def _changes(totals: Weighted, c: int) -> dict[str, float]:
    """Give the differences of a neighbour's totals from those of the plan, which is first."""
    first, other = totals.of(0), totals.of(c)
    return {name: other[name] - first[name] for name in WEIGHTED}


def _tightest(outcomes: Outcomes, shapes: TrafficShapes, c: int) -> str:
    """Name the shape on which a plan's CPU peaks highest, the first of several."""
    return shapes.names[int(np.argmax(outcomes.peak_cpu_percent[c]))]
