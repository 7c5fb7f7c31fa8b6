"""What a form cannot express is refused with the reason, and what is no such file is not read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.deployment.export_checks import ALARM, POLICY, UTC_START
from tests.resources.plans import BERLIN
from tuner.deployment.beanstalk import NEUTRAL
from tuner.deployment.beanstalk_read import read_beanstalk, read_beanstalk_json
from tuner.deployment.cli_json import read_cli_json
from tuner.deployment.cloudformation_read import read_cloudformation
from tuner.deployment.export import FORMS, LIMITLESS, read_form, write_form
from tuner.deployment.terraform_hcl import quote
from tuner.deployment.terraform_parse import read_blocks
from tuner.deployment.terraform_read import read_terraform
from tuner.errors import ConfigurationError, UnsupportedPlanError
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
from tuner.resources import GroupResources, plan_of, resources_of
from tuner.resources.fields import alarm_resource, policy_resource

TRIGGER = ScalingPlan(
    scale_out=AlarmedPolicy(
        Alarm(threshold_percent=25.0, comparison_operator="GreaterThanThreshold"),
        SimpleScaling(scaling_adjustment=2, cooldown_seconds=180),
    ),
    scale_in=AlarmedPolicy(
        Alarm(threshold_percent=10.0, comparison_operator="LessThanThreshold"),
        SimpleScaling(scaling_adjustment=-1, cooldown_seconds=180),
    ),
)
STEPS = (StepAdjustment(metric_interval_lower_bound=0.0, scaling_adjustment=1),)


def resources(plan=TRIGGER, **more):
    return resources_of(plan, group="web", **more)


def with_out(plan=TRIGGER, policy=None, **alarm):
    side = plan.scale_out
    return replace(
        plan, scale_out=AlarmedPolicy(replace(side.alarm, **alarm), policy or side.policy)
    )


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (replace(TRIGGER, target_tracking=TargetTracking(target_value=40)), "no target tracking"),
        (replace(TRIGGER, scale_in=None), "both sides"),
        (with_out(policy=StepScaling(step_adjustments=STEPS)), "simple scaling"),
        (
            with_out(
                policy=SimpleScaling(
                    scaling_adjustment=10,
                    adjustment_type="PercentChangeInCapacity",
                    cooldown_seconds=180,
                )
            ),
            "ChangeInCapacity",
        ),
        (with_out(comparison_operator="GreaterThanOrEqualToThreshold"), "GreaterThanThreshold"),
        (with_out(evaluation_periods=3, datapoints_to_alarm=2), "datapoints_to_alarm 3"),
        (with_out(treat_missing_data="breaching"), "treat_missing_data missing"),
        (with_out(period_seconds=300), "one period_seconds for both sides"),
        (
            with_out(evaluation_periods=2, datapoints_to_alarm=2),
            "one evaluation_periods for both sides",
        ),
        (with_out(threshold_percent=-1.0), "UpperThreshold from 0"),
        (with_out(policy=SimpleScaling(scaling_adjustment=2, cooldown_seconds=60)), "one cooldown"),
        (with_out(policy=SimpleScaling(scaling_adjustment=10_001)), "UpperBreachScaleIncrement"),
        (replace(TRIGGER, min_size=0), "MinSize from 1"),
    ],
)
@pytest.mark.parametrize("form", ["beanstalk", "beanstalk-json"])
def test_what_the_trigger_of_beanstalk_cannot_do_is_refused(form, plan, words):
    with pytest.raises(UnsupportedPlanError) as raised:
        write_form(resources(plan), form)

    assert words in str(raised.value)


def test_all_that_a_trigger_cannot_do_comes_at_once_with_a_way_out():
    plan = with_out(evaluation_periods=3, datapoints_to_alarm=2, treat_missing_data="breaching")
    with pytest.raises(UnsupportedPlanError) as raised:
        write_form(resources(plan), "beanstalk")

    assert len(raised.value.problems) == 3
    assert all("beanstalk-resources" in each.next_step for each in raised.value.problems)
    assert (
        plan
        == plan_of(
            read_form(
                write_form(resources(plan), "beanstalk-resources"),
                "beanstalk-resources",
                group="web",
            )
        ).plan
    )


def test_basic_monitoring_beside_a_period_of_a_minute_is_refused():
    with pytest.raises(UnsupportedPlanError, match="at least 5 minutes"):
        write_form(resources(), "beanstalk", monitoring="basic")


def test_target_tracking_asks_for_detailed_monitoring_and_refuses_basic():
    made = resources(ScalingPlan(target_tracking=TargetTracking(target_value=40)))
    (text,) = write_form(made, "beanstalk-resources").values()

    assert "MonitoringInterval: '1 minute'" in text
    with pytest.raises(UnsupportedPlanError, match="target tracking with basic monitoring"):
        write_form(made, "beanstalk-resources", monitoring="basic")


def test_a_period_of_a_minute_asks_for_detailed_monitoring():
    (text,) = write_form(resources(), "beanstalk").values()

    assert "MonitoringInterval: '1 minute'" in text
    slow = replace(
        with_out(period_seconds=300),
        scale_in=AlarmedPolicy(
            replace(TRIGGER.scale_in.alarm, period_seconds=300), TRIGGER.scale_in.policy
        ),
    )
    assert "MonitoringInterval" not in "".join(write_form(resources(slow), "beanstalk").values())
    assert "5 minute" in "".join(
        write_form(resources(slow), "beanstalk", monitoring="basic").values()
    )


def test_option_settings_know_no_time_zone():
    plan = replace(TRIGGER, schedule=(ScheduledAction(tick=0, min_size=2),))
    with pytest.raises(UnsupportedPlanError, match="a schedule in UTC"):
        write_form(resources(plan, schedule_start=BERLIN), "beanstalk-json")

    assert write_form(resources(plan, schedule_start=UTC_START), "beanstalk-json")
    assert write_form(resources(plan, schedule_start=BERLIN), "beanstalk")


@pytest.mark.parametrize("form", LIMITLESS)
def test_forms_that_do_not_own_the_group_refuse_its_limits(form):
    with pytest.raises(UnsupportedPlanError, match=r"MinSize 3.*--limits-by-hand"):
        write_form(resources(replace(TRIGGER, min_size=3)), form)


@pytest.mark.parametrize("form", ["cloudformation", "aws-cli", "beanstalk-resources"])
def test_nothing_is_not_written(form):
    with pytest.raises(UnsupportedPlanError, match="a policy or a scheduled action"):
        FORMS[form].write(GroupResources(group="web"), None)


@pytest.mark.parametrize("form", ["cloudformation", "terraform"])
def test_what_a_form_has_no_field_for_is_named(form):
    cases = {
        "cloudformation": policy_resource("out", {**POLICY, "Enabled": False}),
        "terraform": policy_resource(
            "out",
            {
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingConfiguration": {
                    "CustomizedMetricSpecification": {"MetricName": "Busy"},
                    "TargetValue": 5,
                },
            },
        ),
    }
    name = {"cloudformation": "Enabled = False", "terraform": "CustomizedMetricSpecification"}
    made = GroupResources(group="web", policies=(cases[form],))
    with pytest.raises(UnsupportedPlanError, match=name[form]):
        FORMS[form].write(made, None)


def test_what_an_alarm_calls_beside_its_policy_is_kept():
    fields = {**ALARM, "AlarmActions": ["arn:aws:sns:eu-central-1:1:pager"], "OKActions": ["arn:x"]}
    made = GroupResources(
        group="web",
        policies=(policy_resource("out", POLICY),),
        alarms=(alarm_resource("high", "out", fields),),
    )
    for form in ("cloudformation", "cloudformation-json", "terraform", "aws-cli"):
        assert made == FORMS[form].read(FORMS[form].write(made, None), "web"), form


def test_a_file_that_is_missing_is_named():
    with pytest.raises(ConfigurationError, match=r"terraform\.tfvars\.json"):
        read_form({"main.tf": ""}, "terraform", group="web")


TEMPLATE = """
Resources:
  Out:
    Type: AWS::AutoScaling::ScalingPolicy
    Properties:
      AutoScalingGroupName: web
      AdjustmentType: ChangeInCapacity
      ScalingAdjustment: '2'
  High:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/EC2
      MetricName: CPUUtilization
      Dimensions: [{Name: AutoScalingGroupName, Value: web}]
      Statistic: Average
      Period: 60
      EvaluationPeriods: 1
      Threshold: 25
      ComparisonOperator: GreaterThanThreshold
      AlarmActions: [!Ref Out, arn:aws:sns:x]
  Page:
    Type: AWS::SNS::Topic
  Other:
    Type: AWS::CloudWatch::Alarm
    Properties: {Namespace: Shop, AlarmActions: [!Ref Page]}
