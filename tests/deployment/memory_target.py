"""An account in memory: keeps what it is given as AWS does, and can refuse, fail or be killed.

As AWS does, it keeps the fields of a policy or action that an update does not name, describes only
the alarms of policies that are there, and refuses two actions at one time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

from tuner.deployment.change_state import steady
from tuner.errors import AccountError, Problem
from tuner.resources.records import AlarmResource, GroupResources, PolicyResource

NUMBERS = itertools.count(1)


def refused(what: str) -> AccountError:
    return AccountError(Problem("a call that AWS does", what, "memory", "Look at it."))


class MemoryTarget:
    """A `ScalingTarget` of one group.

    Parameters
    ----------
    state : GroupResources
        What is deployed at first.
    fail_at : int or None
        Number of the write that fails, from 1.
    late : bool
        Whether that write is done all the same, as where an answer is lost.
    refuse : bool
        Whether every write is refused, and counted.
    after_write : callable or None
        Called with the target after each write.
    """

    def __init__(
        self,
        state: GroupResources,
        *,
        fail_at: int | None = None,
        late: bool = False,
        refuse: bool = False,
        after_write: Callable[[MemoryTarget], None] | None = None,
    ) -> None:
        self.group = state.group
        self.limits = dict(state.limits)
        self.policies = {p.name: replace(p, arn=self._arn(p.name)) for p in state.policies}
        self.alarms = {a.name: (a, self.policies[a.policy_name].arn) for a in state.alarms}
        self.actions = {a.name: a for a in state.actions}
        self.fail_at, self.late, self.refuse = fail_at, late, refuse
        self.after_write = after_write
        self.writes: list[tuple[str, str, object]] = []
        self.n_refused = 0
        self.n_described = 0

    def _arn(self, name: str) -> str:
        group = f"autoScalingGroupName/{self.group}:policyName/{name}"
        return f"arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:{next(NUMBERS)}:{group}"

    def describe(self, group: str) -> GroupResources:
        self.n_described += 1
        return self.look(group)

    def look(self, group: str | None = None) -> GroupResources:
        if group not in (None, self.group):
            raise refused(f"no group {group}")
        names = {policy.arn: name for name, policy in self.policies.items()}
        return GroupResources(
            group=self.group,
            limits=dict(self.limits),
            policies=tuple(self.policies[name] for name in sorted(self.policies)),
            alarms=tuple(
                replace(alarm, policy_name=names[arn])
                for _, (alarm, arn) in sorted(self.alarms.items())
                if arn in names
            ),
            actions=tuple(self.actions[name] for name in sorted(self.actions)),
        )

    def _write(self, verb: str, name: str, what: object, do: Callable[[], None]) -> None:
        if self.refuse:
            self.n_refused += 1
            raise refused(f"{verb} {name}")
        self.writes.append((verb, name, what))
        fails = len(self.writes) == self.fail_at
        if not fails or self.late:
            do()
            if self.after_write is not None:
                self.after_write(self)
        if fails:
            raise refused(f"{verb} {name}, write {self.fail_at}")

    def put_limits(self, group, limits):
        def do():
            new = {**self.limits, **limits}
            self.limits = {key: value for key, value in new.items() if value is not None}
            if self.limits.get("MinSize", 0) > self.limits.get("MaxSize", 10_000):
                raise refused("a minimum above the maximum")
            desired = max(self.limits.get("DesiredCapacity", 0), self.limits.get("MinSize", 0))
            self.limits["DesiredCapacity"] = min(desired, self.limits.get("MaxSize", 10_000))

        self._write("put_limits", group, limits, do)

    def put_policy(self, group, policy):
        old = self.policies.get(policy.name)

        def do():
            kept = {} if old is None else old.fields
            arn = self._arn(policy.name) if old is None else old.arn
            fields = {**kept, **policy.fields}
            self.policies[policy.name] = PolicyResource(name=policy.name, fields=fields, arn=arn)

        self._write("put_policy", policy.name, policy, do)
        return self.policies[policy.name].arn

    def delete_policy(self, group, name):
        self._write("delete_policy", name, None, lambda: self._drop(self.policies, name))

    def put_alarm(self, alarm: AlarmResource, *, policy_arn: str) -> None:
        def do():
            if policy_arn not in {policy.arn for policy in self.policies.values()}:
                raise refused(f"no policy {policy_arn}")
            self.alarms[alarm.name] = (alarm, policy_arn)

        self._write("put_alarm", alarm.name, alarm, do)

    def delete_alarm(self, name):
        self._write("delete_alarm", name, None, lambda: self._drop(self.alarms, name))

    def put_action(self, group, action):
        def when(each):
            return tuple(each.fields.get(key) for key in ("Recurrence", "TimeZone", "StartTime"))

        def do():
            others = (each for name, each in self.actions.items() if name != action.name)
            if when(action) in map(when, others):
                raise refused("another action at that time")
            old = self.actions.get(action.name)
            kept = {} if old is None else old.fields
            self.actions[action.name] = replace(action, fields={**kept, **action.fields})

        self._write("put_action", action.name, action, do)

    def delete_action(self, group, name):
        self._write("delete_action", name, None, lambda: self._drop(self.actions, name))

    def _drop(self, some, name):
        if name not in some:
            raise refused(f"no {name}")
        del some[name]

    def holds(self, state: GroupResources) -> bool:
        """Tell whether it holds a state, but for what changes by itself."""
        return steady(self.look()) == steady(state)
