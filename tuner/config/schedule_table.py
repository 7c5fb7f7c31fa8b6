"""The table of a scheduled action, of every shape or of a candidate."""

from __future__ import annotations

from pydantic import Field

from tuner.config.values import Duration
from tuner.config_plan import Count
from tuner.config_problems import Table


class ScheduleTable(Table):
    """One scheduled action of every shape; sizes that are left out stay as they are."""

    at: Duration = Field(description="When it acts, from the start of each shape.")
    min_size: Count | None = Field(default=None, description="New minimum.")
    max_size: Count | None = Field(default=None, description="New maximum.")
    desired_capacity: Count | None = Field(default=None, description="New desired capacity.")
