"""Every form reads back as the plan that was written, and other readers see the same."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import botocore.session
import hcl2
import pytest
import yaml
from botocore.validate import ParamValidator

from tests.deployment.export_checks import SEED, exported_in_utc, trigger_plan
from tests.resources.plans import BERLIN, FAMILIES, LABEL, exported, shippable_plans
from tuner.deployment.export import FORMS, LIMITLESS, write_form
from tuner.resources import plan_of

PLANS = 1_000
"""Of each family and form, by night; the check takes as many as its time allows."""

BY_DAY = {"aws-cli": 1_000, "cloudformation-json": 1_000, "terraform": 250}
YAML_BY_DAY = 60
SIZES = [
    *((form, BY_DAY.get(form, YAML_BY_DAY)) for form in FORMS),
    *(
        pytest.param(form, PLANS, marks=pytest.mark.nightly)
        for form in FORMS
        if BY_DAY.get(form) != PLANS
    ),
]


def suited(plan, form):
    """Give a plan's resources as a form can say them."""
    resources = exported(plan)
    return replace(resources, limits={}) if form in LIMITLESS else resources


def is_empty(resources):
    return not (resources.policies or resources.actions)


@pytest.mark.parametrize(("form", "count"), [s for s in SIZES if "beanstalk" not in str(s)])
@pytest.mark.parametrize("family", FAMILIES)
def test_random_plans_come_back_equal_from_their_files(family, form, count):
    print("seed", SEED)
    written = 0
    for number, plan in enumerate(shippable_plans(family, PLANS)[:count]):
        resources = suited(plan, form)
        if is_empty(resources):
            continue
        files = FORMS[form].write(resources, None)

        assert resources == FORMS[form].read(files, "web"), number
        written += 1

    assert written > 0.95 * count


@pytest.mark.parametrize("count", [YAML_BY_DAY, pytest.param(PLANS, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("family", FAMILIES)
def test_random_plans_come_back_equal_from_resources_of_beanstalk(family, count):
    print("seed", SEED)
    form = FORMS["beanstalk-resources"]
    for number, plan in enumerate(shippable_plans(family, PLANS)[:count]):
        least = plan.min_size or None
        resources = exported(replace(plan, min_size=least))
        if not is_empty(resources):
            files = form.write(resources, "detailed")

            assert resources == form.read(files, "web"), number


@pytest.mark.parametrize("form", ["beanstalk", "beanstalk-json"])
def test_random_triggers_come_back_equal_from_option_settings(form):
    print("seed", SEED)
    rng = random.Random(SEED)
    for number in range(PLANS if form == "beanstalk-json" else 200):
        plan = trigger_plan(rng)
        minutes = plan.scale_out.alarm.period_seconds // 60
        monitoring = rng.choice((None, "detailed", "basic" if minutes >= 5 else None))
        resources = exported_in_utc(plan)
        files = FORMS[form].write(resources, monitoring)

        assert resources == FORMS[form].read(files, "web"), number


def test_a_schedule_comes_back_from_every_form():
    (plan,) = [plan for plan in shippable_plans("simple", 60) if plan.schedule][:1]
    for form in FORMS:
        if form not in ("beanstalk", "beanstalk-json"):
            least = plan.min_size or None
            files = write_form(suited(replace(plan, min_size=least), form), form)
            read = plan_of(FORMS[form].read(files, "web"), schedule_start=BERLIN)

            assert plan.schedule == read.plan.schedule, form
    rng = random.Random(SEED)
    trigger = replace(trigger_plan(rng), schedule=plan.schedule)
    for form in ("beanstalk", "beanstalk-json"):
        resources = exported_in_utc(trigger)
        files = write_form(resources, form)

        assert resources == FORMS[form].read(files, "web"), form


@pytest.mark.parametrize("family", FAMILIES)
def test_inputs_of_the_command_line_are_what_the_sdk_takes(family):
    print("seed", SEED)
    session = botocore.session.get_session()
    shapes = {
        verb: session.get_service_model(service).operation_model(operation).input_shape
        for verb, service, operation in (
            ("put-scaling-policy", "autoscaling", "PutScalingPolicy"),
            ("put-metric-alarm", "cloudwatch", "PutMetricAlarm"),
            ("put-scheduled-update-group-action", "autoscaling", "PutScheduledUpdateGroupAction"),
            ("update-auto-scaling-group", "autoscaling", "UpdateAutoScalingGroup"),
        )
    }
    for number, plan in enumerate(shippable_plans(family, PLANS)[:200]):
        resources = exported(plan)
        if is_empty(resources):
            continue
        for name, text in FORMS["aws-cli"].write(resources, None).items():
            if name.endswith(".json"):
                shape = shapes[name.removesuffix(".json").partition("-")[2]]
                report = ParamValidator().validate(json.loads(text), shape)

                assert not report.has_errors(), (number, name, report.generate_report())


@pytest.mark.parametrize("family", FAMILIES)
def test_other_readers_see_the_same_values(family):
    for plan in shippable_plans(family, PLANS)[:8]:
        resources = replace(exported(plan), limits={})
        if is_empty(resources):
            continue
        (as_yaml,) = FORMS["cloudformation"].write(resources, None).values()
        (as_json,) = FORMS["cloudformation-json"].write(resources, None).values()

        assert json.loads(as_json) == yaml.safe_load(as_yaml)
        main = FORMS["terraform"].write(resources, None)["main.tf"]
        blocks = hcl2.loads(main)["resource"]
        thresholds = {
            float(str(body["threshold"]).strip("${}"))
            for block in blocks
            for table in block.values()
            for body in table.values()
            if "threshold" in body
        }
        assert {alarm.fields["Threshold"] for alarm in resources.alarms} == thresholds


@pytest.mark.parametrize("count", [1, pytest.param(25, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("family", FAMILIES)
def test_templates_have_no_finding_of_the_linter(family, count):
    from cfnlint.api import ManualArgs, lint

    plans = [plan for plan in shippable_plans(family, PLANS) if plan.schedule or count > 1]
    for plan in plans[:count]:
        resources = replace(exported(plan), limits={})
        (text,) = FORMS["cloudformation"].write(resources, None).values()
        found = lint(text, config=ManualArgs(regions=["eu-central-1"]))

        assert found == []


def test_every_form_names_the_label_of_a_target_in_requests():
    plan = next(
        plan
        for plan in shippable_plans("target_tracking", PLANS)
        if plan.target_tracking.predefined_metric_type == "ALBRequestCountPerTarget"
    )
    for form in LIMITLESS:
        assert LABEL in "".join(FORMS[form].write(suited(plan, form), None).values())
