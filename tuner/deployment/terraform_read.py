"""The scaling of a group read from a Terraform configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tuner.deployment.terraform import (
    ACTION,
    ALARM,
    ATTRIBUTES,
    MAIN_FILE,
    NAME_ATTRIBUTES,
    POLICY,
    PREDEFINED,
    SIZES,
    STEP,
    TARGET,
    UNCHANGED,
    VALUES_FILE,
    VARIABLE,
)
from tuner.deployment.terraform_hcl import Block, Reference
from tuner.deployment.terraform_parse import read_blocks
from tuner.errors import ConfigurationError, Problem
from tuner.resources.fields import action_resource, alarm_resource, policy_resource
from tuner.resources.records import AlarmResource, GroupResources, PolicyResource
from tuner.resources.texts import as_list, as_mapping, as_text, read_json

_META = {"count", "for_each", "provider", "depends_on", "lifecycle"}


def read_terraform(main: str, values: str, *, where: str = MAIN_FILE) -> GroupResources:
    """Read the scaling of a group from a configuration.

    Parameters
    ----------
    main, values : str
        ``main.tf``, and ``terraform.tfvars.json`` with the values of its variables.
    where : str
        Name of the first, for messages.

    Returns
    -------
    GroupResources
        Policies, alarms that call them, and scheduled actions; other resources are passed over.

    Raises
    ------
    ConfigurationError
        Where it is no configuration of one group whose values stand in it.
    """
    variables = as_mapping(read_json(values, where=VALUES_FILE), where=VALUES_FILE)
    by_kind: dict[str, dict[str, Block]] = {POLICY: {}, ALARM: {}, ACTION: {}}
    for block in read_blocks(main, where=where):
        if block.kind == "resource" and len(block.labels) == 2 and block.labels[0] in by_kind:
            by_kind[block.labels[0]][block.labels[1]] = _resolved(block, variables, where)
    groups: list[str] = []
    policies: dict[str, PolicyResource] = {}
    actions = []
    for label, block in by_kind[POLICY].items():
        name, fields = _named(POLICY, block, groups, f"{where}, {label}")
        policies[label] = policy_resource(name, {**fields, **_nested(block)})
    for label, block in by_kind[ACTION].items():
        name, fields = _named(ACTION, block, groups, f"{where}, {label}")
        kept = {
            key: value for key, value in fields.items() if not (key in SIZES and value == UNCHANGED)
        }
        actions.append(action_resource(name, kept))
    alarms = list(_alarms(by_kind[ALARM], policies, where))
    return GroupResources(
        group=_one(groups, where),
        policies=tuple(sorted(policies.values(), key=lambda each: each.name)),
        alarms=tuple(sorted(alarms, key=lambda each: each.name)),
        actions=tuple(sorted(actions, key=lambda each: each.name)),
    )


def _resolved(block: Block, variables: Mapping[str, Any], where: str) -> Block:
    """Give a block with the values of its variables in place of their names."""

    def value(given: Any) -> Any:
        if isinstance(given, Reference) and given.name.startswith("var."):
            name = given.name.removeprefix("var.")
            if name not in variables:
                raise ConfigurationError(
                    Problem(f"a value of {name}", "none", VALUES_FILE, "Give its value there.")
                )
            return variables[name]
        if isinstance(given, dict):
            return {key: value(entry) for key, entry in given.items()}
        if isinstance(given, list):
            return [value(entry) for entry in given]
        return given

    repeated = sorted(set(block.attributes) & {"count", "for_each"})
    if repeated:
        raise ConfigurationError(
            Problem("a resource by itself", repeated[0], where, "Write each resource.")
        )
    return Block(
        block.kind,
        block.labels,
        {name: value(given) for name, given in block.attributes.items() if name not in _META},
        [_resolved(each, variables, where) for each in block.blocks],
    )


def _named(kind: str, block: Block, groups: list[str], where: str) -> tuple[str, dict[str, Any]]:
    """Give a resource's name and fields, and note its group."""
    attributes = dict(block.attributes)
    if kind != ALARM:
        groups.append(as_text(attributes.pop(VARIABLE, None), where=f"{where}, {VARIABLE}"))
    key = NAME_ATTRIBUTES[kind]
    name = as_text(attributes.pop(key, None), where=f"{where}, {key}")
    return name, _fields(attributes, ATTRIBUTES[kind], where)