"""


def test_a_template_of_another_hand_is_read():
    read = plan_of(read_cloudformation(TEMPLATE))

    assert read.plan.scale_out.policy == SimpleScaling(scaling_adjustment=2)
    assert read.not_represented == (
        "Alarm 'High' has AlarmActions = arn:aws:sns:x, which a plan does not say.",
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("AutoScalingGroupName: web\n", "AutoScalingGroupName: !Ref Group\n", "no reference"),
        ("ScalingAdjustment: '2'", "ScalingAdjustment: !Ref Many", "References are not followed"),
        ("ScalingAdjustment: '2'", "ScalingAdjustment: lots", "a whole number"),
        ("ScalingAdjustment: '2'", "Adjustment: 2", "properties of AWS::AutoScaling"),
        ("Threshold: 25", "Threshold: !Sub '${x}'", "Fn::Sub"),
        ("  Page:", "  Out:", "twice"),
        ("[!Ref Out, arn:aws:sns:x]", "!Ref Out", "a list"),
        ("Resources:", "Things:", "a table of names"),
        ("Type: AWS::AutoScaling::ScalingPolicy", "Type: AWS::SNS::Topic", "of one group"),
        ("Period: 60", "Period: &p 60\n      Unit: *p", "an alias"),
    ],
)
def test_a_template_that_cannot_be_followed_is_refused(old, new, words):
    assert TEMPLATE.count(old) == 1
    with pytest.raises(ConfigurationError) as raised:
        read_cloudformation(TEMPLATE.replace(old, new))

    assert words in str(raised.value)


def test_a_template_of_two_groups_is_refused():
    two = TEMPLATE + TEMPLATE.partition("  Out:")[2].partition("  High:")[0].replace(
        "    Type", "  Second:\n    Type", 1
    ).replace("Name: web", "Name: shop")
    with pytest.raises(ConfigurationError, match="'shop', 'web'"):
        read_cloudformation(two)


MAIN = """
# another hand
resource "aws_autoscaling_policy" "out" {
  name = "out" # a comment
  autoscaling_group_name = "web"
  adjustment_type = "ChangeInCapacity"
  scaling_adjustment = 2
}
resource "aws_instance" "other" { ami = "x" }
/* more
   of them */
