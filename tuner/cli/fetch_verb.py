"""The verb that reads recorded metrics out of AWS, and keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tuner.cli.emit import emit_json
from tuner.cli.moments import Moment, MomentType
from tuner.cli.options import (
    account_settings,
    file_option,
    output_option,
    settings,
    state_settings,
    talk_settings,
)

if TYPE_CHECKING:
    from tuner.aws.fetch_plan import FetchPlan
    from tuner.aws.fetching import FetchedEvents, FetchedMetrics
    from tuner.aws.wanted import Wanted

PERIODS = {"1m": 60, "5m": 300, "1h": 3600}


@click.command()
@file_option("--config", help="A job's TOML file, of which the table [aws] is read.")
@click.option("--group", multiple=True, help="Name of an Auto Scaling group; may be repeated.")
@click.option("--load-balancer", multiple=True, help="ARN of an application load balancer.")
@click.option("--target-group", multiple=True, help="ARN of a target group.")
@click.option("--since", type=MomentType(), default="7d", help="Begin: 7d ago, or RFC 3339.")
@click.option("--until", type=MomentType(), help="End, not part of it; else now.")
@click.option(
    "--period",
    type=click.Choice(list(PERIODS)),
    default="1m",
    help="Shortest datapoints; older ones are as long as AWS keeps them.",
)
@file_option("--csv", "csv_folder", help="Folder that gets the range as CSV as well.")
@output_option("json")
@state_settings
@account_settings
@talk_settings
def fetch(  # noqa: PLR0913
    *,
    config: Path | None,
    group: tuple[str, ...],
    load_balancer: tuple[str, ...],
    target_group: tuple[str, ...],
    since: Moment,
    until: Moment | None,
    period: str,
    csv_folder: Path | None,
    output: str,
) -> int:
    """Fetch recorded metrics from AWS, and keep whole days in the archive of the state folder.

    CPU and sizes of groups, load and latency of load balancers, scaling activities and alarm
    changes. Days that are in the archive are not asked for again.
    """
    from tuner.aws.cloudwatch import CloudWatchMetrics
    from tuner.aws.fetch_plan import plan_fetch
    from tuner.aws.fetching import fetch_events, fetch_metrics
    from tuner.aws.group_log import GroupLog
    from tuner.aws.session import open_account
    from tuner.aws.wanted import names_of
    from tuner.cli.fetch_words import cost_words, fetched_words, lost_words
    from tuner.cli.progress import progress_bar
    from tuner.store.archive import Archive
    from tuner.store.archive_days import FOLDER
    from tuner.store.files import check_folder
    from tuner.store.run_writer import utc_now
    from tuner.store.runs import check_state

    call = settings()
    wanted = _wanted(config, group, load_balancer, target_group)
    now = utc_now()
    begin, end = since(now), now if until is None else until(now)
    check_state(call.state_dir, name=FOLDER)
    if csv_folder is not None:
        check_folder(csv_folder)
    names = names_of(wanted, period_seconds=PERIODS[period])
    plan = plan_fetch(Archive(call.state_dir), names, begin, end, now=now)
    account = open_account(profile=call.profile, region=call.region, endpoint_url=call.endpoint_url)
    log = GroupLog(account)
    for name in wanted.groups:
        log.check_group(name)
    for words in (*cost_words(plan), *lost_words(plan)):
        call.say(words)
    from tuner.simulation.outcomes import MODEL_VERSION

    archive = Archive(call.state_dir, model_version=MODEL_VERSION)
    metrics = CloudWatchMetrics(account.client("cloudwatch"), profile=call.profile)
    silent = call.quiet or not plan.asks
    with nullcontext() if silent else progress_bar("Fetching", unit="datapoints") as progress:
        if progress is not None:
            progress.expect(plan.n_points())
        fetched = fetch_metrics(metrics, archive, plan, progress)
    events = [
        fetch_events(log, archive, name, plan.begin, plan.end, now=now) for name in wanted.groups
    ]
    files: Sequence[Path] = ()
    if csv_folder is not None:
        from tuner.store.metric_csv import write_metric_csv

        files = write_metric_csv(csv_folder, fetched.series)
    if output == "json":
        emit_json(_answer(plan, fetched, events, files, now=now))
    else:
        from tuner.cli.show import show

        show(fetched_words(plan, fetched, events, files, now=now))
    return 0


def _wanted(
    config: Path | None,
    groups: Sequence[str],
    load_balancers: Sequence[str],
    target_groups: Sequence[str],
) -> Wanted:
    """Give what is wanted: what the options name, and the config where they name none."""
    from tuner.aws.wanted import read_wanted

    if config is not None:
        from tuner.config import load_aws

        names = load_aws(config)
        groups = groups or _some(names.group)
        load_balancers = load_balancers or _some(names.load_balancer)
        target_groups = target_groups or _some(names.target_group)
    return read_wanted(groups, load_balancers, target_groups)


def _some(name: str | None) -> tuple[str, ...]:
    """Give a name as a list of it, where there is one."""
    return () if name is None else (name,)


def _answer(
    plan: FetchPlan,
    fetched: FetchedMetrics,
    events: Sequence[FetchedEvents],
    files: Sequence[Path],
    *,
    now: datetime,
) -> dict[str, Any]:
    """Give the answer as an object of JSON."""
    from tuner.aws.coverage import coverage
    from tuner.cli.fetch_words import lost_words, stamp

    series = []
    for entry in fetched.series:
        found = asdict(coverage(entry, plan.begin, plan.end, now=now))
        gap = found.pop("longest_gap_begin")
        dimensions = dict(entry.name.dimensions)
        name = {**asdict(entry.name), "dimensions": dimensions}
        series.append({**name, **found, "longest_gap_begin": gap and stamp(gap)})
    return {
        "schema": "cliffside.fetch/1",
        "begin": stamp(plan.begin),
        "end": stamp(plan.end),
        "n_metrics_requested": plan.n_metrics(),
        "n_days_written": fetched.n_written + sum(entry.n_written for entry in events),
        "n_days_held": fetched.n_held,
        "series": series,
        "groups": [
            {
                "group": entry.group,
                "n_activities": len(entry.activities),
                "n_alarm_changes": len(entry.changes),
            }
            for entry in events
        ],
        "notes": list(lost_words(plan)),
        "files": [str(path) for path in files],
    }
