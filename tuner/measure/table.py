"""A plain table (rpm, CPU percent, p95) becomes a load test.

Clock: rows are taken in file order, unless there is a column ``timestamp``. Model: unknown.
Rounding: as written.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuner.errors import LoadTestError, Problem
from tuner.measure.clock import read_stamps
from tuner.measure.cpu_series import check_cpu_percent
from tuner.measure.delimited import (
    SHOWN_PROBLEMS,
    TextTable,
    read_text_table,
    require_columns,
)
from tuner.measure.loadtest import Dropped, LoadTest

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

RPM, CPU, P95 = "rpm", "cpu_percent", "latency_p95_ms"
IN_SERVICE, ERRORS, TIME = "in_service", "error_fraction", "timestamp"
FEWEST_ROWS = 4
SAME_STEP_FRACTION = 0.05


def read_table(path: Path) -> LoadTest:
    """Read a table of rpm, CPU percent and p95 latency as a load test.

    Parameters
    ----------
    path : Path
        CSV with the columns ``rpm`` (of the whole service) and ``latency_p95_ms`` or
        ``cpu_percent`` (mean of one instance) or both; ``in_service`` (else 1),
        ``error_fraction`` (else 0) and ``timestamp`` (else file order) may be there.

    Returns
    -------
    LoadTest
        Rows in time order, with what was dropped.

    Raises
    ------
    MissingFileError
        When the file is not there.
    LoadTestError
        When columns are missing, cells are text, rpm is negative, CPU is in fractions, or fewer
        than 4 rows remain. All problems are named at once.

    Notes
    -----
    Assumption: consecutive rows whose rpm differs by less than 5 % from the first of them belong to
    one step of load.
    """
    table = read_text_table(path)
    require_columns(
        table, (RPM,) if CPU in table.header or P95 in table.header else (RPM, CPU, P95)
    )
    problems: list[Problem] = []
    columns = {
        name: table.numbers(name, problems=problems)
        for name in (RPM, CPU, P95, IN_SERVICE, ERRORS)
        if name in table.header
    }
    problems.extend(_range_problems(table, columns))
    seconds, naive = _seconds(table, problems)
    if problems:
        raise LoadTestError(*problems)
    rows = len(table.rows)
    for name, usual in ((CPU, np.nan), (P95, np.nan), (IN_SERVICE, 1.0), (ERRORS, 0.0)):
        columns.setdefault(name, np.full(rows, usual))
    return _load_test(table, columns, seconds=seconds, naive=naive)


def _load_test(
    table: TextTable, columns: dict[str, FloatArray], *, seconds: FloatArray, naive: bool
) -> LoadTest:
    """Sort, drop what is missing or repeated, and number the steps."""
    order = np.argsort(seconds, kind="stable")
    warnings = []
    if np.any(np.diff(order) < 0):
        warnings.append(f"The rows of {table.name} were not in time order; they were sorted.")
    if naive:
        warnings.append(f"The time stamps of {table.name} name no zone; they were taken as UTC.")
    columns = {name: values[order] for name, values in columns.items()}
    when = seconds[order]
    no_load = ~np.isfinite(columns[RPM]) | ~np.isfinite(columns[IN_SERVICE])
    no_host = columns[IN_SERVICE] <= 0
    blind = ~np.isfinite(columns[CPU]) & ~np.isfinite(columns[P95])
    with np.errstate(invalid="ignore"):
        repeated = np.append(False, np.diff(when) <= 0)
    bad = np.zeros(len(when), dtype=bool)
    dropped = []
    for reason, rows in (
        ("rows without rpm or in_service", no_load | ~np.isfinite(when)),
        ("rows without an instance in service", no_host),
        ("rows with neither CPU nor latency", blind),
        ("rows with a repeated time", repeated),
    ):
        dropped.append(Dropped(reason, int(np.count_nonzero(rows & ~bad))))
        bad |= rows
    keep = ~bad
    if np.count_nonzero(keep) < FEWEST_ROWS:
        raise LoadTestError.of(
            expected=f"at least {FEWEST_ROWS} rows with rpm and CPU or latency",
            got=f"{int(np.count_nonzero(keep))}",
            where=table.name,
            next_step="Measure ten or more loads, from idle to past the knee.",
        )
    if not np.isfinite(columns[CPU]).any():
        warnings.append(f"{table.name} has no CPU: a break is looked for along the load.")
    error_fraction = np.nan_to_num(columns[ERRORS][keep])
    return LoadTest(
        offered_rpm=_frozen(columns[RPM][keep]),
        in_service=_frozen(columns[IN_SERVICE][keep]),
        cpu_percent=_frozen(np.minimum(columns[CPU][keep], 100.0)),
        latency_p95_ms=_frozen(np.where(columns[P95][keep] > 0, columns[P95][keep], np.nan)),
        error_fraction=_frozen(error_fraction),
        step=_steps(columns[RPM][keep] / columns[IN_SERVICE][keep]),
        source=table.name,
        dropped=tuple(entry for entry in dropped if entry.count),
        warnings=tuple(warnings),
    )


def _seconds(table: TextTable, problems: list[Problem]) -> tuple[FloatArray, bool]:
    """Give the time of each row: its stamp, or its number in the file."""
    if TIME not in table.header:
        return np.arange(len(table.rows), dtype=np.float64), False
    where = f"{table.name}, column {TIME!r}"
    stamps = read_stamps(table.texts(TIME), lines=table.lines, where=where, problems=problems)
    return stamps.seconds, stamps.naive


def _range_problems(table: TextTable, columns: dict[str, FloatArray]) -> list[Problem]:
    """List values that cannot be."""
    limits = {
        RPM: (0.0, np.inf, "Traffic cannot be negative: check the column."),
        P95: (0.0, np.inf, "Latency cannot be negative: check the column."),
        IN_SERVICE: (0.0, np.inf, "Give the number of instances in service."),
        ERRORS: (0.0, 1.0, "Give failures as a fraction of requests, 0 to 1."),
    }
    problems: list[Problem] = []
    for name, values in columns.items():
        if name == CPU:
            try:
                check_cpu_percent(values, where=f"{table.name}, column {name!r}")
            except LoadTestError as error:
                problems.extend(error.problems)
            continue
        low, high, next_step = limits[name]
        wrong = np.flatnonzero((values < low) | (values > high))
        wanted = "at least 0" if high == np.inf else f"{low:g} to {high:g}"
        problems.extend(
            Problem(
                f"a number, {wanted}",
                f"{values[i]:g}",
                f"{table.name}, line {table.lines[i]}, column {name!r}",
                next_step,
            )
            for i in wrong[:SHOWN_PROBLEMS]
        )
    return problems


def _steps(load: FloatArray) -> IntArray:
    """Give each row the number of its step: rows near the first row of a step belong to it."""
    step = np.zeros(len(load), dtype=np.int64)
    level, number = load[0], 0
    for i, value in enumerate(load):
        if abs(value - level) > SAME_STEP_FRACTION * max(level, 1.0):
            level, number = value, number + 1
        step[i] = number
    return step


def _frozen(values: FloatArray) -> FloatArray:
    """Make an array read-only."""
    values.setflags(write=False)
    return values
