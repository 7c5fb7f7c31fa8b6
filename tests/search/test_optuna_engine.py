"""Optuna's samplers as engines: honest fronts, no wasted simulation, one result for one seed."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import optuna
import pytest

from tests.search.engine_checks import case, check_front, hypervolume_share
from tests.search.lattices import world_cup
from tests.search.talk import CONF42, ROBUST, SCENARIO, holds
from tuner.errors import ConfigurationError
from tuner.scenario import Group
from tuner.search.engine import Sieve
from tuner.search.evolve_sampler import EvolveSampler
from tuner.search.lattice import lattice_of
from tuner.search.limits import Limits
from tuner.search.objectives import Scores
from tuner.search.optuna_engine import (
    DIRECTIONS,
    KINDS,
    NOT_A_CANDIDATE,
    ask_and_tell,
    check_sampler,
    quiet_optuna,
    scaled_excesses,
    trials_within_cap,
    values_of,
)
from tuner.search.optuna_space import coding_of
from tuner.search.search import search
from tuner.search.settings import SearchSettings
from tuner.search.values import value_range

TRIALS = {"random": 800, "qmc": 200, "nsga2": 400, "nsga3": 400, "tpe": 100}
SIDES = replace(
    ROBUST,
    scale_in_evaluation_periods=(1, 3, 5),
    scale_in_datapoints_to_alarm=(1, 2, 3, 4, 5),
)
"""A space of which a third is no candidate: M above N."""


def flat_scores(n: int, *, peak: float = -1.0) -> Scores:
    """Give scores that are all equal."""
    return Scores(
        np.zeros((n, 2)),
        np.full((n, 1), peak),
        ("mean_cpu_percent", "host_minutes"),
        ("peak_cpu_percent",),
        (100.0,),
    )


def drained(engine, told=flat_scores) -> list[np.ndarray]:
    """Give everything that an engine asks for."""
    batches = []
    try:
        asked = next(engine)
        while True:
            batches.append(asked)
            asked = engine.send(told(len(asked)))
    except StopIteration:
        return batches


@pytest.mark.parametrize("sampler", TRIALS)
@pytest.mark.parametrize("name", ["talk", "robust"])
def test_every_point_is_true_feasible_and_below_the_true_front(name, sampler):
    known = case(name)

    got = known.run(engine="optuna", sampler=sampler, trials=TRIALS[sampler], seed=1)

    check_front(got, known)
    assert got.engine == f"optuna ({sampler})"
    assert 0.0 < hypervolume_share(got, known) <= 1.0


@pytest.mark.parametrize("sampler", ["random", "nsga2", "tpe", "evolve"])
def test_every_point_is_true_on_recorded_days_with_all_knobs_open(sampler):
    known = case("world cup")
    trials = TRIALS.get(sampler, 2_000)

    got = known.run(engine="optuna", sampler=sampler, trials=trials, seed=1)

    check_front(got, known)


def test_points_that_are_no_candidates_and_repeated_ones_never_reach_the_simulator():
    lattice = lattice_of(SIDES, SCENARIO)

    asked = np.concatenate(drained(ask_and_tell(lattice, sampler="random", trials=2_000)))

    assert len(asked) < 2_000 * 0.8
    assert Sieve(lattice).keeps(asked).all()
    assert len(np.unique(lattice.index(asked))) == len(asked)


def test_a_point_that_is_no_candidate_is_told_as_infeasible_with_the_worst_costs(monkeypatch):
    studies = []
    made = optuna.create_study
    monkeypatch.setattr(optuna, "create_study", lambda **k: studies.append(made(**k)) or studies[0])
    lattice = lattice_of(SIDES, SCENARIO)

    def told(n: int) -> Scores:
        costs = np.stack([-np.linspace(10, 20, n), np.linspace(100, 300, n)], axis=1)
        return replace(flat_scores(n), objectives=costs)

    drained(ask_and_tell(lattice, sampler="nsga2", trials=50), told)

    (study,) = studies
    refused = [t for t in study.trials if t.constraints["peak_cpu_percent"] == NOT_A_CANDIDATE]
    assert 0 < len(refused) < 50
    assert {tuple(trial.values) for trial in refused} == {(10.0, 300.0)}
    assert all(not trial.constraints["peak_cpu_percent"] > 0 for trial in study.best_trials)


@pytest.mark.parametrize("sampler", ["random", "qmc", "nsga2", "nsga3", "tpe"])
def test_a_seed_gives_one_sequence_and_another_seed_another(sampler):
    lattice = world_cup()[0]

    def sequence(seed: int) -> list[int]:
        engine = ask_and_tell(lattice, sampler=sampler, seed=seed, trials=60)
        return lattice.index(np.concatenate(drained(engine))).tolist()

    assert sequence(1) == sequence(1)
    assert sequence(1) != sequence(2)


def test_no_point_of_an_unlimited_number_of_trials_is_asked_for_when_all_are_known():
    lattice = lattice_of(CONF42, SCENARIO)

    asked = drained(ask_and_tell(lattice, sampler="random", trials=10**9))

    assert sum(len(batch) for batch in asked) == lattice.space.n_lattice


def test_excesses_are_told_on_one_scale():
    lattice, shapes = lattice_of(CONF42, SCENARIO), holds(20)
    limits = Limits(max_activities_per_day=40)

    result = search(CONF42, SCENARIO, shapes, limits=limits)

    scores = result.scores()
    got = np.array(scaled_excesses(scores))
    np.testing.assert_allclose(got * [100.0, 40.0], scores.constraints)
    assert values_of(scores)[0] == [result.mean_cpu_percent[0], result.host_minutes[0]]
    assert len(lattice.active) == 2


def test_an_unknown_sampler_is_refused_with_the_known_ones():
    lattice = lattice_of(CONF42, SCENARIO)

    with pytest.raises(ConfigurationError, match="gp, evolve, got 'cmaes'"):
        ask_and_tell(lattice, sampler="cmaes", trials=1)


@pytest.mark.parametrize(("sampler", "package"), [("gp", "torch"), ("qmc", "scipy")])
def test_a_missing_package_is_named(monkeypatch, sampler, package):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == package else name)

    with pytest.raises(ConfigurationError, match=f"package {package}, which Optuna's {sampler}"):
        check_sampler(sampler)


@pytest.mark.parametrize("sampler", [name for name, kind in KINDS.items() if kind.cap])
def test_a_slow_sampler_is_held_to_its_cap_and_says_so(sampler):
    allowed, note = trials_within_cap(sampler, 20_000)

    assert allowed == KINDS[sampler].cap
    assert f"held to {allowed:,} of the 20,000 trials" in note
    assert trials_within_cap(sampler, allowed) == (allowed, "")


def test_the_cap_holds(monkeypatch):
    lattice = world_cup()[0]

    monkeypatch.setitem(KINDS, "random", replace(KINDS["random"], cap=30))

    asked = drained(ask_and_tell(lattice, sampler="random", trials=500))

    assert 0 < sum(len(batch) for batch in asked) <= 30


@pytest.mark.parametrize("sampler", [*TRIALS, "evolve"])
def test_a_budget_of_one_tries_one_candidate(sampler):
    got = search(
        CONF42,
        SCENARIO,
        holds(20),
        settings=SearchSettings(engine="optuna", sampler=sampler, trials=1),
    )

    assert got.n_candidates == 1


@pytest.mark.parametrize("sampler", [*TRIALS, "evolve"])
def test_a_space_of_one_point_is_tried_once(sampler):
    one = replace(CONF42, scale_out_threshold_percent=(29.0,), scale_out_adjustment=(2,))
    settings = SearchSettings(engine="optuna", sampler=sampler, trials=20)

    got = search(one, SCENARIO, holds(20), settings=settings)

    assert got.n_candidates == 1
    assert got.candidate.tolist() == [0]


@pytest.mark.parametrize("sampler", [*TRIALS, "evolve"])
def test_where_nothing_is_feasible_the_front_is_empty(sampler):
    hopeless = replace(SCENARIO, margin_percent=49.0)
    trials = 240 if sampler == "evolve" else 60
    settings = SearchSettings(engine="optuna", sampler=sampler, trials=trials)

    got = search(CONF42, hopeless, holds(20), settings=settings)

    assert got.n_candidates > 20
    assert got.front().tolist() == []
    assert got.best() is None


@pytest.mark.parametrize("sampler", [*TRIALS, "evolve"])
def test_where_all_are_equal_one_stands_for_them(sampler):
    fixed = replace(SCENARIO, group=Group(min_size=200, max_size=200, initial_capacity=200))
    settings = SearchSettings(engine="optuna", sampler=sampler, trials=100)

    got = search(CONF42, fixed, holds(20), settings=settings)

    assert len(np.unique(got.mean_cpu_percent)) == 1
    assert len(got.front()) == 1


@pytest.mark.parametrize("sampler", ["random", "nsga2", "evolve"])
def test_where_one_is_feasible_it_is_the_front(sampler):
    one = replace(
        CONF42,
        scale_out_threshold_percent=value_range(22, last=35),
        scale_out_adjustment=(1, 2, 3, 4, 5),
    )
    settings = SearchSettings(engine="optuna", sampler=sampler, trials=2_000)

    got = search(one, SCENARIO, holds(20), settings=settings)

    assert got.feasible().sum() == 1
    (row,) = got.front()
    assert got.plan(row).scale_out.alarm.threshold_percent == 22.0
    assert got.plan(row).scale_out.policy.scaling_adjustment == 5


def test_auto_is_exact_within_the_budget_and_else_evolves():
    known = case("talk")

    within = known.run(budget=250)
    beyond = known.run(budget=249)

    assert (within.engine, beyond.engine) == ("exact", "optuna (evolve)")
    check_front(beyond, known)
    assert hypervolume_share(beyond, known) == 1.0


def test_a_study_that_evolve_samples_finds_what_the_engine_finds():
    known = case("talk")
    engine = known.run(engine="evolve", trials=220, seed=5)
    totals = known.truth.scores()
    with quiet_optuna():
        sampler = EvolveSampler(known.lattice, seed=5, trials=220)
        study = optuna.create_study(directions=DIRECTIONS, sampler=sampler)
        coding = coding_of(known.lattice)
        values, excesses = values_of(totals), scaled_excesses(totals)
        asked = []

        def objective(trial):
            for name, drawn in coding.distributions.items():
                trial._suggest(name, drawn)
            row = int(known.lattice.index(coding.positions([trial.params]))[0])
            asked.append(row)
            trial.set_constraint("peak", excesses[row][0])
            return values[row]

        study.optimize(objective, n_trials=engine.n_candidates)

    assert sorted(asked) == engine.candidate.tolist()
    assert len(set(asked)) == len(asked)


def test_the_evolve_sampler_draws_at_random_while_a_generation_is_in_flight():
    lattice = world_cup()[0]
    with quiet_optuna():
        study = optuna.create_study(
            directions=DIRECTIONS, sampler=EvolveSampler(lattice, seed=1, trials=60)
        )
    distributions = coding_of(lattice).distributions
    trials = [study.ask(distributions) for _ in range(70)]
    for trial in trials[:69]:
        trial.set_constraint("peak", 1.0)
        study.tell(trial, [1.0, 1.0])
    study.tell(trials[69], state=optuna.trial.TrialState.FAIL)

    after = study.ask(distributions)

    assert len({str(trial.params) for trial in trials[:45]}) == 45
    assert coding_of(lattice).positions([after.params]).shape == (1, len(lattice.active))


def test_an_ask_and_tell_trial_costs_at_most_a_fifth_more_than_optunas_own_interface():
    lattice = world_cup()[0]
    distributions = coding_of(lattice).distributions
    n = 300

    def bare() -> float:
        with quiet_optuna():
            sampler = optuna.samplers.RandomSampler(seed=0)
            study = optuna.create_study(directions=DIRECTIONS, sampler=sampler)
        began = time.process_time()
        trials = [study.ask(distributions) for _ in range(n)]
        for trial in trials:
            trial.set_constraint("peak_cpu_percent", -1.0)
            study.tell(trial, [0.0, 0.0])
        return time.process_time() - began

    def ours() -> float:
        engine = ask_and_tell(lattice, sampler="random", trials=n)
        began = time.process_time()
        drained(engine)
        return time.process_time() - began

    bare(), ours()
    ratios = sorted(ours() / bare() for _ in range(5))
    print(f"ours over Optuna's: {ratios}")

    assert ratios[0] <= 1.2
