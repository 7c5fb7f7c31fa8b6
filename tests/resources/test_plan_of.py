"""What an account may hold: read as a plan, and every thing that no plan can say is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tuner.errors import ConfigurationError
from tuner.policy import ScalingPlan, SimpleScaling
from tuner.resources import GroupResources, plan_of
from tuner.resources.fields import action_resource, alarm_resource, limit_fields, policy_resource

OUT = {"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1}
IN = {"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": -1}
WATCH = {
    "Namespace": "AWS/EC2",
    "MetricName": "CPUUtilization",
    "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "web"}],
    "Statistic": "Average",
    "Period": 300,
    "EvaluationPeriods": 3,
    "Threshold": 60.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
TARGET = {
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingConfiguration": {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
        "TargetValue": 50.0,
    },
}
STEPS = {
    "PolicyType": "StepScaling",
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [
        {"MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 3},
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1},
    ],
}


def group(policies, alarms=(), actions=(), **limits):
    """Make a group: policies by name, alarms as (name, policy, fields), actions by name."""
    return GroupResources(
        group="web",
        limits=limit_fields(limits, group="web"),
        policies=tuple(policy_resource(name, raw) for name, raw in policies.items()),
        alarms=tuple(alarm_resource(*alarm) for alarm in alarms),
        actions=tuple(action_resource(*action) for action in actions),
    )


def test_policies_of_elastic_beanstalk_are_found_by_their_signs_and_their_alarms():
    low = WATCH | {"ComparisonOperator": "LessThanThreshold", "Threshold": 20}
    read = plan_of(
        group(
            {"awseb-ScaleDown": IN, "awseb-ScaleUp": OUT},
            [("AlarmHigh", "awseb-ScaleUp", WATCH), ("AlarmLow", "awseb-ScaleDown", low)],
            MinSize=1,
            DefaultCooldown=360,
        )
    )

    assert read.not_represented == ()
    assert SimpleScaling(scaling_adjustment=1, cooldown_seconds=360) == read.plan.scale_out.policy
    assert SimpleScaling(scaling_adjustment=-1, cooldown_seconds=360) == read.plan.scale_in.policy
    assert read.plan.min_size == 1


def test_what_is_left_out_has_the_default_of_aws():
    alarm = plan_of(group({"out": OUT}, [("a", "out", WATCH)])).plan.scale_out.alarm

    assert (
        alarm.treat_missing_data,
        alarm.datapoints_to_alarm,
        alarm.period_seconds,
    ) == ("missing", 3, 300)
    assert (
        plan_of(group({"out": OUT}, [("a", "out", WATCH)])).plan.scale_out.policy.cooldown_seconds
        == 300
    )


def test_steps_are_read_in_their_order():
    read = plan_of(group({"out": STEPS}, [("a", "out", WATCH)]))

    assert [step.scaling_adjustment for step in read.plan.scale_out.policy.step_adjustments] == [
        1,
        3,
    ]


def test_an_exact_capacity_is_on_the_side_of_its_alarm():
    exact = OUT | {"AdjustmentType": "ExactCapacity"}
    low = WATCH | {"ComparisonOperator": "LessThanOrEqualToThreshold"}

    assert plan_of(group({"p": exact}, [("a", "p", WATCH)])).plan.scale_out is not None
    assert plan_of(group({"p": exact}, [("a", "p", low)])).plan.scale_in is not None


def test_a_mixed_group_is_read_whole():
    read = plan_of(group({"out": STEPS, "target": TARGET}, [("a", "out", WATCH)]))

    assert (read.plan.family, read.not_represented) == ("mixed", ())


def without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}


MATH = without(WATCH, "MetricName", "Namespace", "Statistic", "Dimensions", "Period") | {
    "Metrics": [{"Id": "e", "Expression": "m1 * 2"}]
}
CUSTOM = TARGET | {
    "TargetTrackingConfiguration": {
        "CustomizedMetricSpecification": {"MetricName": "Busy", "Namespace": "Shop"},
        "TargetValue": 5,
    }
}
NETWORK = TARGET | {
    "TargetTrackingConfiguration": {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageNetworkIn"},
        "TargetValue": 5,
    }
}
BOTH_WAYS = STEPS | {
    "StepAdjustments": [
        {"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1},
        {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1},
    ]
}
NAMED = "web-cliffside-scale-out"


@pytest.mark.parametrize(
    ("policies", "alarms", "words"),
    [
        ({"p": OUT}, [], "no alarm calls it"),
        ({"p": OUT}, [("a", "p", WATCH), ("b", "p", WATCH)], "several alarms call it: 'a', 'b'"),
        ({"p": OUT | {"Enabled": False}}, [("a", "p", WATCH)], "it is disabled"),
        ({"p": TARGET | {"Enabled": False}}, [], "it is disabled"),
        ({"p": {"PolicyType": "PredictiveScaling"}}, [], "of type PredictiveScaling"),
        ({"p": OUT}, [("a", "p", MATH)], "metric math"),
        ({"p": OUT}, [("a", "p", WATCH | {"ActionsEnabled": False})], "are disabled"),
        ({"p": OUT}, [("a", "p", WATCH | {"MetricName": "NetworkIn"})], "the metric NetworkIn"),
        ({"p": OUT}, [("a", "p", WATCH | {"Namespace": "Shop"})], "the namespace Shop"),
        ({"p": OUT}, [("a", "p", WATCH | {"Statistic": "Maximum"})], "the statistic Maximum"),
        (
            {"p": OUT},
            [("a", "p", without(WATCH, "Statistic") | {"ExtendedStatistic": "p95"})],
            "the statistic p95",
        ),
        ({"p": OUT}, [("a", "p", without(WATCH, "Dimensions"))], "of no dimension"),
        ({"p": OUT}, [("a", "p", WATCH | {"Unit": "Bytes"})], "'Bytes'"),
        ({"p": OUT}, [("a", "p", WATCH | {"Period": 45})], "multiple of 60"),
        (
            {"p": OUT},
            [("a", "p", WATCH | {"ComparisonOperator": "GreaterThanUpperThreshold"})],
            "GreaterThanUpperThreshold",
        ),
        ({"p": OUT}, [("a", "p", without(WATCH, "Threshold"))], "Threshold is missing"),
        ({"p": without(OUT, "AdjustmentType")}, [("a", "p", WATCH)], "AdjustmentType is missing"),
        ({"p": BOTH_WAYS}, [("a", "p", WATCH)], "both adds and takes"),
        ({NAMED: BOTH_WAYS}, [("a", NAMED, WATCH)], "go the other way"),
        ({"p": CUSTOM}, [], "customized metric"),
        ({"p": NETWORK}, [], "ASGAverageNetworkIn"),
        ({}, [("a", "gone", WATCH)], "not a policy of the group"),
        ({"p": TARGET}, [("a", "p", WATCH)], "alarms of its own"),
        ({"p": TARGET | {"Cooldown": 5}}, [], "Cooldown = 5"),
        ({"p": OUT | {"EstimatedInstanceWarmup": 5}}, [("a", "p", WATCH)], "Warmup = 5"),
        ({"p": OUT}, [("a", "p", WATCH | {"AlarmActions": ["arn:sns"]})], "AlarmActions = arn:sns"),
        ({"p": OUT}, [("a", "p", WATCH | {"OKActions": ["arn:sns"]})], "OKActions = arn:sns"),
        ({"p": OUT}, [("a", "p", WATCH | {"AlarmDescription": "High"})], "AlarmDescription = High"),
    ],
)
def test_what_no_plan_can_say_is_named(policies, alarms, words):
    (sentence,) = plan_of(group(policies, alarms)).not_represented

    assert words in sentence
    assert sentence.endswith(".")


def test_several_policies_of_one_side_are_none_of_a_plan():
    read = plan_of(group({"p": OUT, "q": OUT}, [("a", "p", WATCH), ("b", "q", WATCH)]))

    assert ScalingPlan() == read.plan
    assert "'p', 'q'" in read.not_represented[0]


def test_several_target_tracking_policies_are_none_of_a_plan():
    read = plan_of(group({"p": TARGET, "q": TARGET}))

    assert ScalingPlan() == read.plan
    assert "one target tracking policy" in read.not_represented[0]


def test_alarms_of_target_tracking_are_those_of_aws():
    read = plan_of(group({"p": TARGET}, [("TargetTracking-web-AlarmHigh-1", "p", WATCH)]))

    assert read.not_represented == ()


DAILY = {"Recurrence": "30 6 * * *", "TimeZone": "Europe/Berlin", "MinSize": 4}


def test_the_next_run_that_aws_fills_in_says_nothing():
    next_run = DAILY | {"StartTime": "2026-12-01T05:30:00Z"}
    read = plan_of(group({}, actions=[("morning", next_run)]))

    assert read.not_represented == ()
    assert read.plan.schedule[0].tick == 390


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (DAILY | {"Recurrence": "30 6 * * 1-5"}, "not one minute of each day"),
        (DAILY | {"Recurrence": "*/5 6 * * *"}, "not one minute of each day"),
        (DAILY | {"Recurrence": "61 6 * * *"}, "not one minute of each day"),
        (DAILY | {"StartTime": "2027-01-01T00:00:00Z"}, "it begins at 2027"),
        (DAILY | {"EndTime": "2027-01-01T00:00:00Z"}, "no EndTime"),
        (DAILY | {"TimeZone": "Mars/Base"}, "not known here"),
        ({"StartTime": "2027-01-01T00:00:00Z", "MinSize": 2}, "it acts once"),
    ],
)
def test_a_scheduled_action_that_is_not_daily_is_named(fields, words):
    read = plan_of(group({}, actions=[("morning", fields)]))

    assert read.plan.schedule is None
    assert words in read.not_represented[0]


def test_actions_of_two_time_zones_are_not_one_schedule():
    other = DAILY | {"TimeZone": "UTC", "Recurrence": "0 9 * * *"}
    read = plan_of(group({}, actions=[("morning", DAILY), ("noon", other)]))

    assert (1, "time zone UTC" in read.not_represented[0]) == (len(read.plan.schedule), True)


def test_an_action_between_two_ticks_is_named():
    from tuner.resources import ScheduleStart

    start = ScheduleStart(time_zone="Europe/Berlin", tick_seconds=3600)

    assert (
        "between two ticks"
        in plan_of(group({}, actions=[("morning", DAILY)]), schedule_start=start).not_represented[0]
    )


def test_equal_resources_have_equal_fields():
    described = OUT | {
        "PolicyType": "SimpleScaling",
        "StepAdjustments": [],
        "Enabled": True,
        "ScalingAdjustment": 1.0,
        "Cooldown": None,
    }
    watched = WATCH | {"DatapointsToAlarm": 3, "TreatMissingData": "missing", "OKActions": []}

    assert policy_resource("p", OUT) == policy_resource("p", described)
    assert alarm_resource("a", "p", WATCH) == alarm_resource("a", "p", watched)
    assert action_resource("x", DAILY | {"TimeZone": "UTC"}) == action_resource(
        "x", without(DAILY, "TimeZone")
    )


def test_times_with_a_zone_are_texts_in_utc():
    berlin = timezone(timedelta(hours=1))
    for moment in (
        datetime(2026, 11, 30, 8, tzinfo=berlin),
        datetime(2026, 11, 30, 7, tzinfo=UTC),
        datetime(2026, 11, 30, 7),
        "2026-11-30T08:00:00+01:00",
        "2026-11-30T07:00:00Z",
    ):
        fields = action_resource("x", {"StartTime": moment}).fields

        assert fields == {"StartTime": "2026-11-30T07:00:00Z"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ScalingAdjustment", 1.5),
        ("ScalingAdjustment", True),
        ("ScalingAdjustment", "one"),
        ("ScalingAdjustment", float("inf")),
        ("Enabled", 2),
        ("StartTime", "soon"),
        ("Threshold", float("nan")),
    ],
)
def test_a_value_that_is_not_of_its_kind_names_its_field(name, value):
    with pytest.raises(ConfigurationError, match=f"policy 'p', {name}"):
        policy_resource("p", OUT | {name: value})


def test_resources_with_other_names_read_as_the_same_plan():
    first = group({"p": OUT}, [("a", "p", WATCH)])
    renamed = replace(
        first,
        policies=(replace(first.policies[0], name="other"),),
        alarms=(replace(first.alarms[0], policy_name="other"),),
    )

    assert plan_of(first).plan == plan_of(renamed).plan
