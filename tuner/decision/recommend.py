"""Which plan to recommend, what it is measured against, and why, in one sentence.

Notation: C candidate, S shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tuner.decision.binding import binding_constraints, least_bad_row
from tuner.decision.reason import (
    change_reason,
    keep_reason,
    money_sentence,
    nothing_feasible_reason,
    remarks,
)
from tuner.decision.stress_record import NOT_TESTED, StressCheck
from tuner.decision.stress_words import fared_in_words, none_passes_reason, stress_sentences
from tuner.decision.totals import PlanTotals, same_plans, totals_of
from tuner.decision.words import violations
from tuner.decision.yardsticks import yardsticks
from tuner.errors import ConfigurationError, Problem, SimulationError
from tuner.plotting import Plotted
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.search.result import SearchResult
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate
from tuner.traffic.shapes import TrafficShapes

Verdict = Literal["change", "keep", "nothing feasible", "nothing passes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation(Plotted):
    """What to do, why, and what it is measured against.

    Parameters
    ----------
    verdict : str
        ``change``: the recommended plan is better than today's, or there is none today. ``keep``:
        today's policy keeps to every limit, passes the stress check where there is one, and no
        candidate that passes has a higher mean CPU, or the same with fewer host-minutes.
        ``nothing feasible``: no candidate keeps to every limit. ``nothing passes``: none of those
        that do passes the stress check.
    reason : str
        One sentence against today's policy, with figures.
    recommended : PlanTotals or None
        The feasible candidate with the highest mean CPU that passes the stress check, whatever
        today's policy is.
    cheapest : PlanTotals or None
        The feasible candidate with the fewest host-minutes, where it is another.
    baseline : PlanTotals or None
        Today's policy.
    least_bad : PlanTotals or None
        Where nothing is feasible or nothing passes, the candidate that comes closest.
    binding : tuple of str
        Where nothing is feasible or nothing passes, what binds on which shape.
    row : int
        Row of the search's result of the recommended plan, else of the least bad.
    stress : StressCheck or None
        The stress check; None where there was none.
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
    row: int
    stress: StressCheck | None
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
            "stress": NOT_TESTED if self.stress is None else self.stress.to_json(),
            "remarks": list(self.remarks),
            "clairvoyant": self.clairvoyant.to_json(),
            "clairvoyant_host_minutes": self.clairvoyant_host_minutes,
            "feasible_count": self.feasible_count,
            "candidate_count": self.n_candidates,
        }


def recommend(
    result: SearchResult,
    shapes: TrafficShapes,
    *,
    baseline: ScalingPlan | None,
    stress: StressCheck | None = None,
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
    stress : StressCheck or None
        Says which candidates hold on shapes that the search never saw.

    Returns
    -------
    Recommendation
        "Nothing is feasible", "nothing passes" and "nothing is better than today" are results.

    Raises
    ------
    ConfigurationError
        When the baseline cannot run, or the shapes are not those of the search.
    """
    _check_shapes(result, shapes)
    scenario = result.scenario
    today = None if baseline is None else _run_baseline(baseline, scenario, shapes)
    chosen, thrifty = _chosen(result, stress), result.cheapest()
    row = _least_bad(result, stress) if chosen is None else chosen
    least_bad = row if chosen is None else None
    rows = {"recommended": chosen, "cheapest": thrifty, "least bad": least_bad}
    if thrifty == chosen:
        rows.pop("cheapest")
    candidates = {
        label: _run(result.plan(c), scenario, shapes, label=label)
        for label, c in rows.items()
        if c is not None
    }
    verdict = _verdict(candidates.get("recommended"), today, result, stress)
    measured = yardsticks(result, shapes)
    return Recommendation(
        verdict=verdict,
        reason=_reason(verdict, candidates, today, result, stress),
        recommended=candidates.get("recommended"),
        cheapest=candidates.get("cheapest"),
        baseline=today,
        least_bad=candidates.get("least bad"),
        binding=() if least_bad is None else binding_constraints(result, least_bad),
        row=row,
        stress=stress,
        **measured,
        remarks=(
            *(stress_sentences(stress) if verdict != "nothing feasible" else ()),
            *remarks(candidates.get("recommended"), measured["fixed_group"]),
            *money_sentence(candidates.get("recommended"), today, scenario),
        ),
        feasible_count=int(np.count_nonzero(result.feasible())),
        n_candidates=result.n_candidates,
        limit_percent=scenario.limit_percent,
    )


def _chosen(result: SearchResult, stress: StressCheck | None) -> int | None:
    """Give the row of the plan to recommend: the first in the order of choice that passes."""
    if stress is None:
        return result.best()
    return None if stress.chosen is None else stress.chosen.row


def _least_bad(result: SearchResult, stress: StressCheck | None) -> int:
    """Give the row of the plan that comes closest, where none can be recommended."""
    if stress is None or stress.least_bad is None or stress.least_bad.row is None:
        return least_bad_row(result)
    return stress.least_bad.row


def _verdict(
    recommended: PlanTotals | None,
    baseline: PlanTotals | None,
    result: SearchResult,
    stress: StressCheck | None,
) -> Verdict:
    """Compare the recommended plan with today's, as the rule for candidates does."""
    if recommended is None:
        return "nothing feasible" if result.best() is None else "nothing passes"
    if baseline is None or baseline.plan is None or recommended.plan is None:
        return "change"
    if violations(baseline, result.scenario, result.limits):
        return "change"
    if stress is not None and stress.baseline is not None and not stress.baseline.passes:
        return "change"

    def rank(totals: PlanTotals) -> tuple[float, float]:
        return totals.weighted["mean_cpu_percent"], -totals.weighted["host_minutes"]

    return "keep" if rank(baseline) >= rank(recommended) else "change"


def _reason(
    verdict: Verdict,
    candidates: dict[str, PlanTotals],
    baseline: PlanTotals | None,
    result: SearchResult,
    stress: StressCheck | None,
) -> str:
    """Say the verdict in one sentence."""
    if verdict == "nothing passes" and stress is not None:
        return none_passes_reason(stress)
    if verdict == "nothing feasible":
        return nothing_feasible_reason(candidates["least bad"], baseline, result)
    recommended = candidates["recommended"]
    if verdict == "keep" and baseline is not None:
        same = same_plans(recommended.plan, baseline.plan, result.scenario)
        cheapest = None if same else candidates.get("cheapest", recommended)
        if cheapest is not None and stress is not None:
            is_safe = stress.cheapest is not None and stress.cheapest.passes
            cheapest = cheapest if is_safe else recommended
        return keep_reason(baseline, cheapest, result, is_tested=stress is not None)
    unseen = ""
    if stress is not None and stress.baseline is not None and not stress.baseline.passes:
        unseen = f"is {fared_in_words(stress.baseline, stress)}"
    return change_reason(recommended, baseline, result, unseen=unseen)


def _run(plan: ScalingPlan, scenario: Scenario, shapes: TrafficShapes, *, label: str) -> PlanTotals:
    """Run one plan on every shape."""
    outcomes = simulate(pack_plans([plan], scenario), scenario, shapes, threads=1)
    return totals_of(outcomes, shapes, label=label, plan=plan, scenario=scenario)


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
