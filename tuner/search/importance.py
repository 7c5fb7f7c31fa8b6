"""Which knobs decide whether a candidate is among the best.

Notation
--------
C candidate.
"""

from __future__ import annotations

import warnings

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import create_trial

from tuner.search.lattice import lattice_of
from tuner.search.objectives import Scores
from tuner.search.optuna_engine import quiet_optuna
from tuner.search.optuna_space import coding_of
from tuner.search.result import SearchResult

FloatArray = NDArray[np.float64]

IMPORTANCE_SAMPLE = 2_000
"""Trials that the importance of parameters is computed from."""


def parameter_importances(result: SearchResult, *, seed: int = 0) -> dict[str, float]:
    """Say how much each knob decides whether a candidate is among the best tenth.

    Parameters
    ----------
    result : SearchResult
        Of any engine; of an exact one the figures describe the space, else the trials.
    seed : int
        Of the sample of `IMPORTANCE_SAMPLE` trials.

    Returns
    -------
    dict of str to float
        By name of the dimension, the most important first; they add up to 1, or are all 0 where
        nothing tells candidates apart. Empty where no knob has two values.

    Notes
    -----
    Source: S. Watanabe, A. Bansal and F. Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter
    Importance in Arbitrary Subspaces", IJCAI 2023. Candidates are ranked by mean CPU, behind them
    the infeasible ones by how far they are from feasible.
    """
    lattice = lattice_of(result.space, result.scenario)
    knobs = coding_of(lattice)
    dimensions = lattice.space.dimensions
    names = {knob.name: dimensions[d] for knob, d in zip(knobs.knobs, lattice.active, strict=True)}
    rows = np.random.default_rng(seed).permutation(result.n_candidates)[:IMPORTANCE_SAMPLE]
    cost = _one_cost(result.scores())[rows]
    if len(rows) < 2 or cost.min() == cost.max():
        return dict.fromkeys(names.values(), 0.0)
    params = knobs.params(lattice.positions(result.candidate[rows]))
    distributions = knobs.distributions
    with quiet_optuna(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        study = optuna.create_study(direction="minimize")
        study.add_trials(
            create_trial(value=value, params=each, distributions=distributions)
            for value, each in zip(cost.tolist(), params, strict=True)
        )
        found = get_param_importances(
            study, evaluator=PedAnovaImportanceEvaluator(), normalize=False
        )
    total = sum(found.values()) or 1.0
    return {names[name]: value / total for name, value in found.items()}


def _one_cost(scores: Scores) -> FloatArray:
    """Give one cost that ranks candidates ``[C]``: feasible before infeasible."""
    violation, mean = scores.violation, scores.objectives[:, 0]
    worst = mean[scores.feasible].max(initial=0.0) if scores.feasible.any() else 0.0
    return np.where(scores.feasible, mean, worst + 1.0 + violation)
