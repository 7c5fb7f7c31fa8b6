"""A group is read whole and written one resource a call, and what AWS would refuse is not sent."""

from __future__ import annotations

import boto3
import pytest

from tests.aws.made_groups import HIGH, HOLD, MORNING, OUT, TOPIC, arn, described
from tests.aws.recorded import ACCOUNT, REGION, AnsweringAccount, recorded, web_asg
from tuner.aws.autoscaling import AwsScalingTarget
from tuner.aws.pages import pages
from tuner.errors import AccountError
from tuner.resources import plan_of
from tuner.resources.fields import action_resource, alarm_resource, policy_resource


def test_the_recorded_pair_of_elastic_beanstalk_is_one_plan():
    answers = web_asg(environment=False)
    resources, about = AwsScalingTarget(answers.account).read("web-asg")
    plan = plan_of(resources).plan

    answers.check()
    assert dict(resources.limits) == {
        "MinSize": 2,
        "MaxSize": 12,
        "DesiredCapacity": 2,
        "DefaultCooldown": 360,
    }
    assert (
        about.instance_types,
        about.in_service,
        about.environment,
    ) == (("t3.micro",), 2, "web-prod")
    for side, adjustment, threshold in ((plan.scale_out, 1, 25), (plan.scale_in, -1, 15)):
        assert (adjustment, 360) == (side.policy.scaling_adjustment, side.policy.cooldown_seconds)
        assert (threshold, 300, 1, 1) == (
            side.alarm.threshold_percent,
            side.alarm.period_seconds,
            side.alarm.evaluation_periods,
            side.alarm.datapoints_to_alarm,
        )
    assert (
        plan.scale_out.alarm.comparison_operator,
        plan.scale_in.alarm.comparison_operator,
    ) == ("GreaterThanThreshold", "LessThanThreshold")


def test_a_group_is_read_page_by_page_and_its_alarms_by_name_in_one_request():
    answers = AnsweringAccount()
    group, policies = (
        {"AutoScalingGroupName": "web-asg"},
        recorded("describe_policies")["ScalingPolicies"],
    )
    groups = recorded("describe_auto_scaling_groups")["AutoScalingGroups"]
    alarms = recorded("describe_alarms")["MetricAlarms"]
    named = {"AlarmNames": sorted(alarm["AlarmName"] for alarm in alarms), "MaxRecords": 2}
    for service, operation, key, found, asked in (
        (
            "autoscaling",
            "describe_auto_scaling_groups",
            "AutoScalingGroups",
            [*groups, *groups],
            {"AutoScalingGroupNames": ["web-asg"]},
        ),
        ("autoscaling", "describe_policies", "ScalingPolicies", policies, group),
        (
            "autoscaling",
            "describe_scheduled_actions",
            "ScheduledUpdateGroupActions",
            [{"ScheduledActionName": name, **MORNING} for name in ("late", "early")],
            group,
        ),
        ("cloudwatch", "describe_alarms", "MetricAlarms", alarms, named),
    ):
        answers.add(service, operation, {key: found[:1], "NextToken": "more"}, asked)
        answers.add(service, operation, {key: found[1:]}, {**asked, "NextToken": "more"})
    got = AwsScalingTarget(answers.account).describe("web-asg")

    answers.check()
    assert len(got.policies) == len(got.alarms) == 2
    assert [action.name for action in got.actions] == ["early", "late"]


