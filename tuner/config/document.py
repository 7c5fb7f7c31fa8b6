"""The keys of a job's file for readers: docs/configuration.md and the JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tuner.config.presets import PRESETS
from tuner.config.tables import JobTable
from tuner.config.values import Kind
from tuner.config_problems import model_within

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_INTRODUCTION = """\
# Configuration

<!-- Generated: python -m tuner.config > docs/configuration.md -->

One TOML file describes one service's job. `configs/example.toml` holds every key with a comment;
`cliffside schema` prints the JSON Schema. Unknown keys are errors, and all problems of a file are
reported together, each with file, line and key. Paths are relative to the file. It holds no
secrets: credentials come from AWS's own chain.

- **Durations** are whole seconds, or a text such as `"90s"`, `"3m"` or `"1h30m"`.
- **Percentages** are 0 to 100, never fractions.
- A **knob** is a value (`25`), a list (`[25, 30]`), or a range with both ends
  (`{from = 16, to = 50, step = 2}`; the step is 1 where it is left out).
"""
_WORDS: dict[Any, str] = {int: "whole number", float: "number", str: "text", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the file.

    Parameters
    ----------
    table : tuple of str
        Path of its table, without indices.
    name : str
        The key.
    kind, default, help : str
        Its type, its default and what it means, in words.
    """

    table: tuple[str, ...]
    name: str
    kind: str
    default: str
    help: str


def job_schema() -> dict[str, Any]:
    """Give the JSON Schema of a job's file, with a description for every key."""
    schema = JobTable.model_json_schema()
    return {"$schema": DIALECT, **schema, "title": "cliffside job"}


def job_keys() -> tuple[Key, ...]:
    """Give every key of the file in the order of its tables."""
    return tuple(key for _, _, _, keys in _tables(JobTable, ()) for key in keys)


def configuration_page() -> str:
    """Give docs/configuration.md."""
    parts = [_INTRODUCTION]
    for path, is_list, about, keys in _tables(JobTable, ()):
        name = ".".join(path)
        heading = f"`[[{name}]]`" if is_list else f"`[{name}]`"
        parts.append(f"## {heading if path else 'Top level'}\n\n{about}\n")
        parts.append("| key | type | default | help |\n| --- | --- | --- | --- |")
        parts.extend(
            f"| `{key.name}` | {key.kind} | {key.default} | {_cell(key.help)} |" for key in keys
        )
        parts.append("")
    parts.append(_presets())
    return "\n".join(parts).rstrip() + "\n"


def _tables(
    model: type[BaseModel], path: tuple[str, ...], *, is_list: bool = False
) -> Iterator[tuple[tuple[str, ...], bool, str, list[Key]]]:
    """Give a table and those within it: path, whether it is a list, what it is, its own keys."""
    inner: list[tuple[type[BaseModel], tuple[str, ...], bool]] = []
    keys: list[Key] = []
    for name, field in model.model_fields.items():
        within = model_within(field.annotation)
        if within is not None:
            inner.append((within, (*path, name), _is_list(field.annotation)))
        else:
            keys.append(Key(path, name, _kind(field), _default(field), field.description or ""))
    about = (model.__doc__ or "").strip()
    if keys:
        yield path, is_list, about, keys
    for within, place, listed in inner:
        yield from _tables(within, place, is_list=listed)


def _is_list(annotation: Any) -> bool:
    """Tell whether an annotation is a list, or may be one."""
    if get_origin(annotation) is list:
        return True
    return any(get_origin(inner) is list for inner in get_args(annotation))


def _kind(field: FieldInfo) -> str:
    """Say the type of a key in words."""
    for entry in field.metadata:
        if isinstance(entry, Kind):
            return entry.words
    return _kind_of(field.annotation)


def _kind_of(annotation: Any) -> str:
    """Say an annotation in words."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return " or ".join(
            _kind_of(inner) for inner in get_args(annotation) if inner is not NoneType
        )
    if origin is Literal:
        return ", ".join(f"`{word}`" for word in get_args(annotation))
    for entry in getattr(annotation, "__metadata__", ()):
        if isinstance(entry, Kind):
            return entry.words
    if hasattr(annotation, "__metadata__"):
        return _kind_of(get_args(annotation)[0])
    return _WORDS.get(annotation, "none")


def _default(field: FieldInfo) -> str:
    """Say the default of a key in words."""
    if field.is_required():
        return "required"
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "default" in extra:
        return f"`{json.dumps(extra['default'])}`"
    value = field.default
    if value is None or value is PydanticUndefined:
        return "none"
    if isinstance(value, tuple):
        return _default_values(value)
    return f"`{json.dumps(value)}`"


def _default_values(values: tuple[Any, ...]) -> str:
    """Write the values of a knob as a person would."""
    if len(values) == 1:
        return f"`{json.dumps(values[0])}`"
    steps = {high - low for low, high in pairwise(values)}
    if len(steps) == 1 and len(values) > 4:
        return f"`{{from = {values[0]:g}, to = {values[-1]:g}, step = {steps.pop():g}}}`"
    return f"`{json.dumps(list(values))}`"


def _cell(text: str) -> str:
    """Write a text into a cell of a table."""
    return text.replace("|", "\\|")


def _presets() -> str:
    """Say the values of each preset."""
    lines = [
        "## Presets",
        "",
        'Of `preset = "…"` at the top level; a key in the file wins.',
        "",
        "| preset | key | value |",
        "| --- | --- | --- |",
    ]
    for name, tables in PRESETS.items():
        for table, values in tables.items():
            for key, value in values.items():
                written = "{capped = 15}" if isinstance(value, dict) else json.dumps(value)
                lines.append(f"| `{name}` | `{table}.{key}` | `{written}` |")
    return "\n".join(lines)
