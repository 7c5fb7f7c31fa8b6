"""What a night says of one service; kept sealed, so that a re-run need not repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from tuner.store.schemas import check_schema
from tuner.store.seal import damaged

SERVICE_SCHEMA = "cliffside.night.service/1"
LATER_KEYS = {"fit"}
"""Keys that the first files of this schema do not have."""

Outcome = Literal["changed", "unchanged", "nothing feasible", "no data", "failed"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
NEEDS_A_PERSON: tuple[Outcome, ...] = ("nothing feasible", "no data", "failed")
DONE: tuple[Outcome, ...] = ("changed", "unchanged", "nothing feasible")
"""Outcomes of a service that was tuned to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigures:
    """A plan with its figures, weighted over the shapes of its service.

    Parameters
    ----------
    words : str
        The plan.
    plan : dict of str to object
        Its JSON.
    host_minutes, minutes_over_cliff : float
        Of the mean shape, as in the report.
    host_minutes_per_day, minutes_over_cliff_per_day : float
        The same for 24 hours of such load.
    mean_cpu_percent, worst_peak_cpu_percent : float
        As in the report.
    usd_per_month : float or None
        For 30 days of such load; None where there is no price.
    unseen_shapes_over : int or None
        Unseen shapes on which it passes the cliff; None where it was not tested.
    """

    words: str
    plan: dict[str, Any]
    host_minutes: float
    minutes_over_cliff: float
    host_minutes_per_day: float
    minutes_over_cliff_per_day: float
    mean_cpu_percent: float
    worst_peak_cpu_percent: float
    usd_per_month: float | None
    unseen_shapes_over: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastNight:
    """The recommendation of the last night, against this one.

    Parameters
    ----------
    night : str
        The night that is compared with.
    outcome : str
        What it said.
    same_plan : bool or None
        Whether it recommended the same plan; None where there is no plan now.
    host_minutes_per_day : float
        Of the plan that it recommended, on its own traffic.
    """

    night: str
    outcome: str
    same_plan: bool | None
    host_minutes_per_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNight:
    """What a night says of one service.

    Parameters
    ----------
    service : str
        Name of its file without the ending.
    title : str
        What the file calls it; the same where the file cannot be read.
    config : str
        The file.
    origin_sha256 : str
        Digest of what the result follows from; empty where it could not be read.
    outcome : str
        One of `OUTCOMES`.
    why, next_step : str
        In sentences.
    run : str or None
        Id of its run.
    limit_percent : float or None
        Largest peak CPU allowed.
    n_shapes, n_unseen : int
        Shapes of the search, and of the stress check.
    today, recommended : PlanFigures or None
        What is deployed ([baseline]), and what is recommended.
    regret_host_minutes_per_day, regret_usd_per_month : float or None
        What keeping today's policy costs beyond the recommended plan, below 0 where today's is
        cheaper because it goes over a limit; 0 where nothing changes; None where one of the two is
        not there.
    last_night : LastNight or None
        None: there is none of this service.
    fit : str
        What its host is fitted from, where that is the archive; else empty.
    """

    service: str
    title: str
    config: str
    origin_sha256: str
    outcome: Outcome
    why: str
    next_step: str
    run: str | None = None
    limit_percent: float | None = None
    n_shapes: int = 0
    n_unseen: int = 0
    today: PlanFigures | None = None
    recommended: PlanFigures | None = None
    regret_host_minutes_per_day: float | None = None
    regret_usd_per_month: float | None = None
    last_night: LastNight | None = None
    fit: str = ""

    @property
    def needs_a_person(self) -> bool:
        """Whether nobody can say what to deploy before a person has looked."""
        return self.outcome in NEEDS_A_PERSON

    @property
    def is_done(self) -> bool:
        """Whether it was tuned to its end, so that a re-run of the night has nothing to add."""
        return self.outcome in DONE

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return asdict(self)


def service_from_json(value: Mapping[str, Any], path: Path) -> ServiceNight:
    """Read what `ServiceNight.to_json` gave, with its schema.

    Parameters
    ----------
    value : mapping
        The object, its seal checked.
    path : Path
        Where it was read, for messages.

    Raises
    ------
    ResultFileError
        When it is of another schema, or lacks something.
    """
    check_schema(value.get("schema"), wanted=SERVICE_SCHEMA, path=path)
    given = {name: each for name, each in value.items() if name != "schema"}
    known = {field.name for field in fields(ServiceNight)}
    if not known - LATER_KEYS <= set(given) <= known:
        raise damaged(path, "other keys")
    if given["outcome"] not in OUTCOMES:
        raise damaged(path, f"the outcome {given['outcome']!r}")
    try:
        for name, kind in (
            ("today", PlanFigures),
            ("recommended", PlanFigures),
            ("last_night", LastNight),
        ):
            given[name] = None if given[name] is None else kind(**given[name])
    except TypeError as error:
        raise damaged(path, "other keys") from error
    return ServiceNight(**given)
