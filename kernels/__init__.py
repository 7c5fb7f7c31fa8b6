"""The compiled simulator of docs/model.md. This file is the border: nothing else is for outside.

`simulate_tasks` runs a range of a batch, `simulate_each` the same by the one-run loop alone,
`trace_run` one run with its trace; `layout` has the named
tuples that they take, `status` the outcome codes and their sentences.
"""

from kernels import layout, status
from kernels._jit import CACHE_FOLDER
from kernels.batch import BLOCK, simulate_each, simulate_tasks, trace_run
from kernels.call import (
    NO_DATA,
    NO_STEP,
    NOT_CALLED,
    REFUSED_IN_COOLDOWN,
    REFUSED_IN_PROGRESS,
    REFUSED_WARMING,
    WISHES,
)
from kernels.conflict import NOBODY, TRACKING

__all__ = [
    "BLOCK",
    "CACHE_FOLDER",
    "NOBODY",
    "NOT_CALLED",
    "NO_DATA",
    "NO_STEP",
    "REFUSED_IN_COOLDOWN",
    "REFUSED_IN_PROGRESS",
    "REFUSED_WARMING",
    "TRACKING",
    "WISHES",
    "layout",
    "simulate_each",
    "simulate_tasks",
    "status",
    "trace_run",
]
