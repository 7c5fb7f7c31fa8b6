"""The tables of the families beside simple scaling: knobs that `[space]` does not have."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tuner.config.values import (
    DurationValues,
    LowerValues,
    PercentValues,
    ShareValues,
    WholeValues,
    YesNoValues,
)
from tuner.config_problems import Table


class StepTable(Table):
    """Knobs of step scaling; what is left out, and what is not here, is as in `[space]`."""

    scale_out_threshold_percent: PercentValues | None = Field(
        default=None, description="Threshold of the scale-out alarm; left out, as in [space]."
    )
    scale_out_adjustment: WholeValues | None = Field(
        default=None, description="Increment of the first step; left out, as in [space]."
    )
    evaluation_periods: WholeValues | None = Field(
        default=None, description="N of the scale-out alarm; left out, as in [space]."
    )
    scale_in_threshold_percent: LowerValues | None = Field(
        default=None, description="Threshold of the scale-in alarm; left out, as in [space]."
    )
    scale_in_adjustment: WholeValues | None = Field(
        default=None, description="Decrement of the first step; left out, as in [space]."
    )
    scale_out_steps: WholeValues = Field(
        default=(1, 2, 3), description="Number of steps of scaling out."
    )
    scale_out_step_width_percent: PercentValues = Field(
        default=(5.0, 10.0), description="Width of a step, points of CPU; the last one is open."
    )
    scale_out_step_growth: WholeValues = Field(
        default=(1, 2, 4), description="What each step adds more than the one before."
    )
    scale_in_steps: WholeValues = Field(default=(1,), description="Number of steps of scaling in.")
    scale_in_step_width_percent: PercentValues = Field(
        default=(5.0,), description="Width of a step of scaling in, points of CPU."
    )
    scale_in_step_growth: WholeValues = Field(
        default=(1,), description="What each step takes more than the one before."
    )
    instance_warmup_seconds: DurationValues | None = Field(
        default=None, description="Warm-up of both policies; left out, the group's default."
    )


class TargetTable(Table):
    """Knobs of target tracking on the group's CPU; minimum and schedules are those of `[space]`."""

    target_percent: PercentValues | None = Field(
        default=None,
        description="CPU percent to hold; left out, the scale-out thresholds of [space].",
    )
    disable_scale_in: YesNoValues = Field(
        default=(False,), description="Whether it never takes instances away."
    )
    instance_warmup_seconds: DurationValues | None = Field(
        default=None, description="Warm-up; left out, the group's default."
    )
    low_ratio: ShareValues | None = Field(
        default=None,
        description="Threshold of the hidden low alarm as a share of the target; left out, by the "
        "rule. AWS does not publish it: several values show what depends on it.",
    )
    scale_in_limit: WholeValues | None = Field(
        default=None,
        description="Instances that one scale-in takes at most; left out, no limit. Not published.",
    )


class MixedTable(Table):
    """Knobs of target tracking with a safety net; what is left out is as in the other tables."""

    net: Literal["simple", "step"] = Field(
        default="step", description="Kind of the policies beside target tracking."
    )
    scales_in: bool = Field(
        default=False, description="Whether the net also scales in; else target tracking does."
    )
    target_percent: PercentValues | None = Field(
        default=None, description="CPU percent to hold; left out, as in [space.target]."
    )
    scale_out_threshold_percent: PercentValues | None = Field(
        default=None,
        description="Threshold of the net, above the target; left out, as in [space.step] or "
        "[space].",
    )
    scale_out_adjustment: WholeValues | None = Field(
        default=None, description="Increment of the net; left out, as in [space.step] or [space]."
    )
    instance_warmup_seconds: DurationValues | None = Field(
        default=None, description="Warm-up of all policies; left out, as in [space.target]."
    )
