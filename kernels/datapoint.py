"""One tick's datapoint of the group's CPU, kept as a sum and a count, detailed or basic.

Source: docs/model.md, step 3 and "Small print"; docs/aws-semantics.md 1.1 and 1.3 (Amazon EC2 user
guide, "Enable or turn off detailed monitoring").
"""

from __future__ import annotations

from kernels._jit import kernel
from kernels.alarm import pool
from kernels.layout import Floats, Setting
from kernels.warmup import Warm

SUMS = 0
COUNTS = 1
RAW_SUMS = 2
RAW_COUNTS = 3
N_METRIC_ROWS = 4
"""Rows of the group's CPU metric, float64 ``[4, T]``: what alarms see, and what instances measured.

The raw rows are used with basic monitoring only. Counts are whole numbers in float64.
"""


@kernel
def pooled_cpu(
    cpu: float, serving: int, unready: int, warm: Warm, setting: Setting
) -> tuple[float, float]:
    """Pool the CPU of the InService instances that count: sum and count.

    Those that warm are left out, unless the setting says otherwise.
    """
    if not setting.warming_in_metric:
        serving -= warm.warming - warm.unready
        unready -= warm.unready
    return serving * cpu + unready * setting.boot_cpu_percent, float(serving + unready)


@kernel
def publish(metric: Floats, tick: int, total: float, count: float, setting: Setting) -> None:
    """Enter one tick's sum and count; with basic monitoring publish five minutes at the phase."""
    if setting.basic_ticks == 0:
        metric[SUMS, tick] = total
        metric[COUNTS, tick] = count
        return
    metric[RAW_SUMS, tick] = total
    metric[RAW_COUNTS, tick] = count
    metric[SUMS, tick] = 0.0
    metric[COUNTS, tick] = 0.0
    if (tick + 1) % setting.basic_ticks == setting.basic_phase_ticks:
        pooled = pool(tick, setting.basic_ticks, metric, RAW_SUMS)
        metric[SUMS, tick] = pooled[0]
        metric[COUNTS, tick] = pooled[1]


@kernel
def first_tick(setting: Setting) -> int:
    """Give the tick of a run's first datapoint."""
    if setting.basic_ticks == 0:
        return 0
    return (setting.basic_phase_ticks - 1) % setting.basic_ticks
