"""The table between what AWS answers and our records: which of its fields are a resource's own.

An answer holds what the request took that made the resource, and more: its name, its state, times.
`tuner.resources.fields` gives what is kept its one form.

Source: the service models of the AWS SDK, which name the parameters of each request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tuner.resources.fields import action_resource, alarm_resource, policy_resource
from tuner.resources.records import ActionResource, AlarmResource, PolicyResource

UNSET = -1
"""What ``UpdateAutoScalingGroup`` takes for no default instance warm-up."""

_NOT_A_FIELD = frozenset(
    {
        *("AutoScalingGroupName", "PolicyName", "AlarmName", "ScheduledActionName"),
        *("Tags", "Time"),
    }
)
_CALLS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def policy_of(answer: Mapping[str, Any], known: Iterable[str]) -> PolicyResource:
    """Read a scaling policy.

    Parameters
    ----------
    answer : mapping
        One of ``DescribePolicies``.
    known : iterable of str
        Parameters of ``PutScalingPolicy``.
    """
    name, arn = answer["PolicyName"], answer.get("PolicyARN")
    return policy_resource(name, _own(answer, known), arn=arn)


def alarm_of(
    answer: Mapping[str, Any], known: Iterable[str], *, policy: PolicyResource
) -> AlarmResource:
    """Read an alarm.

    Parameters
    ----------
    answer : mapping
        One of the ``MetricAlarms`` of ``DescribeAlarms``.
    known : iterable of str
        Parameters of ``PutMetricAlarm``.
    policy : PolicyResource
        The policy that it calls, which is left out of its ``AlarmActions``.

    Notes
    -----
    Assumption: a window that is aligned to the clock, and says no time zone, is of UTC.
    """
    own = _own(answer, known)
    for name in _CALLS:
        own[name] = sorted(call for call in own.get(name) or () if not calls(call, policy.arn))
    if (own.get("EvaluationWindow") or {}).get("WallClockWindow") == {}:
        own["EvaluationWindow"] = {"WallClockWindow": {"Timezone": "UTC"}}
    if own.get("EvaluateLowSampleCountPercentile") == "evaluate":
        del own["EvaluateLowSampleCountPercentile"]
    if own.get("AlarmDescription") == "":
        del own["AlarmDescription"]
    return alarm_resource(answer["AlarmName"], policy.name, own)


def action_of(answer: Mapping[str, Any], known: Iterable[str]) -> ActionResource:
    """Read a scheduled action.

    Parameters
    ----------
    answer : mapping
        One of ``DescribeScheduledActions``.
    known : iterable of str
        Parameters of ``PutScheduledUpdateGroupAction``.

    Notes
    -----
    Assumption: the ``StartTime`` of a recurring action that is also its ``Time`` is the next time
    at which it runs, which AWS fills in and moves on; it is left out.
    """
    own = _own(answer, known)
    if own.get("Recurrence") and answer.get("Time") == own.get("StartTime"):
        own.pop("StartTime", None)
    return action_resource(answer["ScheduledActionName"], own)


def calls(action: str, policy_arn: str | None) -> bool:
    """Tell whether an action of an alarm calls a policy.

    Parameters
    ----------
    action : str
        Resource name that the alarm calls; it may say more behind a colon.
    policy_arn : str or None
        Resource name of the policy.

    Examples
    --------
    >>> calls("arn:aws:autoscaling:policy/out", "arn:aws:autoscaling:policy/out")
    True
    """
    return policy_arn is not None and (action == policy_arn or action.startswith(f"{policy_arn}:"))


def to_request(value: Any) -> Any:
    """Give a value of a record's fields as boto3 takes it: tuples as lists."""
    if isinstance(value, Mapping):
        return {key: to_request(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [to_request(entry) for entry in value]
    return value


def _own(answer: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """Keep what the request that makes a resource takes, beside what names it."""
    return {name: answer[name] for name in known if name in answer and name not in _NOT_A_FIELD}