def test_alarms_of_target_tracking_are_aws_own_and_other_calls_of_an_alarm_are_kept():
    hold = policy_resource("hold", HOLD)
    hidden = [{"AlarmName": "TargetTracking-web-AlarmHigh-1", "AlarmARN": "arn:aws:x:alarm:y"}]
    high = {**HIGH, "AlarmName": "high", "OKActions": [TOPIC]}
    answers = AnsweringAccount()
    groups = {"AutoScalingGroups": recorded("describe_auto_scaling_groups")["AutoScalingGroups"]}
    answers.add("autoscaling", "describe_auto_scaling_groups", groups)
    policies = [described(hold, Alarms=hidden), described(OUT, 2)]
    answers.add("autoscaling", "describe_policies", {"ScalingPolicies": policies})
    answers.add("autoscaling", "describe_scheduled_actions", {"ScheduledUpdateGroupActions": []})
    alarm = {**high, "Dimensions": list(HIGH["Dimensions"]), "AlarmActions": [TOPIC, arn("out", 2)]}
    answers.add(
        "cloudwatch", "describe_alarms", {"MetricAlarms": [alarm]}, {"ActionPrefix": arn("out", 2)}
    )
    got = AwsScalingTarget(answers.account).describe("web")

    answers.check()
    (alarm,) = got.alarms
    assert (alarm.name, alarm.policy_name) == ("high", "out")
    assert (alarm.fields["AlarmActions"], alarm.fields["OKActions"]) == ((TOPIC,), (TOPIC,))


def test_an_alarm_keeps_its_other_calls_when_it_is_written(emulated):
    target = AwsScalingTarget(emulated)
    calls = {"AlarmActions": (TOPIC,), "OKActions": (TOPIC,), "InsufficientDataActions": (TOPIC,)}
    wanted = alarm_resource("high", "out", {**HIGH, **calls})
    policy_arn = target.put_policy("web", OUT)
    target.put_alarm(wanted, policy_arn=policy_arn)
    (raw,) = boto3.client("cloudwatch", REGION).describe_alarms()["MetricAlarms"]

    assert [policy_arn, TOPIC] == raw["AlarmActions"]
    assert (wanted,) == target.describe("web").alarms


def test_a_group_that_is_not_there_is_named_with_the_nearest_one(emulated):
    with pytest.raises(AccountError) as raised:
        AwsScalingTarget(emulated).describe("wbe")
    (problem,) = raised.value.problems

    assert problem.got == "'wbe', which is none"
    assert problem.next_step.startswith("Did you mean 'web'?")


def test_an_account_without_groups_says_so():
    answers = AnsweringAccount()
    for _ in range(2):
        answers.add("autoscaling", "describe_auto_scaling_groups", {"AutoScalingGroups": []})
    with pytest.raises(AccountError, match="there are no groups at all"):
        AwsScalingTarget(answers.account).describe("web")


def test_a_refused_call_names_the_permission_and_no_account():
    answers = AnsweringAccount()
    message = (
        f"User: arn:aws:iam::{ACCOUNT}:user/anna is not authorized to perform:"
        " autoscaling:DescribeAutoScalingGroups"
    )
    answers.refuse("autoscaling", "describe_auto_scaling_groups", "AccessDenied", message)
    with pytest.raises(AccountError) as raised:
        AwsScalingTarget(answers.account).describe("web")

    assert "autoscaling:DescribeAutoScalingGroups" in str(raised.value)
    assert ACCOUNT not in str(raised.value)


def test_pages_that_go_round_are_refused():
    def ask(**_):
        return {"Things": [{}], "NextToken": "again"}

    with pytest.raises(AccountError, match="earlier one"):
        list(pages(ask, "Things"))


def test_the_arn_is_read_again_and_defaults_are_sent_so_that_they_come_back(emulated):
    answers = AnsweringAccount()
    sent = {
        "AutoScalingGroupName": "web",
        "PolicyName": "out",
        "Enabled": True,
        **OUT.fields,
    }
    answers.add("autoscaling", "put_scaling_policy", {}, sent)
    answers.add(
        "autoscaling",
        "describe_policies",
        {"ScalingPolicies": [described(OUT)]},
        {"AutoScalingGroupName": "web", "PolicyNames": ["out"]},
    )
    got = AwsScalingTarget(answers.account).put_policy("web", OUT)

    answers.check()
    assert arn("out") == got


