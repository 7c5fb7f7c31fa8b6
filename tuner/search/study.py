"""What a study is of: it is opened only for the search that it was made for.

A study's user attributes say which space, scenario, shapes and limits its trials ran with, on which
version of the model, and how they were chosen. Trials of anything else would lie on its front as if
they were comparable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import optuna
from optuna.storages import BaseStorage
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState, create_trial

from tuner.errors import ConfigurationError, Problem
from tuner.scenario import Scenario
from tuner.search.lattice import Lattice
from tuner.search.limits import Limits
from tuner.search.objectives import Scores
from tuner.search.optuna_engine import DIRECTIONS, quiet_optuna, scaled_excesses, values_of
from tuner.search.optuna_space import Coding
from tuner.search.space import Space
from tuner.traffic.shapes import TrafficShapes

METRIC_NAMES = ("mean_cpu_percent", "host_minutes")
ABOUT = "cliffside"
"""User attribute of a study that holds its `About`."""

CANDIDATE = "candidate"
WORKER = "worker"
"""User attributes of a trial: its lattice index, and who ran it."""

ANOTHER = "Give the study another name, or its search another storage."
"""What to do about a study that is not this search's."""

OLD_CONSTRAINTS = "constraints"
"""System attribute with a list of excesses: the form before Optuna 5, and the only one that
optuna-dashboard 0.21 reads; Optuna 5 reads it as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a study's trials ran with.

    Parameters
    ----------
    space, scenario, shapes, limits : str
        Fingerprints.
    model_version : str
        Version of docs/model.md.
    engine : str
        How candidates are chosen.
    seed : int
        Of the search.
    """

    space: str
    scenario: str
    shapes: str
    limits: str
    model_version: str
    engine: str
    seed: int

    def as_json(self) -> dict[str, Any]:
        """Give the attributes by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def about_of(
    space: Space,
    scenario: Scenario,
    *,
    shapes: str,
    limits: Limits,
    engine: str,
    seed: int,
    model_version: str,
) -> About:
    """Say what a study's trials run with.

    Parameters
    ----------
    space, scenario, limits : Space, Scenario, Limits
        What is searched, within what, under which optional constraints.
    shapes : str
        From `shapes_fingerprint`.
    engine, seed, model_version
        As in `About`.
    """
    return About(
        space=fingerprint(repr(space)),
        scenario=fingerprint(repr(scenario)),
        shapes=shapes,
        limits=fingerprint(repr(limits)),
        model_version=model_version,
        engine=engine,
        seed=seed,
    )


def fingerprint(*parts: str | bytes) -> str:
    """Give the first 16 hex digits of a SHA-256 over parts.

    Examples
    --------
    >>> fingerprint("a", b"b")
    'fb8e20fc2e4c3f24'
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
    return digest.hexdigest()[:16]


def shapes_fingerprint(shapes: TrafficShapes) -> str:
    """Give the fingerprint of loads, weights, names and tick."""
    arrays = [
        np.ascontiguousarray(a).tobytes() for a in (shapes.rpm, shapes.offsets, shapes.weight)
    ]
    return fingerprint(*arrays, repr((shapes.names, shapes.tick_seconds)))


def open_study(storage: BaseStorage, name: str, about: About) -> Study:
    """Open a search's study, or make it; an empty one that nobody claims is taken over.

    Parameters
    ----------
    storage : BaseStorage
        From `tuner.search.study_storage.open_storage`.
    name : str
        Name of the study.
    about : About
        What its trials must have run with.

    Raises
    ------
    ConfigurationError
        For a study of other directions, or of anything else in `About`.
    """
    with quiet_optuna():
        study = optuna.create_study(
            storage=storage, study_name=name, directions=DIRECTIONS, load_if_exists=True
        )
        _check_directions(study, name)
        if ABOUT not in study.user_attrs and not study.get_trials(deepcopy=False):
            study.set_metric_names(list(METRIC_NAMES))
            study.set_user_attr(ABOUT, about.as_json())
    _check_about(study, name, about)
    return study


def _check_directions(study: Study, name: str) -> None:
    """Refuse a study of other objectives: Optuna itself opens it as if nothing were wrong."""
    directions = [direction.name.lower() for direction in study.directions]
    if directions != list(DIRECTIONS):
        raise ConfigurationError(
            Problem(
                f"directions {', '.join(DIRECTIONS)} (of {', '.join(METRIC_NAMES)})",
                ", ".join(directions),
                f"study {name!r}",
                ANOTHER,
            )
        )


def _check_about(study: Study, name: str, about: About) -> None:
    """Refuse a study that was made for something else."""
    where = f"study {name!r}"
    stored: Mapping[str, Any] | None = study.user_attrs.get(ABOUT)
    if stored is None:
        raise ConfigurationError(
            Problem("a study that cliffside made", "one without its attributes", where, ANOTHER)
        )
    wanted = about.as_json()
    differ = [key for key in wanted if stored.get(key) != wanted[key]]
    if differ:
        listed = ", ".join(f"{key.replace('_', ' ')} {wanted[key]}" for key in differ)
        got = ", ".join(f"{stored.get(key)}" for key in differ)
        raise ConfigurationError(Problem(f"a study with the same {listed}", got, where, ANOTHER))


def finished_trials(
    coding: Coding,
    lattice: Lattice,
    scores: Scores,
    candidate: Any,
    *,
    attributes: list[dict[str, Any]],
) -> list[FrozenTrial]:
    """Make finished trials, with their constraints in the form that everything reads.

    Parameters
    ----------
    coding : Coding
        Of the lattice.
    lattice : Lattice
        Names the candidates.
    scores : Scores [B]
        What they score.
    candidate : int64 [B]
        Lattice indices.
    attributes : list of dict [B]
        Further user attributes, JSON only.
    """
    distributions = coding.distributions
    rows = zip(
        coding.params(lattice.positions(candidate)),
        values_of(scores),
        scaled_excesses(scores),
        candidate.tolist(),
        attributes,
        strict=True,
    )
    return [
        create_trial(
            state=TrialState.COMPLETE,
            params=params,
            distributions=distributions,
            values=values,
            user_attrs={CANDIDATE: index, **more},
            system_attrs={OLD_CONSTRAINTS: excesses},
        )
        for params, values, excesses, index, more in rows
    ]
