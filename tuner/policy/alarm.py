"""A CloudWatch alarm on the group's CPU, checked as CloudWatch checks it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from tuner.errors import Problem
from tuner.policy.words import ComparisonOperator, MissingData, choice_problem, raise_any

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
        raise_any(_alarm_problems(self))

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
    yield from choice_problem(
        "comparison_operator", alarm.comparison_operator, get_args(ComparisonOperator)
    )
    yield from choice_problem("treat_missing_data", alarm.treat_missing_data, get_args(MissingData))
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
