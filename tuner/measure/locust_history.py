"""Locust's full history CSV, cleaned: one row a second, counters that rise, what was dropped.

Notation: R row of the history. Locust writes one row a second and endpoint, and one named
``Aggregated`` that repeats them all. ``Total Request Count`` is exact; ``Requests/s`` is smoothed
and lags, so it is never read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuner.errors import LoadTestError, Problem
from tuner.measure.clock import read_stamps
from tuner.measure.delimited import TextTable, read_text_table, require_columns
from tuner.measure.loadtest import Dropped

FloatArray = NDArray[np.float64]

TIME, USERS, NAME, KIND = "Timestamp", "User Count", "Name", "Type"
REQUESTS, FAILURES = "Total Request Count", "Total Failure Count"
P50, P95 = "50%", "95%"
AGGREGATED = "Aggregated"
LONGEST_STEP_BETWEEN_ROWS_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Rows of a Locust history in time order; every array [R].

    Parameters
    ----------
    seconds : float64 [R]
        Time of the row in seconds since 1970, smoothed from Locust's whole seconds.
    users : float64 [R]
        Users running.
    requests, failures : float64 [R]
        Counted since the start; they never fall, also where the file's counters were reset.
    p50_ms, p95_ms : float64 [R]
        Rolling percentiles; NaN where Locust had none.
    after_gap : bool [R]
        The row is the first after a gap or a reset: no difference may span it.
    source : str
        File name.
    dropped : tuple of Dropped
        Rows that were left out.
    warnings : tuple of str
        What a reader should know.
    """

    seconds: FloatArray
    users: FloatArray
    requests: FloatArray
    failures: FloatArray
    p50_ms: FloatArray
    p95_ms: FloatArray
    after_gap: NDArray[np.bool_]
    source: str
    dropped: tuple[Dropped, ...]
    warnings: tuple[str, ...]


def read_history(path: Path) -> History:
    """Read a Locust history CSV and clean it.

    Parameters
    ----------
    path : Path
        ``*_stats_history.csv`` of a run with ``--csv-full-history``, or without.

    Returns
    -------
    History
        One row a second.

    Raises
    ------
    MissingFileError
        When the file is not there.
    LoadTestError
        When columns are missing, cells are not numbers, or no row had users.

    Notes
    -----
    Source: Locust documentation, "Retrieve test statistics in CSV format".
    Assumption: where there is no ``Aggregated`` row, p95 over all endpoints is the mean of theirs,
    weighted with their requests; percentiles cannot be merged exactly.
    """
    table = read_text_table(path)
    require_columns(table, (TIME, USERS, NAME, P50, P95, REQUESTS, FAILURES))
    table, aggregated, dropped, warnings = _one_kind_of_row(table)
    columns, naive = _numbers(table)
    if naive:
        warnings.append(f"The time stamps of {table.name} name no zone; they were taken as UTC.")
    order = np.argsort(columns[TIME], kind="stable")
    if np.any(np.diff(columns[TIME]) < 0):
        warnings.append(f"The rows of {table.name} were not in time order; they were sorted.")
    columns = {name: values[order] for name, values in columns.items()}
    if not aggregated:
        names = np.array([cell.strip() for cell in table.texts(NAME)])[order]
        columns = _sum_endpoints(columns, names)
    columns = _without_idle_and_repeated(columns, dropped, source=table.name)
    return _history(columns, source=table.name, dropped=dropped, warnings=warnings)


def _one_kind_of_row(table: TextTable) -> tuple[TextTable, bool, list[Dropped], list[str]]:
    """Keep the Aggregated rows where there are any, else the endpoints'."""
    is_total = [cell.strip() == AGGREGATED for cell in table.texts(NAME)]
    rows = range(len(table.rows))
    totals = [i for i in rows if is_total[i]]
    endpoints = [i for i in rows if not is_total[i]]
    if not table.rows:
        raise LoadTestError.of(
            expected="rows of a load test",
            got="a header and no row",
            where=table.name,
            next_step="Run Locust with --csv and let it end.",
        )
    if not totals:
        words = (
            f"{table.name} has no Aggregated rows: requests were summed over the endpoints, and "
            "p95 is their mean weighted with requests, an approximation."
        )
        return table, False, [], [words]
    dropped = [Dropped("per-endpoint rows beside the Aggregated row", len(endpoints))]
    return table.keep(totals), True, dropped, []


