"""Whether a plan keeps to stated limits on all shapes of a job and on those that nothing saw.

Notation: S shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tuner.decision.bound import upper_bound_percent
from tuner.decision.gate_checks import GateCheck, gate_checks
from tuner.decision.gate_limits import GateLimits
from tuner.decision.stress_record import StressedPlan
from tuner.decision.stress_settings import StressSettings
from tuner.decision.totals import PlanTotals, totals_of
from tuner.errors import ConfigurationError, Problem
from tuner.plan_json import plan_to_json
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.search.limits import Limits
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate
from tuner.traffic.shapes import TrafficShapes

MOST_SHAPES_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReport:
    """What the gate says of one plan.

    Parameters
    ----------
    plan : ScalingPlan
        The plan.
    totals : PlanTotals
        What it yields on the shapes of the job.
    today : PlanTotals or None
        The same of today's policy, where that is another plan.
    unseen : StressedPlan or None
        How it fares on unseen shapes; None where there are none.
    n_unseen : int
        How many there are.
    checks : tuple of GateCheck
        Every limit with what came.
    """

    plan: ScalingPlan
    totals: PlanTotals
    today: PlanTotals | None
    unseen: StressedPlan | None
    n_unseen: int
    checks: tuple[GateCheck, ...]

    @property
    def passed(self) -> bool:
        """Whether the plan keeps to every limit."""
        return all(check.passed for check in self.checks)

    @property
    def n_passed(self) -> int:
        """How many limits it keeps to."""
        return sum(check.passed for check in self.checks)

    def worst_shapes(self) -> list[dict[str, Any]]:
        """Give the totals of the shapes with the highest peaks, the highest first."""
        rows = self.totals.per_shape()
        rows.sort(key=lambda row: -row["peak_cpu_percent"])
        return rows[:MOST_SHAPES_SHOWN]

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {
            "passed": self.passed,
            "score": {"passed": self.n_passed, "checks": len(self.checks)},
            "plan": plan_to_json(self.plan),
            "description": self.plan.describe(),
            "checks": [check.to_json() for check in self.checks],
            "totals": self.totals.to_json(),
            "today": None if self.today is None else self.today.to_json(),
            "unseen": None
            if self.unseen is None
            else {"runs": self.n_unseen, **self.unseen.to_json()},
        }


def gate(
    plan: ScalingPlan,
    *,
    limits: GateLimits,
    searched: Limits,
    scenario: Scenario,
    shapes: TrafficShapes,
    stress: StressSettings,
    unseen: TrafficShapes | None = None,
    today: ScalingPlan | None = None,
) -> GateReport:
    """Simulate a plan on every shape and judge it against the limits.

    Parameters
    ----------
    plan : ScalingPlan
        The plan.
    limits : GateLimits
        The limits.
    searched : Limits
        Limits of the search, which stand where the gate has none.
    scenario : Scenario
        What the plan runs in.
    shapes : TrafficShapes [S]
        The shapes of the job.
    stress : StressSettings
        Allowed share of unseen shapes over the cliff, and how launch times scatter on them.
    unseen : TrafficShapes [S] or None
        Shapes that no search saw; None: the check is switched off.
    today : ScalingPlan or None
        Today's policy, to compare host-minutes with; None: there is none, or it is the plan.

    Raises
    ------
    ConfigurationError
        For a limit that cannot be judged: money without a price, host-minutes beyond today's
        without today's policy, unseen shapes without any.
    SimulationError
        When a plan cannot run in the scenario.
    """
    _check_judged(limits, scenario, unseen)
    totals = _totals(plan, scenario, shapes, label="the plan")
    before = None if today is None else _totals(today, scenario, shapes, label="today's policy")
    fared = None if unseen is None else _fared(plan, scenario, unseen, stress)
    checks = gate_checks(
        limits,
        searched=searched,
        scenario=scenario,
        totals=totals,
        today=before,
        unseen=fared,
        allowed_percent=stress.allowed_percent,
        n_unseen=0 if unseen is None else len(unseen),
    )
    return GateReport(
        plan=plan,
        totals=totals,
        today=before,
        unseen=fared,
        n_unseen=0 if unseen is None else len(unseen),
        checks=tuple(checks),
    )


def _totals(
    plan: ScalingPlan, scenario: Scenario, shapes: TrafficShapes, *, label: str
) -> PlanTotals:
    """Run one plan on every shape."""
    outcomes = simulate(pack_plans([plan], scenario), scenario, shapes, threads=1)
    return totals_of(outcomes, shapes, label=label, plan=plan, scenario=scenario)


def _fared(
    plan: ScalingPlan, searched: Scenario, unseen: TrafficShapes, stress: StressSettings
) -> StressedPlan:
    """Run one plan on the unseen shapes, and count as the stress check does."""
    scenario = stress.scenario(searched)
    outcomes = simulate(pack_plans([plan], scenario), scenario, unseen, threads=1)
    peaks = outcomes.peak_cpu_percent[0]
    cliff = scenario.host.cliff_percent
    over = np.flatnonzero(peaks > (scenario.limit_percent if cliff is None else cliff))
    bound = upper_bound_percent(int(over.size), runs=len(unseen))
    return StressedPlan(
        row=None,
        plan=plan,
        host_minutes=None,
        violations=int(over.size),
        upper_bound_percent=bound,
        first_shape=unseen.names[int(over[0])] if over.size else None,
        worst_peak_cpu_percent=float(peaks.max()),
        passes=bound <= stress.allowed_percent,
    )


def _check_judged(limits: GateLimits, scenario: Scenario, unseen: TrafficShapes | None) -> None:
    """Refuse limits that nothing can be held against."""
    problems = []
    if limits.most_usd is not None and scenario.group.host_usd_per_hour is None:
        problems.append(
            Problem(
                "host_usd_per_hour in [group] beside most_usd",
                "no price",
                "gate.most_usd",
                "Give the price of an instance, or take the limit out.",
            )
        )
    if limits.most_unseen_shapes_over is not None and unseen is None:
        problems.append(
            Problem(
                "unseen shapes beside most_unseen_shapes_over",
                "runs = 0 in [stress]",
                "gate.most_unseen_shapes_over",
                "Raise runs in [stress], or take the limit out.",
            )
        )
    if problems:
        raise ConfigurationError(*problems)
