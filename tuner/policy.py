"""Scaling plans in AWS's words: alarms, policies, limits and schedules, checked when they are made.

A *plan* is a full set of policies and alarms for one service, one JSON object everywhere
(`tuner.plan_json`). Source of names and limits: the service models of CloudWatch and
EC2 Auto Scaling; docs/aws-semantics.md has each rule with its source.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from tuner.errors import ConfigurationError, Problem
from tuner.units import format_duration

ComparisonOperator = Literal[
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
]
MissingData = Literal["missing", "ignore", "breaching", "notBreaching"]
AdjustmentType = Literal["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"]

HIGH_RESOLUTION_PERIODS_SECONDS = (10, 20, 30)
SECONDS_PER_HOUR = 3_600
ALARM_SPAN_LIMIT_SECONDS = 86_400
LONG_PERIOD_SPAN_LIMIT_SECONDS = 604_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One CloudWatch alarm on the group's average CPU.

    Parameters
    ----------
    threshold_percent : float
        Threshold in percent of CPU.
    comparison_operator : str
        One of AWS's four operators.
    period_seconds : int
        10, 20, 30 or a multiple of 60.
    evaluation_periods, datapoints_to_alarm : int
        N and M of "M out of N".
    treat_missing_data : str
        ``missing`` (default), ``ignore``, ``breaching`` or ``notBreaching``.
    evaluation_range_extra : int or None
        Blocks looked at beyond N; None stands for ``max(N // 3, 2)``.

    Raises
    ------
    ConfigurationError
        Naming every field that CloudWatch would refuse.

    Notes
    -----
    Source: Amazon CloudWatch API reference, PutMetricAlarm; docs/aws-semantics.md 2.1 and 2.4.
    """

    threshold_percent: float
    comparison_operator: ComparisonOperator
    period_seconds: int = 60
    evaluation_periods: int = 1
    datapoints_to_alarm: int = 1
    treat_missing_data: MissingData = "missing"
    evaluation_range_extra: int | None = None

    def __post_init__(self) -> None:
        """Refuse what CloudWatch would refuse."""
        _raise_any(_alarm_problems(self))

    @property
    def extra_blocks(self) -> int:
        """Blocks looked at beyond N."""
        given = self.evaluation_range_extra
        return default_extra_blocks(self.evaluation_periods) if given is None else given


