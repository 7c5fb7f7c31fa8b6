"""A finished job, read back from its folder and asked about another cliff.

`tune` writes every candidate with its totals and the peak of every run. Feasibility at any cliff
follows from these, so nothing is searched again; only the plans that are shown run once more.

Notation: C candidate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from tuner.config.digest import inputs_digest
from tuner.config.host import measure
from tuner.config.job import Job, scenario
from tuner.config.load import load_job
from tuner.config.shapes import read_traffic
from tuner.config.unseen_shapes import unseen_shapes
from tuner.decision.advise import advise
from tuner.decision.families import FamilyAnswer
from tuner.errors import ConfigurationError, Problem, ResultFileError
from tuner.scenario import Scenario
from tuner.search.lattice import lattice_of
from tuner.search.objectives import Weighted, weigh
from tuner.search.refine import fine_space
from tuner.search.result import SearchResult
from tuner.search.settings import FamilyName
from tuner.search.space import Space
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.simulation.run import simulate
from tuner.store.files import read_json, read_parquet
from tuner.store.manifest import MANIFEST, check_files, read_manifest
from tuner.traffic.shapes import TrafficShapes, frozen
from tuner.tune import Tuning, file_suffix, search_notes

FloatArray = NDArray[np.float64]

RUN_AGAIN = "Run tune again."


def read_run(directory: Path, *, config: Path | None = None) -> Tuning:
    """Read a finished job from the folder of its run, or one that has a copy of its files.

    Parameters
    ----------
    directory : Path
        Holds recommendation.json and trials.parquet, checked where it holds a manifest.
    config : Path or None
        The job's TOML file, where it has moved; None: where it was.

    Returns
    -------
    Tuning
        As `tune` gave it. Host and traffic are read again, from inputs that have not changed.

    Raises
    ------
    MissingFileError
        When a file of the folder, the config or one of its inputs is not there.
    ResultFileError
        When a file is damaged, is no result of `tune`, or is of another model version; when config
        or inputs have changed since; when a stored candidate yields something else today.
    """
    path = directory / "recommendation.json"
    if (directory / MANIFEST).exists():
        check_files(directory, read_manifest(directory), path.name)
    answer = read_json(path)
    facts, searches = _facts(answer, path)
    families = [search["family"] for search in searches]
    trials = {
        family: directory / f"trials{file_suffix(family, families)}.parquet" for family in families
    }
    if (directory / MANIFEST).exists():
        check_files(directory, read_manifest(directory), *(each.name for each in trials.values()))
    job = load_job(config or Path(facts["config"]), families=families)
    job = replace(job, seed=facts["seed"])
    digest = inputs_digest(job)
    if digest != facts["inputs_sha256"]:
        raise ResultFileError(
            Problem(
                f"the config and the inputs that {path} was made from",
                "others: their contents have changed",
                str(job.path),
                "Run tune again, or give the config of that time with --config.",
            )
        )
    host_fit, host = measure(job)
    shapes, notes = read_traffic(job)
    shared, unseen = scenario(job, host), unseen_shapes(job, shapes)
    answers = []
    for facts_of_search in searches:
        family = facts_of_search["family"]
        result = _result(trials[family], job, shared, shapes, facts_of_search)
        advice = advise(job, result, shapes, unseen=unseen)
        answers.append(FamilyAnswer(family=family, result=result, recommendation=advice))
        _check_a_run(answers[-1], trials[family])
    return Tuning(
        job=job,
        inputs_sha256=digest,
        host_fit=host_fit,
        scenario=shared,
        shapes=shapes,
        notes=(*job.warnings, *notes, *search_notes(answers)),
        answers=tuple(answers),
    )


def with_cliff(
    tuning: Tuning, *, cliff_percent: float | None = None, margin_percent: float | None = None
) -> Tuning:
    """Answer a finished job for another cliff or margin, from what is stored.

    Parameters
    ----------
    tuning : Tuning
        A finished job.
    cliff_percent, margin_percent : float or None
        CPU percent above which latency breaks, and the room below it; None: as it was.

    Returns
    -------
    Tuning
        Runs start as they did in the search, also where that start followed from the old cliff.
        Minutes over the cliff are of the new one; NaN for candidates that no answer shows.

    Raises
    ------
    ConfigurationError
        For a cliff or a margin that cannot be, and where minutes over the cliff are limited: what
        is stored counts them over the old one.
    """
    old = tuning.scenario
    cliff = old.host.cliff_percent if cliff_percent is None else cliff_percent
    margin = old.margin_percent if margin_percent is None else margin_percent
    if (cliff, margin) == (old.host.cliff_percent, old.margin_percent):
        return tuning
    moved = cliff != old.host.cliff_percent
    most_minutes = tuning.job.limits.max_minutes_over_cliff
    if moved and most_minutes is not None:
        raise ConfigurationError(
            Problem(
                "a job without a limit on minutes over the cliff",
                f"max_minutes_over_cliff {most_minutes:g}",
                "--cliff",
                "Those minutes are stored for the old cliff: run tune with the new one.",
            )
        )
    started = old.limit_percent if old.start_limit_percent is None else old.start_limit_percent
    new = replace(
        old,
        host=replace(old.host, cliff_percent=cliff),
        margin_percent=margin,
        start_limit_percent=started,
    )
    _check_stored(tuning, new)
    unseen = unseen_shapes(tuning.job, tuning.shapes)
    answers = []
    for answer in tuning.answers:
        result = replace(answer.result, scenario=new)
        if moved:
            minutes = _minutes_over_cliff(result, tuning.shapes)
            result = replace(result, totals=replace(result.totals, minutes_over_cliff=minutes))
        advice = advise(tuning.job, result, tuning.shapes, unseen=unseen)
        answers.append(replace(answer, result=result, recommendation=advice))
    return replace(
        tuning,
        scenario=new,
        notes=(*tuning.notes, _note(old, new)),
        answers=tuple(answers),
    )


def _check_stored(tuning: Tuning, new: Scenario) -> None:
    """Refuse a limit above that of a search that kept only the candidates under its own."""
    known = [answer.result.answers_up_to_percent for answer in tuning.answers]
    most = min((limit for limit in known if limit is not None), default=None)
    if most is not None and new.limit_percent > most:
        raise ConfigurationError(
            Problem(
                f"a limit of at most {most:g} %, that of a search with best_only",
                f"{new.limit_percent:g} %",
                "--cliff",
                "Candidates above it were not kept: run tune again, without best_only.",
            )
        )


def _note(old: Scenario, new: Scenario) -> str:
    """Say that an answer is for another limit than that of the search."""
    start = ""
    if old.group.initial_capacity is None:
        start = f"; runs start with the fewest hosts under {new.start_limit_percent:g} %"
    return (
        f"Answered from stored runs for a limit of {new.limit_percent:g} % peak CPU "
        f"in place of {old.limit_percent:g} %{start}."
    )


def _minutes_over_cliff(result: SearchResult, shapes: TrafficShapes) -> FloatArray:
    """Count minutes over the result's cliff, float64 [C], where an answer may show or rank them.

    Candidates that never pass the cliff have none. Those of the cost front, and those whose worst
    peak is the lowest, run again; the rest is NaN.
    """
    peak = result.worst_peak_cpu_percent
    cliff = result.scenario.host.cliff_percent
    minutes = np.full(result.n_candidates, np.nan)
    minutes[peak <= (np.inf if cliff is None else cliff)] = 0.0
    shown = np.union1d(result.cost_front(), np.flatnonzero(peak == peak.min()))
    rows = shown[np.isnan(minutes[shown])]
    if rows.size:
        lattice = lattice_of(result.space, result.scenario)
        policies = lattice.policies(result.candidate[rows])
        outcomes = simulate(policies, result.scenario, shapes)
        minutes[rows] = weigh(outcomes, shapes).minutes_over_cliff
    return frozen(minutes)


_FACTS = {"schema": str, "model_version": str, "job": dict, "families": list}
_JOB_FACTS = {"config": str, "inputs_sha256": str, "seed": int}
_SEARCH_FACTS = {
    "family": str,
    "engine": str,
    "complete": bool,
    "refined": bool,
    "search_notes": list,
    "left_out": dict,
    "seconds": float,
    "kernel_seconds": float,
}


def _facts(answer: Mapping[str, Any], path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Check what recommendation.json must say of its run; give the facts of job and searches."""
    _check_kinds(answer, _FACTS, path)
    _check_kinds(answer["job"], _JOB_FACTS, path)
    if not answer["families"]:
        raise ResultFileError(
            Problem("the search of a family", "none", f"{path}, key families", RUN_AGAIN)
        )
    for search in answer["families"]:
        _check_kinds(search, _SEARCH_FACTS, path)
    return dict(answer["job"]), [dict(search) for search in answer["families"]]


