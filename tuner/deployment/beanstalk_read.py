"""The scaling of an Elastic Beanstalk environment read from its option settings and resources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tuner.deployment.beanstalk import CONFIG_FILE, GROUP_REFERENCE, JSON_FILE, NEUTRAL
from tuner.deployment.beanstalk_trigger import LIMIT_OPTIONS, SCHEDULED
from tuner.deployment.cloudformation_read import Unnamed, read_resources
from tuner.errors import ConfigurationError, Problem
from tuner.policy.beanstalk import Beanstalk
from tuner.policy.beanstalk_options import (
    TRIGGER,
    Value,
    across_problems,
    default_values,
    read_values,
)
from tuner.resources.fields import action_resource
from tuner.resources.from_plan import resources_of
from tuner.resources.names import created_name
from tuner.resources.records import ActionResource, Fields, GroupResources
from tuner.resources.texts import as_list, as_mapping, as_text, read_json, read_yaml

_OURS = re.compile(r"Cliffside(ScaleOut|ScaleIn|TargetTracking|At\d{4})(?:Policy|Alarm|Action)?")
_ROLES = {"ScaleOut": "scale-out", "ScaleIn": "scale-in", "TargetTracking": "target-tracking"}


def read_beanstalk(text: str, *, group: str, where: str = CONFIG_FILE) -> GroupResources:
    """Read the scaling of an environment from a file of ``.ebextensions``.

    Parameters
    ----------
    text : str
        The file: a trigger, or resources beside one at rest.
    group : str
        Name of the environment's group, which is not in the file.
    where : str
        Name of the file, for messages.

    Returns
    -------
    GroupResources
        With the names that cliffside gives.

    Raises
    ------
    ConfigurationError
        Naming every option that is unknown, out of its range, or that cannot be simulated.
    """
    document = as_mapping(read_yaml(text, where=where), where=where)
    options = as_mapping(document.get("option_settings", {}), where=f"{where}, option_settings")
    values = _read_options(options, where)
    raw = as_mapping(document.get("Resources", {}), where=f"{where}, Resources")
    found = GroupResources(group=group)
    if raw:
        found = read_resources(
            raw,
            where=where,
            unnamed=Unnamed(GROUP_REFERENCE, group, lambda logical: _name(logical, group)),
        )
    trigger = options.get(TRIGGER)
    if trigger != NEUTRAL and found.policies:
        raise ConfigurationError(
            Problem(
                "a trigger at rest beside policies that are resources",
                "one that acts",
                f"{where}, {TRIGGER}",
                "UpperThreshold 20000000 and LowerThreshold 0 let it rest.",
            )
        )
    if trigger != NEUTRAL:
        return replace(_trigger(values, group, where), actions=found.actions)
    return replace(found, limits=_limits(values, ("MinSize", "MaxSize", "DefaultCooldown")))


def read_beanstalk_json(text: str, *, group: str, where: str = JSON_FILE) -> GroupResources:
    """Read the scaling of an environment from option settings in JSON.

    Parameters
    ----------
    text, group, where : str
        As in `read_beanstalk`.

    Raises
    ------
    ConfigurationError
        Naming every option that is unknown, out of its range, or that cannot be simulated.
    """
    options: dict[str, dict[str, str]] = {}
    schedule: dict[str, dict[str, str]] = {}
    for k, entry in enumerate(as_list(read_json(text, where=where), where=where)):
        place = f"{where}, [{k}]"
        setting = as_mapping(entry, where=place)
        namespace, name, value = (
            as_text(setting.get(key), where=f"{place}, {key}")
            for key in ("Namespace", "OptionName", "Value")
        )
        table = options.setdefault(namespace, {})
        if namespace == SCHEDULED:
            del options[SCHEDULED]
            resource = as_text(setting.get("ResourceName"), where=f"{place}, ResourceName")
            table = schedule.setdefault(resource, {})
        if name in table:
            raise ConfigurationError(Problem("each option once", name, place, "Take one out."))
        table[name] = value
    actions = [action_resource(_name(name, group), raw) for name, raw in schedule.items()]
    trigger = _trigger(_read_options(options, where), group, where)
    return replace(trigger, actions=_by_name(actions))


def _read_options(options: Mapping[str, Any], where: str) -> dict[str, Value]:
    """Read option settings, refusing what is unknown or out of its range."""
    values, problems = read_values(options)
    if problems:
        raise ConfigurationError(
            *(replace(each.problem, where=f"{where}, {each.problem.where}") for each in problems)
        )
    return values


def _trigger(values: Mapping[str, Value], group: str, where: str) -> GroupResources:
    """Give the resources that a trigger builds."""
    every = {**default_values(), **values}
    if "MaxSize" not in values:  # the environment has its own
        every["MaxSize"] = max(int(every["MinSize"]), int(every["MaxSize"]))
    given = frozenset(values)
    problems = [each.problem for each in across_problems(every, given)]
    if problems:
        raise ConfigurationError(
            *(replace(each, where=f"{where}, {each.where}") for each in problems)
        )
    plan = Beanstalk(every, given).plan()
    return resources_of(plan, group=group, limits=_limits(values, ("MinSize", "MaxSize")))


def _limits(values: Mapping[str, Value], names: tuple[str, ...]) -> Fields:
    """Give the limits of the group that options set."""
    return {
        name: int(values[LIMIT_OPTIONS[name]]) for name in names if LIMIT_OPTIONS[name] in values
    }


def _name(logical: str, group: str) -> str:
    """Give the name that cliffside gives what has a logical id of ours; else the id."""
    match = _OURS.fullmatch(logical)
    if match is None:
        return logical
    role = match.group(1)
    return created_name(group, _ROLES.get(role, f"at-{role[2:]}"))


def _by_name(actions: list[ActionResource]) -> tuple[ActionResource, ...]:
    """Give actions in order of their names."""
    return tuple(sorted(actions, key=lambda each: each.name))
