"""What AWS refuses in step scaling and target tracking, in sentences; and what it does not."""

from __future__ import annotations

import math
import re

import pytest

from tuner.errors import ConfigurationError, Problem
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    SimpleScaling,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)


def steps(*bounds, adjustments=None) -> tuple[StepAdjustment, ...]:
    """Give steps of these (lower, upper) bounds, which adjust by 1, 2, 3 … unless told."""
    amounts = adjustments or range(1, len(bounds) + 1)
    return tuple(
        StepAdjustment(
            metric_interval_lower_bound=lower,
            metric_interval_upper_bound=upper,
            scaling_adjustment=amount,
        )
        for (lower, upper), amount in zip(bounds, amounts, strict=True)
    )


def problems_of(make) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as raised:
        make()
    return raised.value.problems


def step_problems(*bounds, **fields) -> tuple[Problem, ...]:
    return problems_of(lambda: StepScaling(step_adjustments=steps(*bounds), **fields))


@pytest.mark.parametrize(
    "bounds",
    [
        [(0, None)],
        [(None, 0)],
        [(0, 10), (10, None)],
        [(10, None), (0, 10)],
        [(None, -20), (-20, -10), (-10, 0)],
        [(None, -5), (-5, 0), (0, 5), (5, None)],
        [(None, -5), (-5, 5), (5, None)],
        [(None, 3), (3, None)],
        [(5, None)],
        [(None, -5)],
        [(0.5, 0.75), (0.75, None)],
    ],
)
def test_steps_without_gap_or_overlap_and_with_open_ends_are_taken(bounds):
    policy = StepScaling(step_adjustments=steps(*bounds))

    assert len(bounds) == len(policy.step_adjustments)


@pytest.mark.parametrize(
    ("bounds", "expected", "got"),
    [
        (
            [(0, 10), (12, None)],
            "steps that begin where the one before ends",
            "a gap between 10 and 12",
        ),
        (
            [(12, None), (0, 10)],
            "steps that begin where the one before ends",
            "a gap between 10 and 12",
        ),
        (
            [(0, 10), (8, None)],
            "steps that begin where the one before ends",
            "an overlap between 10 and 8",
        ),
        (
            [(0, None), (10, None)],
            "steps that begin where the one before ends",
            "an overlap between inf and 10",
        ),
        (
            [(None, 0), (None, -10)],
            "steps that begin where the one before ends",
            "an overlap between 0 and -inf",
        ),
        (
            [(0, 10), (0, None)],
            "steps that begin where the one before ends",
            "an overlap between 10 and 0",
        ),
        ([(0, 10)], "an open upper end above the threshold", "the highest bound 10"),
        ([(-10, 0)], "an open lower end below the threshold", "the lowest bound -10"),
        ([(None, None)], "at least one bound", "none"),
        ([(10, 10)], "a lower bound below the upper one", "10 to 10"),
        ([(5, -5)], "a lower bound below the upper one", "5 to -5"),
        ([(0, math.nan)], "bounds that are numbers", "NaN"),
    ],
)
def test_steps_that_aws_refuses_are_refused_in_a_sentence(bounds, expected, got):
    found = [(problem.expected, problem.got) for problem in step_problems(*bounds)]

    assert (expected, got) in found


def test_a_step_that_is_wrong_alone_is_named_by_its_place():
    (problem,) = step_problems((0, 10), (10, None), (None, None))[:1]

    assert problem.where == "step_adjustments[2]"
    assert problem.next_step == "Give a lower or an upper bound."


def test_a_step_set_of_one_interval_below_and_above_lacks_both_open_ends():
    wheres = [problem.expected for problem in step_problems((-10, 10))]

    assert wheres == [
        "an open lower end below the threshold",
        "an open upper end above the threshold",
    ]


def twenty_and_more(count):
    return [*((k, k + 1) for k in range(count - 1)), (count - 1, None)]


def test_twenty_steps_are_taken_and_none_or_one_more_are_refused():
    assert len(StepScaling(step_adjustments=steps(*twenty_and_more(20))).step_adjustments) == 20
    for count in (0, 21):
        (problem,) = step_problems(*twenty_and_more(count)[-count or 99 :])

        assert (problem.expected, problem.got) == ("one to 20 steps", str(count))
        assert problem.where == "step_adjustments"


