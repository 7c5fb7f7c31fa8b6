"""The running totals of one run, and how they become what a run yields.

Source: docs/model.md, step 8 and "What a run yields".
"""

from __future__ import annotations

from typing import NamedTuple

from kernels._jit import kernel
from kernels.layout import Setting, Totals
from kernels.lifecycle import Members
from kernels.serving import overload_rpm


class Sums(NamedTuple):
    """What is added up over the ticks of one run."""

    peak_cpu: float
    cpu: float
    cpu_ticks: int
    host_cpu: float
    host_ticks: int
    billed_ticks: int
    over_cliff_ticks: int
    overload: float
    scale_outs: int
    scale_ins: int
    peak_instances: int


@kernel
def no_sums() -> Sums:
    """Give the sums of a run that has not begun."""
    return Sums(0.0, 0.0, 0, 0.0, 0, 0, 0, 0.0, 0, 0, 0)


@kernel
def add_tick(sums: Sums, members: Members, rpm: float, cpu: float, setting: Setting) -> Sums:
    """Add one tick, by the state after step 1.

    A tick without instances and without load has no CPU and is left out of the means; under load it
    counts as 100 %, with no weight per host.
    """
    serving = members.in_service - members.unready
    has_cpu = 1 if serving > 0 or rpm > 0.0 else 0
    billed = members.pending + members.in_service + members.draining
    return Sums(
        peak_cpu=max(sums.peak_cpu, cpu),
        cpu=sums.cpu + cpu,
        cpu_ticks=sums.cpu_ticks + has_cpu,
        host_cpu=sums.host_cpu + cpu * serving,
        host_ticks=sums.host_ticks + serving,
        billed_ticks=sums.billed_ticks + billed,
        over_cliff_ticks=sums.over_cliff_ticks + (1 if cpu > setting.cliff_percent else 0),
        overload=sums.overload + overload_rpm(rpm, serving, setting.saturation_rpm),
        scale_outs=sums.scale_outs,
        scale_ins=sums.scale_ins,
        peak_instances=max(sums.peak_instances, members.in_service),
    )


@kernel
def add_activity(sums: Sums, change: int) -> Sums:
    """Count one activity by the sign of its change; no change is no activity."""
    return Sums(
        sums.peak_cpu,
        sums.cpu,
        sums.cpu_ticks,
        sums.host_cpu,
        sums.host_ticks,
        sums.billed_ticks,
        sums.over_cliff_ticks,
        sums.overload,
        sums.scale_outs + (1 if change > 0 else 0),
        sums.scale_ins + (1 if change < 0 else 0),
        sums.peak_instances,
    )


@kernel
def write_totals(totals: Totals, c: int, s: int, sums: Sums, setting: Setting) -> None:
    """Write what candidate c yields on shape s."""
    minutes = setting.tick_minutes
    totals.peak_cpu_percent[c, s] = sums.peak_cpu
    totals.mean_cpu_percent[c, s] = sums.cpu / max(sums.cpu_ticks, 1)
    totals.mean_cpu_per_host_percent[c, s] = sums.host_cpu / max(sums.host_ticks, 1)
    totals.host_minutes[c, s] = sums.billed_ticks * minutes
    totals.minutes_over_cliff[c, s] = sums.over_cliff_ticks * minutes
    totals.overload_requests[c, s] = sums.overload * minutes
    totals.scale_outs[c, s] = sums.scale_outs
    totals.scale_ins[c, s] = sums.scale_ins
    totals.peak_instances[c, s] = sums.peak_instances
