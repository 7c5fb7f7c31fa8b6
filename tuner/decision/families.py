"""The best plan of each family, and the one among them to recommend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tuner.decision.recommend import Recommendation
from tuner.decision.totals import PlanTotals
from tuner.search.result import SearchResult
from tuner.search.settings import FamilyName

FAMILY_WORDS: dict[FamilyName, str] = {
    "simple": "simple scaling",
    "step": "step scaling",
    "target": "target tracking",
    "mixed": "target tracking with a safety net",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyAnswer:
    """What the search of one family gave.

    Parameters
    ----------
    family : str
        As a job names it.
    result : SearchResult
        Every candidate.
    recommendation : Recommendation
        What to do, were this the only family.
    """

    family: FamilyName
    result: SearchResult
    recommendation: Recommendation

    @property
    def name(self) -> str:
        """The family in words."""
        return FAMILY_WORDS[self.family]

    @property
    def best(self) -> PlanTotals | None:
        """The plan of this family to recommend, None where none is feasible and passes."""
        return self.recommendation.recommended

    @property
    def shown(self) -> PlanTotals:
        """The plan of this family that an answer shows: the best, else the least bad."""
        shown = self.recommendation.recommended or self.recommendation.least_bad
        if shown is None:
            raise AssertionError("a search has a best or a least bad candidate")
        return shown

    @property
    def stress_violations(self) -> int | None:
        """Unseen shapes on which the shown plan passes the cliff; None where there was no check."""
        check = self.recommendation.stress
        return None if check is None or check.shown is None else check.shown.violations

    def search_facts(self) -> dict[str, Any]:
        """Give what the family's search was, for JSON."""
        result = self.result
        return {
            "family": self.family,
            "engine": result.engine,
            "complete": result.complete,
            "search_notes": list(result.notes),
            "n_candidates": result.n_candidates,
            "n_left_out": sum(result.left_out.values()),
            "left_out": result.left_out,
            "seconds": result.seconds,
            "kernel_seconds": result.kernel_seconds,
        }

    def to_json(self) -> dict[str, Any]:
        """Give what the family's search was, and its plan, for JSON."""
        advice = self.recommendation
        return {
            **self.search_facts(),
            "answers_up_to_percent": self.result.answers_up_to_percent,
            "verdict": advice.verdict,
            "reason": advice.reason,
            "feasible_count": advice.feasible_count,
            "plan": self.shown.to_json(),
            "stress_runs": 0 if advice.stress is None else advice.stress.runs,
            "stress_violations": self.stress_violations,
        }


def best_family(answers: Sequence[FamilyAnswer]) -> FamilyAnswer:
    """Choose the family to recommend.

    Parameters
    ----------
    answers : sequence of FamilyAnswer
        At least one.

    Returns
    -------
    FamilyAnswer
        The one whose plan has the highest mean CPU, then the fewest host-minutes, then the fewest
        activities, then the first; plans that are feasible and pass the stress check come before
        all others. Where there is none, the one whose least bad plan passes the cliff on the
        fewest unseen shapes, then the one with the lowest worst peak.

    Notes
    -----
    Assumption: the rule of choice within a family (`SearchResult.best`) holds across families.
    """

    def rank(answer: FamilyAnswer) -> tuple[float, ...]:
        weighted = answer.shown.weighted
        if answer.best is None:
            over = answer.stress_violations or 0
            return (1.0, over, weighted["worst_peak_cpu_percent"])
        return (
            0.0,
            -weighted["mean_cpu_percent"],
            weighted["host_minutes"],
            weighted["activities"],
        )

    return min(answers, key=rank)
