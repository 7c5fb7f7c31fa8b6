"""Which points of a lattice are candidates, and how many were left out for which reason.

Notation
--------
C candidate. Conditions are tables as in `tuner.search.lattice`: they broadcast, and nothing of the
lattice's size is made but one mask and the indices of the candidates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tuner.errors import ConfigurationError, Problem
from tuner.search.lattice import Lattice
from tuner.search.space import Space
from tuner.search.tables import BoolArray, IntArray
from tuner.traffic.shapes import frozen


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of a lattice.

    Parameters
    ----------
    is_one : bool [points]
        Whether each point of the lattice, by its index, is a candidate.
    left_out : dict of str to int
        Points that are no candidates, by reason in words; each counts under its first reason.
    """

    is_one: BoolArray
    left_out: dict[str, int]

    def __len__(self) -> int:
        """Count the candidates, C."""
        return int(np.count_nonzero(self.is_one))

    @property
    def index(self) -> IntArray:
        """Lattice indices of all candidates, int64 [C], rising."""
        return frozen(np.flatnonzero(self.is_one).astype(np.int64))

    def chunks(self, size: int) -> Iterator[IntArray]:
        """Give the lattice indices, rising, ``size`` in each array but the last.

        Parameters
        ----------
        size : int
            At least 1.
        """
        left = np.empty(0, dtype=np.int64)
        for begin in range(0, len(self.is_one), size):
            more = begin + np.flatnonzero(self.is_one[begin : begin + size])
            left = np.concatenate([left, more])
            if len(left) >= size:
                yield left[:size]
                left = left[size:]
        if len(left):
            yield left


def find_candidates(lattice: Lattice) -> Candidates:
    """Find the points of a lattice that are candidates.

    Parameters
    ----------
    lattice : Lattice
        From `lattice_of`.

    Returns
    -------
    Candidates
        Every distinct combination that AWS takes and that makes sense (`Space.exclusions`).

    Raises
    ------
    ConfigurationError
        When no point is a candidate, with the reasons.

    Notes
    -----
    Of equal candidates the first in the order of the lattice stays.
    """
    remaining = np.ones(lattice.sizes, dtype=np.bool_)
    left_out: dict[str, int] = {}
    for reason, excluded in exclusions(lattice):
        if excluded.any():
            before = int(np.count_nonzero(remaining))
            remaining &= ~excluded
            if count := before - int(np.count_nonzero(remaining)):
                left_out[reason] = left_out.get(reason, 0) + count
    if not remaining.any():
        reasons = "; ".join(f"{count:,} x {reason}" for reason, count in left_out.items())
        raise ConfigurationError(
            Problem(
                "at least one combination that can be a candidate",
                f"none of {lattice.space.n_lattice:,}: {reasons}",
                "search",
                "Change the knobs that the reasons name.",
            )
        )
    return Candidates(frozen(remaining.reshape(-1)), left_out)


def check_budget(space: Space, *, budget: int) -> None:
    """Refuse a lattice that is larger than the budget.

    Parameters
    ----------
    space : Space
        The knobs.
    budget : int
        Points that may be enumerated.

    Raises
    ------
    ConfigurationError
        With the size of every dimension, and what to do.
    """
    n_lattice = space.n_lattice
    if n_lattice <= budget:
        return
    sizes = {name: size for name, size in space.sizes().items() if size > 1}
    listed = " x ".join(f"{size:,} {name}" for name, size in sizes.items())
    largest = max(sizes, key=lambda name: sizes[name])
    raise ConfigurationError(
        Problem(
            f"a lattice within the budget of {budget:,} candidates",
            f"{n_lattice:,} = {listed}",
            "search",
            f"Take larger steps (the longest knob is {largest}), fix a knob, or raise the budget.",
        )
    )


def exclusions(lattice: Lattice) -> Iterator[tuple[str, BoolArray]]:
    """Yield every reason for leaving points out, with a table of where it holds."""
    return lattice.space.exclusions(lattice.tables, lattice.frame, lattice.scenario)
