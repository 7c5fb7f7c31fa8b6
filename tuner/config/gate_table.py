"""The table `gate` of a job's file: what a plan must keep to in a pull request."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tuner.config.values import Percent
from tuner.config_plan import Count
from tuner.config_problems import Table
from tuner.decision.gate_limits import GateLimits

LARGEST = 1e12
Amount = Annotated[float, Field(ge=0, le=LARGEST)]


class GateTable(Table):
    """The limits of `cliffside gate`, which says yes or no to a plan; docs/gate.md."""

    most_peak_percent: Percent | None = Field(
        default=None,
        description="Largest peak CPU on any shape; left out, the cliff less the margin.",
    )
    most_unseen_shapes_over: Count | None = Field(
        default=None,
        description="Most unseen shapes over the cliff; left out, what passes the check of "
        "[stress].",
    )
    most_minutes_over_cliff: Amount | None = Field(
        default=None,
        description="Minutes over the cliff, mean over the shapes; left out, that of [limits].",
    )
    most_activities_per_day: Amount | None = Field(
        default=None,
        description="Scaling activities a day, mean over the shapes; left out, that of [limits].",
    )
    most_host_minutes: Amount | None = Field(
        default=None, description="Host-minutes, mean over the shapes; left out, not judged."
    )
    most_usd: Amount | None = Field(
        default=None,
        description="USD, mean over the shapes; needs [group] host_usd_per_hour; left out, not "
        "judged.",
    )
    most_extra_host_minutes_percent: Amount | None = Field(
        default=None,
        description="Host-minutes of --plan beyond those of [baseline], percent; left out, not "
        "judged.",
    )
    least_mean_cpu_percent: Percent | None = Field(
        default=None, description="Least mean CPU over the shapes; left out, not judged."
    )

    def limits(self) -> GateLimits:
        """Make the record."""
        return GateLimits(**self.model_dump())
