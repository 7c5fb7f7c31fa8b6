"""The table of launches that come late or fail: of the group, and of the stress check alone."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tuner.config.values import Duration
from tuner.config_problems import Names, Table
from tuner.launches import DEFAULT_RETRY_SECONDS, MOST_FAILED_PERCENT, LaunchTimes


class LaunchesTable(Table):
    """How launches scatter about launch_seconds of [group], their median; by default not at all."""

    p95_seconds: Duration | None = Field(
        default=None,
        description="95 of 100 launches that do not fail take at most this, at least "
        "launch_seconds; left out, all take launch_seconds.",
    )
    failed_percent: Annotated[float, Field(ge=0, le=MOST_FAILED_PERCENT)] = Field(
        default=0.0, description="Share of tries that fail and are made again, 0 to 90."
    )
    retry_seconds: Duration = Field(
        default=DEFAULT_RETRY_SECONDS,
        description="Start of a try that fails until the start of the next.",
    )

    def launch_times(self) -> LaunchTimes:
        """Make the record."""
        return LaunchTimes(**self.model_dump())


LAUNCH_NAMES: Names = {name: ("launches", name) for name in LaunchesTable.model_fields}
"""Where the fields of `LaunchTimes` stand below a table that holds them."""
