"""The scaling of a group as a CloudFormation template, in YAML or JSON.

A template makes its own names for policies and scheduled actions; the names that cliffside gives
stand in each resource's ``Metadata`` and are read from there. Limits of a group are not a resource
of their own: they belong to the template that owns the group.

Source: AWS CloudFormation template reference, AWS::AutoScaling::ScalingPolicy,
AWS::CloudWatch::Alarm, AWS::AutoScaling::ScheduledAction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tuner.errors import Problem, UnsupportedPlanError
from tuner.resources.names import check_writable, labels
from tuner.resources.records import AlarmResource, Fields, GroupResources
from tuner.resources.texts import write_json, write_yaml

POLICY = "AWS::AutoScaling::ScalingPolicy"
ALARM = "AWS::CloudWatch::Alarm"
ACTION = "AWS::AutoScaling::ScheduledAction"
YAML_FILE, JSON_FILE = "cliffside.yaml", "cliffside.json"
VERSION = "2010-09-09"
DESCRIPTION = "How one Auto Scaling group scales, written by cliffside export."

NAME_KEYS = {POLICY: "PolicyName", ALARM: "AlarmName", ACTION: "ScheduledActionName"}
"""Names of resources in AWS's words."""

PROPERTIES: Mapping[str, frozenset[str]] = {
    POLICY: frozenset(
        {
            *("AdjustmentType", "Cooldown", "EstimatedInstanceWarmup", "MetricAggregationType"),
            *("MinAdjustmentMagnitude", "PolicyType", "PredictiveScalingConfiguration"),
            *("ScalingAdjustment", "StepAdjustments", "TargetTrackingConfiguration"),
        }
    ),
    ALARM: frozenset(
        {
            *("ActionsEnabled", "AlarmActions", "AlarmDescription", "ComparisonOperator"),
            *("DatapointsToAlarm", "Dimensions", "EvaluateLowSampleCountPercentile"),
            *("EvaluationPeriods", "ExtendedStatistic", "InsufficientDataActions", "MetricName"),
            *("Metrics", "Namespace", "OKActions", "Period", "Statistic", "Threshold"),
            *("ThresholdMetricId", "TreatMissingData", "Unit"),
        }
    ),
    ACTION: frozenset(
        {
            *("DesiredCapacity", "EndTime", "MaxSize", "MinSize", "Recurrence", "StartTime"),
            "TimeZone",
        }
    ),
}
"""Properties that are also parameters of the request."""


def write_cloudformation(resources: GroupResources) -> dict[str, str]:
    """Write a template in YAML.

    Parameters
    ----------
    resources : GroupResources
        What is to be deployed; its limits must be out.

    Returns
    -------
    dict of str to str
        One file by its name.

    Raises
    ------
    UnsupportedPlanError
        Naming all that a template cannot say.
    """
    return {YAML_FILE: write_yaml(_template(resources))}


def write_cloudformation_json(resources: GroupResources) -> dict[str, str]:
    """Write a template in JSON.

    Parameters
    ----------
    resources : GroupResources
        As in `write_cloudformation`.

    Raises
    ------
    UnsupportedPlanError
        Naming all that a template cannot say.
    """
    return {JSON_FILE: write_json(_template(resources))}


