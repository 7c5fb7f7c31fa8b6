"""What the program asks of the outside, as protocols: the account, its metrics, and the clock.

`tuner.aws` has the real ones; tests have small ones in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from tuner.metrics import FetchedSeries, MetricName
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    Fields,
    GroupResources,
    PolicyResource,
)

Progress = Callable[[int], None]


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Give the present time, in UTC with its zone."""


class MetricSource(Protocol):
    """Where recorded metrics come from."""

    def fetch(
        self,
        names: Sequence[MetricName],
        begin: datetime,
        end: datetime,
        progress: Progress | None = None,
    ) -> tuple[FetchedSeries, ...]:
        """Fetch series of a range, one for each name, oldest first.

        Parameters
        ----------
        names : sequence of MetricName
            What to fetch.
        begin, end : datetime
            Range with its zone; ``end`` is not part of it.
        progress : callable or None
            Told of datapoints as they come.

        Raises
        ------
        AccountError
            Where the source cannot be asked, or its answer stays incomplete.
        """


class ScalingTarget(Protocol):
    """An account whose groups can be read and changed, one resource a call."""

    def describe(self, group: str) -> GroupResources:
        """Read a group with its policies, their alarms and its scheduled actions."""

    def put_limits(self, group: str, limits: Fields) -> None:
        """Set limits, default cooldown or default warm-up of a group."""

    def put_policy(self, group: str, policy: PolicyResource) -> str:
        """Create or replace a policy; give its ARN."""

    def delete_policy(self, group: str, name: str) -> None:
        """Delete a policy."""

    def put_alarm(self, alarm: AlarmResource, *, policy_arn: str) -> None:
        """Create or replace an alarm that calls a policy."""

    def delete_alarm(self, name: str) -> None:
        """Delete an alarm."""

    def put_action(self, group: str, action: ActionResource) -> None:
        """Create or replace a scheduled action."""

    def delete_action(self, group: str, name: str) -> None:
        """Delete a scheduled action."""
