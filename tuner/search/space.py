"""The search space: which values each knob of a pair of simple scaling policies may take.

A knob is fixed, a list or a range with a step; all three are tuples of values here. The product of
the tuples is the *lattice*; `tuner.search.lattice` turns its points into candidates, by column.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from tuner.errors import ConfigurationError, Problem
from tuner.policy import AdjustmentType, ComparisonOperator, MissingData
from tuner.search.values import LowerThreshold


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleSpace:
    """Values of every knob of a pair of simple scaling policies; a fixed knob has one value.

    Parameters
    ----------
    scale_out_threshold_percent : tuple of float
        Threshold of the scale-out alarm, percent of CPU.
    scale_out_adjustment : tuple of int
        Increment: instances, percent of capacity or exact capacity, by `adjustment_type`.
    period_seconds, evaluation_periods : tuple of int
        Breach window of the scale-out alarm: its period, and N.
    datapoints_to_alarm : tuple of int or None
        M of "M out of N"; None: M = N.
    cooldown_seconds : tuple of int
        Cooldown that both policies share.
    scale_in_threshold : tuple of LowerThreshold
        How the scale-in threshold follows from the scale-out one.
    scale_in_adjustment : tuple of int
        Decrement, below 0 (an exact capacity: at least 0).
    scale_in_period_seconds, scale_in_evaluation_periods : tuple of int or None
        Breach window of the scale-in alarm; None: as scale-out's.
    scale_in_datapoints_to_alarm : tuple of int or None
        None: as scale-out's M where period and N are scale-out's (both None), else M = N.
    min_size : tuple of int or None
        Minimum of the group; None: the scenario's.
    scale_out_comparison_operator, scale_in_comparison_operator : str
        AWS's operators.
    adjustment_type : str
        Of both policies.
    treat_missing_data : str
        Of both alarms.

    Raises
    ------
    ConfigurationError
        Naming every knob without a value, and every value that no candidate could have. A
        combination that AWS refuses is left out of the search instead, and counted.
    """

    scale_out_threshold_percent: tuple[float, ...]
    scale_out_adjustment: tuple[int, ...]
    period_seconds: tuple[int, ...] = (60,)
    evaluation_periods: tuple[int, ...] = (1,)
    datapoints_to_alarm: tuple[int, ...] | None = None
    cooldown_seconds: tuple[int, ...] = (300,)
    scale_in_threshold: tuple[LowerThreshold, ...]
    scale_in_adjustment: tuple[int, ...] = (-1,)
    scale_in_period_seconds: tuple[int, ...] | None = None
    scale_in_evaluation_periods: tuple[int, ...] | None = None
    scale_in_datapoints_to_alarm: tuple[int, ...] | None = None
    min_size: tuple[int, ...] | None = None
    scale_out_comparison_operator: ComparisonOperator = "GreaterThanThreshold"
    scale_in_comparison_operator: ComparisonOperator = "LessThanThreshold"
    adjustment_type: AdjustmentType = "ChangeInCapacity"
    treat_missing_data: MissingData = "missing"

    def __post_init__(self) -> None:
        """Refuse what no candidate could have."""
        problems = tuple(_space_problems(self))
        if problems:
            raise ConfigurationError(*problems)

    def sizes(self) -> dict[str, int]:
        """Count the values of every knob, in the order of the lattice, the last fastest."""
        return {
            name: 1 if getattr(self, name) is None else len(getattr(self, name))
            for name in DIMENSIONS
        }

    @property
    def n_lattice(self) -> int:
        """Points of the lattice: every combination, before any is left out."""
        return math.prod(self.sizes().values())


DIMENSIONS = (
    "scale_out_threshold_percent",
    "scale_out_adjustment",
    "period_seconds",
    "evaluation_periods",
    "datapoints_to_alarm",
    "cooldown_seconds",
    "scale_in_threshold",
    "scale_in_adjustment",
    "scale_in_period_seconds",
    "scale_in_evaluation_periods",
    "scale_in_datapoints_to_alarm",
    "min_size",
)
"""Dimensions of the lattice, in the order of its index; the last one runs fastest."""

_LEAST = {
    "period_seconds": 1,
    "evaluation_periods": 1,
    "datapoints_to_alarm": 1,
    "cooldown_seconds": 0,
    "scale_in_period_seconds": 1,
    "scale_in_evaluation_periods": 1,
    "scale_in_datapoints_to_alarm": 1,
    "min_size": 0,
}
"""Least value of a knob that counts something."""


def _space_problems(space: SimpleSpace) -> Iterator[Problem]:
    """Yield what no candidate of a space could have, by knob."""
    for name in DIMENSIONS:
        values: tuple[Any, ...] | None = getattr(space, name)
        if values is not None and not values:
            yield Problem("at least one value", "none", name, "Give a number, a list or a range.")
        for value in (values or ()) if name in _LEAST else ():
            if value < _LEAST[name]:
                yield Problem(f"at least {_LEAST[name]}", f"{value}", name, "Raise it.")
    for value in space.scale_out_threshold_percent:
        if not math.isfinite(value):
            yield Problem(
                "a finite percentage", repr(value), "scale_out_threshold_percent", "Give a number."
            )
    choices = {
        "scale_out_comparison_operator": ComparisonOperator,
        "scale_in_comparison_operator": ComparisonOperator,
        "adjustment_type": AdjustmentType,
        "treat_missing_data": MissingData,
    }
    for name, words in choices.items():
        if getattr(space, name) not in get_args(words):
            allowed = f"one of {', '.join(get_args(words))}"
            yield Problem(allowed, repr(getattr(space, name)), name, "Use AWS's spelling.")
    yield from _adjustment_problems(space)


def _adjustment_problems(space: SimpleSpace) -> Iterator[Problem]:
    """Yield increments that do not add and decrements that do not take away."""
    exact = space.adjustment_type == "ExactCapacity"
    for value in space.scale_out_adjustment:
        if value < (0 if exact else 1):
            yield Problem(
                "at least 0" if exact else "an increment of at least 1",
                f"{value}",
                "scale_out_adjustment",
                "Scaling out adds instances.",
            )
    for value in space.scale_in_adjustment:
        if value < 0 if exact else value > -1:
            yield Problem(
                "at least 0" if exact else "a decrement of at most -1",
                f"{value}",
                "scale_in_adjustment",
                "Scaling in takes instances away: write it below 0.",
            )
