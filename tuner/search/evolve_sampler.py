"""Evolve as an Optuna sampler: for a study that is run with `study.optimize` or ask and tell.

It hands out the generations of `tuner.search.evolve` row by row, and draws the next one when all
rows have been told. It builds on `BaseSampler`: the bookkeeping of Optuna's own genetic samplers
looks through all trials for every new one.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, RandomSampler
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from tuner.search.engine import Engine
from tuner.search.evolve import evolve
from tuner.search.lattice import Lattice
from tuner.search.objectives import Scores
from tuner.search.optuna_engine import SIGNS
from tuner.search.optuna_space import coding_of
from tuner.search.settings import DEFAULT_TRIALS

IntArray = NDArray[np.int64]

NAMES = ("mean_cpu_percent", "host_minutes")


class EvolveSampler(BaseSampler):
    """Draws the generations of evolve for a study of mean CPU (maximize) and host-minutes.

    Parameters
    ----------
    lattice : Lattice
        What to search; its parameters are those of `tuner.search.optuna_space.coding_of`.
    seed : int
        As in `evolve`.
    trials : int
        As in `evolve`. Once they are used up, and for a trial that is asked for before the
        generation in hand was told, a random point is drawn, candidate or not.

    Notes
    -----
    Constraints are read from `trial.set_constraint`, on one scale. A trial that fails counts as
    the worst. A resumed study starts a new search: to resume a search, use the engine.
    """

    def __init__(self, lattice: Lattice, *, seed: int = 0, trials: int = DEFAULT_TRIALS) -> None:
        self._coding = coding_of(lattice)
        self._random = RandomSampler(seed=seed)
        self._lock = threading.Lock()
        self._engine: Engine = evolve(lattice, seed=seed, trials=trials)
        self._begin(next(self._engine, None))

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Give all parameters of the lattice, whatever the study holds."""
        return self._coding.distributions

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Give the next row of the generation, nothing where all rows are handed out.

        Parameters
        ----------
        study, trial, search_space
            Optuna's; only the trial's number is read.
        """
        with self._lock:
            row = len(self._row_of)
            if row == len(self._rows):
                return {}
            self._row_of[trial.number] = row
            return self._rows[row]

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """Draw at random.

        Parameters
        ----------
        study, trial, param_name, param_distribution
            Optuna's.
        """
        return self._random.sample_independent(study, trial, param_name, param_distribution)

    def after_trial(
        self, study: Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None
    ) -> None:
        """Take in what a row yields; with the last one, draw the next generation.

        Parameters
        ----------
        study, trial, state, values
            Optuna's; a trial that was drawn at random is not looked at.
        """
        with self._lock:
            row = self._row_of.get(trial.number)
            if row is None:
                return
            excesses = list(trial.constraints.values())
            if state != TrialState.COMPLETE or values is None:
                values, excesses = [0.0, 0.0], [np.inf]
            self._told[row] = (list(values), excesses)
            if len(self._told) == len(self._rows):
                self._next()

    def _next(self) -> None:
        """Tell the engine its generation, and ask for the next one."""
        told = [self._told[row] for row in range(len(self._rows))]
        n_constraints = max(1, *(len(excesses) for _, excesses in told))
        padded = [(each + n_constraints * [0.0])[:n_constraints] for _, each in told]
        scores = Scores(
            np.array([values for values, _ in told]) * SIGNS,
            np.array(padded),
            NAMES,
            tuple(f"constraint {g}" for g in range(n_constraints)),
            n_constraints * (1.0,),
        )
        try:
            self._begin(self._engine.send(scores))
        except StopIteration:
            self._begin(None)

    def _begin(self, positions: IntArray | None) -> None:
        """Make a generation ready to be handed out; None ends the search."""
        self._rows = [] if positions is None else self._coding.params(positions)
        self._row_of: dict[int, int] = {}
        self._told: dict[int, tuple[list[float], list[float]]] = {}
