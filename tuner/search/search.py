"""A search from its space to its result: choose the engine, drive it, refine, keep everything.

1. Choose: ``auto`` is exact where the lattice is within the budget, else Optuna with ``evolve``.
2. Drive: ask the engine, simulate, tell it; an interruption keeps what has run.
3. Refine, where asked: climb from the front on the lattice at full resolution.
"""

from __future__ import annotations

import time
from typing import Any, Protocol

from tuner.scenario import Scenario
from tuner.search.candidates import check_budget, find_candidates
from tuner.search.choose import best_only_note, choose, search_notes
from tuner.search.engine import Engine
from tuner.search.evaluate import Evaluator
from tuner.search.lattice import Lattice, lattice_of
from tuner.search.limits import Limits
from tuner.search.refine import carried_over, fine_space, refine
from tuner.search.result import SearchResult
from tuner.search.screen import Screen
from tuner.search.settings import DEFAULT_BUDGET, SearchSettings
from tuner.search.space import Space
from tuner.search.spread import Spread, Workers, who_simulates
from tuner.search.trials import IN_MEMORY_BYTES, Trials
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
        """Save trials that ran since the last call, beside those saved before."""


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
        Called with the number of candidate-ticks done since the last call; with all of them below
        0 where nothing stays under the limit of `SearchSettings.best_only`, and all begin anew.

    Returns
    -------
    SearchResult
        No bit of its columns depends on threads, progress or workers, or on whether it was
        interrupted and resumed. `complete` is False where Ctrl-C ended it: the front so far.

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
    workers, chunk = who_simulates(space, shapes, settings)

    def evaluator_of(
        lattice: Lattice,
        known: Trials | None,
        *,
        best_only: bool = False,
        workers: Workers | None = None,
    ) -> Evaluator:
        options: dict[str, Any] = {"limits": limits, "known": known, "progress": progress}
        if workers is not None:
            return Spread(lattice, shapes, workers=workers, best_only=best_only, **options)
        kind = Screen if best_only else Evaluator
        return kind(lattice, shapes, threads=threads, **options)

    known = None if store is None else store.load()
    evaluator = evaluator_of(lattice, known, best_only=settings.best_only, workers=workers)
    chosen = choose(lattice, settings, chunk=chunk)
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
        if progress is not None:
            progress(-len(find_candidates(lattice)) * shapes.rpm.size)
        chosen = choose(lattice, settings, chunk=chunk)
        evaluator = evaluator_of(lattice, None, workers=workers)
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
    return len(find_candidates(lattice_of(space, scenario)))


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


def drive(engine: Engine, evaluator: Evaluator, *, store: TrialStore | None = None) -> bool:
    """Ask an engine, simulate, tell it, until it has nothing more to ask.

    Parameters
    ----------
    engine : Engine
        Asks and is told.
    evaluator : Evaluator
        Simulates, and keeps what has run.
    store : TrialStore or None
        Is given what has run, every few seconds and at an interruption.

    Returns
    -------
    bool
        Whether the engine came to its end; False where Ctrl-C ended it.

    Raises
    ------
    KeyboardInterrupt
        When nothing had run yet.
    """
    if store is not None:
        evaluator.keep_unsaved()
    if isinstance(evaluator, Spread):
        engine = evaluator.ahead(engine)
    said = time.monotonic()
    try:
        asked = next(engine)
        while True:
            scores = evaluator.evaluate(evaluator.lattice.index(asked))
            is_time = time.monotonic() - said > STORE_SECONDS
            if store is not None and (is_time or evaluator.unsaved_bytes > IN_MEMORY_BYTES):
                _save(evaluator, store)
                said = time.monotonic()
            asked = engine.send(scores)
    except StopIteration:
        return True
    except KeyboardInterrupt:
        engine.close()
        if not len(evaluator):
            raise
        if store is not None:
            _save(evaluator, store)
        return False


def _save(evaluator: Evaluator, store: TrialStore) -> None:
    """Save what is unsaved; if it is interrupted, the same part is saved once more."""
    store.save(evaluator.unsaved())
    evaluator.saved()
