"""One call of a change: in words, on a state of the group, and to an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from tuner.deployment.change_state import steady
from tuner.errors import AccountError, Problem
from tuner.ports import ScalingTarget
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    Fields,
    GroupResources,
    PolicyResource,
)

Verb = Literal[
    "put_limits",
    "put_policy",
    "delete_policy",
    "put_alarm",
    "delete_alarm",
    "put_action",
    "delete_action",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call.

    Parameters
    ----------
    verb : str
        Method of `ScalingTarget`.
    name : str
        Name of the resource; of the group for its limits.
    limits : mapping or None
        The limits that are set, or unset with None.
    resource : PolicyResource, AlarmResource, ActionResource or None
        What is put.
    """

    verb: Verb
    name: str
    limits: Fields | None = None
    resource: PolicyResource | AlarmResource | ActionResource | None = None

    def describe(self) -> str:
        """Say the call in words.

        Examples
        --------
        >>> Step(verb="put_limits", name="web", limits={"MinSize": 2, "MaxSize": 8}).describe()
        'put limits of web: MinSize 2, MaxSize 8'
        """
        words = self.verb.replace("_", " ")
        if self.limits is None:
            return f"{words} {self.name}"
        said = ", ".join(
            f"{key} {'unset' if value is None else value}" for key, value in self.limits.items()
        )
        return f"{words} of {self.name}: {said}"

    def on(self, state: GroupResources) -> GroupResources:
        """Give the steady state that the call makes of another; what it puts is steady."""
        if self.limits is not None:
            limits = {**state.limits, **self.limits}
            there = sorted(name for name, value in limits.items() if value is not None)
            return replace(state, limits={name: limits[name] for name in there})
        kind = self.verb.split("_")[1]
        if kind == "policy":
            return replace(state, policies=self._in_place(state.policies))
        if kind == "alarm":
            return replace(state, alarms=self._in_place(state.alarms))
        return replace(state, actions=self._in_place(state.actions))

    def act(self, target: ScalingTarget, group: str, arns: dict[str, str]) -> None:
        """Make the call.

        Parameters
        ----------
        target : ScalingTarget
            The account.
        group : str
            Name of the group.
        arns : dict of str to str
            ARNs of policies by their names; takes that of a policy that is put.
        """
        resource = self.resource
        if self.limits is not None:
            target.put_limits(group, self.limits)
        elif isinstance(resource, PolicyResource):
            arns[self.name] = target.put_policy(group, resource)
        elif isinstance(resource, AlarmResource):
            if resource.policy_name not in arns:
                raise _no_arn(resource)
            target.put_alarm(resource, policy_arn=arns[resource.policy_name])
        elif isinstance(resource, ActionResource):
            target.put_action(group, resource)
        elif self.verb == "delete_policy":
            target.delete_policy(group, self.name)
        elif self.verb == "delete_alarm":
            target.delete_alarm(self.name)
        else:
            target.delete_action(group, self.name)

    def _in_place(self, there: tuple[Any, ...]) -> tuple[Any, ...]:
        """Give resources of a kind with the call's in place of the one of its name, or without."""
        kept = [each for each in there if each.name != self.name]
        if self.resource is not None:
            kept.append(self.resource)
        return tuple(sorted(kept, key=lambda each: str(each.name)))


def _no_arn(alarm: AlarmResource) -> AccountError:
    """Say that nobody knows where the policy of an alarm is."""
    return AccountError(
        Problem(
            f"the ARN of policy {alarm.policy_name}",
            "none",
            f"alarm {alarm.name}",
            "Look at the group, and run plan again.",
        )
    )


def states_of(before: GroupResources, steps: Sequence[Step]) -> tuple[GroupResources, ...]:
    """Give the state before the first call and after each.

    Parameters
    ----------
    before : GroupResources
        The state before.
    steps : sequence of Step
        The calls.
    """
    states = [steady(before)]
    for step in steps:
        states.append(step.on(states[-1]))
    return tuple(states)
