"""A change: what is deployed, what is proposed instead, and the fields in which they differ.

A change is computed, shown and kept without an account: `tuner.deployment.apply` carries it out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tuner.deployment.change_state import UNSTEADY_LIMITS, fingerprint, plain, steady
from tuner.deployment.working import beanstalk_signs, working_scale_outs
from tuner.errors import ConfigurationError, Problem
from tuner.resources.names import created_name
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    GroupResources,
    PolicyResource,
)

Kind = Literal["group", "policy", "alarm", "action"]
Resource = PolicyResource | AlarmResource | ActionResource
NAME_FIELDS: dict[Kind, str] = {
    "group": "AutoScalingGroupName",
    "policy": "PolicyName",
    "alarm": "AlarmName",
    "action": "ScheduledActionName",
}
"""What AWS calls a resource's name: the first row of one that comes or goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One field that differs.

    Parameters
    ----------
    kind : str
        ``group``, ``policy``, ``alarm`` or ``action``.
    name : str
        Name of the resource.
    field : str
        AWS's name; a field of a structure after a dot.
    before, after : object
        Its values, as JSON has them; None: it is not there.
    """

    kind: Kind
    name: str
    field: str
    before: Any
    after: Any

    @property
    def resource(self) -> str:
        """Kind and name."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a change is proposed.

    Parameters
    ----------
    config : str or None
        The job's TOML file, as it was named.
    run : str or None
        Id of the run that recommends the plan.
    plan : str
        The plan in words.
    reason : str or None
        Why, in one sentence.
    front_position : str or None
        Where the plan stands on the run's front, in words.
    margins : mapping of str to float or None
        Limit and worst peak, percent, the points between them, and unseen shapes over the limit.
    """

    config: str | None = None
    run: str | None = None
    plan: str = ""
    reason: str | None = None
    front_position: str | None = None
    margins: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """What is deployed, and what is to be deployed instead.

    Parameters
    ----------
    before, after : GroupResources
        The group's steady states.
    evidence : Evidence
        Why.
    warnings : tuple of str
        What a person should know before it is applied.
    """

    before: GroupResources
    after: GroupResources
    evidence: Evidence = field(default_factory=Evidence)
    warnings: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """Name of the Auto Scaling group."""
        return self.before.group

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the deployed state that the change was computed against."""
        return fingerprint(self.before)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every field that differs."""
        return rows_of(self.before, self.after)


def rows_of(before: GroupResources, after: GroupResources) -> tuple[Row, ...]:
    """List every field in which two states of a group differ.

    Parameters
    ----------
    before, after : GroupResources
        Two states of one group.

    Examples
    --------
    >>> one, two = (GroupResources(group="web", limits={"MinSize": size}) for size in (1, 2))
    >>> [(row.field, row.before, row.after) for row in rows_of(one, two)]
    [('MinSize', 1, 2)]
    """
    old, new = steady(before), steady(after)
    rows = list(_field_rows("group", new.group, old.limits, new.limits))
    for kind, olds, news in (
        ("policy", old.policies, new.policies),
        ("alarm", old.alarms, new.alarms),
        ("action", old.actions, new.actions),
    ):
        rows.extend(_resource_rows(kind, olds, news))
    return tuple(rows)


def _resource_rows(
    kind: Any, olds: tuple[Resource, ...], news: tuple[Resource, ...]
) -> Iterator[Row]:
    """List what differs in the resources of a kind."""
    old, new = ({each.name: _all_fields(kind, each) for each in some} for some in (olds, news))
    for name in sorted({*old, *new}):
        yield from _field_rows(kind, name, old.get(name, {}), new.get(name, {}))


def _all_fields(kind: Kind, resource: Resource) -> dict[str, Any]:
    """Give a resource's fields, its name and the policy that an alarm calls first."""
    called = {"PolicyName": resource.policy_name} if isinstance(resource, AlarmResource) else {}
    return {NAME_FIELDS[kind]: resource.name, **called, **resource.fields}


def _field_rows(
    kind: Kind, name: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Row]:
    """List what differs between the fields of one resource."""
    before, after = (dict(_flat(fields)) for fields in (old, new))
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        if one != other or type(one) is not type(other):
            yield Row(kind=kind, name=name, field=key, before=one, after=other)


