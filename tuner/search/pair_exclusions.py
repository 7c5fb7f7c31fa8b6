"""Which points of a pair's lattice are no candidates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tuner.policy import HIGH_RESOLUTION_PERIODS_SECONDS, span_limit_seconds
from tuner.scenario import BASIC_PERIOD_SECONDS, Scenario
from tuner.search.pair_tables import LOWER, UPPER
from tuner.search.space import EQUAL
from tuner.search.tables import BoolArray, Frame, Tables, mapped, repeats

if TYPE_CHECKING:
    from tuner.search.pair_space import PairSpace

LOWER_ABOVE_UPPER = "scale-in threshold above the scale-out threshold"
OUT_OF_REACH = "a step that CPU between 0 and 100 % cannot reach"

Reasons = Iterator[tuple[str, BoolArray]]


def pair_exclusions(
    space: PairSpace, tables: Tables, frame: Frame, scenario: Scenario
) -> tuple[Reasons, Reasons]:
    """Give why points are left out: what is wrong with windows; thresholds and steps.

    Parameters
    ----------
    space : PairSpace
        The knobs.
    tables, frame, scenario : dict of array, Frame, Scenario
        As in `Space.exclusions`.
    """
    return _windows(space, tables, scenario), _thresholds_and_steps(space, tables, frame)


def _windows(space: PairSpace, tables: Tables, scenario: Scenario) -> Reasons:
    """Yield windows that CloudWatch, the tick or the monitoring refuses."""
    tick = scenario.tick_seconds
    for prefix in ("", "scale_in_") if space.scales_in else ("",):
        period = tables[f"{prefix}period_seconds"]
        periods = tables[f"{prefix}evaluation_periods"]
        high = np.isin(period, HIGH_RESOLUTION_PERIODS_SECONDS)
        unknown = ~high & ((period < 60) | (period % 60 != 0))
        yield "period_seconds that CloudWatch does not have", unknown
        yield f"period_seconds that a tick of {tick} s does not divide", period % tick != 0
        if scenario.group.monitoring == "basic":
            short = period < BASIC_PERIOD_SECONDS
            yield f"period_seconds under {BASIC_PERIOD_SECONDS} with basic monitoring", short
        more = tables[f"{prefix}datapoints_to_alarm"] > periods
        yield "datapoints_to_alarm above evaluation_periods", more
        longer = periods * period > mapped(span_limit_seconds, period)
        yield "evaluation_periods x period_seconds over CloudWatch's limit", longer


def _thresholds_and_steps(space: PairSpace, tables: Tables, frame: Frame) -> Reasons:
    """Yield thresholds that cross, steps beyond reach, and points that act as one before them."""
    upper = tables[UPPER]
    if space.scale_in_threshold is not None:
        lower = tables["scale_in_threshold_percent"]
        yield LOWER_ABOVE_UPPER, lower > upper
        yield EQUAL, _equal_lowers(tables, frame)
    for side, knobs in (("scale_out_", space.scale_out_steps), ("scale_in_", space.scale_in_steps)):
        if knobs is None or f"{side}steps" not in tables:
            continue
        steps, width = tables[f"{side}steps"], tables[f"{side}step_width_percent"]
        reach = (steps - 1) * width
        farthest = tables[f"{side}threshold_percent"]
        beyond = farthest + reach > 100.0 if side == "scale_out_" else farthest - reach < 0.0
        yield OUT_OF_REACH, (steps > 1) & beyond
        further = {"step_width_percent": knobs.width_percent, "step_growth": knobs.growth}
        for name, values in further.items():
            later = frame.axis(f"{side}{name}", np.arange(len(values)) > 0, np.bool_)
            yield EQUAL, (steps == 1) & later


def _equal_lowers(tables: Tables, frame: Frame) -> BoolArray:
    """Tell where a scale-in threshold repeats an earlier rule's, for the same scale-out one."""
    lower = tables["scale_in_threshold_percent"]
    u, low = frame.dimensions.index(UPPER), frame.dimensions.index(LOWER)
    by_upper = lower.reshape(lower.shape[u], lower.shape[low])
    return np.array([repeats(row.tolist()) for row in by_upper]).reshape(lower.shape)
