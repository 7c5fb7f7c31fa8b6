"""The space of a pair of alarms with their policies: simple ones, step ones, or one of each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from tuner.errors import ConfigurationError, Problem
from tuner.policy import AdjustmentType, ComparisonOperator, Family, MissingData, ScalingPlan
from tuner.scenario import Scenario
from tuner.search.pair_exclusions import pair_exclusions
from tuner.search.pair_plans import pair_sides
from tuner.search.pair_tables import pair_tables
from tuner.search.space import (
    Schedule,
    Space,
    range_problems,
    repeated_values,
    size_exclusions,
    size_tables,
)
from tuner.search.step_knobs import StepKnobs, step_problems
from tuner.search.tables import BoolArray, Frame, Tables
from tuner.search.values import LowerThreshold


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSpace(Space):
    """Values of every knob of a pair of alarmed policies; a fixed knob has one value.

    Parameters
    ----------
    scale_out_threshold_percent : tuple of float
        Threshold of the scale-out alarm, percent of CPU.
    scale_out_adjustment : tuple of int
        Increment, of a step policy that of its first step: instances, percent of capacity or exact
        capacity, by `adjustment_type`.
    period_seconds, evaluation_periods : tuple of int
        Breach window of the scale-out alarm: its period, and N.
    datapoints_to_alarm : tuple of int or None
        M of "M out of N"; None: M = N.
    cooldown_seconds : tuple of int
        Cooldown that simple policies share; not read where there is none.
    scale_in_threshold : tuple of LowerThreshold or None
        How the scale-in threshold follows from the scale-out one; None: no scale-in policy.
    scale_in_adjustment : tuple of int
        Decrement, below 0 (an exact capacity: at least 0).
    scale_in_period_seconds, scale_in_evaluation_periods : tuple of int or None
        Breach window of the scale-in alarm; None: as scale-out's.
    scale_in_datapoints_to_alarm : tuple of int or None
        None: as scale-out's M where period and N are scale-out's (both None), else M = N.
    scale_out_steps, scale_in_steps : StepKnobs or None
        The further steps of a step policy; None: a simple policy.
    instance_warmup_seconds : tuple of int or None
        Warm-up of step policies; None: the group's default.
    min_size : tuple of int or None
        Minimum of the group; None: the scenario's.
    schedules : tuple of schedules or None
        Scheduled actions that a plan may bring; None: all follow the scenario's.
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
    scale_in_threshold: tuple[LowerThreshold, ...] | None = None
    scale_in_adjustment: tuple[int, ...] = (-1,)
    scale_in_period_seconds: tuple[int, ...] | None = None
    scale_in_evaluation_periods: tuple[int, ...] | None = None
    scale_in_datapoints_to_alarm: tuple[int, ...] | None = None
    scale_out_steps: StepKnobs | None = None
    scale_in_steps: StepKnobs | None = None
    instance_warmup_seconds: tuple[int, ...] | None = None
    min_size: tuple[int, ...] | None = None
    schedules: tuple[Schedule, ...] | None = None
    scale_out_comparison_operator: ComparisonOperator = "GreaterThanThreshold"
    scale_in_comparison_operator: ComparisonOperator = "LessThanThreshold"
    adjustment_type: AdjustmentType = "ChangeInCapacity"
    treat_missing_data: MissingData = "missing"

    def __post_init__(self) -> None:
        """Refuse what no candidate could have."""
        problems = tuple(_space_problems(self))
        if problems:
            raise ConfigurationError(*problems)

    @property
    def parts(self) -> tuple[PairSpace, None]:
        """The pair, and no target tracking policy."""
        return self, None

    @property
    def scales_in(self) -> bool:
        """Whether there is a scale-in policy."""
        return self.scale_in_threshold is not None

    @property
    def has_simple(self) -> bool:
        """Whether any policy is a simple one, with a cooldown."""
        return self.scale_out_steps is None or (self.scales_in and self.scale_in_steps is None)

    @property
    def has_steps(self) -> bool:
        """Whether any policy is a step policy, with a warm-up."""
        return self.scale_out_steps is not None or (
            self.scales_in and self.scale_in_steps is not None
        )

    @property
    def family(self) -> Family:
        """Kind of the plans: ``simple``, ``step``, or ``mixed``."""
        if self.has_simple and self.has_steps:
            return "mixed"
        return "step" if self.has_steps else "simple"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the knobs that the policies have, in the order of the lattice."""
        return (
            *_SCALE_OUT,
            *(("cooldown_seconds",) if self.has_simple else ()),
            *(_SCALE_IN if self.scales_in else ()),
            *(() if self.scale_out_steps is None else _step_names("scale_out_")),
            *(_step_names("scale_in_") if self.scales_in and self.scale_in_steps else ()),
            *(("instance_warmup_seconds",) if self.has_steps else ()),
            "min_size",
            *(() if self.schedules is None else ("schedule",)),
        )

    @property
    def parameters(self) -> dict[str, str]:
        """Names of a candidate's parameters with their units."""
        named = {"scale_in_threshold": "scale_in_threshold_percent"}
        names = (named.get(name, name) for name in self.dimensions)
        return {name: _unit(name) for name in names}

    @property
    def preferred(self) -> tuple[str, ...]:
        """The scale-out threshold, then the increment."""
        return ("scale_out_threshold_percent", "scale_out_adjustment")

    def values(self, name: str) -> tuple[Any, ...] | None:
        """Give the values of a knob; None: it follows another knob or the scenario."""
        if name == "schedule":
            return self.schedules
        for side in ("scale_out_", "scale_in_"):
            knobs = getattr(self, f"{side}steps")
            if name in _step_names(side) and knobs is not None:
                return tuple(getattr(knobs, _STEP_FIELDS[name.removeprefix(side)]))
        values: tuple[Any, ...] | None = getattr(self, name)
        return values

    def with_values(self, changed: Mapping[str, tuple[Any, ...]]) -> PairSpace:
        """Give the space with other values of some knobs."""
        fields: dict[str, Any] = {}
        for name, values in changed.items():
            side = next((s for s in ("scale_out_", "scale_in_") if name in _step_names(s)), None)
            if name == "schedule":
                fields["schedules"] = values
            elif side is None:
                fields[name] = values
            else:
                knobs = fields.get(f"{side}steps", getattr(self, f"{side}steps"))
                field = {_STEP_FIELDS[name.removeprefix(side)]: values}
                fields[f"{side}steps"] = replace(knobs, **field)
        return replace(self, **fields)

    def tables(self, frame: Frame, scenario: Scenario) -> Tables:
        """Lay the values out as tables."""
        sizes = size_tables(self.min_size, self.schedules, frame, scenario)
        return {**pair_tables(self, frame, scenario), **sizes}

    def exclusions(
        self, tables: Tables, frame: Frame, scenario: Scenario
    ) -> Iterator[tuple[str, BoolArray]]:
        """Yield every reason for leaving points out.

        Parameters
        ----------
        tables, frame, scenario : dict of array, Frame, Scenario
            As in `Space.exclusions`.

        Notes
        -----
        Of equal candidates the first in the order of the lattice stays: different points are equal
        where a cap and a share give the same threshold, where a knob names a value twice, and where
        policies of one step differ in what only further steps would read.
        """
        windows, others = pair_exclusions(self, tables, frame, scenario)
        yield from windows
        yield from size_exclusions(tables, self.schedules, scenario)
        yield from others
        yield from repeated_values(self, frame)

    def plan(self, value: Mapping[str, Any]) -> ScalingPlan:
        """Give the plan of one candidate's parameters."""
        warmup = self.own(value, "instance_warmup_seconds") if self.has_steps else None
        scale_out, scale_in = pair_sides(self, value, warmup_seconds=warmup)
        return ScalingPlan(
            scale_out=scale_out,
            scale_in=scale_in,
            min_size=self.own(value, "min_size"),
            schedule=None if self.schedules is None else self.schedules[value["schedule"]],
        )


