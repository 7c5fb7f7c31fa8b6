"""The scaling of a group as a Terraform configuration, and back.

``main.tf`` has the resources, ``terraform.tfvars.json`` the name of the group, so that the same
configuration serves another group. Limits of a group are attributes of the resource that owns it,
which is not here.

Source: Terraform AWS provider, aws_autoscaling_policy, aws_cloudwatch_metric_alarm,
aws_autoscaling_schedule; a size of -1 leaves that size of a scheduled action as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from tuner.deployment.terraform_hcl import Block, Reference, write_blocks
from tuner.errors import Problem, UnsupportedPlanError
from tuner.resources.names import check_writable, labels
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    Fields,
    GroupResources,
    PolicyResource,
)
from tuner.resources.texts import write_json

MAIN_FILE, VALUES_FILE = "main.tf", "terraform.tfvars.json"
VARIABLE = "autoscaling_group_name"
GROUP = Reference(f"var.{VARIABLE}")
POLICY, ALARM, ACTION = (
    "aws_autoscaling_policy",
    "aws_cloudwatch_metric_alarm",
    "aws_autoscaling_schedule",
)
NAME_ATTRIBUTES = {POLICY: "name", ALARM: "alarm_name", ACTION: "scheduled_action_name"}

ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    POLICY: {
        "PolicyType": "policy_type",
        "AdjustmentType": "adjustment_type",
        "ScalingAdjustment": "scaling_adjustment",
        "Cooldown": "cooldown",
        "MinAdjustmentMagnitude": "min_adjustment_magnitude",
        "MetricAggregationType": "metric_aggregation_type",
        "EstimatedInstanceWarmup": "estimated_instance_warmup",
        "Enabled": "enabled",
    },
    ALARM: {
        "AlarmDescription": "alarm_description",
        "Namespace": "namespace",
        "MetricName": "metric_name",
        "Statistic": "statistic",
        "ExtendedStatistic": "extended_statistic",
        "Unit": "unit",
        "Period": "period",
        "EvaluationPeriods": "evaluation_periods",
        "DatapointsToAlarm": "datapoints_to_alarm",
        "ComparisonOperator": "comparison_operator",
        "Threshold": "threshold",
        "TreatMissingData": "treat_missing_data",
        "EvaluateLowSampleCountPercentile": "evaluate_low_sample_count_percentiles",
        "ActionsEnabled": "actions_enabled",
        "OKActions": "ok_actions",
        "InsufficientDataActions": "insufficient_data_actions",
    },
    ACTION: {
        "Recurrence": "recurrence",
        "TimeZone": "time_zone",
        "StartTime": "start_time",
        "EndTime": "end_time",
        "MinSize": "min_size",
        "MaxSize": "max_size",
        "DesiredCapacity": "desired_capacity",
    },
}
"""Attributes by AWS's fields, as far as they are called otherwise and no more."""

STEP = {
    "MetricIntervalLowerBound": "metric_interval_lower_bound",
    "MetricIntervalUpperBound": "metric_interval_upper_bound",
    "ScalingAdjustment": "scaling_adjustment",
}
TARGET = {"TargetValue": "target_value", "DisableScaleIn": "disable_scale_in"}
PREDEFINED = {
    "PredefinedMetricType": "predefined_metric_type",
    "ResourceLabel": "resource_label",
}
SIZES = ("MinSize", "MaxSize", "DesiredCapacity")
UNCHANGED = -1
"""A size of a scheduled action that is left as it is."""

_ELSEWHERE = {
    POLICY: {"StepAdjustments", "TargetTrackingConfiguration"},
    ALARM: {"AlarmActions", "Dimensions"},
    ACTION: set[str](),
}


def write_terraform(resources: GroupResources) -> dict[str, str]:
    """Write a configuration.

    Parameters
    ----------
    resources : GroupResources
        What is to be deployed; its limits must be out.

    Returns
    -------
    dict of str to str
        Two files by their names.

    Raises
    ------
    UnsupportedPlanError
        Naming all that a configuration cannot say.
    """
    check_writable(resources, why_not=_why_not)
    found = list(_problems(resources))
    if found:
        raise UnsupportedPlanError(*found)
    called = labels([each.name for each in resources.policies], "policy")
    alarms = labels([each.name for each in resources.alarms], "alarm")
    actions = labels([each.name for each in resources.actions], "action")
    blocks = [
        Block(
            "variable",
            (VARIABLE,),
            {
                "type": Reference("string"),
                "description": "Name of the Auto Scaling group that scales.",
            },
        ),
        *(_policy(policy, f"cliffside_{called[policy.name]}") for policy in resources.policies),
        *(
            _alarm(
                alarm,
                f"cliffside_{alarms[alarm.name]}",
                Reference(f"{POLICY}.cliffside_{called[alarm.policy_name]}.arn"),
                resources.group,
            )
            for alarm in resources.alarms
        ),
        *(_action(action, f"cliffside_{actions[action.name]}") for action in resources.actions),
    ]
    return {
        MAIN_FILE: write_blocks(blocks),
        VALUES_FILE: write_json({VARIABLE: resources.group}),
    }


