"""Tables of parameters over a lattice: arrays that broadcast against each other.

Notation
--------
D dimension of the lattice. A *table* has one axis for each dimension, of length 1 where it does not
depend on it, so that nothing of the lattice's size is made.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Tables = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Frame:
    """The dimensions of a lattice, by name: where each parameter's axis stands.

    Parameters
    ----------
    dimensions : tuple of str [D]
        In the order of the lattice's index; the last one runs fastest.
    """

    dimensions: tuple[str, ...]

    def shape(self, given: dict[str, int]) -> list[int]:
        """Give the shape of a table: the given lengths, and 1 along every other dimension."""
        return [given.get(name, 1) for name in self.dimensions]

    def axis(
        self, name: str, values: Sequence[Any] | NDArray[Any], dtype: Any = None
    ) -> NDArray[Any]:
        """Lay values out along one dimension.

        Parameters
        ----------
        name : str
            The dimension.
        values : sequence or array
            Its values, in order.
        dtype : type or None
            Of the table; None: by the values.
        """
        return np.array(values, dtype=dtype).reshape(self.shape({name: -1}))

    def constant(self, value: float, dtype: Any = np.int64) -> NDArray[Any]:
        """Make a table that depends on no dimension."""
        return np.full(self.shape({}), value, dtype=dtype)

    def repeats(self, name: str, values: Sequence[Hashable]) -> BoolArray:
        """Tell which values of a dimension stand earlier in it."""
        return self.axis(name, repeats(values), np.bool_)


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


def repeats(values: Sequence[Hashable]) -> list[bool]:
    """Tell which values stand earlier in the sequence."""
    seen: set[Hashable] = set()
    told = []
    for value in values:
        told.append(value in seen)
        seen.add(value)
    return told
