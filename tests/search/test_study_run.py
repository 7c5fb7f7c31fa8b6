"""A search kept in a study: it resumes after a kill, shares its work, refuses foreign studies."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import optuna
import pytest
from optuna.trial import TrialState

from tests.search.engine_checks import case, check_front
from tests.search.lattices import world_cup
from tests.search.talk import CONF42, ROBUST, SCENARIO, holds
from tuner.errors import ConfigurationError
from tuner.search.choose import choose
from tuner.search.evaluate import Evaluator
from tuner.search.limits import Limits
from tuner.search.objectives import Scores, Weighted
from tuner.search.optuna_engine import ask_and_tell
from tuner.search.optuna_space import coding_of
from tuner.search.result import SearchResult
from tuner.search.search import search
from tuner.search.settings import SearchSettings, StudyPlace
from tuner.search.study import About
from tuner.search.study_run import keep_in_study, keep_search
from tuner.search.study_storage import open_storage
from tuner.simulation import outcomes

TRIALS = {"random": 300, "qmc": 250, "nsga2": 200, "tpe": 75, "evolve": 600}
SHARES = {None: (0.02, 0.4, 0.9), 0: (0.6,)}
"""How much of a journal a kill leaves, alone and as one of several workers."""
ROOT = Path(__file__).parents[2]
SHAPES = holds(20)


def settings_of(sampler: str, place: StudyPlace | None, **more) -> SearchSettings:
    """Give settings of Optuna's engine on the robust lattice."""
    wanted = {"trials": TRIALS[sampler], "seed": 3, **more}
    return SearchSettings(engine="optuna", sampler=sampler, study=place, **wanted)


def run(sampler: str, place: StudyPlace | None, **more) -> SearchResult:
    """Search the robust lattice on one shape."""
    return search(ROBUST, SCENARIO, SHAPES, settings=settings_of(sampler, place, **more))


def same(expected: SearchResult, got: SearchResult) -> bool:
    """Tell whether two results hold the same candidates with the same totals, and one front."""
    return (
        expected.candidate.tolist() == got.candidate.tolist()
        and expected.mean_cpu_percent.tolist() == got.mean_cpu_percent.tolist()
        and expected.front().tolist() == got.front().tolist()
    )


def trials_of(place: StudyPlace, *states: TrialState) -> list[optuna.trial.FrozenTrial]:
    """Read the trials of a study afresh."""
    study = optuna.load_study(storage=open_storage(place.storage), study_name=place.name)
    return study.get_trials(deepcopy=False, states=states or None)


@pytest.mark.parametrize("worker", [None, 0])
@pytest.mark.parametrize("sampler", TRIALS)
def test_a_kill_at_any_moment_leaves_a_journal_that_resumes_to_the_same_front(
    tmp_path, sampler, worker
):
    place = StudyPlace(tmp_path / "whole.journal", worker=worker)
    expected = run(sampler, None)
    whole = run(sampler, place)
    journal = place.storage.read_bytes()
    for share in SHARES[worker]:
        cut = StudyPlace(tmp_path / f"{share}.journal", worker=worker)
        cut.storage.write_bytes(journal[: int(share * len(journal))])

        got = run(sampler, cut)

        assert same(expected, whole)
        assert same(expected, got)
        kept = [trial.user_attrs["candidate"] for trial in trials_of(cut, TrialState.COMPLETE)]
        assert sorted(kept) == expected.candidate.tolist()
        assert trials_of(cut, TrialState.RUNNING, TrialState.WAITING) == []


@pytest.mark.parametrize(
    ("address", "sampler", "trials", "drops"),
    [
        ("memory", "nsga2", 140, (1, 2)),
        ("memory", "evolve", 120, (1, 1)),
        ("sqlite", "nsga2", 60, (1,)),
    ],
)
def test_an_engine_dropped_after_any_generation_resumes_from_any_storage(
    tmp_path, address, sampler, trials, drops
):
    storage = open_storage(None if address == "memory" else f"sqlite:///{tmp_path / 'study.db'}")
    place = StudyPlace(storage)
    expected = run(sampler, None, trials=trials)
    for generations in drops:
        lattice = case("robust").lattice
        evaluator = Evaluator(lattice, SHAPES, limits=Limits())
        chosen = choose(lattice, settings_of(sampler, place, trials=trials), chunk=100)
        engine = keep_search(chosen.engine, evaluator, place=place, name=chosen.name, seed=3)
        asked = next(engine)
        for _ in range(generations):
            asked = engine.send(evaluator.evaluate(lattice.index(asked)))
        engine.close()

    assert same(expected, run(sampler, place, trials=trials))


