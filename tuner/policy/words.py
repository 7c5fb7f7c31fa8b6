"""AWS's words for policies and alarms, and how a record refuses what AWS would refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from tuner.errors import ConfigurationError, Problem

ComparisonOperator = Literal[
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
]
MissingData = Literal["missing", "ignore", "breaching", "notBreaching"]
AdjustmentType = Literal["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"]
MetricAggregationType = Literal["Average", "Minimum", "Maximum"]
PredefinedMetricType = Literal["ASGAverageCPUUtilization", "ALBRequestCountPerTarget"]


def raise_any(problems: Iterable[Problem]) -> None:
    """Raise one ConfigurationError that carries all problems, if there are any."""
    found = tuple(problems)
    if found:
        raise ConfigurationError(*found)


def choice_problem(name: str, value: object, choices: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a problem where a value is none of AWS's words.

    Parameters
    ----------
    name : str
        The field.
    value : object
        What it holds.
    choices : tuple of str
        AWS's words.
    """
    if value not in choices:
        yield Problem(f"one of {', '.join(choices)}", repr(value), name, "Use AWS's spelling.")