def _numbers(table: TextTable) -> tuple[dict[str, FloatArray], bool]:
    """Turn the columns into numbers, or raise all problems at once."""
    problems: list[Problem] = []
    where = f"{table.name}, column {TIME!r}"
    stamps = read_stamps(table.texts(TIME), lines=table.lines, where=where, problems=problems)
    columns = {TIME: stamps.seconds}
    for name in (USERS, REQUESTS, FAILURES, P50, P95):
        columns[name] = table.numbers(name, problems=problems)
        problems.extend(
            Problem(
                "a number of at least 0",
                f"{columns[name][i]:g}",
                f"{table.name}, line {table.lines[i]}, column {name!r}",
                "Counts and times cannot be negative: give Locust's own file.",
            )
            for i in np.flatnonzero(columns[name] < 0)[:1]
        )
    if problems:
        raise LoadTestError(*problems)
    return columns, stamps.naive


def _sum_endpoints(
    columns: dict[str, FloatArray], names: NDArray[np.str_]
) -> dict[str, FloatArray]:
    """Merge the rows of several endpoints at one time into one."""
    times, slot = np.unique(columns[TIME], return_inverse=True)
    merged = {TIME: times, USERS: np.full(len(times), np.nan)}
    merged[USERS][slot] = columns[USERS]
    merged[REQUESTS], merged[FAILURES] = np.zeros(len(times)), np.zeros(len(times))
    weighted = {name: np.zeros(len(times)) for name in (P50, P95)}
    weight = np.zeros(len(times))
    for endpoint in np.unique(names):
        rows = np.flatnonzero(names == endpoint)
        total = _held(columns[REQUESTS][rows], slot[rows], len(times))
        merged[REQUESTS] += total
        merged[FAILURES] += _held(columns[FAILURES][rows], slot[rows], len(times))
        usable = rows[np.isfinite(columns[P95][rows]) & np.isfinite(columns[P50][rows])]
        recent = np.maximum(total - np.concatenate([np.zeros(10), total])[: len(total)], 0.0) + 1e-9
        weight[slot[usable]] += recent[slot[usable]]
        for name in (P50, P95):
            weighted[name][slot[usable]] += recent[slot[usable]] * columns[name][usable]
    with np.errstate(invalid="ignore", divide="ignore"):
        for name in (P50, P95):
            merged[name] = np.where(weight > 0, weighted[name] / weight, np.nan)
    return merged


def _held(values: FloatArray, slots: NDArray[np.intp], count: int) -> FloatArray:
    """Put values into slots and hold each until the next; 0 before the first."""
    filled = np.full(count, np.nan)
    filled[slots] = values
    known = np.where(np.isfinite(filled), np.arange(count), -1)
    last = np.maximum.accumulate(known)
    return np.where(last >= 0, filled[np.maximum(last, 0)], 0.0)


