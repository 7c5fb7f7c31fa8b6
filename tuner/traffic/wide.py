"""The wide layout: a row for each series, a column for each minute, and no dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tuner.errors import Problem, TrafficError
from tuner.traffic.recorded import read_table
from tuner.traffic.recording import Recording, recording_of
from tuner.traffic.table import Table, listed, parse_loads, shorten

ALL_SERIES = "sum"

_MINUTE = re.compile(r"[1-9]\d{0,4}", re.ASCII)


def read_wide_minutes(path: Path, *, series: str | None = None) -> Recording:
    """Read one series of a file with a row for each series and a column for each minute.

    Parameters
    ----------
    path : Path
        CSV or packed CSV with columns ``1``, ``2``, … of requests in that minute, as Microsoft's
        Azure Functions trace has them; other columns name the series.
    series : str or None
        The number of the row (from 1), or the beginning of one of its names (at least 4 letters),
        or ``sum`` for all rows together; None where there is only one.

    Returns
    -------
    Recording
        On a clock of its own: minute 1 is 00:00 of a first day.

    Raises
    ------
    MissingFileError
        When the file is not there or cannot be opened.
    TrafficError
        When it has another layout, or the series is not named; the message lists the series.
    """
    table = read_table(Path(path))
    minutes = [name for name in table.names if _MINUTE.fullmatch(name)]
    if len(minutes) < 2:
        raise TrafficError(
            Problem(
                "columns 1, 2, 3, … of requests in each minute",
                f"the columns {listed(table.names)}",
                table.source,
                "Read a file with one row for each time as an ordinary recording.",
            )
        )
    names = [name for name in table.names if name not in set(minutes)]
    rows, label = _chosen_series(table, names, series)
    problems: list[Problem] = []
    loads = np.empty((len(rows), len(minutes)))
    columns = [table.cells(name, None) for name in minutes]
    for k, i in enumerate(rows):
        loads[k] = parse_loads(
            [column[i] for column in columns],
            column=label,
            place=lambda j, i=i: f"{table.place(i)}, minute {minutes[j]}",  # type: ignore[misc]
            problems=problems,
        )
    if problems:
        raise TrafficError(*problems)
    return recording_of(
        (np.array([int(name) for name in minutes], dtype=np.int64) - 1) * 60,
        np.asarray(loads.sum(axis=0)),
        source=table.source,
        column=label,
        unit="requests",
        zone=None,
        notes=["The file has no dates: minute 1 is called 00:00 of 1970-01-01."],
    )


def _chosen_series(table: Table, names: Sequence[str], series: str | None) -> tuple[list[int], str]:
    """Choose the rows of a wide file, and name them."""
    labels = list(zip(*(table.cells(name, None) for name in names), strict=True))
    everything = list(range(table.n_rows))
    if series == ALL_SERIES:
        return everything, f"sum of {table.n_rows} series"
    if series is None:
        found = everything
    elif _MINUTE.fullmatch(series):
        found = [i for i in everything if i + 1 == int(series)]
    else:
        long_enough = len(series) >= 4
        found = [
            i for i in everything if long_enough and any(c.startswith(series) for c in labels[i])
        ]
    if len(found) == 1:
        words = ", ".join(cell[:8] for cell in labels[found[0]]) if labels else "series"
        return found, f"{found[0] + 1} ({words})"
    shown = "; ".join(
        f"{i + 1} ({', '.join(cell[:8] for cell in labels[i])})" if labels else str(i + 1)
        for i in everything[:12]
    )
    got = "none named" if series is None else f"{shorten(series)}, which names {len(found)}"
    raise TrafficError(
        Problem(
            f"one of the {table.n_rows} series: {shown}{' …' if table.n_rows > 12 else ''}",
            got,
            table.source,
            f"Say series: a number, the beginning of a name, or `{ALL_SERIES}`.",
        )
    )
