"""Every run that the law refuses is refused, and its nearest neighbour is not."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reference.records import Refused
from tests.reference.simulate import simulate

CASES_FILE = Path(__file__).parents[1] / "cases" / "aws-cases.json"
Json = dict[str, Any]


def good_case() -> Json:
    alarm = {
        "threshold_percent": 50,
        "comparison_operator": "GreaterThanThreshold",
        "period_seconds": 60,
        "evaluation_periods": 3,
    }
    policy = {
        "policy_type": "StepScaling",
        "adjustment_type": "ChangeInCapacity",
        "step_adjustments": [
            {"metric_interval_lower_bound": 0, "scaling_adjustment": 1},
        ],
    }
    return {
        "scenario": {
            "tick_seconds": 60,
            "host_model": {"slope_percent_per_rpm": 0.001, "cliff_percent": 50.0},
            "group": {"min_size": 1, "max_size": 4, "initial_capacity": 1},
            "schedule": [{"tick": 1, "min_size": 2}],
        },
        "plan": {
            "scale_out": {"alarm": alarm, "policy": policy},
            "target_tracking": {"target_value": 50, "scale_in_limit": 1},
        },
        "rpm": [1000.0, 60_000.0, 90_000.0],
    }


def put(*path: str | int, value: Any) -> Callable[[Json], None]:
    def change(case: Json) -> None:
        place: Any = case
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


ALARM = ("plan", "scale_out", "alarm")
STEPS = ("plan", "scale_out", "policy", "step_adjustments")
REFUSED = {
    "min below 0": put("scenario", "group", "min_size", value=-1),
    "min above max": put("scenario", "group", "min_size", value=5),
    "min of the plan above max": put("plan", "min_size", value=5),
    "min above max by an action": put("scenario", "schedule", 0, "min_size", value=5),
    "min below 0 by an action": put("scenario", "schedule", 0, "min_size", value=-1),
    "max below min by an action": put("scenario", "schedule", 0, "max_size", value=1),
    "an action before tick 0": put("scenario", "schedule", 0, "tick", value=-1),
    "M of 0": put(*ALARM, "datapoints_to_alarm", value=0),
    "M above N": put(*ALARM, "datapoints_to_alarm", value=4),
    "a period of 90 s": put(*ALARM, "period_seconds", value=90),
    "a period of 0 s": put(*ALARM, "period_seconds", value=0),
    "a period below the tick": put(*ALARM, "period_seconds", value=30),
    "more than a day": put(*ALARM, "evaluation_periods", value=1441),
    "an extra below 0": put(*ALARM, "evaluation_range_extra", value=-1),
    "no step": put(*STEPS, value=[]),
    "no open end": put(*STEPS, 0, "metric_interval_upper_bound", value=10),
    "an alarm without a policy": put("plan", "scale_out", "policy", value=None),
    "a policy without an alarm": put("plan", "scale_out", "alarm", value=None),
    "a target of 0": put("plan", "target_tracking", "target_value", value=0),
    "a limit of 0": put("plan", "target_tracking", "scale_in_limit", value=0),
    "a negative load": put("rpm", 1, value=-1.0),
    "an infinite load": put("rpm", 1, value=math.inf),
    "a load that is no number": put("rpm", 1, value=math.nan),
    "basic monitoring": put("scenario", "group", "monitoring", value="basic"),
}


def test_the_good_case_runs_with_every_default() -> None:
    case = good_case()

    run = simulate(case["scenario"], case["plan"], case["rpm"])

    assert len(run.desired) == 3


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED.keys())
def test_one_wrong_thing_is_refused_with_a_sentence(change: Callable[[Json], None]) -> None:
    case = good_case()
    change(case)

    with pytest.raises(Refused, match=r"\w+"):
        simulate(case["scenario"], case["plan"], case["rpm"])


def _aws_cases(*areas: str) -> list[Json]:
    cases: list[Json] = json.loads(CASES_FILE.read_text(encoding="utf-8"))
    return [case for case in cases if case["area"] in areas]


def is_refused(case: Json) -> bool:
    try:
        simulate(case["scenario"], case["plan"], case["rpm"])
    except Refused:
        return True
    return False


@pytest.mark.parametrize(
    "aws_case",
    _aws_cases("asg.step-validity", "cloudwatch.alarm-config-validity"),
    ids=lambda case: case["id"],
)
def test_what_aws_allows_is_run_and_what_it_does_not_is_refused(aws_case: Json) -> None:
    given = aws_case["given"]
    case = good_case()
    alarm = case["plan"]["scale_out"]["alarm"]
    if "steps_lower_upper_adjustment" in given:
        case["plan"]["scale_out"]["policy"]["step_adjustments"] = [
            {
                "metric_interval_lower_bound": lower,
                "metric_interval_upper_bound": upper,
                "scaling_adjustment": adjustment,
            }
            for lower, upper, adjustment in given["steps_lower_upper_adjustment"]
        ]
    alarm["period_seconds"] = given.get("period_s", alarm["period_seconds"])
    alarm["evaluation_periods"] = given.get("evaluation_periods", alarm["evaluation_periods"])
    alarm["datapoints_to_alarm"] = given.get("datapoints_to_alarm")
    if alarm["period_seconds"] < 60:
        case["scenario"]["tick_seconds"] = 10

    assert aws_case["expect"]["valid"] is not is_refused(case)
