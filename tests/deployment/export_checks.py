"""What the tests of exports share: triggers, hostile names, another reader of HCL's texts."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace

from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.resources import GroupResources, ScheduleStart, resources_of
from tuner.resources.fields import action_resource, alarm_resource, policy_resource

SEED = 20_261_201
UTC_START = ScheduleStart(clock="06:30")

FRAGMENTS = (
    *('"', "'", "\\", "\n", "\r\n", "\t", " ", "  ", "#", "//", "/*", "*/", "=", ";", ",", "."),
    *("${", "$${", "%{", "%%{", "}", "${var.x}", "%{ if true }", "%{ endif ~}", "$", "%", "{", "~"),
    *("<<EOT", "<<-EOT", "EOT", "`", "$(id)", "`id`", "&&", "|", "||", ">", ">-", "|2"),
    *("!Ref", "!Sub ", "Fn::Sub", "Ref", "!!python/object:os.system", "&anchor", "*anchor", "<<"),
    *("---", "...", "? ", "- ", ": ", " #", "@", "%YAML 1.1", "[", "]", "{a: 1}", "null", "~", "="),
    *("yes", "no", "on", "off", "y", "n", "true", "NaN", ".inf", "0x1F", "0o17", "017", "1e3"),
    *("1_000", "12:30:45", "2026-11-30", "+1", "-", "__proto__", "..", "../", "C:\\temp"),
    *("é", "ß", "日本", "🚀", "\u202e", "\u2028", "\u00a0", "\ufeff", "\x7f", "\x85", "İ", "ﬁ"),
    *("AWS::NoValue", "{{x}}", "]]>", "<script>", "</", "%s", "%n", "\\u0024{", "\\x41", "\\"),
)
"""Pieces that mean something to some reader."""

REFUSED_FRAGMENTS = ("\x00", "\x1b[31m", "\ud800", "\ufffe", "{{resolve:ssm:x}}", "e\u0301")


def hostile_names(count: int, *, seed: int = SEED) -> list[str]:
    """Give different hostile names that AWS takes."""
    rng = random.Random(seed)
    names: set[str] = set()
    while len(names) < count:
        pieces = [rng.choice(FRAGMENTS) for _ in range(rng.randint(1, 6))]
        if rng.random() < 0.5:
            pieces.insert(rng.randint(0, len(pieces)), rng.choice(("web", "a", "1", "Ab-9_")))
        names.add("".join(pieces))
    return sorted(names)


def hostile_resources(names: list[str], *, group: str = "web") -> Iterator[GroupResources]:
    """Give groups with 300 resources, all named by hostile names, each name once."""
    for start in range(0, len(names), 300):
        some = names[start : start + 300]
        policies = [policy_resource(name, POLICY) for name in some[0::3]]
        alarms = [
            alarm_resource(name, policies[k % len(policies)].name, {**ALARM, "Unit": "Percent"})
            for k, name in enumerate(some[1::3])
        ]
        alarms = [
            replace(alarm, fields={**alarm.fields, "AlarmDescription": f"{alarm.name}{k}"})
            for k, alarm in enumerate(alarms)
        ]
        actions = [action_resource(name, ACTION) for name in some[2::3]]
        yield GroupResources(
            group=group,
            policies=tuple(sorted(policies, key=lambda each: each.name)),
            alarms=tuple(sorted(alarms, key=lambda each: each.name)),
            actions=tuple(sorted(actions, key=lambda each: each.name)),
        )


POLICY = {"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1}
ACTION = {"Recurrence": "0 7 * * *", "MinSize": 2}
ALARM = {
    "Namespace": "AWS/EC2",
    "MetricName": "CPUUtilization",
    "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "web"}],
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 50,
    "ComparisonOperator": "GreaterThanThreshold",
}


def trigger_plan(rng: random.Random) -> ScalingPlan:
    """Give a plan that is a trigger of Elastic Beanstalk."""
    minutes = rng.choice((1, 1, 2, 5, 10, 15))
    n = rng.randint(1, 12)
    cooldown = rng.choice((0, 60, 180, 360, 10_000))
    upper = rng.choice((rng.uniform(1, 100), float(rng.randint(1, 100)), 1e-7))
    sides = []
    for operator, threshold, sign in (
        ("GreaterThanThreshold", upper, 1),
        ("LessThanThreshold", upper * rng.random(), -1),
    ):
        alarm = Alarm(
            threshold_percent=threshold,
            comparison_operator=operator,
            period_seconds=60 * minutes,
            evaluation_periods=n,
            datapoints_to_alarm=n,
        )
        change = sign * rng.choice((1, 2, 3, 40, 10_000))
        policy = SimpleScaling(scaling_adjustment=change, cooldown_seconds=cooldown)
        sides.append(AlarmedPolicy(alarm, policy))
    least = rng.choice((None, None, 1, 3, 50))
    return ScalingPlan(scale_out=sides[0], scale_in=sides[1], min_size=least)


def exported_in_utc(plan: ScalingPlan, **more: str) -> GroupResources:
    """Give the resources of a plan whose schedule is in UTC."""
    return resources_of(plan, group="web", schedule_start=UTC_START, **more)


def unquoted(text: str) -> str:
    """Give the text that HCL means by a quoted one, read apart from the shipped reader."""
    assert text[0] == text[-1] == '"', text
    out, at, inner = [], 0, text[1:-1]
    while at < len(inner):
        rest = inner[at:]
        if rest.startswith(("$${", "%%{")):
            out.append(rest[1:3])
            at += 3
        elif rest.startswith(("${", "%{")):
            raise AssertionError(f"a template in {text}")
        elif rest[0] == "\\":
            long = re.match(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})", rest)
            out.append(chr(int(long.group(1) or long.group(2), 16)) if long else _SHORT[rest[1]])
            at += len(long.group()) if long else 2
        else:
            out.append(rest[0])
            at += 1
    return "".join(out)


_SHORT = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
