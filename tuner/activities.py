"""What a group did, and when its alarms changed, as AWS records both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ActivityKind = Literal["launch", "terminate", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One scaling activity of a group.

    Parameters
    ----------
    started : datetime
        ``StartTime``, in UTC.
    ended : datetime or None
        ``EndTime``; None while it runs. AWS gives whole seconds for some, so that it may lie a
        moment before `started`.
    status : str
        ``StatusCode``, such as ``Successful`` or ``Failed``.
    description, cause : str
        In AWS's words; the cause names alarm and policy.
    instance_id : str or None
        The instance that it was about, where the description names one.
    kind : str
        ``launch``, ``terminate`` or ``other``.
    """

    started: datetime
    ended: datetime | None
    status: str
    description: str
    cause: str
    instance_id: str | None
    kind: ActivityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmChange:
    """One change of an alarm's state.

    Parameters
    ----------
    stamp : datetime
        When it changed, in UTC.
    alarm : str
        ``AlarmName``.
    old_state, new_state : str
        ``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``.
    """

    stamp: datetime
    alarm: str
    old_state: str
    new_state: str
