"""`show` by the real door: what is deployed as one plan, for people, programs and `--plan`."""

from __future__ import annotations

import json
from functools import partial

import pytest

from tests.aws.recorded import ACCOUNT, AnsweringAccount, recorded, web_asg
from tests.aws.showing import PLAN, meet, show
from tests.doors.command import CONF42, call
from tuner.aws.autoscaling import AwsScalingTarget
from tuner.plan_json import plan_from_json
from tuner.resources import resources_of
from tuner.resources.fields import policy_resource


@pytest.fixture
def deployed(monkeypatch):
    """Let the program meet an account that answers from a list."""
    return partial(meet, monkeypatch)


def test_the_recorded_group_is_one_plan_with_its_environment(deployed, capsys):
    answers = web_asg()
    deployed(answers.account)
    lines = show(capsys, "web-asg").out.splitlines()

    answers.check()
    assert lines[:6] == [
        "Group     web-asg, 2 in service, of t3.micro",
        "Limits    2 to 12 instances, 2 desired",
        "Cooldown  6m",
        "Warm-up   none of the group's",
        f"Plan      {PLAN}",
        "In a job  [group] min_size = 2, max_size = 12, default_cooldown_seconds = 360,"
        ' monitoring = "detailed"',
    ]
    for words in (
        "AWSEBAutoScalingScaleUpPolicy-9QH2LZT4    SimpleScaling, +1, cooldown 6m, the group's",
        "AWSEBAutoScalingScaleDownPolicy-4DC7XNR8  SimpleScaling, -1, cooldown 6m, the group's",
        "AutoScalingGroupName web-asg, Average above 25, period 300 s x 1",
        "AutoScalingGroupName web-asg, Average below 15, period 300 s x 1",
    ):
        assert sum(line.endswith(words) for line in lines) == 1, words
    assert "Elastic Beanstalk environment web-prod, application web" in lines
    assert "The group does what the options say." in lines
    assert "UpperThreshold 25" in "".join(lines)


def test_the_object_holds_the_plan_and_all_that_was_read(deployed, capsys):
    deployed(web_asg().account)
    got = json.loads(show(capsys, "web-asg", "--output", "json").out)
    plan = got["plan"]

    assert got["schema"] == "cliffside.show/1"
    assert got["description"] == PLAN == plan_from_json(plan).describe()
    assert (got["limits"]["MinSize"], got["limits"]["MaxSize"]) == (2, 12)
    assert (plan["scale_out"]["policy"]["cooldown_seconds"], plan["min_size"]) == (360, 2)
    assert got["job_group"] == {
        "min_size": 2,
        "max_size": 12,
        "default_cooldown_seconds": 360,
        "monitoring": "detailed",
    }
    assert (got["environment"]["name"], got["environment"]["differences"]) == ("web-prod", [])
    assert got["environment"]["settings"]["aws:autoscaling:trigger"]["UpperThreshold"] == "25"
    assert len(got["policies"]) == len(got["alarms"]) == 2
    assert all("AlarmDescription" in sentence for sentence in got["not_represented"])


@pytest.mark.parametrize("form", ["table", "json"])
def test_account_numbers_are_masked_unless_they_are_asked_for(deployed, capsys, form):
    for flags, is_shown in (((), False), (("--show-account",), True)):
        deployed(web_asg().account)
        got = show(capsys, "web-asg", "--output", form, *flags)

        assert (ACCOUNT in got.out) is (is_shown and form == "json")
        assert ("****9012" in got.out) is (not is_shown and form == "json")


@pytest.mark.parametrize("words", [(), ("web-asg", "--environment", "web-prod")], ids=str)
def test_a_group_or_an_environment_is_needed(capsys, words):
    got = call(capsys, "show", *words)

    assert (got.code, got.out) == (2, "")
    assert "Give the name of a GROUP, or --environment." in got.err


def test_the_account_is_opened_as_it_was_asked_for(deployed, capsys):
    asked = deployed(web_asg().account)
    show(capsys, "web-asg", "--profile", "shop", "--region", "eu-west-1")

    assert asked == {"profile": "shop", "region": "eu-west-1", "endpoint_url": None}


def test_the_saved_plan_runs_through_lint_and_simulate(deployed, capsys, tmp_path):
    deployed(web_asg().account)
    plan = tmp_path / "plan.json"
    saved = show(capsys, "web-asg", "--save", plan)
    linted = call(capsys, "lint", "--config", CONF42, "--plan", plan, "--output", "json")
    simulated = call(capsys, "simulate", "--config", CONF42, "--plan", plan, "--output", "json")

    assert f"Written: {plan}" in saved.err
    assert "Note: 2 of what is deployed is not in the plan" in saved.err
    assert linted.code in (0, 3)
    assert json.loads(linted.out)["description"] == PLAN
    assert simulated.code == 0
    assert json.loads(simulated.out)["description"] == PLAN
    assert json.loads(plan.read_text()) == json.loads(simulated.out)["plan"]


