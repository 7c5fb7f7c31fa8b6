"""Plans become resources and the same plans again, and nothing that AWS lacks is shipped."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from tests.reference.random_runs import random_case
from tests.resources.plans import BERLIN, FAMILIES, LABEL, SEED, exported, shippable_plans
from tuner.errors import UnsupportedPlanError
from tuner.metrics import MetricName
from tuner.plan_json import plan_from_json
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    ScheduledAction,
    SimpleScaling,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)
from tuner.resources import ScheduleStart, plan_of, resources_of

RANDOM_PLANS = 1_000
"""Of each family."""

ALARM = Alarm(threshold_percent=29.5, comparison_operator="GreaterThanThreshold")
LOW = Alarm(threshold_percent=12, comparison_operator="LessThanThreshold")
PLAN = ScalingPlan(
    scale_out=AlarmedPolicy(ALARM, SimpleScaling(scaling_adjustment=2, cooldown_seconds=60)),
    scale_in=AlarmedPolicy(LOW, SimpleScaling(scaling_adjustment=-1)),
    min_size=2,
)


def problems_of(plan, **more):
    with pytest.raises(UnsupportedPlanError) as raised:
        resources_of(plan, **{"group": "web", "schedule_start": BERLIN, **more})
    return {problem.where: problem for problem in raised.value.problems}


@pytest.mark.parametrize("family", FAMILIES)
def test_random_plans_come_back_equal_from_their_resources(family):
    print("seed", SEED)
    for number, plan in enumerate(shippable_plans(family, RANDOM_PLANS)):
        read = plan_of(exported(plan), schedule_start=BERLIN)

        assert plan == read.plan, number
        assert read.not_represented == (), number


@pytest.mark.parametrize("family", FAMILIES)
def test_any_random_plan_is_either_shipped_as_it_is_or_refused_with_a_reason(family):
    print("seed", SEED)
    rng = random.Random(SEED)
    refused = 0
    for number in range(RANDOM_PLANS):
        plan = plan_from_json(random_case(rng, families=(family,))["plan"])
        try:
            resources = resources_of(plan, group="web")
        except UnsupportedPlanError as error:
            refused += 1
            assert all(problem.next_step for problem in error.problems), number
        else:
            assert said(plan) == plan_of(resources).plan, number

    assert 0 < refused < RANDOM_PLANS


def said(plan):
    """Give a plan without what says nothing."""
    sides = {}
    for name in ("scale_out", "scale_in"):
        side = getattr(plan, name)
        if side is not None:
            least = side.policy.min_adjustment_magnitude or None
            alarm = replace(side.alarm, evaluation_range_extra=None)
            policy = replace(side.policy, min_adjustment_magnitude=least)
            sides[name] = AlarmedPolicy(alarm, policy)
    return replace(plan, **sides)


def test_resources_are_in_the_words_of_aws():
    made = resources_of(PLAN, group="web")
    scale_in, scale_out = made.policies

    assert [p.name for p in made.policies] == ["web-cliffside-scale-in", "web-cliffside-scale-out"]
    assert scale_out.fields == {
        "PolicyType": "SimpleScaling",
        "AdjustmentType": "ChangeInCapacity",
        "ScalingAdjustment": 2,
        "Cooldown": 60,
    }
    assert made.alarms[1].fields == {
        "Namespace": "AWS/EC2",
        "MetricName": "CPUUtilization",
        "Dimensions": ({"Name": "AutoScalingGroupName", "Value": "web"},),
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 29.5,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    assert scale_in.name == made.alarms[0].policy_name
    assert made.limits == {"MinSize": 2}


def test_numbers_of_numpy_are_those_of_python():
    plan = replace(
        PLAN,
        min_size=np.int64(2),
        scale_out=AlarmedPolicy(
            replace(ALARM, threshold_percent=np.float64(30.0)),
            SimpleScaling(scaling_adjustment=np.int64(2)),
        ),
    )
    made = resources_of(plan, group="web")
    values = [*made.limits.values(), *made.policies[1].fields.values()]

    assert {int, str} == {type(value) for value in values}
    assert made.alarms[1].fields["Threshold"] == 30


def test_a_schedule_is_daily_by_the_clock_of_tick_0():
    plan = ScalingPlan(
        schedule=(ScheduledAction(tick=90, min_size=4), ScheduledAction(tick=600, max_size=9))
    )
    made = resources_of(plan, group="web", schedule_start=BERLIN)

    assert [a.name for a in made.actions] == ["web-cliffside-at-0800", "web-cliffside-at-2330"]
    assert made.actions[1].fields == {
        "Recurrence": "30 23 * * *",
        "TimeZone": "Europe/Berlin",
        "MinSize": 4,
    }
    assert plan == plan_of(made, schedule_start=BERLIN).plan


def test_without_a_start_a_schedule_is_read_from_midnight_in_its_own_zone():
    plan = ScalingPlan(schedule=(ScheduledAction(tick=0, min_size=4),))
    read = plan_of(resources_of(plan, group="web", schedule_start=BERLIN))

    assert tuple(action.tick for action in read.plan.schedule) == (22 * 60,)
    assert ScheduleStart(time_zone="Europe/Berlin") == read.schedule_start


def test_ticks_of_half_a_minute_are_counted_as_such():
    start = ScheduleStart(tick_seconds=30)
    plan = ScalingPlan(schedule=(ScheduledAction(tick=3 * 120, min_size=4),))
    made = resources_of(plan, group="web", schedule_start=start)

    assert made.actions[0].fields["Recurrence"] == "0 3 * * *"
    assert plan == plan_of(made, schedule_start=start).plan
    odd = replace(plan, schedule=(ScheduledAction(tick=3, min_size=4),))
    assert "whole minute" in problems_of(odd, schedule_start=start)["schedule[0]"].expected


def test_a_metric_of_ones_own_stands_for_cpu():
    metric = MetricName(
        namespace="Shop", metric="Busy", dimensions=(("Service", "web"),), statistic="p90"
    )
    made = resources_of(PLAN, group="web", metric=metric)

    assert made.alarms[0].fields["ExtendedStatistic"] == "p90"
    assert plan_of(made, metric=metric).plan == PLAN
    assert len(plan_of(made).not_represented) == 2


def test_a_target_in_requests_keeps_its_label():
    policy = TargetTracking(target_value=500.25, predefined_metric_type="ALBRequestCountPerTarget")
    plan = ScalingPlan(target_tracking=policy)
    read = plan_of(resources_of(plan, group="web", resource_label=LABEL))

    assert (plan, LABEL) == (read.plan, read.resource_label)
    assert "--resource-label" in problems_of(plan)["target_tracking"].next_step


def changed(**alarm):
    side = AlarmedPolicy(replace(ALARM, **alarm), SimpleScaling(scaling_adjustment=1))
    return ScalingPlan(scale_out=side)


def stepped(adjustment, **more):
    steps = (StepAdjustment(metric_interval_lower_bound=0.0, scaling_adjustment=adjustment),)
    return ScalingPlan(scale_out=AlarmedPolicy(ALARM, StepScaling(step_adjustments=steps, **more)))


def scheduled(*actions):
    return ScalingPlan(schedule=tuple(ScheduledAction(**action) for action in actions))


@pytest.mark.parametrize(
    ("plan", "where", "words"),
    [
        (changed(evaluation_range_extra=5), "scale_out.alarm.evaluation_range_extra", "or 2"),
        (changed(period_seconds=30), "scale_out.alarm.period_seconds", "once a minute"),
        (
            ScalingPlan(target_tracking=TargetTracking(target_value=40, low_ratio=0.7)),
            "target_tracking.low_ratio",
            "does not publish",
        ),
        (
            ScalingPlan(target_tracking=TargetTracking(target_value=40, scale_in_limit=1)),
            "target_tracking.scale_in_limit",
            "does not publish",
        ),
        (
            stepped(1, min_adjustment_magnitude=2),
            "scale_out.policy.min_adjustment_magnitude",
            "PercentChangeInCapacity only",
        ),
        (stepped(-1), "scale_out.policy.step_adjustments", "mend the sign"),
        (scheduled({"tick": 1440, "min_size": 1}), "schedule[0]", "first day"),
        (scheduled({"tick": 1}), "schedule[0]", "changes nothing"),
        (
            scheduled({"tick": 1, "min_size": 1}, {"tick": 1, "max_size": 9}),
            "schedule[1]",
            "one action at a time",
        ),
        (
            scheduled({"tick": 1, "desired_capacity": 5, "max_size": 3}),
            "schedule[0]",
            "sizes in order",
        ),
    ],
)
def test_what_aws_has_no_field_for_is_refused_with_the_reason(plan, where, words):
    assert words in str(problems_of(plan)[where])


def test_a_schedule_without_the_time_of_day_of_tick_0_is_refused():
    problem = problems_of(scheduled({"tick": 1, "min_size": 1}), schedule_start=None)["schedule"]

    assert "--schedule-start" in problem.next_step


def test_all_reasons_come_at_once():
    plan = replace(changed(period_seconds=30, evaluation_range_extra=9), schedule=())

    assert len(problems_of(plan)) == 2


def test_a_minimum_above_the_maximum_of_the_group_is_refused():
    assert "MaxSize (1)" in str(problems_of(PLAN, limits={"MinSize": 1, "MaxSize": 1})["min_size"])


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("", "an empty one"),
        ("a" * 240, "255 characters"),
        ("a\x00b", "control character"),
        ("a\ud800b", "control character"),
        ("arn:aws:autoscaling", "without a colon"),
    ],
)
def test_a_name_that_aws_would_refuse_is_refused_first(group, words):
    assert words in " ".join(map(str, problems_of(PLAN, group=group).values()))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"clock": "24:00"}, "00:00 to 23:59"),
        ({"clock": "7:30"}, "as 07:30"),
        ({"time_zone": "Mars/Base"}, "IANA"),
        ({"time_zone": "../etc/passwd"}, "IANA"),
        ({"tick_seconds": 0}, "at least 1"),
    ],
)
def test_a_start_that_is_no_time_of_day_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        ScheduleStart(**given)
