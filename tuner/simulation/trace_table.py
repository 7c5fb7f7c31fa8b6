"""The per-tick table of runs: one row for each tick, the shape's name first, reasons in words.

Notation: R row, one for each tick of each run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.simulation.trace import Trace

TRACE_UNITS = {
    "shape": "",
    "minute": "min",
    "rpm": "1/min",
    "cpu_percent": "%",
    "in_service": "1",
    "serving": "1",
    "pending": "1",
    "draining": "1",
    "desired_capacity": "1",
    "scale_out_state": "",
    "scale_in_state": "",
    "events": "",
}
"""Columns of a trace's table with their units; texts have none."""


def trace_table(traces: Sequence[Trace]) -> dict[str, NDArray[Any]]:
    """Put the per-tick tables of runs below each other.

    Parameters
    ----------
    traces : sequence of Trace
        At least one run, each on its own shape.

    Returns
    -------
    dict of str to array
        Columns ``[R]`` by the names of `TRACE_UNITS`; `cpu_percent` is NaN in ticks that have none.
    """
    tables = [
        {"shape": np.full(len(trace.rpm), trace.shape_name), **trace.columns()} for trace in traces
    ]
    return {name: np.concatenate([table[name] for table in tables]) for name in TRACE_UNITS}
