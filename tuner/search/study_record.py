"""The study of record: whatever engine ran, an Optuna study of what matters in its result.

It holds the fronts, the best candidates and a sample, 2,000 trials at most, which is what
optuna-dashboard draws in a few seconds; the Parquet file of everything is attached to it. It is for
reading: a search that resumes keeps its trials in `tuner.search.study_run`.

Notation
--------
C candidate, R candidate on record.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.artifacts import FileSystemArtifactStore, upload_artifact
from optuna.storages import BaseStorage
from optuna.study import Study

from tuner.errors import ConfigurationError, Problem
from tuner.search.lattice import lattice_of
from tuner.search.objectives import Scores
from tuner.search.optuna_engine import DIRECTIONS, quiet_optuna
from tuner.search.optuna_space import coding_of
from tuner.search.result import SearchResult
from tuner.search.study import (
    ABOUT,
    METRIC_NAMES,
    about_of,
    fingerprint,
    finished_trials,
    shapes_fingerprint,
)
from tuner.search.study_storage import Place, in_one_piece, open_storage
from tuner.traffic.shapes import TrafficShapes

IntArray = NDArray[np.int64]

RECORD = "record"
"""Name of a study of record, and its user attribute with the numbers of the search."""

LARGEST_RECORD = 2_000
"""Trials of a record. Optuna-dashboard takes 5 s to paint so many, and minutes for 50,000."""

ELITES = 100
"""Feasible candidates on record for each objective, the best first."""


def record_study(
    result: SearchResult,
    place: Place,
    *,
    seed: int,
    name: str = RECORD,
    shapes: TrafficShapes | None = None,
    parquet: Path | None = None,
    artifacts: Path | None = None,
) -> Study:
    """Write what matters in a result as an Optuna study.

    Parameters
    ----------
    result : SearchResult
        Of any engine.
    place : Place
        A journal file (such as ``study.journal``), the address of a database, or an open storage;
        None: in memory.
    seed : int
        Of the search; the sample is drawn with it.
    name : str
        Name of the study. An earlier record of this name is replaced.
    shapes : TrafficShapes or None
        What the result was simulated on, for its fingerprint.
    parquet : Path or None
        The file of all candidates, to be attached.
    artifacts : Path or None
        Folder of attached files; None: ``artifacts`` beside the Parquet file.

    Returns
    -------
    Study
        Its `best_trials` are the candidates of ``result.front()``. Every trial has the plan in
        words, all weighted totals and whether it is feasible as user attributes.

    Raises
    ------
    ConfigurationError
        When a study of this name is there that is no record.
    StoreError
        When the storage cannot be opened.

    Notes
    -----
    A feasible candidate that equals one of the front in both objectives is left out: Optuna would
    count it among the best trials, where the rule for ties has chosen another.
    """
    storage = open_storage(place)
    study = _empty_record(storage, name)
    scores, rows = result.scores(), rows_of_record(result, seed=seed)
    lattice, front = lattice_of(result.space, result.scenario), set(result.front().tolist())
    about = about_of(
        result.space,
        result.scenario,
        shapes=_shapes_fingerprint(result) if shapes is None else shapes_fingerprint(shapes),
        limits=result.limits,
        engine=result.engine,
        seed=seed,
        model_version=result.model_version,
    )
    feasible = scores.feasible
    attributes = [
        {
            "plan": lattice.plan(int(result.candidate[c])).describe(),
            **result.totals.of(c),
            "feasible": bool(feasible[c]),
            "on_front": c in front,
        }
        for c in rows.tolist()
    ]
    trials = finished_trials(
        coding_of(lattice),
        lattice,
        replace(scores, objectives=scores.objectives[rows], constraints=scores.constraints[rows]),
        result.candidate[rows],
        attributes=attributes,
    )
    with quiet_optuna(), in_one_piece(storage):
        study.set_metric_names(list(METRIC_NAMES))
        study.set_user_attr(ABOUT, about.as_json())
        study.set_user_attr(RECORD, _numbers(result, scores, n_recorded=len(rows)))
        study.add_trials(trials)
    if parquet is not None:
        folder = parquet.with_name("artifacts") if artifacts is None else artifacts
        folder.mkdir(parents=True, exist_ok=True)
        upload_artifact(
            artifact_store=FileSystemArtifactStore(str(folder)),
            file_path=str(parquet),
            study_or_trial=study,
        )
    return study


def rows_of_record(result: SearchResult, *, seed: int) -> IntArray:
    """Choose the candidates on record: fronts, elites and a sample.

    Parameters
    ----------
    result : SearchResult [C]
        Of any engine.
    seed : int
        Of the sample.

    Returns
    -------
    int64 [R]
        Rows of the result, rising, `LARGEST_RECORD` at most.
    """
    scores, front = result.scores(), result.front()
    costs, feasible = scores.objectives, scores.feasible
    on_front = {tuple(costs[c]) for c in front.tolist()}
    shadowed = np.zeros(len(costs), dtype=np.bool_)
    for first, second in on_front:
        shadowed |= feasible & (costs[:, 0] == first) & (costs[:, 1] == second)
    shadowed[front] = False
    drawn = np.random.default_rng(seed).permutation(len(costs))[: 2 * LARGEST_RECORD]
    order = np.concatenate([front, _elites(scores), result.cost_front(), drawn])
    order = order[~shadowed[order]]
    first_seen = np.sort(np.unique(order, return_index=True)[1])
    return np.sort(order[first_seen][:LARGEST_RECORD])


def _empty_record(storage: BaseStorage, name: str) -> Study:
    """Make the study, in place of an earlier record."""
    if name in optuna.get_all_study_names(storage):
        earlier = optuna.load_study(storage=storage, study_name=name)
        if RECORD not in earlier.user_attrs:
            raise ConfigurationError(
                Problem(
                    "a new study, or an earlier record to replace",
                    "a study that is no record",
                    f"study {name!r}",
                    "Give the record another name.",
                )
            )
        optuna.delete_study(study_name=name, storage=storage)
    with quiet_optuna():
        return optuna.create_study(storage=storage, study_name=name, directions=DIRECTIONS)


def _elites(scores: Scores) -> IntArray:
    """Find the best feasible candidates by each objective; without any, those nearest to it."""
    rows = np.flatnonzero(scores.feasible)
    if not len(rows):
        return np.argsort(scores.violation, kind="stable")[: 2 * ELITES]
    first, second = scores.objectives[rows].T
    orders = (np.lexsort((second, first)), np.lexsort((first, second)))
    return np.concatenate([rows[order[:ELITES]] for order in orders])


def _numbers(result: SearchResult, scores: Scores, *, n_recorded: int) -> dict[str, Any]:
    """Give the numbers of a search that a reader of its record asks for."""
    return {
        "n_candidates": result.n_candidates,
        "n_feasible": int(np.count_nonzero(scores.feasible)),
        "n_front": len(result.front()),
        "n_recorded": n_recorded,
        "complete": result.complete,
        "constraints": list(scores.constraint_names),
        "limit_percent": result.scenario.limit_percent,
    }


def _shapes_fingerprint(result: SearchResult) -> str:
    """Give a fingerprint of what a result knows of its shapes."""
    return fingerprint(repr((result.shape_names, result.weight.tolist(), result.n_minutes)))
