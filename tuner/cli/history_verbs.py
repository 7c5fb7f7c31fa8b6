"""What is read of production: for `fit`, `verify`, and whoever asks for a range of the archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuner.cli.emit import emit_json
from tuner.cli.moments import Moment
from tuner.cli.options import settings

if TYPE_CHECKING:
    from tuner.activities import Activity, AlarmChange
    from tuner.measure.history import History
    from tuner.policy import Alarm, ScalingPlan

Seen = tuple["History", tuple["Activity", ...], tuple["AlarmChange", ...]]
"""Minutes, activities and alarm changes."""


def read_seen(
    files: Sequence[Path],
    *,
    group: str | None,
    load_balancer: str | None,
    since: Moment | None,
    until: Moment | None,
    last_days: int | None = None,
) -> Seen:
    """Read a range of production: out of files, else out of the archive.

    Parameters
    ----------
    files : sequence of Path
        A CSV, or pages of a saved answer; none: the archive of the state folder.
    group, load_balancer : str or None
        As in `read_observed`.
    since, until : Moment or None
        Range.
    last_days : int or None
        So many of the last days where no begin is given; of the archive alone.
    """
    from tuner.store.run_writer import utc_now

    now = utc_now()
    begin = None if since is None else since(now)
    end = None if until is None else until(now)
    if begin is not None and end is not None and begin >= end:
        raise click.UsageError("--since is not before --until: exchange them.")
    if files:
        from tuner.measure.history_files import read_history

        return _within(read_history(files), begin, end), (), ()
    from tuner.deployment.observed_archive import read_observed
    from tuner.store.archive import Archive

    seen = read_observed(
        Archive(settings().state_dir),
        group=group,
        load_balancer=load_balancer,
        begin=begin,
        end=end,
        last_days=last_days,
    )
    return seen.history, seen.activities, seen.changes


def fit_history(
    files: Sequence[Path],
    *,
    config: Path | None,
    group: str | None,
    load_balancer: str | None,
    plan: Path | None,
    since: Moment | None,
    until: Moment | None,
    output: str,
) -> int:
    """Fit host and group from production, and print the answer.

    Parameters
    ----------
    files, group, load_balancer, since, until
        As in `read_seen`.
    config : Path or None
        A job's file, of which [aws] is read, and [baseline] where the rest of it can be read.
    plan : Path or None
        What was deployed, in place of [baseline]: its alarms tell the delay of the metric.
    output : str
        ``table`` or ``json``.
    """
    from tuner.measure.production import fit_production

    if config is not None:
        from tuner.config import load_aws

        names = load_aws(config)
        group, load_balancer = group or names.group, load_balancer or names.load_balancer
    history, activities, changes = read_seen(
        files, group=group, load_balancer=load_balancer, since=since, until=until
    )
    deployed = _deployed(config, plan)
    result = fit_production(
        history,
        activities,
        changes=changes,
        alarms={} if deployed is None else _alarms(deployed),
        seed=settings().seed or 0,
    )
    if output == "json":
        from tuner.cli.history_words import production_object

        emit_json(production_object(result, history))
    else:
        from tuner.cli.history_words import production_words
        from tuner.cli.show import show

        show(production_words(result, history))
    return 0


def _deployed(config: Path | None, plan: Path | None) -> ScalingPlan | None:
    """Give the plan of a file, else the job's baseline; None where the job is not whole yet."""
    if plan is not None:
        from tuner.plan_json import read_plan_file

        return read_plan_file(plan)
    if config is None:
        return None
    from tuner.config.load import load_job
    from tuner.errors import CliffsideError

    try:
        return load_job(config).baseline
    except CliffsideError:
        settings().say(f"Note: {config} is no whole job yet: its [baseline] is not read.")
        return None


def _alarms(plan: ScalingPlan) -> dict[str, Alarm]:
    """Give the alarms of a plan by their side."""
    sides = {"scale_out": plan.scale_out, "scale_in": plan.scale_in}
    return {name: side.alarm for name, side in sides.items() if side is not None}


def _within(history: History, begin: datetime | None, end: datetime | None) -> History:
    """Give the part of a history that was asked for."""
    if begin is None and end is None:
        return history
    first = history.begin if begin is None else int(begin.timestamp())
    last = history.end if end is None else int(end.timestamp())
    return history.between(first, last)
