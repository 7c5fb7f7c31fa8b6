"""CPU over time: the record that every CPU reader makes, and the reader of plain CSV files.

Notation: M sample of CPU.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuner.errors import LoadTestError, Problem
from tuner.measure.clock import read_stamps
from tuner.measure.delimited import TextTable, read_text_table
from tuner.measure.loadtest import Dropped

FloatArray = NDArray[np.float64]

TIME_COLUMNS = ("epoch_s", "timestamp", "time", "epoch", "datetime", "date", "ts", "t_end_s", "t_s")
CPU_WORDS = ("cpu", "busy", "util", "pct", "percent")
MOST_CPU_PERCENT = 105.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuSeries:
    """CPU percent over time, sorted, without gaps filled.

    Parameters
    ----------
    end_seconds : float64 [M]
        End of each sample in seconds since 1970 (or since the start, where `relative`), rising.
    cpu_percent : float64 [M]
        Mean CPU over the sample, 0 to 100.
    period_seconds : float
        Length of a sample in seconds.
    relative : bool
        The stamps count from the start of the test.
    name : str
        Column or metric.
    dropped : tuple of Dropped
        Samples that were left out.
    warnings : tuple of str
        What a reader should know.
    """

    end_seconds: FloatArray
    cpu_percent: FloatArray
    period_seconds: float
    relative: bool
    name: str
    dropped: tuple[Dropped, ...] = ()
    warnings: tuple[str, ...] = ()


def read_cpu_csv(path: Path, *, cpu_column: str | None = None) -> CpuSeries:
    """Read CPU percent over time from a CSV with a time column and one or more CPU columns.

    Parameters
    ----------
    path : Path
        The file; per second, per ten seconds or per minute.
    cpu_column : str or None
        Which column; may be left out where there is only one.

    Returns
    -------
    CpuSeries
        Sorted by time; a stamp is taken as the end of its sample (the lag scan corrects it).

    Raises
    ------
    MissingFileError
        When the file is not there.
    LoadTestError
        When there is no time column, the CPU column is missing or one of several, or its values
        are text, fractions (0 to 1) or not percent.

    Notes
    -----
    Assumption: the time column is the first of `TIME_COLUMNS` that the file has.
    """
    table = read_text_table(path)
    time_column = _time_column(table)
    column = choose_cpu_column(table, time_column=time_column, cpu_column=cpu_column)
    problems: list[Problem] = []
    where = f"{table.name}, column {time_column!r}"
    stamps = read_stamps(
        table.texts(time_column), lines=table.lines, where=where, problems=problems
    )
    percent = table.numbers(column, problems=problems)
    if problems:
        raise LoadTestError(*problems)
    warnings: tuple[str, ...] = ()
    if stamps.naive:
        warnings = (f"The time stamps of {path.name} name no zone; they were taken as UTC.",)
    return make_cpu_series(
        stamps.seconds,
        cpu_percent=percent,
        name=column,
        source=path.name,
        relative=stamps.relative,
        warnings=warnings,
    )


def make_cpu_series(
    seconds: FloatArray,
    *,
    cpu_percent: FloatArray,
    name: str,
    source: str,
    relative: bool = False,
    stamped_at_start: bool = False,
    warnings: tuple[str, ...] = (),
) -> CpuSeries:
    """Sort, drop what is missing or repeated, and check that CPU is in percent.

    Parameters
    ----------
    seconds : float64 [M]
        Stamps in any order, NaN where missing.
    cpu_percent : float64 [M]
        CPU percent, NaN where missing.
    name, source : str
        Column and file, for messages.
    relative, stamped_at_start : bool
        Stamps count from the start of the test; a stamp names the start of its sample.
    warnings : tuple of str
        Carried over.

    Returns
    -------
    CpuSeries
        The checked series.

    Raises
    ------
    LoadTestError
        For fewer than two samples, fractions, negative values or more than 100 %.
    """
    present = np.isfinite(seconds) & np.isfinite(cpu_percent)
    dropped = [Dropped("CPU samples without a value", int(np.count_nonzero(~present)))]
    order = np.argsort(seconds[present], kind="stable")
    when, percent = seconds[present][order], cpu_percent[present][order]
    fresh = np.diff(when, prepend=-np.inf) > 0
    dropped.append(Dropped("CPU samples with a repeated time", int(np.count_nonzero(~fresh))))
    when, percent = when[fresh], percent[fresh]
    check_cpu_percent(percent, where=f"{source}, column {name!r}")
    if len(when) < 2:
        raise LoadTestError.of(
            expected="at least two CPU samples",
            got=f"{len(when)}",
            where=f"{source}, column {name!r}",
            next_step="Record CPU every second during the whole test.",
        )
    period = float(np.median(np.diff(when)))
    return CpuSeries(
        end_seconds=when + period * stamped_at_start,
        cpu_percent=np.minimum(percent, 100.0),
        period_seconds=period,
        relative=relative,
        name=name,
        dropped=tuple(entry for entry in dropped if entry.count),
        warnings=warnings,
    )


def check_cpu_percent(cpu_percent: FloatArray, *, where: str) -> None:
    """Refuse CPU that is not in percent: fractions, negative values, several cores added up.

    Raises
    ------
    LoadTestError
        With the range of the values and what to do.

    Notes
    -----
    Assumption: where no value is above 1, the column holds fractions; a host that never uses more
    than 1 % in a load test was not the host under test.
    """
    values = cpu_percent[np.isfinite(cpu_percent)]
    if not values.size:
        return
    low, high = float(values.min()), float(values.max())
    got, next_step = f"values from {low:g} to {high:g}", ""
    if low < 0:
        next_step = "CPU cannot be negative: check the column."
    elif high <= 1.0:
        next_step = "These look like fractions: multiply the column by 100."
    elif high > MOST_CPU_PERCENT:
        next_step = "If it adds up several cores, divide it by their number; else check the column."
    if next_step:
        raise LoadTestError.of(
            expected="CPU in percent, 0 to 100", got=got, where=where, next_step=next_step
        )


def choose_cpu_column(table: TextTable, *, time_column: str, cpu_column: str | None) -> str:
    """Give the CPU column: the named one, or the only one.

    Parameters
    ----------
    table : TextTable
        The file.
    time_column : str
        Its column of stamps.
    cpu_column : str or None
        Name that was asked for.

    Returns
    -------
    str
        Name of the column.

    Raises
    ------
    LoadTestError
        When the named column is not there, or none is named and there is not exactly one; the
        message lists them.
    """
    others = [name for name in table.header if name and name != time_column]
    candidates = [name for name in others if any(word in name.lower() for word in CPU_WORDS)]
    if cpu_column is not None:
        if cpu_column in others:
            return cpu_column
        got = f"the columns {', '.join(others)}"
        raise LoadTestError.of(
            expected=f"a CPU column {cpu_column!r}",
            got=got,
            where=table.name,
            next_step="Name one of them with --cpu-column.",
        )
    if not candidates and len(others) == 1:
        candidates = others
    if len(candidates) == 1:
        return candidates[0]
    listed = ", ".join(candidates or others) or "none"
    raise LoadTestError.of(
        expected="one CPU column, or the name of one",
        got=f"{len(candidates)} that could be it: {listed}" if candidates else f"columns: {listed}",
        where=table.name,
        next_step="Name the CPU of the service's process or host with --cpu-column.",
    )


def _time_column(table: TextTable) -> str:
    """Find the time column by its name."""
    lowered = {name.lower(): name for name in reversed(table.header)}
    for name in TIME_COLUMNS:
        if name in lowered:
            return lowered[name]
    raise LoadTestError.of(
        expected=f"a time column, one of {', '.join(TIME_COLUMNS)}",
        got=f"the columns {', '.join(table.header[:12])}",
        where=table.name,
        next_step="Name the column of time stamps so.",
    )
