"""Lanes of step and target tracking policies give what the one-run loop gives, to the last bit."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import kernels
from kernels.lane_fit import fits_warming_lanes, setting_fits
from kernels.lane_steps import beyond, bound_of_step, end_of_steps, step_change, steps_follow
from kernels.lane_tracking import low_threshold
from kernels.step import chosen_step
from kernels.tracking import low_ratio
from tests.kernels.batches import differing
from tests.kernels.test_lanes import (
    BASE,
    KINDS,
    OPERATORS,
    one_by_one,
    packed_divisions,
    random_scenario,
    random_shapes,
    random_side,
)
from tuner.host import HostModel
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    ScheduledAction,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)
from tuner.scenario import Scenario
from tuner.simulation.arrays import pack_load, pack_plans, pack_setting
from tuner.simulation.outcomes import empty_totals
from tuner.simulation.run import simulate
from tuner.traffic.shapes import TrafficShapes

BLOCKS = {
    "step": ("step", "step", False),
    "step out": ("step", None, False),
    "step in": (None, "step", False),
    "step out, simple in": ("step", "simple", False),
    "simple out, step in": ("simple", "step", False),
    "tracking": (None, None, True),
    "tracking, simple pair": ("simple", "simple", True),
    "tracking, step pair": ("step", "step", True),
    "tracking, simple out, step in": ("simple", "step", True),
    "tracking, step out": ("step", None, True),
}
"""Sides of a plan, and whether it has target tracking too."""


def shares_that_fit(policies, scenario: Scenario, shapes: TrafficShapes) -> float:
    """Say which share of the blocks the lanes run."""
    load, setting = pack_load(shapes, scenario, policies.actions), pack_setting(scenario)
    pair, warming, n = policies.policies, policies.warming, len(policies)
    fits = [
        fits_warming_lanes(pair, warming, setting, load, begin, min(begin + kernels.BLOCK, n))
        for begin in range(0, n, kernels.BLOCK)
    ]
    return float(setting_fits(setting, load) * np.mean(fits))


def random_steps(rng: random.Random, side: int, kind: str) -> tuple[StepAdjustment, ...]:
    """Give one to four steps without a gap, upwards or downwards."""
    n_steps = rng.randint(1, 4)
    edges = [-12.0, -7.5, -3.0, 0.0, 2.0, 5.0, 11.25, 20.0]
    bounds = sorted(rng.sample(edges if n_steps > 1 else edges[3:], n_steps))
    open_end = n_steps > 1 and (bounds[0] < 0.0 or rng.random() < 0.3)
    lows, highs = [None if open_end else bounds[0], *bounds[1:]], [*bounds[1:], None]
    if side and rng.random() < 0.8:
        mirrored = [None if b is None else -b for b in lows]
        lows, highs = [None if b is None else -b for b in highs][::-1], mirrored[::-1]
    sizes = {
        "ChangeInCapacity": lambda: (-1 if side else 1) * rng.randint(0, 5),
        "PercentChangeInCapacity": lambda: (-1 if side else 1) * rng.randint(0, 250),
        "ExactCapacity": lambda: rng.randint(0, 9),
    }
    steps = [
        StepAdjustment(
            metric_interval_lower_bound=low,
            metric_interval_upper_bound=high,
            scaling_adjustment=sizes[kind](),
        )
        for low, high in zip(lows, highs, strict=True)
    ]
    return tuple(steps if rng.random() < 0.5 else steps[::-1])


def random_step_side(rng, period: int, side: int, warmup_seconds: int) -> AlarmedPolicy:
    """Give one side with a step policy."""
    n, kind = rng.randint(1, 64 // period), rng.choice(KINDS)
    return AlarmedPolicy(
        Alarm(
            threshold_percent=float(rng.randint(5, 30) if side else rng.randint(15, 60)),
            comparison_operator=OPERATORS[rng.randint(0, 1)][side],
            period_seconds=60 * period,
            evaluation_periods=n,
            datapoints_to_alarm=rng.randint(1, min(n, 6)),
        ),
        StepScaling(
            step_adjustments=random_steps(rng, side, kind),
            adjustment_type=kind,
            min_adjustment_magnitude=rng.choice([None, 1, 3])
            if kind == "PercentChangeInCapacity"
            else None,
            instance_warmup_seconds=warmup_seconds,
        ),
    )


def random_tracking(rng: random.Random, warmup_seconds: int) -> TargetTracking:
    """Give a target tracking policy."""
    return TargetTracking(
        target_value=rng.choice([7.5, 20.0, 33.3, 60.0]),
        disable_scale_in=rng.random() < 0.2,
        low_ratio=rng.choice([None, None, 0.6, 0.95]),
        scale_in_limit=rng.choice([None, None, 1, 3]),
        instance_warmup_seconds=warmup_seconds,
    )


def fitting_batch(seed: int, block: str, n_candidates: int = 140):
    """Give candidates that all fit lanes, their scenario and shapes."""
    rng = random.Random(seed)
    scenario, period = random_scenario(rng), rng.choice([1, 1, 2, 5])
    metric = replace(scenario.metric, warming_in_metric=rng.random() < 0.3)
    scenario = replace(scenario, metric=metric)
    warmup_seconds = 60 * rng.choice([0, 1, 2, 5, 9])
    out, inward, has_tracking = BLOCKS[block]

    def side(kind: str | None, p: int) -> AlarmedPolicy | None:
        if kind is None or rng.random() < 0.05:
            return None
        if kind == "simple":
            return random_side(rng, period, p)
        return random_step_side(rng, period, p, warmup_seconds)

    plans = [
        ScalingPlan(
            scale_out=side(out, 0),
            scale_in=side(inward, 1),
            target_tracking=random_tracking(rng, warmup_seconds)
            if has_tracking and rng.random() < 0.95
            else None,
            min_size=rng.randint(1, min(4, scenario.group.max_size)),
        )
        for _ in range(n_candidates)
    ]
    return pack_plans(plans, scenario), scenario, random_shapes(rng)


@pytest.mark.parametrize("seed", range(16))
@pytest.mark.parametrize("block", BLOCKS)
def test_lanes_give_the_totals_of_the_one_run_loop_to_the_last_bit(block, seed):
    batch = fitting_batch(seed, block)

    assert shares_that_fit(*batch) == 1.0
    assert differing(one_by_one(*batch), simulate(*batch, threads=1)) == []


def step_plan(*bounds: float, warmup_seconds: int = 120, **more) -> ScalingPlan:
    """Give a plan that scales out by steps from these bounds on."""
    ends = zip(bounds, [*bounds[1:], None], strict=True)
    steps = tuple(
        StepAdjustment(
            metric_interval_lower_bound=low, metric_interval_upper_bound=high, scaling_adjustment=1
        )
        for low, high in ends
    )
    alarm = Alarm(threshold_percent=30.0, comparison_operator="GreaterThanThreshold")
    policy = StepScaling(step_adjustments=steps, instance_warmup_seconds=warmup_seconds)
    return ScalingPlan(scale_out=AlarmedPolicy(alarm, policy), min_size=1, **more)


FITS = step_plan(0.0, 5.0)


def with_alarm(plan: ScalingPlan, **fields) -> ScalingPlan:
    """Give a plan whose scale-out alarm has other fields."""
    return replace(
        plan, scale_out=replace(plan.scale_out, alarm=replace(plan.scale_out.alarm, **fields))
    )


@pytest.mark.parametrize(
    ("plan", "scenario", "fits"),
    [
        (FITS, BASE, True),
        (step_plan(0.0, 2.0, 4.0, 6.0), BASE, True),
        (step_plan(0.0, 2.0, 4.0, 6.0, 8.0), BASE, False),
        (step_plan(0.0, 5.0, warmup_seconds=180), BASE, False),
        (with_alarm(FITS, evaluation_periods=64), BASE, True),
        (with_alarm(FITS, evaluation_periods=65), BASE, False),
        (with_alarm(FITS, period_seconds=120), BASE, False),
        (step_plan(0.0, schedule=(ScheduledAction(tick=30, min_size=4),)), BASE, False),
        (replace(FITS, min_size=0), BASE, False),
        (FITS, replace(BASE, host=HostModel(table=((0.0, 1.0), (50_000.0, 60.0)))), False),
    ],
    ids=[
        "fits",
        "four steps",
        "five",
        "two warm-ups",
        "a window of 64 ticks",
        "of 65",
        "two periods",
        "a schedule",
        "an empty group",
        "a table",
    ],
)
def test_what_does_not_fit_takes_the_one_run_loop_and_gives_the_same(plan, scenario, fits):
    plans = [FITS] * 70 + [plan] * 20
    batch = pack_plans(plans, scenario), scenario, random_shapes(random.Random(1))

    assert shares_that_fit(*batch) == (1.0 if fits else 0.0 if scenario.host.table else 0.5)
    assert differing(one_by_one(*batch), simulate(*batch)) == []


def test_a_lane_whose_instances_ages_decide_is_run_again_by_the_one_run_loop():
    batch = fitting_batch(3, "tracking, simple pair")
    policies, scenario, shapes = batch
    load, setting = pack_load(shapes, scenario, policies.actions), pack_setting(scenario)
    totals = empty_totals(len(policies), len(shapes))
    for s in range(len(shapes)):
        rpm = shapes.rpm_of(s)
        kernels.warming_lanes.simulate_warming_lanes(
            policies.policies,
            policies.warming,
            setting,
            rpm,
            load.initial_capacity[s],
            totals,
            0,
            s,
        )

    assert (totals.status[: kernels.BLOCK] == kernels.status.LEFT_TO_ONE_RUN).any()
    assert (simulate(*batch).status == kernels.status.DONE).all()


@pytest.mark.parametrize("seed", range(30))
def test_the_step_of_a_lane_is_the_one_that_holds_the_difference(seed):
    rng = random.Random(seed)
    side = seed % 2
    plan = replace(FITS, scale_out=None)
    stepped = random_step_side(rng, 1, side, 60)
    plan = replace(plan, **{("scale_out", "scale_in")[side]: stepped})
    policies = pack_plans([plan], BASE)
    pair, warming = policies.policies, policies.warming
    comparison = pair.comparison[0, side]
    bounds = [bound_of_step(pair, warming, 0, side, k) for k in range(4)]
    parts = [step_change(warming, 0, side, k) for k in range(4)]
    end = end_of_steps(pair, warming, 0, side)
    edges = [*warming.step_lower[0, side], *warming.step_upper[0, side], 0.0]
    near = [np.nextafter(e, way) for e in edges for way in (-np.inf, np.inf)]
    kernel_plan = kernels.plans.warming_plan_of(warming, 0, 1)

    assert steps_follow(warming, 0, side)
    for difference in map(float, [*edges, *near, -50.0, 50.0, 1.0, -1.0]):
        if not np.isfinite(difference):
            continue
        k = chosen_step(difference, side, kernel_plan, comparison)
        expected = int(warming.step_adjustment[0, side, k]) if k >= 0 else None
        has_step = difference >= bounds[0] and not difference >= end
        got = sum(beyond(difference, b, p) for b, p in zip(bounds, parts, strict=True))

        assert expected == (got if has_step else None), (difference, edges)


@pytest.mark.parametrize("ratio", [0.0, 0.8])
def test_the_low_threshold_of_a_lane_is_the_rules(ratio):
    plan = replace(FITS, target_tracking=TargetTracking(target_value=33.3, low_ratio=ratio or None))
    warming = pack_plans([plan], BASE).warming
    kernel_plan = kernels.plans.warming_plan_of(warming, 0, 1)
    for desired in range(1, 200):
        expected = low_ratio(kernel_plan, desired) * 33.3

        assert expected == low_threshold(float(desired), 33.3, ratio)


def test_the_block_is_vector_code(tmp_path):
    code = (
        "from tests.kernels.test_warming_lanes import fitting_batch, simulate\n"
        "from kernels.warming_lanes import simulate_warming_lanes as block\n"
        "simulate(*fitting_batch(0, 'tracking, step pair', 64), threads=1)\n"
    )
    vectors, packed = packed_divisions(code, tmp_path)

    assert packed >= 4
    assert vectors >= 4 or "avx" not in Path("/proc/cpuinfo").read_text()
