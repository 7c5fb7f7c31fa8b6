"""Where an Elastic Beanstalk environment's options and its group say different things.

Option settings are what the environment was asked for; the group's policies and alarms are what it
built, which someone may have changed since.

Source: docs/aws-semantics.md 8.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tuner.aws.beanstalk import Environment
from tuner.policy.beanstalk import HIGH_ALARM, LOW_ALARM
from tuner.resources.records import AlarmResource, GroupResources, PolicyResource
from tuner.units import SECONDS_PER_MINUTE

UP_POLICY = "AWSEBAutoScalingScaleUpPolicy"
DOWN_POLICY = "AWSEBAutoScalingScaleDownPolicy"
SIDES = (
    ("Upper", HIGH_ALARM, UP_POLICY, "GreaterThanThreshold"),
    ("Lower", LOW_ALARM, DOWN_POLICY, "LessThanThreshold"),
)
"""How options, alarms and policies of one direction are named, and how the alarm compares."""
_OF_LIMITS = {"MinSize": "MinSize", "MaxSize": "MaxSize", "DefaultCooldown": "Cooldown"}
_OF_ALARM = {
    "Period": "Period",
    "EvaluationPeriods": "EvaluationPeriods",
    "MetricName": "MeasureName",
    "Statistic": "Statistic",
    "Unit": "Unit",
}
_DECIDES = (*_OF_ALARM, "Threshold", "ComparisonOperator", "DatapointsToAlarm", "TreatMissingData")
_OF_INSTANCES = ("CPU", "Network", "Disk")
"""How the measures begin whose metric at CloudWatch has the same name."""


@dataclass(frozen=True, slots=True)
class OptionDifference:
    """One thing that an option says and the group does otherwise.

    Parameters
    ----------
    option : str
        Name of the option; for what no option sets, the field by AWS's name.
    resource : str
        Name of the group, policy or alarm.
    said, deployed : str
        By the options, and in the account.
    """

    option: str
    resource: str
    said: str
    deployed: str


def option_differences(
    environment: Environment, resources: GroupResources
) -> tuple[OptionDifference, ...]:
    """Say where the options and what is deployed differ.

    Parameters
    ----------
    environment : Environment
        What was asked for.
    resources : GroupResources
        What is there.
    """
    return tuple(_differences(environment.options.values, resources))


def beside_environment(resources: GroupResources) -> tuple[str, ...]:
    """Name the policies of a group that Elastic Beanstalk did not build.

    Parameters
    ----------
    resources : GroupResources
        The group of an environment.
    """
    built = (UP_POLICY, DOWN_POLICY)
    return tuple(
        policy.name
        for policy in resources.policies
        if not any(part in policy.name for part in built)
    )


def _differences(
    values: Mapping[str, Any], resources: GroupResources
) -> Iterator[OptionDifference]:
    """Yield where options and deployed resources differ."""
    for field, option in _OF_LIMITS.items():
        deployed = resources.limits.get(field)
        if deployed != values[option]:
            yield _difference(option, resources.group, values[option], deployed)
    for side, alarm_part, policy_part, operator in SIDES:
        policy = _find(resources.policies, policy_part)
        if policy is None:
            yield OptionDifference(f"{side}BreachScaleIncrement", policy_part, "a policy", "none")
        else:
            yield from _policy_differences(policy, values, side)
        alarm = _find(resources.alarms, alarm_part)
        if alarm is None:
            yield OptionDifference(f"{side}Threshold", alarm_part, "an alarm", "none")
        else:
            yield from _alarm_differences(alarm, values, side, operator)


def _policy_differences(
    policy: PolicyResource, values: Mapping[str, Any], side: str
) -> Iterator[OptionDifference]:
    """Yield where a policy is not what the options say."""
    increment = f"{side}BreachScaleIncrement"
    said = {
        "PolicyType": "SimpleScaling",
        "AdjustmentType": "ChangeInCapacity",
        "ScalingAdjustment": values[increment],
        "Cooldown": values["Cooldown"],
    }
    for field in sorted({*said, *policy.fields}):
        there = policy.fields.get(field, said["Cooldown"] if field == "Cooldown" else None)
        if there != said.get(field):
            option = {"ScalingAdjustment": increment}.get(field, field)
            yield _difference(option, policy.name, said.get(field), there)


def _alarm_differences(
    alarm: AlarmResource, values: Mapping[str, Any], side: str, operator: str
) -> Iterator[OptionDifference]:
    """Yield where an alarm is not what the options say."""
    said = _alarm_said(values, side, operator)
    if not str(values["MeasureName"]).startswith(_OF_INSTANCES):
        said["MetricName"] = alarm.fields.get("MetricName")
    if "Unit" not in alarm.fields:
        del said["Unit"]
    if alarm.fields.get("ActionsEnabled") is False:
        yield _difference("ActionsEnabled", alarm.name, True, False)
    for field in _DECIDES:
        wanted, there = said.get(field), alarm.fields.get(field)
        if there == wanted:
            continue
        if field == "Period" and isinstance(there, int):
            wanted, there = values["Period"], there / SECONDS_PER_MINUTE
        option = {"Threshold": f"{side}Threshold", **_OF_ALARM}.get(field, field)
        yield _difference(option, alarm.name, wanted, there)


def _alarm_said(values: Mapping[str, Any], side: str, operator: str) -> dict[str, Any]:
    """Give the fields of an alarm that the options say."""
    return {
        "Threshold": values[f"{side}Threshold"],
        "ComparisonOperator": operator,
        "Period": values["Period"] * SECONDS_PER_MINUTE,
        "EvaluationPeriods": values["EvaluationPeriods"],
        "MetricName": values["MeasureName"],
        "Statistic": values["Statistic"],
        "Unit": values["Unit"],
    }


def _difference(option: str, resource: str, said: object, deployed: object) -> OptionDifference:
    """Write the two values of a difference."""
    return OptionDifference(option, resource, _written(said), _written(deployed))


def _written(value: object) -> str:
    """Write a value as a person reads it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:,.12g}" if isinstance(value, int | float) else str(value)


def _find(
    resources: tuple[PolicyResource, ...] | tuple[AlarmResource, ...], part: str
) -> Any | None:
    """Find the resource whose name holds a part."""
    return next((each for each in resources if part in each.name), None)
