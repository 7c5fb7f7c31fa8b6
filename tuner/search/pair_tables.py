"""The values of every parameter of a pair of alarmed policies, as tables over the lattice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tuner.policy import default_extra_blocks
from tuner.scenario import Scenario
from tuner.search.tables import Frame, Tables, mapped

if TYPE_CHECKING:
    from tuner.search.pair_space import PairSpace

UPPER = "scale_out_threshold_percent"
LOWER = "scale_in_threshold"
"""The two dimensions that the scale-in threshold depends on."""

EXTRA_BLOCKS = {
    "evaluation_periods": "extra_blocks",
    "scale_in_evaluation_periods": "scale_in_extra_blocks",
}
"""Names of the tables of blocks looked at beyond N, by the name of N."""


def pair_tables(space: PairSpace, frame: Frame, scenario: Scenario) -> Tables:
    """Lay the values of a pair out as tables, one for each parameter and its extra blocks.

    Parameters
    ----------
    space : PairSpace
        The knobs.
    frame : Frame
        The dimensions of the lattice, which may have more than the pair's.
    scenario : Scenario
        Gives the default warm-up.
    """
    own = {name: space.values(name) for name in space.dimensions}
    tables = {
        name: frame.axis(name, values, _dtype(name))
        for name, values in own.items()
        if values is not None and name not in (LOWER, "schedule")
    }
    tables.setdefault("datapoints_to_alarm", tables["evaluation_periods"])
    if space.has_steps:
        warmup = scenario.group.warmup_seconds(None)
        tables.setdefault("instance_warmup_seconds", frame.constant(warmup))
    if space.scale_in_threshold is not None:
        lower = [
            [rule.below(upper) for rule in space.scale_in_threshold]
            for upper in space.scale_out_threshold_percent
        ]
        shape = frame.shape({UPPER: len(lower), LOWER: len(space.scale_in_threshold)})
        tables["scale_in_threshold_percent"] = np.array(lower).reshape(shape)
        shared = space.scale_in_period_seconds is None and space.scale_in_evaluation_periods is None
        tables.setdefault("scale_in_period_seconds", tables["period_seconds"])
        tables.setdefault("scale_in_evaluation_periods", tables["evaluation_periods"])
        tables.setdefault(
            "scale_in_datapoints_to_alarm",
            tables["datapoints_to_alarm" if shared else "scale_in_evaluation_periods"],
        )
    for name, extra in EXTRA_BLOCKS.items():
        if name in tables:
            tables[extra] = mapped(default_extra_blocks, tables[name])
    return tables


def _dtype(name: str) -> type[np.generic]:
    """Give the type of a parameter's column: thresholds and widths are real, the rest counts."""
    return np.float64 if name.endswith("_percent") else np.int64
