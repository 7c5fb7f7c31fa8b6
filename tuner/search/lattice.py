"""The lattice of a search space, by column: which points are candidates, and what each holds.

Notation
--------
C candidate, D dimension of the lattice (`tuner.search.space.DIMENSIONS`). A point is named by its
*lattice index*, in mixed radix over the sizes of the dimensions, the last one fastest. A *table*
has one axis for each dimension, of length 1 where the knob does not depend on it, so that tables
broadcast against each other and no array of the whole lattice but a mask is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ComparisonOperator,
    ScalingPlan,
    SimpleScaling,
)
from tuner.scenario import Scenario
from tuner.search.space import SimpleSpace
from tuner.search.tables import EXTRA_BLOCKS, IntArray, gather, tables_of
from tuner.simulation.arrays import (
    ADJUSTMENT_CODES,
    COMPARISON_CODES,
    MISSING_DATA_CODES,
    PolicyArrays,
    SideColumns,
    pack_columns,
)

PARAMETERS = {
    "scale_out_threshold_percent": "%",
    "scale_out_adjustment": "1",
    "period_seconds": "s",
    "evaluation_periods": "1",
    "datapoints_to_alarm": "1",
    "cooldown_seconds": "s",
    "scale_in_threshold_percent": "%",
    "scale_in_adjustment": "1",
    "scale_in_period_seconds": "s",
    "scale_in_evaluation_periods": "1",
    "scale_in_datapoints_to_alarm": "1",
    "min_size": "1",
}
"""Names of a candidate's parameters with their units."""

_OUT = {
    "threshold_percent": "scale_out_threshold_percent",
    "period_seconds": "period_seconds",
    "evaluation_periods": "evaluation_periods",
    "datapoints_to_alarm": "datapoints_to_alarm",
    "scaling_adjustment": "scale_out_adjustment",
    "cooldown_seconds": "cooldown_seconds",
}
_IN = {
    "threshold_percent": "scale_in_threshold_percent",
    "period_seconds": "scale_in_period_seconds",
    "evaluation_periods": "scale_in_evaluation_periods",
    "datapoints_to_alarm": "scale_in_datapoints_to_alarm",
    "scaling_adjustment": "scale_in_adjustment",
    "cooldown_seconds": "cooldown_seconds",
}
"""Where each side of a plan finds its fields among the parameters."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """A space within a scenario, with the values of every parameter as tables.

    Parameters
    ----------
    space : SimpleSpace
        The knobs.
    scenario : Scenario
        Gives the tick, the monitoring, the group's limits and the schedule.
    sizes : tuple of int [D]
        Values of each dimension.
    tables : dict of str to array
        A table for each of `PARAMETERS`, and for the blocks looked at beyond N.
    """

    space: SimpleSpace
    scenario: Scenario
    sizes: tuple[int, ...]
    tables: dict[str, NDArray[Any]]

    def columns(
        self, candidate: IntArray, *, names: Iterable[str] = PARAMETERS
    ) -> dict[str, NDArray[Any]]:
        """Give the parameters of candidates, one array ``[C]`` each, in people's units.

        Parameters
        ----------
        candidate : int64 [C]
            Lattice indices.
        names : iterable of str
            Which parameters, all unless given.

        Returns
        -------
        dict of str to array
            float64 [C] for thresholds, int64 [C] for the rest, by the names of `PARAMETERS`.
        """
        positions = self._by_dimension(candidate)
        return {
            name: gather(self.tables[name], positions, n_candidates=len(candidate))
            for name in names
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
        space, tables = self.space, self.tables

        def column(name: str) -> NDArray[Any]:
            return gather(tables[name], positions, n_candidates=n_candidates)

        def side(names: dict[str, str], comparison_operator: str) -> SideColumns:
            columns = {field: column(name) for field, name in names.items()}
            extra = EXTRA_BLOCKS[names["evaluation_periods"]]
            return SideColumns(
                comparison_operator=_code(COMPARISON_CODES[comparison_operator], n_candidates),
                extra_blocks=column(extra),
                treat_missing_data=_code(
                    MISSING_DATA_CODES[space.treat_missing_data], n_candidates
                ),
                adjustment_type=_code(ADJUSTMENT_CODES[space.adjustment_type], n_candidates),
                min_adjustment_magnitude=np.zeros(n_candidates, dtype=np.int64),
                **columns,
            )

        return pack_columns(
            scale_out=side(_OUT, space.scale_out_comparison_operator),
            scale_in=side(_IN, space.scale_in_comparison_operator),
            min_size=column("min_size"),
            scenario=self.scenario,
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
        value = {name: column[0].item() for name, column in columns.items()}
        space = self.space

        def side(names: dict[str, str], comparison_operator: ComparisonOperator) -> AlarmedPolicy:
            return AlarmedPolicy(
                Alarm(
                    threshold_percent=value[names["threshold_percent"]],
                    comparison_operator=comparison_operator,
                    period_seconds=value[names["period_seconds"]],
                    evaluation_periods=value[names["evaluation_periods"]],
                    datapoints_to_alarm=value[names["datapoints_to_alarm"]],
                    treat_missing_data=space.treat_missing_data,
                ),
                SimpleScaling(
                    scaling_adjustment=value[names["scaling_adjustment"]],
                    adjustment_type=space.adjustment_type,
                    cooldown_seconds=value[names["cooldown_seconds"]],
                ),
            )

        return ScalingPlan(
            scale_out=side(_OUT, space.scale_out_comparison_operator),
            scale_in=side(_IN, space.scale_in_comparison_operator),
            min_size=None if space.min_size is None else value["min_size"],
        )

    def _by_dimension(self, candidate: IntArray) -> dict[int, IntArray]:
        """Decode lattice indices into a position on every active dimension, by dimension."""
        return dict(zip(self.active, self.positions(candidate).T, strict=True))


def lattice_of(space: SimpleSpace, scenario: Scenario) -> Lattice:
    """Lay the values of a space out as tables.

    Parameters
    ----------
    space : SimpleSpace
        The knobs.
    scenario : Scenario
        Gives the group's minimum where the space has none.

    Examples
    --------
    >>> from tuner.host import HostModel
    >>> from tuner.search.values import LowerThreshold
    >>> space = SimpleSpace(scale_out_threshold_percent=(20.0, 21.0), scale_out_adjustment=(1, 2),
    ...                     scale_in_threshold=(LowerThreshold.share(1, over=3),))
    >>> lattice = lattice_of(space, Scenario(host=HostModel()))
    >>> lattice.columns(np.arange(4))["scale_in_threshold_percent"].tolist()
    [6.0, 6.0, 7.0, 7.0]
    """
    return Lattice(space, scenario, tuple(space.sizes().values()), tables_of(space, scenario))


def _code(code: int, n_candidates: int) -> NDArray[np.int8]:
    """Repeat a code for all candidates."""
    return np.full(n_candidates, code, dtype=np.int8)
