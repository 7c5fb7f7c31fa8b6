"""A recorded file as columns of text with the place of each row, whatever format it came in.

The standard library's reader is used rather than pandas, because a message has to name the line.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tuner.errors import Problem, TrafficError
from tuner.traffic.shapes import FloatArray

MISSING_WORDS = frozenset({"", "n/a", "na", "nan", "null", "none", "-"})
SHOWN_PROBLEMS = 5
SAMPLE_ROWS = 20

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns of text.

    Parameters
    ----------
    source : str
        File name for messages.
    names : tuple of str
        Column names, all different.
    n_rows : int
        Number of rows.
    cells : callable
        ``cells(name, n)`` gives the first n cells of a column, all of them for None.
    place : callable
        ``place(i)`` says where row i stands, such as ``a.csv, line 7``.
    """

    source: str
    names: tuple[str, ...]
    n_rows: int
    cells: Callable[[str, int | None], list[str]]
    place: Callable[[int], str]

    def looks_numeric(self, name: str) -> bool:
        """Tell whether the first cells of a column are numbers, at least one of them present."""
        sample = [cell.strip() for cell in self.cells(name, SAMPLE_ROWS)]
        present = [cell for cell in sample if cell.lower() not in MISSING_WORDS]
        return bool(present) and all(_NUMBER.fullmatch(cell) for cell in present)


def parse_csv(raw: bytes, *, source: str) -> Table:
    """Take a comma-, semicolon- or tab-separated text with a header apart.

    Parameters
    ----------
    raw : bytes
        UTF-8, with or without a byte order mark.
    source : str
        File name for messages.

    Raises
    ------
    TrafficError
        When it is empty, not text, has equal column names, or rows of another length.
    """
    text = _decoded(raw, source)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise TrafficError(
            Problem(
                "rows of separated cells",
                str(error),
                f"{source}, line {reader.line_num}",
                "Check the quotation marks, and that the file is complete.",
            )
        ) from error
    if not rows:
        raise TrafficError(
            Problem("a header and rows", "an empty file", source, "Check the export.")
        )
    names = tuple(cell.strip() for cell in rows[0])
    _refuse_bad_shape(rows, lines, names, source)

    def cells(name: str, n: int | None) -> list[str]:
        index = names.index(name)
        return [row[index] for row in rows[1 : None if n is None else n + 1]]

    def place(i: int) -> str:
        return f"{source}, line {lines[i + 1]}"

    return Table(source=source, names=names, n_rows=len(rows) - 1, cells=cells, place=place)


def parse_loads(
    cells: Sequence[str], *, column: str, place: Callable[[int], str], problems: list[Problem]
) -> FloatArray:
    """Read cells as loads: finite, at least 0, NaN where the cell is empty or says missing.

    Parameters
    ----------
    cells : sequence of str [N]
        As in the file.
    column : str
        Name of the column, for messages.
    place : callable
        Says where row i stands.
    problems : list of Problem
        What is text, negative or infinite is added here, the first few by line.

    Returns
    -------
    float64 [N]
        NaN where missing.
    """
    values = np.full(len(cells), np.nan)
    wrong: list[int] = []
    for i, cell in enumerate(cells):
        text = cell.strip()
        if _NUMBER.fullmatch(text):
            value = float(text)
            if 0 <= value < np.inf:
                values[i] = value
                continue
        elif text.lower() in MISSING_WORDS:
            continue
        wrong.append(i)
    problems.extend(
        Problem(
            "a finite number of at least 0",
            shorten(cells[i]),
            f"{place(i)}, column {column!r}",
            "Write plain numbers with a decimal point and no unit; leave missing ones empty.",
        )
        for i in wrong[:SHOWN_PROBLEMS]
    )
    if len(wrong) > SHOWN_PROBLEMS:
        problems.append(
            Problem(
                "numbers",
                f"{len(wrong):,} cells that are none or below 0",
                f"column {column!r}",
                "Check that this is the column that you meant.",
            )
        )
    return values


def unknown_column(name: str, *, names: Sequence[str], where: str) -> Problem:
    """Say that a column is not there, with the nearest name.

    Parameters
    ----------
    name : str
        What was asked for.
    names : sequence of str
        Columns that are there.
    where : str
        Name of the file.

    Returns
    -------
    Problem
        For the error of the caller.
    """
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    return Problem(
        f"a column {shorten(name)!r}",
        f"the columns {listed(names)}",
        where,
        f"{hint}Name one of these.",
    )


def listed(names: Sequence[str]) -> str:
    """Write names as a list for people, the first dozen."""
    shown = ", ".join(shorten(name) for name in list(names)[:12])
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def shorten(text: str) -> str:
    """Quote a cell for a message, cut where it is long."""
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _decoded(raw: bytes, source: str) -> str:
    """Decode UTF-8, or say that it is none."""
    got = None
    try:
        text = raw.decode("utf-8-sig")
        if "\0" in text:
            got = f"a zero byte at offset {text.index(chr(0))}"
    except UnicodeDecodeError as error:
        got = f"byte {raw[error.start]:#04x} at offset {error.start}"
    if got is not None:
        raise TrafficError(
            Problem(
                "text in UTF-8, or Parquet",
                got,
                source,
                "Give the CSV file itself, not an archive or a spreadsheet.",
            )
        )
    return text


def _refuse_bad_shape(
    rows: list[list[str]], lines: list[int], names: tuple[str, ...], source: str
) -> None:
    """Refuse equal column names, no rows, and rows longer or shorter than the header."""
    problems = []
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        problems.append(
            Problem(
                "columns with different names",
                f"twice {listed(repeated)}",
                f"{source}, line {lines[0]}",
                "Rename or drop one of each.",
            )
        )
    if len(rows) == 1:
        problems.append(
            Problem("rows below the header", "the header alone", source, "Check the export.")
        )
    odd = [i for i, row in enumerate(rows) if len(row) != len(names)]
    problems.extend(
        Problem(
            f"{len(names)} cells as in the header",
            str(len(rows[i])),
            f"{source}, line {lines[i]}",
            "Complete or delete the row; the last one may have been cut off.",
        )
        for i in odd[:SHOWN_PROBLEMS]
    )
    if problems:
        raise TrafficError(*problems)
