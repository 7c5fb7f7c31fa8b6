"""The space of a target tracking policy on the group's CPU."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tuner.errors import ConfigurationError, Problem
from tuner.policy import Family, ScalingPlan, TargetTracking
from tuner.scenario import Scenario
from tuner.search.space import (
    EQUAL,
    Schedule,
    Space,
    range_problems,
    repeated_values,
    size_exclusions,
    size_tables,
)
from tuner.search.tables import BoolArray, Frame, Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingSpace(Space):
    """Values of every knob of a target tracking policy; a fixed knob has one value.

    Parameters
    ----------
    target_percent : tuple of float
        CPU percent to hold, above 0.
    disable_scale_in : tuple of bool
        Whether it never takes instances away.
    instance_warmup_seconds : tuple of int or None
        Warm-up; None: the group's default.
    low_ratio : tuple of float or None
        Threshold of the hidden low alarm as a share of the target; None: AWS's rule.
    scale_in_limit : tuple of int or None
        Instances that one scale-in takes at most; None: no limit.
    min_size : tuple of int or None
        Minimum of the group; None: the scenario's.
    schedules : tuple of schedules or None
        Scheduled actions that a plan may bring; None: all follow the scenario's.

    Raises
    ------
    ConfigurationError
        Naming every knob without a value, and every value that no candidate could have.

    Notes
    -----
    `low_ratio` and `scale_in_limit` are no settings of AWS but what is unsure of its rules
    (docs/aws-semantics.md 5): give several values to see what depends on them.
    """

    target_percent: tuple[float, ...]
    disable_scale_in: tuple[bool, ...] = (False,)
    instance_warmup_seconds: tuple[int, ...] | None = None
    low_ratio: tuple[float, ...] | None = None
    scale_in_limit: tuple[int, ...] | None = None
    min_size: tuple[int, ...] | None = None
    schedules: tuple[Schedule, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what no candidate could have."""
        problems = tuple(_space_problems(self))
        if problems:
            raise ConfigurationError(*problems)

    @property
    def parts(self) -> tuple[None, TrackingSpace]:
        """No pair, and the target tracking policy."""
        return None, self

    @property
    def family(self) -> Family:
        """Kind of the plans."""
        return "target_tracking"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the knobs, in the order of the lattice."""
        return (*self.policy_dimensions, *self.size_dimensions)

    @property
    def policy_dimensions(self) -> tuple[str, ...]:
        """Names of the knobs of the policy itself."""
        return (
            "target_percent",
            "disable_scale_in",
            "instance_warmup_seconds",
            *(() if self.low_ratio is None else ("low_ratio",)),
            *(() if self.scale_in_limit is None else ("scale_in_limit",)),
        )

    @property
    def size_dimensions(self) -> tuple[str, ...]:
        """Names of the knobs of the group's size."""
        return ("min_size", *(() if self.schedules is None else ("schedule",)))

    @property
    def parameters(self) -> dict[str, str]:
        """Names of a candidate's parameters with their units."""
        units = {"target_percent": "%", "instance_warmup_seconds": "s"}
        return {name: units.get(name, "1") for name in self.dimensions}

    @property
    def preferred(self) -> tuple[str, ...]:
        """The target."""
        return ("target_percent",)

    def values(self, name: str) -> tuple[Any, ...] | None:
        """Give the values of a knob; None: it follows the scenario."""
        values: tuple[Any, ...] | None = getattr(self, "schedules" if name == "schedule" else name)
        return values

    def with_values(self, changed: Mapping[str, tuple[Any, ...]]) -> TrackingSpace:
        """Give the space with other values of some knobs."""
        fields: dict[str, Any] = {
            "schedules" if name == "schedule" else name: values for name, values in changed.items()
        }
        return replace(self, **fields)

    def tables(self, frame: Frame, scenario: Scenario) -> Tables:
        """Lay the values out as tables."""
        own = {name: self.values(name) for name in self.policy_dimensions}
        tables = {
            name: frame.axis(name, values, _DTYPES.get(name, np.int64))
            for name, values in own.items()
            if values is not None
        }
        warmup = scenario.group.warmup_seconds(None)
        tables.setdefault("instance_warmup_seconds", frame.constant(warmup))
        return {**tables, **size_tables(self.min_size, self.schedules, frame, scenario)}

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
        Its alarms look at minutes: a tick must divide one, and monitoring must be detailed.
        """
        tick = scenario.tick_seconds
        yield f"target tracking with ticks of {tick} s", frame.constant(60 % tick != 0, np.bool_)
        basic = scenario.group.monitoring == "basic"
        yield "target tracking with basic monitoring", frame.constant(basic, np.bool_)
        yield from size_exclusions(tables, self.schedules, scenario)
        never_in = tables["disable_scale_in"] == 1
        for name in ("low_ratio", "scale_in_limit"):
            values = self.values(name)
            if values is not None:
                yield EQUAL, never_in & frame.axis(name, np.arange(len(values)) > 0, np.bool_)
        yield from repeated_values(self, frame)

    def policy(self, value: Mapping[str, Any]) -> TargetTracking:
        """Give the policy of one candidate's parameters."""
        return TargetTracking(
            target_value=value["target_percent"],
            disable_scale_in=bool(value["disable_scale_in"]),
            instance_warmup_seconds=self.own(value, "instance_warmup_seconds"),
            low_ratio=self.own(value, "low_ratio"),
            scale_in_limit=self.own(value, "scale_in_limit"),
        )

    def plan(self, value: Mapping[str, Any]) -> ScalingPlan:
        """Give the plan of one candidate's parameters."""
        return ScalingPlan(
            target_tracking=self.policy(value),
            min_size=self.own(value, "min_size"),
            schedule=None if self.schedules is None else self.schedules[value["schedule"]],
        )


_DTYPES: dict[str, type[np.generic]] = {"target_percent": np.float64, "low_ratio": np.float64}

_LEAST = {"instance_warmup_seconds": 0, "scale_in_limit": 1, "min_size": 0}
"""Least value of a knob that counts something."""


def _space_problems(space: TrackingSpace) -> Iterator[Problem]:
    """Yield what no candidate of a space could have, by knob."""
    yield from range_problems(space, _LEAST)
    for value in space.target_percent:
        if not 0.0 < value < np.inf:
            yield Problem("a CPU percent above 0", f"{value:g}", "target_percent", "Raise it.")
    for value in space.low_ratio or ():
        if not 0.0 < value <= 1.0:
            yield Problem("a share above 0, at most 1", f"{value:g}", "low_ratio", "Change it.")
