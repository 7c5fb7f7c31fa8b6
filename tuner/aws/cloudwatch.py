"""Recorded metrics out of CloudWatch, whole or not at all.

`GetMetricData` answers in pages, newest first, and may say that what it gives is not complete. The
last status of a series counts; pages are merged by Id and sorted. What stays incomplete after a
bounded number of tries is an error, and never data.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from tuner.aws.errors import asking
from tuner.errors import AccountError, Problem
from tuner.metrics import FetchedSeries, MetricName
from tuner.ports import Progress

MOST_QUERIES = 500
MOST_POINTS = 100_800
"""Limits of one call. Source: CloudWatch API Reference, "GetMetricData"."""
MOST_PAGES = 200
MOST_TRIES = 4
FIRST_WAIT_SECONDS = 1.0
WHOLE_SECONDS = 3_600
"""Begins of calls are multiples of this, as AWS advises for speed."""

COMPLETE, FORBIDDEN = "Complete", "Forbidden"


@dataclass(frozen=True, slots=True)
class Request:
    """One call, without its further pages.

    Parameters
    ----------
    names : tuple of MetricName
        What is asked for; the Id of each is its place.
    begin, end : datetime
        Range in UTC; ``end`` is not part of it.
    """

    names: tuple[MetricName, ...]
    begin: datetime
    end: datetime

    def n_points(self) -> int:
        """Give the most datapoints that the answer can hold."""
        seconds = (self.end - self.begin).total_seconds()
        return sum(math.ceil(seconds / name.period_seconds) for name in self.names)


@dataclass(slots=True)
class _Found:
    """What the pages of a call have said of one series; a flaw of one page stays."""

    status: str = "none"
    flaw: str = ""
    points: dict[int, float] = field(default_factory=dict)


class CloudWatchMetrics:
    """CloudWatch as a `MetricSource`.

    Parameters
    ----------
    client : cloudwatch client of boto3
        Retries throttling and errors of AWS itself, a bounded number of times.
    profile : str or None
        Profile of the AWS configuration, for messages.
    wait : callable
        Waits so many seconds between tries of an answer that was not complete.
    """

    def __init__(
        self,
        client: Any,
        *,
        profile: str | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._profile = profile
        self._wait = wait

    def fetch(
        self,
        names: Sequence[MetricName],
        begin: datetime,
        end: datetime,
        progress: Progress | None = None,
    ) -> tuple[FetchedSeries, ...]:
        """Fetch series of a range, one for each name, oldest first.

        Parameters
        ----------
        names : sequence of MetricName
            What to fetch.
        begin, end : datetime
            Range with its zone; ``end`` is not part of it.
        progress : callable or None
            Told after each call of the datapoints that it may have held.

        Returns
        -------
        tuple of FetchedSeries
            Complete as far as AWS knows.

        Raises
        ------
        AccountError
            Where AWS cannot be asked, or a series stays incomplete; nothing of it is given.
        """
        points: dict[MetricName, dict[int, float]] = {name: {} for name in names}
        for request in requests_of(list(points), begin, end):
            for name, found in self._answer(request).items():
                points[name].update(found)
            if progress is not None:
                progress(request.n_points())
        first, last = begin.timestamp(), end.timestamp()
        return tuple(_series(name, points[name], first, last) for name in names)

    def _answer(self, request: Request) -> dict[MetricName, dict[int, float]]:
        """Ask until every series of a request is complete, a bounded number of times."""
        done: dict[MetricName, dict[int, float]] = {}
        reasons: dict[MetricName, str] = {}
        for attempt in range(MOST_TRIES):
            if attempt:
                self._wait(FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
            left = tuple(name for name in request.names if name not in done)
            found, reasons = self._try(Request(left, request.begin, request.end))
            done.update(found)
            if len(done) == len(request.names):
                return done
        raise _incomplete(request, reasons)

    def _try(
        self, request: Request
    ) -> tuple[dict[MetricName, dict[int, float]], dict[MetricName, str]]:
        """Ask once, all pages; give what is complete, and why the rest is not."""
        named = {f"m{i}": name for i, name in enumerate(request.names)}
        found = {key: _Found() for key in named}
        broken = self._pages(request, found)
        if any(entry.status == FORBIDDEN for entry in found.values()):
            raise _forbidden(request)
        done, reasons = {}, {}
        for key, name in named.items():
            reason = broken or _flaw(found[key])
            if reason:
                reasons[name] = reason
            else:
                done[name] = found[key].points
        return done, reasons

    def _pages(self, request: Request, found: dict[str, _Found]) -> str:
        """Read all pages into the series; give what is wrong with them as a whole."""
        queries = [_query(f"m{i}", name) for i, name in enumerate(request.names)]
        more: dict[str, str] = {}
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            with asking(_where(request), profile=self._profile):
                page = self._client.get_metric_data(
                    MetricDataQueries=queries,
                    StartTime=request.begin,
                    EndTime=request.end,
                    **more,
                )
            for result in page.get("MetricDataResults", ()):
                if result.get("Id") not in found:
                    return "a series that was not asked for"
                _merge(found[result["Id"]], result)
            token = page.get("NextToken")
            if not token:
                return ""
            if token in seen:
                return "the token of a page that was read already"
            seen.add(token)
            more = {"NextToken": token}
        return f"more than {MOST_PAGES:,} pages"


def requests_of(names: Sequence[MetricName], begin: datetime, end: datetime) -> Iterator[Request]:
    """Cut what is to be fetched into calls within AWS's limits.

    Parameters
    ----------
    names : sequence of MetricName
        All that is asked for, without repeats.
    begin, end : datetime
        Range with its zone.

    Yields
    ------
    Request
        Of at most 500 series and 100,800 datapoints, the oldest first.

    Examples
    --------
    >>> name = MetricName(namespace="AWS/EC2", metric="CPUUtilization", dimensions=(),
    ...                   statistic="Average")
    >>> begin = datetime(2026, 11, 1, tzinfo=UTC)
    >>> calls = list(requests_of([name], begin, begin + timedelta(days=100)))
    >>> [call.n_points() for call in calls]
    [100800, 43200]
    """
    if begin.tzinfo is None or end.tzinfo is None or begin >= end:
        raise ValueError("begin and end need a time zone, and begin is the earlier")
    for i in range(0, len(names), MOST_QUERIES):
        some = tuple(names[i : i + MOST_QUERIES])
        per_second = sum(1 / name.period_seconds for name in some)
        longest = max(int(MOST_POINTS / per_second) // WHOLE_SECONDS, 1) * WHOLE_SECONDS
        at = begin.astimezone(UTC)
        while at < end:
            to = min(_floor(at) + timedelta(seconds=longest), end.astimezone(UTC))
            yield Request(some, at, to)
            at = to


def _floor(moment: datetime) -> datetime:
    """Give the begin of a moment's hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _query(key: str, name: MetricName) -> dict[str, Any]:
    """Give one query of a call."""
    dimensions = [{"Name": kind, "Value": value} for kind, value in name.dimensions]
    metric = {"Namespace": name.namespace, "MetricName": name.metric, "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": name.period_seconds, "Stat": name.statistic}
    return {"Id": key, "MetricStat": stat, "ReturnData": True}


