"""The lattice of a search space, by column: which points are candidates, and what each holds.

Notation
--------
C candidate, D dimension of the lattice. A point is named by its *lattice index*, in mixed radix
over the sizes of the dimensions, the last one fastest. Parameters stand in tables that broadcast
against each other (`tuner.search.tables`), so that no array of the whole lattice but a mask is
made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.search.packing import pack_candidates
from tuner.search.space import Space
from tuner.search.tables import Frame, IntArray, gather
from tuner.simulation.arrays import PolicyArrays


@dataclass(frozen=True, slots=True)
class Lattice:
    """A space within a scenario, with the values of every parameter as tables.

    Parameters
    ----------
    space : Space
        The knobs.
    scenario : Scenario
        Gives the tick, the monitoring, the group's limits and the schedule.
    sizes : tuple of int [D]
        Values of each dimension.
    tables : dict of str to array
        A table for each of the space's parameters, and what packing needs beside.
    """

    space: Space
    scenario: Scenario
    sizes: tuple[int, ...]
    tables: dict[str, NDArray[Any]]

    @property
    def frame(self) -> Frame:
        """The names of the dimensions."""
        return Frame(self.space.dimensions)

    def columns(
        self, candidate: IntArray, *, names: Iterable[str] | None = None
    ) -> dict[str, NDArray[Any]]:
        """Give the parameters of candidates, one array ``[C]`` each, in people's units.

        Parameters
        ----------
        candidate : int64 [C]
            Lattice indices.
        names : iterable of str or None
            Which parameters, all unless given.

        Returns
        -------
        dict of str to array
            float64 [C] for thresholds, int64 [C] for counts, by the names of `Space.parameters`.
        """
        positions = self._by_dimension(candidate)
        return {
            name: gather(self.tables[name], positions, n_candidates=len(candidate))
            for name in (self.space.parameters if names is None else names)
        }

    @property
    def active(self) -> tuple[int, ...]:
        """Dimensions that have more than one value."""
        return tuple(d for d, size in enumerate(self.sizes) if size > 1)

    @property
    def active_sizes(self) -> IntArray:
        """Values of each active dimension, int64 [D]."""
        return np.array([self.sizes[d] for d in self.active], dtype=np.int64)

    def positions(self, candidate: IntArray) -> IntArray:
        """Decode lattice indices ``[C]`` into positions on the active dimensions.

        Returns
        -------
        int64 [C, D]
            Each at least 0 and below its dimension's size.
        """
        if not self.active:
            return np.empty((len(candidate), 0), dtype=np.int64)
        return np.stack(np.unravel_index(candidate, self.active_sizes), axis=1).astype(np.int64)

    def index(self, positions: IntArray) -> IntArray:
        """Encode positions ``[C, D]`` on the active dimensions as lattice indices ``[C]``."""
        if not self.active:
            return np.zeros(len(positions), dtype=np.int64)
        encoded = np.ravel_multi_index(tuple(positions.T), tuple(self.active_sizes.tolist()))
        return np.asarray(encoded, dtype=np.int64)

    def policies(self, candidate: IntArray) -> PolicyArrays:
        """Give candidates as the simulator takes them.

        Parameters
        ----------
        candidate : int64 [C]
            Lattice indices of candidates that can run.
        """
        positions, n_candidates = self._by_dimension(candidate), len(candidate)

        def column(name: str) -> NDArray[Any]:
            return gather(self.tables[name], positions, n_candidates=n_candidates)

        return pack_candidates(
            self.space, column, n_candidates=n_candidates, scenario=self.scenario
        )

    def plan(self, candidate: int) -> ScalingPlan:
        """Give one candidate as a plan in AWS's words.

        Parameters
        ----------
        candidate : int
            Lattice index.

        Raises
        ------
        ConfigurationError
            For a point that is no candidate because AWS refuses it.
        """
        columns = self.columns(np.array([candidate], dtype=np.int64))
        return self.space.plan({name: column[0].item() for name, column in columns.items()})

    def _by_dimension(self, candidate: IntArray) -> dict[int, IntArray]:
        """Decode lattice indices into a position on every active dimension, by dimension."""
        if not self.active:
            return {}
        decoded = np.unravel_index(candidate, self.active_sizes)
        return dict(zip(self.active, decoded, strict=True))


def lattice_of(space: Space, scenario: Scenario) -> Lattice:
    """Lay the values of a space out as tables.

    Parameters
    ----------
    space : Space
        The knobs.
    scenario : Scenario
        Gives what a knob without values follows: the group's minimum, its default warm-up.

    Examples
    --------
    >>> from tuner.host import HostModel
    >>> from tuner.search.pair_space import PairSpace
    >>> from tuner.search.values import LowerThreshold
    >>> space = PairSpace(scale_out_threshold_percent=(20.0, 21.0), scale_out_adjustment=(1, 2),
    ...                   scale_in_threshold=(LowerThreshold.share(1, over=3),))
    >>> lattice = lattice_of(space, Scenario(host=HostModel()))
    >>> lattice.columns(np.arange(4))["scale_in_threshold_percent"].tolist()
    [6.0, 6.0, 7.0, 7.0]
    """
    tables = space.tables(Frame(space.dimensions), scenario)
    return Lattice(space, scenario, tuple(space.sizes().values()), tables)
