"""A simple scaling policy, checked as EC2 Auto Scaling checks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from tuner.errors import Problem
from tuner.policy.words import AdjustmentType, choice_problem, raise_any


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleScaling:
    """A simple scaling policy: one adjustment, then a cooldown.

    Parameters
    ----------
    scaling_adjustment : int
        Instances, percent of capacity or the exact capacity, by `adjustment_type`.
    adjustment_type : str
        ``ChangeInCapacity`` (default), ``ExactCapacity`` or ``PercentChangeInCapacity``.
    min_adjustment_magnitude : int or None
        Least change of a percent adjustment, in instances.
    cooldown_seconds : int
        Time after its activity in which no simple policy of the group acts; default 300.

    Raises
    ------
    ConfigurationError
        Naming every field that EC2 Auto Scaling would refuse.

    Notes
    -----
    Source: Amazon EC2 Auto Scaling API reference, PutScalingPolicy; docs/aws-semantics.md 3.
    """

    scaling_adjustment: int
    adjustment_type: AdjustmentType = "ChangeInCapacity"
    min_adjustment_magnitude: int | None = None
    cooldown_seconds: int = 300

    def __post_init__(self) -> None:
        """Refuse what EC2 Auto Scaling would refuse."""
        raise_any(_simple_problems(self))


def _simple_problems(policy: SimpleScaling) -> Iterator[Problem]:
    """Yield what EC2 Auto Scaling would refuse in a simple scaling policy."""
    yield from choice_problem("adjustment_type", policy.adjustment_type, get_args(AdjustmentType))
    if policy.cooldown_seconds < 0:
        yield Problem(
            "at least 0 seconds", str(policy.cooldown_seconds), "cooldown_seconds", "Raise it to 0."
        )
    yield from magnitude_problem(policy.min_adjustment_magnitude)
    if policy.adjustment_type == "ExactCapacity" and policy.scaling_adjustment < 0:
        yield Problem(
            "an exact capacity of at least 0",
            str(policy.scaling_adjustment),
            "scaling_adjustment",
            "A group cannot have fewer than no instances.",
        )


def magnitude_problem(magnitude: int | None) -> Iterator[Problem]:
    """Yield what is wrong with the least change of a percent adjustment."""
    if magnitude is not None and magnitude < 0:
        yield Problem(
            "at least 0", str(magnitude), "min_adjustment_magnitude", "Leave it out or raise it."
        )