def _why_not(text: str) -> str | None:
    """Say why Terraform would put something else in place of a text."""
    if unicodedata.normalize("NFC", text) != text:
        return "Terraform brings it into Unicode's composed form, which is another name to AWS"
    return None


def _problems(resources: GroupResources) -> Iterator[Problem]:
    """Yield what a configuration has no attribute for."""
    if resources.limits:
        said = ", ".join(f"{name} {value}" for name, value in resources.limits.items())
        yield Problem(
            "no limits of the group",
            said,
            "min_size",
            "They are attributes of the aws_autoscaling_group, which is not here: set them there,"
            " and give --limits-by-hand.",
        )
    for kind, some in (
        (POLICY, resources.policies),
        (ALARM, resources.alarms),
        (ACTION, resources.actions),
    ):
        for each in some:
            unknown = set(each.fields) - set(ATTRIBUTES[kind]) - _ELSEWHERE[kind]
            if each.fields.get("MinAdjustmentMagnitude") == 0:
                unknown.add("MinAdjustmentMagnitude")
            settings = each.fields.get("TargetTrackingConfiguration", {})
            unknown |= set(settings) - set(TARGET) - {"PredefinedMetricSpecification"}
            for name in sorted(unknown):
                yield Problem(
                    f"attributes of {kind}",
                    f"{name} = {each.fields.get(name, settings.get(name))!a}",
                    ascii(each.name),
                    "Terraform is not told it here: take it out, or choose another form.",
                )


def _attributes(kind: str, fields: Fields) -> dict[str, Any]:
    """Give the attributes that are fields by another name."""
    return {
        attribute: fields[name] for name, attribute in ATTRIBUTES[kind].items() if name in fields
    }


def _policy(policy: PolicyResource, label: str) -> Block:
    """Give a policy as a block."""
    blocks = [
        Block(
            "step_adjustment",
            (),
            {attribute: step[name] for name, attribute in STEP.items() if name in step},
        )
        for step in policy.fields.get("StepAdjustments", ())
    ]
    settings = policy.fields.get("TargetTrackingConfiguration")
    if settings is not None:
        metric = settings.get("PredefinedMetricSpecification", {})
        given = {name: metric[aws] for aws, name in PREDEFINED.items() if aws in metric}
        blocks.append(
            Block(
                "target_tracking_configuration",
                (),
                {name: settings[aws] for aws, name in TARGET.items() if aws in settings},
                [Block("predefined_metric_specification", (), given)],
            )
        )
    attributes = {"name": policy.name, VARIABLE: GROUP, **_attributes(POLICY, policy.fields)}
    return Block("resource", (POLICY, label), attributes, blocks)


def _alarm(alarm: AlarmResource, label: str, policy: Reference, group: str) -> Block:
    """Give an alarm as a block."""
    attributes = {
        "alarm_name": alarm.name,
        **_attributes(ALARM, alarm.fields),
        "alarm_actions": [policy, *alarm.fields.get("AlarmActions", ())],
    }
    dimensions = {
        each["Name"]: GROUP
        if each == {"Name": "AutoScalingGroupName", "Value": group}
        else each["Value"]
        for each in alarm.fields.get("Dimensions", ())
    }
    if dimensions:
        attributes["dimensions"] = dimensions
    return Block("resource", (ALARM, label), attributes)


def _action(action: ActionResource, label: str) -> Block:
    """Give a scheduled action as a block."""
    sizes = {name: action.fields.get(name, UNCHANGED) for name in SIZES}
    attributes = {
        "scheduled_action_name": action.name,
        VARIABLE: GROUP,
        **_attributes(ACTION, {**action.fields, **sizes}),
    }
    return Block("resource", (ACTION, label), attributes)
