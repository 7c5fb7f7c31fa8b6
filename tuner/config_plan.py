"""The tables of a plan as a person writes them, in JSON or TOML, checked by Pydantic.

Names are AWS's in snake_case, units are in the names; null is as good as absent. The schema is the
`plan` object of tests/cases/README.md, of which this version simulates simple scaling policies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from tuner.config_problems import Table, complaint
from tuner.policy import AdjustmentType, ComparisonOperator, MissingData

LARGEST_COUNT = 1_000_000
LARGEST_SECONDS = 31_536_000
LONGEST_SCHEDULE = 10_000
OTHER_POLICY_TYPES = ("StepScaling", "TargetTrackingScaling", "PredictiveScaling")

_SIMPLE_ONLY = "This version simulates simple scaling policies only."

Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
Seconds = Annotated[int, Field(ge=0, le=LARGEST_SECONDS)]


def _refuse_target_tracking(value: object) -> None:
    """Refuse a target tracking policy."""
    if value is not None:
        raise complaint("no target tracking", f"{_SIMPLE_ONLY} Take target_tracking out.")


NoTargetTracking = Annotated[
    None, BeforeValidator(_refuse_target_tracking), WithJsonSchema({"type": "null"})
]


class PlanTable(Table):
    """Base of the tables of a plan: null is as good as absent."""

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        return {key: entry for key, entry in value.items() if entry is not None}


class AlarmTable(PlanTable):
    """A CloudWatch alarm on the group's average CPU."""

    threshold_percent: float = Field(
        description="Threshold in percent of CPU, 0 to 100.", ge=-1e6, le=1e6
    )
    comparison_operator: ComparisonOperator = Field(
        description="How CPU is compared with the threshold."
    )
    period_seconds: Seconds = Field(
        default=60, description="Length of a datapoint: 10, 20, 30 or a multiple of 60."
    )
    evaluation_periods: Count = Field(default=1, description='N of "M out of N".')
    datapoints_to_alarm: Count | None = Field(
        default=None, description='M of "M out of N"; left out, M = N.'
    )
    treat_missing_data: MissingData = Field(
        default="missing", description="What a missing datapoint counts as."
    )
    evaluation_range_extra: Count | None = Field(
        default=None, description="Blocks looked at beyond N; left out, max(N // 3, 2)."
    )


class PolicyTable(PlanTable):
    """A simple scaling policy."""

    policy_type: Literal["SimpleScaling"] = Field(
        default="SimpleScaling", description=f"Kind of the policy. {_SIMPLE_ONLY}"
    )
    adjustment_type: AdjustmentType = Field(
        default="ChangeInCapacity", description="What scaling_adjustment counts."
    )
    scaling_adjustment: Annotated[int, Field(ge=-LARGEST_COUNT, le=LARGEST_COUNT)] = Field(
        description="Instances to add (negative: to take away), percent, or the exact capacity."
    )
    min_adjustment_magnitude: Count | None = Field(
        default=None, description="Least change of a percent adjustment, in instances."
    )
    cooldown_seconds: Seconds = Field(
        default=300, description="Time after its activity in which no simple policy acts."
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_other_types(cls, value: object) -> object:
        if isinstance(value, Mapping):
            given = value.get("policy_type")
            if isinstance(given, str) and given in OTHER_POLICY_TYPES:
                next_step = f"{_SIMPLE_ONLY} Write its simple counterpart."
                raise complaint("SimpleScaling", next_step, path=("policy_type",))
        return value


class SideTable(PlanTable):
    """One direction of scaling: an alarm and the policy that it calls."""

    alarm: AlarmTable = Field(description="The alarm that calls the policy.")
    policy: PolicyTable = Field(description="What the alarm calls.")


class ActionTable(PlanTable):
    """A scheduled action of a plan."""

    tick: Annotated[int, Field(ge=0, le=LARGEST_SECONDS)] = Field(
        description="Tick of the run at which it acts."
    )
    min_size: Count | None = Field(default=None, description="New minimum; left out, as it is.")
    max_size: Count | None = Field(default=None, description="New maximum; left out, as it is.")
    desired_capacity: Count | None = Field(
        default=None, description="New desired capacity; left out, as it is."
    )


class PlanModel(PlanTable):
    """A full set of policies and alarms for one service."""

    min_size: Count | None = Field(
        default=None, description="The plan's own minimum; left out, the group's."
    )
    schedule: list[ActionTable] | None = Field(
        default=None,
        max_length=LONGEST_SCHEDULE,
        description="The plan's own schedule; left out, the scenario's.",
    )
    scale_out: SideTable | None = Field(default=None, description="What adds instances.")
    scale_in: SideTable | None = Field(default=None, description="What takes instances away.")
    target_tracking: NoTargetTracking = Field(default=None, description=_SIMPLE_ONLY)