def template_resources(
    resources: GroupResources, *, group: object, is_named: bool = True
) -> dict[str, Any]:
    """Give the ``Resources`` of a template.

    Parameters
    ----------
    resources : GroupResources
        What is to be deployed.
    group : object
        What stands for the group's name: a text, or a reference.
    is_named : bool
        Whether names stand in the template, or are left to CloudFormation.

    Raises
    ------
    UnsupportedPlanError
        Naming all that a template cannot say.
    """
    check_writable(resources, why_not=_why_not)
    found = list(_unknown_fields(resources))
    if found:
        raise UnsupportedPlanError(*found)
    ids = {
        name: f"Cliffside{_camel(label)}Policy"
        for name, label in labels([each.name for each in resources.policies], "policy").items()
    }
    made: dict[str, Any] = {}
    for policy in resources.policies:
        properties = {"AutoScalingGroupName": group, **_policy_properties(policy.fields)}
        made[ids[policy.name]] = _resource(POLICY, policy.name, properties, is_named=is_named)
    alarm_labels = labels([each.name for each in resources.alarms], "alarm")
    for alarm, (name, label) in zip(resources.alarms, alarm_labels.items()):
        properties = _alarm_properties(alarm, ids[alarm.policy_name], resources.group, group)
        if is_named:
            properties = {"AlarmName": name, **properties}
        made[f"Cliffside{_camel(label)}Alarm"] = {"Type": ALARM, "Properties": properties}
    action_labels = labels([each.name for each in resources.actions], "action")
    for action, (name, label) in zip(resources.actions, action_labels.items()):
        properties = {"AutoScalingGroupName": group, **action.fields}
        made[f"Cliffside{_camel(label)}Action"] = _resource(
            ACTION, name, properties, is_named=is_named
        )
    return made


def _template(resources: GroupResources) -> dict[str, Any]:
    """Give the template of a group's scaling."""
    if resources.limits:
        said = ", ".join(f"{name} {value}" for name, value in resources.limits.items())
        raise UnsupportedPlanError(
            Problem(
                "no limits of the group",
                said,
                "min_size",
                "A template says them only where it owns the group: set them there, and give"
                " --limits-by-hand.",
            )
        )
    made = template_resources(resources, group=resources.group)
    if not made:
        raise UnsupportedPlanError(
            Problem(
                "a policy or a scheduled action", "none", "plan", "A template needs a resource."
            )
        )
    return {"AWSTemplateFormatVersion": VERSION, "Description": DESCRIPTION, "Resources": made}


def _why_not(text: str) -> str | None:
    """Say why CloudFormation would put something else in place of a text."""
    if "{{resolve:" in text:
        return "CloudFormation puts a parameter or a secret in place of {{resolve:"
    return None


def _unknown_fields(resources: GroupResources) -> Iterator[Problem]:
    """Yield fields that CloudFormation has no property for."""
    for kind, some in (
        (POLICY, resources.policies),
        (ALARM, resources.alarms),
        (ACTION, resources.actions),
    ):
        for each in some:
            for name in sorted(set(each.fields) - PROPERTIES[kind]):
                yield Problem(
                    f"properties of {kind}",
                    f"{name} = {each.fields[name]!a}",
                    ascii(each.name),
                    "CloudFormation cannot say it: take it out, or choose another form.",
                )


def _resource(
    kind: str, name: str, properties: Mapping[str, Any], *, is_named: bool
) -> dict[str, Any]:
    """Give a resource, its name in its metadata."""
    metadata = {"Metadata": {"Cliffside": {NAME_KEYS[kind]: name}}} if is_named else {}
    return {"Type": kind, **metadata, "Properties": properties}


def _policy_properties(fields: Fields) -> dict[str, Any]:
    """Give the properties of a policy; its cooldown is a text there."""
    cooldown = {"Cooldown": str(fields["Cooldown"])} if "Cooldown" in fields else {}
    return {**fields, **cooldown}


def _alarm_properties(
    alarm: AlarmResource, policy_id: str, group: str, stands_for: object
) -> dict[str, Any]:
    """Give the properties of an alarm."""
    properties = dict(alarm.fields)
    dimensions = [
        {**each, "Value": stands_for}
        if each == {"Name": "AutoScalingGroupName", "Value": group}
        else each
        for each in properties.get("Dimensions", ())
    ]
    if dimensions:
        properties["Dimensions"] = dimensions
    properties["AlarmActions"] = [{"Ref": policy_id}, *properties.get("AlarmActions", ())]
    return properties


def _camel(label: str) -> str:
    """Write a label as a logical id has it."""
    return "".join(part.capitalize() for part in label.split("_"))
