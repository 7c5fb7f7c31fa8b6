"""Which metrics a service is made of, and how long AWS keeps which resolution."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tuner.errors import ConfigurationError, Problem
from tuner.metrics import MetricName

CPU_STATISTICS = ("Average", "SampleCount", "Maximum")
LATENCY_STATISTICS = ("p50", "p95", "p99")
GROUP_METRICS = (
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
    "GroupMinSize",
    "GroupMaxSize",
)
ERROR_METRICS = ("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count")

KEPT: tuple[tuple[int, timedelta], ...] = (
    (60, timedelta(days=15)),
    (300, timedelta(days=63)),
    (3600, timedelta(days=455)),
)
"""How long CloudWatch keeps datapoints of each period. Source: docs/aws-semantics.md 1.5."""
PERIODS = tuple(period for period, _ in KEPT)

_BALANCER = re.compile(r"(?:^|:loadbalancer/)(app/[A-Za-z0-9-]{1,64}/[0-9a-f]{8,32})$")
_TARGETS = re.compile(r"(?:^|:)(targetgroup/[A-Za-z0-9-]{1,64}/[0-9a-f]{8,32})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Groups, load balancers and target groups whose metrics are wanted.

    Parameters
    ----------
    groups : tuple of str
        ``AutoScalingGroupName`` of each.
    load_balancers, target_groups : tuple of str
        Values of CloudWatch's dimensions, such as ``app/web/50dc6c495c0c9188``.
    """

    groups: tuple[str, ...] = ()
    load_balancers: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()


def read_wanted(
    groups: Sequence[str], load_balancers: Sequence[str], target_groups: Sequence[str]
) -> Wanted:
    """Give what is wanted, from names as people have them.

    Parameters
    ----------
    groups : sequence of str
        Names of Auto Scaling groups.
    load_balancers, target_groups : sequence of str
        ARNs, or their ends as CloudWatch has them.

    Raises
    ------
    ConfigurationError
        With every name that cannot be one.

    Examples
    --------
    >>> arn = ("arn:aws:elasticloadbalancing:eu-central-1:123456789012:"
    ...        "loadbalancer/app/web/50dc6c495c0c9188")
    >>> read_wanted(["web-asg"], [arn], []).load_balancers
    ('app/web/50dc6c495c0c9188',)
    """
    problems: list[Problem] = []
    if not (groups or load_balancers or target_groups):
        problems.append(
            Problem(
                "a group, a load balancer or a target group",
                "none",
                "--group, or the table [aws] of --config",
                "Give --group NAME; `aws autoscaling describe-auto-scaling-groups --query"
                " 'AutoScalingGroups[].AutoScalingGroupName'` lists the groups.",
            )
        )
    problems += [
        Problem("the name of an Auto Scaling group", repr(group)[:60], "--group", "Correct it.")
        for group in groups
        if not 1 <= len(group) <= 255 or not group.isprintable()
    ]
    balancers = _read(load_balancers, _BALANCER, "--load-balancer", "load balancer", problems)
    targets = _read(target_groups, _TARGETS, "--target-group", "target group", problems)
    if targets and len(balancers) > 1:
        problems.append(
            Problem(
                "one load balancer where target groups are named",
                f"{len(balancers)}",
                "--load-balancer",
                "Fetch the target groups of each load balancer on their own.",
            )
        )
    if problems:
        raise ConfigurationError(*problems)
    return Wanted(
        groups=tuple(dict.fromkeys(groups)), load_balancers=balancers, target_groups=targets
    )


def _read(
    given: Sequence[str],
    form: re.Pattern[str],
    option: str,
    what: str,
    problems: list[Problem],
) -> tuple[str, ...]:
    """Read ARNs, or their ends; note those that are none."""
    found = []
    for text in given:
        match = form.search(text.strip())
        if match:
            found.append(match[1])
            continue
        example = "app/web/50dc6c495c0c9188" if "load" in what else "targetgroup/web/6d0ecf831eec"
        command = "load-balancers" if "load" in what else "target-groups"
        problems.append(
            Problem(
                f"the ARN of an application {what}, or its end such as {example}"
                if "load" in what
                else f"the ARN of a {what}, or its end such as {example}",
                repr(text)[:60],
                option,
                f"`aws elbv2 describe-{command}` lists them with their ARNs.",
            )
        )
    return tuple(dict.fromkeys(found))


def names_of(wanted: Wanted, *, period_seconds: int) -> tuple[MetricName, ...]:
    """Give the metrics of what is wanted, at a period.

    Parameters
    ----------
    wanted : Wanted
        Groups, load balancers and target groups.
    period_seconds : int
        Length of a datapoint.

    Notes
    -----
    Source: Elastic Load Balancing User Guide, "CloudWatch metrics for your Application Load
    Balancer": healthy hosts are counted for a target group within a load balancer.
    """
    rows: list[tuple[str, str, tuple[tuple[str, str], ...], str]] = []
    for group in wanted.groups:
        own = _dimensions(("AutoScalingGroupName", group))
        rows += [("AWS/EC2", "CPUUtilization", own, kind) for kind in CPU_STATISTICS]
        rows += [("AWS/AutoScaling", metric, own, "Average") for metric in GROUP_METRICS]
    elb = "AWS/ApplicationELB"
    for balancer in wanted.load_balancers:
        own = _dimensions(("LoadBalancer", balancer))
        rows.append((elb, "RequestCount", own, "Sum"))
        rows += [(elb, "TargetResponseTime", own, kind) for kind in LATENCY_STATISTICS]
        rows += [(elb, metric, own, "Sum") for metric in ERROR_METRICS]
    within = tuple(("LoadBalancer", balancer) for balancer in wanted.load_balancers)
    for targets in wanted.target_groups:
        own = _dimensions(*within, ("TargetGroup", targets))
        rows.append((elb, "RequestCountPerTarget", own, "Sum"))
        if within:
            rows.append((elb, "HealthyHostCount", own, "Average"))
    return tuple(
        MetricName(
            namespace=namespace,
            metric=metric,
            dimensions=dimensions,
            statistic=statistic,
            period_seconds=period_seconds,
        )
        for namespace, metric, dimensions, statistic in rows
    )


def _dimensions(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Give dimensions, sorted by name."""
    return tuple(sorted(pairs))


def period_kept(moment: datetime, now: datetime) -> int | None:
    """Give the shortest period that AWS still has of a moment; None where it has nothing.

    Parameters
    ----------
    moment, now : datetime
        Both with their zone.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> [period_kept(now - timedelta(days=days), now) for days in (1, 16, 64, 500)]
    [60, 300, 3600, None]
    """
    return next((period for period, kept in KEPT if now - moment <= kept), None)