def test_what_no_plan_can_say_is_named_and_never_dropped(deployed, capsys):
    answers = AnsweringAccount()
    groups = recorded("describe_auto_scaling_groups")
    (group,) = groups["AutoScalingGroups"]
    group |= {
        "Tags": [],
        "SuspendedProcesses": [{"ProcessName": "AlarmNotification", "SuspensionReason": "x"}],
        "WarmPoolConfiguration": {"MinSize": 1},
        "DefaultInstanceWarmup": 120,
    }
    group["Instances"][0]["InstanceType"] = "t3.large"
    forecast = {
        "AutoScalingGroupName": "web-asg",
        "PolicyName": "forecast",
        "PolicyARN": "arn:f",
        "PolicyType": "PredictiveScaling",
        "PredictiveScalingConfiguration": {
            "MetricSpecifications": [{"TargetValue": 40.0}],
            "Mode": "ForecastOnly",
        },
    }
    policies = recorded("describe_policies")
    policies["ScalingPolicies"].append(forecast)
    alarms = recorded("describe_alarms")
    alarms["MetricAlarms"][0]["OKActions"] = [policies["ScalingPolicies"][0]["PolicyARN"]]
    odd = alarms["MetricAlarms"][1]
    odd["OKActions"], odd["AlarmActions"] = odd["AlarmActions"], []
    once = {"ScheduledActionName": "once", "MaxSize": 3, "Recurrence": "0 7 * * 1-5"}
    answers.add("autoscaling", "describe_auto_scaling_groups", groups)
    answers.add("autoscaling", "describe_policies", policies)
    answers.add(
        "autoscaling", "describe_scheduled_actions", {"ScheduledUpdateGroupActions": [once]}
    )
    answers.add("cloudwatch", "describe_alarms", alarms)
    deployed(answers.account)
    got = show(capsys, "web-asg")
    left_out = got.out.split("\nNot in the plan\n")[1]

    answers.check()
    assert "Warm-up   2m" in got.out
    for words in (
        "'forecast'",
        "'once'",
        "AlarmNotification",
        "warm pool",
        "t3.large, t3.micro",
        "calls another scaling policy, by its OKActions",
        f"'{odd['AlarmName']}' stands beside a policy",
    ):
        assert words in left_out, words
    assert "once  MaxSize 3, Recurrence 0 7 * * 1-5" in got.out
    assert "PredictiveScaling, PredictiveScalingConfiguration {" in got.out


def test_an_emulated_group_of_each_family_is_shown_in_words(emulated, deployed, capsys):
    target = AwsScalingTarget(emulated)
    step = {
        "policy_type": "StepScaling",
        "instance_warmup_seconds": 60,
        "step_adjustments": [
            {"metric_interval_upper_bound": -5, "scaling_adjustment": -2},
            {"metric_interval_lower_bound": -5, "scaling_adjustment": -1},
        ],
    }
    low = {
        "threshold_percent": 15,
        "comparison_operator": "LessThanThreshold",
        "evaluation_periods": 5,
        "datapoints_to_alarm": 4,
        "treat_missing_data": "breaching",
    }
    plan = plan_from_json(
        {
            "target_tracking": {"target_value": 40, "disable_scale_in": True},
            "scale_in": {"alarm": low, "policy": step},
        }
    )
    wanted = resources_of(plan, group="web")
    arns = {policy.name: target.put_policy("web", policy) for policy in wanted.policies}
    for alarm in wanted.alarms:
        target.put_alarm(alarm, policy_arn=arns[alarm.policy_name])
    half = {"PolicyType": "SimpleScaling", "AdjustmentType": "PercentChangeInCapacity"}
    off = {**half, "ScalingAdjustment": 50, "Cooldown": 90, "Enabled": False}
    target.put_policy("web", policy_resource("off", off))
    deployed(emulated)
    got = show(capsys, "web")

    for words in (
        "StepScaling, by distance from the threshold: to -5 → -2; from -5 → -1, warm-up 1m",
        "TargetTrackingScaling, ASGAverageCPUUtilization at 40, never in, warm-up 6m, the group's",
        "Average below 15, period 60 s x 5, 4 of 5 datapoints, missing data breaching",
        "SimpleScaling, +50 %, cooldown 90s",
    ):
        assert words in got.out, words
    assert plan.describe() in got.out
