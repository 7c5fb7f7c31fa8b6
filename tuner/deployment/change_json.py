"""A change as a JSON file: written for a person to read and for `apply` to check.

The rows are there for readers and are computed again: a file whose rows, fingerprint or digest do
not fit the two states in it was edited, and is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from tuner.deployment.change import ChangeSet, Evidence
from tuner.deployment.change_state import canonical, digest, firm, state_json, steady
from tuner.errors import ConfigurationError, MissingFileError, Problem
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    GroupResources,
    PolicyResource,
)

SCHEMA = "cliffside.change/1"
LARGEST_FILE_BYTES = 16_777_216
PLAN_AGAIN = "Run plan again with --out: a change is not edited by hand."
Made = TypeVar("Made")


def change_to_json(change: ChangeSet) -> dict[str, Any]:
    """Give a change as its JSON object, with its rows, and a digest of the rest at its end."""
    value = {
        "schema": SCHEMA,
        "group": change.group,
        "fingerprint": change.fingerprint,
        "evidence": asdict(change.evidence),
        "warnings": list(change.warnings),
        "rows": [
            {
                "resource": row.resource,
                "field": row.field,
                "from": row.before,
                "to": row.after,
            }
            for row in change.rows
        ],
        "deployed": state_json(change.before),
        "proposed": state_json(change.after),
    }
    return {**value, "sha256": digest(value)}


def change_digest(change: ChangeSet) -> str:
    """Give the SHA-256 of a change's JSON object."""
    return str(change_to_json(change)["sha256"])


def change_from_json(value: object, *, where: str = "change") -> ChangeSet:
    """Read a change from its JSON object.

    Parameters
    ----------
    value : object
        What a JSON reader gave.
    where : str
        Name of the object in messages.

    Returns
    -------
    ChangeSet
        Equal to the one that was written.

    Raises
    ------
    ConfigurationError
        When it is no change, or is not what was written.
    """
    if not isinstance(value, Mapping) or value.get("schema") != SCHEMA:
        got = type(value).__name__
        if isinstance(value, Mapping):
            got = repr(value["schema"]) if "schema" in value else "JSON without a schema"
        raise _refused(f"a change, schema {SCHEMA}", got, where)
    try:
        change = ChangeSet(
            before=resources_from_json(value["deployed"]),
            after=resources_from_json(value["proposed"]),
            evidence=_evidence(value["evidence"]),
            warnings=tuple(_text(each) for each in value["warnings"]),
        )
        whole = canonical(change_to_json(change)) == canonical(dict(value))
        whole = whole and change.before.group == change.after.group
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _refused("every part of a change", str(error) or "another", where) from error
    if not whole:
        raise _refused("the file that plan wrote", "one that was edited or damaged", where)
    return change


def read_change_file(path: Path) -> ChangeSet:
    """Read a change from the file that `plan --out` wrote.

    Raises
    ------
    MissingFileError
        When the file cannot be opened.
    ConfigurationError
        When it is not JSON, or not what was written.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MissingFileError(
            Problem("the file of a change", reason, str(path), "Run plan with --out first.")
        ) from error
    if len(content) > LARGEST_FILE_BYTES:
        raise _refused("a file of at most 16 MiB", "more", str(path))
    try:
        value: object = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _refused("JSON", str(error) or "lists too deep", str(path)) from error
    return change_from_json(value, where=str(path))


def resources_from_json(value: Mapping[str, Any]) -> GroupResources:
    """Read a state of a group from what `state_json` gave.

    Parameters
    ----------
    value : mapping
        The object; a KeyError, TypeError or ValueError says that it is none.
    """
    return steady(
        GroupResources(
            group=_text(value["group"]),
            limits=_fields(value["limits"]),
            policies=_each(
                value["policies"],
                lambda each: PolicyResource(
                    name=_text(each["name"]), fields=_fields(each["fields"])
                ),
            ),
            alarms=_each(
                value["alarms"],
                lambda each: AlarmResource(
                    name=_text(each["name"]),
                    policy_name=_text(each["policy_name"]),
                    fields=_fields(each["fields"]),
                ),
            ),
            actions=_each(
                value["actions"],
                lambda each: ActionResource(
                    name=_text(each["name"]), fields=_fields(each["fields"])
                ),
            ),
        )
    )


def _each(values: Sequence[Any], make: Callable[[Any], Made]) -> tuple[Made, ...]:
    """Make a record of each entry of a list."""
    if not isinstance(values, list | tuple):
        raise TypeError("a list is missing")
    return tuple(make(each) for each in values)


def _fields(value: object) -> dict[str, Any]:
    """Read fields."""
    if not isinstance(value, Mapping):
        raise TypeError("fields are no object")
    return {_text(key): firm(entry) for key, entry in value.items()}


def _text(value: object) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _evidence(value: Mapping[str, Any]) -> Evidence:
    """Read why a change was proposed."""
    names = {field.name for field in fields(Evidence)}
    if {*value} != names:
        raise ValueError(f"evidence holds {', '.join(value)}")
    return Evidence(**value)


def _refuse_constant(name: str) -> float:
    """Refuse NaN and the infinities, which are not JSON."""
    raise ValueError(f"{name}, which is not JSON")


def _refused(expected: str, got: str, where: str) -> ConfigurationError:
    """Say that a file is no change."""
    return ConfigurationError(Problem(expected, got, where, PLAN_AGAIN))
