"""What a group did and when its alarms changed, out of its account."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tuner.activities import Activity, ActivityKind, AlarmChange
from tuner.aws.error_table import unknown_group
from tuner.aws.errors import asking
from tuner.aws.pages import pages
from tuner.aws.session import Account
from tuner.errors import AccountError, Problem

ACTIVITIES_KEPT = timedelta(days=42)
"""Source: Auto Scaling API Reference, "DescribeScalingActivities": six weeks."""
ALARM_CHANGES_KEPT = timedelta(days=14)
"""Source: docs/aws-semantics.md 12: the history of an alarm is kept two weeks."""

STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
_INSTANCE = re.compile(r"\b(i-[0-9a-f]{8,17})\b")
_SUMMARY = re.compile(r"updated from (\w+) to (\w+)", re.IGNORECASE)
_ALARM_IN_CAUSE = re.compile(r"a monitor alarm (.+?) in state \w+ triggered policy")
_KINDS: tuple[tuple[str, ActivityKind], ...] = (
    ("Launching", "launch"),
    ("Terminating", "terminate"),
)


class GroupLog:
    """Activities and alarm changes of the groups of an account.

    Parameters
    ----------
    account : Account
        The door to it.
    """

    def __init__(self, account: Account) -> None:
        self._account = account

    def check_group(self, group: str) -> None:
        """Make sure that there is a group of that name.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.

        Raises
        ------
        AccountError
            Where there is none, or AWS does not answer.
        """
        client = self._account.client("autoscaling")
        with self._asking(f"looking for the group {group}"):
            answer = client.describe_auto_scaling_groups(AutoScalingGroupNames=[group])
        found = answer.get("AutoScalingGroups", ())
        if all(entry.get("AutoScalingGroupName") != group for entry in found):
            raise AccountError(unknown_group(group))

    def activities(self, group: str, begin: datetime, end: datetime) -> tuple[Activity, ...]:
        """Read the scaling activities that started in a range, oldest first.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.
        begin, end : datetime
            Range with its zone; ``end`` is not part of it.

        Raises
        ------
        AccountError
            Where AWS does not answer, or its answer cannot be read.
        """
        client = self._account.client("autoscaling")
        found: list[Activity] = []
        with self._asking(f"reading the scaling activities of the group {group}"):
            ask = client.describe_scaling_activities
            for entry in pages(ask, "Activities", AutoScalingGroupName=group):
                activity = activity_of(entry)
                if activity.started < begin:
                    break  # the newest come first
                found.append(activity)
        return tuple(sorted((a for a in found if a.started < end), key=lambda a: a.started))

    def alarm_names(self, group: str, activities: Iterable[Activity]) -> tuple[str, ...]:
        """Give the alarms that call the group's policies, or did so in these activities.

        Parameters
        ----------
        group : str
            ``AutoScalingGroupName``.
        activities : iterable of Activity
            Their causes name alarms that may be gone by now.

        Raises
        ------
        AccountError
            Where AWS does not answer.
        """
        client = self._account.client("autoscaling")
        with self._asking(f"reading the policies of the group {group}"):
            ask = client.describe_policies
            found = {
                str(alarm["AlarmName"])
                for policy in pages(ask, "ScalingPolicies", AutoScalingGroupName=group)
                for alarm in policy.get("Alarms") or ()
            }
        for activity in activities:
            found.update(_ALARM_IN_CAUSE.findall(activity.cause))
        return tuple(sorted(found))

    def alarm_changes(
        self, alarms: Iterable[str], begin: datetime, end: datetime
    ) -> tuple[AlarmChange, ...]:
        """Read the state changes of alarms in a range, oldest first.

        Parameters
        ----------
        alarms : iterable of str
            ``AlarmName`` of each.
        begin, end : datetime
            Range with its zone; ``end`` is not part of it.

        Raises
        ------
        AccountError
            Where AWS does not answer, or its answer cannot be read.
        """
        client = self._account.client("cloudwatch")
        found: list[AlarmChange] = []
        for alarm in alarms:
            with self._asking(f"reading the history of the alarm {alarm}"):
                entries = pages(
                    client.describe_alarm_history,
                    "AlarmHistoryItems",
                    AlarmName=alarm,
                    HistoryItemType="StateUpdate",
                    StartDate=begin,
                    EndDate=end,
                )
                found += [change_of(entry) for entry in entries]
        kept = {change for change in found if begin <= change.stamp < end}
        return tuple(sorted(kept, key=lambda change: (change.stamp, change.alarm)))

    def _asking(self, doing: str) -> Any:
        """Turn what boto3 raises into an `AccountError`."""
        return asking(doing, profile=self._account.profile)


def activity_of(entry: Mapping[str, Any]) -> Activity:
    """Read one scaling activity.

    Parameters
    ----------
    entry : mapping
        One of ``Activities``.

    Raises
    ------
    AccountError
        When it has no begin.
    """
    description = str(entry.get("Description", ""))
    instance = _INSTANCE.search(description)
    ended = entry.get("EndTime")
    return Activity(
        started=_moment(entry.get("StartTime"), "StartTime of a scaling activity"),
        ended=None if ended is None else _moment(ended, "EndTime of a scaling activity"),
        status=str(entry.get("StatusCode", "")),
        description=description,
        cause=str(entry.get("Cause", "")),
        instance_id=instance[1] if instance else None,
        kind=next((kind for word, kind in _KINDS if description.startswith(word)), "other"),
    )


def change_of(entry: Mapping[str, Any]) -> AlarmChange:
    """Read one change of an alarm's state.

    Parameters
    ----------
    entry : mapping
        One of ``AlarmHistoryItems`` of type ``StateUpdate``.

    Raises
    ------
    AccountError
        When it names no states.
    """
    states = _states_of_data(entry.get("HistoryData")) or _states_of_summary(
        entry.get("HistorySummary")
    )
    if states is None:
        raise _unreadable("the states of an alarm's change")
    return AlarmChange(
        stamp=_moment(entry.get("Timestamp"), "Timestamp of an alarm's change"),
        alarm=str(entry.get("AlarmName", "")),
        old_state=states[0],
        new_state=states[1],
    )


def _states_of_data(data: object) -> tuple[str, str] | None:
    """Read old and new state from the JSON of a change."""
    try:
        value = json.loads(str(data))
        states = (value["oldState"]["stateValue"], value["newState"]["stateValue"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return states if all(state in STATES for state in states) else None


def _states_of_summary(summary: object) -> tuple[str, str] | None:
    """Read old and new state from the sentence of a change."""
    match = _SUMMARY.search(str(summary))
    if match is None or match[1] not in STATES or match[2] not in STATES:
        return None
    return match[1], match[2]


def _moment(value: object, what: str) -> datetime:
    """Give a moment of an answer in UTC."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _unreadable(what)
    return value.astimezone(UTC)


def _unreadable(what: str) -> AccountError:
    """Say that a part of an answer cannot be read."""
    return AccountError(
        Problem(what, "none that can be read", "the answer of AWS", "Run the same command again.")
    )
