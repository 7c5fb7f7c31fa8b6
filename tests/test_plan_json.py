"""A plan is one JSON object everywhere: the round trip, the defaults, and what is refused."""

import json

import numpy as np
import pytest

from tuner.errors import ConfigurationError, MissingFileError
from tuner.plan_json import plan_from_json, plan_to_json, plan_warnings, read_plan_file
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, ScheduledAction, SimpleScaling


def side(threshold=25.0, adjustment=1, operator="GreaterThanThreshold", **alarm):
    return AlarmedPolicy(
        Alarm(threshold_percent=threshold, comparison_operator=operator, **alarm),
        SimpleScaling(scaling_adjustment=adjustment, cooldown_seconds=180),
    )


FULL = ScalingPlan(
    scale_out=side(evaluation_periods=5, datapoints_to_alarm=4, evaluation_range_extra=7),
    scale_in=side(15.5, -1, "LessThanOrEqualToThreshold", treat_missing_data="notBreaching"),
    min_size=3,
    schedule=(ScheduledAction(tick=4, min_size=2), ScheduledAction(tick=9, desired_capacity=5)),
)
ONE_SIDED = {
    "scale_out": {
        "alarm": {"threshold_percent": 25, "comparison_operator": "GreaterThanThreshold"},
        "policy": {"scaling_adjustment": 2},
    }
}


def edited(path, value):
    plan = json.loads(json.dumps(ONE_SIDED))
    *inner, last = path.split(".")
    table = plan
    for key in inner:
        table = table[key]
    table[last] = value
    return plan


def problems_of(value, **where):
    with pytest.raises(ConfigurationError) as raised:
        plan_from_json(value, **where)
    return raised.value.problems


@pytest.mark.parametrize(
    "plan", [FULL, ScalingPlan(), ScalingPlan(schedule=()), ScalingPlan(min_size=0)]
)
def test_a_round_trip_is_exact(plan):
    assert plan == plan_from_json(json.loads(json.dumps(plan_to_json(plan))))


def test_numpy_numbers_become_json_numbers():
    plan = ScalingPlan(scale_out=side(np.float64(25), np.int64(2)), min_size=np.int64(2))

    assert plan == plan_from_json(json.loads(json.dumps(plan_to_json(plan))))


def test_null_and_absent_take_the_defaults():
    bare = plan_from_json(ONE_SIDED).scale_out
    null = plan_from_json(
        edited("scale_out.alarm.period_seconds", None) | {"scale_in": None, "min_size": None}
    ).scale_out

    assert bare == null
    assert (
        bare.alarm.period_seconds,
        bare.alarm.evaluation_periods,
        bare.alarm.datapoints_to_alarm,
        bare.policy.cooldown_seconds,
    ) == (60, 1, 1, 300)


def test_datapoints_to_alarm_left_out_is_all_of_them():
    plan = plan_from_json(edited("scale_out.alarm.evaluation_periods", 5))

    assert plan.scale_out.alarm.datapoints_to_alarm == 5


def test_all_problems_come_at_once_with_their_paths():
    plan = edited("scale_out.alarm.treshold_percent", 3)
    plan["scale_out"]["policy"]["cooldown_seconds"] = True
    plan["target_tracking"] = {"target_value": "50"}
    plan["schedule"] = [{"tick": -1}]
    found = {problem.where: problem for problem in problems_of(plan, where="today")}

    assert {
        "today.scale_out.alarm.treshold_percent",
        "today.scale_out.policy.cooldown_seconds",
        "today.target_tracking.target_value",
        "today.schedule[0].tick",
    } == set(found)
    assert (
        found["today.scale_out.alarm.treshold_percent"].next_step
        == 'Did you mean "threshold_percent"?'
    )


@pytest.mark.parametrize(
    ("path", "value", "where", "words"),
    [
        ("scale_out.alarm.period_seconds", 45, "scale_out.alarm.period_seconds", "multiple of 60"),
        ("scale_out.alarm.datapoints_to_alarm", 2, "scale_out.alarm.datapoints_to_alarm", "1 to"),
        (
            "scale_out.alarm.threshold_percent",
            float("nan"),
            "scale_out.alarm.threshold_percent",
            "finite",
        ),
        (
            "scale_out.alarm.threshold_percent",
            10**400,
            "scale_out.alarm.threshold_percent",
            "number",
        ),
        (
            "scale_out.policy.scaling_adjustment",
            "1",
            "scale_out.policy.scaling_adjustment",
            "quotes",
        ),
        (
            "schedule",
            [{"tick": 1, "min_size": 5, "max_size": 2}],
            "schedule[0].min_size",
            "max_size",
        ),
        ("min_size", -1, "min_size", "at least 0"),
        ("scale_in", 3, "scale_in", "table"),
    ],
)
def test_a_bad_value_names_its_place(path, value, where, words):
    (problem,) = problems_of(edited(path, value))

    assert f"plan.{where}" == problem.where
    assert words in str(problem)


@pytest.mark.parametrize("value", [None, 3, [], "plan", [ONE_SIDED], {1: 2}])
def test_what_is_no_object_is_refused(value):
    assert problems_of(value)


def test_a_plan_file_may_be_a_plan_or_a_recommendation(tmp_path):
    plan, recommendation = tmp_path / "plan.json", tmp_path / "recommendation.json"
    plan.write_text(json.dumps(plan_to_json(FULL)))
    recommendation.write_text(json.dumps({"recommended": {"plan": plan_to_json(FULL)}}))

    assert FULL == read_plan_file(plan) == read_plan_file(recommendation)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "line 1"),
        ('{"min_size": NaN}', "NaN"),
        ('{"min_size": 1, "min_size": 2}', "twice"),
        ("[" * 100_000, "deep"),
        ('{"recommended": null}', "nothing was feasible"),
        ('{"min_size": ' + "9" * 5000 + "}", "digits"),
        ("\xff", "JSON"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_words(tmp_path, text, words):
    path = tmp_path / "plan.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"plan\.json") as raised:
        read_plan_file(path)

    assert words in str(raised.value)


@pytest.mark.parametrize("name", ["missing.json", ".", "a\0b"])
def test_a_file_that_cannot_be_opened_is_named(tmp_path, name):
    with pytest.raises(MissingFileError):
        read_plan_file(tmp_path / name)


def test_a_fraction_for_a_percentage_gets_a_warning():
    (sentence,) = plan_warnings(ScalingPlan(scale_out=side(0.25)))

    assert "scale_out.alarm.threshold_percent is 0.25 percent" in sentence
    assert "Was 25 meant?" in sentence
    assert plan_warnings(FULL) == ()
