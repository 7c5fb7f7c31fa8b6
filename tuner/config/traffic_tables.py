"""The tables of traffic: stages in words, recordings, and how either is varied."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from tuner.config.archived import WeightBy
from tuner.config.values import (
    DURATION_SCHEMA,
    Duration,
    FilePath,
    Kind,
    Text,
    knob,
    knob_schema,
    read_duration,
    read_values,
)
from tuner.config_problems import Slip, SlipError, Table, complaint
from tuner.traffic.cuts import Cut
from tuner.traffic.family import MOST_SHAPES
from tuner.traffic.gaps import GapPolicy
from tuner.traffic.recording import Unit

LARGEST_LOAD_RPM = 1e12
LARGEST_FACTOR = 1e6
MOST_TABLES = 1_000
MOST_HOLDS = 100
LONGEST_STAGES = 1_000


def read_signed_duration(value: object) -> int:
    """Give a duration in seconds that may be negative, such as ``-5m``."""
    if isinstance(value, str) and value.strip().startswith("-"):
        return -read_duration(value.strip()[1:])
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return -read_duration(-value)
    return read_duration(value)


def read_factor(value: object) -> float:
    """Give a factor above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise complaint("a number above 0", "Write a number, such as 1.2.")
    if not 0 < value <= LARGEST_FACTOR:
        raise complaint("a number above 0", "Write 1.0 for no change.")
    return float(value)


def read_holds(value: object) -> tuple[tuple[int, ...], ...]:
    """Give the lengths to try for each hold; a value or range alone is for the first hold."""
    if not isinstance(value, list):
        return (read_values(value, read_duration),)
    if len(value) > MOST_HOLDS:
        raise complaint(f"at most {MOST_HOLDS} holds", "Take some out.")
    holds: list[tuple[int, ...]] = []
    slips: list[Slip] = []
    for i, entry in enumerate(value):
        try:
            holds.append(() if entry == [] else read_values(entry, read_duration))
        except SlipError as error:
            slips.extend(slip.within(i) for slip in error.slips)
    if slips:
        raise SlipError(*slips)
    return tuple(holds)


_HOLD_SCHEMA: dict[str, Any] = knob_schema(DURATION_SCHEMA)
Holds = Annotated[
    tuple[tuple[int, ...], ...],
    PlainValidator(read_holds),
    WithJsonSchema({"anyOf": [_HOLD_SCHEMA, {"type": "array", "items": _HOLD_SCHEMA}]}),
    Kind("durations, list or range, one entry for each hold"),
]
Factors = Annotated[
    tuple[float, ...], *knob(read_factor, {"type": "number", "exclusiveMinimum": 0}, "factor")
]
Offsets = Annotated[
    tuple[int, ...],
    *knob(read_signed_duration, {"type": ["integer", "string"]}, "duration, may be negative"),
]
Weight = Annotated[float, Field(gt=0, le=LARGEST_FACTOR)]


class VaryTable(Table):
    """A family: every list is crossed with every other, and each member is a shape."""

    hold_seconds: Holds = Field(
        default=(),
        description="Lengths of the holds, an entry for each hold in order; [] leaves it as it is.",
    )
    height_factors: Factors = Field(
        default=(1.0,),
        description="Rise above start_rpm times this; a recorded shape is multiplied whole.",
    )
    ramp_factors: Factors = Field(default=(1.0,), description="Length of all ramps times this.")
    start_offset_seconds: Offsets = Field(
        default=(0,),
        description="How much later everything begins (negative: how far in the run begins).",
    )
    noise_percent: Annotated[float, Field(ge=0, le=1000)] = Field(
        default=0.0, description="Standard deviation of multiplicative noise; 0 is none."
    )
    noise_correlation: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.5, description="Correlation of the noise from minute to minute."
    )
    bursts_per_day: Annotated[float, Field(ge=0, le=86_400)] = Field(
        default=0.0, description="Bursts in 24 hours on average; 0 is none."
    )
    burst_factor: Annotated[float, Field(gt=0, le=LARGEST_FACTOR)] = Field(
        default=2.0, description="Load in a burst over the load without it."
    )
    burst_seconds: Duration = Field(default=300, description="Length of a burst.")
    replicates: Annotated[int, Field(ge=1, le=MOST_SHAPES)] = Field(
        default=1, description="How often noise and bursts are drawn; each has weight 1 / R."
    )


