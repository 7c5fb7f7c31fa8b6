"""One tick's datapoint of the group's CPU, kept as a sum and a count, detailed or basic.

Source: docs/model.md, step 3 and "Small print"; docs/aws-semantics.md 1.1 and 1.3 (Amazon EC2 user
guide, "Enable or turn off detailed monitoring").
"""

from __future__ import annotations

from typing import NamedTuple

from kernels._jit import kernel
from kernels.alarm import pool
from kernels.layout import Floats, Setting


class Metric(NamedTuple):
    """The group's CPU metric, every array at least ``[T]``.

    ``sums`` and ``counts`` are what alarms see; the raw ones are what instances measured, used with
    basic monitoring only. Counts are whole numbers in float64.
    """

    sums: Floats
    counts: Floats
    raw_sums: Floats
    raw_counts: Floats


@kernel
def publish(metric: Metric, tick: int, total: float, count: float, setting: Setting) -> None:
    """Enter one tick's sum and count; with basic monitoring publish five minutes at the phase."""
    if setting.basic_ticks == 0:
        metric.sums[tick] = total
        metric.counts[tick] = count
        return
    metric.raw_sums[tick] = total
    metric.raw_counts[tick] = count
    metric.sums[tick] = 0.0
    metric.counts[tick] = 0.0
    if (tick + 1) % setting.basic_ticks == setting.basic_phase_ticks:
        pooled = pool(tick, setting.basic_ticks, metric.raw_sums, metric.raw_counts)
        metric.sums[tick] = pooled[0]
        metric.counts[tick] = pooled[1]


@kernel
def first_tick(setting: Setting) -> int:
    """Give the tick of a run's first datapoint."""
    if setting.basic_ticks == 0:
        return 0
    return (setting.basic_phase_ticks - 1) % setting.basic_ticks
