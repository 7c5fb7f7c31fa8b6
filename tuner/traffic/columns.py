"""Which columns of a recorded file hold the stamps and the load, where the user does not say.

A choice by name is told; a choice that nobody could make is an error that lists the columns.
"""

from __future__ import annotations

import re

from tuner.errors import Problem, TrafficError
from tuner.traffic.recording import Unit
from tuner.traffic.shapes import FloatArray
from tuner.traffic.stamps import is_stamp
from tuner.traffic.table import Table, listed, unknown_column

TIME_NAMES = ("timestamp", "time", "datetime", "date", "ts", "stamp", "start", "minute")
LOAD_NAMES = (
    "rpm",
    "requests_per_minute",
    "requests",
    "requestcount",
    "request_count",
    "count",
    "transactions",
    "invocations",
    "value",
)
COUNT_NAMES = frozenset(LOAD_NAMES) - {"rpm", "requests_per_minute", "value"}

_CPU = re.compile(r"cpu|utili[sz]ation|percent|pct|%", re.IGNORECASE)
_UTC = re.compile(r"[^a-z]*utc[^a-z]*$")


def choose_clock(table: Table, wanted: str | None) -> str:
    """Choose the column of stamps."""
    if wanted is not None:
        if wanted not in table.names:
            raise TrafficError(unknown_column(wanted, names=table.names, where=table.source))
        return wanted
    if any(is_stamp(name) for name in table.names):
        raise TrafficError(
            Problem(
                "a header line such as `timestamp,rpm`",
                f"a first line that is data: {listed(table.names)}",
                table.source,
                "Add a line of column names at the top.",
            )
        )
    lowered = {_UTC.sub("", name.lower()): name for name in reversed(table.names)}
    for name in TIME_NAMES:
        if name in lowered:
            return lowered[name]
    for name in table.names:
        sample = table.cells(name, 3)
        if sample and all(is_stamp(cell) for cell in sample):
            return name
    raise TrafficError(
        Problem(
            "a column of time stamps",
            f"the columns {listed(table.names)}",
            table.source,
            "Say time_column.",
        )
    )


def choose_load(table: Table, wanted: str | None, clock_name: str) -> tuple[str, list[str]]:
    """Choose the column of the load, and say why where there was a choice.

    Parameters
    ----------
    table : Table
        The file.
    wanted : str or None
        Name that was asked for.
    clock_name : str
        Its column of stamps.

    Returns
    -------
    str, list of str
        Name of the column, and notes.
    """
    others = [name for name in table.names if name != clock_name]
    if wanted is not None:
        if wanted not in others:
            raise TrafficError(unknown_column(wanted, names=others, where=table.source))
        return wanted, []
    numeric = [name for name in others if table.looks_numeric(name)]
    if len(numeric) == 1:
        return numeric[0], []
    if not numeric and len(others) == 1:
        return others[0], []
    lowered = {name.lower().replace(" ", "_"): name for name in reversed(numeric)}
    for name in LOAD_NAMES:
        if name in lowered:
            rest = [other for other in numeric if other != lowered[name]]
            return lowered[name], [
                f"The column {lowered[name]!r} was taken by its name, not {listed(rest)}."
            ]
    raise TrafficError(
        Problem(
            "one column of numbers, or one with a usual name such as rpm or requests",
            f"the number columns {listed(numeric)}" if numeric else "no column of numbers",
            table.source,
            "Say column.",
        )
    )


def cpu_notes(source: str, column: str, values: FloatArray) -> list[str]:
    """Say so where a series looks like CPU in percent.

    Parameters
    ----------
    source, column : str
        Names of file and column.
    values : float64 [N]
        The series.

    Returns
    -------
    list of str
        A note, or nothing.
    """
    by_column = _CPU.search(column) is not None
    by_file = _CPU.search(source) is not None and not (values > 100).any()
    if not (by_column or by_file):
        return []
    return [
        f"By its name, {column!r} of {source} looks like CPU in percent. CPU in percent is not "
        "traffic: name a column of requests."
    ]


def unit_notes(column: str, unit: Unit) -> list[str]:
    """Say so where the name of a column speaks against the unit."""
    name = column.lower().replace(" ", "_")
    if unit == "rpm" and name in COUNT_NAMES:
        return [f"The column {column!r} was read as requests per minute; counts are `requests`."]
    if unit == "requests" and name in ("rpm", "requests_per_minute"):
        return [f"The column {column!r} was read as requests of each step, against its name."]
    return []


def says_utc(name: str) -> bool:
    """Tell whether the name of a time column says UTC.

    Examples
    --------
    >>> says_utc("minute_utc"), says_utc("time (UTC)"), says_utc("outcome")
    (True, True, False)
    """
    return _UTC.search(name.lower()) is not None
