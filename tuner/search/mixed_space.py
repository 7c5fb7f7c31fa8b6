"""The space of mixed plans: a target tracking policy beside a pair of alarms as a safety net."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuner.errors import ConfigurationError, Problem
from tuner.policy import Family, ScalingPlan
from tuner.scenario import Scenario
from tuner.search.pair_exclusions import pair_exclusions
from tuner.search.pair_plans import pair_sides
from tuner.search.pair_space import PairSpace
from tuner.search.pair_tables import pair_tables
from tuner.search.space import Space, repeated_values
from tuner.search.tables import BoolArray, Frame, Tables
from tuner.search.tracking_space import TrackingSpace

NOT_ABOVE_TARGET = "scale-out threshold of the safety net not above the target"

_SHARED = ("instance_warmup_seconds", "min_size")
"""Knobs of both parts that a mixed plan has once: those of the target tracking policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedSpace(Space):
    """Target tracking beside a pair of alarms; the pair may have scale-out alone.

    Parameters
    ----------
    tracking : TrackingSpace
        The policy that follows the load; its warm-up, minimum and schedules are the plan's.
    pair : PairSpace
        The safety net: simple or step policies.

    Raises
    ------
    ConfigurationError
        When the pair has a warm-up, minimum or schedules of its own.

    Notes
    -----
    Assumption: a safety net stands above the target. One at or below it acts all the time, and a
    pair alone does the same.
    """

    tracking: TrackingSpace
    pair: PairSpace

    def __post_init__(self) -> None:
        """Refuse knobs that stand twice."""
        twice = [name for name in (*_SHARED, "schedules") if getattr(self.pair, name) is not None]
        if twice:
            raise ConfigurationError(
                *(
                    Problem(
                        f"{name} once in a mixed space",
                        "one in the pair",
                        name,
                        "Give it to the target tracking policy.",
                    )
                    for name in twice
                )
            )

    @property
    def parts(self) -> tuple[PairSpace, TrackingSpace]:
        """The pair, and the target tracking policy."""
        return self.pair, self.tracking

    @property
    def family(self) -> Family:
        """Kind of the plans."""
        return "mixed"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the knobs, in the order of the lattice."""
        net = (name for name in self.pair.dimensions if name not in _SHARED)
        return (*self.tracking.policy_dimensions, *net, *self.tracking.size_dimensions)

    @property
    def parameters(self) -> dict[str, str]:
        """Names of a candidate's parameters with their units."""
        net, own = self.pair.parameters, self.tracking.parameters
        first = {name: own[name] for name in self.tracking.policy_dimensions}
        last = {name: own[name] for name in self.tracking.size_dimensions}
        return {**first, **{name: net[name] for name in net if name not in _SHARED}, **last}

    @property
    def preferred(self) -> tuple[str, ...]:
        """The target, then what the pair prefers."""
        return (*self.tracking.preferred, *self.pair.preferred)

    def values(self, name: str) -> tuple[Any, ...] | None:
        """Give the values of a knob; None: it follows another knob or the scenario."""
        part = self.tracking if name in self.tracking.dimensions else self.pair
        return part.values(name)

    def with_values(self, changed: Mapping[str, tuple[Any, ...]]) -> MixedSpace:
        """Give the space with other values of some knobs."""
        own = {name: each for name, each in changed.items() if name in self.tracking.dimensions}
        net = {name: each for name, each in changed.items() if name not in own}
        return MixedSpace(tracking=self.tracking.with_values(own), pair=self.pair.with_values(net))

    def tables(self, frame: Frame, scenario: Scenario) -> Tables:
        """Lay the values out as tables."""
        return {**pair_tables(self.pair, frame, scenario), **self.tracking.tables(frame, scenario)}

    def exclusions(
        self, tables: Tables, frame: Frame, scenario: Scenario
    ) -> Iterator[tuple[str, BoolArray]]:
        """Yield the reasons of both parts, and where the net does not stand above the target.

        Parameters
        ----------
        tables, frame, scenario : dict of array, Frame, Scenario
            As in `Space.exclusions`.
        """
        windows, others = pair_exclusions(self.pair, tables, frame, scenario)
        yield from windows
        yield from others
        below = tables["scale_out_threshold_percent"] <= tables["target_percent"]
        yield NOT_ABOVE_TARGET, np.asarray(below)
        yield from self.tracking.exclusions(tables, frame, scenario)
        net = (name for name in self.pair.dimensions if name not in _SHARED)
        yield from repeated_values(self.pair, frame, names=tuple(net))

    def plan(self, value: Mapping[str, Any]) -> ScalingPlan:
        """Give the plan of one candidate's parameters."""
        alone = self.tracking.plan(value)
        tracking = self.tracking.policy(value)
        scale_out, scale_in = pair_sides(
            self.pair, value, warmup_seconds=tracking.instance_warmup_seconds
        )
        return ScalingPlan(
            scale_out=scale_out,
            scale_in=scale_in,
            target_tracking=tracking,
            min_size=alone.min_size,
            schedule=alone.schedule,
        )
