"""Thresholds that must flap: the arithmetic on its border, and the simulator as its judge."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from tests.kernels.test_laws import run_on, side
from tests.simulation.linted import HOST, IN, OUT, PAIR, SCENARIO, one, said, stepped
from tuner.host import HostModel
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    SimpleScaling,
    TargetTracking,
)
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.advice import Subject
from tuner.simulation.lint_sizes import steady_group

SEED = 20_261_124
PLANS = 300
TICKS = 600
KINDS = ("simple", "step", "percent", "exact", "tracking")


@pytest.mark.parametrize(("lower", "flaps"), [(20.0, False), (20.1, True)])
def test_one_of_two_hosts_doubles_the_cpu_of_the_one_that_stays(lower, flaps):
    plan = replace(PAIR, scale_in=side(lower, IN, -1))

    assert bool(said(plan, "flapping")) == flaps


def test_alarms_that_include_their_thresholds_flap_on_the_border_too():
    plan = ScalingPlan(
        scale_out=side(40.0, "GreaterThanOrEqualToThreshold", 1, cooldown=300),
        scale_in=side(20.0, "LessThanOrEqualToThreshold", -1),
    )
    advice = one(plan, "flapping")

    assert "20 % x 2 / 1 = 40 %" in advice.sentence


def test_the_sentence_has_the_arithmetic_with_the_intercept():
    host = replace(HOST, intercept_percent=4.0)
    plan = replace(PAIR, scale_in=side(24.0, IN, -1))
    advice = one(plan, "flapping", replace(SCENARIO, host=host))

    # 4 + (24 - 4) x 2 / 1 = 44; and 4 + (40 - 4) x 1 / 2 = 22 would not flap.
    assert advice.severity == "warning"
    assert advice.where == "scale_in.alarm.threshold_percent"
    assert "At 40,000 rpm" in advice.sentence
    assert "4 % + (24 % - 4 %) x 2 / 1 = 44 %" in advice.sentence
    assert "at most 22 % would not flap" in advice.sentence
    assert (
        said(replace(PAIR, scale_in=side(22.0, IN, -1)), "flapping", replace(SCENARIO, host=host))
        == []
    )


def test_a_table_gives_the_cpu_of_the_hosts_that_stay():
    host = HostModel(table=((0.0, 10.0), (20_000.0, 20.0), (40_000.0, 80.0)), cliff_percent=90.0)
    plan = replace(PAIR, scale_in=side(15.0, IN, -1))
    silent = said(plan, "flapping", replace(SCENARIO, host=host))
    advice = one(
        replace(PAIR, scale_in=side(18.0, IN, -1)), "flapping", replace(SCENARIO, host=host)
    )

    assert silent == []  # 10,000 rpm each become 20,000: 20 %
    assert "by the host's table" in advice.sentence


def test_a_larger_minimum_makes_the_same_thresholds_sound():
    plan = replace(PAIR, scale_in=side(25.0, IN, -1))

    assert said(replace(plan, min_size=2), "flapping") == []  # 25 x 3 / 2 = 37.5
    assert said(plan, "flapping") != []


def test_a_percent_and_an_exact_scale_in_are_judged_by_what_they_take():
    def scale_in(kind: str, adjustment: int) -> ScalingPlan:
        policy = SimpleScaling(adjustment_type=kind, scaling_adjustment=adjustment)
        alarm = Alarm(threshold_percent=19.0, comparison_operator=IN)
        return replace(PAIR, scale_in=AlarmedPolicy(alarm, policy))

    halved = scale_in("PercentChangeInCapacity", -60)

    assert said(scale_in("PercentChangeInCapacity", -50), "flapping") == []
    assert "5 hosts are low enough" in one(halved, "flapping").sentence  # 3 of 5: 19 x 5 / 2
    assert "3 hosts are low enough" in one(scale_in("ExactCapacity", 1), "flapping").sentence


def test_a_lower_step_is_judged_at_its_own_cpu():
    mild = stepped(20.0, IN, (-10.0, 0.0, -1), (None, -10.0, -2))
    hard = stepped(20.0, IN, (-4.0, 0.0, -1), (None, -4.0, -4))
    out = stepped(40.0, OUT, (0.0, None, 4))

    assert said(ScalingPlan(scale_out=out, scale_in=mild), "flapping") == []
    assert "16 % x 3 / 1" in one(ScalingPlan(scale_out=out, scale_in=hard), "flapping").sentence


def test_a_scale_in_that_is_undone_once_is_a_note():
    plan = replace(PAIR, scale_in=side(20.0, IN, -2))
    advice = one(plan, "flapping")

    assert advice.severity == "note"  # three to one, to two, where 30 % is within both
    assert "comes to rest" in advice.sentence


def test_a_scale_in_that_fights_target_tracking_flaps():
    tracking = TargetTracking(target_value=40.0, instance_warmup_seconds=60)
    plan = ScalingPlan(scale_in=side(30.0, IN, -1), target_tracking=tracking)

    assert "the target is 40 %" in one(plan, "flapping").sentence
    assert said(ScalingPlan(target_tracking=tracking), "flapping") == []


def random_plan(draws: random.Random, *, single: bool) -> tuple[ScalingPlan, Scenario]:
    host = HostModel(
        intercept_percent=draws.choice((0.0, 3.0, -1.0)),
        slope_percent_per_rpm=0.001,
        cliff_percent=90.0,
    )
    upper, take = draws.uniform(20.0, 60.0), 1 if single else draws.randint(1, 3)
    lower, more = upper * draws.uniform(0.3, 0.95), draws.randint(1, 3)
    scale_out = side(upper, OUT, more, cooldown=600)
    if draws.random() < 0.5:
        scale_out = stepped(upper, OUT, (0.0, 8.0, more), (8.0, None, more + 1), warmup=600)
    scale_in = side(lower, IN, -take, cooldown=600)
    kind = "simple" if single else draws.choice(KINDS)
    if kind == "step":
        scale_in = stepped(lower, IN, (-6.0, 0.0, -take), (None, -6.0, -take - 1))
    elif kind in ("percent", "exact"):
        amount = -draws.randint(5, 60) if kind == "percent" else draws.randint(1, 5)
        policy = SimpleScaling(
            adjustment_type="PercentChangeInCapacity" if kind == "percent" else "ExactCapacity",
            scaling_adjustment=amount,
            cooldown_seconds=600,
        )
        scale_in = AlarmedPolicy(scale_in.alarm, policy)
    plan = ScalingPlan(scale_out=scale_out, scale_in=scale_in)
    delay = draws.choice((0, 60))
    if kind == "tracking":  # beside a scale-in that is its own, or alone
        tracking = TargetTracking(
            target_value=upper,
            instance_warmup_seconds=600,
            low_ratio=draws.choice((None, 0.8, 0.95)),
        )
        beside = draws.choice((scale_in, scale_in, None))
        plan, delay = ScalingPlan(scale_in=beside, target_tracking=tracking), 0
    scenario = Scenario(
        host=host,
        group=Group(min_size=draws.randint(1, 4), max_size=12, drain_seconds=600),
        metric=Metric(metric_delay_seconds=delay),
    )
    return plan, scenario


def late_activities(plan: ScalingPlan, scenario: Scenario, rpm: float, start: int) -> int:
    """Count the changes of desired capacity in the second half of a steady run."""
    begun = replace(scenario, group=replace(scenario.group, initial_capacity=start))
    run = run_on(plan, begun, np.full(TICKS, rpm))
    return int(np.count_nonzero(np.diff(run.desired_capacity[TICKS // 2 :])))


def test_where_lint_says_that_a_plan_must_flap_the_simulator_never_rests():
    print("seed", SEED)
    draws, counted = random.Random(SEED), {True: 0, False: 0}
    for number in range(PLANS):
        plan, scenario = random_plan(draws, single=False)
        flap = steady_group(Subject(plan, scenario)).flap()
        if flap is None:
            continue
        counted[flap.rests] += 1
        got = late_activities(plan, scenario, flap.rpm, flap.hosts)

        assert (got == 0) == flap.rests, (number, flap, got)
    assert min(counted.values()) >= 5, counted


def test_where_lint_is_silent_on_single_hosts_the_simulator_rests_at_every_load():
    print("seed", SEED)
    draws, silent = random.Random(SEED), 0
    for number in range(PLANS):
        plan, scenario = random_plan(draws, single=True)
        group = steady_group(Subject(plan, scenario))
        if group.flap() is not None:
            continue
        silent += 1
        for _ in range(4):
            rpm, start = draws.uniform(1_000.0, 300_000.0), draws.randint(group.min_size, 12)

            assert late_activities(plan, scenario, rpm, start) == 0, (number, rpm, start)
    assert silent >= 20


def test_a_host_whose_cpu_does_not_follow_load_never_flaps():
    flat = replace(SCENARIO, host=HostModel(intercept_percent=30.0, cliff_percent=50.0))

    assert said(replace(PAIR, scale_in=side(35.0, IN, -1)), "flapping", flat) == []