def test_a_step_may_adjust_by_nothing_or_against_its_direction_as_in_aws():
    policy = StepScaling(
        adjustment_type="PercentChangeInCapacity",
        step_adjustments=steps((0, 10), (10, None), adjustments=[0, -30]),
    )

    assert [step.scaling_adjustment for step in policy.step_adjustments] == [0, -30]


def test_an_exact_capacity_below_0_is_refused_with_the_place_of_its_step():
    (problem,) = problems_of(
        lambda: StepScaling(
            adjustment_type="ExactCapacity",
            step_adjustments=steps((0, 10), (10, None), adjustments=[3, -1]),
        )
    )

    assert problem.where == "step_adjustments[1].scaling_adjustment"
    assert problem.got == "-1"


def test_every_wrong_field_of_a_step_policy_is_told_at_once():
    found = {
        problem.where: problem.got
        for problem in step_problems(
            (0, 10),
            adjustment_type="Change",
            metric_aggregation_type="Sum",
            min_adjustment_magnitude=-1,
            instance_warmup_seconds=-60,
        )
    }

    assert found == {
        "adjustment_type": "'Change'",
        "metric_aggregation_type": "'Sum'",
        "min_adjustment_magnitude": "-1",
        "instance_warmup_seconds": "-60",
        "step_adjustments": "the highest bound 10",
    }


@pytest.mark.parametrize(
    ("fields", "where", "got"),
    [
        ({"target_value": 0.0}, "target_value", "0.0"),
        ({"target_value": -1.0}, "target_value", "-1.0"),
        ({"target_value": math.inf}, "target_value", "inf"),
        ({"target_value": math.nan}, "target_value", "nan"),
        ({"target_value": 50.0, "low_ratio": 0.0}, "low_ratio", "0.0"),
        ({"target_value": 50.0, "low_ratio": 1.01}, "low_ratio", "1.01"),
        ({"target_value": 50.0, "low_ratio": math.nan}, "low_ratio", "nan"),
        ({"target_value": 50.0, "scale_in_limit": 0}, "scale_in_limit", "0"),
        ({"target_value": 50.0, "instance_warmup_seconds": -1}, "instance_warmup_seconds", "-1"),
    ],
)
def test_target_tracking_without_a_target_or_with_a_wrong_field_is_refused(fields, where, got):
    (problem,) = problems_of(lambda: TargetTracking(**fields))

    assert (where, got) == (problem.where, problem.got)


def test_a_target_tracking_policy_at_its_borders_is_taken():
    policy = TargetTracking(
        target_value=0.1, low_ratio=1.0, scale_in_limit=1, instance_warmup_seconds=0
    )

    assert policy.disable_scale_in is False


def side(policy) -> AlarmedPolicy:
    return AlarmedPolicy(
        Alarm(threshold_percent=50.0, comparison_operator="GreaterThanThreshold"), policy
    )


SIMPLE = side(SimpleScaling(scaling_adjustment=1))
STEP = side(StepScaling(step_adjustments=steps((0, None))))
TRACKING = TargetTracking(target_value=40.0)


@pytest.mark.parametrize(
    ("family", "fields"),
    [
        ("schedule_only", {}),
        ("simple", {"scale_out": SIMPLE, "scale_in": SIMPLE}),
        ("step", {"scale_in": STEP}),
        ("target_tracking", {"target_tracking": TRACKING}),
        ("mixed", {"scale_out": STEP, "scale_in": SIMPLE}),
        ("mixed", {"scale_out": STEP, "target_tracking": TRACKING}),
        ("mixed", {"scale_in": SIMPLE, "target_tracking": TRACKING}),
    ],
)
def test_the_family_of_a_plan_is_the_kind_of_its_policies(family, fields):
    assert family == ScalingPlan(**fields).family


def test_a_step_plan_is_told_in_words_with_its_steps_in_percent_of_cpu():
    policy = StepScaling(
        adjustment_type="PercentChangeInCapacity",
        step_adjustments=steps((0, 10), (10, None), adjustments=[10, 30]),
        instance_warmup_seconds=120,
    )
    words = ScalingPlan(scale_out=side(policy), target_tracking=TRACKING).describe()

    assert words == (
        "scale out by steps above 50 % for 1 minute: by 10 % from 50 to 60 %, by 30 % from 60 %"
        " (warm-up 2m), hold 40 % CPU"
    )


def test_no_sentence_of_a_refusal_is_empty():
    for problem in step_problems((-10, 10), instance_warmup_seconds=-1):
        for text in (problem.expected, problem.got, problem.where, problem.next_step):
            assert re.search(r"\w", text)
