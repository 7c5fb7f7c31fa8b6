"""How a search is run; without the simulator, so that a config file is read fast."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from tuner.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

    from tuner.search.spread import Workers

EngineName = Literal["auto", "exact", "evolve", "optuna"]
SamplerName = Literal["evolve", "nsga2", "nsga3", "tpe", "qmc", "random", "gp"]

FamilyName = Literal["simple", "step", "target", "mixed"]
"""Kinds of plans that a job may search, as a person writes them."""

DEFAULT_BUDGET = 2_000_000
"""Points of a lattice that an exact search enumerates unless told otherwise."""

DEFAULT_TRIALS = 20_000
"""Candidates that a search of a larger lattice tries unless told otherwise."""

STUDY_NAME = "search"
"""Name of the study that a search keeps its trials in unless told otherwise."""


@dataclass(frozen=True, slots=True)
class StudyPlace:
    """Where a search keeps every trial as an Optuna study.

    Parameters
    ----------
    storage : str, Path, BaseStorage or None
        A journal file, the address of a database (``sqlite:///...``), an open storage; None:
        memory.
    name : str
        Name of the study.
    worker : int or None
        None: this search is alone on its study. Else its number among several, each with its own;
        a worker that starts again gives up the trials that it left running under its number.

    Raises
    ------
    ConfigurationError
        For a number below 0.
    """

    storage: str | Path | BaseStorage | None
    name: str = STUDY_NAME
    worker: int | None = None

    def __post_init__(self) -> None:
        """Refuse a number that cannot be."""
        if self.worker is not None and self.worker < 0:
            raise ConfigurationError(
                Problem("None or at least 0", str(self.worker), "worker", "Count from 0.")
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """Which engine searches, and how far.

    Parameters
    ----------
    engine : str
        ``exact``: every candidate. ``evolve``: generations and a local search. ``optuna``: Optuna
        with `sampler`. ``auto``: exact where the lattice is within `budget`, else Optuna with the
        ``evolve`` sampler.
    sampler : str
        Optuna's sampler.
    seed : int
        Of everything that is drawn, at least 0.
    budget : int
        Points of a lattice that may be enumerated, at least 1.
    trials : int
        Candidates that are tried where the lattice is not enumerated, at least 1.
    refine : bool
        Whether the neighbourhood of the front is searched at full resolution afterwards.
    best_only : bool
        Whether an exact search leaves a candidate at the first shape that takes it over the limit
        on peak CPU: what is chosen is the same, found sooner, and nothing is known of the others.
    chunk : int or None
        Candidates that the exact engine hands to the simulator at a time, at least 1; None: as
        many as keep a chunk's totals small. It changes no result.
    study : StudyPlace or None
        Where every trial is kept, so that the search resumes after a kill and several workers
        share it; None: nowhere. An exact search and the refinement keep none: to store a trial
        takes a hundred times as long as to simulate it.
    workers : Workers or None
        Who simulates the chunks of an enumeration that is larger than a task
        (`tuner.cluster.workers`); None: this process. It changes no result. What samples or refines
        stays in this process.

    Raises
    ------
    ConfigurationError
        For an unknown engine or sampler, or a number that is too small.
    """

    engine: EngineName = "auto"
    sampler: SamplerName = "evolve"
    seed: int = 0
    budget: int = DEFAULT_BUDGET
    trials: int = DEFAULT_TRIALS
    refine: bool = False
    best_only: bool = False
    chunk: int | None = None
    study: StudyPlace | None = None
    workers: Workers | None = field(default=None, compare=False, repr=False)

    @property
    def own_seed(self) -> int:
        """The seed of this worker: workers of one seed would ask for the same points."""
        return self.seed + ((self.study and self.study.worker) or 0)

    def enumerates(self, n_lattice: int) -> bool:
        """Tell whether a lattice of so many points is searched exactly."""
        return self.engine == "exact" or (self.engine == "auto" and n_lattice <= self.budget)

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        words = {"engine": EngineName, "sampler": SamplerName}
        least = {"seed": 0, "budget": 1, "trials": 1, "chunk": 1}
        problems = [
            Problem(
                f"one of {', '.join(get_args(allowed))}",
                repr(getattr(self, name)),
                name,
                "Use one of these.",
            )
            for name, allowed in words.items()
            if getattr(self, name) not in get_args(allowed)
        ]
        problems += [
            Problem(f"at least {low}", f"{getattr(self, name)}", name, "Raise it.")
            for name, low in least.items()
            if getattr(self, name) is not None and getattr(self, name) < low
        ]
        if self.best_only and (self.refine or self.engine not in ("auto", "exact")):
            problems.append(
                Problem(
                    "an exact search without refine",
                    f"engine {self.engine!r}, refine {str(self.refine).lower()}",
                    "best_only",
                    "Leave best_only out, or take the others out.",
                )
            )
        if problems:
            raise ConfigurationError(*problems)
