"""What AWS would refuse is a sentence with its place, and is not sent."""

from __future__ import annotations

import pytest

from tests.aws.made_groups import HIGH, HOLD, MORNING, OUT, STEPS, TOPIC, TRACKING, arn
from tests.aws.recorded import AnsweringAccount
from tuner.aws.autoscaling import AwsScalingTarget
from tuner.errors import ConfigurationError, UnsupportedPlanError
from tuner.resources.fields import action_resource, alarm_resource, policy_resource


def problems_of(write):
    with pytest.raises(UnsupportedPlanError) as raised:
        write()
    return {problem.where: problem for problem in raised.value.problems}


GAP = (
    {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 5, "ScalingAdjustment": 1},
    {"MetricIntervalLowerBound": 8, "ScalingAdjustment": 2},
)
WRONG_POLICIES = {
    "a gap between steps": ({**STEPS, "StepAdjustments": GAP}, "step_adjustments", "a gap"),
    "a step without an open end": (
        {**STEPS, "StepAdjustments": GAP[:1]},
        "step_adjustments",
        "the highest bound 5",
    ),
    "no adjustment": ({"AdjustmentType": "ChangeInCapacity"}, "ScalingAdjustment", "none"),
    "no type of adjustment": ({"ScalingAdjustment": 1}, "AdjustmentType", "none"),
    "a cooldown of a step policy": ({**STEPS, "Cooldown": 60}, "Cooldown", "Cooldown"),
    "a least change of a count": (
        {**OUT.fields, "MinAdjustmentMagnitude": 2},
        "MinAdjustmentMagnitude",
        "ChangeInCapacity",
    ),
    "an unknown type": ({"PolicyType": "Magic"}, "PolicyType", "'Magic'"),
    "a negative cooldown": ({**OUT.fields, "Cooldown": -1}, "cooldown_seconds", "-1"),
    "a target of nothing": (
        {**HOLD, "TargetTrackingConfiguration": {**TRACKING, "TargetValue": 0}},
        "TargetValue",
        "0",
    ),
    "a target on no metric": (
        {**HOLD, "TargetTrackingConfiguration": {"TargetValue": 5}},
        "TargetTrackingConfiguration",
        "neither",
    ),
    "requests of nobody": (
        {
            **HOLD,
            "TargetTrackingConfiguration": {
                "TargetValue": 5,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "ALBRequestCountPerTarget"
                },
            },
        },
        "ResourceLabel",
        "none",
    ),
}


@pytest.mark.parametrize(("fields", "where", "got"), WRONG_POLICIES.values(), ids=WRONG_POLICIES)
def test_a_policy_that_aws_would_refuse_is_not_sent(fields, where, got):
    answers = AnsweringAccount()  # has no answer to anything
    policy = policy_resource("out", fields)
    problems = problems_of(lambda: AwsScalingTarget(answers.account).put_policy("web", policy))

    assert f"the policy out, {where}" in problems
    assert got in problems[f"the policy out, {where}"].got


WRONG_ALARMS = {
    "a period of 90 s": ({"Period": 90}, "period_seconds"),
    "more datapoints than periods": ({"DatapointsToAlarm": 4}, "datapoints_to_alarm"),
    "a window of more than a day": ({"EvaluationPeriods": 1441}, "evaluation_periods"),
    "a comparison that is none": ({"ComparisonOperator": ">"}, "comparison_operator"),
    "two statistics": ({"ExtendedStatistic": "p95"}, "Statistic"),
    "five calls beside the policy": ({"AlarmActions": (TOPIC,) * 5}, "AlarmActions"),
}


@pytest.mark.parametrize(("fields", "where"), WRONG_ALARMS.values(), ids=WRONG_ALARMS)
def test_an_alarm_that_aws_would_refuse_is_not_sent(fields, where):
    alarm = alarm_resource("high", "out", {**HIGH, **fields})
    target = AwsScalingTarget(AnsweringAccount().account)

    assert f"the alarm high, {where}" in problems_of(
        lambda: target.put_alarm(alarm, policy_arn=arn("out"))
    )


WRONG_ACTIONS = {
    "nothing to do": ({"Recurrence": "0 7 * * *"}, "MinSize, DesiredCapacity, MaxSize"),
    "no time": ({"MinSize": 1}, "StartTime, Recurrence"),
    "four fields": ({**MORNING, "Recurrence": "0 7 * *"}, "Recurrence"),
    "a zone that is none": ({**MORNING, "TimeZone": "Europe/Bern"}, "TimeZone"),
    "a minimum above the maximum": ({**MORNING, "MaxSize": 2}, "MinSize"),
    "a negative size": ({**MORNING, "MinSize": -1}, "MinSize"),
}


@pytest.mark.parametrize(("fields", "where"), WRONG_ACTIONS.values(), ids=WRONG_ACTIONS)
def test_a_scheduled_action_that_aws_would_refuse_is_not_sent(fields, where):
    action = action_resource("morning", fields)
    target = AwsScalingTarget(AnsweringAccount().account)

    assert f"the scheduled action morning, {where}" in problems_of(
        lambda: target.put_action("web", action)
    )


@pytest.mark.parametrize(
    ("limits", "where"),
    [
        ({"MinSize": 5, "MaxSize": 4}, "MinSize"),
        ({"DesiredCapacity": 5, "MaxSize": 4}, "DesiredCapacity"),
        ({"DefaultCooldown": -1}, "DefaultCooldown"),
    ],
    ids=str,
)
def test_limits_that_aws_would_refuse_are_not_sent(limits, where):
    target = AwsScalingTarget(AnsweringAccount().account)

    assert f"the group web, {where}" in problems_of(lambda: target.put_limits("web", limits))


def test_a_parameter_that_the_request_does_not_have_is_not_sent():
    target = AwsScalingTarget(AnsweringAccount().account)
    alarm = alarm_resource("high", "out", {**HIGH, "ThresholdPercent": 5})
    (problem,) = problems_of(lambda: target.put_alarm(alarm, policy_arn=arn("out"))).values()

    assert 'Unknown parameter in input: "ThresholdPercent"' in problem.got


def test_a_value_of_another_kind_is_a_sentence_before_anything_is_sent():
    with pytest.raises(ConfigurationError, match="Threshold"):
        alarm_resource("high", "out", {**HIGH, "Threshold": "high"})
