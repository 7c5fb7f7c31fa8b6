"""The state of a group in a form that can be compared, and its fingerprint.

What changes by itself is left out: DesiredCapacity, which the policies set, the ARNs, which AWS
gives, and the StartTime of a recurring action, which AWS moves to the next time that it acts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    Fields,
    GroupResources,
    PolicyResource,
)

UNSTEADY_LIMITS = frozenset({"DesiredCapacity"})
"""Limits that scaling itself changes."""


def plain(value: Any) -> Any:
    """Give a value as JSON has it: lists for tuples, whole numbers without a fraction.

    Examples
    --------
    >>> plain({"Threshold": 25.0, "Dimensions": ("a", 0.5)})
    {'Threshold': 25, 'Dimensions': ['a', 0.5]}
    """
    if type(value) is str or type(value) is int:
        return value
    if type(value) is float:
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def firm(value: Any) -> Any:
    """Give a value as the records have it: tuples for lists, whole numbers without a fraction.

    Examples
    --------
    >>> firm({"Threshold": 25.0, "Dimensions": ["a", 0.5]})
    {'Threshold': 25, 'Dimensions': ('a', 0.5)}
    """
    if type(value) is str or type(value) is int:
        return value
    if type(value) is float:
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {str(key): firm(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return tuple(firm(entry) for entry in value)
    return value


def steady(resources: GroupResources) -> GroupResources:
    """Give resources without what changes by itself, each kind in order of its names.

    Parameters
    ----------
    resources : GroupResources
        As an account describes them, or as they are proposed.

    Notes
    -----
    Source: Amazon EC2 Auto Scaling API reference, PutScheduledUpdateGroupAction, StartTime: with a
    Recurrence, the first time that it acts. Assumption: what a description says there for a
    recurring action is the next time, and no part of what a person has set.
    """
    limits = {k: v for k, v in resources.limits.items() if k not in UNSTEADY_LIMITS}
    return GroupResources(
        group=resources.group,
        limits=_firm_fields(limits),
        policies=tuple(
            PolicyResource(name=each.name, fields=_firm_fields(each.fields))
            for each in sorted(resources.policies, key=_name)
        ),
        alarms=tuple(
            replace(each, fields=_firm_fields(each.fields))
            for each in sorted(resources.alarms, key=_name)
        ),
        actions=tuple(
            replace(each, fields=_firm_fields(_without_next_time(each.fields)))
            for each in sorted(resources.actions, key=_name)
        ),
    )


def _name(resource: PolicyResource | AlarmResource | ActionResource) -> str:
    """Give a resource's name."""
    return resource.name


def _firm_fields(fields: Fields) -> dict[str, Any]:
    """Give fields with the values of the records, None left out."""
    return {key: firm(value) for key, value in sorted(fields.items()) if value is not None}


def _without_next_time(fields: Fields) -> Fields:
    """Leave out when a recurring action acts next."""
    if "Recurrence" not in fields:
        return fields
    return {key: value for key, value in fields.items() if key != "StartTime"}


def state_json(resources: GroupResources) -> dict[str, Any]:
    """Give the steady state as a JSON object."""
    state = steady(resources)
    return {
        "group": state.group,
        "limits": plain(state.limits),
        "policies": [{"name": each.name, "fields": plain(each.fields)} for each in state.policies],
        "alarms": [
            {"name": each.name, "policy_name": each.policy_name, "fields": plain(each.fields)}
            for each in state.alarms
        ],
        "actions": [{"name": each.name, "fields": plain(each.fields)} for each in state.actions],
    }


def canonical(value: Any) -> str:
    """Give a value as JSON that is the same text for equal values.

    Examples
    --------
    >>> canonical({"b": 1.0, "a": (2, None)})
    '{"a":[2,null],"b":1}'
    """
    return _text(plain(value))


def _text(value: Any) -> str:
    """Write what is plain."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: Any) -> str:
    """Give the SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def fingerprint(resources: GroupResources) -> str:
    """Give the SHA-256 of the steady state: equal where nobody has changed anything.

    Examples
    --------
    >>> one = GroupResources(group="web", limits={"MinSize": 1, "DesiredCapacity": 4})
    >>> fingerprint(one) == fingerprint(GroupResources(group="web", limits={"MinSize": 1}))
    True
    """
    return hashlib.sha256(_text(state_json(resources)).encode()).hexdigest()
