"""The scaling of a group as inputs of the AWS command line, one file a call, and back.

Each file is what ``--cli-input-json`` takes; ``README.md`` has the calls in their order. An alarm
calls a policy by its ARN, which AWS gives when the policy is created: until then a text that AWS
refuses stands in its place, so that an alarm cannot be created that calls nothing.

Source: AWS CLI command reference, autoscaling put-scaling-policy, cloudwatch put-metric-alarm,
autoscaling put-scheduled-update-group-action, autoscaling update-auto-scaling-group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tuner.errors import ConfigurationError, Problem, UnsupportedPlanError
from tuner.resources.fields import (
    LIMITS,
    action_resource,
    alarm_resource,
    limit_fields,
    policy_resource,
)
from tuner.resources.names import check_writable
from tuner.resources.records import AlarmResource, GroupResources, PolicyResource
from tuner.resources.texts import as_list, as_mapping, as_text, read_json, write_json

README = "README.md"
LIMIT = "update-auto-scaling-group"
POLICY = "put-scaling-policy"
ALARM = "put-metric-alarm"
ACTION = "put-scheduled-update-group-action"
SERVICES = {LIMIT: "autoscaling", POLICY: "autoscaling", ALARM: "cloudwatch", ACTION: "autoscaling"}
GROUP_KEY = "AutoScalingGroupName"
ARN_OF = "PolicyARN that {} answers"
"""What stands for a policy's ARN in an alarm: which file's call answers it."""

_FILE = re.compile(rf"\d\d+-({LIMIT}|{POLICY}|{ALARM}|{ACTION})\.json")
_ARN_OF = re.compile(r"PolicyARN that (\d\d+-put-scaling-policy\.json) answers")


def write_cli_json(resources: GroupResources) -> dict[str, str]:
    """Write the inputs of all calls, and the order of the calls.

    Parameters
    ----------
    resources : GroupResources
        What is to be deployed.

    Returns
    -------
    dict of str to str
        Files by their names, of which none is made of a resource's name.

    Raises
    ------
    UnsupportedPlanError
        Naming all that AWS would refuse.
    """
    check_writable(resources)
    group = {GROUP_KEY: resources.group}
    inputs: list[tuple[str, Mapping[str, Any]]] = []
    files_of: dict[str, str] = {}
    if resources.limits:
        inputs.append((LIMIT, {**group, **resources.limits}))
    for policy in resources.policies:
        files_of[policy.name] = _file(len(inputs), POLICY)
        inputs.append((POLICY, {**group, "PolicyName": policy.name, **policy.fields}))
    inputs.extend((ALARM, _alarm_input(alarm, files_of)) for alarm in resources.alarms)
    inputs.extend(
        (ACTION, {**group, "ScheduledActionName": action.name, **action.fields})
        for action in resources.actions
    )
    if not inputs:
        raise UnsupportedPlanError(
            Problem("a policy or a scheduled action", "none", "plan", "There is nothing to call.")
        )
    files = {_file(k, verb): write_json(given) for k, (verb, given) in enumerate(inputs)}
    return {README: _readme(inputs, files_of), **files}


def read_cli_json(files: Mapping[str, str]) -> GroupResources:
    """Read the scaling of a group from the inputs of its calls.

    Parameters
    ----------
    files : mapping of str to str
        Texts by the names that `write_cli_json` gives; other files are passed over.

    Raises
    ------
    ConfigurationError
        Where they are not the inputs of one group's calls.
    """
    groups: list[str] = []
    limits: dict[str, Any] = {}
    policies: dict[str, PolicyResource] = {}
    raw_alarms: dict[str, dict[str, Any]] = {}
    actions = []
    for name in sorted(files):
        match = _FILE.fullmatch(name)
        if match is None:
            continue
        given = dict(as_mapping(read_json(files[name], where=name), where=name))
        if match.group(1) == ALARM:
            raw_alarms[name] = given
            continue
        groups.append(_taken(given, GROUP_KEY, name))
        if match.group(1) == LIMIT:
            _refuse_unknown(given, LIMITS, name)
            limits.update(limit_fields(given, group=groups[-1]))
        elif match.group(1) == POLICY:
            policies[name] = policy_resource(_taken(given, "PolicyName", name), given)
        else:
            actions.append(action_resource(_taken(given, "ScheduledActionName", name), given))
    return GroupResources(
        group=_one(groups),
        limits=limits,
        policies=tuple(sorted(policies.values(), key=lambda each: each.name)),
        alarms=tuple(sorted(_alarms(raw_alarms, policies), key=lambda each: each.name)),
        actions=tuple(sorted(actions, key=lambda each: each.name)),
    )


def _file(index: int, verb: str) -> str:
    """Name the file of a call."""
    return f"{index + 1:02}-{verb}.json"


def _alarm_input(alarm: AlarmResource, files_of: Mapping[str, str]) -> dict[str, Any]:
    """Give the input of an alarm's call."""
    call = ARN_OF.format(files_of[alarm.policy_name])
    return {
        "AlarmName": alarm.name,
        **alarm.fields,
        "AlarmActions": [call, *alarm.fields.get("AlarmActions", ())],
    }


