"""What `tuner.simulation.lint` looks at, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tuner.policy import AlarmedPolicy, ScalingPlan, TargetTracking
from tuner.scenario import Scenario
from tuner.traffic.shapes import TrafficShapes

Severity = Literal["warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing about a plan that a person should look at.

    Parameters
    ----------
    rule : str
        Name of the rule; docs/lint.md has each.
    severity : str
        ``warning``: the plan will not do what it is for; ``note``: worth knowing.
    where : str
        Dotted path in the plan, or in the group.
    sentence : str
        What is so, with the arithmetic.
    source : str
        Section of docs/aws-semantics.md, or of docs/model.md, that has AWS's rule.
    """

    rule: str
    severity: Severity
    where: str
    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A plan within its scenario, as the rules look at it.

    Parameters
    ----------
    plan : ScalingPlan
        The plan, its target tracking on CPU.
    scenario : Scenario
        Its host, group and metric.
    shapes : TrafficShapes or None
        The load; None where there is none to hold the plan against.
    tracking : TargetTracking or None
        The plan's target tracking as it is written.
    """

    plan: ScalingPlan
    scenario: Scenario
    shapes: TrafficShapes | None = None
    tracking: TargetTracking | None = None

    @property
    def min_size(self) -> int:
        """The plan's minimum, else the group's."""
        own = self.plan.min_size
        return self.scenario.group.min_size if own is None else own

    @property
    def max_size(self) -> int:
        """The largest maximum that the group ever has, by its schedule too."""
        schedule = self.scenario.schedule if self.plan.schedule is None else self.plan.schedule
        sizes = [action.max_size for action in schedule if action.max_size is not None]
        return max([self.scenario.group.max_size, *sizes])

    def sides(self) -> Iterator[tuple[str, AlarmedPolicy]]:
        """Yield the pair's policies that are there, with their paths."""
        for name, side in (("scale_out", self.plan.scale_out), ("scale_in", self.plan.scale_in)):
            if side is not None:
                yield name, side
