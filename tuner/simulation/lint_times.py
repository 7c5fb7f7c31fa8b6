"""Rules of lint on times: what a policy decides on before its new hosts can be seen."""

from __future__ import annotations

from collections.abc import Iterator

from tuner.policy import Alarm, SimpleScaling, StepScaling
from tuner.scenario import BASIC_PERIOD_SECONDS
from tuner.simulation.advice import Advice, Subject

DETAILED_PERIOD_SECONDS = 60
TRACKING_HIGH = Alarm(
    threshold_percent=100.0,
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=3,
    datapoints_to_alarm=3,
)
"""Window of target tracking's hidden high alarm; its threshold is the target."""


def unseen_seconds(subject: Subject, alarm: Alarm) -> int:
    """Give the seconds from InService in which an alarm may stand by what was before alone.

    Parameters
    ----------
    subject : Subject
        Gives the time to serve, the metric's delay and the tick.
    alarm : Alarm
        The alarm of scale-out.

    Notes
    -----
    Source: docs/model.md, "Whole ticks" and step 4. N - M + 1 blocks with the new hosts end an
    alarm of M out of N; the tick of InService is already one of theirs.
    """
    blocks = alarm.evaluation_periods - alarm.datapoints_to_alarm + 1
    scenario = subject.scenario
    seen = scenario.group.ready_seconds + scenario.metric.metric_delay_seconds
    return seen + blocks * alarm.period_seconds - scenario.tick_seconds


def cooldown(subject: Subject) -> Iterator[Advice]:
    """Say that the next simple scale-out decides before the hosts of this one can be seen."""
    side = subject.plan.scale_out
    if side is None or not isinstance(side.policy, SimpleScaling):
        return
    group, given = subject.scenario.group, side.policy.cooldown_seconds
    unseen, start = unseen_seconds(subject, side.alarm), group.launch_seconds + group.ready_seconds
    where, source = "scale_out.policy.cooldown_seconds", "docs/aws-semantics.md 3.1"
    if given < unseen:
        yield Advice(
            rule="cooldown",
            severity="warning",
            where=where,
            sentence=(
                f"The cooldown of {given} s runs from InService, and the alarm may stand by old"
                f" datapoints for {_sum(subject, side.alarm)} = {unseen} s: the next scale-out"
                " decides before the new hosts count."
            ),
            source=source,
        )
    elif given < start:
        yield Advice(
            rule="cooldown",
            severity="note",
            where=where,
            sentence=(
                f"The cooldown of {given} s is shorter than launch and ready together,"
                f" {group.launch_seconds} + {group.ready_seconds} = {start} s. It runs from"
                " InService, which does not wait for the application: where the launch time holds"
                " the application's start, that belongs to ready_seconds, and the next scale-out"
                " decides before the new hosts count."
            ),
            source=source,
        )


def warmup(subject: Subject) -> Iterator[Advice]:
    """Say that a warm-up is not set, or ends before the new hosts can be seen."""
    plan, group = subject.plan, subject.scenario.group
    found: list[tuple[str, int | None, Alarm]] = []
    if plan.scale_out is not None and isinstance(plan.scale_out.policy, StepScaling):
        own = plan.scale_out.policy.instance_warmup_seconds
        found.append(("scale_out.policy", own, plan.scale_out.alarm))
    if plan.target_tracking is not None:
        own = plan.target_tracking.instance_warmup_seconds
        found.append(("target_tracking", own, TRACKING_HIGH))
    for place, own, alarm in found:
        where, source = f"{place}.instance_warmup_seconds", "docs/aws-semantics.md 4.3"
        given, unseen = group.warmup_seconds(own), unseen_seconds(subject, alarm)
        if own is None and group.default_instance_warmup_seconds is None:
            yield Advice(
                rule="warm-up",
                severity="note",
                where=where,
                sentence=(
                    "No warm-up is set, neither here nor on the group: the group's default"
                    f" cooldown of {given} s stands in, and scale-in is refused for as long."
                ),
                source="docs/aws-semantics.md 1.3",
            )
        if given < unseen:
            yield Advice(
                rule="warm-up",
                severity="warning",
                where=where,
                sentence=(
                    f"The warm-up of {given} s runs from InService, and the alarm may stand by old"
                    f" datapoints for {_sum(subject, alarm)} = {unseen} s: the new hosts count as"
                    " capacity before their help is in the metric."
                ),
                source=source,
            )


def period(subject: Subject) -> Iterator[Advice]:
    """Say that an alarm's period is finer than the monitoring, or than the metric's delay."""
    monitoring = subject.scenario.group.monitoring
    every = BASIC_PERIOD_SECONDS if monitoring == "basic" else DETAILED_PERIOD_SECONDS
    delay = subject.scenario.metric.metric_delay_seconds
    for name, side in subject.sides():
        given, where = side.alarm.period_seconds, f"{name}.alarm.period_seconds"
        if given < every:
            yield Advice(
                rule="period",
                severity="warning",
                where=where,
                sentence=(
                    f"The period of {given} s is finer than {monitoring} monitoring, a datapoint"
                    f" each {every} s: {every // given - 1} of {every // given} periods are empty,"
                    " and the treatment of missing data decides."
                ),
                source="docs/aws-semantics.md 1.1 and 2.4",
            )
        if given < delay:
            yield Advice(
                rule="period",
                severity="note",
                where=where,
                sentence=(
                    f"The period of {given} s is shorter than the metric's delay of {delay} s:"
                    f" {delay} / {given} = {delay / given:g} periods end before the first is seen."
                ),
                source="docs/aws-semantics.md 1.4",
            )
    if subject.plan.target_tracking is not None and monitoring == "basic":
        yield Advice(
            rule="period",
            severity="warning",
            where="target_tracking",
            sentence=(
                "The hidden alarms have a period of 60 s, and basic monitoring gives a datapoint"
                f" each {every} s: {every // 60 - 1} of {every // 60} periods are empty."
            ),
            source="docs/aws-semantics.md 5.1 and 5.4",
        )


def window(subject: Subject) -> Iterator[Advice]:
    """Say that scale-in decides on a shorter window than scale-out."""
    plan = subject.plan
    if plan.scale_out is None or plan.scale_in is None:
        return
    slow, quick = plan.scale_out.alarm, plan.scale_in.alarm
    out_seconds = slow.evaluation_periods * slow.period_seconds
    in_seconds = quick.evaluation_periods * quick.period_seconds
    if in_seconds < out_seconds:
        yield Advice(
            rule="window",
            severity="warning",
            where="scale_in.alarm.evaluation_periods",
            sentence=(
                f"Scale-in decides after {quick.evaluation_periods} x {quick.period_seconds} ="
                f" {in_seconds} s, sooner than scale-out after {slow.evaluation_periods} x"
                f" {slow.period_seconds} = {out_seconds} s: a short dip takes hosts that a rise"
                " brings back late. Target tracking's own windows are 900 s in and 180 s out."
            ),
            source="docs/aws-semantics.md 5.1",
        )


def _sum(subject: Subject, alarm: Alarm) -> str:
    """Write the parts of `unseen_seconds`."""
    scenario = subject.scenario
    blocks = alarm.evaluation_periods - alarm.datapoints_to_alarm + 1
    return (
        f"{scenario.group.ready_seconds} (ready) + {scenario.metric.metric_delay_seconds} (delay)"
        f" + {blocks} x {alarm.period_seconds} (period) - {scenario.tick_seconds} (tick)"
    )
