"""Kinds of value that a person may write: durations, percentages, and lists or ranges of values.

A knob of the search is a value, a list, or a range ``{from = 16, to = 50, step = 2}`` that holds
both ends. Durations are whole seconds or a text such as ``"3m"``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from tuner.config_plan import LARGEST_COUNT, LARGEST_SECONDS
from tuner.config_problems import Slip, SlipError, complaint
from tuner.config_words import quoted, suggest_key
from tuner.search.values import LowerThreshold, value_range
from tuner.units import parse_duration_seconds

LONGEST_DIMENSION = 10_000
_LONGEST_DURATION = 40
_SHARE = re.compile(r"\s*(\d{1,4})\s*/\s*(\d{1,4})\s*")
_RANGE_KEYS = ("from", "to", "step")


@dataclass(frozen=True, slots=True)
class Kind:
    """What docs/configuration.md calls a type.

    Parameters
    ----------
    words : str
        Such as ``duration`` or ``whole number, list or range``.
    """

    words: str


def read_duration(value: object) -> int:
    """Give a duration in seconds: whole seconds, or a text such as ``3m``, ``90s``, ``1h30m``."""
    if isinstance(value, str) and len(value) <= _LONGEST_DURATION:
        try:
            value = parse_duration_seconds(value)
        except ValueError:
            raise _slip_duration() from None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _slip_duration()
    if not 0 <= value <= LARGEST_SECONDS:
        raise complaint(
            f"a duration from 0 to {LARGEST_SECONDS} seconds", "Give a duration that can be."
        )
    return value


def read_whole(value: object) -> int:
    """Give a whole number within bounds that no group passes."""
    if isinstance(value, bool) or not isinstance(value, int):
        step = (
            "Write it without quotes."
            if isinstance(value, str)
            else "Write a whole number, such as 5."
        )
        raise complaint("a whole number", step)
    if abs(value) > LARGEST_COUNT:
        raise complaint(f"at most {LARGEST_COUNT}", "Give a number that can be.")
    return value


def read_percent(value: object) -> float:
    """Give a percentage, 0 to 100."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        step = (
            "Write it without quotes and sign."
            if isinstance(value, str)
            else "Write a number, such as 25."
        )
        raise complaint("a percentage from 0 to 100", step)
    if not 0 <= value <= 100:
        raise complaint("a percentage from 0 to 100", "Thresholds are percent of CPU.")
    return float(value)


