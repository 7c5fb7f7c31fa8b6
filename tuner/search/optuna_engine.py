"""Optuna as an engine: its samplers asked for a generation at a time, in memory.

1. Ask: a fresh sampler, seeded by (seed, generation), draws a generation, one trial after another.
2. Yield: the candidates of the generation that are new, as one matrix.
3. Tell: costs and scaled excesses. A repeated point is answered from what is known; a point that is
   no candidate is told as infeasible with the worst costs so far. Neither reaches the simulator.

A point that is no candidate is not moved to a near one: the sampler would learn that it is as good
as its neighbour. It counts as a trial all the same.

Notation
--------
B trial of a generation, D active dimension of the lattice. Positions are int64 ``[B, D]``.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.exceptions import ExperimentalWarning

from tuner.errors import ConfigurationError, Problem
from tuner.search.candidates import find_candidates
from tuner.search.engine import Engine, Sieve
from tuner.search.evolve import SMALL
from tuner.search.lattice import Lattice
from tuner.search.objectives import Scores
from tuner.search.optuna_space import coding_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

DIRECTIONS: tuple[Literal["maximize"], Literal["minimize"]] = ("maximize", "minimize")
"""Of mean CPU percent and host-minutes; `Scores.objectives` holds the first one negated."""

SIGNS = (-1.0, 1.0)
"""What turns a cost into Optuna's value, and back."""

NOT_A_CANDIDATE = 10.0
"""Scaled excess of a point that is no candidate: like a peak 1,000 points over the limit."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A sampler of Optuna's, and how it is used.

    Parameters
    ----------
    make : callable
        Makes it from a seed.
    generation : int
        Trials that are asked for at a time. NSGA's is its population: a batch beyond it would be
        bred from nothing. GP's is small because every trial costs it a third of a second.
    cap : int or None
        Trials beyond which the sampler is too slow to be of use.
    needs : tuple of str
        Packages beside Optuna that it imports.
    """

    make: Callable[[int], optuna.samplers.BaseSampler]
    generation: int
    cap: int | None = None
    needs: tuple[str, ...] = ()


KINDS = {
    "random": Kind(lambda seed: optuna.samplers.RandomSampler(seed=seed), 1_000),
    "qmc": Kind(
        lambda seed: optuna.samplers.QMCSampler(
            scramble=True, seed=seed, warn_independent_sampling=False
        ),
        200,
        cap=10_000,
        needs=("scipy",),
    ),
    "nsga2": Kind(
        lambda seed: optuna.samplers.NSGAIISampler(population_size=50, seed=seed), 50, cap=10_000
    ),
    "nsga3": Kind(
        lambda seed: optuna.samplers.NSGAIIISampler(population_size=50, seed=seed), 50, cap=10_000
    ),
    "tpe": Kind(lambda seed: optuna.samplers.TPESampler(seed=seed), 50, cap=1_000),
    "gp": Kind(
        lambda seed: optuna.samplers.GPSampler(seed=seed), 10, cap=150, needs=("scipy", "torch")
    ),
}
"""Samplers by name.

NSGA and QMC look through all earlier trials for each new one; TPE and GP fit models to them. At its
cap a sampler takes longer for one trial than the simulator for a thousand candidates; what a trial
costs on the way there stands in the table of `python -m benchmarks.engines`.
"""


def trials_within_cap(sampler: str, trials: int) -> tuple[int, str]:
    """Give the trials that a sampler is allowed, and why these are fewer than asked for.

    Parameters
    ----------
    sampler : str
        Name of a sampler.
    trials : int
        Trials asked for.

    Returns
    -------
    int, str
        The sentence is empty where all are allowed.

    Examples
    --------
    >>> trials_within_cap("gp", 20_000)[0], trials_within_cap("random", 20_000)
    (150, (20000, ''))
    """
    kind = KINDS.get(sampler)
    if kind is None or kind.cap is None or trials <= kind.cap:
        return trials, ""
    return kind.cap, (
        f"Optuna's {sampler} sampler is held to {kind.cap:,} of the {trials:,} trials: its time per"
        " trial grows with their number. The evolve sampler takes them all."
    )


def ask_and_tell(lattice: Lattice, *, sampler: str, seed: int = 0, trials: int) -> Engine:
    """Search a lattice with one of Optuna's samplers.

    Parameters
    ----------
    lattice : Lattice
        What to search.
    sampler : str
        One of `KINDS`.
    seed : int
        Seeds every generation together with its number; QMC's sequence by itself.
    trials : int
        Optuna trials at most, repeated points and points that are no candidates among them; held
        to the sampler's cap.

    Yields
    ------
    int64 [B, D]
        The new candidates of a generation.

    Raises
    ------
    ConfigurationError
        For an unknown sampler, or one whose packages are not installed; for a small lattice
        without a candidate.
    """
    kind = check_sampler(sampler)
    trials, _ = trials_within_cap(sampler, trials)
    return _generations(lattice, kind, seed=seed, trials=trials, keeps_seed=sampler == "qmc")


