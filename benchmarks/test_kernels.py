"""Simulated candidate-minutes a second: sizes, threads, and against the plain reference.

Run with ``.venv/bin/python -m pytest benchmarks --benchmark-enable``.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.cases import NIGHTLY, SCENARIO, SMALL, STRESS, plan, policies, shapes
from benchmarks.ratios import interleaved_ratio
from tests.reference.simulate import simulate as simulate_by_reference
from tuner.plan_json import plan_to_json
from tuner.simulation.run import available_threads, simulate

AT_NIGHT = [pytest.param(size, marks=pytest.mark.nightly) for size in (NIGHTLY, STRESS)]
ROUNDS = 9
LEAST_TIMES_FASTER = 100.0
LEAST_SPEED_UP = 1.2
N_BY_REFERENCE = 12
SCENARIO_JSON = {
    "tick_seconds": 60,
    "host_model": {"slope_percent_per_rpm": 0.00075, "cliff_percent": 50.0},
    "group": {
        "min_size": 1,
        "max_size": 1000,
        "initial_capacity": 2,
        "launch_seconds": 180,
        "ready_seconds": 60,
        "boot_cpu_percent": 90.0,
        "drain_seconds": 60,
    },
}


@pytest.mark.parametrize("period_seconds", [60, 300])
@pytest.mark.parametrize("size", [SMALL, *AT_NIGHT], ids=lambda size: size.name)
def test_a_batch_of_simple_policies(benchmark, size, period_seconds):
    candidates, traffic = policies(size, period_seconds=period_seconds), shapes(size)
    simulate(policies(SMALL, period_seconds=period_seconds), SCENARIO, shapes(SMALL), threads=1)

    def run():
        return simulate(candidates, SCENARIO, traffic, threads=1)

    got = (
        benchmark(run)
        if size is SMALL
        else benchmark.pedantic(run, rounds=3 if size is NIGHTLY else 1)
    )

    benchmark.extra_info["candidate_minutes"] = size.candidate_minutes
    assert size.host_minutes[period_seconds] == got.host_minutes.sum()


def test_two_threads_against_one(benchmark):
    candidates, traffic = policies(SMALL, period_seconds=60), shapes(SMALL)

    def run(threads):
        return lambda: simulate(candidates, SCENARIO, traffic, threads=threads)

    expected, got = run(1)(), benchmark(run(2))

    np.testing.assert_array_equal(expected.host_minutes, got.host_minutes)
    benchmark.extra_info["candidate_minutes"] = SMALL.candidate_minutes
    benchmark.extra_info["threads"] = 2
    if benchmark.enabled and available_threads() > 1:
        faster = interleaved_ratio(slow=run(1), fast=run(2), rounds=ROUNDS)
        benchmark.extra_info["times_faster_than_one_thread"] = faster
        assert faster >= LEAST_SPEED_UP


def test_the_kernel_against_the_reference(benchmark):
    candidates, traffic = policies(SMALL, period_seconds=60), shapes(SMALL)
    rpm = traffic.rpm_of(0).tolist()
    plans = [plan_to_json(plan(c, period_seconds=60)) for c in range(N_BY_REFERENCE)]

    def by_reference():
        return [simulate_by_reference(SCENARIO_JSON, each, rpm) for each in plans]

    def by_kernel():
        return simulate(candidates, SCENARIO, traffic, threads=1)

    expected, got = by_reference(), benchmark(by_kernel)

    assert [run.totals["host_minutes"] for run in expected] == got.host_minutes[
        :N_BY_REFERENCE, 0
    ].tolist()
    rounds = ROUNDS if benchmark.enabled else 1
    more_runs = SMALL.candidate_minutes / (N_BY_REFERENCE * SMALL.n_ticks)
    faster = more_runs * interleaved_ratio(slow=by_reference, fast=by_kernel, rounds=rounds)
    benchmark.extra_info["candidate_minutes"] = SMALL.candidate_minutes
    benchmark.extra_info["times_faster_than_the_reference"] = faster
    assert faster >= LEAST_TIMES_FASTER