class StagesTable(Table):
    """One shape written in stages."""

    name: Text = Field(description="Name of the shape, unique in the job.")
    start_rpm: Annotated[float, Field(ge=0, le=LARGEST_LOAD_RPM)] = Field(
        default=0.0, description="Load before the first stage, requests per minute."
    )
    stages: Annotated[
        list[str], Field(min_length=1, max_length=LONGEST_STAGES), Kind("list of texts")
    ] = Field(
        description="In order: `ramp 10m to 30000`, `hold 20m`, `hold 20m at 30k`, `jump to 150k`."
    )
    weight: Weight = Field(default=1.0, description="Weight in the mean over shapes.")
    vary: VaryTable | None = Field(default=None, description="Make a family of it.")


class RecordedTable(Table):
    """One recording, whole or cut into days."""

    name: Text | None = Field(
        default=None,
        description="Name of its shapes, to which a day or part is added; left out, the file's.",
    )
    file: FilePath = Field(description="CSV, packed CSV or Parquet of load against time.")
    column: Text | None = Field(
        default=None, description="Column of the load; left out, the only one of numbers."
    )
    time_column: Text | None = Field(
        default=None, description="Column of the stamps; left out, the one that reads as stamps."
    )
    unit: Unit = Field(
        default="rpm", description="rpm, or requests: counts for each step of the file."
    )
    time_zone: Text | None = Field(
        default=None, description="Zone of stamps that name none, such as Europe/Berlin."
    )
    layout: Literal["rows", "minutes"] = Field(
        default="rows",
        description="rows: one for each time; minutes: a row for each series with columns 1, 2, 3.",
    )
    series: Text | None = Field(
        default=None, description='Of layout minutes: number or name of the row, or "sum".'
    )
    cut: Cut = Field(default="whole", description="whole, or day: a shape for each full day.")
    gaps: GapPolicy = Field(
        default="refuse", description="What missing rows are: nothing is filled silently."
    )
    scale: Annotated[float, Field(gt=0, le=LARGEST_FACTOR)] = Field(
        default=1.0, description="Every load is multiplied by it."
    )
    full_day_fraction: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.95, description="A day needs this fraction of its rows, else it is left out."
    )
    held_out_days: Annotated[int, Field(ge=0, le=MOST_SHAPES)] = Field(
        default=0,
        description="Of cut day, the last so many days are kept from the search for the stress "
        "check.",
    )
    weight: Weight = Field(default=1.0, description="Weight of the whole, or of each day.")
    vary: VaryTable | None = Field(default=None, description="Make a family of each shape.")


class ArchiveTable(Table):
    """Requests of the load balancer of `[aws]`, from the archive: each closed day is a shape."""

    name: Text | None = Field(
        default=None,
        description="Name of its shapes, to which the day is added; left out, the balancer's.",
    )
    state: FilePath = Field(description="State folder that holds the archive.")
    days: Annotated[int, Field(ge=1, le=MOST_SHAPES)] = Field(
        default=28, description="Days up to the newest that the archive holds, in UTC."
    )
    period_seconds: Duration = Field(
        default=60, description="Period of the datapoints: 1m, 5m or 1h, as they were fetched."
    )
    weight_by: WeightBy = Field(
        default="weekday",
        description="weekday: half of the weight is on days of the weekday that comes next; same: "
        "all days weigh alike.",
    )
    gaps: GapPolicy = Field(
        default="refuse",
        description="What missing minutes are; a load balancer publishes none without requests.",
    )
    scale: Annotated[float, Field(gt=0, le=LARGEST_FACTOR)] = Field(
        default=1.0, description="Every load is multiplied by it."
    )
    full_day_fraction: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.95, description="A day needs this fraction of its minutes, else it is left out."
    )
    held_out_days: Annotated[int, Field(ge=0, le=MOST_SHAPES)] = Field(
        default=0, description="The last so many days are kept from the search for the check."
    )
    weight: Weight = Field(default=1.0, description="Mean weight of the days.")
    vary: VaryTable | None = Field(default=None, description="Make a family of each shape.")


class TrafficTable(Table):
    """The traffic shapes that every candidate runs over."""

    stages: list[StagesTable] = Field(
        default=[], max_length=MOST_TABLES, description="Shapes written in stages."
    )
    recorded: list[RecordedTable] = Field(
        default=[], max_length=MOST_TABLES, description="Shapes from recordings."
    )
    archive: list[ArchiveTable] = Field(
        default=[], max_length=MOST_TABLES, description="Shapes from the archive."
    )