def test_a_resumed_search_simulates_what_is_stored_in_one_batch_and_stores_nothing_twice(tmp_path):
    place = StudyPlace(tmp_path / "study.journal")
    run("nsga2", place)
    size = place.storage.stat().st_size
    lattice = case("robust").lattice
    evaluator = Evaluator(lattice, SHAPES, limits=Limits())
    engine = ask_and_tell(lattice, sampler="nsga2", seed=3, trials=TRIALS["nsga2"])
    kept = keep_search(engine, evaluator, place=place, name="optuna (nsga2)", seed=3)

    asked = next(kept)
    with pytest.raises(StopIteration):
        kept.send(evaluator.evaluate(lattice.index(asked)))

    assert len(asked) == len(trials_of(place, TrialState.COMPLETE))
    assert place.storage.stat().st_size - size < 2_000


def test_more_trials_go_on_from_those_stored(tmp_path):
    place = StudyPlace(tmp_path / "study.journal")
    run("random", place, trials=100)

    got = run("random", place, trials=2_000)

    stored = [trial.user_attrs["candidate"] for trial in trials_of(place, TrialState.COMPLETE)]
    assert len(stored) == len(set(stored)) == got.n_candidates > 100


def test_a_process_that_is_killed_resumes_to_the_same_front(tmp_path):
    place = StudyPlace(tmp_path / "study.journal")
    program = f"""
        import os, signal
        from tests.search.test_study_run import StudyPlace, run
        from tuner.search.study_run import _KeptTrials
        store = _KeptTrials.store
        def killed(self, index, mine):
            store(self, index, mine)
            if len(self._row) >= 100:
                os.kill(os.getpid(), signal.SIGKILL)
        _KeptTrials.store = killed
        run("nsga2", StudyPlace({str(place.storage)!r}))
    """
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, check=False, timeout=120
    )

    assert killed.returncode == -9
    assert 100 <= len(trials_of(place, TrialState.COMPLETE)) < TRIALS["nsga2"]
    assert same(run("nsga2", None), run("nsga2", place))


@pytest.mark.parametrize("sampler", ["random", "evolve"])
@pytest.mark.parametrize("shared", [True, False], ids=["one storage", "two storages"])
def test_workers_on_threads_repeat_no_point(tmp_path, sampler, shared):
    journal = tmp_path / "study.journal"
    storage = open_storage(journal) if shared else journal
    results: dict[int, SearchResult] = {}

    def work(worker: int) -> None:
        place = StudyPlace(storage, worker=worker)
        results[worker] = run(sampler, place, trials=400)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert set(results) == {0, 1}
    _check_shared(StudyPlace(journal), results)


def test_workers_in_two_processes_repeat_no_point_and_share_what_they_find(tmp_path):
    journal = tmp_path / "study.journal"
    program = f"""
        from tests.search.test_study_run import StudyPlace, run
        run("random", StudyPlace({str(journal)!r}, worker=1), trials=400)
    """
    other = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT)
    results = {0: run("random", StudyPlace(journal, worker=0), trials=400)}
    assert other.wait(timeout=120) == 0
    results[1] = run("random", StudyPlace(journal, worker=1), trials=400)

    _check_shared(StudyPlace(journal), results)
    alone = run("random", None, trials=400, seed=4)
    assert set(results[0].candidate) | set(alone.candidate) == set(results[1].candidate)


def _check_shared(place: StudyPlace, results: dict[int, SearchResult]) -> None:
    """Assert that both workers finished trials, none of them twice, and that all are true."""
    trials = trials_of(place, TrialState.COMPLETE)
    stored = [trial.user_attrs["candidate"] for trial in trials]
    assert len(stored) == len(set(stored))
    assert {trial.user_attrs["worker"] for trial in trials} == {0, 1}
    assert trials_of(place, TrialState.RUNNING) == []
    assert set(stored) == set(results[0].candidate) | set(results[1].candidate)
    again = Evaluator(case("robust").lattice, SHAPES, limits=Limits())
    for result in results.values():
        scores = again.evaluate(result.candidate)
        np.testing.assert_array_equal(scores.objectives, result.scores().objectives)