def check_sampler(sampler: str) -> Kind:
    """Give the sampler of a name, ready to be made.

    Raises
    ------
    ConfigurationError
        For an unknown name, or a package that is missing.
    """
    if sampler not in KINDS:
        known = ", ".join([*KINDS, "evolve"])
        raise ConfigurationError(
            Problem(f"one of {known}", repr(sampler), "sampler", "Use one of these.")
        )
    missing = [name for name in KINDS[sampler].needs if importlib.util.find_spec(name) is None]
    if missing:
        packages = " and ".join(missing)
        raise ConfigurationError(
            Problem(
                f"the package {packages}, which Optuna's {sampler} sampler needs",
                "it is not installed",
                "sampler",
                f"Run `pip install {' '.join(missing)}`, or take another sampler.",
            )
        )
    return KINDS[sampler]


@contextmanager
def quiet_optuna() -> Iterator[None]:
    """Keep Optuna from telling about each study, and from warning of what it calls experimental."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)


def _generations(
    lattice: Lattice, kind: Kind, *, seed: int, trials: int, keeps_seed: bool
) -> Engine:
    """Ask, yield what is new, tell, generation by generation."""
    n_candidates = trials
    if lattice.space.n_lattice <= SMALL:
        n_candidates = len(find_candidates(lattice))
    with quiet_optuna():
        study = optuna.create_study(directions=DIRECTIONS, sampler=kind.make(seed))
    coding, sieve, answers = coding_of(lattice), Sieve(lattice), Answers()
    distributions = coding.distributions
    size = kind.generation if lattice.active else 1
    for generation, begin in enumerate(range(0, trials, size)):
        with quiet_optuna():
            study.sampler = kind.make(seed if keeps_seed else _seed(seed, generation))
        asked = [study.ask(distributions) for _ in range(min(size, trials - begin))]
        positions = coding.positions([trial.params for trial in asked])
        index = np.where(sieve.keeps(positions), lattice.index(positions), -1)
        new = answers.unknown(index)
        if len(new):
            answers.add(index[new], (yield positions[new]))
        for trial, (values, excesses) in zip(asked, answers.of(index), strict=True):
            for name, excess in excesses.items():
                trial.set_constraint(name, excess)
            study.tell(trial, values)
        if len(answers) >= n_candidates:
            return


def _seed(seed: int, generation: int) -> int:
    """Make one number of a seed and a generation's number."""
    return int(np.random.SeedSequence((seed, generation)).generate_state(1)[0])


class Answers:
    """What every point asked for has scored, in Optuna's values and scaled excesses."""

    def __init__(self) -> None:
        self._row: dict[int, int] = {}
        self._values: list[list[float]] = []
        self._excesses: list[dict[str, float]] = []

    def __len__(self) -> int:
        """Count the points."""
        return len(self._row)

    def unknown(self, index: IntArray) -> IntArray:
        """Find the first row of each candidate ``[B]`` that has no answer; -1 is no candidate."""
        first = np.sort(np.unique(index, return_index=True)[1])
        wanted = [k for k in first.tolist() if index[k] >= 0 and int(index[k]) not in self._row]
        return np.array(wanted, dtype=np.int64)

    def add(self, index: IntArray, scores: Scores) -> None:
        """Take in the scores of candidates ``[B]``."""
        for point, values, excesses in zip(
            index.tolist(), values_of(scores), scaled_excesses(scores), strict=True
        ):
            self._row[point] = len(self._values)
            self._values.append(values)
            self._excesses.append(dict(zip(scores.constraint_names, excesses, strict=True)))

    def of(self, index: IntArray) -> list[tuple[list[float], dict[str, float]]]:
        """Answer points ``[B]``: values, and scaled excesses by name."""
        rows = [self._row.get(point, -1) for point in index.tolist()]
        if min(rows, default=0) >= 0:
            return [(self._values[row], self._excesses[row]) for row in rows]
        known = np.array(self._values).reshape(-1, len(SIGNS))
        worst = [0.0, 0.0]
        if len(known):
            worst = [known[:, 0].min().item(), known[:, 1].max().item()]
        names = self._excesses[0] if self._excesses else {"peak_cpu_percent": 0.0}
        refused = (worst, dict.fromkeys(names, NOT_A_CANDIDATE))
        return [refused if row < 0 else (self._values[row], self._excesses[row]) for row in rows]


def values_of(scores: Scores) -> list[list[float]]:
    """Give Optuna's values of candidates ``[B]``, in the order of `DIRECTIONS`."""
    values: list[Any] = (scores.objectives * SIGNS).tolist()
    return values


def scaled_excesses(scores: Scores) -> list[list[float]]:
    """Give the excesses of candidates ``[B]`` on one scale, so that none rules by its unit."""
    excesses: list[Any] = (scores.constraints / scores.constraint_scales).tolist()
    return excesses
