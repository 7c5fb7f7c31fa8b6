"""Generated files cannot be subverted: hostile names parse back to themselves, or are refused."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace

import hcl2
import pytest
import yaml

from tests.deployment.export_checks import (
    ALARM,
    POLICY,
    REFUSED_FRAGMENTS,
    SEED,
    hostile_names,
    hostile_resources,
    unquoted,
)
from tuner.deployment.export import FORMS
from tuner.errors import UnsupportedPlanError
from tuner.resources import GroupResources
from tuner.resources.fields import alarm_resource, policy_resource

NAMES = 10_000
NAMED_FORMS = ("cloudformation", "cloudformation-json", "terraform", "aws-cli")
BY_NAME = {"AlarmName", "PolicyName", "ScheduledActionName"}


@pytest.fixture(scope="module")
def names():
    print("seed", SEED)
    return hostile_names(NAMES)


def texts(resources):
    """List the hostile texts of resources."""
    yield from (policy.name for policy in resources.policies)
    yield from (action.name for action in resources.actions)
    for alarm in resources.alarms:
        yield alarm.name
        yield alarm.fields["AlarmDescription"]


def composed(names):
    """Give names that Unicode's composed form leaves as they are, as Terraform needs them."""
    return [name for name in names if unicodedata.normalize("NFC", name) == name]


