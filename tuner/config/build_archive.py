"""From the tables `traffic.archive` and `archive_fit` to days of the archive that are there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from tuner.aws.wanted import PERIODS, names_of, read_wanted
from tuner.config.archive_fit_table import ArchiveFitTable
from tuner.config.archived import ArchivedFit, ArchivedTraffic, fit_range
from tuner.config.aws_table import AwsTable
from tuner.config.files import ARCHIVED_DAY
from tuner.config.traffic_tables import ArchiveTable
from tuner.config_problems import Location, Problems
from tuner.metrics import MetricName
from tuner.store.archive import Archive
from tuner.traffic.family import Family

FETCH = "Run `cliffside fetch --config` with this file; state is relative to the file's folder."
CPU = ("CPUUtilization", "Average")


def archived_traffic(
    table: ArchiveTable,
    family: Family | None,
    *,
    aws: AwsTable,
    folder: Path,
    problems: Problems,
    location: Location,
) -> ArchivedTraffic | None:
    """Make the description of traffic from the archive, or note what is wrong and give None.

    Parameters
    ----------
    table : ArchiveTable
        The checked table.
    family : Family or None
        How its shapes are varied.
    aws : AwsTable
        Names the load balancer.
    folder : Path
        Folder of the config file.
    problems : Problems
        Takes what is wrong.
    location : tuple
        Where the table stands.
    """
    balancer = _balancer(aws, problems, location)
    if table.period_seconds not in PERIODS:
        problems.add(
            (*location, "period_seconds"),
            expected="1m, 5m or 1h",
            got=f"{table.period_seconds} s",
            next_step="Take the period with which the requests were fetched.",
        )
        return None
    if balancer is None:
        return None
    metric = _metric("RequestCount", "Sum", balancer=balancer, period=table.period_seconds)
    held = _held(folder / table.state, metric, problems, (*location, "state"))
    if not held:
        return None
    first = held[-1] - timedelta(days=table.days - 1)
    days = tuple(day for day in held if day >= first)
    given = table.model_dump(exclude={"name", "state", "days", "period_seconds", "vary"})
    return ArchivedTraffic(
        **given,
        name=table.name or balancer.split("/")[1],
        metric=metric,
        state=folder / table.state,
        days=days,
        missing_days=(days[-1] - days[0]).days + 1 - len(days),
        family=family,
        where=problems.locate(location),
    )


def archived_fit(
    table: ArchiveFitTable | None, *, aws: AwsTable, folder: Path, problems: Problems
) -> ArchivedFit | None:
    """Make the source of a fit from the archive, or note what is wrong and give None.

    Parameters
    ----------
    table : ArchiveFitTable or None
        The checked table; None: the file has none.
    aws, folder, problems
        As in `archived_traffic`.
    """
    if table is None:
        return None
    location: Location = ("archive_fit",)
    balancer = _balancer(aws, problems, location)
    if aws.group is None:
        problems.add(
            location,
            expected="group in [aws] beside [archive_fit]",
            got="none",
            next_step="Name the Auto Scaling group whose CPU is fitted.",
        )
    if balancer is None or aws.group is None:
        return None
    metric = _metric(*CPU, group=aws.group, period=60)
    held = _held(folder / table.state, metric, problems, (*location, "state"))
    if not held:
        return None
    begin, end = fit_range(held, days=table.days, refit_days=table.refit_days)
    return ArchivedFit(
        state=folder / table.state,
        group=aws.group,
        load_balancer=balancer,
        begin=begin,
        end=end,
        refit_days=table.refit_days,
    )


def _balancer(aws: AwsTable, problems: Problems, location: Location) -> str | None:
    """Give the load balancer as CloudWatch names it, or note that there is none."""
    given = aws.load_balancer
    if given is None:
        problems.add(
            location,
            expected="load_balancer in [aws] beside this table",
            got="none",
            next_step="Name the load balancer whose requests are the traffic.",
        )
        return None
    place = ("aws", "load_balancer")
    wanted = problems.build(place, lambda: read_wanted([], [given], []))
    return None if wanted is None else wanted.load_balancers[0]


def _metric(
    metric: str, statistic: str, *, period: int, group: str | None = None, balancer: str = ""
) -> MetricName:
    """Give a metric by the name under which it is fetched."""
    groups: Sequence[str] = () if group is None else (group,)
    wanted = read_wanted(groups, [balancer] if balancer else [], [])
    named = names_of(wanted, period_seconds=period)
    return next(each for each in named if (each.metric, each.statistic) == (metric, statistic))


def _held(
    state: Path, metric: MetricName, problems: Problems, location: Location
) -> tuple[date, ...]:
    """Give the days that the archive holds of a metric; note it where there is none."""
    held = Archive(state).days(metric)
    if not held:
        problems.add(
            location,
            expected=ARCHIVED_DAY,
            got=f"no {metric.metric} of {metric.dimensions[0][1]} in {state}",
            next_step=FETCH,
        )
    return held