def _flat(fields: Mapping[str, Any], inside: str = "") -> Iterator[tuple[str, Any]]:
    """Give the fields of structures one by one, with dotted names."""
    for key, value in fields.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{inside}{key}.")
        else:
            yield f"{inside}{key}", plain(value)


def propose(
    deployed: GroupResources,
    proposed: GroupResources,
    *,
    replace: Collection[str] = (),
    evidence: Evidence | None = None,
) -> ChangeSet:
    """Compute the change from what is deployed to a plan's resources.

    Parameters
    ----------
    deployed : GroupResources
        As the account describes the group.
    proposed : GroupResources
        The resources of a plan for the same group.
    replace : collection of str
        Names of policies, alarms and actions that are not cliffside's and are to be deleted.
    evidence : Evidence or None
        Why.

    Returns
    -------
    ChangeSet
        Limits that the plan does not name stay. What an earlier change put there, by its name,
        goes where the plan has it no more, and so do the alarms of every policy that goes. What is
        not cliffside's stays unless it is named.

    Raises
    ------
    ConfigurationError
        Where `replace` names what is not there.
    """
    before, wanted = steady(deployed), steady(proposed)
    gone, ours = {*replace}, created_name(before.group, "")
    _check_there(before, gone)

    def kept(some: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
        names = {each.name for each in new}
        stay = (e for e in some if e.name not in names | gone and not e.name.startswith(ours))
        return tuple(sorted((*new, *stay), key=lambda each: each.name))

    policies = kept(before.policies, wanted.policies)
    names = {each.name for each in policies}
    after = GroupResources(
        group=before.group,
        limits={**before.limits, **_limits(wanted)},
        policies=policies,
        alarms=tuple(a for a in kept(before.alarms, wanted.alarms) if a.policy_name in names),
        actions=kept(before.actions, wanted.actions),
    )
    return ChangeSet(
        before=before,
        after=steady(after),
        evidence=evidence or Evidence(),
        warnings=tuple(_warnings(before, after, wanted)),
    )


def _check_there(before: GroupResources, names: Collection[str]) -> None:
    """Refuse names of what is to be deleted and is not there."""
    there = [each.name for each in before.policies]
    there += [each.name for each in before.alarms]
    there += [each.name for each in before.actions]
    lost = sorted({*names} - {*there})
    if lost:
        raise ConfigurationError(
            *(
                Problem(
                    "the name of a policy, alarm or scheduled action of the group",
                    repr(name),
                    f"--replace, group {before.group}",
                    f"There are: {', '.join(there)}." if there else "There are none.",
                )
                for name in lost
            )
        )


def _limits(wanted: GroupResources) -> dict[str, Any]:
    """Give the limits that a plan sets; how many instances there are is for its policies."""
    return {key: value for key, value in wanted.limits.items() if key not in UNSTEADY_LIMITS}


def _warnings(
    before: GroupResources, after: GroupResources, wanted: GroupResources
) -> Iterator[str]:
    """Say what a person should know of a change."""
    signs = beanstalk_signs(before)
    if signs:
        yield (
            f"{signs[0]} is Elastic Beanstalk's: it overwrites limits, policies and alarms at the"
            " next update of the environment. Use `export --to beanstalk`; apply refuses."
        )
    own = {each.name for each in wanted.policies}
    for policy in after.policies:
        if policy.name not in own:
            yield (
                f"policy {policy.name} is not of this plan and stays: it acts beside it, which was"
                " not simulated. --replace deletes it."
            )
    for action in after.actions:
        if action.name not in {each.name for each in wanted.actions}:
            yield (f"action {action.name} is not of this plan and stays; --replace deletes it.")
    kept = {each.name for each in after.alarms}
    for alarm in before.alarms:
        if alarm.name not in kept and alarm.fields.get("AlarmActions"):
            yield f"alarm {alarm.name} also tells others than its policy: that ends with it."
    if working_scale_outs(before) and not working_scale_outs(after):
        yield "The change leaves the group without a policy that scales out; apply refuses."
