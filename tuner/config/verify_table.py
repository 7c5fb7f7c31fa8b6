"""The table `verify` of a job's file: how far a prediction may be off."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tuner.config.values import Percent
from tuner.config_plan import Count
from tuner.config_problems import Table
from tuner.deployment.verify_settings import VerifySettings

LARGEST = 1e6
Amount = Annotated[float, Field(ge=0, le=LARGEST)]


class VerifyTable(Table):
    """The band of `cliffside verify`: how far predictions may be off, and how much is enough."""

    host_minutes_percent: Amount = Field(
        default=10.0, description="Largest error of the host-minutes, percent of those observed."
    )
    instances: Amount = Field(
        default=0.5, description="Largest mean absolute error of the instances in service."
    )
    peak_percent: Amount = Field(
        default=5.0, description="Largest error of the peak CPU, points of CPU."
    )
    matched_percent: Percent = Field(
        default=75.0,
        description="Least share of observed and predicted activities that match each other.",
    )
    lag_minutes: Amount = Field(
        default=5.0,
        description="Largest mean time between activities that match, minutes; they match within "
        "three times as much, at least 15 minutes.",
    )
    error_percent: Percent = Field(
        default=1.0, description="Largest share of requests that failed."
    )
    latency_factor: Amount | None = Field(
        default=None,
        description="Largest median of p95 over the load test's base; left out, not judged.",
    )
    least_minutes: Count = Field(default=60, description="Minutes that a range must have.")
    least_covered_percent: Percent = Field(
        default=80.0, description="Share of them with load, CPU and instances."
    )
    least_peak_percent: Percent = Field(
        default=50.0,
        description="Observed peak CPU that is load enough where nothing scaled, percent of the "
        "limit.",
    )

    def verify_settings(self) -> VerifySettings:
        """Make the settings."""
        return VerifySettings(**self.model_dump())
