"""Which plan to recommend, what it is measured against, and why, in one sentence.

Notation: C candidate, S shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tuner.decision.binding import binding_constraints, least_bad_row
from tuner.decision.capacity import clairvoyant_bound, fixed_instances, run_fixed_group
from tuner.decision.reason import change_reason, keep_reason, nothing_feasible_reason, remarks
from tuner.decision.totals import PlanTotals, totals_of
from tuner.decision.words import counted, violations
from tuner.errors import ConfigurationError, Problem, SimulationError
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.search.result import SearchResult
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate
from tuner.traffic.shapes import TrafficShapes

Verdict = Literal["change", "keep", "nothing feasible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """What to do, why, and what it is measured against.

    Parameters
    ----------
    verdict : str
        ``change``: the recommended plan is better than today's, or there is none today. ``keep``:
        today's policy keeps to every limit and no candidate has a higher mean CPU, or the same with
        fewer host-minutes. ``nothing feasible``: no candidate keeps to every limit.
    reason : str
        One sentence against today's policy, with figures.
    recommended : PlanTotals or None
        The feasible candidate with the highest mean CPU, whatever the verdict.
    cheapest : PlanTotals or None
        The feasible candidate with the fewest host-minutes, where it is another.
    baseline : PlanTotals or None
        Today's policy.
    least_bad : PlanTotals or None
        Where nothing is feasible, the candidate that comes closest.
    binding : tuple of str
        Where nothing is feasible, which constraint binds on which shape.
    fixed_group : PlanTotals or None
        The smallest group without policies that stays at or below the limit; None where
        `max_size` instances are too few.
    fixed_instances : int or None
        Its size.
    clairvoyant : PlanTotals
        The fewest instances in every tick that stay at or below the limit.
    remarks : tuple of str
        Sentences on what a reader should see beside the reason.
    feasible_count, n_candidates : int
        Feasible candidates, of how many.
    limit_percent : float
        Largest peak CPU allowed, percent.
    """

    verdict: Verdict
    reason: str
    recommended: PlanTotals | None
    cheapest: PlanTotals | None
    baseline: PlanTotals | None
    least_bad: PlanTotals | None
    binding: tuple[str, ...]
    fixed_group: PlanTotals | None
    fixed_instances: int | None
    clairvoyant: PlanTotals
    remarks: tuple[str, ...]
    feasible_count: int
    n_candidates: int
    limit_percent: float

    @property
    def clairvoyant_host_minutes(self) -> float:
        """Host-minutes of the clairvoyant bound, weighted over the shapes."""
        return self.clairvoyant.weighted["host_minutes"]

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON; null where there is nothing."""

        def table(totals: PlanTotals | None) -> dict[str, Any] | None:
            return None if totals is None else totals.to_json()

        fixed = table(self.fixed_group)
        return {
            "verdict": self.verdict,
            "reason": self.reason,
            "limit_percent": self.limit_percent,
            "recommended": table(self.recommended),
            "cheapest": table(self.cheapest),
            "baseline": table(self.baseline),
            "least_bad": table(self.least_bad),
            "binding": list(self.binding),
            "fixed_group": None if fixed is None else {"instances": self.fixed_instances, **fixed},
            "remarks": list(self.remarks),
            "clairvoyant": self.clairvoyant.to_json(),
            "clairvoyant_host_minutes": self.clairvoyant_host_minutes,
            "feasible_count": self.feasible_count,
            "candidate_count": self.n_candidates,
        }


def recommend(
    result: SearchResult, shapes: TrafficShapes, *, baseline: ScalingPlan | None
) -> Recommendation:
    """Choose the plan to recommend, and measure it against what else could be done.

    Parameters
    ----------
    result : SearchResult
        A finished search.
    shapes : TrafficShapes [S]
        The shapes that it ran on.
    baseline : ScalingPlan or None
        Today's policy, where there is one.

    Returns
    -------
    Recommendation
        "Nothing is feasible" and "nothing is better than today" are results.

    Raises
    ------
    ConfigurationError
        When the baseline cannot run, or the shapes are not those of the search.
    """
    _check_shapes(result, shapes)
    scenario = result.scenario
    today = None if baseline is None else _run_baseline(baseline, scenario, shapes)
    chosen, thrifty = result.best(), result.cheapest()
    least_bad = least_bad_row(result) if chosen is None else None
    rows = {"recommended": chosen, "cheapest": thrifty, "least bad": least_bad}
    if thrifty == chosen:
        rows.pop("cheapest")
    candidates = {
        label: _run(result.plan(c), scenario, shapes, label=label)
        for label, c in rows.items()
        if c is not None
    }
    verdict = _verdict(candidates.get("recommended"), today, result)
    yardsticks = _yardsticks(result, shapes)
    return Recommendation(
        verdict=verdict,
        reason=_reason(verdict, candidates, today, result),
        recommended=candidates.get("recommended"),
        cheapest=candidates.get("cheapest"),
        baseline=today,
        least_bad=candidates.get("least bad"),
        binding=() if least_bad is None else binding_constraints(result, least_bad),
        **yardsticks,
        remarks=remarks(candidates.get("recommended"), yardsticks["fixed_group"]),
        feasible_count=int(np.count_nonzero(result.feasible())),
        n_candidates=result.n_candidates,
        limit_percent=scenario.limit_percent,
    )


