"""Plans of all families as JSON: the round trip of random ones, defaults, and refusals by path."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.reference.random_runs import FAMILIES, random_case
from tuner.errors import ConfigurationError
from tuner.plan_json import plan_from_json, plan_to_json
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    SimpleScaling,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)

CASES = Path(__file__).parent / "cases" / "simulated-runs.json.gz"
SEED = 20_261_124
RANDOM_PLANS = 1_000
"""Of each family."""

ABOVE = {"metric_interval_lower_bound": 0}
STEP = ABOVE | {"scaling_adjustment": 1}


def with_policy(policy) -> dict:
    """Give a plan that scales out by a policy."""
    alarm = {"threshold_percent": 25, "comparison_operator": "GreaterThanThreshold"}
    return {"scale_out": {"alarm": alarm, "policy": policy}}


def problems_of(value):
    with pytest.raises(ConfigurationError) as raised:
        plan_from_json(value)
    return raised.value.problems


def lost(given, written, path=""):
    """Name what a person wrote and the plan does not hold."""
    if isinstance(given, dict):
        return [
            name
            for key, value in given.items()
            for name in lost(value, written.get(key), f"{path}.{key}")
        ]
    if isinstance(given, list):
        pairs = enumerate(zip(given, written or [], strict=False))
        found = [name for k, pair in pairs for name in lost(*pair, f"{path}[{k}]")]
        return found if len(given) == len(written or []) else [path, *found]
    return [] if given is None or given == written else [path]


@pytest.mark.parametrize("family", FAMILIES)
def test_random_plans_come_back_equal_and_lose_nothing(family):
    print("seed", SEED)
    generator = random.Random(SEED)
    families = Counter()
    for number in range(RANDOM_PLANS):
        given = random_case(generator, families=(family,))["plan"]
        plan = plan_from_json(given)
        written = json.loads(json.dumps(plan_to_json(plan)))

        assert plan == plan_from_json(written), number
        assert plan_to_json(plan) == written, number
        assert lost(given, written) == [], number
        families[plan.family] += 1

    assert families[family] > 0.9 * RANDOM_PLANS


def test_plans_of_all_known_runs_are_read_and_come_back_equal():
    families = Counter()
    for run in json.loads(gzip.decompress(CASES.read_bytes()))["cases"]:
        if not run["expect"]["refused"]:
            plan = plan_from_json(run["plan"])
            families[run["family"]] += 1

            assert run["family"] == plan.family, run["id"]
            assert plan == plan_from_json(plan_to_json(plan)), run["id"]

    assert families == {
        "simple": 60,
        "step": 40,
        "target_tracking": 25,
        "mixed": 21,
        "schedule_only": 1,
    }


def test_numpy_numbers_of_steps_and_targets_become_json_numbers():
    step = StepAdjustment(
        metric_interval_lower_bound=np.float64(0.5), scaling_adjustment=np.int64(2)
    )
    alarm = Alarm(threshold_percent=30.0, comparison_operator="GreaterThanThreshold")
    policy = StepScaling(step_adjustments=(step,), instance_warmup_seconds=np.int64(60))
    tracking = TargetTracking(target_value=np.float64(40.0), scale_in_limit=np.int64(2))
    plan = ScalingPlan(scale_out=AlarmedPolicy(alarm, policy), target_tracking=tracking)

    assert plan == plan_from_json(json.loads(json.dumps(plan_to_json(plan))))


def test_a_policy_without_a_word_for_its_kind_is_a_simple_one():
    plan = plan_from_json(with_policy({"scaling_adjustment": 3}))

    assert plan.scale_out.policy == SimpleScaling(scaling_adjustment=3)


def test_left_out_fields_of_step_and_tracking_policies_take_the_defaults():
    policy = {"policy_type": "StepScaling", "step_adjustments": [{"scaling_adjustment": 2} | ABOVE]}
    plan = plan_from_json(with_policy(policy) | {"target_tracking": {"target_value": 40}})

    assert plan.scale_out.policy == StepScaling(
        step_adjustments=(StepAdjustment(metric_interval_lower_bound=0.0, scaling_adjustment=2),),
        adjustment_type="ChangeInCapacity",
        min_adjustment_magnitude=None,
        metric_aggregation_type="Average",
        instance_warmup_seconds=None,
    )
    assert plan.target_tracking == TargetTracking(
        target_value=40.0,
        disable_scale_in=False,
        instance_warmup_seconds=None,
        low_ratio=None,
        scale_in_limit=None,
    )


def step_plan(*steps, **fields):
    policy = {"policy_type": "StepScaling", "step_adjustments": list(steps), **fields}
    return with_policy(policy)


def tracking_plan(**fields):
    return {"target_tracking": {"target_value": 50, **fields}}


POLICY, STEPS = "scale_out.policy", "scale_out.policy.step_adjustments"


@pytest.mark.parametrize(
    ("plan", "where", "words"),
    [
        (step_plan(), STEPS, "one to 20 steps, got 0"),
        (step_plan(*[ABOVE] * 21), STEPS, "a list of 21"),
        (with_policy({"policy_type": "StepScaling"}), STEPS, "got nothing"),
        (step_plan(ABOVE), f"{STEPS}[0].scaling_adjustment", "got nothing"),
        (step_plan(STEP | {"scaling_adjustment": 1.5}), f"{STEPS}[0].scaling_adjustment", "whole"),
        (step_plan(STEP | {"scaling_adjustment": True}), f"{STEPS}[0].scaling_adjustment", "true"),
        (step_plan(STEP | {"lower": 1}), f"{STEPS}[0].lower", "metric_interval_lower_bound"),
        (step_plan(STEP, STEP), STEPS, "an overlap between inf and 0"),
        (step_plan(STEP | {"metric_interval_upper_bound": 9}), STEPS, "an open upper end"),
        (step_plan({"scaling_adjustment": 1}), f"{STEPS}[0]", "at least one bound"),
        (
            step_plan(STEP | {"scaling_adjustment": -1}, adjustment_type="ExactCapacity"),
            f"{STEPS}[0].scaling_adjustment",
            "an exact capacity of at least 0",
        ),
        (
            step_plan(STEP, cooldown_seconds=60),
            f"{POLICY}.cooldown_seconds",
            "a key of StepScaling",
        ),
        (step_plan(STEP, instance_warmup=60), f"{POLICY}.instance_warmup", "_warmup_seconds"),
        (step_plan(STEP, instance_warmup_seconds=-1), f"{POLICY}.instance_warmup_seconds", "least"),
        (step_plan(STEP, metric_aggregation_type="Sum"), f"{POLICY}.metric_aggregation_type", "'M"),
        (
            with_policy({"policy_type": "Stepped"}),
            f"{POLICY}.policy_type",
            "'SimpleScaling', 'Step",
        ),
        (with_policy(tracking_plan()["target_tracking"]), f"{POLICY}.target_value", "unknown"),
        (
            with_policy({"policy_type": "TargetTrackingScaling"}),
            f"{POLICY}.policy_type",
            "of its own",
        ),
        (tracking_plan(target_value=0), "target_tracking.target_value", "above 0"),
        (tracking_plan(low_ratio=1.5), "target_tracking.low_ratio", "at most 1"),
        (tracking_plan(scale_in_limit=0), "target_tracking.scale_in_limit", "at least 1"),
        (
            tracking_plan(predefined_metric_type="RequestCount"),
            "target_tracking.predefined_metric_type",
            "ALBRequestCountPerTarget",
        ),
        (tracking_plan(disable_scale_in=1), "target_tracking.disable_scale_in", "true or false"),
        (tracking_plan(cooldown_seconds=1), "target_tracking.cooldown_seconds", "unknown key"),
        ({"target_tracking": {}}, "target_tracking.target_value", "got nothing"),
    ],
)
def test_a_bad_step_or_tracking_policy_names_its_place(plan, where, words):
    found = {problem.where: str(problem) for problem in problems_of(plan)}

    assert f"plan.{where}" in found
    assert words in found[f"plan.{where}"]
