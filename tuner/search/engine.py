"""What a search engine is: it is asked for candidates and told what they score.

An engine is a generator. It yields a matrix of candidates, positions on the active dimensions of
the lattice ``[B, D]``, is sent their `Scores` ``[B]``, and returns when it has nothing more to ask.
The simulator always gets a whole batch. An engine draws from generators that are seeded by (seed,
generation) only, so that what it asks is a pure function of the space, the seed and what it was
told: to resume is to run again, with what is known answered from what is stored.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from tuner.search.candidates import exclusions
from tuner.search.lattice import Lattice
from tuner.search.objectives import Scores
from tuner.search.tables import IntArray, gather

BoolArray = NDArray[np.bool_]

Engine = Generator[IntArray, Scores, None]


class Sieve:
    """Tells which points of a lattice are candidates, without a mask of the whole lattice.

    Parameters
    ----------
    lattice : Lattice
        Of any size.
    """

    def __init__(self, lattice: Lattice) -> None:
        self._active = lattice.active
        self._excluded = [table for _, table in exclusions(lattice) if table.any()]

    def keeps(self, positions: IntArray) -> BoolArray:
        """Tell for positions ``[C, D]`` whether each is a candidate, bool [C]."""
        by_dimension = dict(zip(self._active, positions.T, strict=True))
        kept = np.ones(len(positions), dtype=np.bool_)
        for table in self._excluded:
            kept &= ~gather(table, by_dimension, n_candidates=len(positions))
        return kept


class Memory:
    """Every point that an engine has asked for, so that it asks for none twice.

    Parameters
    ----------
    lattice : Lattice
        Names the points.
    """

    def __init__(self, lattice: Lattice) -> None:
        self._lattice = lattice
        self._sieve = Sieve(lattice)
        self._asked = np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        """Count the points asked for."""
        return len(self._asked)

    def fresh(self, positions: IntArray) -> IntArray:
        """Keep the candidates that were not asked for yet, each once, in the order given.

        Parameters
        ----------
        positions : int64 [C, D]
            Points of the lattice, candidates or not.

        Returns
        -------
        int64 [F, D]
        """
        positions = positions[self._sieve.keeps(positions)]
        index = self._lattice.index(positions)
        first = np.zeros(len(index), dtype=np.bool_)
        first[np.unique(index, return_index=True)[1]] = True
        return positions[first & ~self._knows(index)]

    def add(self, positions: IntArray) -> None:
        """Remember points ``[C, D]`` as asked for."""
        index = np.unique(self._lattice.index(positions))
        index = index[~self._knows(index)]
        self._asked = np.insert(self._asked, np.searchsorted(self._asked, index), index)

    @property
    def asked(self) -> IntArray:
        """Lattice indices of the points asked for, int64 [N], rising."""
        return self._asked

    def _knows(self, index: IntArray) -> BoolArray:
        """Tell which lattice indices were asked for, bool [C]."""
        if not len(self._asked):
            return np.zeros(len(index), dtype=np.bool_)
        place = np.minimum(np.searchsorted(self._asked, index), len(self._asked) - 1)
        return np.asarray(self._asked[place] == index)
