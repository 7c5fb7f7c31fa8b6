"""From a finished job, or from what went wrong, to what the night says of a service."""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import numpy as np

from tuner.config.archived import ArchivedFit
from tuner.config.files import ARCHIVED_DAY, DATA_FILE
from tuner.errors import (
    CliffsideError,
    ConfigurationError,
    FitError,
    LoadTestError,
    MissingFileError,
    Problem,
    TrafficError,
)
from tuner.night.record import LastNight, Outcome, PlanFigures, ServiceNight
from tuner.night.services import Service
from tuner.plan_json import plan_to_json

if TYPE_CHECKING:
    from tuner.decision.stress_record import StressedPlan
    from tuner.decision.totals import PlanTotals
    from tuner.store.manifest import Origin
    from tuner.traffic.shapes import TrafficShapes
    from tuner.tune import Tuning

MINUTES_PER_DAY = 1_440.0
DAYS_PER_MONTH = 30.0
LONGEST_WHY = 400


def origin_digest(origin: Origin) -> str:
    """Give the digest of what a result follows from; where the config lies is no part of it."""
    facts = {name: value for name, value in asdict(origin).items() if name != "config"}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def judged(
    service: Service, tuning: Tuning, *, run: str, origin: Origin, last: ServiceNight | None
) -> ServiceNight:
    """Say what a finished job means for its service; `compared` adds the last night.

    Parameters
    ----------
    service : Service
        The service.
    tuning : Tuning
        Its finished job.
    run : str
        Id of its run.
    origin : Origin
        What the run is of.
    last : ServiceNight or None
        What the last night recommended; where the job has no [baseline], this stands in for it.
    """
    advice = tuning.recommendation
    today, recommended = advice.baseline, advice.recommended
    stress = advice.stress
    now = _figures(recommended, tuning.shapes, None if stress is None else stress.chosen)
    before = _figures(today, tuning.shapes, None if stress is None else stress.baseline)
    outcome = _outcome(advice.verdict, now, before, last)
    config = shlex.quote(str(service.config))
    steps: dict[Outcome, str] = {
        "changed": f"`cliffside plan --config {config} --run {run}` shows what would change."
        if tuning.job.aws.group is not None
        else f"`cliffside runs show {run}` shows the plan.",
        "unchanged": "",
        "nothing feasible": "Look at the report of its run; widen [space], raise max_size, or mend"
        " traffic and cliff.",
    }
    source = tuning.job.load_test
    regret = usd = 0.0 if outcome == "unchanged" else None
    if outcome == "changed" and now is not None and before is not None:
        regret = before.host_minutes_per_day - now.host_minutes_per_day
        if before.usd_per_month is not None and now.usd_per_month is not None:
            usd = before.usd_per_month - now.usd_per_month
    return ServiceNight(
        service=service.name,
        title=tuning.job.service,
        config=str(service.config),
        origin_sha256=origin_digest(origin),
        outcome=outcome,
        why=advice.reason,
        next_step=steps[outcome],
        run=run,
        limit_percent=advice.limit_percent,
        n_shapes=len(tuning.shapes),
        n_unseen=0 if stress is None else stress.runs,
        today=before,
        recommended=now,
        regret_host_minutes_per_day=regret,
        regret_usd_per_month=usd,
        fit=source.words if isinstance(source, ArchivedFit) else "",
    )


def compared(record: ServiceNight, last: ServiceNight | None, *, night: str) -> ServiceNight:
    """Put what the last night recommended beside a record.

    Parameters
    ----------
    record : ServiceNight
        Of this night.
    last : ServiceNight or None
        Of the last night that recommended something for this service.
    night : str
        Name of that night.
    """
    if last is None or last.recommended is None:
        return record
    now = record.recommended
    return replace(
        record,
        last_night=LastNight(
            night=night,
            outcome=last.outcome,
            same_plan=None if now is None else now.plan == last.recommended.plan,
            host_minutes_per_day=last.recommended.host_minutes_per_day,
        ),
    )


