"""What stands behind a choice: how sensitive it is, which knobs decide, and what safety costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tuner.decision.price_of_safety import PricedPlan, PriceOfSafety, price_of_safety
from tuner.decision.recommend import Recommendation
from tuner.decision.sensitivity import Sensitivity, Step, sensitivity
from tuner.decision.words import (
    cost_in_words,
    counted,
    number,
    scale_out_in_words,
    shortest,
)
from tuner.search.result import SearchResult
from tuner.traffic.shapes import TrafficShapes

MOST_NAMED = 3
"""Steps, and knobs, that a sentence names; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """Sensitivity, importance and the price of safety of a finished search.

    Parameters
    ----------
    label : str
        What the plan in the middle of the steps is: recommended, or least bad.
    sensitivity : Sensitivity
        That plan and its neighbours.
    importance : mapping of str to float
        Share of each knob in whether a candidate is among the best tenth, the largest first.
    price_of_safety : PriceOfSafety
        The front with its prices, and its knee.
    knee_remark : str
        What the stress check says of the knee, empty where there was none.
    """

    label: str
    sensitivity: Sensitivity
    importance: Mapping[str, float]
    price_of_safety: PriceOfSafety
    knee_remark: str = ""

    @property
    def is_knee(self) -> bool:
        """Whether the plan costs and peaks as the knee does."""
        knee, totals = self.price_of_safety.knee, self.sensitivity.totals
        return knee is not None and (knee.host_minutes, knee.worst_peak_cpu_percent) == (
            totals["host_minutes"],
            totals["worst_peak_cpu_percent"],
        )

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON, with the keys of `tune`."""
        return {
            "sensitivity": [step.to_json() for step in self.sensitivity.steps],
            "importance": dict(self.importance),
            "price_of_safety": self.price_of_safety.to_json(),
        }

    def lines(self) -> list[str]:
        """Say it all in a few sentences."""
        return [*self.sensitivity_lines(), self.importance_line(), *self.safety_lines()]

    def sensitivity_lines(self) -> list[str]:
        """Say which parameter matters most, and which steps pass the limit on which shape."""
        steps = most_sensitive(self.sensitivity)
        if not steps:
            return [f"No single step away from the {self.label} plan is a candidate."]
        over = [step for step in steps if step.breaks]
        away = f"{counted(len(steps), 'single step')} away from the {self.label} plan"
        limit = f"the limit of {shortest(self.sensitivity.limit_percent)} %"
        first = f"Most sensitive: {steps[0].words()}."
        if not over:
            return [first, f"None of {away} passes {limit}."]
        named = [
            f"{step.parameter} to {step.after} on {step.tightest_shape!r}"
            f" ({number(step.tightest_peak_percent)} %)"
            for step in over[:MOST_NAMED]
        ]
        if len(over) > MOST_NAMED:
            named.append(f"{len(over) - MOST_NAMED:,} more")
        return [first, f"Over {limit}: {len(over):,} of {away}: {'; '.join(named)}."]

    def importance_line(self) -> str:
        """Say which knobs decide whether a candidate is among the best."""
        if not any(self.importance.values()):
            return "No knob tells the best candidates from the others."
        shares = [
            f"{name} {number(100.0 * share, digits=0)} %"
            for name, share in list(self.importance.items())[:MOST_NAMED]
        ]
        if len(self.importance) > MOST_NAMED:
            rest = sum(list(self.importance.values())[MOST_NAMED:])
            shares.append(f"the others {number(100.0 * rest, digits=0)} %")
        return f"Shares in whether a candidate is among the best tenth: {', '.join(shares)}."

    def safety_lines(self) -> list[str]:
        """Say what headroom costs along the front, and what the knee would cost."""
        plans = self.price_of_safety.feasible
        if not plans:
            return ["No plan of the front keeps to every limit, so headroom has no price."]
        prices = [plan.host_minutes_per_point for plan in plans[1:]]
        known = [price for price in prices if price is not None]
        if not known:
            return ["One plan of the front keeps to every limit, so headroom has no price."]
        least, most = (number(plan.headroom_points) for plan in (plans[0], plans[-1]))
        costs = " to ".join(dict.fromkeys(number(price) for price in (min(known), max(known))))
        return [
            f"From {least} to {most} points of headroom, each point costs {costs} host-minutes.",
            self._knee_line(len(plans)),
        ]

    def _knee_line(self, count: int) -> str:
        """Offer the knee, or say why there is none."""
        knee, now = self.price_of_safety.knee, self.sensitivity.totals
        if knee is None:
            few = f"only {counted(count, 'plan')} of it keep to every limit"
            along = few if count < 3 else "headroom costs much the same all along it"
            return f"The front has no knee: {along}."
        if self.is_knee:
            return f"The {self.label} plan is the knee of the front."
        headroom = self.sensitivity.limit_percent - now["worst_peak_cpu_percent"]
        cost = cost_in_words(knee.host_minutes, against=now["host_minutes"])
        return (
            f"An alternative, the knee of the front: {scale_out_in_words(knee.plan)}:"
            f" {number(knee.headroom_points)} points of headroom in place of {number(headroom)},"
            f" {cost}, mean CPU {number(knee.mean_cpu_percent)} % in place of"
            f" {number(now['mean_cpu_percent'])} %{self.knee_remark}."
        )


def insight_of(
    result: SearchResult, recommendation: Recommendation, shapes: TrafficShapes
) -> Insight:
    """Look at what stands behind a recommendation.

    Parameters
    ----------
    result : SearchResult
        A finished search.
    recommendation : Recommendation
        Made from it; gives the plan whose neighbours run.
    shapes : TrafficShapes [S]
        The shapes of the search.

    Returns
    -------
    Insight
        Where nothing can be recommended, the steps are those around the least bad plan.

    Notes
    -----
    Importance alone needs Optuna, which is imported here.
    """
    from tuner.search.importance import parameter_importances

    priced = price_of_safety(result)
    return Insight(
        label="least bad" if recommendation.recommended is None else "recommended",
        sensitivity=sensitivity(result, recommendation.row, shapes),
        importance=parameter_importances(result),
        price_of_safety=priced,
        knee_remark=_knee_remark(priced.knee, result, recommendation),
    )


def most_sensitive(found: Sensitivity) -> list[Step]:
    """Order the steps, the one that does most first.

    Parameters
    ----------
    found : Sensitivity
        A plan with its neighbours.

    Returns
    -------
    list of Step
        More shapes over the limit come first, then the higher peak, then the larger change of
        host-minutes.
    """
    return sorted(
        found.steps,
        key=lambda step: (
            -step.shapes_over_limit,
            -step.tightest_peak_percent,
            -abs(step.changes["host_minutes"]),
        ),
    )


def _knee_remark(
    knee: PricedPlan | None, result: SearchResult, recommendation: Recommendation
) -> str:
    """Say how the knee stands to the stress check; plans before the chosen one have failed it."""
    stress = recommendation.stress
    if knee is None or stress is None or stress.chosen is None or stress.chosen.row is None:
        return ""
    chosen = stress.chosen.row
    theirs = -float(result.mean_cpu_percent[chosen]), float(result.host_minutes[chosen])
    if (-knee.mean_cpu_percent, knee.host_minutes) < theirs:
        return "; it does not pass the stress check"
    return "; the stress check has not tried it"