resource "aws_cloudwatch_metric_alarm" "high" {
  alarm_name = "high"
  namespace = "AWS/EC2"
  metric_name = "CPUUtilization"
  dimensions = { "AutoScalingGroupName" : "web" }
  statistic = "Average"
  period = 60
  evaluation_periods = 1
  threshold = 2.5e1
  comparison_operator = "GreaterThanThreshold"
  alarm_actions = [
    aws_autoscaling_policy.out.arn,
  ]
}
"""


def test_a_configuration_of_another_hand_is_read():
    read = plan_of(read_terraform(MAIN, "{}"))

    assert (
        read.plan.scale_out.alarm.threshold_percent,
        read.plan.scale_out.policy.scaling_adjustment,
    ) == (25, 2)
    assert read.not_represented == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"web"\n', "var.group\n", "a value of group"),
        ('"web"\n', "aws_autoscaling_group.web.name\n", "no reference"),
        ('name = "out"', 'name = "${var.x}"', "without a template"),
        ('name = "out"', 'name = "%{if true}out"', "without a template"),
        ('name = "out"', 'name = "\\x41"', "an escape of HCL"),
        ('name = "out"', 'name = "\\ud800"', "a character"),
        ('name = "out"', 'name = "out\nname"', "HCL as cliffside writes it"),
        ('name = "out"', "name = <<EOT\nout\nEOT", "HCL as cliffside writes it"),
        ('name = "out"', 'name = upper("out")', "HCL as cliffside writes it"),
        ('name = "out"', 'name = "out"\n  name = "in"', "name twice"),
        ("scaling_adjustment = 2", "scaling_adjustment = 1 + 1", "got '+ 1"),
        ("scaling_adjustment = 2", "scaling_adjustment = local.many", "References are not"),
        ("scaling_adjustment = 2", "scaling_adjustment = 2\n  count = 2", "a resource by itself"),
        ("scaling_adjustment = 2", "scaling_adjustmant = 2", "known here"),
        ("scaling_adjustment = 2", "lifecycle_hook {\n}", "a block that is known here"),
        ('resource "aws_instance" "other" {', 'resource "aws_instance" "other" ', "expected {"),
        ("period = 60", "period = [[[" + "[" * 60, "less deep"),
        ("namespace =", "dimensions = {}\n  namespace =", "dimensions twice"),
    ],
)
def test_a_configuration_that_cannot_be_followed_is_refused(old, new, words):
    assert MAIN.count(old) == 1
    with pytest.raises(ConfigurationError) as raised:
        read_terraform(MAIN.replace(old, new), "{}")

    assert words in str(raised.value)


def test_a_problem_of_hcl_names_its_line():
    with pytest.raises(ConfigurationError, match=r"main\.tf, line 3"):
        read_blocks("a {\n}\n???", where="main.tf")


def test_texts_of_hcl_are_read_as_they_were():
    for text in ("", "${x}", "$${x}", "%{x}", "$", "%%", "\\", '"', "\u2028", "\U000e0001", "🚀"):
        (block,) = read_blocks(f"a {{\n  b = {quote(text)}\n}}\n", where="x")

        assert text == block.attributes["b"]
    (block,) = read_blocks('a {\n  b = "$${x} %%{y}"\n}\n', where="x")
    assert block.attributes["b"] == "${x} %{y}"


def changed_call(name, **changes):
    files = write_form(resources(), "aws-cli")
    return {**files, name: json.dumps({**json.loads(files[name]), **changes})}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "calls for one group"),
        ({"01-put-scaling-policy.json": "{}"}, "AutoScalingGroupName"),
        ({"01-put-scaling-policy.json": "[]"}, "a table of names"),
        ({"01-put-scaling-policy.json": '{"a": 1, "a": 2}'}, "twice"),
        ({"01-put-scaling-policy.json": '{"a": NaN}'}, "NaN"),
        (changed_call("03-put-metric-alarm.json", AlarmActions=["arn:aws:x"]), "PolicyARN that"),
        (changed_call("03-put-metric-alarm.json", AlarmActions=[]), "got nothing"),
        (changed_call("01-put-scaling-policy.json", AutoScalingGroupName="b"), "'b', 'web'"),
        (
            {"01-update-auto-scaling-group.json": '{"AutoScalingGroupName": "a", "Zones": 1}'},
            "Zones",
        ),
    ],
)
def test_calls_that_are_not_of_one_export_are_refused(files, words):
    with pytest.raises(ConfigurationError) as raised:
        read_cli_json(files)

    assert words in str(raised.value)


def test_the_order_of_the_calls_has_policies_before_their_alarms():
    files = write_form(resources(replace(TRIGGER, min_size=2)), "aws-cli")
    order = [line for line in files["README.md"].splitlines() if line[:1].isdigit()]

    assert [
        "update-auto-scaling-group",
        *["put-scaling-policy"] * 2,
        *["put-metric-alarm"] * 2,
    ] == [line.split()[3] for line in order]
    assert "--alarm-actions ARN-1`" in order[3]
    assert "answers ARN-1 as" in order[1]


CONFIG = """
option_settings:
  aws:autoscaling:trigger:
    MeasureName: CPUUtilization
    Unit: Percent
    UpperThreshold: 25
    LowerThreshold: '15'
