"""The exact search of the demo's lattice, and how near a few trials come to a known front."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.search.engine_checks import case, check_front, hypervolume_share
from tuner.config import load_job
from tuner.config.host import measure
from tuner.config.job import scenario
from tuner.config.shapes import read_traffic
from tuner.search.search import search_exact
from tuner.simulation.run import available_threads

DEMO = Path(__file__).parents[1] / "configs" / "demo.toml"
CANDIDATES, FEASIBLE = 23_760, 4_789
ROUNDS = 3
TRIALS, SEEDS = 250, (1, 2, 3, 4, 5)
LEAST_SHARE = 0.9


@pytest.fixture(scope="module")
def demo():
    job = load_job(DEMO)
    _, host = measure(job)
    traffic, _ = read_traffic(job)
    return job.spaces["simple"], scenario(job, host), traffic


def test_the_exact_search_of_the_demos_lattice(benchmark, demo):
    space, shared, traffic = demo

    got = benchmark.pedantic(search_exact, args=(space, shared, traffic), rounds=ROUNDS)

    benchmark.extra_info["candidates"] = got.n_candidates
    benchmark.extra_info["candidate_minutes"] = int(got.n_candidates * got.n_minutes)
    benchmark.extra_info["threads"] = available_threads()
    assert got.n_candidates == CANDIDATES
    assert int(got.feasible().sum()) == FEASIBLE


def test_evolve_with_few_trials_against_the_true_front(benchmark):
    known = case("robust")

    def run():
        return [known.run(engine="evolve", trials=TRIALS, seed=seed) for seed in SEEDS]

    found = benchmark.pedantic(run, rounds=ROUNDS)
    got = sorted(hypervolume_share(each, known) for each in found)

    for each in found:
        check_front(each, known)
    benchmark.extra_info["candidates"] = sum(each.n_candidates for each in found)
    benchmark.extra_info["share_of_the_hypervolume"] = got[len(got) // 2]
    benchmark.extra_info["share_of_the_hypervolume_at_the_least"] = got[0]
    assert got[len(got) // 2] >= LEAST_SHARE
