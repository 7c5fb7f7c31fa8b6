"""What runs yield: the totals of every candidate on every shape, and their names and units.

Notation: C candidate, S shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernels import layout
from tuner.plotting import Tabled

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MODEL_VERSION = "1"
"""Version of docs/model.md as simulated; stored with every result."""

TOTALS = {
    "peak_cpu_percent": "%",
    "mean_cpu_percent": "%",
    "mean_cpu_per_host_percent": "%",
    "host_minutes": "min",
    "minutes_over_cliff": "min",
    "overload_requests": "1",
    "scale_outs": "1",
    "scale_ins": "1",
    "peak_instances": "1",
}
"""Names of the totals of docs/model.md with their units."""


@dataclass(frozen=True, slots=True)
class Outcomes(Tabled):
    """The totals of docs/model.md; every array ``[C, S]``, read-only.

    `status` is 0 everywhere: candidates that cannot run are an error of `simulate`.
    """

    peak_cpu_percent: FloatArray
    mean_cpu_percent: FloatArray
    mean_cpu_per_host_percent: FloatArray
    host_minutes: FloatArray
    minutes_over_cliff: FloatArray
    overload_requests: FloatArray
    scale_outs: IntArray
    scale_ins: IntArray
    peak_instances: IntArray
    status: IntArray

    def of(self, c: int, s: int) -> dict[str, float]:
        """Give the totals of one run by name, counts as whole numbers."""
        return {name: getattr(self, name)[c, s].item() for name in TOTALS}


def empty_totals(n_candidates: int, n_shapes: int) -> layout.Totals:
    """Allocate totals ``[C, S]`` for the kernel to fill."""
    shape = (n_candidates, n_shapes)
    counts = {"scale_outs", "scale_ins", "peak_instances", "status"}
    columns: dict[str, Any] = {
        name: np.zeros(shape, dtype=np.int64 if name in counts else np.float64)
        for name in layout.Totals._fields
    }
    return layout.Totals(**columns)


def outcomes_of(totals: layout.Totals) -> Outcomes:
    """Wrap filled totals, made read-only."""
    for array in totals:
        array.setflags(write=False)
    return Outcomes(*totals)
