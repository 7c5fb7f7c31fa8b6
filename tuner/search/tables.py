"""The values of every parameter over a lattice, as tables that broadcast against each other.

Notation
--------
D dimension of the lattice (`tuner.search.space.DIMENSIONS`). A *table* has one axis for each
dimension, of length 1 where the parameter does not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.policy import default_extra_blocks
from tuner.scenario import Scenario
from tuner.search.space import DIMENSIONS, SimpleSpace

IntArray = NDArray[np.int64]

UPPER = "scale_out_threshold_percent"
LOWER = "scale_in_threshold"
"""The two dimensions that the scale-in threshold depends on."""

EXTRA_BLOCKS = {
    "evaluation_periods": "extra_blocks",
    "scale_in_evaluation_periods": "scale_in_extra_blocks",
}
"""Names of the tables of blocks looked at beyond N, by the name of N."""


def tables_of(space: SimpleSpace, scenario: Scenario) -> dict[str, NDArray[Any]]:
    """Lay the values of a space out as tables, one for each parameter and its extra blocks.

    Parameters
    ----------
    space : SimpleSpace
        The knobs.
    scenario : Scenario
        Gives the group's minimum where the space has none.
    """
    tables = {
        name: _axis(space, name, np.float64 if name.endswith("_percent") else np.int64)
        for name in DIMENSIONS
        if name != LOWER and getattr(space, name) is not None
    }
    lower = np.array(
        [
            [rule.below(upper) for rule in space.scale_in_threshold]
            for upper in space.scale_out_threshold_percent
        ]
    )
    tables["scale_in_threshold_percent"] = lower.reshape(
        table_shape({UPPER: -1, LOWER: lower.shape[1]})
    )
    shared = space.scale_in_period_seconds is None and space.scale_in_evaluation_periods is None
    tables.setdefault("datapoints_to_alarm", tables["evaluation_periods"])
    tables.setdefault("scale_in_period_seconds", tables["period_seconds"])
    tables.setdefault("scale_in_evaluation_periods", tables["evaluation_periods"])
    tables.setdefault(
        "scale_in_datapoints_to_alarm",
        tables["datapoints_to_alarm" if shared else "scale_in_evaluation_periods"],
    )
    tables.setdefault("min_size", np.full(table_shape({}), scenario.group.min_size, dtype=np.int64))
    for name, extra in EXTRA_BLOCKS.items():
        tables[extra] = mapped(default_extra_blocks, tables[name])
    return tables


def gather(
    table: NDArray[Any], positions: dict[int, IntArray], *, n_candidates: int
) -> NDArray[Any]:
    """Read a table's values for candidates, ``[C]``.

    Parameters
    ----------
    table : array [D]
        One axis for each dimension, of length 1 where it does not matter.
    positions : dict of int to int64 [C]
        Position of each candidate on every active dimension.
    n_candidates : int
        C.
    """
    axes = [d for d, size in enumerate(table.shape) if size > 1]
    if not axes:
        return np.full(n_candidates, table.item(), dtype=table.dtype)
    values = table.reshape([table.shape[d] for d in axes])
    return np.asarray(values[tuple(positions[d] for d in axes)])


def mapped(function: Callable[[int], int], table: IntArray) -> IntArray:
    """Apply a function of one whole number to every value of a table."""
    values = [function(value) for value in table.ravel().tolist()]
    return np.array(values, dtype=np.int64).reshape(table.shape)


def _axis(space: SimpleSpace, name: str, dtype: type[np.generic]) -> NDArray[Any]:
    """Lay the values of one knob out along its own dimension."""
    return np.array(getattr(space, name), dtype=dtype).reshape(table_shape({name: -1}))


def table_shape(given: dict[str, int]) -> list[int]:
    """Give the shape of a table: the given lengths, and 1 along every other dimension."""
    return [given.get(name, 1) for name in DIMENSIONS]
