"""What a stress check says: how each plan fared, which one passes, and who was passed over.

Notation: S unseen shape.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tuner.launches import LaunchTimes
from tuner.plan_json import plan_to_json
from tuner.policy import ScalingPlan

MOST_LISTED = 10
"""Plans passed over that an answer names; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StressedPlan:
    """How one plan fared on the unseen shapes.

    Parameters
    ----------
    row : int or None
        Row of the search's result; None for a plan that is no candidate.
    plan : ScalingPlan
        The plan.
    host_minutes : float or None
        Its host-minutes on the search's shapes; None for a plan that is no candidate.
    violations : int
        Unseen shapes on which it passes the cliff.
    upper_bound_percent : float
        One-sided 95 % upper bound of its share of such shapes.
    first_shape : str or None
        The first of these shapes, in the order drawn.
    worst_peak_cpu_percent : float
        Largest CPU on any unseen shape.
    passes : bool
        Whether the bound is at or below the allowed share.
    """

    row: int | None
    plan: ScalingPlan
    host_minutes: float | None
    violations: int
    upper_bound_percent: float
    first_shape: str | None
    worst_peak_cpu_percent: float
    passes: bool

    def to_json(self) -> dict[str, Any]:
        """Give the plan and how it fared, for JSON."""
        return {
            "plan": plan_to_json(self.plan),
            "host_minutes": self.host_minutes,
            "violations": self.violations,
            "upper_bound_percent": self.upper_bound_percent,
            "first_shape": self.first_shape,
            "worst_peak_cpu_percent": self.worst_peak_cpu_percent,
            "passes": self.passes,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StressCheck:
    """Which plan passes, and who was passed over.

    Parameters
    ----------
    runs : int
        Unseen shapes that every plan ran on, S.
    allowed_percent : float
        Allowed share of shapes over the cliff.
    cliff_percent : float
        CPU that counts as over the cliff when passed: the cliff; the limit where none is known.
    feasible_count : int
        Candidates that keep to every limit in the search.
    tried : int
        Plans of different outcomes that ran, in the order of choice.
    chosen : StressedPlan or None
        The first in the order of choice that passes.
    least_bad : StressedPlan or None
        Where none passes, the one of the smallest upper bound; the first of several.
    passed_over : tuple of StressedPlan
        The first `MOST_LISTED` that come before the chosen one, or before the end.
    passed_over_count : int
        How many there are.
    baseline, cheapest : StressedPlan or None
        Today's policy, and the cheapest feasible candidate.
    noise_percent : float
        Noise of the unseen shapes, as stated; 0 where none was stated.
    without_noise : StressedPlan or None
        The first in the order of choice that passes on the same shapes without their noise.
    launch_seconds : int or None
        Launch time of the group, the median where launches scatter.
    launches : LaunchTimes or None
        How launch times scatter on the unseen shapes; None: not at all.
    """

    runs: int
    allowed_percent: float
    cliff_percent: float
    feasible_count: int
    tried: int
    chosen: StressedPlan | None
    least_bad: StressedPlan | None
    passed_over: tuple[StressedPlan, ...]
    passed_over_count: int
    baseline: StressedPlan | None = None
    cheapest: StressedPlan | None = None
    noise_percent: float = 0.0
    without_noise: StressedPlan | None = None
    launch_seconds: int | None = None
    launches: LaunchTimes | None = None

    @property
    def shown(self) -> StressedPlan | None:
        """The plan that an answer shows: the chosen one, else the least bad."""
        return self.chosen or self.least_bad

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON; `violations` and the bound are of the plan that is shown."""

        def table(stressed: StressedPlan | None) -> dict[str, Any] | None:
            return None if stressed is None else stressed.to_json()

        shown = self.shown
        return {
            "runs": self.runs,
            "violations": None if shown is None else shown.violations,
            "upper_bound_percent": None if shown is None else shown.upper_bound_percent,
            "allowed_percent": self.allowed_percent,
            "cliff_percent": self.cliff_percent,
            "passed": self.chosen is not None,
            "tried": self.tried,
            "passed_over_count": self.passed_over_count,
            "passed_over": [stressed.to_json() for stressed in self.passed_over],
            "baseline": table(self.baseline),
            "cheapest": table(self.cheapest),
            "noise_percent": self.noise_percent,
            "without_noise": table(self.without_noise),
            "launches": self._launches(),
        }

    def _launches(self) -> dict[str, Any] | None:
        """Give how launch times scatter, for JSON."""
        if self.launches is None:
            return None
        return {"launch_seconds": self.launch_seconds, **asdict(self.launches)}


NOT_TESTED: dict[str, Any] = {
    "runs": 0,
    "violations": None,
    "upper_bound_percent": None,
    "allowed_percent": None,
    "cliff_percent": None,
    "passed": None,
    "tried": 0,
    "passed_over_count": 0,
    "passed_over": [],
    "baseline": None,
    "cheapest": None,
    "noise_percent": None,
    "without_noise": None,
    "launches": None,
}
"""What JSON says where there was no stress check; the keys are those of `StressCheck.to_json`."""
