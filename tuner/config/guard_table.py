"""The table `guard_rails` of a job's file: what `cliffside apply` and `undo` may change."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tuner.config.values import Kind, Text
from tuner.config_plan import Count
from tuner.config_problems import Table
from tuner.deployment.guard_rails import GuardRails

MOST_PERCENT = 10_000.0
MOST_GROUPS = 1_000

Share = Annotated[float, Field(ge=0, le=MOST_PERCENT)]


class GuardTable(Table):
    """What may be changed in an account; without this table nothing may be applied."""

    mode: Literal["observe", "propose", "apply"] = Field(
        default="propose",
        description="observe: plan shows differences; propose: it also writes changes as files; "
        "apply: apply and undo act, with --yes.",
    )
    groups: Annotated[
        list[Text], Field(min_length=1, max_length=MOST_GROUPS), Kind("list of texts")
    ] = Field(
        description="Auto Scaling groups that may be changed: names, or patterns with * and ?.",
    )
    lowest_min_size: Count = Field(
        default=1, description="No minimum, maximum or desired capacity below this is written."
    )
    highest_max_size: Count = Field(
        description="No minimum, maximum or desired capacity above this is written."
    )
    most_size_change: Count = Field(
        default=10, description="Instances by which a minimum or a maximum may move at once."
    )
    most_threshold_change_percent: Share = Field(
        default=50.0,
        description="Share of what it was by which a threshold or a target may move at once.",
    )
    most_adjustment_change_percent: Share = Field(
        default=200.0,
        description="Share of what it was by which an adjustment of a policy may move at once.",
    )

    def rails(self) -> GuardRails:
        """Make the record."""
        return GuardRails(**{**self.model_dump(), "groups": tuple(self.groups)})