def _check_kinds(table: object, kinds: Mapping[str, type], path: Path) -> None:
    """Refuse a table that lacks a fact, or holds another kind of value."""
    for key, kind in kinds.items():
        value = table.get(key) if isinstance(table, Mapping) else None
        wanted = _WANTED.get(key, (value,))
        if type(value) is not kind or value not in wanted:
            said = f"({kind.__name__})" if key not in _WANTED else f"of {', '.join(_WANTED[key])}"
            raise ResultFileError(
                Problem(
                    f"a result of tune with {key} {said}",
                    repr(value),
                    f"{path}, key {key}",
                    RUN_AGAIN,
                )
            )


_WANTED: dict[str, tuple[str, ...]] = {
    "schema": ("cliffside.tune/1",),
    "model_version": (MODEL_VERSION,),
    "family": get_args(FamilyName),
}
"""Values that a fact must have."""


def _result(
    path: Path,
    job: Job,
    shared: Scenario,
    shapes: TrafficShapes,
    answer: Mapping[str, Any],
) -> SearchResult:
    """Build the search's result from its trials, checked against the job."""
    trials = read_parquet(path, schema="cliffside.trials", model_version=MODEL_VERSION)
    totals = [field.name for field in fields(Weighted)]
    peaks = [f"peak_cpu_percent[{name}]" for name in shapes.names]
    given = job.spaces[answer["family"]]
    space = fine_space(given) if answer["refined"] else given
    _check_columns(path, trials, ["candidate", *space.parameters, *totals, *peaks], space)
    parameters = lattice_of(space, shared).columns(trials["candidate"])
    for name, values in parameters.items():
        if not np.array_equal(values, trials[name]):
            raise ResultFileError(
                Problem(f"{name} as the job's space has it", "others", str(path), RUN_AGAIN)
            )
    return SearchResult(
        engine=answer["engine"],
        complete=answer["complete"],
        answers_up_to_percent=answer.get("answers_up_to_percent"),
        notes=tuple(str(note) for note in answer["search_notes"]),
        model_version=MODEL_VERSION,
        space=space,
        scenario=shared,
        limits=job.limits,
        budget=job.settings.budget,
        n_candidates=len(trials["candidate"]),
        left_out=dict(answer["left_out"]),
        shape_names=shapes.names,
        weight=shapes.weight,
        n_minutes=shapes.n_minutes,
        seconds=answer["seconds"],
        kernel_seconds=answer["kernel_seconds"],
        candidate=frozen(trials["candidate"].astype(np.int64)),
        peak_cpu_percent=frozen(np.stack([trials[name] for name in peaks], axis=1)),
        totals=Weighted(**{name: frozen(trials[name].astype(np.float64)) for name in totals}),
    )


