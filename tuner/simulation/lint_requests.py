"""The rule of lint on target tracking of requests: where CPU stands in for them with a difference.

`tuner.simulation.requests_per_target` says how.
"""

from __future__ import annotations

from collections.abc import Iterator

from tuner.simulation.advice import Advice, Subject
from tuner.simulation.requests_per_target import counts_requests, is_line_through_zero

BALANCER_DELAY_SECONDS = 120
RULE = "requests-per-target"


def requests_per_target(subject: Subject) -> Iterator[Advice]:
    """Say what the simulation of a target in requests per minute does not have as AWS has it."""
    if not counts_requests(subject.tracking):
        return
    yield from _other_wish(subject)
    yield from _early(subject)
    yield from _unready(subject)


def _other_wish(subject: Subject) -> Iterator[Advice]:
    """Say that CPU is not proportional to load, with the wishes at twice the target."""
    host, policy, on_cpu = subject.scenario.host, subject.tracking, subject.plan.target_tracking
    if policy is None or on_cpu is None or is_line_through_zero(host):
        return
    rpm, target = policy.target_value, on_cpu.target_value
    twice = float(host.cpu_percent(2.0 * rpm))
    low = "" if policy.low_ratio is not None else " The low alarm's share is one of CPU as well."
    yield Advice(
        rule=RULE,
        severity="note",
        where="target_tracking.target_value",
        sentence=(
            f"CPU stands in for requests, and is not proportional to them: {rpm:,.12g} rpm a target"
            f" are {target:.4g} %, twice as many {twice:.4g} %. There AWS wishes for twice the"
            f" hosts, and the simulation for {twice:.4g} / {target:.4g} = {twice / target:.4g}"
            f" times as many, rounded up.{low}"
        ),
        source="docs/aws-semantics.md 5.2",
    )


def _early(subject: Subject) -> Iterator[Advice]:
    """Say that the metric's delay is shorter than a load balancer's."""
    delay = subject.scenario.metric.metric_delay_seconds
    if delay < BALANCER_DELAY_SECONDS:
        yield Advice(
            rule=RULE,
            severity="note",
            where="metric.metric_delay_seconds",
            sentence=(
                f"The metric's delay is {delay} s, and alarms see a load balancer's requests some"
                f" {BALANCER_DELAY_SECONDS} s late: on AWS each action comes about"
                f" {BALANCER_DELAY_SECONDS - delay} s later."
            ),
            source="docs/aws-semantics.md 1.4",
        )


def _unready(subject: Subject) -> Iterator[Advice]:
    """Say that the CPU of hosts that are not ready counts, where their requests would not."""
    scenario, policy = subject.scenario, subject.tracking
    if policy is None:
        return
    ready = scenario.group.ready_seconds
    given = scenario.group.warmup_seconds(policy.instance_warmup_seconds)
    covered = 0 if scenario.metric.warming_in_metric else given
    if covered < ready:
        yield Advice(
            rule=RULE,
            severity="note",
            where="group.ready_seconds",
            sentence=(
                f"For {ready} - {covered} = {ready - covered} s a new host counts in the metric"
                f" with its boot CPU of {scenario.group.boot_cpu_percent:g} %, and on AWS as a"
                " target without requests."
            ),
            source="docs/aws-semantics.md 1.3",
        )