def test_of_two_claims_of_a_point_the_earlier_trial_keeps_it(tmp_path):
    place = StudyPlace(tmp_path / "study.journal", worker=0)
    lattice = case("robust").lattice
    evaluator = Evaluator(lattice, SHAPES, limits=Limits())

    def worker(number: int):
        engine = ask_and_tell(lattice, sampler="random", seed=3, trials=50)
        at = replace(place, worker=number)
        return keep_search(engine, evaluator, place=at, name="optuna (random)", seed=3)

    first, second = worker(0), worker(1)
    asked = next(first), next(second)
    np.testing.assert_array_equal(*asked)
    for engine in (second, first):
        with pytest.raises(StopIteration):
            while True:
                engine.send(evaluator.evaluate(lattice.index(asked[0])))

    finished = trials_of(place, TrialState.COMPLETE)
    assert {trial.user_attrs["worker"] for trial in finished} == {0}
    assert len(finished) == len(asked[0])


def test_a_worker_that_starts_again_gives_up_its_own_running_trials_only(tmp_path):
    place = StudyPlace(tmp_path / "study.journal", worker=0)
    lattice = case("robust").lattice
    evaluator = Evaluator(lattice, SHAPES, limits=Limits())
    for number, seed in ((0, 3), (1, 4)):
        engine = ask_and_tell(lattice, sampler="random", seed=seed, trials=50)
        at = replace(place, worker=number)
        next(keep_search(engine, evaluator, place=at, name="optuna (random)", seed=3))

    run("random", place, trials=50)

    running = trials_of(place, TrialState.RUNNING)
    assert {trial.user_attrs["worker"] for trial in running} == {1}
    assert any(trials_of(place, TrialState.FAIL))


