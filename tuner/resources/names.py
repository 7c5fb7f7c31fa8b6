"""Names of the resources that cliffside creates, and which names AWS takes.

Source: the service models of EC2 Auto Scaling (pattern and length of its names; a group's name
holds no colon, which divides the parts of an ARN) and CloudWatch (1 to 255 characters).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from tuner.errors import Problem, UnsupportedPlanError
from tuner.resources.records import GroupResources

LONGEST_NAME = 255
MARK = "-cliffside-"
SCALE_OUT, SCALE_IN, TARGET_TRACKING = "scale-out", "scale-in", "target-tracking"

_ROLE = re.compile(r"scale-out|scale-in|target-tracking|at-\d{4}")
_REFUSED = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def created_name(group: str, role: str) -> str:
    """Give the name of what cliffside creates for a group in a role.

    Examples
    --------
    >>> created_name("web", SCALE_OUT)
    'web-cliffside-scale-out'
    """
    return f"{group}{MARK}{role}"


def role_of(name: str) -> str | None:
    """Give the role that a name of ours says; None: the name is not ours.

    Examples
    --------
    >>> role_of("web-cliffside-scale-in"), role_of("AWSEBAutoScalingScaleUpPolicy")
    ('scale-in', None)
    """
    _, mark, role = name.rpartition(MARK)
    return role if mark else None


def labels(names: Sequence[str], kind: str) -> dict[str, str]:
    """Give each name a label of plain letters, digits and underscores, as files need them.

    Parameters
    ----------
    names : sequence of str
        Names of resources of one kind, each once.
    kind : str
        Begins the labels of names that are not ours.

    Examples
    --------
    >>> labels(["web-cliffside-scale-out", "${other}"], "policy")
    {'web-cliffside-scale-out': 'scale_out', '${other}': 'policy_2'}
    """
    given: dict[str, str] = {}
    taken: set[str] = set()
    for number, name in enumerate(names, start=1):
        role = role_of(name) or ""
        label = role.replace("-", "_") if _ROLE.fullmatch(role) else ""
        given[name] = label if label and label not in taken else f"{kind}_{number}"
        taken.add(label)
    return given


def check_writable(
    resources: GroupResources, *, why_not: Callable[[str], str | None] | None = None
) -> None:
    """Refuse resources of which a file would say something else.

    Parameters
    ----------
    resources : GroupResources
        What is to be written.
    why_not : callable or None
        Says why a form cannot carry a text, as the end of a sentence; None where it can.

    Raises
    ------
    UnsupportedPlanError
        Naming every name that AWS would refuse, text that cannot be carried, and alarm that calls
        a policy which is not there.
    """
    found = list(name_problems(resources))
    policies = {policy.name for policy in resources.policies}
    found.extend(
        Problem(
            "an alarm that calls a policy of the group",
            ascii(alarm.policy_name),
            f"alarm {alarm.name!a}",
            "Write the policy as well.",
        )
        for alarm in resources.alarms
        if alarm.policy_name not in policies
    )
    for where, text in _texts(resources):
        reason = "AWS takes no such character" if _REFUSED.search(text) else None
        if reason is None and why_not is not None:
            reason = why_not(text)
        if reason is not None:
            found.append(Problem("another text", _short(text), where, f"{reason}."))
    if found:
        raise UnsupportedPlanError(*found)


def _texts(resources: GroupResources) -> Iterator[tuple[str, str]]:
    """Yield every text of the resources, with where it is."""
    yield "group", resources.group
    named: list[tuple[str, object]] = [
        *((policy.name, policy.fields) for policy in resources.policies),
        *((alarm.name, alarm.fields) for alarm in resources.alarms),
        *((action.name, action.fields) for action in resources.actions),
    ]
    for name, fields in named:
        yield "name", name
        yield from _texts_of(fields, ascii(name))


def _texts_of(value: object, where: str) -> Iterator[tuple[str, str]]:
    """Yield every text of a value, with where it is."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            yield from _texts_of(entry, f"{where}, {name}")
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _texts_of(entry, where)


def resource_label(load_balancer: str, target_group: str) -> str:
    """Give the ``ResourceLabel`` of a load balancer and a target group, by ARN or its end.

    Examples
    --------
    >>> resource_label("arn:aws:elasticloadbalancing:x:1:loadbalancer/app/a/1", "targetgroup/b/2")
    'app/a/1/targetgroup/b/2'
    """
    balancer = load_balancer.rpartition(":")[2].removeprefix("loadbalancer/")
    return f"{balancer}/{target_group.rpartition(':')[2]}"


def name_problems(resources: GroupResources) -> Iterator[Problem]:
    """Yield every name that AWS would refuse, and names that two resources share.

    Parameters
    ----------
    resources : GroupResources
        What is to be created or written.
    """
    yield from name_problem(resources.group, "group", is_group=True)
    for kind, names in (
        ("policy", [policy.name for policy in resources.policies]),
        ("alarm", [alarm.name for alarm in resources.alarms]),
        ("scheduled action", [action.name for action in resources.actions]),
    ):
        for name in names:
            yield from name_problem(name, kind)
        for name in sorted(name for name, count in Counter(names).items() if count > 1):
            yield Problem(
                "names of its own for each", repr(name), kind, "Give them different names."
            )


def name_problem(name: str, where: str, *, is_group: bool = False) -> Iterator[Problem]:
    """Yield what AWS would refuse in a name.

    Parameters
    ----------
    name, where : str
        The name, and what it is of.
    is_group : bool
        Whether it is of an Auto Scaling group.
    """
    if not 1 <= len(name) <= LONGEST_NAME:
        yield Problem(
            f"a name of 1 to {LONGEST_NAME} characters",
            f"{len(name)}: {_short(name)}" if name else "an empty one",
            where,
            "AWS takes no other: give the group a shorter name."
            if name
            else "Give the name of the Auto Scaling group.",
        )
    refused = _REFUSED.search(name)
    if refused:
        yield Problem(
            "a name without control characters",
            f"{refused.group()!r} in {_short(name)}",
            where,
            "AWS takes no such character.",
        )
    if is_group and ":" in name:
        yield Problem(
            "the name of a group, without a colon",
            _short(name),
            where,
            "Give the group's name, not its ARN.",
        )


def _short(name: str) -> str:
    """Write a name for a message."""
    text = ascii(name)
    return text if len(text) <= 60 else f"{text[:57]}..."
