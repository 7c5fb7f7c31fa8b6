"""A change as calls of `ScalingTarget`, one resource each, in an order that is safe to stop in.

1. limits, widened: the larger minimum and the larger maximum of before and after
2. policies that scale out, each followed by its alarms
3. the other policies, each followed by its alarms
4. alarms that go, then policies that go
5. scheduled actions
6. limits as they are to be

So capacity is raised first and lowered last, and from the first moment at which the group has a
working scale-out (`tuner.deployment.working`) until the end it has one at every point between two
calls. `steps_of` follows every state in between and refuses a change that cannot keep to that.

A policy that loses a field is made anew, since AWS keeps a field that an update does not name; the
last working scale-out is bridged meanwhile by a copy of the new one under another name.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tuner.deployment.apply_step import Step, Verb
from tuner.deployment.change_state import steady
from tuner.deployment.working import working_scale_outs
from tuner.errors import Problem, UnsupportedPlanError
from tuner.resources.names import created_name
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    Fields,
    GroupResources,
    PolicyResource,
)

BRIDGE = "bridge"
"""Role of the copy that bridges a scale-out policy while it is made anew."""


def steps_of(before: GroupResources, after: GroupResources) -> tuple[Step, ...]:
    """List the calls that make one state of another.

    Parameters
    ----------
    before, after : GroupResources
        Two states of one group.

    Raises
    ------
    UnsupportedPlanError
        When an alarm calls a policy that is not there, or when a call in between would leave the
        group without a working scale-out.
    """
    new = steady(after)
    _check_alarms(new)
    course = _Course(before)
    course.widen_limits(new)
    out = working_scale_outs(new)
    for policy in sorted(new.policies, key=lambda each: each.name not in out):
        course.put_policy(policy, [a for a in new.alarms if a.policy_name == policy.name])
    course.delete_what_goes(new)
    course.put_actions(new.actions)
    course.put_limits(new.limits)
    _check_scale_out(course.states, course.steps)
    return tuple(course.steps)


class _Course:
    """Calls in their order, and the states before the first and after each."""

    def __init__(self, before: GroupResources) -> None:
        self.state = steady(before)
        self.states = [self.state]
        self.steps: list[Step] = []

    def add(self, verb: Verb, name: str, **more: Any) -> None:
        """Add a call."""
        step = Step(verb=verb, name=name, **more)
        self.steps.append(step)
        self.state = step.on(self.state)
        self.states.append(self.state)

    def widen_limits(self, new: GroupResources) -> None:
        """Set what is new, but lower neither the minimum nor the maximum yet."""
        there = self.state.limits
        wide = {
            key: max(value, there.get(key, value)) if key in ("MinSize", "MaxSize") else value
            for key, value in new.limits.items()
        }
        self.put_limits({**there, **wide})

    def put_limits(self, limits: Fields) -> None:
        """Set the limits that differ; unset those that are not named."""
        there = self.state.limits
        changed = {key: value for key, value in limits.items() if there.get(key) != value}
        changed |= {key: None for key in there if key not in limits}
        if changed:
            self.add("put_limits", self.state.group, limits=changed)

    def put_policy(self, policy: PolicyResource, alarms: Sequence[AlarmResource]) -> None:
        """Put a policy and then its alarms, where they differ."""
        there = next((each for each in self.state.policies if each.name == policy.name), None)
        if there is not None and set(there.fields) - set(policy.fields):
            self._take_out(policy, alarms)
            there = None
        if there != policy:
            self.add("put_policy", policy.name, resource=policy)
        present = {each.name: each for each in self.state.alarms}
        for alarm in alarms:
            if present.get(alarm.name) != alarm:
                self.add("put_alarm", alarm.name, resource=alarm)

    def _take_out(self, policy: PolicyResource, alarms: Sequence[AlarmResource]) -> None:
        """Delete a policy with its alarms, bridged where nothing else scales out."""
        called = [each.name for each in self.state.alarms if each.policy_name == policy.name]
        rest = [name for name in working_scale_outs(self.state) if name != policy.name]
        if not rest and policy.name in working_scale_outs(self.state):
            name = self._free(created_name(self.state.group, BRIDGE))
            self.add("put_policy", name, resource=replace(policy, name=name))
            for number, alarm in enumerate(alarms, start=1):
                bridge = replace(alarm, name=f"{name}-alarm-{number}", policy_name=name)
                self.add("put_alarm", bridge.name, resource=bridge)
        for name in called:
            self.add("delete_alarm", name)
        self.add("delete_policy", policy.name)

    def _free(self, name: str) -> str:
        """Give a name that no policy has: a bridge may be left of a change that was cut off."""
        taken = {each.name for each in self.state.policies}
        others = (f"{name}-{number}" for number in itertools.count(2))
        return next(free for free in itertools.chain([name], others) if free not in taken)

    def delete_what_goes(self, new: GroupResources) -> None:
        """Delete alarms that go, then policies that go."""
        alarms, policies = ({each.name for each in some} for some in (new.alarms, new.policies))
        for alarm in self.state.alarms:
            if alarm.name not in alarms:
                self.add("delete_alarm", alarm.name)
        for policy in self.state.policies:
            if policy.name not in policies:
                self.add("delete_policy", policy.name)

    def put_actions(self, actions: Sequence[ActionResource]) -> None:
        """Delete actions that go, then put what differs.

        Notes
        -----
        Source: Amazon EC2 Auto Scaling user guide, "Scheduled scaling": each scheduled action of a
        group needs a start time of its own. Where a new time is still another action's, all that
        change are deleted first; so is one that loses a field.
        """
        there = {each.name: each for each in self.state.actions}
        changed = [each for each in actions if there.get(each.name) != each]
        gone = [name for name in there if name not in {each.name for each in actions}]
        taken = {_time(each): each.name for each in there.values() if each.name not in gone}
        is_taken = any(taken.get(_time(each), each.name) != each.name for each in changed)
        for each in changed:
            old = there.get(each.name)
            if old is not None and (is_taken or set(old.fields) - set(each.fields)):
                gone.append(each.name)
        for name in gone:
            self.add("delete_action", name)
        for action in changed:
            self.add("put_action", action.name, resource=action)


def _time(action: ActionResource) -> tuple[Any, ...]:
    """Give what says when an action acts."""
    return tuple(action.fields.get(key) for key in ("Recurrence", "TimeZone", "StartTime"))


def _check_alarms(state: GroupResources) -> None:
    """Refuse alarms that call a policy that is not there."""
    names = {each.name for each in state.policies}
    lost = [each for each in state.alarms if each.policy_name not in names]
    if lost:
        raise UnsupportedPlanError(
            *(
                Problem(
                    "the name of a scaling policy of the group",
                    repr(each.policy_name),
                    f"alarm {each.name}",
                    "Name a policy that is there, or take the alarm out.",
                )
                for each in lost
            )
        )


def _check_scale_out(states: Sequence[GroupResources], steps: Sequence[Step]) -> None:
    """Refuse calls between which a group that could scale out cannot."""
    if not working_scale_outs(states[-1]):
        return
    had = False
    for number, state in enumerate(states):
        works = bool(working_scale_outs(state))
        if had and not works:
            raise UnsupportedPlanError(
                Problem(
                    "a working scale-out policy after every call",
                    "none",
                    f"call {number} of {len(steps)}: {steps[number - 1].describe()}",
                    "Give the new policies and alarms names that nothing else has.",
                )
            )
        had = had or works
