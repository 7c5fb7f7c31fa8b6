"""What a fetch says: what it costs, what AWS no longer has, and what there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from tuner.aws.coverage import Coverage, coverage
from tuner.aws.fetch_plan import SETTLE, FetchPlan, span_of
from tuner.aws.fetching import FetchedEvents, FetchedMetrics
from tuner.aws.wanted import PERIODS
from tuner.cli.show import Block
from tuner.store.metric_csv import heads

if TYPE_CHECKING:
    from tuner.metrics import FetchedSeries

PERIOD_WORDS = {60: "1-minute", 300: "5-minute", 3600: "1-hour"}
KEPT_WORDS = {300: "15 days", 3600: "63 days"}
SILENT = ("RequestCount", "RequestCountPerTarget", "TargetResponseTime", "HTTPCode_")
"""Metrics that a load balancer publishes only in periods with requests."""


def stamp(moment: datetime) -> str:
    """Write a moment in UTC, as RFC 3339."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cost_words(plan: FetchPlan) -> Iterator[str]:
    """Say what is asked of AWS, since CloudWatch bills it.

    Parameters
    ----------
    plan : FetchPlan
        What is asked.
    """
    if not plan.asks:
        yield "Nothing is asked of CloudWatch: the archive holds the whole range."
        return
    calls = len(plan.asks)
    yield (
        f"{plan.n_metrics():,} metrics are requested, in {calls:,}"
        f" call{'' if calls == 1 else 's'} of GetMetricData, for up to {plan.n_points():,}"
        " datapoints; CloudWatch bills the metrics requested, and once more for every further page."
    )


def lost_words(plan: FetchPlan) -> Iterator[str]:
    """Say of which days AWS no longer has minutes.

    Parameters
    ----------
    plan : FetchPlan
        What is asked.
    """
    asked = [
        day for day in plan.kept if any(ask.begin <= span_of(day)[0] < ask.end for ask in plan.asks)
    ]
    for period, group in groupby(asked, key=lambda day: plan.kept[day]):
        if period == PERIODS[0]:
            continue
        some = list(group)
        yield (
            f"{some[0]} to {some[-1]}: older than {KEPT_WORDS[period]}, so AWS has"
            f" {PERIOD_WORDS[period]} averages alone; peaks within them are gone."
        )


def fetched_words(
    plan: FetchPlan,
    fetched: FetchedMetrics,
    events: Sequence[FetchedEvents],
    files: Sequence[Path],
    *,
    now: datetime,
) -> Iterator[Block]:
    """Say what there is: each series with its gaps, each group with its events.

    Parameters
    ----------
    plan : FetchPlan
        What was asked.
    fetched : FetchedMetrics
        What came.
    events : sequence of FetchedEvents
        Of each group.
    files : sequence of Path
        CSV files that were written.
    now : datetime
        The present time, with its zone.
    """
    from tuner.report.tables import Column, Table

    series = fetched.series
    found = [coverage(entry, plan.begin, plan.end, now=now) for entry in series]
    head = (
        Column("metric", is_number=False),
        *(Column("points"), Column("zeros"), Column("missing"), Column("gaps")),
        Column("longest gap"),
    )
    for period in PERIODS:
        some = [i for i, entry in enumerate(series) if entry.name.period_seconds == period]
        names = heads([series[i].name for i in some])
        if some:
            yield Table(
                caption=f"{PERIOD_WORDS[period]} datapoints,"
                f" {stamp(plan.begin)} to {stamp(plan.end)}",
                head=head,
                rows=tuple(_row(name, found[i]) for name, i in zip(names, some, strict=True)),
            )
    yield from _gap_words(series, found)
    for entry in events:
        yield (
            f"{entry.group}: {len(entry.activities):,} scaling activities,"
            f" {len(entry.changes):,} alarm changes."
        )
    written = fetched.n_written + sum(entry.n_written for entry in events)
    yield (
        f"Archive: {written:,} days of series are new, {fetched.n_held:,} were held; a day is"
        f" kept {SETTLE.seconds // 3600} hours after its end."
    )
    yield from (f"Wrote {path}." for path in files)


def _row(name: str, facts: Coverage) -> tuple[str, ...]:
    """Give the row of a series."""
    longest = "–"
    if facts.longest_gap_begin is not None:
        minutes = facts.longest_gap_seconds / 60
        longest = f"{minutes:,.0f} min, {facts.longest_gap_begin:%m-%d %H:%M}"
    return (
        name,
        f"{facts.n_points:,}",
        f"{facts.n_zeros:,}",
        f"{facts.n_missing:,}",
        f"{facts.n_gaps:,}",
        longest if facts.n_points else "all",
    )


def _gap_words(series: Sequence[FetchedSeries], found: Sequence[Coverage]) -> Iterator[str]:
    """Say what a gap means, where there is one."""
    pairs = list(zip(series, found, strict=True))
    if any(facts.n_missing and entry.name.metric.startswith(SILENT) for entry, facts in pairs):
        yield (
            "A load balancer publishes nothing in a period without requests: there a gap may be"
            " no traffic. It stays a gap, and no zero is made up."
        )
    if any(not facts.n_points and entry.name.metric.startswith("Group") for entry, facts in pairs):
        yield (
            "The group publishes no sizes: `aws autoscaling enable-metrics-collection"
            " --granularity 1Minute --auto-scaling-group-name NAME` switches them on."
        )
    if pairs and not any(facts.n_points for _, facts in pairs):
        yield "Nothing was recorded under these names; look at --region and the names."
