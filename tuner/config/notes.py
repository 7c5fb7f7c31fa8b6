"""What looks like a slip in a file that can be read all the same, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from tuner.config.tables import JobTable
from tuner.plan_json import fraction_warning, plan_warnings
from tuner.policy import ScalingPlan
from tuner.policy.beanstalk import beanstalk_traps
from tuner.scenario import LEAST_BILLED_SECONDS


def slip_warnings(table: JobTable, baseline: ScalingPlan | None) -> tuple[str, ...]:
    """Say where a percentage looks like a fraction, and what else a reader should know.

    Parameters
    ----------
    table : JobTable
        The whole file.
    baseline : ScalingPlan or None
        Today's plan.
    """
    found = [
        fraction_warning(where, value) for where, value in _percentages(table) if 0 < value < 1
    ]
    if baseline is not None:
        found.extend(f"baseline.{sentence}" for sentence in plan_warnings(baseline))
    if table.load_test is None and (table.host is None or table.host.cliff_percent is None):
        found.append("host.cliff_percent is not given: plans are only held to 100 % CPU.")
    if table.group.host_usd_per_hour is not None and table.tick_seconds < LEAST_BILLED_SECONDS:
        found.append(
            f"group.host_usd_per_hour: with ticks of {table.tick_seconds} s the usd of trials and"
            f" fronts leaves out that AWS bills {LEAST_BILLED_SECONDS} s at least for an instance;"
            " that of the plans that are shown has it."
        )
    if table.beanstalk is not None:
        group = table.group
        found.extend(
            beanstalk_traps(
                table.beanstalk,
                launch_seconds=group.launch_seconds,
                ready_seconds=group.ready_seconds,
                boot_cpu_percent=group.boot_cpu_percent,
            )
        )
    return tuple(dict.fromkeys(found))


def _percentages(table: JobTable) -> Iterator[tuple[str, float]]:
    """Give the percentages that are thresholds of CPU, each with its key."""
    space = table.space
    for upper in space.scale_out_threshold_percent:
        yield "space.scale_out_threshold_percent", upper
    for lower in space.scale_in_threshold_percent:
        if lower.kind != "share":
            yield "space.scale_in_threshold_percent", lower.value
    if table.host is not None and table.host.cliff_percent is not None:
        yield "host.cliff_percent", table.host.cliff_percent
    yield "group.boot_cpu_percent", table.group.boot_cpu_percent
