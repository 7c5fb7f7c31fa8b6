"""The exact search of the demo's lattice: candidates a second, on every processor."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuner.config import load_job
from tuner.config.host import measure
from tuner.config.job import scenario
from tuner.config.shapes import read_traffic
from tuner.search.search import search_exact
from tuner.simulation.run import available_threads

DEMO = Path(__file__).parents[1] / "configs" / "demo.toml"
CANDIDATES, FEASIBLE = 23_760, 4_789
ROUNDS = 3


@pytest.fixture(scope="module")
def demo():
    job = load_job(DEMO)
    _, host = measure(job)
    traffic, _ = read_traffic(job)
    return job.space, scenario(job, host), traffic


def test_the_exact_search_of_the_demos_lattice(benchmark, demo):
    space, shared, traffic = demo

    got = benchmark.pedantic(search_exact, args=(space, shared, traffic), rounds=ROUNDS)

    benchmark.extra_info["candidates"] = got.n_candidates
    benchmark.extra_info["candidate_minutes"] = int(got.n_candidates * got.n_minutes)
    benchmark.extra_info["threads"] = available_threads()
    assert got.n_candidates == CANDIDATES
    assert int(got.feasible().sum()) == FEASIBLE