def test_where_a_parameter_stayed_the_policy_is_made_anew_and_its_alarm_calls_the_new_one():
    answers = AnsweringAccount()
    asked = {"AutoScalingGroupName": "web", "PolicyNames": ["out"]}
    name = {"AutoScalingGroupName": "web", "PolicyName": "out"}
    sent = {**name, "Enabled": True, **OUT.fields}
    stayed, anew = described(OUT, 1, Cooldown=60), described(OUT, 2)
    answers.add("autoscaling", "put_scaling_policy", {}, sent)
    answers.add("autoscaling", "describe_policies", {"ScalingPolicies": [stayed]}, asked)
    answers.add("autoscaling", "delete_policy", {}, name)
    answers.add("autoscaling", "put_scaling_policy", {}, sent)
    answers.add("autoscaling", "describe_policies", {"ScalingPolicies": [anew]}, asked)
    high = {**HIGH, "Dimensions": list(HIGH["Dimensions"]), "AlarmName": "high"}
    before = {**high, "AlarmActions": [arn("out", 1), TOPIC]}
    after = {**high, "AlarmActions": [arn("out", 2), TOPIC]}
    answers.add(
        "cloudwatch", "describe_alarms", {"MetricAlarms": [before]}, {"ActionPrefix": arn("out", 1)}
    )
    answers.add("cloudwatch", "put_metric_alarm", {}, after)
    got = AwsScalingTarget(answers.account).put_policy("web", OUT)

    answers.check()
    assert arn("out", 2) == got


def test_where_a_parameter_stayed_the_scheduled_action_is_made_anew():
    answers = AnsweringAccount()
    name = {"AutoScalingGroupName": "web", "ScheduledActionName": "morning"}
    stayed = {"ScheduledUpdateGroupActions": [{**name, **MORNING, "MaxSize": 9}]}
    for operation, answer in (
        ("put_scheduled_update_group_action", {}),
        ("describe_scheduled_actions", stayed),
        ("delete_scheduled_action", {}),
        ("put_scheduled_update_group_action", {}),
    ):
        answers.add("autoscaling", operation, answer)
    AwsScalingTarget(answers.account).put_action("web", action_resource("morning", MORNING))

    answers.check()


def test_what_was_written_and_is_not_there_is_an_error():
    answers = AnsweringAccount()
    answers.add("autoscaling", "put_scaling_policy", {})
    answers.add("autoscaling", "describe_policies", {"ScalingPolicies": []})
    with pytest.raises(AccountError, match="the policy out of the group web"):
        AwsScalingTarget(answers.account).put_policy("web", OUT)


def test_the_next_run_that_aws_fills_in_is_no_start_time():
    morning = action_resource("morning", MORNING)
    once = action_resource("once", {"StartTime": "2026-12-24T18:00:00Z", "MaxSize": 2})
    times = recorded("describe_auto_scaling_groups")["AutoScalingGroups"][0]["CreatedTime"]
    answers = AnsweringAccount()
    answers.add(
        "autoscaling",
        "describe_auto_scaling_groups",
        recorded("describe_auto_scaling_groups"),
    )
    answers.add("autoscaling", "describe_policies", {"ScalingPolicies": []})
    start = times.replace(month=12, day=24, hour=18, minute=0, second=0, microsecond=0)
    found = [
        {"ScheduledActionName": "morning", **MORNING, "StartTime": times, "Time": times},
        {"ScheduledActionName": "once", "StartTime": start, "Time": start, "MaxSize": 2},
    ]
    answers.add("autoscaling", "describe_scheduled_actions", {"ScheduledUpdateGroupActions": found})

    assert (morning, once) == AwsScalingTarget(answers.account).describe("web").actions


def test_limits_are_set_and_a_warm_up_is_taken_away(emulated):
    target = AwsScalingTarget(emulated)
    target.put_limits("web", {"MinSize": 1, "MaxSize": 9})
    got = target.describe("web").limits
    answers = AnsweringAccount()
    for given, sent in (({"DefaultCooldown": 90}, 90), ({"DefaultInstanceWarmup": None}, -1)):
        (name,) = given
        request = {"AutoScalingGroupName": "web", name: sent}
        answers.add("autoscaling", "update_auto_scaling_group", {}, request)
        AwsScalingTarget(answers.account).put_limits("web", given)

    answers.check()
    assert (got["MinSize"], got["MaxSize"]) == (1, 9)