def default_extra_blocks(evaluation_periods: int) -> int:
    """Give the blocks that an alarm looks at beyond its N, where the plan does not say.

    Notes
    -----
    Assumption: ``max(N // 3, 2)``; AWS does not say, docs/aws-semantics.md 2.4.

    Examples
    --------
    >>> default_extra_blocks(3), default_extra_blocks(12)
    (2, 4)
    """
    return max(evaluation_periods // 3, 2)


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
        _raise_any(_simple_problems(self))


@dataclass(frozen=True, slots=True)
class AlarmedPolicy:
    """A policy and the alarm that calls it."""

    alarm: Alarm
    policy: SimpleScaling


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledAction:
    """A scheduled change of min, max or desired, at a tick of the run.

    Notes
    -----
    Source: docs/model.md, step 0. None leaves a value as it is.
    """

    tick: int
    min_size: int | None = None
    max_size: int | None = None
    desired_capacity: int | None = None

    def __post_init__(self) -> None:
        """Refuse an action before the run and negative sizes."""
        values = asdict(self)
        _raise_any(
            Problem("a number of at least 0", str(value), name, "Leave it out or raise it.")
            for name, value in values.items()
            if value is not None and value < 0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingPlan:
    """All policies and alarms of one service: a candidate, or what is deployed today.

    Parameters
    ----------
    scale_out, scale_in : AlarmedPolicy or None
        The pair; a plan may lack either or both.
    min_size : int or None
        The plan's own minimum, instead of the group's.
    schedule : tuple of ScheduledAction or None
        The plan's own schedule, instead of the scenario's.
    """

    scale_out: AlarmedPolicy | None = None
    scale_in: AlarmedPolicy | None = None
    min_size: int | None = None
    schedule: tuple[ScheduledAction, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse a negative minimum."""
        if self.min_size is not None and self.min_size < 0:
            _raise_any(
                [Problem("at least 0", str(self.min_size), "min_size", "Raise the minimum.")]
            )

    def describe(self) -> str:
        """Say the plan in words, as the headline of a report does.

        Examples
        --------
        >>> alarm = Alarm(threshold_percent=29.0, comparison_operator="GreaterThanThreshold")
        >>> plan = ScalingPlan(
        ...     scale_out=AlarmedPolicy(alarm, SimpleScaling(scaling_adjustment=1)), min_size=2)
        >>> plan.describe()
        'scale out by 1 above 29 % for 1 minute (cooldown 5m), at least 2 instances'
        """
        parts = [
            _describe_side(word, side)
            for word, side in (("out", self.scale_out), ("in", self.scale_in))
            if side is not None
        ]
        if self.min_size is not None:
            plural = "" if self.min_size == 1 else "s"
            parts.append(f"at least {self.min_size} instance{plural}")
        if self.schedule:
            parts.append(f"{len(self.schedule)} scheduled action(s)")
        return ", ".join(parts) or "no policies: the group keeps its size"


def _describe_side(word: str, side: AlarmedPolicy) -> str:
    """Say one policy with its alarm in words."""
    alarm, policy = side.alarm, side.policy
    amount = abs(policy.scaling_adjustment)
    size = {
        "ChangeInCapacity": f"by {amount}",
        "PercentChangeInCapacity": f"by {amount} %",
        "ExactCapacity": f"to {policy.scaling_adjustment}",
    }[policy.adjustment_type]
    relation = {
        "GreaterThanThreshold": "above",
        "GreaterThanOrEqualToThreshold": "at or above",
        "LessThanThreshold": "below",
        "LessThanOrEqualToThreshold": "at or below",
    }[alarm.comparison_operator]
    minutes = alarm.period_seconds * alarm.evaluation_periods / 60
    window = f"{minutes:g} minute" + ("" if minutes == 1 else "s")
    if alarm.datapoints_to_alarm != alarm.evaluation_periods:
        window = (
            f"{alarm.datapoints_to_alarm} of {alarm.evaluation_periods} periods"
            f" of {format_duration(alarm.period_seconds)}"
        )
    cooldown = format_duration(policy.cooldown_seconds)
    return (
        f"scale {word} {size} {relation} {alarm.threshold_percent:g} % for {window}"
        f" (cooldown {cooldown})"
    )


def _raise_any(problems: Iterable[Problem]) -> None:
    """Raise one ConfigurationError that carries all problems, if there are any."""
    found = tuple(problems)
    if found:
        raise ConfigurationError(*found)


def _choice_problem(name: str, value: object, choices: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a problem where a value is none of AWS's words."""
    if value not in choices:
        yield Problem(f"one of {', '.join(choices)}", repr(value), name, "Use AWS's spelling.")


def _alarm_problems(alarm: Alarm) -> Iterator[Problem]:
    """Yield what CloudWatch would refuse in an alarm."""
    period, n, m = alarm.period_seconds, alarm.evaluation_periods, alarm.datapoints_to_alarm
    if not math.isfinite(alarm.threshold_percent):
        yield Problem(
            "a finite percentage",
            repr(alarm.threshold_percent),
            "threshold_percent",
            "Give a number.",
        )
    yield from _choice_problem(
        "comparison_operator", alarm.comparison_operator, get_args(ComparisonOperator)
    )
    yield from _choice_problem(
        "treat_missing_data", alarm.treat_missing_data, get_args(MissingData)
    )
    if period not in HIGH_RESOLUTION_PERIODS_SECONDS and (period < 60 or period % 60):
        yield Problem(
            "a period of 10, 20, 30 or a multiple of 60 seconds",
            str(period),
            "period_seconds",
            "CloudWatch has no other periods.",
        )
    if n < 1:
        yield Problem("at least 1", str(n), "evaluation_periods", "An alarm needs a datapoint.")
    elif not 1 <= m <= n:
        yield Problem(
            f"a number from 1 to evaluation_periods ({n})",
            str(m),
            "datapoints_to_alarm",
            "M of N cannot be larger than N.",
        )
    if alarm.evaluation_range_extra is not None and alarm.evaluation_range_extra < 0:
        yield Problem(
            "at least 0",
            str(alarm.evaluation_range_extra),
            "evaluation_range_extra",
            "Leave it out for the default.",
        )
    if n >= 1 and n * period > span_limit_seconds(period):
        yield Problem(
            f"evaluation_periods x period_seconds of at most {span_limit_seconds(period)} s",
            f"{n} x {period} = {n * period} s",
            "evaluation_periods",
            "Shorten the window or the period.",
        )


def span_limit_seconds(period_seconds: int) -> int:
    """Give the longest window that CloudWatch accepts for a period, in seconds.

    Notes
    -----
    Source: Amazon CloudWatch API reference, PutMetricAlarm, EvaluationPeriods.

    Examples
    --------
    >>> span_limit_seconds(60), span_limit_seconds(3600)
    (86400, 604800)
    """
    if period_seconds >= SECONDS_PER_HOUR:
        return LONG_PERIOD_SPAN_LIMIT_SECONDS
    return ALARM_SPAN_LIMIT_SECONDS


def _simple_problems(policy: SimpleScaling) -> Iterator[Problem]:
    """Yield what EC2 Auto Scaling would refuse in a simple scaling policy."""
    yield from _choice_problem("adjustment_type", policy.adjustment_type, get_args(AdjustmentType))
    if policy.cooldown_seconds < 0:
        yield Problem(
            "at least 0 seconds", str(policy.cooldown_seconds), "cooldown_seconds", "Raise it to 0."
        )
    magnitude = policy.min_adjustment_magnitude
    if magnitude is not None and magnitude < 0:
        yield Problem(
            "at least 0", str(magnitude), "min_adjustment_magnitude", "Leave it out or raise it."
        )
    if policy.adjustment_type == "ExactCapacity" and policy.scaling_adjustment < 0:
        yield Problem(
            "an exact capacity of at least 0",
            str(policy.scaling_adjustment),
            "scaling_adjustment",
            "A group cannot have fewer than no instances.",
        )
