"""The lattice in Optuna's words: a distribution for each active dimension, and the way back.

A knob whose values lie evenly spaced is an integer or real distribution in its own unit, so that
Optuna's samplers know what is near to what. Other numbers (1, 2, 4, 8) are given by their position
in rising order: as categories they would lose their order, and a distribution over their range
would offer values that the knob does not have. Rules without an order (a share, a cap) are
categories, in words; schedules, and what is yes or no, are categories by their position. Ranges are
static: what is no candidate is told as infeasible.

Notation
--------
B candidate, D active dimension of the lattice. Positions are int64 ``[B, D]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from tuner.search.lattice import Lattice

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Knob:
    """One active dimension as an Optuna parameter.

    Parameters
    ----------
    name : str
        With its unit; ``_position`` at its end where positions stand for the values.
    distribution : BaseDistribution
        What Optuna draws from.
    values : tuple
        Optuna's value at each position.
    """

    name: str
    distribution: BaseDistribution
    values: tuple[Any, ...]

    def positions(self, values: Sequence[Any]) -> IntArray:
        """Find the positions of values ``[B]`` that Optuna drew; the first of equal ones."""
        if isinstance(self.distribution, CategoricalDistribution):
            return np.array([self.values.index(value) for value in values], dtype=np.int64)
        distinct, first = np.unique(np.array(self.values), return_index=True)
        steps = (np.array(values) - distinct[0]) / (distinct[1] - distinct[0])
        return np.asarray(first[np.rint(steps).astype(np.int64)], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Coding:
    """All active dimensions of a lattice as Optuna parameters.

    Parameters
    ----------
    knobs : tuple of Knob [D]
        In the order of the lattice.
    """

    knobs: tuple[Knob, ...]

    @property
    def distributions(self) -> dict[str, BaseDistribution]:
        """What Optuna draws from, by name."""
        return {knob.name: knob.distribution for knob in self.knobs}

    def params(self, positions: IntArray) -> list[dict[str, Any]]:
        """Give the parameters of positions ``[B, D]`` as Optuna holds them, one dict each."""
        columns = [
            [knob.values[place] for place in column]
            for knob, column in zip(self.knobs, positions.T.tolist(), strict=True)
        ]
        names = [knob.name for knob in self.knobs]
        if not columns:
            return [{} for _ in range(len(positions))]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def positions(self, params: Sequence[Mapping[str, Any]]) -> IntArray:
        """Decode parameters that Optuna drew into positions ``[B, D]``."""
        if not self.knobs:
            return np.empty((len(params), 0), dtype=np.int64)
        columns = [knob.positions([row[knob.name] for row in params]) for knob in self.knobs]
        return np.stack(columns, axis=1)


UNORDERED = ("schedule", "disable_scale_in")
"""Dimensions whose values have no order, given by their position."""


def coding_of(lattice: Lattice) -> Coding:
    """Name the active dimensions of a lattice for Optuna.

    Parameters
    ----------
    lattice : Lattice
        Of any size.

    Examples
    --------
    >>> from tuner.host import HostModel
    >>> from tuner.scenario import Scenario
    >>> from tuner.search.lattice import lattice_of
    >>> from tuner.search.pair_space import PairSpace
    >>> from tuner.search.values import LowerThreshold
    >>> space = PairSpace(scale_out_threshold_percent=(20.0, 22.5),
    ...                     scale_out_adjustment=(1, 2, 4),
    ...                     scale_in_threshold=(LowerThreshold.given(10),))
    >>> coding = coding_of(lattice_of(space, Scenario(host=HostModel())))
    >>> for name, distribution in coding.distributions.items():
    ...     print(name, distribution)
    scale_out_threshold_percent FloatDistribution(high=22.5, log=False, low=20.0, step=2.5)
    scale_out_adjustment_position IntDistribution(high=2, log=False, low=0, step=1)
    """
    return Coding(tuple(_knob(lattice, lattice.space.dimensions[d]) for d in lattice.active))


def _knob(lattice: Lattice, name: str) -> Knob:
    """Choose how a dimension of several values is drawn."""
    values = lattice.space.values(name) or ()
    if name in UNORDERED:
        return Knob(name, CategoricalDistribution(range(len(values))), tuple(range(len(values))))
    if name == "scale_in_threshold":
        if not all(rule.kind == "given" for rule in values):
            words = tuple(str(rule) for rule in values)
            return Knob(name, CategoricalDistribution(tuple(dict.fromkeys(words))), words)
        name, values = "scale_in_threshold_percent", tuple(float(rule.value) for rule in values)
    step = _step(values)
    if step is None:
        rank = {value: k for k, value in enumerate(sorted(set(values)))}
        places = tuple(rank[value] for value in values)
        if len(rank) == 1:
            return Knob(f"{name}_position", CategoricalDistribution((0,)), places)
        return Knob(f"{name}_position", IntDistribution(0, len(rank) - 1), places)
    low, high = min(values), max(values)
    if all(isinstance(value, int) for value in values):
        return Knob(name, IntDistribution(low, high, step=int(step)), values)
    return Knob(
        name,
        FloatDistribution(float(low), float(high), step=float(step)),
        tuple(float(value) for value in values),
    )


def _step(values: Sequence[float]) -> Fraction | None:
    """Give the distance of evenly spaced values, None where they are not."""
    exact = sorted({Fraction(str(value)) for value in values})
    gaps = {after - before for before, after in pairwise(exact)}
    return gaps.pop() if len(gaps) == 1 else None