def _alarms(
    raw: Mapping[str, dict[str, Any]], policies: Mapping[str, PolicyResource]
) -> Iterator[AlarmResource]:
    """Yield the alarms with the policies that they call."""
    for name, given in raw.items():
        place = f"{name}, AlarmActions"
        calls = as_list(given.pop("AlarmActions", None), where=place)
        matches = {each: _ARN_OF.fullmatch(as_text(each, where=place)) for each in calls}
        called = [match.group(1) for match in matches.values() if match is not None]
        if len(called) != 1 or called[0] not in policies:
            raise ConfigurationError(
                Problem(
                    ARN_OF.format("one of the files of put-scaling-policy"),
                    ", ".join(map(ascii, calls)) or "nothing",
                    place,
                    "Give the files as cliffside wrote them.",
                )
            )
        given["AlarmActions"] = [each for each, match in matches.items() if match is None]
        alarm_name = _taken(given, "AlarmName", name)
        yield alarm_resource(alarm_name, policies[called[0]].name, given)


def _taken(given: dict[str, Any], key: str, where: str) -> str:
    """Take a text that must be there."""
    return as_text(given.pop(key, None), where=f"{where}, {key}")


def _refuse_unknown(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    """Refuse keys that are not known here."""
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ConfigurationError(
            Problem(f"of {', '.join(known)}", ", ".join(map(ascii, unknown)), where, "Take it out.")
        )


def _one(groups: list[str]) -> str:
    """Give the one group of all calls."""
    names = sorted(set(groups))
    if len(names) == 1:
        return names[0]
    raise ConfigurationError(
        Problem(
            "calls for one group",
            ", ".join(map(ascii, names)) or "none",
            "files",
            "Give the files of one export.",
        )
    )


def _readme(inputs: list[tuple[str, Mapping[str, Any]]], files_of: Mapping[str, str]) -> str:
    """Say the calls in their order; no name of a resource is part of a command."""
    lines = [
        "# Scaling of one Auto Scaling group",
        "",
        "Run the calls in this order, in this folder.",
        "",
    ]
    policies = {file: k for k, file in enumerate(files_of.values())}
    letters = {file: f"ARN-{number + 1}" for number, file in enumerate(policies)}
    for k, (verb, given) in enumerate(inputs):
        file = _file(k, verb)
        command = f"aws {SERVICES[verb]} {verb} --cli-input-json file://{file}"
        if verb == ALARM:
            called = str(given["AlarmActions"][0])
            match = _ARN_OF.fullmatch(called)
            letter = letters[match.group(1)] if match else called
            others = " and what else stands there" if len(given["AlarmActions"]) > 1 else ""
            lines.append(f"{k + 1}. `{command} --alarm-actions {letter}`{others}")
        elif file in letters:
            lines.append(f"{k + 1}. `{command}`, which answers {letters[file]} as `PolicyARN`")
        else:
            lines.append(f"{k + 1}. `{command}`")
    lines += [
        "",
        "The ARN of a policy is known when the policy is there. What is given behind",
        "`--alarm-actions` goes before what stands in the file, which AWS refuses as it is: an",
        "alarm that calls nothing cannot be made by mistake.",
        "",
    ]
    return "\n".join(lines)