def explained(service: Service, error: CliffsideError) -> ServiceNight:
    """Say why a service could not be tuned, from an error that cliffside raises on purpose.

    Parameters
    ----------
    service : Service
        The service.
    error : CliffsideError
        What was raised; whether data are missing, or something is wrong, follows from it.
    """
    first, rest = error.problems[0], len(error.problems) - 1
    also = f" And {rest} more." if rest else ""
    problem = f"{first.where}: expected {first.expected}, got {first.got}."
    check = f"`cliffside shapes --config {shlex.quote(str(service.config))}` says the same."
    return _not_tuned(
        service,
        outcome="no data" if _lacks_data(error, service) else "failed",
        why=f"{_short(problem)}{also}",
        next_step=f"{_short(first.next_step)} {check}",
    )


def unexpected(service: Service, error: Exception, *, traceback: str) -> ServiceNight:
    """Say that a service met an error that nobody foresaw.

    Parameters
    ----------
    service : Service
        The service.
    error : Exception
        What was raised.
    traceback : str
        File that has its traceback.
    """
    return _not_tuned(
        service,
        outcome="failed",
        why=_short(f"An error that cliffside did not foresee: {type(error).__name__}: {error}."),
        next_step=f"Please report it, with {traceback} and what `cliffside doctor` prints.",
    )


def lost(service: Service, error: CliffsideError) -> ServiceNight:
    """Say that the workers that tuned a service ended before it did.

    Parameters
    ----------
    service : Service
        The service.
    error : CliffsideError
        What is known of it.
    """
    problem = error.problems[0]
    return _not_tuned(
        service,
        outcome="failed",
        why=_short(f"{problem.where}: expected {problem.expected}, got {problem.got}."),
        next_step=_short(problem.next_step),
    )


def _not_tuned(service: Service, *, outcome: Outcome, why: str, next_step: str) -> ServiceNight:
    """Give the record of a service that has no result."""
    return ServiceNight(
        service=service.name,
        title=service.name,
        config=str(service.config),
        origin_sha256="",
        outcome=outcome,
        why=why,
        next_step=next_step,
    )


def _outcome(
    verdict: str, now: PlanFigures | None, before: PlanFigures | None, last: ServiceNight | None
) -> Outcome:
    """Give the word for a verdict.

    Assumption: where a job has no [baseline], what the last night recommended is what is deployed.
    """
    if now is None:
        return "nothing feasible"
    if verdict == "keep":
        return "unchanged"
    stands_in = None if last is None or before is not None else last.recommended
    is_same = stands_in is not None and stands_in.plan == now.plan
    return "unchanged" if is_same else "changed"


def _figures(
    totals: PlanTotals | None, shapes: TrafficShapes, stressed: StressedPlan | None
) -> PlanFigures | None:
    """Give a plan with its figures, for the mean shape and for 24 hours of it."""
    if totals is None or totals.plan is None:
        return None
    ticks = np.diff(shapes.offsets)
    minutes = float(np.average(ticks, weights=shapes.weight)) * shapes.tick_seconds / 60.0
    days = MINUTES_PER_DAY / minutes
    weighted, usd = totals.weighted, totals.usd
    return PlanFigures(
        words=totals.plan.describe(),
        plan=plan_to_json(totals.plan),
        host_minutes=weighted["host_minutes"],
        minutes_over_cliff=weighted["minutes_over_cliff"],
        host_minutes_per_day=weighted["host_minutes"] * days,
        minutes_over_cliff_per_day=weighted["minutes_over_cliff"] * days,
        mean_cpu_percent=weighted["mean_cpu_percent"],
        worst_peak_cpu_percent=weighted["worst_peak_cpu_percent"],
        usd_per_month=None if usd is None else usd * days * DAYS_PER_MONTH,
        unseen_shapes_over=None if stressed is None else stressed.violations,
    )


def _lacks_data(error: CliffsideError, service: Service) -> bool:
    """Tell whether data are missing or too few, rather than the config wrong or not there."""
    if isinstance(error, MissingFileError):
        return error.problems[0].where != str(service.config)
    if isinstance(error, ConfigurationError):
        return all(_is_missing(problem) for problem in error.problems)
    return isinstance(error, TrafficError | LoadTestError | FitError)


def _is_missing(problem: Problem) -> bool:
    """Tell whether a problem is data that are not there."""
    return problem.expected in (DATA_FILE, ARCHIVED_DAY)


def _short(text: str) -> str:
    """Cut a text that would fill the page."""
    return text if len(text) <= LONGEST_WHY else f"{text[: LONGEST_WHY - 1]}…"