def _verdict(
    recommended: PlanTotals | None, baseline: PlanTotals | None, result: SearchResult
) -> Verdict:
    """Compare the recommended plan with today's, as the rule for candidates does."""
    if recommended is None:
        return "nothing feasible"
    if baseline is None or baseline.plan is None or recommended.plan is None:
        return "change"
    if violations(baseline, result.scenario, result.limits):
        return "change"

    def rank(totals: PlanTotals) -> tuple[float, float]:
        return totals.weighted["mean_cpu_percent"], -totals.weighted["host_minutes"]

    return "keep" if rank(baseline) >= rank(recommended) else "change"


def _reason(
    verdict: Verdict,
    candidates: dict[str, PlanTotals],
    baseline: PlanTotals | None,
    result: SearchResult,
) -> str:
    """Say the verdict in one sentence."""
    if verdict == "nothing feasible":
        return nothing_feasible_reason(candidates["least bad"], baseline, result)
    recommended = candidates["recommended"]
    if verdict == "keep" and baseline is not None:
        same = same_plans(recommended.plan, baseline.plan, result.scenario)
        cheapest = None if same else candidates.get("cheapest", recommended)
        return keep_reason(baseline, cheapest, result)
    return change_reason(recommended, baseline, result)


def same_plans(first: ScalingPlan | None, second: ScalingPlan | None, scenario: Scenario) -> bool:
    """Tell whether two plans are the same within a scenario, defaults filled in."""
    if first is None or second is None:
        return first is second
    rows = [pack_plans([plan], scenario) for plan in (first, second)]
    columns = [(*row.policies, row.actions) for row in rows]
    return all(np.array_equal(a, b) for a, b in zip(*columns, strict=True))


def _yardsticks(result: SearchResult, shapes: TrafficShapes) -> dict[str, Any]:
    """Run what any policy is measured against."""
    scenario, limit = result.scenario, result.scenario.limit_percent
    instances = fixed_instances(scenario, shapes)
    smallest = min(result.space.min_size or (scenario.group.min_size,))
    bound = clairvoyant_bound(scenario, shapes, min_size=smallest)
    fixed = None
    if instances is not None:
        fixed = totals_of(
            run_fixed_group(instances, scenario, shapes),
            shapes,
            label=f"a fixed group of {counted(instances, 'host')}",
            plan=None,
            limit_percent=limit,
        )
    return {
        "fixed_group": fixed,
        "fixed_instances": instances,
        "clairvoyant": totals_of(
            bound, shapes, label="the clairvoyant bound", plan=None, limit_percent=limit
        ),
    }


def _run(plan: ScalingPlan, scenario: Scenario, shapes: TrafficShapes, *, label: str) -> PlanTotals:
    """Run one plan on every shape."""
    outcomes = simulate(pack_plans([plan], scenario), scenario, shapes, threads=1)
    return totals_of(outcomes, shapes, label=label, plan=plan, limit_percent=scenario.limit_percent)


def _run_baseline(baseline: ScalingPlan, scenario: Scenario, shapes: TrafficShapes) -> PlanTotals:
    """Run today's policy, with its own name in what may be wrong with it."""
    try:
        return _run(baseline, scenario, shapes, label="today's policy")
    except SimulationError as error:
        problem = error.problems[0]
        raise ConfigurationError(
            Problem(
                "a policy of today that can run in this scenario",
                problem.got,
                "baseline",
                "Mend the baseline, or the scenario's tick and monitoring.",
            )
        ) from error


def _check_shapes(result: SearchResult, shapes: TrafficShapes) -> None:
    """Refuse shapes that are not those of the search."""
    same_weight = np.array_equal(result.weight, shapes.weight)
    if result.shape_names != shapes.names or not same_weight:
        raise ConfigurationError(
            Problem(
                f"the shapes of the search: {', '.join(result.shape_names)}",
                f"{', '.join(shapes.names)}" + ("" if same_weight else ", with other weights"),
                "shapes",
                "Hand the search's shapes on.",
            )
        )
