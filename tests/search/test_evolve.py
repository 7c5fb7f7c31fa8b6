"""The evolve engine against lattices whose true front is known, resumed and interrupted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.search.engine_checks import NAMES, case, check_front, hypervolume_share
from tests.search.talk import ROBUST, SCENARIO, holds
from tuner.search.climb import neighbours
from tuner.search.engine import Memory
from tuner.search.lattice import lattice_of
from tuner.search.ranking import constrained_order, front_numbers
from tuner.search.refine import fine_space
from tuner.search.search import search, search_exact
from tuner.search.settings import SearchSettings
from tuner.search.trials import join_trials
from tuner.search.values import LowerThreshold

SEEDS = range(5)
SETTINGS = SearchSettings(engine="evolve", trials=900, seed=7)
SHAPES = holds(7, 20, 33)


def columns(result):
    return {name: column.tolist() for name, column in result.columns().items()}


class Kept:
    """Trials in memory; fails after some saves, as a process that is killed."""

    def __init__(self, *, known=None, saves=None):
        self.trials, self.left = known, saves

    def load(self):
        return self.trials

    def save(self, trials):
        before = [] if self.trials is None else [self.trials]
        self.trials = join_trials([*before, trials], n_shapes=len(SHAPES))
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise RuntimeError("killed")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", NAMES)
def test_evolve_finds_the_front_within_20_000_trials(name, seed):
    known = case(name)
    result = known.run(engine="evolve", trials=20_000, seed=seed)

    check_front(result, known)
    assert hypervolume_share(result, known) >= 0.99


def test_no_point_is_asked_for_twice_and_the_trials_are_kept_to():
    result = search(ROBUST, SCENARIO, SHAPES, settings=SETTINGS)

    assert len(np.unique(result.candidate)) == len(result.candidate)
    assert len(result.candidate) <= SETTINGS.trials


def test_a_seed_gives_one_search_at_any_number_of_threads():
    expected = columns(search(ROBUST, SCENARIO, SHAPES, settings=SETTINGS, threads=1))
    again = columns(search(ROBUST, SCENARIO, SHAPES, settings=SETTINGS, threads=2))
    other = columns(search(ROBUST, SCENARIO, SHAPES, settings=replace(SETTINGS, seed=8)))

    assert expected == again
    assert expected != other


@pytest.mark.parametrize("saves", [0, 1, 3])
@pytest.mark.parametrize("engine", ["evolve", "exact"])
def test_a_search_that_was_killed_resumes_to_the_same_result(monkeypatch, engine, saves):
    monkeypatch.setattr("tuner.search.search.STORE_SECONDS", -1.0)
    monkeypatch.setattr("tuner.search.evolve.SCREEN", 1)
    monkeypatch.setattr("tuner.search.evolve.POPULATION", 50)
    settings = replace(SETTINGS, engine=engine, chunk=200)
    expected = columns(search(ROBUST, SCENARIO, SHAPES, settings=settings))
    store = Kept(saves=saves)
    with pytest.raises(RuntimeError, match="killed"):
        search(ROBUST, SCENARIO, SHAPES, settings=settings, store=store)
    ticks: list[int] = []
    resumed = search(
        ROBUST,
        SCENARIO,
        SHAPES,
        settings=settings,
        store=Kept(known=store.trials),
        progress=ticks.append,
    )

    assert expected == columns(resumed)
    run_again = (len(resumed.candidate) - len(store.trials)) * int(SHAPES.n_ticks.sum())
    assert run_again == sum(ticks), "what was stored is not simulated again"


def test_an_interruption_gives_the_front_so_far(monkeypatch):
    def interrupt(done):
        if done:
            calls.append(done)
        if len(calls) > 10:
            raise KeyboardInterrupt

    calls: list[int] = []
    monkeypatch.setattr("tuner.search.evolve.SCREEN", 1)
    monkeypatch.setattr("tuner.search.evolve.POPULATION", 50)
    result = search(ROBUST, SCENARIO, SHAPES, settings=SETTINGS, progress=interrupt, threads=1)

    assert not result.complete
    assert 0 < result.n_candidates < SETTINGS.trials
    assert "interrupted" in result.notes[-1]


def test_an_interruption_before_anything_ran_stays_one():
    def interrupt(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(ROBUST, SCENARIO, SHAPES, settings=SETTINGS, progress=interrupt)


def test_a_sampled_lattice_is_said_to_be_one():
    sampled = search(ROBUST, SCENARIO, SHAPES, settings=SETTINGS)
    whole = search_exact(ROBUST, SCENARIO, SHAPES)

    assert "of the lattice's 1,680 points were tried" in sampled.notes[0]
    assert whole.notes == ()


COARSE = replace(
    ROBUST,
    scale_out_threshold_percent=(10.0, 14.0, 18.0, 22.0, 26.0),
    scale_out_adjustment=(1, 4, 8),
    cooldown_seconds=(180,),
)


def test_a_refined_search_holds_the_coarse_one_and_is_nowhere_worse():
    coarse = search_exact(COARSE, SCENARIO, SHAPES)
    fine = search(COARSE, SCENARIO, SHAPES, settings=SearchSettings(refine=True))

    def by_plan(result):
        return {
            result.plan(c): (result.mean_cpu_percent[c], result.worst_peak_cpu_percent[c])
            for c in range(result.n_candidates)
        }

    small, large = by_plan(coarse), by_plan(fine)
    assert fine.space == fine_space(COARSE)
    assert len(fine.candidate) > len(coarse.candidate)
    assert small == {plan: large[plan] for plan in small}
    assert fine.mean_cpu_percent[fine.best()] > coarse.mean_cpu_percent[coarse.best()]


def test_a_fine_space_fills_whole_steps_and_leaves_fixed_knobs():
    space = replace(
        COARSE,
        cooldown_seconds=(60, 180),
        scale_in_threshold=(LowerThreshold.given(3), LowerThreshold.given(5)),
    )
    fine = fine_space(space)

    assert fine.cooldown_seconds == (60, 120, 180)
    assert fine.scale_out_adjustment == tuple(range(1, 9))
    assert [rule.value for rule in fine.scale_in_threshold] == [3, 4, 5]
    assert fine.evaluation_periods == space.evaluation_periods


def test_fronts_are_numbered_as_peeling_numbers_them():
    generator = np.random.default_rng(20_261_124)
    for _ in range(200):
        costs = generator.integers(0, 8, size=(generator.integers(1, 40), 2)).astype(float)
        left, expected = np.arange(len(costs)), np.zeros(len(costs), dtype=int)
        number = 0
        while len(left):
            inside = [
                not any((costs[b] <= costs[a]).all() and (costs[b] < costs[a]).any() for b in left)
                for a in left
            ]
            expected[left[inside]] = number
            left, number = left[~np.array(inside)], number + 1

        assert expected.tolist() == front_numbers(costs).tolist()


def test_feasible_candidates_come_first_and_then_the_least_violation():
    costs = np.array([[1.0, 1.0], [0.0, 0.0], [2.0, 2.0], [0.0, 5.0]])
    violation = np.array([0.0, 0.3, 0.0, 0.1])

    assert constrained_order(costs, violation).tolist() == [0, 2, 3, 1]


def test_a_memory_gives_each_fresh_candidate_once():
    lattice = lattice_of(ROBUST, SCENARIO)
    memory = Memory(lattice)
    points = lattice.positions(np.array([5, 9, 5, 12]))
    first = memory.fresh(points)
    memory.add(first)

    assert lattice.index(first).tolist() == [5, 9, 12]
    assert memory.fresh(points).tolist() == []


def test_neighbours_stay_within_the_lattice():
    sizes = np.array([3, 1, 9])
    around = neighbours(np.array([[0, 0, 4], [2, 0, 8]]), sizes)

    assert ((around >= 0) & (around < sizes)).all()
    assert [1, 0, 4] in around.tolist()
    assert [1, 0, 7] in around.tolist()