def read_share(value: object) -> float:
    """Give a share, above 0 and at most 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise complaint("a share above 0 and at most 1", "Write a number such as 0.8.")
    return float(value)


def read_yes_no(value: object) -> bool:
    """Give true or false."""
    if not isinstance(value, bool):
        raise complaint("true or false", "Write it without quotes.")
    return value


def read_lower(value: object) -> LowerThreshold:
    """Give one lower threshold: ``10``, ``"1/3"`` or ``{capped = 15}``."""
    if isinstance(value, Mapping):
        unknown = [key for key in value if key != "capped"]
        if unknown:
            keys = ("capped", *_RANGE_KEYS)
            raise complaint(
                "{capped = 15} or a range {from = 8, to = 20}",
                suggest_key(str(unknown[0]), keys),
            )
        if "capped" not in value:
            raise complaint("{capped = 15}", "Write the cap in percent.")
        return LowerThreshold.capped(read_percent(value["capped"]))
    if isinstance(value, str):
        match = _SHARE.fullmatch(value)
        parts = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 0 < parts[0] <= parts[1]:
            raise complaint(
                'a share of the upper threshold such as "1/3"',
                'Write a percentage, a share such as "1/3" of at most 1, or {capped = 15}.',
            )
        return LowerThreshold.share(parts[0], over=parts[1])
    return LowerThreshold.given(read_percent(value))


def read_values(value: object, read_one: Callable[[Any], Any]) -> tuple[Any, ...]:
    """Give the values of a knob: one, a list, or a range with both ends.

    Parameters
    ----------
    value : object
        What was written.
    read_one : callable
        Reads one value, or raises a complaint.

    Returns
    -------
    tuple
        At least one value, no two equal.
    """
    if isinstance(value, Mapping) and (
        read_one is not read_lower or any(key in value for key in _RANGE_KEYS)
    ):
        return _read_range(value, read_one)
    if not isinstance(value, list | tuple):
        return (read_one(value),)
    if not value:
        raise complaint("at least one value", "Add a value, or leave the key out.")
    if len(value) > LONGEST_DIMENSION:
        raise complaint(f"at most {LONGEST_DIMENSION} values", "Try fewer values.")
    slips: list[Slip] = []
    read: list[Any] = []
    seen: set[Any] = set()
    for i, entry in enumerate(value):
        try:
            one = read_one(entry)
        except SlipError as error:
            slips.extend(slip.within(i) for slip in error.slips)
            continue
        if one in seen:
            slips.append(Slip("values that differ", "Take one of the two out.", (i,)))
        seen.add(one)
        read.append(one)
    if slips:
        raise SlipError(*slips)
    return tuple(read)


def _read_range(table: Mapping[str, object], read_one: Callable[[Any], Any]) -> tuple[Any, ...]:
    """Give the values of ``{from = low, to = high, step = rise}``, both ends included."""
    slips = [
        Slip(
            "a key that is known here",
            suggest_key(key, _RANGE_KEYS),
            (key,),
            f"unknown key {quoted(key)}",
        )
        for key in table
        if key not in _RANGE_KEYS
    ]
    read_end = read_percent if read_one is read_lower else read_one
    step = table.get("step")
    if isinstance(step, int | float) and not isinstance(step, bool) and not step > 0:
        slips.append(Slip("a step above 0", "Raise the step.", ("step",)))
        table = {key: value for key, value in table.items() if key != "step"}
    ends: dict[str, Any] = {"step": 1}
    for key in _RANGE_KEYS:
        if key not in table:
            if key != "step":
                slips.append(Slip("a value", f"Add {key}.", (key,)))
            continue
        try:
            ends[key] = read_end(table[key])
        except SlipError as error:
            slips.extend(slip.within(key) for slip in error.slips)
    if slips:
        raise SlipError(*slips)
    low, high, step = ends["from"], ends["to"], ends["step"]
    if step <= 0:
        raise complaint("a step above 0", "Raise the step.", path=("step",))
    if low > high:
        raise complaint(
            f"a low end of at most the high end ({high:g})",
            "Exchange from and to.",
            path=("from",),
        )
    if (high - low) / step > LONGEST_DIMENSION:
        raise complaint(f"at most {LONGEST_DIMENSION} values", "Raise the step.", path=("step",))
    whole = isinstance(low, int) and isinstance(step, int)
    values = value_range(low, last=high, step=step)
    return tuple(read_one(int(one) if whole else one) for one in values)


def _slip_duration() -> SlipError:
    """Say what a duration is."""
    return complaint(
        'whole seconds, or a duration such as "90s", "3m" or "1h30m"',
        "Write hours, minutes and seconds as whole numbers with h, m and s.",
    )


def knob_schema(item: dict[str, Any]) -> dict[str, Any]:
    """Give the JSON Schema of a knob: a value, a list, or a range."""
    span = {
        "type": "object",
        "properties": dict.fromkeys(_RANGE_KEYS, item),
        "required": ["from", "to"],
        "additionalProperties": False,
    }
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}, span]}


def knob(read_one: Callable[[Any], Any], item: dict[str, Any], words: str) -> list[Any]:
    """Give what annotates a knob: its reader, JSON Schema and the name of its type.

    Parameters
    ----------
    read_one : callable
        Reads one value of the file.
    item : dict
        JSON Schema of one value.
    words : str
        Name of the type, for readers.

    Returns
    -------
    list
        Annotations for a Pydantic field.
    """
    return [
        PlainValidator(lambda value: read_values(value, read_one)),
        WithJsonSchema(knob_schema(item)),
        Kind(f"{words}, list or range"),
    ]


_WHOLE_SCHEMA: dict[str, Any] = {"type": "integer"}
_PERCENT_SCHEMA: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 100}
DURATION_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": LARGEST_SECONDS},
        {"type": "string", "examples": ["90s", "3m", "1h30m"]},
    ]
}
_LOWER_SCHEMA: dict[str, Any] = {
    "anyOf": [
        _PERCENT_SCHEMA,
        {"type": "string", "pattern": r"^\s*\d{1,4}\s*/\s*\d{1,4}\s*$"},
        {
            "type": "object",
            "properties": {"capped": _PERCENT_SCHEMA},
            "required": ["capped"],
            "additionalProperties": False,
        },
    ]
}

Duration = Annotated[
    int, PlainValidator(read_duration), WithJsonSchema(DURATION_SCHEMA), Kind("duration")
]
LONGEST_NAME = 200
LONGEST_PATH = 1_000

Text = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), Kind("text")]
FilePath = Annotated[str, Field(min_length=1, max_length=LONGEST_PATH), Kind("path")]
Percent = Annotated[float, Field(ge=0, le=100), Kind("percent, 0 to 100")]
WholeValues = Annotated[tuple[int, ...], *knob(read_whole, _WHOLE_SCHEMA, "whole number")]
PercentValues = Annotated[tuple[float, ...], *knob(read_percent, _PERCENT_SCHEMA, "percent")]
DurationValues = Annotated[tuple[int, ...], *knob(read_duration, DURATION_SCHEMA, "duration")]
ShareValues = Annotated[
    tuple[float, ...],
    *knob(read_share, {"type": "number", "exclusiveMinimum": 0, "maximum": 1}, "share"),
]
YesNoValues = Annotated[
    tuple[bool, ...],
    PlainValidator(lambda value: read_values(value, read_yes_no)),
    WithJsonSchema(
        {"anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "boolean"}}]}
    ),
    Kind("true or false, or a list"),
]
LowerValues = Annotated[
    tuple[LowerThreshold, ...],
    *knob(read_lower, _LOWER_SCHEMA, 'percent, share such as "1/3", {capped = 15}'),
]
