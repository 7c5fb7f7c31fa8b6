"""The table of the stress check, and the ranges that it states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from tuner.config.launch_table import LaunchesTable
from tuner.config.traffic_tables import MOST_HOLDS, read_factor, read_signed_duration
from tuner.config.values import DURATION_SCHEMA, Duration, Kind, read_duration
from tuner.config_problems import Slip, SlipError, Table, complaint
from tuner.decision.stress_settings import (
    DEFAULT_ALLOWED_PERCENT,
    DEFAULT_MOST_TRIED,
    DEFAULT_RUNS,
)

MOST_RUNS = 100_000
_ENDS = ("from", "to")


def read_span(value: object, read_one: Callable[[Any], Any]) -> tuple[float, float]:
    """Give a range ``{from = , to = }``, or a value alone as one without extent.

    Parameters
    ----------
    value : object
        What was written.
    read_one : callable
        Reads one end, or raises a complaint.
    """
    if not isinstance(value, Mapping):
        return (float(read_one(value)),) * 2
    slips = [
        Slip("from and to alone", f"Take {key} out.", (str(key),))
        for key in value
        if key not in _ENDS
    ]
    ends: list[float] = []
    for key in _ENDS:
        if key not in value:
            slips.append(Slip("a value", f"Add {key}.", (key,)))
            continue
        try:
            ends.append(float(read_one(value[key])))
        except SlipError as error:
            slips.extend(slip.within(key) for slip in error.slips)
    if slips:
        raise SlipError(*slips)
    if ends[0] > ends[1]:
        raise complaint(
            f"a low end of at most the high end ({ends[1]:g})",
            "Exchange from and to.",
            path=("from",),
        )
    return (ends[0], ends[1])


def read_hold_spans(value: object) -> tuple[tuple[float, float] | None, ...]:
    """Give a range for each hold in order; a range alone is for the first, [] leaves one."""
    if not isinstance(value, list):
        return (read_span(value, read_duration),)
    if len(value) > MOST_HOLDS:
        raise complaint(f"at most {MOST_HOLDS} holds", "Take some out.")
    spans: list[tuple[float, float] | None] = []
    slips: list[Slip] = []
    for i, entry in enumerate(value):
        try:
            spans.append(None if entry == [] else read_span(entry, read_duration))
        except SlipError as error:
            slips.extend(slip.within(i) for slip in error.slips)
    if slips:
        raise SlipError(*slips)
    return tuple(spans)


def _schema(item: dict[str, Any]) -> dict[str, Any]:
    """Give the JSON Schema of a range: a value, or both ends."""
    span = {
        "type": "object",
        "properties": dict.fromkeys(_ENDS, item),
        "required": list(_ENDS),
        "additionalProperties": False,
    }
    return {"anyOf": [item, span]}


_HOLD: dict[str, Any] = _schema(DURATION_SCHEMA)
HoldSpans = Annotated[
    tuple[tuple[float, float] | None, ...],
    PlainValidator(read_hold_spans),
    WithJsonSchema({"anyOf": [_HOLD, {"type": "array", "items": _HOLD}]}),
    Kind("range of durations, one for each hold"),
]
FactorSpan = Annotated[
    tuple[float, float],
    PlainValidator(lambda value: read_span(value, read_factor)),
    WithJsonSchema(_schema({"type": "number", "exclusiveMinimum": 0})),
    Kind("range of factors"),
]
StartSpan = Annotated[
    tuple[float, float],
    PlainValidator(lambda value: read_span(value, read_signed_duration)),
    WithJsonSchema(_schema({"type": ["integer", "string"]})),
    Kind("range of durations, may be negative"),
]


class StressTable(Table):
    """The check on shapes that the search never saw; ranges are {from = , to = }, uniform."""

    runs: Annotated[int, Field(ge=0, le=MOST_RUNS)] = Field(
        default=DEFAULT_RUNS, description="Unseen shapes; 0 switches the check off."
    )
    allowed_percent: Annotated[float, Field(gt=0, lt=100)] = Field(
        default=DEFAULT_ALLOWED_PERCENT,
        description="A plan passes where at most this share of such shapes passes the cliff, with "
        "95 % confidence; 299 runs without one show 1 %.",
    )
    most_tried: Annotated[int, Field(ge=1, le=MOST_RUNS)] = Field(
        default=DEFAULT_MOST_TRIED,
        description="Plans of different outcomes that are tried, the best first.",
    )
    hold_seconds: HoldSpans | None = Field(
        default=None,
        description="Lengths of the holds, a range alone for the first, [] for one that the family "
        "says; left out, what the family lists, without a family half to double.",
    )
    height_factors: FactorSpan | None = Field(
        default=None,
        description="Rise above start_rpm, or a recorded day, times this; left out, as the family "
        "lists, without one and for recorded days 0.9 to 1.1.",
    )
    ramp_factors: FactorSpan | None = Field(
        default=None,
        description="Length of all ramps times this; left out, as the family lists, without one "
        "0.8 to 1.25.",
    )
    start_offset_seconds: StartSpan | None = Field(
        default=None,
        description="How much later everything begins (negative: how far in the run begins); left "
        "out, as the family lists, without one 0 to 15m, for recorded days -59m 59s to 0.",
    )
    noise_percent: Annotated[float, Field(ge=0, le=1000)] | None = Field(
        default=None,
        description="Standard deviation of fresh noise; left out, that of the family. Where it is "
        "given, the answer says what it costs.",
    )
    block_seconds: Duration = Field(
        default=3_600,
        description="Of recorded days, blocks whose minutes are exchanged between days.",
    )
    launches: LaunchesTable | None = Field(
        default=None, description="Launches that come late or fail, on the unseen shapes alone."
    )
