"""`show` of an Elastic Beanstalk environment: its options, and what its group does otherwise."""

from __future__ import annotations

import json
from functools import partial

import pytest

from tests.aws.recorded import (
    ACCOUNT,
    AnsweringAccount,
    add_environment,
    environments,
    recorded,
    web_asg,
)
from tests.aws.showing import PLAN, meet, show
from tests.doors.command import call

RESOURCES = {
    "EnvironmentResources": {
        "EnvironmentName": "web-prod",
        "AutoScalingGroups": [{"Name": "web-asg"}],
    }
}


@pytest.fixture
def deployed(monkeypatch):
    """Let the program meet an account that answers from a list."""
    return partial(meet, monkeypatch)


def test_the_environment_names_its_group(deployed, capsys):
    answers = AnsweringAccount()
    answers.add("elasticbeanstalk", "describe_environments", environments("web-prod"))
    asked = {"EnvironmentName": "web-prod"}
    answers.add("elasticbeanstalk", "describe_environment_resources", RESOURCES, asked)
    add_environment(answers)
    for operation in ("describe_auto_scaling_groups", "describe_policies"):
        answers.add("autoscaling", operation, recorded(operation))
    answers.add("autoscaling", "describe_scheduled_actions", {"ScheduledUpdateGroupActions": []})
    answers.add("cloudwatch", "describe_alarms", recorded("describe_alarms"))
    deployed(answers.account)
    got = show(capsys, "--environment", "web-prod")

    answers.check()
    assert PLAN in got.out


def test_a_group_whose_environment_may_not_be_read_is_shown_all_the_same(deployed, capsys):
    answers = web_asg(environment=False)
    answers.refuse("elasticbeanstalk", "describe_environments", "AccessDenied", f"of {ACCOUNT}")
    deployed(answers.account)
    got = show(capsys, "web-asg")

    assert "The environment web-prod was not read" in got.out
    assert "access denied" in got.out
    assert ACCOUNT not in got.out
    assert PLAN in got.out


def test_an_environment_that_is_not_there_is_named_with_the_nearest_one(deployed, capsys):
    answers = AnsweringAccount()
    answers.add("elasticbeanstalk", "describe_environments", environments())
    answers.add("elasticbeanstalk", "describe_environments", environments("web-prod", "other"))
    deployed(answers.account)
    got = call(capsys, "show", "--environment", "web-prd")

    assert (got.code, got.out) == (1, "")
    assert "Did you mean 'web-prod'?" in got.err


def test_an_environment_without_a_group_is_a_sentence(deployed, capsys):
    answers = AnsweringAccount()
    answers.add("elasticbeanstalk", "describe_environments", environments("web-prod"))
    nothing = {"EnvironmentResources": {"EnvironmentName": "web-prod", "AutoScalingGroups": []}}
    answers.add("elasticbeanstalk", "describe_environment_resources", nothing)
    deployed(answers.account)
    got = call(capsys, "show", "--environment", "web-prod")

    assert got.code == 1
    assert "expected an environment with an Auto Scaling group, got one without" in got.err


def test_options_that_the_group_does_not_follow_are_named(deployed, capsys):
    answers = AnsweringAccount()
    groups, alarms = recorded("describe_auto_scaling_groups"), recorded("describe_alarms")
    groups["AutoScalingGroups"][0]["MaxSize"] = 20
    high, low = alarms["MetricAlarms"]
    high |= {"Threshold": 30.0, "Period": 60, "TreatMissingData": "breaching"}
    low |= {"ComparisonOperator": "LessThanOrEqualToThreshold", "ActionsEnabled": False}
    policies = recorded("describe_policies")
    down, up = policies["ScalingPolicies"]
    up["ScalingAdjustment"] = 3
    down["Cooldown"] = 60
    mine = {**up, "PolicyName": "mine", "PolicyARN": "arn:mine", "Alarms": []}
    policies["ScalingPolicies"].append(mine)
    answers.add("autoscaling", "describe_auto_scaling_groups", groups)
    answers.add("autoscaling", "describe_policies", policies)
    answers.add("autoscaling", "describe_scheduled_actions", {"ScheduledUpdateGroupActions": []})
    answers.add("cloudwatch", "describe_alarms", alarms)
    answers.add("cloudwatch", "describe_alarms", {"MetricAlarms": []}, {"ActionPrefix": "arn:mine"})
    add_environment(answers)
    deployed(answers.account)
    got = json.loads(show(capsys, "web-asg", "--output", "json").out)
    found = {
        each["option"]: (each["said"], each["deployed"])
        for each in got["environment"]["differences"]
    }

    answers.check()
    assert found == {
        "MaxSize": ("12", "20"),
        "UpperBreachScaleIncrement": ("1", "3"),
        "Cooldown": ("360", "60"),
        "UpperThreshold": ("25", "30"),
        "Period": ("5", "1"),
        "TreatMissingData": ("nothing", "breaching"),
        "ComparisonOperator": ("LessThanThreshold", "LessThanOrEqualToThreshold"),
        "ActionsEnabled": ("true", "false"),
    }
    assert got["environment"]["beside"] == ["mine"]
    assert any("'mine'" in sentence for sentence in got["not_represented"])


def test_an_environment_whose_pair_is_gone_says_so(deployed, capsys):
    answers = AnsweringAccount()
    answers.add(
        "autoscaling", "describe_auto_scaling_groups", recorded("describe_auto_scaling_groups")
    )
    answers.add("autoscaling", "describe_policies", {"ScalingPolicies": []})
    answers.add("autoscaling", "describe_scheduled_actions", {"ScheduledUpdateGroupActions": []})
    add_environment(answers)
    deployed(answers.account)
    got = show(capsys, "web-asg")

    assert "AWSEBAutoScalingScaleUpPolicy has none." in got.out
    assert "AWSEBCloudwatchAlarmLow has none." in got.out


def test_a_trigger_on_another_metric_is_said_and_not_taken_for_cpu(deployed, capsys):
    answers = web_asg(environment=False)
    answers.add("elasticbeanstalk", "describe_environments", environments("web-prod"))
    settings = recorded("describe_configuration_settings")
    for each in settings["ConfigurationSettings"][0]["OptionSettings"]:
        if each["OptionName"] == "MeasureName":
            each["Value"] = "NetworkOut"
    draft = {**settings["ConfigurationSettings"][0], "DeploymentStatus": "pending"}
    settings["ConfigurationSettings"].insert(0, draft)
    answers.add("elasticbeanstalk", "describe_configuration_settings", settings)
    deployed(answers.account)
    got = show(capsys, "web-asg")

    assert "expected MeasureName CPUUtilization, got NetworkOut" in got.out
    assert "MeasureName of the options is NetworkOut, and" in got.out
    assert "Other settings of it wait to be deployed" in got.out
