"""Simulated candidate-minutes a second: the night sizes and periods.

Run with ``.venv/bin/python -m pytest benchmarks --benchmark-enable``.
"""

from __future__ import annotations

import pytest

from benchmarks.cases import NIGHTLY, SCENARIO, SMALL, STRESS, policies, shapes
from tuner.simulation.run import simulate

AT_NIGHT = [pytest.param(size, marks=pytest.mark.nightly) for size in (NIGHTLY, STRESS)]


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
