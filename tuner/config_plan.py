"""The tables of a plan as a person writes them, in JSON or TOML, checked by Pydantic.

Names are AWS's in snake_case, units are in the names; null is as good as absent. The schema is the
`plan` object of tests/cases/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from tuner.config_problems import Table, complaint
from tuner.policy import (
    AdjustmentType,
    ComparisonOperator,
    MetricAggregationType,
    MissingData,
    PredefinedMetricType,
)
from tuner.policy.step import MOST_STEPS

LARGEST_COUNT = 1_000_000
LARGEST_SECONDS = 31_536_000
LONGEST_SCHEDULE = 10_000

Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
Seconds = Annotated[int, Field(ge=0, le=LARGEST_SECONDS)]
Adjustment = Annotated[int, Field(ge=-LARGEST_COUNT, le=LARGEST_COUNT)]
Bound = Annotated[float, Field(ge=-1e6, le=1e6)] | None


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
        description="Threshold in percent of CPU, 0 to 100.", ge=-1e6, le=1e8
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


class StepAdjustmentTable(PlanTable):
    """One step: from and to which distance from the threshold, and what it adjusts."""

    metric_interval_lower_bound: Bound = Field(
        default=None, description="Lower end, points of CPU from the threshold; left out, open."
    )
    metric_interval_upper_bound: Bound = Field(
        default=None, description="Upper end, points of CPU from the threshold; left out, open."
    )
    scaling_adjustment: Adjustment = Field(
        description="Instances to add (negative: to take away), percent, or the exact capacity."
    )


OF_SIMPLE = ("scaling_adjustment", "cooldown_seconds")
OF_STEP = ("step_adjustments", "metric_aggregation_type", "instance_warmup_seconds")
"""Keys that only one kind of policy has; the first of each is required there."""


class PolicyTable(PlanTable):
    """A simple or a step scaling policy."""

    policy_type: Literal["SimpleScaling", "StepScaling"] = Field(
        default="SimpleScaling", description="Kind of the policy."
    )
    adjustment_type: AdjustmentType = Field(
        default="ChangeInCapacity", description="What scaling_adjustment counts."
    )
    min_adjustment_magnitude: Count | None = Field(
        default=None, description="Least change of a percent adjustment, in instances."
    )
    scaling_adjustment: Adjustment | None = Field(
        default=None,
        description="Simple: instances to add (negative: to take away), percent, or the exact "
        "capacity; required.",
    )
    cooldown_seconds: Seconds = Field(
        default=300, description="Simple: time after its activity in which no simple policy acts."
    )
    metric_aggregation_type: MetricAggregationType = Field(
        default="Average", description="Step: how the newest datapoints are aggregated."
    )
    instance_warmup_seconds: Seconds | None = Field(
        default=None,
        description="Step: time from InService in which an instance that it launched does not "
        "count; left out, the group's default.",
    )
    step_adjustments: list[StepAdjustmentTable] | None = Field(
        default=None,
        description="Step: one to twenty steps without gap or overlap; required.",
        max_length=MOST_STEPS,
    )

    @model_validator(mode="before")
    @classmethod
    def _check_kind(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        is_step = value.get("policy_type") == "StepScaling"
        kind = "StepScaling" if is_step else "SimpleScaling"
        for key in OF_SIMPLE if is_step else OF_STEP:
            if value.get(key) is not None:
                next_step = "Take it out, or change policy_type."
                raise complaint(f"a key of {kind}", next_step, path=(key,))
        if value.get("policy_type") == "TargetTrackingScaling":
            next_step = "Target tracking has a table of its own, target_tracking."
            raise complaint("SimpleScaling or StepScaling", next_step, path=("policy_type",))
        return value

    @model_validator(mode="after")
    def _check_required(self) -> PolicyTable:
        own = OF_STEP if self.policy_type == "StepScaling" else OF_SIMPLE
        if getattr(self, own[0]) is None:
            next_step = f"{self.policy_type} needs {own[0]}."
            raise complaint("a value", next_step, path=(own[0],), got="nothing")
        return self


class TrackingTable(PlanTable):
    """A target tracking policy on the group's average CPU, or on requests per target."""

    policy_type: Literal["TargetTrackingScaling"] = Field(
        default="TargetTrackingScaling", description="Kind of the policy."
    )
    target_value: Annotated[float, Field(gt=0, le=1e9)] = Field(
        description="What to hold: CPU percent, or requests per minute per target."
    )
    predefined_metric_type: PredefinedMetricType = Field(
        default="ASGAverageCPUUtilization", description="What target_value is of."
    )
    disable_scale_in: bool = Field(default=False, description="Never take instances away.")
    instance_warmup_seconds: Seconds | None = Field(
        default=None, description="As of a step policy; left out, the group's default."
    )
    low_ratio: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None,
        description="Threshold of the hidden low alarm as a share of the target; left out, "
        "1 - 1 / desired, from 0.7 to 0.9.",
    )
    scale_in_limit: Annotated[int, Field(ge=1, le=LARGEST_COUNT)] | None = Field(
        default=None, description="Instances that one scale-in takes at most."
    )


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
    target_tracking: TrackingTable | None = Field(
        default=None, description="Holds CPU or load at a target, alone or beside the pair."
    )
