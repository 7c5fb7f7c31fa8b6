"""What of a range is asked of AWS, and what the archive holds already.

Assumption: nothing is added to a day three hours after its end. AWS publishes no figure; the latest
datapoints that were seen came six minutes late (docs/aws-semantics.md 1.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain

from tuner.aws.cloudwatch import MOST_POINTS, MOST_QUERIES, Request
from tuner.aws.wanted import PERIODS, period_kept
from tuner.errors import ConfigurationError, Problem
from tuner.metrics import MetricName
from tuner.store.archive import Archive

SETTLE = timedelta(hours=3)
DAY = timedelta(days=1)
MOST_FETCHING = timedelta(hours=1)
"""So long a fetch may take, and AWS must still have then what was planned for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPlan:
    """A range of metrics, day by day.

    Parameters
    ----------
    begin, end : datetime
        The range in UTC.
    asks : tuple of Request
        What is asked of AWS, one call each, whole days wherever they are closed.
    held : tuple of (MetricName, date)
        What the archive holds already.
    closed : tuple of date
        Days of the range to which nothing is added any more, and of which AWS has all.
    kept : dict of date to int
        Shortest period that AWS still has of each day, seconds.
    """

    begin: datetime
    end: datetime
    asks: tuple[Request, ...]
    held: tuple[tuple[MetricName, date], ...]
    closed: tuple[date, ...]
    kept: dict[date, int]

    def n_metrics(self) -> int:
        """Give how many metrics are requested in all, which is what is billed."""
        return sum(len(ask.names) for ask in self.asks)

    def n_points(self) -> int:
        """Give the most datapoints that can come."""
        return sum(ask.n_points() for ask in self.asks)


def plan_fetch(
    archive: Archive,
    names: Sequence[MetricName],
    begin: datetime,
    end: datetime,
    *,
    now: datetime,
) -> FetchPlan:
    """Plan a fetch: what is held is not asked for again.

    Parameters
    ----------
    archive : Archive
        What is held.
    names : sequence of MetricName
        All at one period, the shortest that is wanted.
    begin, end : datetime
        Range with its zone.
    now : datetime
        The present time, with its zone.

    Raises
    ------
    ConfigurationError
        Where the range is empty, or AWS has nothing of its begin any more.
    """
    begin, end, now = (moment.astimezone(UTC) for moment in (begin, min(end, now), now))
    _check_range(begin, end, now)
    shortest = max((name.period_seconds for name in names), default=PERIODS[0])
    held_days: dict[MetricName, frozenset[date]] = {}
    held: list[tuple[MetricName, date]] = []
    asks: list[Request] = []
    kept: dict[date, int] = {}
    closed: list[date] = []
    for day in days_of(begin, end):
        from_day, to_day = span_of(day)
        has = period_kept(from_day - MOST_FETCHING, now)
        kept[day] = has or PERIODS[-1]
        if has is not None and is_closed(day, now):
            closed.append(day)
        period = max(kept[day], shortest)
        missing = []
        for name in names:
            found = _held(archive, name, day, longest=period, known=held_days)
            if found is None:
                missing.append(replace(name, period_seconds=period))
            else:
                held.append((found, day))
        to = to_day if is_closed(day, now) else min(to_day, end)
        if missing and from_day < to:
            asks.append(Request(tuple(missing), from_day, to))
    return FetchPlan(
        begin=begin,
        end=end,
        asks=tuple(_joined(asks)),
        held=tuple(held),
        closed=tuple(closed),
        kept=kept,
    )


def is_closed(day: date, now: datetime) -> bool:
    """Tell whether nothing is added to a day any more.

    Parameters
    ----------
    day : date
        A day in UTC.
    now : datetime
        The present time, with its zone.
    """
    return now >= span_of(day)[1] + SETTLE


def span_of(day: date) -> tuple[datetime, datetime]:
    """Give begin and end of a day in UTC."""
    begin = datetime.combine(day, time(), UTC)
    return begin, begin + DAY


def days_of(begin: datetime, end: datetime) -> Iterator[date]:
    """Give the days in UTC that a range touches, in order.

    Parameters
    ----------
    begin, end : datetime
        Range with its zone; ``end`` is not part of it.
    """
    day, last = begin.astimezone(UTC).date(), (end - timedelta.resolution).astimezone(UTC).date()
    while day <= last:
        yield day
        day += DAY


def _check_range(begin: datetime, end: datetime, now: datetime) -> None:
    """Refuse a range that is empty, or that AWS has nothing of."""
    if begin >= end:
        raise ConfigurationError(
            Problem(
                "a begin before the end, and before now",
                f"{begin:%Y-%m-%dT%H:%M:%SZ} to {end:%Y-%m-%dT%H:%M:%SZ}",
                "--since and --until",
                "Give --since 7d, or a time such as --since 2026-11-17T00:00:00Z.",
            )
        )
    if period_kept(begin, now) is None:
        raise ConfigurationError(
            Problem(
                "a begin within the 455 days that CloudWatch keeps",
                f"{begin:%Y-%m-%dT%H:%M:%SZ}",
                "--since",
                "Give --since 455d or later; `cliffside fetch` in time keeps what AWS drops.",
            )
        )


def _held(
    archive: Archive,
    name: MetricName,
    day: date,
    *,
    longest: int,
    known: dict[MetricName, frozenset[date]],
) -> MetricName | None:
    """Give the finest series that the archive holds of a day, none coarser than what AWS has."""
    for period in PERIODS:
        if name.period_seconds <= period <= longest:
            series = replace(name, period_seconds=period)
            if series not in known:
                known[series] = frozenset(archive.days(series))
            if day in known[series]:
                return series
    return None


def _joined(asks: Sequence[Request]) -> Iterator[Request]:
    """Join days that ask for the same, as far as one call can answer; part long lists of names."""
    waiting: Request | None = None
    for ask in chain.from_iterable(map(_parts, asks)):
        if waiting is not None:
            joined = Request(waiting.names, waiting.begin, ask.end)
            follows = waiting.names == ask.names and waiting.end == ask.begin
            if follows and joined.n_points() <= MOST_POINTS:
                waiting = joined
                continue
            yield waiting
        waiting = ask
    if waiting is not None:
        yield waiting


def _parts(ask: Request) -> Iterator[Request]:
    """Part the names of a day over calls that can answer it."""
    seconds = (ask.end - ask.begin).total_seconds()
    shortest = min(name.period_seconds for name in ask.names)
    most = max(1, min(MOST_QUERIES, int(MOST_POINTS * shortest / seconds)))
    for i in range(0, len(ask.names), most):
        yield Request(ask.names[i : i + most], ask.begin, ask.end)