def _fields(attributes: Mapping[str, Any], names: Mapping[str, str], where: str) -> dict[str, Any]:
    """Give fields by AWS's names, refusing unknown attributes and references."""
    fields = {attribute: name for name, attribute in names.items()}
    made: dict[str, Any] = {}
    for attribute, value in attributes.items():
        place = f"{where}, {attribute}"
        if attribute not in fields:
            raise ConfigurationError(
                Problem("an attribute that is known here", attribute, where, "Take it out.")
            )
        if any(isinstance(each, Reference) for each in (value, *_entries(value))):
            raise ConfigurationError(
                Problem("the value itself", "a reference", place, "References are not followed.")
            )
        made[fields[attribute]] = value
    return made


def _entries(value: object) -> list[object]:
    """Give the entries of a list."""
    return value if isinstance(value, list) else []


def _nested(block: Block) -> dict[str, Any]:
    """Give the fields that are blocks of a policy."""
    made: dict[str, Any] = {}
    for each in block.blocks:
        if each.kind == "step_adjustment" and not each.blocks:
            step = _fields(each.attributes, STEP, each.kind)
            made.setdefault("StepAdjustments", []).append(step)
        elif each.kind == "target_tracking_configuration":
            settings = _fields(each.attributes, TARGET, each.kind)
            for inner in each.blocks:
                if inner.kind != "predefined_metric_specification":
                    raise _unknown_block(inner)
                metric = _fields(inner.attributes, PREDEFINED, inner.kind)
                settings["PredefinedMetricSpecification"] = metric
            made["TargetTrackingConfiguration"] = settings
        else:
            raise _unknown_block(each)
    return made


def _unknown_block(block: Block) -> ConfigurationError:
    """Say that a block is not known here."""
    return ConfigurationError(
        Problem("a block that is known here", block.kind, MAIN_FILE, "Take it out.")
    )


def _alarms(
    blocks: Mapping[str, Block], policies: Mapping[str, PolicyResource], where: str
) -> Iterator[AlarmResource]:
    """Yield the alarms that call a policy of the configuration."""
    references = {Reference(f"{POLICY}.{label}.arn"): label for label in policies}
    for label, block in blocks.items():
        place = f"{where}, {label}"
        attributes = dict(block.attributes)
        actions = as_list(attributes.pop("alarm_actions", None), where=f"{place}, alarm_actions")
        called = [references[each] for each in actions if each in references]
        if not called:
            continue
        if len(called) > 1:
            raise ConfigurationError(
                Problem("one policy", ", ".join(called), f"{place}, alarm_actions", "Split it.")
            )
        others = [
            as_text(each, where=f"{place}, alarm_actions")
            for each in actions
            if each not in references
        ]
        dimensions = as_mapping(attributes.pop("dimensions", {}), where=f"{place}, dimensions")
        name, fields = _named(ALARM, Block("", (), attributes), [], place)
        fields["AlarmActions"] = others
        fields["Dimensions"] = [
            {"Name": key, "Value": as_text(value, where=f"{place}, dimensions")}
            for key, value in dimensions.items()
        ]
        yield alarm_resource(name, policies[called[0]].name, fields)


def _one(groups: list[str], where: str) -> str:
    """Give the one group of a configuration."""
    names = sorted(set(groups))
    if len(names) == 1:
        return names[0]
    raise ConfigurationError(
        Problem(
            "policies or scheduled actions of one group",
            ", ".join(map(ascii, names)) or "none",
            where,
            "Give a configuration of one group's scaling.",
        )
    )
