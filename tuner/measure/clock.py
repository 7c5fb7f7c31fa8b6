"""Time stamps of load tests and metrics, read as seconds since 1970 in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from tuner.errors import Problem
from tuner.measure.delimited import SHOWN_PROBLEMS, parse_number

FloatArray = NDArray[np.float64]

EARLIEST_EPOCH_SECONDS = 1e8
LATEST_EPOCH_SECONDS = 1e10


@dataclass(frozen=True, slots=True)
class Stamps:
    """Time stamps as numbers.

    Parameters
    ----------
    seconds : float64 [N]
        Seconds since 1970 in UTC, or since the start of the test where `relative`.
    relative : bool
        The numbers count from the start of the test.
    naive : bool
        The stamps named no zone and were taken as UTC.
    """

    seconds: FloatArray
    relative: bool
    naive: bool


def read_stamps(
    cells: Sequence[str], *, lines: Sequence[int], where: str, problems: list[Problem]
) -> Stamps:
    """Read time stamps: epoch seconds or milliseconds, seconds from the start, or ISO 8601.

    Parameters
    ----------
    cells : sequence of str [N]
        The stamps as text.
    lines : sequence of int [N]
        Their lines, for messages.
    where : str
        File and column, for messages.
    problems : list of Problem
        Stamps that cannot be read are added here.

    Returns
    -------
    Stamps
        With NaN where a stamp could not be read.

    Notes
    -----
    Assumption: numbers below 1e8 count seconds from the start of the test, numbers above 1e10 are
    milliseconds since 1970. Assumption: stamps without a zone are UTC; the caller is told.
    """
    values = np.full(len(cells), np.nan)
    naive = False
    wrong = []
    for i, cell in enumerate(cells):
        number = parse_number(cell)
        if number is not None and np.isfinite(number):
            values[i] = number / 1000.0 if abs(number) > LATEST_EPOCH_SECONDS else number
            continue
        moment = _parse_moment(cell)
        if moment is None:
            wrong.append(i)
            continue
        naive = naive or moment.tzinfo is None
        values[i] = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    implausible = np.flatnonzero((values < 0) | (values > LATEST_EPOCH_SECONDS))
    problems.extend(
        Problem(
            "a time stamp (epoch seconds, or as 2026-11-24T04:23:43Z)",
            repr(cells[i][:40]),
            f"{where}, line {lines[i]}",
            "Write every stamp in one of these forms.",
        )
        for i in [*wrong, *implausible.tolist()][:SHOWN_PROBLEMS]
    )
    finite = values[np.isfinite(values)]
    relative = bool(finite.size) and float(finite.max()) < EARLIEST_EPOCH_SECONDS
    return Stamps(values, relative, naive)


def _parse_moment(cell: str) -> datetime | None:
    """Read an ISO 8601 stamp, also with slashes as the CloudWatch console writes; None if not."""
    text = cell.strip().replace("/", "-")
    try:
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
