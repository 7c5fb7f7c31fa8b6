"""Elastic Beanstalk's own construction: options to plan, defaults, traps and refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.aws_alarms import seconds_to_alarm
from tuner.config import load_job
from tuner.errors import ConfigurationError
from tuner.plan_json import plan_from_json, plan_to_json
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.policy.beanstalk import Beanstalk, beanstalk_traps, read_beanstalk
from tuner.policy.beanstalk_options import OPTIONS

ASG, TRIGGER = "aws:autoscaling:asg", "aws:autoscaling:trigger"
LAUNCH = "aws:autoscaling:launchconfiguration"
ON_CPU = {
    "MeasureName": "CPUUtilization",
    "Unit": "Percent",
    "UpperThreshold": "25",
    "LowerThreshold": 12.5,
}
JOB = """\
service = "shop"
[host]
slope_percent_per_1000_rpm = 0.75
cliff_percent = 50.0
[[traffic.stages]]
name = "surge"
stages = ["hold 20m at 30k", "ramp 8m to 60000", "hold 1h"]
[space]
scale_out_adjustment = 1
"""
OPTIONS_IN_JOB = """\
[beanstalk."aws:autoscaling:asg"]
MinSize = 2
MaxSize = "12"
Cooldown = 240
[beanstalk."aws:autoscaling:launchconfiguration"]
MonitoringInterval = "1 minute"
[beanstalk."aws:autoscaling:trigger"]
MeasureName = "CPUUtilization"
Unit = "Percent"
Period = "1"
EvaluationPeriods = 5
UpperThreshold = 25
LowerThreshold = 10
UpperBreachScaleIncrement = "2"
"""


def side(threshold: float, operator: str, adjustment: int, **alarm) -> AlarmedPolicy:
    window = {"period_seconds": 300, "evaluation_periods": 1, "datapoints_to_alarm": 1, **alarm}
    return AlarmedPolicy(
        Alarm(threshold_percent=threshold, comparison_operator=operator, **window),
        SimpleScaling(scaling_adjustment=adjustment, cooldown_seconds=360),
    )


def traps(given: dict, *, launch=60, ready=0, boot=0.0) -> tuple[str, ...]:
    options = read_beanstalk({TRIGGER: {**ON_CPU, **given}})
    return beanstalk_traps(
        options, launch_seconds=launch, ready_seconds=ready, boot_cpu_percent=boot
    )


def refused(given: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_beanstalk(given)
    return str(caught.value)


def job_of(text: str, folder: Path):
    (folder / "job.toml").write_text(text)
    return load_job(folder / "job.toml")


def test_the_defaults_of_its_trigger_build_the_two_alarms_that_are_seen_in_accounts():
    assert Beanstalk().plan() == ScalingPlan(
        scale_out=side(6_000_000.0, "GreaterThanThreshold", 1),
        scale_in=side(2_000_000.0, "LessThanThreshold", -1),
    )
    assert Beanstalk().group == {
        "min_size": 1,
        "max_size": 4,
        "default_cooldown_seconds": 360,
        "monitoring": "basic",
    }


def test_options_on_cpu_are_the_plan_that_they_say_numbers_as_texts_too():
    options = read_beanstalk(
        {
            ASG: {"Cooldown": "120", "Custom Availability Zones": "eu-west-1a"},
            TRIGGER: {**ON_CPU, "EvaluationPeriods": "2", "LowerBreachScaleIncrement": "-2"},
        }
    )
    plan = options.plan()

    assert plan.scale_out.alarm.evaluation_periods == 2
    assert (plan.scale_out.alarm.threshold_percent, plan.scale_in.alarm.threshold_percent) == (
        25.0,
        12.5,
    )
    assert plan.scale_in.policy == SimpleScaling(scaling_adjustment=-2, cooldown_seconds=120)
    assert plan_from_json(plan_to_json(plan)) == plan


def test_the_default_breach_duration_is_the_time_after_which_the_default_alarm_goes_off():
    trigger = OPTIONS[TRIGGER]
    n = trigger["EvaluationPeriods"].default
    got = seconds_to_alarm(trigger["Period"].default * 60, n, n)

    assert got == trigger["BreachDuration"].default * 60


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "expected MeasureName CPUUtilization, got NetworkOut, its default"),
        ({TRIGGER: {"MeasureName": "RequestCount"}}, "CPUUtilization, got RequestCount"),
        ({TRIGGER: {"MeasureName": "CPUUtilization"}}, "Unit Percent, got Bytes, its default"),
        ({TRIGGER: {**ON_CPU, "Unit": "None"}}, "stay INSUFFICIENT_DATA"),
        ({TRIGGER: {**ON_CPU, "Statistic": "Maximum"}}, "expected Statistic Average"),
        ({TRIGGER: {**ON_CPU, "Period": 1}}, "4 of 5 minutes have none"),
        ({TRIGGER: {**ON_CPU, "Period": 600, "EvaluationPeriods": 3}}, "600 x 3 = 1800"),
        ({TRIGGER: {**ON_CPU, "Period": 0}}, "a whole number from 1 to 600"),
        ({TRIGGER: {**ON_CPU, "Period": 2.5}}, "a whole number from 1 to 600"),
        ({TRIGGER: {**ON_CPU, "Period": True}}, "a whole number from 1 to 600"),
        ({TRIGGER: {**ON_CPU, "Period": 10**400}}, "a whole number from 1 to 600"),
        ({TRIGGER: {**ON_CPU, "UpperThreshold": "nan"}}, "a number from 0 to 20,000,000"),
        ({TRIGGER: {**ON_CPU, "UpperThreshold": "high"}}, "a number from 0 to 20,000,000"),
        ({TRIGGER: {**ON_CPU, "Threshold": 3}}, "UpperThreshold"),
        ({TRIGGER: ON_CPU, ASG: {"MinSize": 5}}, "MinSize of at most MaxSize (4)"),
        ({TRIGGER: ON_CPU, ASG: 3}, "a table of options"),
        ({TRIGGER: ON_CPU, ASG: {"EnableCapacityRebalancing": "yes"}}, "true or false"),
        ({TRIGGER: ON_CPU, LAUNCH: {"MonitoringInterval": "1m"}}, "5 minute, 1 minute"),
        ({TRIGGER: ON_CPU, "aws:autoscaling:scheduledaction": {}}, "a namespace that is known"),
        ([1], "a table of namespaces"),
    ],
)
def test_what_cannot_be_simulated_or_is_none_of_its_options_is_refused(given, expected):
    assert expected in refused(given)


def test_all_problems_are_told_at_once():
    got = refused({ASG: {"MaxSize": 0}, TRIGGER: {**ON_CPU, "Periods": 5}})

    assert "MaxSize" in got
    assert "Periods" in got


def test_sound_options_have_one_trap_how_slowly_the_group_grows():
    assert traps({}) == (
        "The group grows by at most 1 each 360 s (cooldown, from InService) + 60 s (launch) = 7m,"
        " whatever the load.",
    )


@pytest.mark.parametrize("name", ["UpperThreshold", "LowerThreshold"])
def test_a_threshold_that_is_left_at_its_default_is_one_of_bytes(name):
    given = {key: value for key, value in ON_CPU.items() if key != name}
    options = read_beanstalk({TRIGGER: given})
    said, *_ = beanstalk_traps(options, launch_seconds=60, ready_seconds=0, boot_cpu_percent=0.0)
    outcome = {"UpperThreshold": "never scales out", "LowerThreshold": "down to MinSize"}

    assert f"{name} is {'6' if name[0] == 'U' else '2'},000,000, the default, of bytes" in said
    assert outcome[name] in said


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"BreachDuration": 10}, "BreachDuration 10 is not Period x EvaluationPeriods = 5 x 1 = 5"),
        ({"EvaluationPeriods": 2}, "BreachDuration 5, its default, is not"),
        ({"LowerBreachScaleIncrement": 1}, "hosts are added where CPU is low"),
        ({"UpperBreachScaleIncrement": -1}, "hosts are taken where CPU is high"),
        ({"UpperThreshold": 2500}, "UpperThreshold is 2,500, and no CPU is above 100 %"),
    ],
)
def test_each_trap_is_a_sentence(given, expected):
    assert any(expected in sentence for sentence in traps(given))


def test_a_consistent_breach_duration_is_no_trap():
    given = {"EvaluationPeriods": 2, "BreachDuration": 10}

    assert not any("BreachDuration" in sentence for sentence in traps(given))


def test_hosts_that_start_hotter_than_the_threshold_are_told():
    assert any("for 150s from InService" in said for said in traps({}, ready=150, boot=90.0))
    assert len(traps({}, ready=150, boot=20.0)) == len(traps({}, boot=90.0)) == 1


def test_option_settings_in_a_job_give_its_group_its_baseline_and_the_window_of_its_space(tmp_path):
    job = job_of(JOB + OPTIONS_IN_JOB, tmp_path)
    group, space = job.group, job.spaces["simple"]

    assert (group.min_size, group.max_size, group.monitoring) == (2, 12, "detailed")
    assert (group.default_cooldown_seconds, group.launch_seconds, group.ready_seconds) == (
        240,
        60,
        150,
    )
    assert job.baseline.describe() == (
        "scale out by 2 above 25 % for 5 minutes (cooldown 4m),"
        " scale in by 1 below 10 % for 5 minutes (cooldown 4m)"
    )
    assert (space.period_seconds, space.evaluation_periods, space.cooldown_seconds) == (
        (60,),
        (5,),
        (240,),
    )
    assert any("grows by at most 2 each 240 s" in sentence for sentence in job.warnings)


def test_a_key_of_the_file_stands_before_what_its_options_say(tmp_path):
    own = "[group]\nmax_size = 30\nready_seconds = 0\n[baseline]\nmin_size = 3\n"
    job = job_of(JOB + own + OPTIONS_IN_JOB, tmp_path)

    assert (job.group.max_size, job.group.ready_seconds, job.group.min_size) == (30, 0, 2)
    assert job.baseline == ScalingPlan(min_size=3)


def test_thresholds_of_bytes_are_told_and_can_be_run(tmp_path):
    text = OPTIONS_IN_JOB.replace("UpperThreshold = 25\nLowerThreshold = 10\n", "")
    job = job_of(JOB + text, tmp_path)

    assert job.baseline.scale_out.alarm.threshold_percent == 6_000_000.0
    assert any("never scales out" in sentence for sentence in job.warnings)


def test_a_job_whose_trigger_is_on_the_default_metric_is_refused_with_its_place(tmp_path):
    text = OPTIONS_IN_JOB.replace('MeasureName = "CPUUtilization"\n', "")
    with pytest.raises(ConfigurationError) as caught:
        job_of(JOB + text, tmp_path)
    (problem,) = caught.value.problems

    assert problem.where.endswith('line 16, key beanstalk."aws:autoscaling:trigger"')
    assert problem.got == "NetworkOut, its default"
    assert "no other metric" in problem.next_step


def test_the_preset_alone_has_the_sizes_and_the_window_of_the_defaults(tmp_path):
    job = job_of(f'preset = "elastic-beanstalk"\n{JOB}', tmp_path)

    assert (job.group.min_size, job.group.max_size) == (1, 4)
    assert (job.group.launch_seconds, job.group.boot_cpu_percent) == (60, 90.0)
    assert job.spaces["simple"].cooldown_seconds == (360,)
    assert job.baseline is None
