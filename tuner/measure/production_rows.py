"""Which minutes of a history tell how busy a host is at a load.

Notation: T minute, N row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tuner.errors import LoadTestError
from tuner.measure.history import MINUTE_SECONDS, History
from tuner.measure.history_activities import ObservedActivity
from tuner.measure.loadtest import Dropped, LoadTest

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SETTLING_MINUTES = 5
NEIGHBOURS = 5
ROWS_PER_STEP = 60


def production_load_test(history: History, activities: Sequence[ObservedActivity] = ()) -> LoadTest:
    """Give the minutes of a history that a CPU line and a cliff can be fitted on.

    Parameters
    ----------
    history : History
        Weeks of minutes, or longer periods.
    activities : sequence of ObservedActivity
        Launches and terminations; without them, changes of the number of samples stand in.

    Returns
    -------
    LoadTest
        One row for each minute, or longer period, that is left; an hour's are one step.

    Raises
    ------
    LoadTestError
        Where the number of instances is unknown throughout.

    Notes
    -----
    Left out are minutes in which an instance leaves, or has come into service within five minutes,
    as one that boots is busy with itself; and those whose number of samples differs from that of
    the minutes around, as a sample is missing then. Assumption: five minutes settle it.
    """
    instances = history.instances
    if not np.isfinite(instances).any():
        raise LoadTestError.of(
            expected="SampleCount of the group's CPU, or GroupInServiceInstances",
            got="neither",
            where=history.source,
            next_step="Fetch SampleCount of CPUUtilization; it counts the instances.",
        )
    no_load = ~np.isfinite(history.requests)
    no_cpu = ~np.isfinite(history.cpu_percent) & ~no_load
    no_host = ~(instances > 0) & ~no_load & ~no_cpu
    left = ~(no_load | no_cpu | no_host)
    moving = left & _moving(history, activities)
    odd = left & ~moving & _odd(instances, history)
    keep = left & ~moving & ~odd
    stride = max(history.period_seconds // MINUTE_SECONDS, 1)
    if stride > 1:
        keep &= (history.begins // MINUTE_SECONDS) % stride == 0
    dropped = (
        ("minutes without requests", no_load),
        ("minutes without CPU", no_cpu),
        ("minutes without instances", no_host),
        ("minutes while instances came or went", moving),
        ("minutes with samples missing", odd),
    )
    minute = history.begins[keep] // MINUTE_SECONDS
    return LoadTest(
        offered_rpm=history.requests[keep],
        in_service=instances[keep],
        cpu_percent=history.cpu_percent[keep],
        latency_p95_ms=history.latency_p95_ms[keep],
        error_fraction=np.nan_to_num(history.error_fraction[keep]),
        step=(minute // ROWS_PER_STEP).astype(np.int64),
        source=history.source,
        model="open",
        dropped=tuple(Dropped(why, int(rows.sum())) for why, rows in dropped if rows.any()),
        warnings=history.notes,
    )


def _moving(history: History, activities: Sequence[ObservedActivity]) -> BoolArray:
    """Say of each minute whether an instance comes, goes or settles in it, bool [T]."""
    moving = np.zeros(len(history), dtype=np.bool_)
    if not activities:
        count = history.instances
        known = np.flatnonzero(np.isfinite(count))
        steady = _around(count[known])
        for at in known[1:][np.diff(steady) != 0]:
            moving[max(at - 1, 0) : at + SETTLING_MINUTES] = True
        return moving
    for each in activities:
        if not each.successful:
            continue
        end = each.begin if each.end is None else max(each.end, each.begin)
        begin = end if each.direction == "scale_out" else each.begin
        first = int((begin - history.begin) // MINUTE_SECONDS)
        last = int((end - history.begin) // MINUTE_SECONDS) + SETTLING_MINUTES
        if last >= 0:
            moving[max(first, 0) : last + 1] = True
    return moving


def _odd(instances: FloatArray, history: History) -> BoolArray:
    """Say of each minute whether its instances differ from those of the minutes around it."""
    odd = np.zeros(len(instances), dtype=np.bool_)
    known = np.flatnonzero(np.isfinite(instances) & np.isfinite(history.cpu_percent))
    odd[known] = instances[known] != _around(instances[known])
    return odd


def _around(values: FloatArray) -> FloatArray:
    """Give the median of each value and the two on either side of it."""
    if len(values) < NEIGHBOURS:
        return values
    half = NEIGHBOURS // 2
    padded = np.pad(values, half, mode="edge")
    return np.asarray(
        np.median(np.lib.stride_tricks.sliding_window_view(padded, NEIGHBOURS), axis=1)
    )
