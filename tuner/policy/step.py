"""A step scaling policy, checked as EC2 Auto Scaling checks it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import get_args

from tuner.errors import Problem
from tuner.policy.simple import magnitude_problem
from tuner.policy.words import (
    AdjustmentType,
    MetricAggregationType,
    choice_problem,
    raise_any,
)

MOST_STEPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAdjustment:
    """One step: an interval of differences from the alarm's threshold, and what it adjusts.

    Parameters
    ----------
    metric_interval_lower_bound, metric_interval_upper_bound : float or None
        Ends of the interval, in points of CPU from the threshold; None is an open end.
    scaling_adjustment : int
        Instances, percent of capacity or the exact capacity, by the policy's adjustment type.
    """

    metric_interval_lower_bound: float | None = None
    metric_interval_upper_bound: float | None = None
    scaling_adjustment: int

    @property
    def lower(self) -> float:
        """The lower bound, an open one as minus infinity."""
        bound = self.metric_interval_lower_bound
        return -math.inf if bound is None else bound

    @property
    def upper(self) -> float:
        """The upper bound, an open one as infinity."""
        bound = self.metric_interval_upper_bound
        return math.inf if bound is None else bound


@dataclass(frozen=True, slots=True, kw_only=True)
class StepScaling:
    """A step scaling policy: the further CPU is from the threshold, the larger the adjustment.

    Parameters
    ----------
    step_adjustments : tuple of StepAdjustment
        One to twenty, without gap or overlap.
    adjustment_type : str
        ``ChangeInCapacity`` (default), ``ExactCapacity`` or ``PercentChangeInCapacity``.
    min_adjustment_magnitude : int or None
        Least change of a percent adjustment, in instances.
    metric_aggregation_type : str
        ``Average`` (default), ``Minimum`` or ``Maximum`` of the newest datapoints. Assumption: the
        policy looks at one datapoint, so that all three are the same.
    instance_warmup_seconds : int or None
        Time from InService in which an instance that it launched does not count; None: the group's
        default instance warm-up, else its default cooldown.

    Raises
    ------
    ConfigurationError
        Naming everything that EC2 Auto Scaling would refuse.

    Notes
    -----
    Source: Amazon EC2 Auto Scaling API reference, PutScalingPolicy and StepAdjustment;
    docs/aws-semantics.md 4.
    """

    step_adjustments: tuple[StepAdjustment, ...]
    adjustment_type: AdjustmentType = "ChangeInCapacity"
    min_adjustment_magnitude: int | None = None
    metric_aggregation_type: MetricAggregationType = "Average"
    instance_warmup_seconds: int | None = None

    def __post_init__(self) -> None:
        """Refuse what EC2 Auto Scaling would refuse."""
        raise_any(_policy_problems(self))


def warmup_problem(seconds: int | None) -> Iterator[Problem]:
    """Yield what is wrong with a warm-up."""
    if seconds is not None and seconds < 0:
        yield Problem(
            "at least 0 seconds", str(seconds), "instance_warmup_seconds", "Raise it to 0."
        )


def _policy_problems(policy: StepScaling) -> Iterator[Problem]:
    """Yield what EC2 Auto Scaling would refuse in a step scaling policy."""
    yield from choice_problem("adjustment_type", policy.adjustment_type, get_args(AdjustmentType))
    yield from choice_problem(
        "metric_aggregation_type", policy.metric_aggregation_type, get_args(MetricAggregationType)
    )
    yield from magnitude_problem(policy.min_adjustment_magnitude)
    yield from warmup_problem(policy.instance_warmup_seconds)
    steps = policy.step_adjustments
    if not 1 <= len(steps) <= MOST_STEPS:
        yield Problem(
            f"one to {MOST_STEPS} steps", str(len(steps)), "step_adjustments", "Add or drop steps."
        )
    for k, step in enumerate(steps):
        yield from _step_problems(step, policy.adjustment_type, f"step_adjustments[{k}]")
    yield from _interval_problems(sorted(steps, key=lambda step: step.lower))


def _step_problems(
    step: StepAdjustment, adjustment_type: AdjustmentType, where: str
) -> Iterator[Problem]:
    """Yield what is wrong with one step alone."""
    if math.isnan(step.lower) or math.isnan(step.upper):
        yield Problem("bounds that are numbers", "NaN", where, "Give numbers.")
    elif step.lower == -math.inf and step.upper == math.inf:
        yield Problem("at least one bound", "none", where, "Give a lower or an upper bound.")
    elif step.lower >= step.upper:
        yield Problem(
            "a lower bound below the upper one",
            f"{step.lower:g} to {step.upper:g}",
            where,
            "Bounds are points of CPU from the threshold.",
        )
    if adjustment_type == "ExactCapacity" and step.scaling_adjustment < 0:
        yield Problem(
            "an exact capacity of at least 0",
            str(step.scaling_adjustment),
            f"{where}.scaling_adjustment",
            "A group cannot have fewer than no instances.",
        )


def _interval_problems(steps: list[StepAdjustment]) -> Iterator[Problem]:
    """Yield gaps, overlaps and missing open ends between steps in rising order."""
    for before, after in pairwise(steps):
        if before.upper != after.lower:
            kind = "a gap" if before.upper < after.lower else "an overlap"
            yield Problem(
                "steps that begin where the one before ends",
                f"{kind} between {before.upper:g} and {after.lower:g}",
                "step_adjustments",
                "Let the bounds of neighbours be equal.",
            )
    if steps and -math.inf < steps[0].lower < 0:
        yield Problem(
            "an open lower end below the threshold",
            f"the lowest bound {steps[0].lower:g}",
            "step_adjustments",
            "Leave the lowest step's lower bound out.",
        )
    if steps and 0 < steps[-1].upper < math.inf:
        yield Problem(
            "an open upper end above the threshold",
            f"the highest bound {steps[-1].upper:g}",
            "step_adjustments",
            "Leave the highest step's upper bound out.",
        )
