"""What is in a storage of studies: its studies, and the trials of one as flat rows.

A journal or a database that is not there is not made.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna
from optuna.storages import BaseStorage
from optuna.trial import TrialState

from tuner.errors import ConfigurationError, MissingFileError, Problem
from tuner.search.optuna_engine import quiet_optuna
from tuner.search.study import ABOUT
from tuner.search.study_storage import Place, open_storage


def list_studies(place: Place) -> list[dict[str, Any]]:
    """List the studies of a storage.

    Parameters
    ----------
    place : Place
        As in `tuner.search.study_storage.open_storage`.

    Returns
    -------
    list of dict
        For each: ``study``, ``trials``, ``directions``, and of those that cliffside made
        ``engine``, ``seed`` and ``model_version`` (None for others).

    Raises
    ------
    MissingFileError
        When there is no such file.
    ResultFileError, StoreError
        When it cannot be opened.
    """
    summaries = optuna.get_all_study_summaries(_existing_storage(place), include_best_trial=False)
    listed = []
    for summary in summaries:
        about = summary.user_attrs.get(ABOUT, {})
        listed.append(
            {
                "study": summary.study_name,
                "trials": summary.n_trials,
                "directions": [direction.name.lower() for direction in summary.directions],
                **{key: about.get(key) for key in ("engine", "seed", "model_version")},
            }
        )
    return listed


def study_rows(place: Place, name: str, *, best: bool = False) -> list[dict[str, Any]]:
    """Give a study's finished trials as flat rows, for JSON and CSV.

    Parameters
    ----------
    place : Place
        As in `tuner.search.study_storage.open_storage`.
    name : str
        Name of the study.
    best : bool
        Whether only the best trials are given.

    Returns
    -------
    list of dict
        ``trial`` (number), ``best``, ``feasible``, the values by their metric name, the scaled
        excesses, every parameter and every user attribute.

    Raises
    ------
    ConfigurationError
        When there is no such study, with the names of those that there are.
    MissingFileError
        When there is no such file.
    """
    storage = _existing_storage(place)
    try:
        study = optuna.load_study(storage=storage, study_name=name)
    except KeyError as error:
        names = ", ".join(repr(each) for each in optuna.get_all_study_names(storage))
        raise ConfigurationError(
            Problem(
                f"one of {names or 'no studies'}", repr(name), "study", "Name one that is there."
            )
        ) from error
    with quiet_optuna():
        metrics = study.metric_names or [f"value[{m}]" for m in range(len(study.directions))]
    chosen = {trial.number for trial in study.best_trials}
    return [
        {
            "trial": trial.number,
            "best": trial.number in chosen,
            "feasible": all(excess <= 0.0 for excess in trial.constraints.values()),
            **dict(zip(metrics, trial.values, strict=True)),
            **{f"scaled_excess[{key}]": excess for key, excess in trial.constraints.items()},
            **trial.params,
            **trial.user_attrs,
        }
        for trial in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        if not best or trial.number in chosen
    ]


def _existing_storage(place: Place) -> BaseStorage:
    """Open a storage that is there; Optuna would make a file that is not."""
    file = None
    if isinstance(place, Path) or (isinstance(place, str) and "://" not in place):
        file = Path(place)
    elif isinstance(place, str) and place.startswith("sqlite:///"):
        file = Path(place.removeprefix("sqlite:///"))
    if file is not None and not file.is_file():
        raise MissingFileError(
            Problem("a journal or database of studies", "no such file", str(file), "Name another.")
        )
    return open_storage(place)
