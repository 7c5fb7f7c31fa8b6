"""Candidates of any space as the arrays that the simulator takes.

Notation
--------
C candidate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.scenario import Scenario
from tuner.search.pair_plans import SCALE_IN, operator_of, sides_of, window_names
from tuner.search.pair_space import PairSpace
from tuner.search.pair_tables import EXTRA_BLOCKS
from tuner.search.space import Space
from tuner.search.step_knobs import step_columns
from tuner.search.tracking_space import TrackingSpace
from tuner.simulation.arrays import (
    ADJUSTMENT_CODES,
    COMPARISON_CODES,
    MISSING_DATA_CODES,
    PolicyArrays,
    SideColumns,
)
from tuner.simulation.columns import (
    PlanColumns,
    StepColumns,
    TrackingColumns,
    pack_plan_columns,
)

ReadColumn = Callable[[str], NDArray[Any]]
"""Reads a parameter of all candidates, ``[C]``, by the name of its table."""


def pack_candidates(
    space: Space, column: ReadColumn, *, n_candidates: int, scenario: Scenario
) -> PolicyArrays:
    """Give candidates as the simulator takes them.

    Parameters
    ----------
    space : Space
        Whose candidates.
    column : callable
        Reads a table of the space for all candidates.
    n_candidates : int
        C.
    scenario : Scenario
        Gives the tick, and the schedule where the space has none.
    """
    pair, tracking = space.parts
    parts: dict[str, Any] = {}
    if pair is not None:
        parts |= _pair_columns(pair, column, n_candidates=n_candidates)
    if tracking is not None:
        parts["tracking"] = _tracking_columns(tracking, column, n_candidates=n_candidates)
    if "schedule" in space.dimensions:
        parts |= {"schedules": space.values("schedule"), "schedule": column("schedule")}
    return pack_plan_columns(PlanColumns(**parts, min_size=column("min_size")), scenario)


def _pair_columns(space: PairSpace, column: ReadColumn, *, n_candidates: int) -> dict[str, Any]:
    """Give both sides of candidates as fields of `tuner.simulation.columns.PlanColumns`."""
    fields: dict[str, Any] = {}
    for side in sides_of(space):
        name = side.removesuffix("_")
        fields[name] = _side_columns(space, side, column, n_candidates=n_candidates)
        if getattr(space, f"{side}steps") is not None:
            fields[f"{side}steps"] = _step_side(side, column)
    return fields


def _side_columns(
    space: PairSpace, side: str, column: ReadColumn, *, n_candidates: int
) -> SideColumns:
    """Give alarm and policy of one side; a step policy has no adjustment or cooldown here."""
    period, periods, datapoints = window_names(side)
    nothing = np.zeros(n_candidates, dtype=np.int64)
    is_simple = getattr(space, f"{side}steps") is None

    def code(value: int) -> NDArray[np.int8]:
        return np.full(n_candidates, value, dtype=np.int8)

    return SideColumns(
        threshold_percent=column(f"{side}threshold_percent"),
        comparison_operator=code(COMPARISON_CODES[operator_of(space, side)]),
        period_seconds=column(period),
        evaluation_periods=column(periods),
        datapoints_to_alarm=column(datapoints),
        extra_blocks=column(EXTRA_BLOCKS[periods]),
        treat_missing_data=code(MISSING_DATA_CODES[space.treat_missing_data]),
        adjustment_type=code(ADJUSTMENT_CODES[space.adjustment_type]),
        scaling_adjustment=column(f"{side}adjustment") if is_simple else nothing,
        min_adjustment_magnitude=nothing,
        cooldown_seconds=column("cooldown_seconds") if is_simple else nothing,
    )


def _step_side(side: str, column: ReadColumn) -> StepColumns:
    """Give the step policies of one side."""
    lower, upper, adjustment = step_columns(
        first=column(f"{side}adjustment"),
        steps=column(f"{side}steps"),
        width_percent=column(f"{side}step_width_percent"),
        growth=column(f"{side}step_growth"),
        inward=side == SCALE_IN,
    )
    return StepColumns(
        n_steps=column(f"{side}steps"),
        lower=lower,
        upper=upper,
        adjustment=adjustment,
        warmup_seconds=column("instance_warmup_seconds"),
    )


def _tracking_columns(
    space: TrackingSpace, column: ReadColumn, *, n_candidates: int
) -> TrackingColumns:
    """Give the target tracking policies."""

    def column_or_zeros(name: str, dtype: type[np.generic]) -> NDArray[Any]:
        return np.zeros(n_candidates, dtype) if space.values(name) is None else column(name)

    return TrackingColumns(
        target_percent=column("target_percent"),
        disable_scale_in=column("disable_scale_in"),
        warmup_seconds=column("instance_warmup_seconds"),
        low_ratio=column_or_zeros("low_ratio", np.float64),
        scale_in_limit=column_or_zeros("scale_in_limit", np.int64),
    )
