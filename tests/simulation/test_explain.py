"""What a run did in words: every activity, and every minute in which an alarm stood for nothing."""

from __future__ import annotations

import random
import re

import numpy as np

from tests.kernels.test_laws import run_on, side
from tests.parity import run_case
from tests.reference.random_runs import random_case
from tuner.host import HostModel
from tuner.policy import ScalingPlan, ScheduledAction
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.trace import Trace

SEED = 20_261_124
RUNS = 400
ALARM = 1
SURGE = [
    (0, 0, "alarm scale_out: INSUFFICIENT_DATA to ALARM"),
    (0, 0, "scale_out: desired 1 to 3, launch 2, InService at minute 3"),
    (1, 2, "scale_out refused: activity in progress, 2 launching (2 minutes)"),
    (3, 5, "scale_out refused: cooldown until minute 6 (3 minutes)"),
    (6, 8, "scale_out changes nothing: it wishes 5 within limits 1 to 3 (3 minutes)"),
    (9, 9, "scheduled action: take 2"),
    (9, 9, "scale_out: desired 1 to 3, launch 2, InService at minute 12"),
    (10, 11, "scale_out refused: activity in progress, 2 launching (2 minutes)"),
    (12, 13, "scale_out refused: cooldown until minute 15 (2 minutes)"),
]


def ticks_explained(run: Trace, actor: str) -> set[int]:
    """Give the ticks for which an activity, a refusal or a call without effect is told."""
    kinds = ("activity", "refused", "held")
    events = [e for e in run.events if e.actor == actor and e.kind in kinds]
    return {t for e in events for t in range(e.tick, e.last_tick + 1)}


def test_every_minute_of_an_alarm_has_its_reason_and_no_other_minute_has_one():
    print("seed", SEED)
    draws = random.Random(SEED)
    for number in range(RUNS):
        case = random_case(draws)
        run = run_case(case)
        for actor in ("scale_out", "scale_in"):
            if case["plan"][actor] is None:
                continue
            states = getattr(run, f"{actor}_state")
            expected = set(np.flatnonzero(states == ALARM).tolist())

            assert expected == ticks_explained(run, actor), (number, actor)


def test_every_activity_is_told_with_the_capacity_that_it_changed():
    print("seed", SEED)
    draws = random.Random(SEED)
    for number in range(RUNS):
        run = run_case(random_case(draws))
        told = [e for e in run.events if e.kind in ("activity", "schedule")]

        assert len(told) == run.totals["scale_outs"] + run.totals["scale_ins"], number
        for event in told:
            if event.kind == "activity":
                before, after, moved = map(
                    int,
                    re.findall(r"desired (\d+) to (\d+), (?:launch|take) (\d+)", event.words)[0],
                )

                assert after == run.desired_capacity[event.tick], number
                assert abs(after - before) == moved, number


def test_events_come_in_time_order_and_within_the_run():
    draws = random.Random(SEED)
    for _ in range(RUNS // 4):
        run = run_case(random_case(draws))
        ticks = [event.tick for event in run.events]

        assert ticks == sorted(ticks)
        assert all(0 <= e.tick <= e.last_tick < len(run.rpm) for e in run.events)


def test_a_story_of_one_surge_reads_as_it_happened():
    scenario = Scenario(
        host=HostModel(slope_percent_per_rpm=0.001, cliff_percent=50.0),
        group=Group(max_size=3, initial_capacity=1, launch_seconds=120),
        metric=Metric(metric_delay_seconds=0),
        schedule=(ScheduledAction(tick=9, desired_capacity=1),),
    )
    plan = ScalingPlan(scale_out=side(50.0, "GreaterThanThreshold", 2, cooldown=180))
    run = run_on(plan, scenario, np.full(14, 1e6))

    assert [(e.tick, e.last_tick, e.words) for e in run.events] == SURGE