"""


def test_option_settings_of_another_hand_are_read():
    plan = plan_of(read_beanstalk(CONFIG, group="web")).plan

    assert (
        plan.scale_out.alarm.threshold_percent,
        plan.scale_out.alarm.period_seconds,
        plan.scale_in.policy.cooldown_seconds,
    ) == (25, 300, 360)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("MeasureName: CPUUtilization", "MeasureName: NetworkIn", "MeasureName CPUUtilization"),
        ("Unit: Percent", "Unit: Bytes", "Unit Percent"),
        ("UpperThreshold: 25", "UpperThreshold: much", "a number from 0"),
        ("UpperThreshold: 25", "UperThreshold: 25", "an option that is known here"),
        ("aws:autoscaling:trigger", "aws:autoscaling:lever", "a namespace that is known"),
        ("option_settings:", "option_settings: []\nother:", "a table of names"),
    ],
)
def test_option_settings_that_are_no_trigger_are_refused(old, new, words):
    assert CONFIG.count(old) == 1
    with pytest.raises(ConfigurationError) as raised:
        read_beanstalk(CONFIG.replace(old, new), group="web")

    assert words in str(raised.value)
    assert "cliffside.config" in str(raised.value)


def test_resources_beside_a_trigger_that_acts_are_refused():
    (text,) = write_form(resources(), "beanstalk-resources").values()
    assert text.count("'20000000'") == 1
    with pytest.raises(ConfigurationError, match="a trigger at rest"):
        read_beanstalk(text.replace("'20000000'", "'25'"), group="web")


def test_a_trigger_at_rest_never_acts():
    trigger = json.dumps({"option_settings": {"aws:autoscaling:trigger": {**NEUTRAL, "Period": 5}}})
    plan = plan_of(read_beanstalk(trigger, group="web")).plan

    assert plan.scale_out.alarm.threshold_percent > 100
    assert (
        plan.scale_in.alarm.threshold_percent,
        plan.scale_in.alarm.comparison_operator,
    ) == (0, "LessThanThreshold")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "a list"),
        ([1], "a table of names"),
        ([{"Namespace": "aws:autoscaling:asg", "OptionName": "MinSize", "Value": 1}], "a text"),
        ([{"Namespace": "aws:autoscaling:asg", "OptionName": "MinSize", "Value": "1"}] * 2, "once"),
        (
            [
                {
                    "Namespace": "aws:autoscaling:scheduledaction",
                    "OptionName": "MinSize",
                    "Value": "1",
                }
            ],
            "ResourceName",
        ),
    ],
)
def test_option_settings_in_json_that_are_none_are_refused(settings, words):
    with pytest.raises(ConfigurationError) as raised:
        read_beanstalk_json(json.dumps(settings), group="web")

    assert words in str(raised.value)


def test_a_file_that_reads_back_as_another_plan_is_not_given_away(monkeypatch):
    form = FORMS["aws-cli"]
    other = resources(replace(TRIGGER, min_size=9))
    monkeypatch.setitem(FORMS, "aws-cli", replace(form, read=lambda files, group: other))
    with pytest.raises(UnsupportedPlanError, match="read back as the same plan"):
        write_form(resources(), "aws-cli")
