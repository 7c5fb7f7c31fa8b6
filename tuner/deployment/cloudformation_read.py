"""The scaling of a group read from a CloudFormation template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tuner.deployment.cloudformation import (
    ACTION,
    ALARM,
    NAME_KEYS,
    POLICY,
    PROPERTIES,
    YAML_FILE,
)
from tuner.errors import ConfigurationError, Problem
from tuner.resources.fields import action_resource, alarm_resource, policy_resource
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    GroupResources,
    PolicyResource,
)
from tuner.resources.texts import as_list, as_mapping, as_text, read_json, read_yaml


def read_cloudformation(text: str, *, where: str = YAML_FILE) -> GroupResources:
    """Read the scaling of a group from a template in YAML, or in JSON, which is YAML too.

    Parameters
    ----------
    text, where : str
        The template, and its name for messages.

    Returns
    -------
    GroupResources
        Policies, alarms that call them, and scheduled actions; other resources are passed over.

    Raises
    ------
    ConfigurationError
        Where it is no template of one group whose values stand in it.
    """
    document = (
        read_json(text, where=where) if text.lstrip()[:1] == "{" else read_yaml(text, where=where)
    )
    resources = as_mapping(document, where=where).get("Resources")
    return read_resources(as_mapping(resources, where=f"{where}, Resources"), where=where)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """How names are found in a template that leaves them to CloudFormation.

    Parameters
    ----------
    reference : object
        What stands for the group's name.
    group : str
        The group's name.
    name_of : callable
        Gives the name of a resource by its logical id.
    """

    reference: object
    group: str
    name_of: Callable[[str], str]


def read_resources(
    raw: Mapping[str, Any], *, where: str, unnamed: Unnamed | None = None
) -> GroupResources:
    """Read the ``Resources`` of a template.

    Parameters
    ----------
    raw : mapping
        Resources by their logical ids.
    where : str
        Name of the file, for messages.
    unnamed : Unnamed or None
        How names are found; None: they stand there.

    Raises
    ------
    ConfigurationError
        Where they are not those of one group whose values stand in them.
    """
    by_type: dict[str, dict[str, Mapping[str, Any]]] = {POLICY: {}, ALARM: {}, ACTION: {}}
    for logical, resource in raw.items():
        table = as_mapping(resource, where=f"{where}, {logical}")
        if table.get("Type") in by_type:
            by_type[table["Type"]][logical] = table
    groups: list[str] = []
    policies: dict[str, PolicyResource] = {}
    actions: list[ActionResource] = []
    for kind in (POLICY, ACTION):
        for logical, table in by_type[kind].items():
            place = f"{where}, {logical}"
            properties = dict(as_mapping(table.get("Properties"), where=place))
            groups.append(_group_name(properties.pop("AutoScalingGroupName", None), unnamed, place))
            name = _own_name(kind, table, logical, unnamed, place)
            fields = _values(kind, properties, place)
            if kind == POLICY:
                policies[logical] = policy_resource(name, fields)
            else:
                actions.append(action_resource(name, fields))
    found = GroupResources(
        group=_one(groups, where),
        policies=tuple(sorted(policies.values(), key=lambda each: each.name)),
        alarms=tuple(
            sorted(
                _read_alarms(by_type[ALARM], policies, unnamed, where), key=lambda each: each.name
            )
        ),
        actions=tuple(sorted(actions, key=lambda each: each.name)),
    )
    return found


def _own_name(
    kind: str, table: Mapping[str, Any], logical: str, unnamed: Unnamed | None, where: str
) -> str:
    """Give the name of a policy or an action: that of its metadata, else by its logical id."""
    if unnamed is not None:
        return unnamed.name_of(logical)
    metadata = table.get("Metadata")
    ours = metadata.get("Cliffside") if isinstance(metadata, Mapping) else None
    name = ours.get(NAME_KEYS[kind]) if isinstance(ours, Mapping) else None
    return logical if name is None else as_text(name, where=f"{where}, Metadata")


def _group_name(value: object, unnamed: Unnamed | None, where: str) -> str:
    """Give the name of the group that a property says."""
    if unnamed is not None and value == unnamed.reference:
        return unnamed.group
    return as_text(value, where=f"{where}, AutoScalingGroupName")


def _one(groups: list[str], where: str) -> str:
    """Give the one group of a template."""
    names = sorted(set(groups))
    if len(names) == 1:
        return names[0]
    raise ConfigurationError(
        Problem(
            "policies or scheduled actions of one group",
            ", ".join(map(ascii, names)) or "none",
            where,
            "Give a template of one group's scaling.",
        )
    )


def _values(kind: str, properties: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Give the properties that are parameters, refusing references in them and unknown ones."""
    unknown = sorted(set(properties) - PROPERTIES[kind])
    if unknown:
        raise ConfigurationError(
            Problem(
                f"properties of {kind}", ", ".join(map(ascii, unknown)), where, "Take them out."
            )
        )
    for name, value in properties.items():
        _refuse_references(value, f"{where}, {name}")
    return dict(properties)


def _refuse_references(value: object, where: str) -> None:
    """Refuse a value that CloudFormation would work out."""
    if isinstance(value, Mapping):
        for name, entry in value.items():
            if name in ("Ref", "Condition") or str(name).startswith("Fn::"):
                raise ConfigurationError(
                    Problem("the value itself", f"{name}", where, "References are not followed.")
                )
            _refuse_references(entry, where)
    elif isinstance(value, list):
        for entry in value:
            _refuse_references(entry, where)


def _read_alarms(
    tables: Mapping[str, Mapping[str, Any]],
    policies: Mapping[str, PolicyResource],
    unnamed: Unnamed | None,
    where: str,
) -> Iterator[AlarmResource]:
    """Yield the alarms that call a policy of the template."""
    for logical, table in tables.items():
        place = f"{where}, {logical}"
        properties = dict(as_mapping(table.get("Properties"), where=place))
        actions = as_list(properties.pop("AlarmActions", None), where=f"{place}, AlarmActions")
        called = [logical for logical in policies if {"Ref": logical} in actions]
        if not called:
            continue
        if len(called) > 1:
            raise ConfigurationError(
                Problem("one policy", ", ".join(called), f"{place}, AlarmActions", "Split it.")
            )
        others = [each for each in actions if each != {"Ref": called[0]}]
        name = logical if unnamed is None else unnamed.name_of(logical)
        name = as_text(properties.pop("AlarmName", name), where=f"{place}, AlarmName")
        if unnamed is not None:
            properties["Dimensions"] = [
                {**each, "Value": unnamed.group}
                if isinstance(each, Mapping) and each.get("Value") == unnamed.reference
                else each
                for each in as_list(properties.get("Dimensions"), where=f"{place}, Dimensions")
            ]
        fields = _values(ALARM, {**properties, "AlarmActions": others}, place)
        yield alarm_resource(name, policies[called[0]].name, fields)
