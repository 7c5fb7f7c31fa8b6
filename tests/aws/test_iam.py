"""Least privilege: the shipped policies are what the product asks of AWS, no more and no less."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.aws.policies import NEEDS_NO_PERMISSION, actions, actions_in_source, policy
from tests.aws.recorded import AnsweringAccount, environments, web_asg
from tests.doors.command import call
from tests.resources.plans import exported, shippable_plans
from tuner.aws.autoscaling import AwsScalingTarget
from tuner.aws.beanstalk import group_of_environment
from tuner.aws.cloudwatch import CloudWatchMetrics
from tuner.aws.deployed import read_deployed
from tuner.aws.group_log import GroupLog
from tuner.aws.look import look_at
from tuner.errors import AccountError
from tuner.metrics import MetricName

BEGIN = datetime(2026, 11, 17, tzinfo=UTC)
END = BEGIN + timedelta(days=1)
CPU = MetricName(
    namespace="AWS/EC2",
    metric="CPUUtilization",
    dimensions=(("AutoScalingGroupName", "web"),),
    statistic="Average",
)


def test_the_policies_allow_what_the_source_asks_for_and_nothing_else():
    allowed = [*actions("read"), *actions("apply")]

    assert len(allowed) == len(set(allowed))
    assert set(allowed) == actions_in_source() - NEEDS_NO_PERMISSION


def test_one_policy_only_reads_and_the_other_only_changes():
    reads = {name: [a.split(":")[1] for a in actions(name)] for name in ("read", "apply")}

    assert all(action.startswith(("Describe", "Get", "List")) for action in reads["read"])
    assert all(action.startswith(("Put", "Delete", "Update")) for action in reads["apply"])


def test_every_call_of_a_whole_round_is_recorded_and_allowed(calls_of_the_product, emulated):
    calls_of_the_product_before = set(calls_of_the_product)
    calls_of_the_product.clear()
    read_and_look()
    asked_by_reading = set(calls_of_the_product)
    change_everything(emulated)
    asked_by_changing = set(calls_of_the_product) - asked_by_reading
    calls_of_the_product |= calls_of_the_product_before

    assert asked_by_reading - NEEDS_NO_PERMISSION == set(actions("read"))
    assert asked_by_changing == set(actions("apply"))


def read_and_look() -> None:
    """Ask for all that is only read: group, environment, metrics, history, and who asks."""
    read_deployed(web_asg().account, group="web-asg")
    answers = AnsweringAccount()
    answers.add("elasticbeanstalk", "describe_environments", environments("web-prod"))
    found = {"EnvironmentResources": {"AutoScalingGroups": [{"Name": "web-asg"}]}}
    answers.add("elasticbeanstalk", "describe_environment_resources", found)
    group_of_environment(answers.account, "web-prod")
    answers.add("autoscaling", "describe_scaling_activities", {"Activities": []})
    answers.add("cloudwatch", "describe_alarm_history", {"AlarmHistoryItems": []})
    log = GroupLog(answers.account)
    log.activities("web-asg", BEGIN, END)
    log.alarm_changes(["high"], BEGIN, END)
    result = {"Id": "m0", "Timestamps": [], "Values": [], "StatusCode": "Complete"}
    answers.add("cloudwatch", "get_metric_data", {"MetricDataResults": [result]})
    CloudWatchMetrics(answers.account.client("cloudwatch")).fetch([CPU], BEGIN, END)
    who = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/anna", "UserId": "x"}
    answers.add("sts", "get_caller_identity", who)
    look_at(answers.account, now=lambda: END)


def change_everything(account) -> None:
    """Put and delete one of everything in an emulated account."""
    target = AwsScalingTarget(account)
    plan = next(
        plan
        for plan in shippable_plans("simple", 100)
        if plan.scale_out is not None and plan.schedule
    )
    wanted = exported(plan)
    arns = {each.name: target.put_policy("web", each) for each in wanted.policies}
    for alarm in wanted.alarms:
        target.put_alarm(alarm, policy_arn=arns[alarm.policy_name])
        target.delete_alarm(alarm.name)
    for action in wanted.actions:
        target.put_action("web", action)
        target.delete_action("web", action.name)
    for name in arns:
        target.delete_policy("web", name)
    target.put_limits("web", {"MaxSize": 9})


def test_aws_own_linter_finds_nothing_in_the_policies():
    from cfnlint.api import lint_all

    resources = {
        name.title(): {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": policy(name)},
        }
        for name in ("read", "apply")
    }
    found = lint_all(json.dumps({"Resources": resources}))

    assert [match for match in found if match.rule.id[0] in "EW"] == []


def test_changes_are_limited_to_marked_groups_and_alarms_to_policies_and_topics():
    for statement in policy("apply")["Statement"]:
        assert statement["Resource"] != "*"
        assert all("*" not in action for action in statement["Action"])
    groups, alarms, _ = policy("apply")["Statement"]

    assert groups["Condition"] == {"StringEquals": {"autoscaling:ResourceTag/cliffside": "apply"}}
    assert alarms["Condition"]["ForAllValues:StringLike"]["cloudwatch:AlarmActions"] == [
        "arn:*:autoscaling:*:*:scalingPolicy:*",
        "arn:*:sns:*:*:*",
    ]


@pytest.mark.parametrize("name", ["read", "apply"])
def test_the_policies_are_printed(capsys, name):
    got = call(capsys, "iam", name)

    assert got.code == 0
    assert policy(name) == json.loads(got.out)


def test_the_policy_for_changing_is_narrowed_to_groups(capsys):
    got = call(capsys, "iam", "apply", "--group", "web-asg", "--group", "other group")
    first, *others = json.loads(got.out)["Statement"]

    assert "Condition" not in first
    assert first["Resource"] == [
        f"arn:*:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/{name}"
        for name in ("web-asg", "other group")
    ]
    assert others == policy("apply")["Statement"][1:]


@pytest.mark.parametrize("group", ["*", "web-*", "web?", "${aws:username}", "a:b", "", "a\nb"])
def test_a_name_that_would_stand_for_more_groups_is_refused(capsys, group):
    got = call(capsys, "iam", "apply", "--group", group)

    assert (got.code, got.out) == (2, "")
    assert "expected the name of one Auto Scaling group" in got.err


def test_reading_cannot_be_narrowed(capsys):
    got = call(capsys, "iam", "read", "--group", "web")

    assert (got.code, got.out) == (2, "")
    assert "--group is for apply" in got.err


CANARIES = {
    "account": "123456789012",
    "key": "AKIAIOSFODNN7EXAMPLE",
    "secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "token": "IQoJb3JpZ2luX2VjEXAMPLETOKEN1234567890abcdef==",
    "password": "http://anna:hunter2@proxy:8080/",
}


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
@pytest.mark.parametrize("code", ["AccessDenied", "ValidationError", "InternalFailure"])
def test_no_error_of_reading_or_writing_holds_a_secret(canary, code, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    for service, operation, ask in (
        (
            "autoscaling",
            "describe_auto_scaling_groups",
            lambda account: AwsScalingTarget(account).describe("web"),
        ),
        (
            "cloudwatch",
            "delete_alarms",
            lambda account: AwsScalingTarget(account).delete_alarm("a"),
        ),
        (
            "elasticbeanstalk",
            "describe_environments",
            lambda account: group_of_environment(account, "web-prod"),
        ),
    ):
        answers = AnsweringAccount().refuse(service, operation, code, f"it is {canary} of anna")
        with pytest.raises(AccountError) as raised:
            ask(answers.account)
        error = raised.value

        assert canary not in str(error)
        assert canary not in repr(error)
        assert error.__cause__ is None
        assert error.__suppress_context__


def test_what_show_prints_of_a_refusal_holds_no_secret(capsys, monkeypatch):
    from tuner.aws import session

    answers = AnsweringAccount()
    said = " ".join(CANARIES.values())
    answers.refuse("autoscaling", "describe_auto_scaling_groups", "ValidationError", said)
    monkeypatch.setattr(session, "open_account", lambda **_: answers.account)
    got = call(capsys, "show", "web-asg")

    assert (got.code, got.out) == (1, "")
    assert not [canary for canary in CANARIES.values() if canary in got.err]
