"""Plans of every family are written to an emulated account and read back as they were."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.resources.plans import BERLIN, FAMILIES, SEED, exported, shippable_plans
from tuner.aws.autoscaling import AwsScalingTarget
from tuner.policy import ScalingPlan
from tuner.resources import plan_of
from tuner.resources.records import GroupResources

CHECK_PLANS = 51
"""Of each family."""
NIGHT_PLANS = 1_000


def put(target: AwsScalingTarget, wanted: GroupResources) -> None:
    """Let a group have these resources and no others."""
    there = target.describe(wanted.group)
    names = {each.name for each in (*wanted.alarms, *wanted.policies, *wanted.actions)}
    for alarm in there.alarms:
        if alarm.name not in names:
            target.delete_alarm(alarm.name)
    for policy in there.policies:
        if policy.name not in names:
            target.delete_policy(wanted.group, policy.name)
    for action in there.actions:
        if action.name not in names:
            target.delete_action(wanted.group, action.name)
    arns = {policy.name: target.put_policy(wanted.group, policy) for policy in wanted.policies}
    for alarm in wanted.alarms:
        target.put_alarm(alarm, policy_arn=arns[alarm.policy_name])
    for action in wanted.actions:
        target.put_action(wanted.group, action)
    if wanted.limits:
        target.put_limits(wanted.group, wanted.limits)


def without_arns(resources: GroupResources) -> GroupResources:
    """Leave out where policies are deployed."""
    policies = tuple(replace(policy, arn=None) for policy in resources.policies)
    return replace(resources, policies=policies)


def check_family(account, family: str, count: int) -> None:
    print("seed", SEED)
    target = AwsScalingTarget(account)
    families = Counter()
    for number, plan in enumerate(shippable_plans(family, count)):
        # every plan says its minimum, for one that does not leaves the last one's in place
        asked = plan if plan.min_size is not None else replace(plan, min_size=0)
        wanted = exported(asked)
        put(target, wanted)
        got = target.describe("web")
        limits = {"DefaultCooldown": 360, "DesiredCapacity": 0, "MaxSize": 12}

        assert wanted.policies == without_arns(got).policies, number
        assert wanted.alarms == got.alarms, number
        assert wanted.actions == got.actions, number
        assert asked == plan_of(got, schedule_start=BERLIN).plan, number
        assert {**limits, **wanted.limits} == {**got.limits, "DesiredCapacity": 0}, number
        families[plan.family] += 1

    assert count == families.total()


@pytest.mark.parametrize("family", FAMILIES)
def test_random_plans_come_back_equal_from_an_emulated_account(family, emulated):
    check_family(emulated, family, CHECK_PLANS)


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_many_random_plans_come_back_equal_from_an_emulated_account(family, emulated):
    check_family(emulated, family, NIGHT_PLANS)


def test_an_empty_plan_leaves_nothing_behind(emulated):
    target = AwsScalingTarget(emulated)
    for plan in shippable_plans("mixed", 3):
        put(target, exported(plan))
    put(target, exported(ScalingPlan()))
    got = target.describe("web")

    assert (got.policies, got.alarms, got.actions) == ((), (), ())
