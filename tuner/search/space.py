"""What a search space is: the knobs of one family of plans, each with the values it may take.

A knob is fixed, a list or a range with a step; all three are tuples of values here. The product of
the tuples is the *lattice*; `tuner.search.lattice` turns its points into candidates, by column.
Families differ in their knobs and in how a point becomes a plan: each is a class of its own
(`tuner.search.pair_space`, `tracking_space`, `mixed_space`).

Notation
--------
C candidate, D dimension of the lattice.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tuner.errors import Problem
from tuner.policy import Family, ScalingPlan, ScheduledAction
from tuner.scenario import Scenario
from tuner.search.tables import BoolArray, Frame, Tables

if TYPE_CHECKING:
    from tuner.search.pair_space import PairSpace
    from tuner.search.tracking_space import TrackingSpace

Schedule = tuple[ScheduledAction, ...]

EQUAL = "equal to another candidate"
"""Why a point is left out that acts as one before it."""


class Space(ABC):
    """The knobs of one family of plans.

    A space is frozen, equals another with the same values, and holds nothing of a scenario.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def family(self) -> Family:
        """Kind of the plans."""

    @property
    @abstractmethod
    def parts(self) -> tuple[PairSpace | None, TrackingSpace | None]:
        """What a plan is put together from: a pair of alarms, a target tracking policy."""

    @property
    @abstractmethod
    def dimensions(self) -> tuple[str, ...]:
        """Names of the knobs, in the order of the lattice's index; the last one runs fastest."""

    @property
    @abstractmethod
    def parameters(self) -> dict[str, str]:
        """Names of a candidate's parameters with their units."""

    @property
    @abstractmethod
    def preferred(self) -> tuple[str, ...]:
        """Parameters that decide between candidates with equal costs, the smaller first."""

    @abstractmethod
    def values(self, name: str) -> tuple[Any, ...] | None:
        """Give the values of a knob; None: it follows another knob or the scenario."""

    @abstractmethod
    def with_values(self, changed: Mapping[str, tuple[Any, ...]]) -> Space:
        """Give the space with other values of some knobs.

        Raises
        ------
        ConfigurationError
            For values that no candidate could have.
        """

    @abstractmethod
    def tables(self, frame: Frame, scenario: Scenario) -> Tables:
        """Lay the values out as tables: one for each parameter, and what packing needs beside."""

    @abstractmethod
    def exclusions(
        self, tables: Tables, frame: Frame, scenario: Scenario
    ) -> Iterator[tuple[str, BoolArray]]:
        """Yield every reason for leaving points out, with a table of where it holds.

        Parameters
        ----------
        tables : dict of array
            From `tables`.
        frame : Frame
            What they were laid out for.
        scenario : Scenario
            Gives tick, monitoring, limits and schedule.
        """

    @abstractmethod
    def plan(self, value: Mapping[str, Any]) -> ScalingPlan:
        """Give the plan of one candidate's parameters.

        Raises
        ------
        ConfigurationError
            For a point that is no candidate because AWS refuses it.
        """

    def own(self, value: Mapping[str, Any], name: str) -> Any:
        """Give a candidate's own value of a knob, None where it follows the scenario."""
        return None if self.values(name) is None else value[name]

    def sizes(self) -> dict[str, int]:
        """Count the values of every knob, in the order of the lattice, the last fastest."""
        counted = {name: self.values(name) for name in self.dimensions}
        return {name: 1 if values is None else len(values) for name, values in counted.items()}

    @property
    def n_lattice(self) -> int:
        """Points of the lattice: every combination, before any is left out."""
        return math.prod(self.sizes().values())


def range_problems(space: Space, least: Mapping[str, float]) -> Iterator[Problem]:
    """Yield knobs without a value, and values below the least that a knob may have."""
    for name in space.dimensions:
        values = space.values(name)
        if values is not None and not values:
            yield Problem("at least one value", "none", name, "Give a number, a list or a range.")
        for value in (values or ()) if name in least else ():
            if not value >= least[name]:
                yield Problem(f"at least {least[name]:g}", f"{value}", name, "Raise it.")


def repeated_values(
    space: Space, frame: Frame, *, names: tuple[str, ...] | None = None
) -> Iterator[tuple[str, BoolArray]]:
    """Yield where a knob names a value twice.

    Parameters
    ----------
    space : Space
        Whose knobs.
    frame : Frame
        The dimensions of the lattice.
    names : tuple of str or None
        Which knobs; None: all.
    """
    for name in space.dimensions if names is None else names:
        values = space.values(name)
        if values is not None and len(values) > 1:
            yield EQUAL, frame.repeats(name, values)


def size_tables(
    min_size: tuple[int, ...] | None,
    schedules: tuple[Schedule, ...] | None,
    frame: Frame,
    scenario: Scenario,
) -> Tables:
    """Lay out what every family has: the group's minimum, and which schedule is followed.

    Parameters
    ----------
    min_size, schedules : tuple or None
        As in a space.
    frame : Frame
        The dimensions of the lattice.
    scenario : Scenario
        Gives the minimum where the space has none.
    """
    tables = {
        "min_size": frame.constant(scenario.group.min_size)
        if min_size is None
        else frame.axis("min_size", min_size, np.int64)
    }
    if schedules is not None:
        tables["schedule"] = frame.axis("schedule", range(len(schedules)), np.int64)
    return tables


def size_exclusions(
    tables: Tables, schedules: tuple[Schedule, ...] | None, scenario: Scenario
) -> Iterator[tuple[str, BoolArray]]:
    """Yield where a minimum lies above the maximum, at the start or after a scheduled action.

    Parameters
    ----------
    tables : dict of array
        From `size_tables`.
    schedules : tuple or None
        As in a space.
    scenario : Scenario
        Gives the maximum, and the schedule where the space has none.
    """
    followed = (scenario.schedule,) if schedules is None else schedules
    place = tables.get("schedule", np.zeros(1, dtype=np.int64))
    minimum, which = np.broadcast_arrays(tables["min_size"], place)
    misfits = [
        _misfits(scenario.group.max_size, size, followed[k])
        for size, k in zip(minimum.ravel().tolist(), which.ravel().tolist(), strict=True)
    ]
    yield "min_size above max_size", np.array(misfits).reshape(minimum.shape)


def _misfits(max_size: int, min_size: int, schedule: Schedule) -> bool:
    """Tell whether a minimum lies above the maximum, at the start or after a scheduled action."""
    smallest, largest = min_size, max_size
    misfits = smallest > largest
    for action in sorted(schedule, key=lambda action: action.tick):
        smallest = smallest if action.min_size is None else action.min_size
        largest = largest if action.max_size is None else action.max_size
        misfits = misfits or smallest > largest
    return misfits
