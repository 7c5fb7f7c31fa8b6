"""A target tracking policy on CPU or on requests, checked as EC2 Auto Scaling checks it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from tuner.errors import Problem
from tuner.policy.step import warmup_problem
from tuner.policy.words import PredefinedMetricType, choice_problem, raise_any


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTracking:
    """A target tracking policy: hold the group's average CPU, or its load, at a target.

    Parameters
    ----------
    target_value : float
        What to hold, above 0: CPU percent, or requests per minute per target.
    predefined_metric_type : str
        ``ASGAverageCPUUtilization``, or ``ALBRequestCountPerTarget``: the requests that each
        target of the load balancer received in a minute.
    disable_scale_in : bool
        Whether it never takes instances away.
    instance_warmup_seconds : int or None
        As in `StepScaling`.
    low_ratio : float or None
        Threshold of the hidden low alarm as a share of the target; None: by rule, the level at
        which the group fits the target with one instance less, from 0.7 to 0.9.
    scale_in_limit : int or None
        Instances that one scale-in takes at most; None: no limit.

    Raises
    ------
    ConfigurationError
        Naming every field that cannot be.

    Notes
    -----
    Source: Amazon EC2 Auto Scaling API reference, TargetTrackingConfiguration;
    docs/aws-semantics.md 5. Assumption: the rule of `low_ratio` and the absence of a scale-in
    limit, which AWS does not publish; stress a plan with 0.7, 0.9 and a limit of 1.
    """

    target_value: float
    predefined_metric_type: PredefinedMetricType = "ASGAverageCPUUtilization"
    disable_scale_in: bool = False
    instance_warmup_seconds: int | None = None
    low_ratio: float | None = None
    scale_in_limit: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        raise_any(_problems(self))


def _problems(policy: TargetTracking) -> Iterator[Problem]:
    """Yield what cannot be in a target tracking policy."""
    kind = policy.predefined_metric_type
    if not (math.isfinite(policy.target_value) and policy.target_value > 0):
        unit = "requests per minute" if kind == "ALBRequestCountPerTarget" else "a CPU percent"
        yield Problem(f"{unit} above 0", repr(policy.target_value), "target_value", "Raise it.")
    yield from choice_problem("predefined_metric_type", kind, get_args(PredefinedMetricType))
    yield from warmup_problem(policy.instance_warmup_seconds)
    ratio = policy.low_ratio
    if ratio is not None and not 0 < ratio <= 1:
        yield Problem(
            "a share above 0, at most 1", repr(ratio), "low_ratio", "Leave it out for the rule."
        )
    limit = policy.scale_in_limit
    if limit is not None and limit < 1:
        yield Problem("at least 1", str(limit), "scale_in_limit", "Leave it out for no limit.")