def _foreign(place: StudyPlace, **changed) -> None:
    """Search with something changed on a study that was made by a plain run."""
    wanted = {
        "space": ROBUST,
        "scenario": SCENARIO,
        "shapes": SHAPES,
        "limits": Limits(),
        "settings": settings_of("random", place, trials=20),
        **changed,
    }
    search(
        wanted["space"],
        wanted["scenario"],
        wanted["shapes"],
        limits=wanted["limits"],
        settings=wanted["settings"],
    )


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("space", {"space": replace(ROBUST, scale_out_adjustment=(1, 2))}),
        ("scenario", {"scenario": replace(SCENARIO, margin_percent=1.0)}),
        ("shapes", {"shapes": holds(21)}),
        ("limits", {"limits": Limits(max_activities_per_day=3)}),
        ("engine optuna \\(tpe\\)", {"sampler": "tpe"}),
        ("seed 4", {"seed": 4}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_study_of_something_else_is_refused(tmp_path, said, changed):
    place = StudyPlace(tmp_path / "study.journal")
    _foreign(place)
    if {"sampler", "seed"} & set(changed):
        other = replace(settings_of("random", place, trials=20), **changed)
        changed = {"settings": other}

    with pytest.raises(ConfigurationError, match=f"expected a study with the same {said}"):
        _foreign(place, **changed)
    _foreign(place)


def test_a_study_of_another_model_version_is_refused(tmp_path, monkeypatch):
    place = StudyPlace(tmp_path / "study.journal")
    monkeypatch.setattr("tuner.search.study_run.MODEL_VERSION", "0")
    _foreign(place)
    monkeypatch.undo()

    with pytest.raises(ConfigurationError, match=f"model version {outcomes.MODEL_VERSION}, got 0"):
        _foreign(place)


@pytest.mark.parametrize("directions", [["minimize"], ["minimize", "minimize"]])
def test_a_study_of_other_directions_is_refused(directions):
    storage = open_storage(None)
    optuna.create_study(storage=storage, study_name="search", directions=directions)

    with pytest.raises(ConfigurationError, match="expected directions maximize, minimize"):
        _foreign(StudyPlace(storage))


def test_a_study_that_somebody_else_made_is_refused():
    storage = open_storage(None)
    directions = ["maximize", "minimize"]
    study = optuna.create_study(storage=storage, study_name="search", directions=directions)
    study.add_trial(optuna.trial.create_trial(values=[1.0, 2.0]))

    with pytest.raises(ConfigurationError, match="expected a study that cliffside made"):
        _foreign(StudyPlace(storage))


def test_stored_values_that_do_not_come_out_again_are_refused(tmp_path, monkeypatch):
    place = StudyPlace(tmp_path / "study.journal")
    _foreign(place)
    plain = Weighted.__init__

    def other(self, **columns):
        columns["host_minutes"] = columns["host_minutes"] + 1.0
        plain(self, **columns)

    monkeypatch.setattr(Weighted, "__init__", other)

    with pytest.raises(ConfigurationError, match="expected the stored values to come out again"):
        _foreign(place)


def test_a_negative_worker_is_refused():
    with pytest.raises(ConfigurationError, match="worker: expected None or at least 0, got -1"):
        StudyPlace(None, worker=-1)


def test_auto_keeps_what_evolve_and_its_climb_find(tmp_path):
    known = case("talk")
    place = StudyPlace(tmp_path / "study.journal")

    got = known.run(budget=1, trials=220, study=place, seed=2)

    check_front(got, known)
    kept = optuna.load_study(storage=open_storage(place.storage), study_name="search")
    stored = [trial.user_attrs["candidate"] for trial in kept.trials]
    assert sorted(stored) == got.candidate.tolist()
    best = {trial.user_attrs["candidate"] for trial in kept.best_trials}
    assert set(got.candidate[got.front()]) <= best
    assert {tuple(trial.values) for trial in kept.best_trials} == {
        (got.mean_cpu_percent[c], got.host_minutes[c]) for c in got.front()
    }


def test_an_exact_search_keeps_no_trials(tmp_path):
    place = StudyPlace(tmp_path / "study.journal")

    got = case("talk").run(study=place)

    assert got.engine == "exact"
    assert not place.storage.exists()


def test_a_space_of_one_point_is_kept(tmp_path):
    one = replace(CONF42, scale_out_threshold_percent=(22.0,), scale_out_adjustment=(5,))
    place = StudyPlace(tmp_path / "study.journal")
    settings = SearchSettings(engine="optuna", sampler="nsga2", study=place)

    for _ in range(2):
        got = search(one, SCENARIO, SHAPES, settings=settings)

    assert got.n_candidates == len(got.front()) == 1
    assert len(trials_of(place)) == 1


def test_a_kept_trial_costs_at_most_a_fifth_more_than_optunas_own_bulk_interface():
    lattice = world_cup()[0]
    coding = coding_of(lattice)
    n, generation = 600, 200
    index = np.random.default_rng(1).permutation(lattice.space.n_lattice)[:n]
    batches = [lattice.positions(index[k : k + generation]) for k in range(0, n, generation)]
    params = [coding.params(batch) for batch in batches]
    nothing = About(
        space="", scenario="", shapes="", limits="", model_version="", engine="", seed=0
    )

    def bare() -> float:
        study = optuna.create_study(directions=["maximize", "minimize"])
        began = time.process_time()
        for batch in params:
            study.add_trials(
                optuna.trial.create_trial(
                    params=each,
                    distributions=coding.distributions,
                    values=[0.0, 0.0],
                    constraints={"peak_cpu_percent": -1.0},
                )
                for each in batch
            )
        return time.process_time() - began

    def ours() -> float:
        engine = keep_in_study(
            (batch for batch in batches), lattice, place=StudyPlace(None), about=nothing
        )
        scores = Scores(
            np.zeros((generation, 2)),
            -np.ones((generation, 1)),
            ("mean_cpu_percent", "host_minutes"),
            ("peak_cpu_percent",),
            (100.0,),
        )
        began = time.process_time()
        next(engine)
        with pytest.raises(StopIteration):
            while True:
                engine.send(scores)
        return time.process_time() - began

    bare(), ours()
    ratios = sorted(ours() / bare() for _ in range(5))
    print(f"ours over Optuna's: {ratios}")

    assert ratios[0] <= 1.2
