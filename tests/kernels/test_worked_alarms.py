"""AWS's tables of missing data and its worked figure, as whole runs.

Sources: docs/aws-semantics.md 2.4 and 2.5 (Amazon CloudWatch user guide, "Using Amazon CloudWatch
alarms").
"""

from __future__ import annotations

import numpy as np
import pytest

from tuner.host import HostModel
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, ScheduledAction, SimpleScaling
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.run import trace
from tuner.simulation.trace import STATE_WORDS
from tuner.traffic.shapes import Shape, TrafficShapes

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
WORDS = {"O": "OK", "A": "ALARM", "I": "INSUFFICIENT_DATA"}
MISSING_DATA = [
    (3, "0-X-X", "OOOO"),
    (3, "0----", "OOOO"),
    (3, "-----", "IKAO"),
    (3, "0XX-X", "AAAA"),
    (3, "--X--", "AKAO"),
    (2, "0-X-X", "AAAA"),
    (2, "00X0X", "AAAA"),
    (2, "0-X--", "OOAO"),
    (2, "----0", "OOAO"),
    (2, "---X-", "AKAO"),
]


def run_of_slots(slots: str, m: int, treatment: str) -> list[str]:
    """Give an alarm's state after each slot: 0 is low load, X high load, - an empty group."""
    alarm = Alarm(
        threshold_percent=50.0,
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=3,
        datapoints_to_alarm=m,
        treat_missing_data=treatment,
        evaluation_range_extra=2,
    )
    plan = ScalingPlan(scale_out=AlarmedPolicy(alarm, SimpleScaling(scaling_adjustment=0)))
    scenario = Scenario(
        host=HostModel(slope_percent_per_rpm=1.0),
        group=Group(min_size=0, max_size=1, initial_capacity=1, launch_seconds=0),
        metric=Metric(metric_delay_seconds=0),
        schedule=tuple(
            ScheduledAction(tick=t, desired_capacity=int(s != "-")) for t, s in enumerate(slots)
        ),
    )
    rpm = np.array([{"0": 10.0, "X": 90.0, "-": 0.0}[slot] for slot in slots])
    got = trace(plan, scenario, TrafficShapes.of([Shape(name="slots", rpm=rpm)]), 0)

    assert got.in_service.tolist() == [int(slot != "-") for slot in slots]
    return STATE_WORDS[got.scale_out_state].tolist()


@pytest.mark.parametrize("before", ["O", "A"])
@pytest.mark.parametrize(("m", "slots", "states"), MISSING_DATA)
def test_the_table_of_missing_data_as_runs_of_a_group_that_comes_and_goes(m, slots, states, before):
    prefix = {"O": "0", "A": "X"}[before] * 6
    for treatment, letter in zip(TREATMENTS, states, strict=True):
        expected = WORDS[before if letter == "K" else letter]

        assert expected == run_of_slots(prefix + slots, m, treatment)[-1], treatment


def test_the_minute_after_a_lone_0_leaves_the_range_breaching_goes_to_alarm():
    states = run_of_slots("000000" + "-----", 3, "breaching")

    assert states[-2:] == ["OK", "ALARM"]


@pytest.mark.parametrize(("slots", "alarms"), [("----X", False), ("---X-", False), ("--X--", True)])
def test_a_lone_breach_alarms_three_of_three_only_when_it_is_three_minutes_old(slots, alarms):
    states = run_of_slots("000000" + "-----" + slots, 3, "missing")

    assert (states[-1] == "ALARM") is alarms


def test_the_worked_figure_of_three_of_three():
    states = run_of_slots("000" + "00XXX000X", 3, "missing")[3:]

    assert [states[period - 1] for period in (4, 5, 6, 9)] == ["OK", "ALARM", "OK", "OK"]
