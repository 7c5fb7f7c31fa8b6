"""Lanes give what the one-run loop gives, to the last bit, and are vector code."""

from __future__ import annotations

import os
import platform
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import kernels
from kernels.adjustment import percent_change
from kernels.alarm import is_breaching
from kernels.lane_fit import WORD, fits_bare_lanes, fits_lanes, setting_fits
from kernels.lane_rules import (
    MOST_HUNDREDTHS,
    count_bits,
    level,
    percent_added,
    remember,
    side_of_threshold,
    window,
)
from tests.kernels.batches import differing, random_batch
from tuner.host import HostModel
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, ScheduledAction, SimpleScaling
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.arrays import pack_load, pack_plans, pack_setting
from tuner.simulation.outcomes import Outcomes, empty_totals, outcomes_of
from tuner.simulation.run import simulate
from tuner.traffic.shapes import Shape, TrafficShapes

LENGTHS = (97, 40, 1, 211)
OPERATORS = (
    ("GreaterThanThreshold", "LessThanThreshold"),
    ("GreaterThanOrEqualToThreshold", "LessThanOrEqualToThreshold"),
)
KINDS = ("ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity")


def one_by_one(policies, scenario: Scenario, shapes: TrafficShapes) -> Outcomes:
    """Run a batch by the one-run loop alone."""
    load, setting = pack_load(shapes, scenario, policies.actions), pack_setting(scenario)
    totals = empty_totals(len(policies), len(shapes))
    n_tasks = -(-len(policies) // kernels.BLOCK) * len(shapes)
    kernels.simulate_each(policies.policies, policies.warming, setting, load, totals, 0, n_tasks)
    return outcomes_of(totals)


def shares_that_fit(policies, scenario: Scenario, shapes: TrafficShapes) -> float:
    """Say which share of the blocks the lanes run."""
    load, setting = pack_load(shapes, scenario, policies.actions), pack_setting(scenario)
    begins = range(0, len(policies), kernels.BLOCK)
    fits = [
        fits_lanes(policies.policies, setting, load, b, min(b + kernels.BLOCK, len(policies)))
        for b in begins
    ]
    return float(setting_fits(setting, load) * np.mean(fits))


def random_scenario(rng: random.Random) -> Scenario:
    """Give a scenario that fits lanes."""
    return Scenario(
        host=HostModel(
            intercept_percent=rng.choice([0.0, 1.75]),
            slope_percent_per_rpm=rng.choice([0.00075, 0.004]),
            cliff_percent=rng.choice([None, 50.0]),
        ),
        group=Group(
            min_size=1,
            max_size=rng.choice([3, 12, 1000]),
            initial_capacity=rng.choice([None, 1, 5]),
            launch_seconds=60 * rng.randint(0, 5),
            ready_seconds=60 * rng.randint(0, 3),
            boot_cpu_percent=rng.choice([0.0, 90.0]),
            drain_seconds=60 * rng.randint(0, 4),
        ),
        metric=Metric(metric_delay_seconds=60 * rng.randint(0, 3)),
    )


def random_side(rng: random.Random, period: int, side: int) -> AlarmedPolicy | None:
    """Give one side of a plan, sometimes none."""
    if rng.random() < 0.08:
        return None
    n = rng.randint(1, 60 // period)
    kind = rng.choice(KINDS)
    sign = -1 if side else 1
    size = {
        "ChangeInCapacity": sign * rng.randint(1, 6),
        "PercentChangeInCapacity": sign * rng.randint(0, 250),
        "ExactCapacity": rng.randint(0, 8),
    }[kind]
    magnitude = rng.choice([None, 1, 3]) if kind == "PercentChangeInCapacity" else None
    return AlarmedPolicy(
        Alarm(
            threshold_percent=float(rng.randint(5, 30) if side else rng.randint(15, 60)),
            comparison_operator=OPERATORS[rng.randint(0, 1)][side],
            period_seconds=60 * period,
            evaluation_periods=n,
            datapoints_to_alarm=rng.randint(1, n),
        ),
        SimpleScaling(
            scaling_adjustment=size,
            adjustment_type=kind,
            min_adjustment_magnitude=magnitude,
            cooldown_seconds=60 * rng.choice([0, 0, 1, 3, 10]),
        ),
    )


def random_shapes(rng: random.Random) -> TrafficShapes:
    """Give ragged shapes with jumps, levels that meet thresholds exactly, and silence."""
    shapes = []
    for s, n_ticks in enumerate(LENGTHS):
        levels = [rng.choice([0.0, 20_000.0, 40_000.0, 66_000.5, 250_000.0]) for _ in range(9)]
        rpm = np.repeat(np.array(levels), -(-n_ticks // 9))[:n_ticks]
        shapes.append(Shape(name=str(s), rpm=rpm, weight=1.0))
    return TrafficShapes.of(shapes)


def fitting_batch(seed: int, n_candidates: int = 150):
    """Give candidates that all fit lanes, their scenario and shapes."""
    rng = random.Random(seed)
    scenario, period = random_scenario(rng), rng.choice([1, 1, 2, 3, 5])
    delay = scenario.metric.metric_delay_seconds // 60
    plans = []
    while len(plans) < n_candidates:
        out, inward = (random_side(rng, period, side) for side in (0, 1))
        reach = max(
            ((s.alarm.evaluation_periods - 1) * period for s in (out, inward) if s), default=0
        )
        if reach + 1 + delay <= WORD:
            least = rng.randint(1, min(4, scenario.group.max_size))
            plans.append(ScalingPlan(scale_out=out, scale_in=inward, min_size=least))
    return pack_plans(plans, scenario), scenario, random_shapes(rng)


@pytest.mark.parametrize("seed", range(40))
def test_lanes_give_the_totals_of_the_one_run_loop_to_the_last_bit(seed):
    batch = fitting_batch(seed)

    assert shares_that_fit(*batch) == 1.0
    assert differing(one_by_one(*batch), simulate(*batch, threads=1)) == []


def bare_batch(seed: int, n_candidates: int = 150):
    """Give candidates that all fit bare lanes, their scenario and shapes."""
    rng = random.Random(seed)
    scenario = random_scenario(rng)
    group = replace(scenario.group, ready_seconds=0, drain_seconds=0)
    scenario = replace(scenario, group=group)
    plans = []
    while len(plans) < n_candidates:
        sides = [random_side(rng, 1, side) for side in (0, 1)]
        if all(not s or s.policy.adjustment_type != "PercentChangeInCapacity" for s in sides):
            least = rng.randint(1, min(4, scenario.group.max_size))
            plans.append(ScalingPlan(scale_out=sides[0], scale_in=sides[1], min_size=least))
    return pack_plans(plans, scenario), scenario, random_shapes(rng)


def shares_that_are_bare(policies, scenario: Scenario) -> float:
    """Say which share of the blocks bare lanes run, of those that fit lanes."""
    begins = range(0, len(policies), kernels.BLOCK)
    setting = pack_setting(scenario)
    ends = (min(b + kernels.BLOCK, len(policies)) for b in begins)
    return float(
        np.mean(
            [
                fits_bare_lanes(policies.policies, setting, b, end)
                for b, end in zip(begins, ends, strict=True)
            ]
        )
    )


@pytest.mark.parametrize("seed", range(40))
def test_bare_lanes_give_the_totals_of_the_one_run_loop_to_the_last_bit(seed):
    batch = bare_batch(seed)

    assert shares_that_fit(*batch) == 1.0
    assert shares_that_are_bare(*batch[:2]) == 1.0
    assert differing(one_by_one(*batch), simulate(*batch, threads=1)) == []


PERCENT = SimpleScaling(scaling_adjustment=50, adjustment_type="PercentChangeInCapacity")


@pytest.mark.parametrize(
    ("group", "period_seconds", "policy", "share"),
    [
        ({}, 60, None, 1.0),
        ({"ready_seconds": 60}, 60, None, 0.0),
        ({"drain_seconds": 60}, 60, None, 0.0),
        ({}, 120, None, 0.0),
        ({}, 60, PERCENT, 0.5),
    ],
    ids=["bare", "boot", "drain", "a period of two ticks", "a percentage in one block"],
)
def test_what_boots_drains_pools_or_takes_percentages_is_not_bare(
    group, period_seconds, policy, share
):
    scenario = replace(BASE, group=replace(BASE.group, **group))
    plan = plan_of(period_seconds=period_seconds)
    alarm = replace(plan.scale_out.alarm, period_seconds=period_seconds)
    side = replace(plan.scale_out, alarm=alarm)
    plan = replace(plan, scale_out=side)
    other = plan if policy is None else replace(plan, scale_out=replace(side, policy=policy))
    packed = pack_plans([plan] * 70 + [other] * 20, scenario)

    assert shares_that_are_bare(packed, scenario) == share


@pytest.mark.parametrize("seed", range(12))
def test_batches_of_every_kind_give_the_same_whichever_way_they_take(seed):
    plans, scenario, shapes = random_batch(seed, n_candidates=130)
    batch = pack_plans(plans, scenario), scenario, shapes

    assert differing(one_by_one(*batch), simulate(*batch, threads=2)) == []


def test_the_order_of_candidates_and_where_a_block_begins_do_not_matter():
    rng = random.Random(5)
    scenario = random_scenario(rng)
    plans = [
        ScalingPlan(scale_out=random_side(rng, 1, 0), scale_in=random_side(rng, 1, 1), min_size=1)
        for _ in range(200)
    ]
    shapes = random_shapes(rng)
    order = rng.sample(range(200), 137)
    whole = simulate(pack_plans(plans, scenario), scenario, shapes)
    part = simulate(pack_plans([plans[k] for k in order], scenario), scenario, shapes)

    for name in ("host_minutes", "peak_cpu_percent", "mean_cpu_percent", "scale_outs"):
        np.testing.assert_array_equal(getattr(whole, name)[order], getattr(part, name))


def plan_of(*, periods: int = 3, period_seconds: int = 60, **more) -> ScalingPlan:
    """Give a plan, with another window of its scale-in alarm."""
    policy = SimpleScaling(scaling_adjustment=2, cooldown_seconds=120)
    inward = SimpleScaling(scaling_adjustment=-1, cooldown_seconds=120)
    return ScalingPlan(
        scale_out=AlarmedPolicy(
            Alarm(threshold_percent=30.0, comparison_operator="GreaterThanThreshold"), policy
        ),
        scale_in=AlarmedPolicy(
            Alarm(
                threshold_percent=10.0,
                comparison_operator="LessThanThreshold",
                period_seconds=period_seconds,
                evaluation_periods=periods,
                datapoints_to_alarm=periods,
            ),
            inward,
        ),
        min_size=1,
        **more,
    )


BASE = Scenario(host=HostModel(slope_percent_per_rpm=0.00075), group=Group(launch_seconds=180))
FITS = plan_of()


@pytest.mark.parametrize(
    ("plan", "scenario", "fits"),
    [
        (FITS, BASE, True),
        (plan_of(periods=63), BASE, True),
        (plan_of(periods=64), BASE, False),
        (plan_of(periods=64), replace(BASE, metric=Metric(metric_delay_seconds=0)), True),
        (plan_of(periods=65), replace(BASE, metric=Metric(metric_delay_seconds=0)), False),
        (plan_of(period_seconds=120), BASE, False),
        (plan_of(schedule=(ScheduledAction(tick=30, min_size=4),)), BASE, False),
        (replace(FITS, min_size=0), BASE, False),
        (FITS, replace(BASE, host=HostModel(table=((0.0, 1.0), (50_000.0, 60.0)))), False),
    ],
    ids=[
        "fits",
        "a window of 64 ticks with the delay",
        "one of 65",
        "64 without delay",
        "65 without delay",
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


def test_a_percent_adjustment_in_floats_is_the_one_in_integers():
    rng = np.random.default_rng(1)
    capacity = np.concatenate([np.arange(2_000), rng.integers(0, 10_001, 60_000)])
    percent = np.concatenate([rng.integers(-2_000, 2_001, len(capacity) - 2_000), np.arange(2_000)])
    least = rng.integers(0, 4, len(capacity))
    rows = zip(capacity.tolist(), percent.tolist(), least.tolist(), strict=True)
    for c, p, m in rows:
        if abs(c * p) <= MOST_HUNDREDTHS:
            assert percent_added(float(c), float(p), float(m)) == percent_change(c, p, m), (c, p, m)


@pytest.mark.parametrize("comparison", range(4))
@pytest.mark.parametrize("threshold", [0.0, 15.0, 33.3, 100.0])
def test_one_comparison_stands_for_all_four_operators(comparison, threshold):
    sign, edge = side_of_threshold(comparison), level(threshold, comparison)
    values = [threshold, np.nextafter(threshold, 200.0), np.nextafter(threshold, -1.0), 0.0, 77.0]
    for value in map(float, values):
        expected = is_breaching(value, threshold, comparison)
        got = remember(np.uint64(0), value, sign, edge) == 1

        assert expected == got, value


def test_bits_are_counted_and_windows_hold_n_periods():
    rng = random.Random(3)
    for word in (0, 1, 2**64 - 1, *(rng.getrandbits(64) for _ in range(200))):
        assert count_bits(np.uint64(word)) == word.bit_count()
    assert window(3, 5) == 0b10000100001
    assert window(64, 1) == 2**64 - 1


def packed_divisions(code: str, folder: Path) -> tuple[int, int]:
    """Compile ``block`` anew once ``code`` ran; count its divisions of AVX, and all packed."""
    if platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("the instructions that are looked for are those of x86")
    count = (
        "block.recompile()\n"
        "asm = ''.join(block.inspect_asm().values())\n"
        "print(asm.count('vdivpd'), asm.count('divpd'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code + count],
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    vectors, packed = map(int, done.stdout.split())
    return vectors, packed


@pytest.mark.parametrize(
    ("block", "batch"),
    [("lanes.simulate_lanes", "fitting_batch"), ("bare_lanes.simulate_bare_lanes", "bare_batch")],
)
def test_the_block_is_vector_code(block, batch, tmp_path):
    module, name = block.split(".")
    code = (
        f"from tests.kernels.test_lanes import {batch}, simulate\n"
        f"from kernels.{module} import {name} as block\n"
        f"simulate(*{batch}(0, 64), threads=1)\n"
    )
    vectors, packed = packed_divisions(code, tmp_path)

    assert packed >= 1
    assert vectors >= 1 or "avx" not in Path("/proc/cpuinfo").read_text()


@pytest.mark.slow
def test_lanes_are_several_times_faster_than_the_one_run_loop():
    plans = [
        ScalingPlan(
            scale_out=replace(FITS.scale_out, policy=SimpleScaling(scaling_adjustment=1 + k % 8)),
            scale_in=FITS.scale_in,
            min_size=1 + k % 3,
        )
        for k in range(640)
    ]
    group = replace(BASE.group, ready_seconds=60, drain_seconds=60, boot_cpu_percent=90.0)
    scenario = replace(BASE, group=group)
    time_ = np.arange(240)
    shapes = TrafficShapes.of(
        [Shape(name=str(s), rpm=60_000 * (1.2 + np.sin(time_ * (s + 1) / 40))) for s in range(4)]
    )
    packed = pack_plans(plans, scenario)
    load, setting = pack_load(shapes, scenario, packed.actions), pack_setting(scenario)
    totals, n_tasks = empty_totals(len(packed), len(shapes)), 10 * len(shapes)
    drivers = {"lanes": kernels.simulate_tasks, "one run": kernels.simulate_each}
    best = dict.fromkeys(drivers, np.inf)
    for _ in range(20):
        for name, driver in drivers.items():
            began = time.process_time()
            driver(packed.policies, None, setting, load, totals, 0, n_tasks)
            best[name] = min(best[name], time.process_time() - began)
    cpu = Path("/proc/cpuinfo")
    wide = cpu.exists() and "avx512f" in cpu.read_text()
    ratio = best["one run"] / best["lanes"]
    print(f"lanes: {ratio:.2f} times the one-run loop")

    assert ratio >= (3.5 if wide else 1.5)
