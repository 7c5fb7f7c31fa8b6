"""Rules of lint on numbers of hosts: thresholds that must flap, and a maximum that is too low."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from tuner.host import HostModel
from tuner.simulation.advice import Advice, Subject
from tuner.simulation.steady import Flap, SteadyGroup, stands


def steady_group(subject: Subject) -> SteadyGroup:
    """Give the group of a plan, as it is at steady loads."""
    return SteadyGroup(
        plan=subject.plan,
        host=subject.scenario.host,
        min_size=min(subject.min_size, subject.max_size),
        max_size=subject.max_size,
    )


def flapping(subject: Subject) -> Iterator[Advice]:
    """Say that a scale-in at a steady load brings the scale-out that undoes it.

    Notes
    -----
    Source: docs/aws-semantics.md 2.3: an alarm that stands calls its policy each minute.
    """
    group = steady_group(subject)
    flap = group.flap()
    if flap is None:
        return
    before = group.cpu_percent(flap.hosts, flap.rpm)
    after = group.cpu_percent(flap.hosts_after, flap.rpm)
    scale_in, where = subject.plan.scale_in, "target_tracking"
    if scale_in is not None and stands(scale_in.alarm, before):
        where = "scale_in.alarm.threshold_percent"
    ceiling, upper = _upper(subject, after)
    end = (
        f"Scale-out goes to {flap.hosts_again}, and the group comes to rest after two activities"
        " for nothing."
        if flap.rests
        else f"Scale-out goes to {flap.hosts_again}, and under this load the group never rests."
    )
    yield Advice(
        rule="flapping",
        severity="note" if flap.rests else "warning",
        where=where,
        sentence=(
            f"At {flap.rpm:,.0f} rpm, or just under it, {flap.hosts} hosts are low enough for"
            f" scale-in ({before:.4g} %), which takes {flap.hosts - flap.hosts_after}. CPU on"
            f" {flap.hosts_after} is then {_arithmetic(subject.scenario.host, flap, before, after)}"
            f", and {ceiling} is {upper:g} %. {end}"
            f"{_remedy(subject.scenario.host, flap, upper, where)}"
        ),
        source="docs/aws-semantics.md 2.3 and 3.2",
    )


def max_size(subject: Subject) -> Iterator[Advice]:
    """Say that the largest group cannot carry the peak of a shape under the cliff less margin."""
    shapes, host, limit = subject.shapes, subject.scenario.host, subject.scenario.limit_percent
    if shapes is None:
        return
    peaks = np.array([shapes.rpm_of(s).max() for s in range(len(shapes))])
    s, largest = int(peaks.argmax()), subject.max_size
    peak, each = float(peaks[s]), host.rpm_at(limit)
    got = math.inf if largest == 0 else float(host.unclipped_percent(peak, instances=largest))
    if peak == 0 or got <= limit:
        return
    need = f"{math.ceil(peak / each - 1e-9):,} are needed" if each > 0 else "no number is enough"
    over = int((peaks > each * largest).sum())
    yield Advice(
        rule="max-size",
        severity="warning",
        where="group.max_size",
        sentence=(
            f"The peak of {shapes.names[s]} is {peak:,.0f} rpm. Under the cliff less margin of"
            f" {limit:g} % one host carries {each:,.0f} rpm, and {largest:,} hosts carry"
            f" {each * largest:,.0f}: {need}. Every wish is cut to the maximum, on"
            f" {over} of {len(shapes)} shapes."
        ),
        source="docs/aws-semantics.md 3.2",
    )


def _upper(subject: Subject, after: float) -> tuple[str, float]:
    """Name what the CPU after a scale-in passes, with its percent."""
    out, tracking = subject.plan.scale_out, subject.plan.target_tracking
    if out is not None and (stands(out.alarm, after) or tracking is None):
        return "the upper threshold", out.alarm.threshold_percent
    return "the target", math.nan if tracking is None else tracking.target_value


def _arithmetic(host: HostModel, flap: Flap, before: float, after: float) -> str:
    """Write how the CPU of the hosts that stay follows."""
    if host.table is not None:
        return f"{after:.4g} % by the host's table"
    ratio, idle = f"x {flap.hosts} / {flap.hosts_after}", host.intercept_percent
    if idle == 0:
        return f"{before:.4g} % {ratio} = {after:.4g} %"
    return f"{idle:.4g} % + ({before:.4g} % - {idle:.4g} %) {ratio} = {after:.4g} %"


def _remedy(host: HostModel, flap: Flap, upper: float, where: str) -> str:
    """Say up to which lower threshold the same scale-in would not bring a scale-out."""
    rpm = flap.hosts_after * host.rpm_at(upper)
    highest = math.floor(10 * float(host.cpu_percent(rpm, instances=flap.hosts))) / 10
    if where == "target_tracking" or highest <= float(host.cpu_percent(0.0)):
        return ""
    return f" At this size a lower threshold of at most {highest:g} % would not flap."
