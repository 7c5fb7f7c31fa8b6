"""A search from its space to its result: choose the engine, drive it, refine, keep everything.

1. Choose: ``auto`` is exact where the lattice is within the budget, else Optuna with ``evolve``.
2. Drive: ask the engine, simulate, tell it; an interruption keeps what has run.
3. Refine, where asked: climb from the front on the lattice at full resolution.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from tuner.scenario import Scenario
from tuner.search.candidates import check_budget, find_candidates
from tuner.search.engine import Engine
from tuner.search.evaluate import Evaluator, Trials
from tuner.search.evolve import evolve
from tuner.search.exact import enumerate_candidates
from tuner.search.lattice import Lattice, lattice_of
from tuner.search.limits import Limits
from tuner.search.refine import carried_over, fine_space, refine
from tuner.search.result import SearchResult
from tuner.search.screen import Screen
from tuner.search.settings import DEFAULT_BUDGET, SearchSettings
from tuner.search.space import Space
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.simulation.run import Progress
from tuner.traffic.shapes import TrafficShapes

STORE_SECONDS = 5.0
"""Seconds between two writes of the trials so far."""


class TrialStore(Protocol):
    """Keeps the trials of a search that may be interrupted."""

    def load(self) -> Trials | None:
        """Give the trials of the lattice as given that were saved, None where there are none."""

    def save(self, trials: Trials) -> None:
        """Save all trials so far, in place of those saved before."""


@dataclass(frozen=True, slots=True)
class ChosenEngine:
    """An engine that is ready to be driven.

    Parameters
    ----------
    name : str
        What the output calls it.
    engine : Engine
        Asks and is told.
    left_out : dict of str to int
        Points of the lattice that are no candidates, by reason; empty where nobody counted.
    note : str
        Why fewer trials are made than were asked for; empty where all are.
    """

    name: str
    engine: Engine
    left_out: dict[str, int]
    note: str = ""


def search(
    space: Space,
    scenario: Scenario,
    shapes: TrafficShapes,
    *,
    settings: SearchSettings | None = None,
    limits: Limits | None = None,
    store: TrialStore | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> SearchResult:
    """Search a space for plans with a high mean CPU and few host-minutes under the cliff.

    Parameters
    ----------
    space : Space
        The knobs.
    scenario : Scenario
        What all candidates share.
    shapes : TrafficShapes [S]
        The load.
    settings : SearchSettings or None
        Which engine, and how far.
    limits : Limits or None
        Optional constraints.
    store : TrialStore or None
        Where an interrupted run of this very search has left its trials, and this one leaves its
        own; what is there is not simulated again.
    threads : int or None
        As in `tuner.simulation.run.simulate`.
    progress : callable or None
        Called with the number of candidate-ticks done since the last call.

    Returns
    -------
    SearchResult
        No bit of its columns depends on threads or progress, or on whether it was interrupted and
        resumed. `complete` is False where Ctrl-C ended it: the front so far.

    Raises
    ------
    ConfigurationError
        For a lattice over the budget of ``exact``, or one without a candidate.
    SimulationError
        When shapes and scenario have different ticks.
    KeyboardInterrupt
        When nothing had run yet.
    """
    started = time.perf_counter()
    settings, limits = settings or SearchSettings(), limits or Limits()
    lattice = lattice_of(space, scenario)

    def evaluator_of(
        lattice: Lattice, known: Trials | None, kind: type[Evaluator] = Evaluator
    ) -> Evaluator:
        return kind(lattice, shapes, limits=limits, known=known, threads=threads, progress=progress)

    known = None if store is None else store.load()
    evaluator = evaluator_of(lattice, known, Screen if settings.best_only else Evaluator)
    chosen = choose(lattice, settings, n_shapes=len(shapes))
    engine = chosen.engine
    if settings.study is not None and chosen.name != "exact":
        from tuner.search.study_run import keep_search

        engine = keep_search(
            engine, evaluator, place=settings.study, name=chosen.name, seed=settings.seed
        )
    complete = drive(engine, evaluator, store=store)
    trials, kernel_seconds = evaluator.trials(), evaluator.kernel_seconds
    best_only = settings.best_only and len(trials) > 0
    if complete and settings.best_only and not best_only:
        chosen = choose(lattice, settings, n_shapes=len(shapes))
        evaluator = evaluator_of(lattice, None)
        complete = drive(chosen.engine, evaluator)
        trials = evaluator.trials()
        kernel_seconds += evaluator.kernel_seconds
    notes = search_notes(chosen, lattice, n_tried=len(trials), complete=complete)
    if best_only:
        notes.append(best_only_note(len(trials), scenario))
    if settings.refine and complete:
        coarse, lattice = lattice, lattice_of(fine_space(space), scenario)
        trials = carried_over(trials, coarse=coarse, fine=lattice)
        evaluator = evaluator_of(lattice, trials)
        evaluator.keep(trials)
        complete = drive(refine(evaluator, trials, trials=settings.trials), evaluator)
        trials = evaluator.trials()
        kernel_seconds += evaluator.kernel_seconds
    return SearchResult(
        engine=chosen.name,
        complete=complete,
        answers_up_to_percent=scenario.limit_percent if best_only else None,
        notes=tuple(notes),
        model_version=MODEL_VERSION,
        space=lattice.space,
        scenario=scenario,
        limits=limits,
        budget=settings.budget,
        n_candidates=len(trials),
        left_out=chosen.left_out,
        shape_names=shapes.names,
        weight=shapes.weight,
        n_minutes=shapes.n_minutes,
        seconds=time.perf_counter() - started,
        kernel_seconds=kernel_seconds,
        candidate=trials.candidate,
        peak_cpu_percent=trials.peak_cpu_percent,
        totals=trials.totals,
    )


def planned_candidates(space: Space, scenario: Scenario, settings: SearchSettings) -> int:
    """Say how many candidates a search will run: exactly where it enumerates, else at most.

    Parameters
    ----------
    space, scenario, settings
        As in `search`; what a refinement adds is not counted.
    """
    if not settings.enumerates(space.n_lattice):
        return settings.trials
    check_budget(space, budget=settings.budget)
    return len(find_candidates(lattice_of(space, scenario)).index)


def search_exact(
    space: Space,
    scenario: Scenario,
    shapes: TrafficShapes,
    *,
    limits: Limits | None = None,
    budget: int = DEFAULT_BUDGET,
    chunk: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> SearchResult:
    """Simulate every candidate of a space on every shape: `search` with the exact engine.

    Parameters
    ----------
    space, scenario, shapes, limits, threads, progress
        As in `search`.
    budget : int
        Points of the lattice that may be enumerated.
    chunk : int or None
        As in `SearchSettings`.

    Returns
    -------
    SearchResult

    Raises
    ------
    ConfigurationError
        For a lattice over the budget, one without a candidate, or a chunk below 1.
    SimulationError
        When shapes and scenario have different ticks.
    """
    settings = SearchSettings(engine="exact", budget=budget, chunk=chunk)
    return search(
        space,
        scenario,
        shapes,
        settings=settings,
        limits=limits,
        threads=threads,
        progress=progress,
    )


def choose(lattice: Lattice, settings: SearchSettings, *, n_shapes: int) -> ChosenEngine:
    """Choose the engine of a search.

    Parameters
    ----------
    lattice : Lattice
        What is searched.
    settings : SearchSettings
        What was asked for.
    n_shapes : int
        Shapes that each candidate runs on.

    Raises
    ------
    ConfigurationError
        For a lattice over the budget of ``exact``, one without a candidate, or a sampler whose
        packages are not installed.

    Notes
    -----
    Optuna's own samplers run in memory, trial by trial. The generations of ``evolve`` need no
    trials to be drawn: they go into a study in bulk, where one is kept (`tuner.search.study_run`).
    """
    name, sampler, seed = settings.engine, settings.sampler, settings.own_seed
    if name == "auto":
        name, sampler = "optuna", "evolve"
    if settings.best_only or settings.enumerates(lattice.space.n_lattice):
        check_budget(lattice.space, budget=settings.budget)
        found = find_candidates(lattice)
        engine = enumerate_candidates(lattice, found, n_shapes=n_shapes, chunk=settings.chunk)
        return ChosenEngine("exact", engine, found.left_out)
    if name == "optuna" and sampler != "evolve":
        from tuner.search.optuna_engine import ask_and_tell, trials_within_cap

        trials, note = trials_within_cap(sampler, settings.trials)
        engine = ask_and_tell(lattice, sampler=sampler, seed=seed, trials=trials)
        return ChosenEngine(f"optuna ({sampler})", engine, {}, note)
    engine = evolve(lattice, seed=seed, trials=settings.trials)
    return ChosenEngine(f"optuna ({sampler})" if name == "optuna" else name, engine, {})


def search_notes(
    chosen: ChosenEngine, lattice: Lattice, *, n_tried: int, complete: bool
) -> list[str]:
    """Say what a reader should know of how a lattice was searched.

    Parameters
    ----------
    chosen : ChosenEngine
        What searched it.
    lattice : Lattice
        The space as given.
    n_tried : int
        Candidates that ran.
    complete : bool
        Whether the engine came to its end.
    """
    notes = [chosen.note] if chosen.note else []
    if chosen.name != "exact":
        notes.append(
            f"{n_tried:,} of the lattice's {lattice.space.n_lattice:,} points were tried: the "
            "front is the best that was found, and no proof that there is no better."
        )
    if not complete:
        notes.append(f"The search was interrupted after {n_tried:,} candidates: the front so far.")
    return notes


def best_only_note(n_kept: int, scenario: Scenario) -> str:
    """Say what a search with `SearchSettings.best_only` does not know."""
    limit = f"{scenario.limit_percent:g} %"
    return (
        f"Candidates were left at the first shape that took them over {limit}: what is listed is "
        f"the {n_kept:,} that stayed under it on every shape."
    )


def drive(engine: Engine, evaluator: Evaluator, *, store: TrialStore | None = None) -> bool:
    """Ask an engine, simulate, tell it, until it has nothing more to ask.

    Parameters
    ----------
    engine : Engine
        Asks and is told.
    evaluator : Evaluator
        Simulates, and keeps what has run.
    store : TrialStore or None
        Is given everything that has run: every few seconds, and at an interruption.

    Returns
    -------
    bool
        Whether the engine came to its end; False where Ctrl-C ended it.

    Raises
    ------
    KeyboardInterrupt
        When nothing had run yet.
    """
    said = time.monotonic()
    try:
        asked = next(engine)
        while True:
            scores = evaluator.evaluate(evaluator.lattice.index(asked))
            if store is not None and time.monotonic() - said > STORE_SECONDS:
                store.save(evaluator.trials())
                said = time.monotonic()
            asked = engine.send(scores)
    except StopIteration:
        return True
    except KeyboardInterrupt:
        engine.close()
        if not len(evaluator.trials()):
            raise
        if store is not None:
            store.save(evaluator.trials())
        return False
