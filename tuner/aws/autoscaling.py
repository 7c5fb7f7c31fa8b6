"""The scaling of groups in an account: read, and changed one resource a call.

What AWS would refuse is refused here first, and what was written is read again.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from tuner.aws import checks, names
from tuner.aws.errors import asking
from tuner.aws.group import GroupAbout, GroupReader
from tuner.aws.session import Account
from tuner.ports import ScalingTarget
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    Fields,
    GroupResources,
    PolicyResource,
)


class AwsScalingTarget(ScalingTarget):
    """The `ScalingTarget` of an AWS account and region.

    Parameters
    ----------
    account : Account
        The door to it.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._reader = GroupReader(account)

    def describe(self, group: str) -> GroupResources:
        """Read a group with its policies, their alarms and its scheduled actions.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.

        Raises
        ------
        AccountError
            Where there is no such group, or AWS does not answer.
        """
        return self.read(group)[0]

    def read(self, group: str) -> tuple[GroupResources, GroupAbout]:
        """Read a group, and what else AWS says of it.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.

        Raises
        ------
        AccountError
            Where there is no such group, or AWS does not answer.
        """
        with self._asking(f"reading the group {group}"):
            return self._reader.read(group)

    def put_limits(self, group: str, limits: Fields) -> None:
        """Set limits, default cooldown or default warm-up of a group.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.
        limits : mapping
            What is to be set; a ``DefaultInstanceWarmup`` of None takes it away.

        Raises
        ------
        UnsupportedPlanError, AccountError
            Where AWS would refuse it, or does.
        """
        given = dict(limits)
        if given.get("DefaultInstanceWarmup", 0) is None:
            given["DefaultInstanceWarmup"] = names.UNSET
        checks.check_limits(group, given)
        request = {"AutoScalingGroupName": group, **given}
        _check(self._autoscaling, "UpdateAutoScalingGroup", request, f"the group {group}")
        with self._asking(f"setting the limits of the group {group}"):
            self._autoscaling.update_auto_scaling_group(**request)

    def put_policy(self, group: str, policy: PolicyResource) -> str:
        """Create or replace a policy; give its ARN.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.
        policy : PolicyResource
            What is to be there.

        Raises
        ------
        UnsupportedPlanError, AccountError
            Where AWS would refuse it, or does.

        Notes
        -----
        Source: Amazon EC2 Auto Scaling API reference of 2018, PutScalingPolicy: a parameter that
        an update does not name stays as it was. Later editions do not say so. The policy is read
        again, and where something stayed it is made anew, and its alarms call the new one.
        """
        checks.check_policy(policy)
        request = {
            "AutoScalingGroupName": group,
            "PolicyName": policy.name,
            **names.to_request(_explicit(policy.fields)),
        }
        where = f"the policy {policy.name}"
        _check(self._autoscaling, "PutScalingPolicy", request, where)
        with self._asking(f"writing {where} of the group {group}"):
            self._autoscaling.put_scaling_policy(**request)
            there = self._reader.policy(group, policy.name)
            if set(there.fields) - set(policy.fields):
                alarms = self._reader.alarms_of(there)
                self._autoscaling.delete_policy(AutoScalingGroupName=group, PolicyName=policy.name)
                self._autoscaling.put_scaling_policy(**request)
                there = self._reader.policy(group, policy.name)
                for alarm in alarms:
                    self.put_alarm(alarm, policy_arn=str(there.arn))
        return str(there.arn)

    def delete_policy(self, group: str, name: str) -> None:
        """Delete a policy.

        Parameters
        ----------
        group, name : str
            ``AutoScalingGroupName`` and ``PolicyName``.
        """
        with self._asking(f"deleting the policy {name} of the group {group}"):
            self._autoscaling.delete_policy(AutoScalingGroupName=group, PolicyName=name)

    def put_alarm(self, alarm: AlarmResource, *, policy_arn: str) -> None:
        """Create or replace an alarm that calls a policy.

        Parameters
        ----------
        alarm : AlarmResource
            What is to be there; what it calls beside the policy is kept.
        policy_arn : str
            ARN of the policy.

        Raises
        ------
        UnsupportedPlanError, AccountError
            Where AWS would refuse it, or does.
        """
        checks.check_alarm(alarm)
        fields = names.to_request(alarm.fields)
        calls = [policy_arn, *fields.pop("AlarmActions", [])]
        request = {"AlarmName": alarm.name, "AlarmActions": calls, **fields}
        where = f"the alarm {alarm.name}"
        _check(self._cloudwatch, "PutMetricAlarm", request, where)
        with self._asking(f"writing {where}"):
            self._cloudwatch.put_metric_alarm(**request)

    def delete_alarm(self, name: str) -> None:
        """Delete an alarm.

        Parameters
        ----------
        name : str
            ``AlarmName``.
        """
        with self._asking(f"deleting the alarm {name}"):
            self._cloudwatch.delete_alarms(AlarmNames=[name])

    def put_action(self, group: str, action: ActionResource) -> None:
        """Create or replace a scheduled action.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.
        action : ActionResource
            What is to be there.

        Raises
        ------
        UnsupportedPlanError, AccountError
            Where AWS would refuse it, or does.

        Notes
        -----
        As in `put_policy`: where a parameter stayed that is not wanted, the action is made anew.
        """
        checks.check_action(action)
        request = {
            "AutoScalingGroupName": group,
            "ScheduledActionName": action.name,
            **names.to_request(action.fields),
        }
        where = f"the scheduled action {action.name}"
        _check(self._autoscaling, "PutScheduledUpdateGroupAction", request, where)
        with self._asking(f"writing {where} of the group {group}"):
            self._autoscaling.put_scheduled_update_group_action(**request)
            there = self._reader.action(group, action.name)
            if set(there.fields) - set(action.fields):
                self._autoscaling.delete_scheduled_action(
                    AutoScalingGroupName=group, ScheduledActionName=action.name
                )
                self._autoscaling.put_scheduled_update_group_action(**request)

    def delete_action(self, group: str, name: str) -> None:
        """Delete a scheduled action.

        Parameters
        ----------
        group, name : str
            ``AutoScalingGroupName`` and ``ScheduledActionName``.
        """
        with self._asking(f"deleting the scheduled action {name} of the group {group}"):
            self._autoscaling.delete_scheduled_action(
                AutoScalingGroupName=group, ScheduledActionName=name
            )

    @property
    def _autoscaling(self) -> Any:
        """The client of EC2 Auto Scaling."""
        return self._account.client("autoscaling")

    @property
    def _cloudwatch(self) -> Any:
        """The client of CloudWatch."""
        return self._account.client("cloudwatch")

    def _asking(self, doing: str) -> AbstractContextManager[None]:
        """Turn what boto3 raises into an `AccountError` that says what was being done."""
        return asking(doing, profile=self._account.profile)


def _check(client: Any, operation: str, request: dict[str, Any], where: str) -> None:
    """Refuse a request whose names or types the service model does not know."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    checks.check_request(request, shape, where)


def _explicit(fields: Fields) -> dict[str, Any]:
    """Give the fields of a policy with AWS's defaults, so that an update puts them back."""
    given: dict[str, Any] = {"Enabled": True, **fields}
    if given.get("PolicyType") == "StepScaling":
        given.setdefault("MetricAggregationType", "Average")
    if "TargetTrackingConfiguration" in given:
        target = given["TargetTrackingConfiguration"]
        given["TargetTrackingConfiguration"] = {"DisableScaleIn": False, **target}
    return given