_SCALE_OUT = (
    "scale_out_threshold_percent",
    "scale_out_adjustment",
    "period_seconds",
    "evaluation_periods",
    "datapoints_to_alarm",
)
_SCALE_IN = (
    "scale_in_threshold",
    "scale_in_adjustment",
    "scale_in_period_seconds",
    "scale_in_evaluation_periods",
    "scale_in_datapoints_to_alarm",
)
_STEP_FIELDS = {"steps": "steps", "step_width_percent": "width_percent", "step_growth": "growth"}
"""Fields of `StepKnobs` by the name of their knob, without its side."""

_LEAST = {
    "period_seconds": 1,
    "evaluation_periods": 1,
    "datapoints_to_alarm": 1,
    "cooldown_seconds": 0,
    "scale_in_period_seconds": 1,
    "scale_in_evaluation_periods": 1,
    "scale_in_datapoints_to_alarm": 1,
    "instance_warmup_seconds": 0,
    "min_size": 0,
}
"""Least value of a knob that counts something."""


def _step_names(side: str) -> tuple[str, ...]:
    """Name the knobs of one side's further steps."""
    return tuple(side + name for name in _STEP_FIELDS)


def _unit(name: str) -> str:
    """Give the unit of a parameter, which its name ends in."""
    return "%" if name.endswith("_percent") else "s" if name.endswith("_seconds") else "1"


def _space_problems(space: PairSpace) -> Iterator[Problem]:
    """Yield what no candidate of a space could have, by knob."""
    yield from range_problems(space, _LEAST)
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
    for side in ("scale_out_", "scale_in_"):
        yield from step_problems(getattr(space, f"{side}steps"), space.adjustment_type, side)


def _adjustment_problems(space: PairSpace) -> Iterator[Problem]:
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
