"""The tables of the search: the knobs of its space, its limits and its settings."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field, PlainValidator, WithJsonSchema

from tuner.config.family_tables import MixedTable, StepTable, TargetTable
from tuner.config.schedule_table import ScheduleTable
from tuner.config.values import DurationValues, Kind, LowerValues, PercentValues, WholeValues
from tuner.config_problems import Table, complaint
from tuner.policy import AdjustmentType, ComparisonOperator, MissingData
from tuner.search.settings import (
    DEFAULT_BUDGET,
    DEFAULT_TRIALS,
    EngineName,
    FamilyName,
    SamplerName,
)
from tuner.search.values import LowerThreshold

LONGEST_SCHEDULE = 1_000


class CandidateScheduleTable(Table):
    """Scheduled actions that a candidate may bring, instead of [[schedule]]; none: no actions."""

    actions: Annotated[list[ScheduleTable], Field(max_length=LONGEST_SCHEDULE)] = Field(
        default_factory=list, description="What it does, and when."
    )


class SpaceTable(Table):
    """The knobs of the search: each a value, a list, or a range {from = , to = , step = }."""

    scale_out_threshold_percent: PercentValues = Field(
        default=tuple(float(value) for value in range(10, 62, 2)),
        description="Threshold of the scale-out alarm, percent of CPU.",
    )
    scale_out_adjustment: WholeValues = Field(
        default=(1, 2, 3, 4, 5, 6, 8, 10), description="Increment: what scaling out adds."
    )
    period_seconds: DurationValues = Field(
        default=(60,), description="Length of a datapoint of the scale-out alarm."
    )
    evaluation_periods: WholeValues = Field(
        default=(1, 2, 3, 5), description='N of "M out of N" of the scale-out alarm.'
    )
    datapoints_to_alarm: WholeValues | None = Field(
        default=None, description="M of the scale-out alarm; left out, M = N."
    )
    cooldown_seconds: DurationValues = Field(
        default=(300,), description="Cooldown that both policies share."
    )
    scale_in_threshold_percent: LowerValues = Field(
        default_factory=lambda: (LowerThreshold.share(1, over=3),),
        json_schema_extra={"default": "1/3"},
        description="Threshold of the scale-in alarm: percent, a share of the upper one rounded "
        "down, or {capped = 15}: at most the upper one.",
    )
    scale_in_adjustment: WholeValues = Field(
        default=(-1,), description="Decrement, below 0: what scaling in takes away."
    )
    scale_in_period_seconds: DurationValues | None = Field(
        default=None, description="Period of the scale-in alarm; left out, as scale-out's."
    )
    scale_in_evaluation_periods: WholeValues | None = Field(
        default=None, description="N of the scale-in alarm; left out, as scale-out's."
    )
    scale_in_datapoints_to_alarm: WholeValues | None = Field(
        default=None,
        description="M of the scale-in alarm; left out, scale-out's where the window is, else N.",
    )
    min_size: WholeValues | None = Field(
        default=None, description="Minimum of the group; left out, that of [group]."
    )
    scale_out_comparison_operator: ComparisonOperator = Field(
        default="GreaterThanThreshold", description="Operator of the scale-out alarm."
    )
    scale_in_comparison_operator: ComparisonOperator = Field(
        default="LessThanThreshold", description="Operator of the scale-in alarm."
    )
    adjustment_type: AdjustmentType = Field(
        default="ChangeInCapacity", description="What the adjustments count, of both policies."
    )
    treat_missing_data: MissingData = Field(
        default="missing", description="What a missing datapoint counts as, in both alarms."
    )
    schedules: Annotated[list[CandidateScheduleTable], Field(max_length=LONGEST_SCHEDULE)] = Field(
        default_factory=list, description="Schedules that candidates of all families may bring."
    )
    step: StepTable = Field(default_factory=StepTable, description="Knobs of step scaling.")
    target: TargetTable = Field(
        default_factory=TargetTable, description="Knobs of target tracking."
    )
    mixed: MixedTable = Field(default_factory=MixedTable, description="Knobs of mixed plans.")


class LimitsTable(Table):
    """Limits that a feasible plan keeps beside the cliff; left out, there is none."""

    max_activities_per_day: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="Most scaling activities a day, mean over the shapes."
    )
    max_minutes_over_cliff: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="Most minutes above the cliff, mean over the shapes."
    )


def read_families(value: object) -> tuple[FamilyName, ...]:
    """Give the families of a search: one, or a list of names that differ."""
    names = value if isinstance(value, list | tuple) else [value]
    known = get_args(FamilyName)
    if not names or any(name not in known for name in names) or len(set(names)) < len(names):
        raise complaint(
            f"one or several of {', '.join(known)}", 'Write families = ["simple", "step"].'
        )
    return tuple(names)


FamilyNames = Annotated[
    tuple[FamilyName, ...],
    PlainValidator(read_families),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"enum": list(get_args(FamilyName))},
            "minItems": 1,
            "uniqueItems": True,
        }
    ),
    Kind("list of families"),
]


class SearchTable(Table):
    """How the space is searched."""

    families: FamilyNames = Field(
        default=("simple",),
        description="Which kinds of plans: simple, step, target, mixed. Each is searched, and the "
        "best of all is recommended.",
    )

    engine: EngineName = Field(
        default="auto",
        description="exact: every candidate of the lattice; evolve: generations and a local "
        "search; optuna: Optuna with sampler; auto: exact within budget, else optuna with evolve.",
    )
    sampler: SamplerName = Field(default="evolve", description="Optuna's sampler.")
    budget: Annotated[int, Field(ge=1, le=10**9)] = Field(
        default=DEFAULT_BUDGET,
        description="Most points of a lattice that is enumerated; exact refuses a larger one.",
    )
    trials: Annotated[int, Field(ge=1, le=10**7)] = Field(
        default=DEFAULT_TRIALS,
        description="Candidates that are tried where the lattice is not enumerated.",
    )
    refine: bool = Field(
        default=False,
        description="Search the neighbourhood of the front at full resolution afterwards: whole "
        "percents and counts, whole minutes of cooldown, between the ends of each knob.",
    )
    best_only: bool = Field(
        default=False,
        description="Leave a candidate at the first shape that takes it over the limit: the same "
        "answer sooner, of an exact search. No higher cliff can be asked about afterwards.",
    )
