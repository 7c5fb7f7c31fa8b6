"""The resources of one group that decide how it scales, in the words of AWS's API.

What an account holds, what a change would put there and what a file form says are all this record:
`tuner.resources` turns plans into it and back, `tuner.aws` reads and writes it in an account, and
`tuner.deployment` compares two of them and writes them as files.

``fields`` are the parameters of the request that would create the resource, by AWS's names and
with AWS's values (whole numbers as int, other numbers as float, lists as tuples), without those
that say which resource it is. What AWS would fill in by default is left out, except for
``PolicyType``, so that two equal resources have equal fields; `tuner.resources.fields` sees to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResource:
    """A scaling policy of the group.

    Parameters
    ----------
    name : str
        ``PolicyName``.
    fields : mapping
        Other parameters of ``PutScalingPolicy``: ``PolicyType``, ``AdjustmentType``,
        ``StepAdjustments``, ``TargetTrackingConfiguration`` and so on.
    arn : str or None
        Where it is deployed.
    """

    name: str
    fields: Fields
    arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmResource:
    """A CloudWatch alarm that calls a scaling policy.

    Parameters
    ----------
    name : str
        ``AlarmName``.
    policy_name : str
        The scaling policy of this group that it calls.
    fields : mapping
        Other parameters of ``PutMetricAlarm``. ``AlarmActions`` holds only what it calls beside
        that policy, and is left out where there is nothing else.
    """

    name: str
    policy_name: str
    fields: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResource:
    """A scheduled action of the group.

    Parameters
    ----------
    name : str
        ``ScheduledActionName``.
    fields : mapping
        Other parameters of ``PutScheduledUpdateGroupAction``: ``Recurrence``, ``TimeZone``,
        ``StartTime``, ``MinSize`` and so on.
    """

    name: str
    fields: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResources:
    """One Auto Scaling group and all that decides how it scales.

    Parameters
    ----------
    group : str
        ``AutoScalingGroupName``.
    limits : mapping
        ``MinSize``, ``MaxSize``, ``DesiredCapacity``, ``DefaultCooldown``,
        ``DefaultInstanceWarmup``, as far as they are known or are to be set.
    policies, alarms, actions : tuple
        In order of their names.
    """

    group: str
    limits: Fields = field(default_factory=dict)
    policies: tuple[PolicyResource, ...] = ()
    alarms: tuple[AlarmResource, ...] = ()
    actions: tuple[ActionResource, ...] = ()