def _merge(found: _Found, result: dict[str, Any]) -> None:
    """Add what a page says of a series."""
    stamps, values = result.get("Timestamps") or (), result.get("Values") or ()
    found.status = str(result.get("StatusCode", "none"))
    if len(stamps) != len(values):
        found.flaw = "stamps and values that do not go together"
        return
    for stamp, value in zip(stamps, values, strict=True):
        if stamp.tzinfo is None or not math.isfinite(value):
            found.flaw = "a datapoint that is none"
            return
        found.points[int(stamp.timestamp())] = float(value)


def _flaw(found: _Found) -> str:
    """Say why a series is no data; empty where it is."""
    if found.flaw or found.status == COMPLETE:
        return found.flaw
    return f"status {found.status} with {len(found.points):,} datapoints"


def _series(name: MetricName, points: dict[int, float], first: float, last: float) -> FetchedSeries:
    """Give the datapoints that begin within a range, oldest first."""
    begins = np.array(sorted(stamp for stamp in points if first <= stamp < last), dtype=np.int64)
    values = np.array([points[stamp] for stamp in begins.tolist()], dtype=np.float64)
    begins.setflags(write=False)
    values.setflags(write=False)
    return FetchedSeries(name=name, begins=begins, values=values)


def _where(request: Request) -> str:
    """Say which part is being fetched."""
    return f"metrics from {request.begin:%Y-%m-%dT%H:%MZ} to {request.end:%Y-%m-%dT%H:%MZ}"


def _incomplete(request: Request, reasons: dict[MetricName, str]) -> AccountError:
    """Say that series stayed incomplete."""
    shown = [f"{name.metric} {name.statistic}: {why}" for name, why in list(reasons.items())[:3]]
    more = f" and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    return AccountError(
        Problem(
            "all datapoints, status Complete",
            f"{'; '.join(shown)}{more}, after {MOST_TRIES} tries",
            _where(request),
            "Run the same command again later; nothing of this was kept, and days that are in the"
            " archive are not asked for again.",
        )
    )


def _forbidden(request: Request) -> AccountError:
    """Say that metrics may not be read."""
    return AccountError(
        Problem(
            "permission for cloudwatch:GetMetricData",
            "access denied",
            _where(request),
            "Run `aws sts get-caller-identity` to see as whom you ask, and let that role do"
            " cloudwatch:GetMetricData.",
        )
    )
