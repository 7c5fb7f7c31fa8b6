"""Which engine searches, and what a reader should know of how it did."""

from __future__ import annotations

from dataclasses import dataclass

from tuner.scenario import Scenario
from tuner.search.candidates import check_budget, find_candidates
from tuner.search.engine import Engine
from tuner.search.evolve import evolve
from tuner.search.exact import enumerate_candidates
from tuner.search.lattice import Lattice
from tuner.search.settings import SearchSettings


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


def choose(lattice: Lattice, settings: SearchSettings, *, chunk: int) -> ChosenEngine:
    """Choose the engine of a search.

    Parameters
    ----------
    lattice : Lattice
        What is searched.
    settings : SearchSettings
        What was asked for.
    chunk : int
        Candidates that the exact engine asks for at a time, unless the settings say.

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
        engine = enumerate_candidates(lattice, found, chunk=settings.chunk or chunk)
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
