"""Simulated candidate-minutes a second: the night sizes, periods and threads.

Run with ``.venv/bin/python -m pytest benchmarks --benchmark-enable``.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.cases import NIGHTLY, SCENARIO, SMALL, STRESS, policies, shapes
from benchmarks.ratios import interleaved_ratio
from tuner.simulation.run import available_threads, simulate

AT_NIGHT = [pytest.param(size, marks=pytest.mark.nightly) for size in (NIGHTLY, STRESS)]
ROUNDS = 9
LEAST_SPEED_UP = 1.2


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