def _without_idle_and_repeated(
    columns: dict[str, FloatArray], dropped: list[Dropped], *, source: str
) -> dict[str, FloatArray]:
    """Drop rows that hold nothing, rows without users, and all but the last at one time."""
    percentile_missing = ~np.isfinite(columns[P95])
    count_missing = ~np.isfinite(columns[REQUESTS] + columns[FAILURES] + columns[USERS])
    when_missing = ~np.isfinite(columns[TIME])
    users = np.nan_to_num(columns[USERS])
    running = np.flatnonzero(users > 0)
    if not running.size:
        raise LoadTestError.of(
            expected="rows with users",
            got=f"{len(users)} rows, none with a user",
            where=source,
            next_step="Give the history of a run that generated load.",
        )
    rows = np.arange(len(users))
    gone, before = rows > running[-1], rows < running[0]
    between = (users == 0) & ~gone & ~before
    with np.errstate(invalid="ignore"):
        repeated = np.append(np.diff(columns[TIME]) <= 0, False)
    faults = (
        (
            "rows with N/A percentiles before the first answers",
            percentile_missing & (before | (rows < 3)),
        ),
        ("rows without a time or a count", count_missing | when_missing),
        ("rows before the first users", before & ~percentile_missing),
        ("rows after the users were gone", gone),
        ("rows without users between", between),
        ("rows with a repeated time", repeated),
    )
    bad = np.zeros(len(users), dtype=bool)
    for reason, rows_at_fault in faults:
        dropped.append(Dropped(reason, int(np.count_nonzero(rows_at_fault & ~bad))))
        bad |= rows_at_fault
    # The last row before the first users holds the counters at the start of the first window.
    usable = ~(count_missing | when_missing | repeated)
    start = np.flatnonzero(before & usable)
    keep = ~bad
    keep[start[-1:]] = True
    return {name: values[keep] for name, values in columns.items()}


def _history(
    columns: dict[str, FloatArray], *, source: str, dropped: list[Dropped], warnings: list[str]
) -> History:
    """Undo counter resets, mark gaps, smooth the clock."""
    if len(columns[TIME]) < 2:
        raise LoadTestError.of(
            expected="at least two rows with users",
            got=f"{len(columns[TIME])}",
            where=source,
            next_step="Run the load test for several minutes, with a row a second.",
        )
    step = np.diff(columns[TIME], prepend=columns[TIME][0])
    reset = np.diff(columns[REQUESTS], prepend=columns[REQUESTS][0]) < 0
    usual = float(np.median(step[1:]))
    gap = step > max(LONGEST_STEP_BETWEEN_ROWS_SECONDS, 2.5 * usual)
    after_gap = gap | reset
    if gap.any():
        warnings.append(
            f"{source} has {int(gap.sum())} gap(s), the longest of {step.max():g} s; no window "
            "spans one."
        )
    if reset.any():
        warnings.append(f"The counters of {source} fell {int(reset.sum())} time(s): a restart.")
    return History(
        seconds=_smooth_clock(columns[TIME], after_gap),
        users=columns[USERS],
        requests=_rising(columns[REQUESTS]),
        failures=_rising(columns[FAILURES]),
        p50_ms=columns[P50],
        p95_ms=columns[P95],
        after_gap=after_gap,
        source=source,
        dropped=tuple(entry for entry in dropped if entry.count),
        warnings=tuple(warnings),
    )


def _rising(counter: FloatArray) -> FloatArray:
    """Undo resets: add up only what a counter rose."""
    return np.asarray(np.cumsum(np.maximum(np.diff(counter, prepend=counter[0]), 0.0)))


def _smooth_clock(seconds: FloatArray, after_gap: NDArray[np.bool_]) -> FloatArray:
    """Turn whole seconds into a steady clock between gaps, where rows are steady.

    Locust truncates its clock: ten rows may seem 9 or 11 s long, an error of 10 % in the rate.
    """
    smooth = seconds.copy()
    if np.any(seconds != np.floor(seconds)):
        return smooth
    smooth += 0.5
    starts = np.flatnonzero(after_gap | (np.arange(len(seconds)) == 0))
    for begin, end in zip(starts, [*starts[1:], len(seconds)]):
        if end - begin < 4:
            continue
        row = np.arange(end - begin) - (end - begin - 1) / 2
        part = seconds[begin:end] + 0.5
        fitted = part.mean() + row * (row @ (part - part.mean())) / (row @ row)
        if np.max(np.abs(fitted - part)) <= 1.0:
            smooth[begin:end] = fitted
    return smooth
