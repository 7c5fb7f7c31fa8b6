"""Laws of runs whose launches warm up: step scaling, target tracking, mixed plans."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from tests.kernels.sense import (
    limits_by_tick,
    miscounted,
    not_conserved,
    not_finite,
    outside_limits,
)
from tests.kernels.warming import (
    WARMING_FAMILIES,
    changes,
    per_tick,
    restless_case,
    run_on,
    step_side,
    warming_actors,
)
from tests.parity import run_case, scenario_of
from tests.reference.random_loads import random_rpm
from tests.reference.random_runs import random_case
from tuner.host import HostModel
from tuner.plan_json import plan_from_json
from tuner.policy import (
    AlarmedPolicy,
    ScalingPlan,
    ScheduledAction,
    SimpleScaling,
    TargetTracking,
)
from tuner.scenario import Group, Metric, Scenario

SEED = 20_261_124
RUNS = 300
HOST = HostModel(slope_percent_per_rpm=0.001, cliff_percent=50.0)
QUIET_RPM = 35_000.0


@pytest.fixture
def draws():
    print("seed", SEED)
    return random.Random(SEED)


@pytest.mark.parametrize("family", WARMING_FAMILIES)
def test_capacity_stays_in_its_limits_and_requests_are_conserved(family, draws):
    warmed = 0
    for number in range(RUNS):
        case = random_case(draws, families=(family,))
        run = run_case(case)
        wrong = outside_limits(case, run) + not_conserved(case, run)

        assert wrong + not_finite(run) + miscounted(run) == [], number
        assert (run.warming >= 0).all() and (run.warming <= run.in_service).all(), number
        warmed += run.warming.any()

    assert warmed > RUNS // 10


@pytest.mark.parametrize("family", WARMING_FAMILIES)
def test_the_future_does_not_change_the_past(family, draws):
    for number in range(RUNS // 2):
        case = random_case(draws, families=(family,))
        cut = draws.randint(1, len(case["rpm"]))
        whole, part = run_case(case), run_case(case | {"rpm": case["rpm"][:cut]})
        for name, column in per_tick(part).items():
            np.testing.assert_array_equal(per_tick(whole)[name][:cut], column, f"{number} {name}")


@pytest.mark.parametrize("family", WARMING_FAMILIES)
def test_no_step_and_no_tracking_policy_scales_in_while_anything_warms_or_is_pending(family, draws):
    seen = Counter()
    for number in range(RUNS):
        case = restless_case(draws, family)
        run, plan = run_case(case), plan_from_json(case["plan"])
        unsettled = run.warming + run.pending
        for actor in warming_actors(plan):
            taken = [tick for tick, change in changes(run, actor=actor) if change < 0]

            assert not unsettled[taken].any(), (number, actor)
            seen["taken"] += len(taken)
        seen["waited"] += sum("warming," in event.words for event in run.events)

    assert min(seen["taken"], seen["waited"]) > RUNS // 6, seen


@pytest.mark.parametrize("family", ["step", "target_tracking"])
def test_after_a_launch_no_policy_scales_in_before_launch_and_warm_up_are_over(family, draws):
    """The same law without the column `warming`: only such policies take, without a schedule."""
    checked = 0
    for number in range(RUNS):
        case = restless_case(draws, family)
        case["scenario"]["schedule"], case["plan"]["schedule"] = [], None
        scenario, plan = scenario_of(case), plan_from_json(case["plan"])
        run, tick = run_case(case), scenario.tick_seconds
        by_actor = {"scale_out": plan.scale_out and plan.scale_out.policy}
        by_actor["target_tracking"] = plan.target_tracking
        taken = [at for at, change in changes(run) if change < 0]
        for actor, policy in by_actor.items():
            for at, change in changes(run, actor=actor):
                if change > 0:
                    warmup = scenario.group.warmup_seconds(policy.instance_warmup_seconds)
                    over = at + -(-scenario.group.launch_seconds // tick) + -(-warmup // tick)

                    assert not [t for t in taken if at < t <= over], (number, at)
                    checked += 1

    assert checked > RUNS // 4


def quiet_plan(draws: random.Random, family: str, size: int) -> ScalingPlan:
    """Give a plan that does nothing at 35 % CPU on each of the instances."""
    warmup = draws.choice((0, 60, 300))
    window = {
        "period_seconds": draws.choice((60, 120, 300)),
        "evaluation_periods": draws.randint(1, 4),
    }
    out = step_side(
        draws.uniform(40, 60),
        "GreaterThanThreshold",
        (0, 10, draws.randint(1, 3)),
        (10, None, draws.randint(3, 6)),
        instance_warmup_seconds=warmup,
        **window,
    )
    inward = step_side(draws.uniform(5, 30), "LessThanThreshold", (None, 0, -1), **window)
    simple = AlarmedPolicy(inward.alarm, SimpleScaling(scaling_adjustment=-1, cooldown_seconds=60))
    tracking = TargetTracking(
        target_value=draws.uniform(36, 34 / max(0.7, 1 - 1 / size)),
        instance_warmup_seconds=warmup,
        scale_in_limit=draws.choice((None, 1)),
    )
    return {
        "step": ScalingPlan(scale_out=out, scale_in=inward),
        "target_tracking": ScalingPlan(target_tracking=tracking),
        "mixed": ScalingPlan(scale_out=out, scale_in=simple, target_tracking=tracking),
    }[family]


@pytest.mark.parametrize("family", WARMING_FAMILIES)
def test_shifting_every_time_shifts_every_event(family, draws):
    acted = 0
    for number in range(RUNS // 8):
        size, shift = draws.randint(1, 4), draws.randint(1, 120)
        group = Group(
            max_size=30,
            initial_capacity=size,
            launch_seconds=draws.choice((0, 60, 180)),
            ready_seconds=draws.choice((0, 120)),
            boot_cpu_percent=90.0,
            drain_seconds=draws.choice((0, 60, 300)),
        )
        plan = quiet_plan(draws, family, size)
        metric = Metric(metric_delay_seconds=draws.choice((0, 60, 120)))
        busy = np.array(random_rpm(draws, n_ticks=120, levels_rpm=[size * QUIET_RPM, 2e5, 1e5]))
        longer = np.concatenate([np.full(shift + 90, size * QUIET_RPM), busy])
        action = ScheduledAction(
            tick=90 + draws.randrange(120), desired_capacity=draws.randint(1, 9)
        )
        later = replace(action, tick=action.tick + shift)
        first, second = (
            run_on(plan, Scenario(host=HOST, group=group, metric=metric, schedule=(a,)), rpm)
            for a, rpm in ((action, longer[shift:]), (later, longer))
        )
        for name, column in per_tick(first).items():
            np.testing.assert_array_equal(
                column[45:], per_tick(second)[name][shift + 45 :], f"{number} {name}"
            )
        moved = [(tick + shift, change) for tick, change in changes(first)]

        assert moved == changes(second), number
        acted += len(moved) > 1

    assert acted > RUNS // 20


IDLE_PLANS = {
    "a step for more than 100 %": ScalingPlan(
        scale_out=step_side(100.0, "GreaterThanThreshold", (0, None, 3))
    ),
    "steps of 0": ScalingPlan(
        scale_out=step_side(0.0, "GreaterThanThreshold", (0, 10, 0), (10, None, 0)),
        scale_in=step_side(101.0, "LessThanThreshold", (None, 0, 0)),
    ),
    "no step for the datapoint": ScalingPlan(
        scale_out=step_side(0.0, "GreaterThanOrEqualToThreshold", (101, None, 5))
    ),
    "steps in at the minimum": ScalingPlan(
        scale_in=step_side(100.0, "LessThanOrEqualToThreshold", (None, -50, -9), (-50, 0, -1))
    ),
    "a target of 100 %": ScalingPlan(target_tracking=TargetTracking(target_value=100.0)),
    "a target far off and never in": ScalingPlan(
        target_tracking=TargetTracking(target_value=400.0, disable_scale_in=True)
    ),
}


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize("plan", IDLE_PLANS.values(), ids=IDLE_PLANS)
def test_a_plan_that_cannot_act_costs_exactly_its_minimum(plan, size):
    group = Group(min_size=size, initial_capacity=size, drain_seconds=300)
    got = run_on(plan, Scenario(host=HOST, group=group), np.linspace(0, 500_000, 77))

    assert got.totals["host_minutes"] == size * 77
    assert (got.totals["scale_outs"], got.totals["scale_ins"]) == (0, 0)
    assert got.totals["peak_instances"] == size


@pytest.mark.parametrize("launch_seconds", [0, 180])
def test_a_schedule_acts_while_others_warm_and_its_launches_do_not_warm(launch_seconds):
    side = step_side(50.0, "GreaterThanThreshold", (0, None, 1), instance_warmup_seconds=600)
    scenario = Scenario(
        host=HOST,
        group=Group(initial_capacity=1, launch_seconds=launch_seconds),
        metric=Metric(metric_delay_seconds=0),
        schedule=(
            ScheduledAction(tick=6, desired_capacity=5),
            ScheduledAction(tick=8, desired_capacity=3),
        ),
    )
    rpm = np.concatenate([np.full(5, 60_000.0), np.full(9, 0.0)])
    got = run_on(ScalingPlan(scale_out=side), scenario, rpm)

    assert got.desired_capacity.tolist() == [2] * 6 + [5] * 2 + [3] * 6
    launch_ticks = launch_seconds // 60
    assert got.warming.tolist() == [0] * (1 + launch_ticks) + [1] * (7 - launch_ticks) + [0] * 6


@pytest.mark.parametrize("family", WARMING_FAMILIES)
def test_a_schedule_is_obeyed_in_its_tick_whatever_warms_or_is_refused(family, draws):
    busy = 0
    for number in range(RUNS):
        case = restless_case(draws, family)
        case["plan"]["schedule"] = [
            {"tick": tick, "min_size": None, "max_size": None, "desired_capacity": size}
            for tick in draws.sample(range(60), 3)
            for size in (draws.randint(0, 20),)
        ]
        run = run_case(case)
        least, most = limits_by_tick(case, len(run.rpm))
        refused = {
            tick
            for event in run.events
            if event.kind == "refused"
            for tick in range(event.tick, event.last_tick + 1)
        }
        for action in case["plan"]["schedule"]:
            tick = action["tick"]
            if tick < len(run.rpm):
                expected = np.clip(action["desired_capacity"], least[tick], most[tick])

                assert expected == run.in_service[tick] + run.pending[tick], (number, tick)
                busy += tick in refused or run.warming[tick] > 0

    assert busy > RUNS // 10
