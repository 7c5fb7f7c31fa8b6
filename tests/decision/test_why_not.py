"""Two plans side by side: the minute at which the worse one passes the cliff, and why."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.decision.plans import MANY, ONE, plan_of
from tests.search.talk import SCENARIO, holds
from tuner.decision.why_not import why_not
from tuner.policy import ScalingPlan
from tuner.simulation.run import trace
from tuner.traffic.shapes import Shape, TrafficShapes

GOOD = plan_of(21, 3, lower=7)
STEEP = TrafficShapes.of(
    [
        Shape(
            name="steep",
            rpm=np.concatenate([np.full(20, 20_000.0), np.linspace(20e3, 400e3, 25), [4e5] * 30]),
        )
    ]
)


def test_the_worse_plan_is_traced_where_it_is_over_the_cliff_longest():
    answer = why_not(GOOD, plan_of(15, 2), SCENARIO, MANY, labels=("today", "B"))
    at = answer.crossing
    minutes = answer.second.outcomes.minutes_over_cliff[0]
    run = trace(plan_of(15, 2), SCENARIO, MANY, MANY.index(at.shape))

    assert (at.plan, minutes[MANY.index(at.shape)]) == ("B", minutes.max())
    assert at.cpu_percent == run.cpu_percent[int(at.minute)] > 50.0
    assert (run.cpu_percent[: int(at.minute)] <= 50.0).all()
    assert answer.first.label == "today"
    assert answer.first.all_minutes_over_cliff == 0.0


def test_either_order_names_the_same_plan():
    there = why_not(GOOD, plan_of(15, 2), SCENARIO, MANY, labels=("A", "B")).crossing
    back = why_not(plan_of(15, 2), GOOD, SCENARIO, MANY, labels=("B", "A")).crossing

    assert there == back


def test_an_alarm_that_has_not_fired_is_the_reason():
    at = why_not(GOOD, plan_of(15, 2), SCENARIO, holds(13)).crossing

    assert (at.minute, at.serving, at.needed) == (25.0, 1, 2)
    assert at.reasons == (
        "the alarm has not fired: CPU is above 15 % for 2 minutes, it needs 5 minutes",
    )


def test_a_delay_of_the_metric_is_named():
    late = replace(SCENARIO, metric=replace(SCENARIO.metric, metric_delay_seconds=120))
    reasons = why_not(GOOD, plan_of(15, 1, lower=5), late, STEEP).crossing.reasons

    assert reasons[0].endswith("it needs 5 minutes and 2 minutes of delay")


def test_a_pending_launch_is_the_reason_with_the_minutes_that_are_left():
    hasty = plan_of(15, 1, lower=5, evaluation_periods=(1,))
    at = why_not(GOOD, hasty, SCENARIO, STEEP).crossing
    run = trace(hasty, SCENARIO, STEEP, 0)
    t = int(at.minute)
    wait = int(np.flatnonzero(run.serving[t:] > run.serving[t])[0])

    assert at.reasons[0].startswith(f"launch pending: {run.pending[t]} host")
    assert f"{wait} more minute" in at.reasons[0]


def test_a_decision_of_that_very_minute_is_the_reason():
    late = replace(SCENARIO, metric=replace(SCENARIO.metric, metric_delay_seconds=120))
    at = why_not(GOOD, plan_of(15, 2), late, holds(13)).crossing

    assert (at.minute, at.serving) == (30.0, 2)
    assert at.reasons == (
        "decided only in this minute: desired 2 to 4, launch 2, InService at minute 34",
    )


def test_a_cooldown_is_the_reason_with_the_minutes_that_are_left():
    slow = plan_of(15, 1, lower=5, cooldown_seconds=(1200,), evaluation_periods=(1,))
    quick = replace(SCENARIO, group=replace(SCENARIO.group, launch_seconds=0))
    at = why_not(GOOD, slow, quick, STEEP).crossing
    run = trace(slow, quick, STEEP, 0)
    acted = [e.tick for e in run.events if e.kind == "activity" and e.tick < at.minute]

    assert at.reasons == (f"cooldown: {acted[-1] + 21 - int(at.minute)} more minutes",)


def test_a_group_at_its_maximum_is_the_reason():
    small = replace(SCENARIO, group=replace(SCENARIO.group, max_size=3))
    at = why_not(plan_of(11, 10, lower=5), plan_of(12, 10, lower=5), small, STEEP).crossing

    assert any("changes nothing: it wishes" in words for words in at.reasons)
    assert any("within limits 1 to 3" in words for words in at.reasons)
    assert at.needed > at.serving == 3


def test_a_plan_without_policies_says_so():
    at = why_not(ScalingPlan(), GOOD, SCENARIO, ONE, labels=("nothing", "good")).crossing

    assert (at.plan, at.reasons) == ("nothing", ("no policy scales out",))
    assert at.other_serving >= at.serving == 1


def test_where_neither_passes_the_cliff_the_costs_are_compared():
    answer = why_not(GOOD, plan_of(17, 4, lower=5), SCENARIO, ONE)

    assert answer.crossing is None
    assert answer.lines()[-1].startswith("Neither passes the cliff; B costs ")
    assert answer.to_json()["crossing"] is None


def test_words_and_json_hold_minute_shape_and_reason():
    answer = why_not(GOOD, plan_of(25, 1), SCENARIO, MANY)
    table = json.loads(json.dumps(answer.to_json(), allow_nan=False))

    assert table["crossing"]["minute"] == 17.0
    assert table["crossing"]["needed"] == 2
    assert table["second"]["host_minutes"] == answer.second.weighted["host_minutes"]
    assert answer.lines()[2] == (
        "B passes the cliff at minute 17 of 'hold 5m': 50.6 % CPU, 1 host of 2 needed, where the"
        " other has 4."
    )


@pytest.mark.parametrize("tick_seconds", [30, 60])
def test_minutes_are_minutes_whatever_the_tick(tick_seconds):
    scenario = replace(SCENARIO, tick_seconds=tick_seconds)
    rpm = np.repeat(holds(13).rpm, 60 // tick_seconds)
    shapes = TrafficShapes.of([Shape(name="s", rpm=rpm)], tick_seconds=tick_seconds)

    assert why_not(GOOD, plan_of(15, 2), scenario, shapes).crossing.minute == 25.0
