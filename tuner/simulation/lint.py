"""Advice on a plan without a run: what its numbers already say.

Each rule is one function that yields `Advice`. docs/lint.md lists them, with what they leave out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tuner.plan_json import fraction_warning
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.simulation.advice import Advice, Subject
from tuner.simulation.lint_requests import requests_per_target
from tuner.simulation.lint_sizes import flapping, max_size
from tuner.simulation.lint_times import cooldown, period, warmup, window
from tuner.simulation.requests_per_target import cpu_plan
from tuner.traffic.shapes import TrafficShapes

Rule = Callable[[Subject], Iterator[Advice]]


def lint(
    plan: ScalingPlan, scenario: Scenario, shapes: TrafficShapes | None = None
) -> tuple[Advice, ...]:
    """Say what a plan's numbers already show, warnings first.

    Parameters
    ----------
    plan : ScalingPlan
        The plan.
    scenario : Scenario
        Its host, group and metric.
    shapes : TrafficShapes or None
        The load; without it, no rule on the peak.

    Returns
    -------
    tuple of Advice
        Warnings, then notes, each in the order of `RULES`; empty where there is nothing to say.

    Raises
    ------
    SimulationError
        For a target of requests that no CPU stands for.

    Notes
    -----
    Source: docs/aws-semantics.md; each advice names its section.
    """
    on_cpu = cpu_plan(plan, scenario.host)
    subject = Subject(on_cpu, scenario, shapes, plan.target_tracking)
    found = [advice for rule in RULES for advice in rule(subject)]
    return tuple(sorted(found, key=lambda advice: advice.severity != "warning"))


def missing_policy(subject: Subject) -> Iterator[Advice]:
    """Say which direction has no policy."""
    plan, source = subject.plan, "docs/model.md, step 5"
    tracking = plan.target_tracking
    if plan.scale_out is None and tracking is None:
        yield Advice(
            rule="missing-policy",
            severity="warning",
            where="scale_out",
            sentence=(
                "There is no scale-out policy: only a schedule can raise the group above"
                f" {subject.min_size}, its minimum, whatever the load."
            ),
            source=source,
        )
    if plan.scale_in is None and (tracking is None or tracking.disable_scale_in):
        yield Advice(
            rule="missing-policy",
            severity="note",
            where="scale_in",
            sentence=(
                "There is no scale-in policy: what a peak has launched is paid for until a"
                f" schedule takes it, up to {subject.max_size:,} hosts."
            ),
            source=source,
        )


def idle_threshold(subject: Subject) -> Iterator[Advice]:
    """Say that a scale-in never comes, as idle hosts are above its threshold."""
    side, host = subject.plan.scale_in, subject.scenario.host
    if side is None:
        return
    threshold, idle = side.alarm.threshold_percent, float(host.cpu_percent(0.0))
    is_reached = side.alarm.comparison_operator == "LessThanOrEqualToThreshold"
    if side.alarm.comparison_operator.startswith("Less") and (
        threshold < idle or (threshold == idle and not is_reached)
    ):
        relation = "reaches" if is_reached else "is under"
        yield Advice(
            rule="idle-threshold",
            severity="warning",
            where="scale_in.alarm.threshold_percent",
            sentence=(
                f"Scale-in never comes: a host without load has {idle:g} % CPU, and it never"
                f" {relation} {threshold:g} %."
            ),
            source="docs/aws-semantics.md 2.1",
        )


def over_cliff(subject: Subject) -> Iterator[Advice]:
    """Say where a policy waits until CPU is at the cliff less margin."""
    limit, plan = subject.scenario.limit_percent, subject.plan
    cliff, margin = subject.scenario.host.cliff_percent, subject.scenario.margin_percent
    what = f"{100.0 if cliff is None else cliff:g} % - {margin:g} points = {limit:g} %"
    name = "no cliff, so 100 %, less margin" if cliff is None else "the cliff less margin"
    out, tracking = plan.scale_out, plan.target_tracking
    if out is not None and out.alarm.threshold_percent >= limit:
        yield Advice(
            rule="over-cliff",
            severity="warning",
            where="scale_out.alarm.threshold_percent",
            sentence=(
                f"Scale-out waits for {out.alarm.threshold_percent:g} % CPU, and {name} is"
                f" {what}: the first launch is decided only once CPU is there."
            ),
            source="docs/aws-semantics.md 2.2",
        )
    if tracking is not None and tracking.target_value >= limit:
        yield Advice(
            rule="over-cliff",
            severity="warning",
            where="target_tracking.target_value",
            sentence=(
                f"Target tracking holds CPU at {tracking.target_value:g} %, and {name} is"
                f" {what}: the hidden high alarm needs three minutes above its target."
            ),
            source="docs/aws-semantics.md 5.1",
        )


def crossed_thresholds(subject: Subject) -> Iterator[Advice]:
    """Say that the lower threshold is above the upper one, or above the target."""
    plan = subject.plan
    if plan.scale_in is None:
        return
    lower = plan.scale_in.alarm.threshold_percent
    uppers = []
    if plan.scale_out is not None:
        uppers.append(("upper threshold", plan.scale_out.alarm.threshold_percent))
    if plan.target_tracking is not None:
        uppers.append(("target", plan.target_tracking.target_value))
    for name, upper in uppers:
        if lower > upper:
            yield Advice(
                rule="crossed-thresholds",
                severity="warning",
                where="scale_in.alarm.threshold_percent",
                sentence=(
                    f"The lower threshold of {lower:g} % is {lower - upper:g} points above the"
                    f" {name} of {upper:g} %: between them both alarms stand, and of two wishes"
                    " of one minute the larger capacity wins."
                ),
                source="docs/aws-semantics.md 7.3",
            )


def fraction(subject: Subject) -> Iterator[Advice]:
    """Say where a percentage looks like a fraction."""
    values = [
        (f"{name}.alarm.threshold_percent", side.alarm.threshold_percent)
        for name, side in subject.sides()
    ]
    if subject.plan.target_tracking is not None:
        values.append(("target_tracking.target_value", subject.plan.target_tracking.target_value))
    for where, value in values:
        if 0 < value < 1:
            yield Advice(
                rule="fraction",
                severity="warning",
                where=where,
                sentence=fraction_warning(where, value),
                source="docs/aws-semantics.md 1.1",
            )


RULES: tuple[Rule, ...] = (
    flapping,
    crossed_thresholds,
    over_cliff,
    max_size,
    missing_policy,
    idle_threshold,
    fraction,
    cooldown,
    warmup,
    period,
    window,
    requests_per_target,
)
"""Every rule, in the order in which its advice stands."""