@pytest.mark.parametrize(
    ("form", "count"),
    [
        ("cloudformation", 1_000),
        pytest.param("cloudformation", NAMES, marks=pytest.mark.nightly),
        *((form, NAMES) for form in NAMED_FORMS[1:]),
    ],
)
def test_hostile_names_parse_back_to_the_same_values(names, form, count):
    mine = names[:: NAMES // count]
    mine = composed(mine) if form == "terraform" else mine
    assert len(mine) > 0.99 * count
    for number, resources in enumerate(hostile_resources(mine)):
        files = FORMS[form].write(resources, None)

        assert resources == FORMS[form].read(files, "web"), number


@pytest.mark.parametrize("form", ["cloudformation", "cloudformation-json"])
def test_other_readers_of_templates_see_the_same_names(names, form):
    for resources in hostile_resources(names[::30]):
        (text,) = FORMS[form].write(resources, None).values()
        template = json.loads(text) if form.endswith("json") else yaml.safe_load(text)
        found = []
        for resource in template["Resources"].values():
            found.extend(resource.get("Metadata", {}).get("Cliffside", {}).values())
            found.extend(resource["Properties"].get(key) for key in ("AlarmName",))
            found.append(resource["Properties"].get("AlarmDescription"))

        assert sorted(texts(resources)) == sorted(name for name in found if name is not None)


@pytest.mark.parametrize("count", [300, pytest.param(NAMES, marks=pytest.mark.nightly)])
def test_another_reader_of_hcl_sees_the_same_names(names, count):
    mine = composed(names)
    step = max(1, len(mine) // count)
    for resources in hostile_resources(mine[::step]):
        main = FORMS["terraform"].write(resources, None)["main.tf"]
        found = []
        for block in hcl2.loads(main)["resource"]:
            ((body,),) = (table.values() for table in block.values())
            keys = ("name", "alarm_name", "scheduled_action_name", "alarm_description")
            found.extend(unquoted(body[key]) for key in keys if key in body)

        assert sorted(texts(resources)) == sorted(found)


def test_files_have_the_resources_that_were_written_and_no_more(names):
    resources = next(hostile_resources(names))
    (text,) = FORMS["cloudformation"].write(resources, None).values()
    template = yaml.safe_load(text)

    assert {"AWSTemplateFormatVersion", "Description", "Resources"} == set(template)
    assert len(list(texts(resources))) - len(resources.alarms) == len(template["Resources"])
    files = FORMS["aws-cli"].write(resources, None)
    assert all(
        name.isascii() and name.replace("-", "").replace(".", "").isalnum() for name in files
    )


@pytest.mark.parametrize("count", [500, pytest.param(NAMES, marks=pytest.mark.nightly)])
def test_hostile_values_in_ebextensions_parse_back(names, count):
    plain = [name for name in names[:: NAMES // count] if "`" not in name]
    form, file = FORMS["beanstalk-resources"], ".ebextensions/cliffside.config"
    policies = (policy_resource("web-cliffside-scale-out", POLICY),)
    assert len(plain) > 0.9 * count
    for start in range(0, len(plain), 300):
        some = plain[start : start + 300]
        alarms = [
            alarm_resource(f"alarm {k}", policies[0].name, {**ALARM, "AlarmDescription": text})
            for k, text in enumerate(some)
        ]
        resources = GroupResources(group="web", policies=policies, alarms=tuple(alarms))
        text = form.write(resources, None)[file]
        template = yaml.safe_load(text)["Resources"].values()
        found = [resource["Properties"].get("AlarmDescription") for resource in template]
        read = form.read({file: text}, "web").alarms

        assert some == found[1:], start
        assert sorted(some) == sorted(alarm.fields["AlarmDescription"] for alarm in read), start


def test_hostile_groups_parse_back_to_the_same_values(names):
    groups = [name for name in composed(names) if ":" not in name][::40]
    assert len(groups) > 150
    for group in groups:
        dimension = {"Name": "AutoScalingGroupName", "Value": group}
        resources = GroupResources(
            group=group,
            policies=(policy_resource("out", POLICY),),
            alarms=(alarm_resource("high", "out", {**ALARM, "Dimensions": [dimension]}),),
        )
        for form in NAMED_FORMS:
            assert resources == FORMS[form].read(FORMS[form].write(resources, None), group), form


@pytest.mark.parametrize("form", NAMED_FORMS)
@pytest.mark.parametrize("fragment", REFUSED_FRAGMENTS)
def test_names_that_would_become_others_are_refused_before_anything_is_written(form, fragment):
    name = f"web{fragment}"
    kept = {
        "{{resolve:ssm:x}}": not form.startswith("cloudformation"),
        "e\u0301": form != "terraform",
    }
    resources = GroupResources(group="web", policies=(policy_resource(name, POLICY),))
    if kept.get(fragment, False):
        assert resources == FORMS[form].read(FORMS[form].write(resources, None), "web")
    else:
        with pytest.raises(UnsupportedPlanError):
            FORMS[form].write(resources, None)


def test_backticks_are_refused_where_beanstalk_would_work_them_out():
    fields = {**ALARM, "AlarmDescription": '`{"Ref": "AWS::AccountId"}`'}
    resources = GroupResources(
        group="web",
        policies=(policy_resource("out", POLICY),),
        alarms=(alarm_resource("high", "out", fields),),
    )
    with pytest.raises(UnsupportedPlanError, match="backticks"):
        FORMS["beanstalk-resources"].write(resources, None)


@pytest.mark.parametrize("form", NAMED_FORMS)
def test_two_resources_of_one_name_are_refused(form):
    policies = (policy_resource("out", POLICY), policy_resource("out", POLICY))
    with pytest.raises(UnsupportedPlanError, match="names of its own"):
        FORMS[form].write(GroupResources(group="web", policies=policies), None)


@pytest.mark.parametrize("form", NAMED_FORMS)
def test_a_name_that_is_too_long_or_empty_is_refused(form):
    for name in ("", "a" * 256):
        resources = GroupResources(group="web", policies=(policy_resource(name, POLICY),))
        with pytest.raises(UnsupportedPlanError, match="1 to 255"):
            FORMS[form].write(resources, None)


def test_the_longest_names_are_written():
    resources = GroupResources(group="g" * 255, policies=(policy_resource("a" * 255, POLICY),))
    for form in NAMED_FORMS:
        files = FORMS[form].write(resources, None)

        assert resources == FORMS[form].read(files, resources.group)


@pytest.mark.parametrize("form", NAMED_FORMS)
def test_an_alarm_without_its_policy_is_refused(form):
    resources = GroupResources(group="web", alarms=(alarm_resource("high", "gone", ALARM),))
    resources = replace(resources, policies=(policy_resource("out", POLICY),))
    with pytest.raises(UnsupportedPlanError, match="calls a policy of the group"):
        FORMS[form].write(resources, None)
