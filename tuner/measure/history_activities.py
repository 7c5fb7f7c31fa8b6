"""Scaling activities as CloudWatch's clock saw them, and the decisions behind them.

An activity launches or terminates one instance; a policy's decision may be several activities, and
a launch that failed is tried again. Times are seconds since 1970 UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from tuner.activities import Activity

Direction = Literal["scale_out", "scale_in"]

DIRECTIONS: dict[str, Direction] = {"launch": "scale_out", "terminate": "scale_in"}
SUCCESSFUL = "Successful"
LONGEST_RETRY_SECONDS = 1800.0
_ALARM = re.compile(r"At (\S+) a monitor alarm (.+?) in state \w+ triggered policy (.+?) changing")
_CHANGE = re.compile(r"changing the desired capacity from (\d+) to (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedActivity:
    """One scaling activity, read.

    Parameters
    ----------
    direction : str
        ``scale_out`` for a launch, ``scale_in`` for a termination.
    successful : bool
        Whether it ended well.
    begin : float
        ``StartTime``.
    end : float or None
        ``EndTime``; None while it goes on.
    triggered : float or None
        When an alarm called the policy; None where the cause names none.
    alarm, policy : str or None
        Names of both.
    desired_before, desired_after : int or None
        Desired capacity that the policy changed.
    """

    direction: Direction
    successful: bool
    begin: float
    end: float | None = None
    triggered: float | None = None
    alarm: str | None = None
    policy: str | None = None
    desired_before: int | None = None
    desired_after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One change of the group's size, with all activities that it took.

    Parameters
    ----------
    direction : str
        ``scale_out`` or ``scale_in``.
    decided : float
        When an alarm called the policy, else when the first activity began.
    by_policy : bool
        Whether an alarm called a policy.
    alarm : str or None
        Name of that alarm.
    size : int
        Instances launched or terminated.
    begin : float
        When its first activity began.
    ended : float or None
        When its last one that succeeded ended; None where none did.
    failed_tries : int
        Launches that failed.
    retry_seconds : tuple of float
        From a try that failed to the next one's start.
    desired_before, desired_after : int or None
        Desired capacity that was changed.
    """

    direction: Direction
    decided: float
    by_policy: bool
    alarm: str | None
    size: int
    begin: float
    ended: float | None
    failed_tries: int = 0
    retry_seconds: tuple[float, ...] = ()
    desired_before: int | None = None
    desired_after: int | None = None


def read_activities(activities: Iterable[Activity]) -> tuple[ObservedActivity, ...]:
    """Read what activities of DescribeScalingActivities say, in order of time.

    Parameters
    ----------
    activities : iterable of Activity
        Those that are neither a launch nor a termination are left out.

    Notes
    -----
    Source: docs/aws-semantics.md 12. `EndTime` has no fraction, so that a launch that failed may
    end before it began.
    """
    read = [_read(each) for each in activities if each.kind in DIRECTIONS]
    return tuple(sorted(read, key=lambda activity: activity.begin))


def _read(activity: Activity) -> ObservedActivity:
    """Read one activity.

    Examples
    --------
    >>> _read(Activity(
    ...     started=datetime(2026, 11, 17, tzinfo=UTC), ended=None, status="InProgress",
    ...     cause="At 2026-11-17T14:38:41Z a monitor alarm high in state ALARM triggered policy "
    ...     "out changing the desired capacity from 2 to 3.", description="Launching",
    ...     instance_id=None, kind="launch")).desired_after
    3
    """
    called, change = _ALARM.search(activity.cause), _CHANGE.search(activity.cause)
    return ObservedActivity(
        direction=DIRECTIONS[activity.kind],
        successful=activity.status == SUCCESSFUL,
        begin=activity.started.timestamp(),
        end=None if activity.ended is None else activity.ended.timestamp(),
        triggered=_seconds(called[1]) if called else None,
        alarm=called[2] if called else None,
        policy=called[3] if called else None,
        desired_before=int(change[1]) if change else None,
        desired_after=int(change[2]) if change else None,
    )


def decisions_of(activities: Iterable[ObservedActivity]) -> tuple[Decision, ...]:
    """Join activities to the decisions that they belong to, in order of time.

    Parameters
    ----------
    activities : iterable of ObservedActivity
        In any order.

    Notes
    -----
    Activities that one call of a policy caused are one decision. Assumption: a launch whose cause
    names no policy, within half an hour of a launch that failed, is that one's next try; AWS links
    them by nothing.
    """
    found: list[Decision] = []
    open_tries: list[int] = []
    last_try: dict[int, float] = {}
    for each in sorted(activities, key=lambda activity: activity.begin):
        at = _decision_of(each, found, open_tries)
        if at is None:
            found.append(_first(each))
            at = len(found) - 1
        else:
            found[at] = _with(found[at], each, tried=last_try.get(at))
        if each.successful or each.direction == "scale_in":
            open_tries = [k for k in open_tries if k != at]
        else:
            last_try[at] = each.begin
            open_tries = [k for k in open_tries if k != at] + [at]
    return tuple(found)


def _seconds(stamp: str) -> float | None:
    """Read a stamp of a cause; None where it is none."""
    try:
        moment = datetime.fromisoformat(stamp.rstrip(".,"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _decision_of(
    each: ObservedActivity, found: list[Decision], open_tries: list[int]
) -> int | None:
    """Give the decision that an activity belongs to, or None where it is a new one."""
    if each.triggered is not None:
        for k in range(len(found) - 1, max(len(found) - 50, 0) - 1, -1):
            if found[k].decided == each.triggered and found[k].direction == each.direction:
                return k
        return None
    if each.direction == "scale_out":
        for k in reversed(open_tries):
            if each.begin - found[k].begin <= LONGEST_RETRY_SECONDS:
                return k
    return None


def _first(each: ObservedActivity) -> Decision:
    """Begin a decision with its first activity."""
    return Decision(
        direction=each.direction,
        decided=each.begin if each.triggered is None else each.triggered,
        by_policy=each.triggered is not None,
        alarm=each.alarm,
        size=int(each.successful),
        begin=each.begin,
        ended=each.end if each.successful else None,
        failed_tries=int(not each.successful and each.direction == "scale_out"),
        desired_before=each.desired_before,
        desired_after=each.desired_after,
    )


def _with(decision: Decision, each: ObservedActivity, *, tried: float | None) -> Decision:
    """Add an activity to a decision; `tried` is when its last try that failed began."""
    retries = decision.retry_seconds
    if tried is not None and each.triggered is None:
        retries = (*retries, each.begin - tried)
    ends = [end for end in (decision.ended, each.end if each.successful else None) if end]
    return replace(
        decision,
        size=decision.size + int(each.successful),
        ended=max(ends, default=None),
        failed_tries=decision.failed_tries + int(not each.successful),
        retry_seconds=retries,
    )