def _check_columns(
    path: Path, trials: Mapping[str, NDArray[Any]], names: list[str], space: Space
) -> None:
    """Refuse trials that lack a column, hold no number somewhere, or are of another space."""
    missing = [name for name in names if name not in trials]
    holes = [
        name
        for name in names
        if name in trials
        and (trials[name].dtype.kind not in "iuf" or not np.isfinite(trials[name]).all())
    ]
    rows = 0 if missing else len(trials["candidate"])
    problem = None
    if missing or holes or not rows:
        got = f"none in {', '.join(missing or holes)}" if missing or holes else "no candidate"
        problem = Problem("a number for every candidate", got, str(path), RUN_AGAIN)
    elif not (trials["candidate"].min() >= 0 and trials["candidate"].max() < space.n_lattice):
        problem = Problem(
            f"candidates of a lattice of {space.n_lattice:,} points",
            f"index {trials['candidate'].max()}",
            str(path),
            RUN_AGAIN,
        )
    if problem is not None:
        raise ResultFileError(problem)


def _check_a_run(answer: FamilyAnswer, path: Path) -> None:
    """Refuse trials whose best, or least bad, candidate yields something else when it runs."""
    result, advice, shown = answer.result, answer.recommendation, answer.shown
    stored = result.totals.of(advice.row)
    for name, value in shown.weighted.items():
        if stored[name] != value:
            raise ResultFileError(
                Problem(
                    f"{name} {value!r} for the plan that is {shown.label}, as it runs today",
                    repr(stored[name]),
                    str(path),
                    RUN_AGAIN,
                )
            )
