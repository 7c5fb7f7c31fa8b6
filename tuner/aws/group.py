"""Reads an Auto Scaling group whole: limits, policies, their alarms, scheduled actions.

What a policy's alarms are is asked by their names, which AWS keeps beside the policy, or by the
policy that they call. The alarms that AWS makes for target tracking are its own and left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from tuner.aws import names
from tuner.aws.error_table import unknown_group
from tuner.aws.pages import pages
from tuner.aws.session import Account
from tuner.errors import AccountError, Problem
from tuner.resources.fields import limit_fields
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    GroupResources,
    PolicyResource,
)

MOST_ALARM_NAMES = 100
"""Names that one ``DescribeAlarms`` takes."""
HIDDEN_ALARMS = "TargetTracking-"
"""How names of the alarms begin that AWS itself makes for target tracking."""
ENVIRONMENT_TAG = "elasticbeanstalk:environment-name"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAbout:
    """What an account says of a group beside what decides how it scales.

    Parameters
    ----------
    arn : str
        ``AutoScalingGroupARN``.
    instance_types : tuple of str
        Of its instances and of the types that it may launch, as far as the group names them.
    in_service : int
        Instances that are InService.
    suspended : tuple of str
        ``SuspendedProcesses`` that keep a group from scaling.
    has_warm_pool : bool
        Whether instances wait in a warm pool.
    environment : str or None
        The Elastic Beanstalk environment that made it.
    other_alarms : tuple of str
        Alarms that call a policy in another state than ALARM alone.
    """

    arn: str
    instance_types: tuple[str, ...] = ()
    in_service: int = 0
    suspended: tuple[str, ...] = ()
    has_warm_pool: bool = False
    environment: str | None = None
    other_alarms: tuple[str, ...] = ()


class GroupReader:
    """Reads groups of an account; what boto3 raises goes through.

    Parameters
    ----------
    account : Account
        The door to it.
    """

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, group: str) -> tuple[GroupResources, GroupAbout]:
        """Read a group.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.

        Raises
        ------
        AccountError
            Where there is no such group.
        """
        answer = self._group(group)
        policies = self._policies(group)
        alarms, others = self._alarms(policies)
        resources = GroupResources(
            group=group,
            limits=limit_fields(answer, group=group),
            policies=tuple(policy for policy, _ in policies),
            alarms=alarms,
            actions=self._actions(group),
        )
        return resources, replace(about_group(answer), other_alarms=others)

    def policy(self, group: str, name: str) -> PolicyResource:
        """Read one policy that must be there.

        Parameters
        ----------
        group, name : str
            ``AutoScalingGroupName`` and ``PolicyName``.

        Raises
        ------
        AccountError
            Where it is not there.
        """
        found = [policy for policy, _ in self._policies(group, PolicyNames=[name])]
        if not found:
            raise _gone(f"the policy {name} of the group {group}")
        return found[0]

    def action(self, group: str, name: str) -> ActionResource:
        """Read one scheduled action that must be there.

        Parameters
        ----------
        group, name : str
            ``AutoScalingGroupName`` and ``ScheduledActionName``.

        Raises
        ------
        AccountError
            Where it is not there.
        """
        found = self._actions(group, ScheduledActionNames=[name])
        if not found:
            raise _gone(f"the scheduled action {name} of the group {group}")
        return found[0]

    def alarms_of(self, policy: PolicyResource) -> tuple[AlarmResource, ...]:
        """Read the alarms that call a policy.

        Parameters
        ----------
        policy : PolicyResource
            Which is deployed.
        """
        return self._alarms([(policy, ())])[0]

    def _group(self, group: str) -> Mapping[str, Any]:
        """Ask for a group, and where there is none of that name, for the names that there are."""
        describe = self._account.client("autoscaling").describe_auto_scaling_groups
        found = list(pages(describe, "AutoScalingGroups", AutoScalingGroupNames=[group]))
        if found:
            return found[0]
        there = [each["AutoScalingGroupName"] for each in pages(describe, "AutoScalingGroups")]
        problem = unknown_group(group)
        near = get_close_matches(group, there, n=1)
        if near:
            problem = replace(problem, next_step=f"Did you mean {near[0]!r}? {problem.next_step}")
        elif not there:
            problem = replace(problem, got=f"{problem.got}; there are no groups at all")
        raise AccountError(problem)

    def _policies(self, group: str, **more: Any) -> list[tuple[PolicyResource, tuple[str, ...]]]:
        """Ask for the policies of a group, each with the names of its alarms."""
        client = self._account.client("autoscaling")
        known = _parameters(client, "PutScalingPolicy")
        found = [
            (
                names.policy_of(answer, known),
                tuple(alarm["AlarmName"] for alarm in answer.get("Alarms") or ()),
            )
            for answer in pages(
                client.describe_policies, "ScalingPolicies", AutoScalingGroupName=group, **more
            )
        ]
        return sorted(found, key=lambda each: each[0].name)

    def _alarms(
        self, policies: Sequence[tuple[PolicyResource, tuple[str, ...]]]
    ) -> tuple[tuple[AlarmResource, ...], tuple[str, ...]]:
        """Ask for the alarms that call policies, each with the first that it calls; name others."""
        known = _parameters(self._account.client("cloudwatch"), "PutMetricAlarm")
        found: dict[str, AlarmResource] = {}
        others: set[str] = set()
        for answer in self._alarm_answers(policies):
            called = answer.get("AlarmActions") or ()
            for policy, _ in policies:
                if any(names.calls(action, policy.arn) for action in called):
                    alarm = names.alarm_of(answer, known, policy=policy)
                    found.setdefault(alarm.name, alarm)
                    break
            else:
                others.add(answer["AlarmName"])
        return tuple(found[name] for name in sorted(found)), tuple(sorted(others))

    def _alarm_answers(
        self, policies: Sequence[tuple[PolicyResource, tuple[str, ...]]]
    ) -> Iterator[Mapping[str, Any]]:
        """Ask for alarms by name, and for those of a policy without a name by what they call."""
        describe = self._account.client("cloudwatch").describe_alarms
        named, unnamed = set[str](), []
        for policy, alarm_names in policies:
            if policy.fields["PolicyType"] not in ("SimpleScaling", "StepScaling"):
                named |= {name for name in alarm_names if not name.startswith(HIDDEN_ALARMS)}
            elif alarm_names:
                named |= set(alarm_names)
            elif policy.arn is not None:
                unnamed.append(policy.arn)
        asked = sorted(named)
        for i in range(0, len(asked), MOST_ALARM_NAMES):
            chunk = asked[i : i + MOST_ALARM_NAMES]
            yield from pages(describe, "MetricAlarms", AlarmNames=chunk, MaxRecords=len(chunk))
        for arn in unnamed:
            yield from pages(describe, "MetricAlarms", ActionPrefix=arn)

    def _actions(self, group: str, **more: Any) -> tuple[ActionResource, ...]:
        """Ask for the scheduled actions of a group."""
        client = self._account.client("autoscaling")
        known = _parameters(client, "PutScheduledUpdateGroupAction")
        found = [
            names.action_of(answer, known)
            for answer in pages(
                client.describe_scheduled_actions,
                "ScheduledUpdateGroupActions",
                AutoScalingGroupName=group,
                **more,
            )
        ]
        return tuple(sorted(found, key=lambda action: action.name))


def about_group(answer: Mapping[str, Any]) -> GroupAbout:
    """Read what an account says of a group beside what decides how it scales.

    Parameters
    ----------
    answer : mapping
        One of ``DescribeAutoScalingGroups``.
    """
    instances = answer.get("Instances") or ()
    template = (answer.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
    overrides = [each.get("InstanceType") for each in template.get("Overrides") or ()]
    types = {kind for kind in (*(i.get("InstanceType") for i in instances), *overrides) if kind}
    tags = {tag["Key"]: tag.get("Value") for tag in answer.get("Tags") or ()}
    return GroupAbout(
        arn=answer.get("AutoScalingGroupARN", ""),
        instance_types=tuple(sorted(types)),
        in_service=sum(each.get("LifecycleState") == "InService" for each in instances),
        suspended=tuple(
            sorted(each["ProcessName"] for each in answer.get("SuspendedProcesses") or ())
        ),
        has_warm_pool=answer.get("WarmPoolConfiguration") is not None,
        environment=tags.get(ENVIRONMENT_TAG),
    )


def _parameters(client: Any, operation: str) -> tuple[str, ...]:
    """Give the names of the parameters of a request, by the service model of the SDK."""
    return tuple(client.meta.service_model.operation_model(operation).input_shape.members)


def _gone(where: str) -> AccountError:
    """Say that something that was just written is not there."""
    return AccountError(
        Problem(
            "what was just written",
            "nothing: it is not there, or not yet",
            where,
            "Run the same command again.",
        )
    )
