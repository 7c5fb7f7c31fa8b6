"""Read a delimited text file into columns of text with line numbers, and say exactly what is wrong.

The standard library's reader is used rather than pandas, because a message has to name the line.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuner.errors import LoadTestError, MissingFileError, Problem

FloatArray = NDArray[np.float64]

LARGEST_FILE_BYTES = 256 * 1024 * 1024
MISSING_WORDS = frozenset({"", "n/a", "na", "nan", "null", "none", "-"})
SHOWN_PROBLEMS = 5
LARGEST_NUMBER, SMALLEST_NUMBER = 1e13, 1e-9

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


@dataclass(frozen=True, slots=True)
class TextTable:
    """A delimited file as text: header, rows of cells, and the line each row came from.

    Parameters
    ----------
    name : str
        File name for messages.
    header : tuple of str
        Column names, stripped.
    rows : tuple of tuple of str
        Cells, each row as long as the header.
    lines : tuple of int
        Line number of each row, from 1.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def texts(self, column: str) -> tuple[str, ...]:
        """Give the cells of one column."""
        index = self.header.index(column)
        return tuple(row[index] for row in self.rows)

    def keep(self, positions: Sequence[int]) -> TextTable:
        """Give the table with only these rows, in this order."""
        rows = tuple(self.rows[i] for i in positions)
        return TextTable(self.name, self.header, rows, tuple(self.lines[i] for i in positions))

    def numbers(self, column: str, *, problems: list[Problem]) -> FloatArray:
        """Give one column as numbers; NaN where a cell says that the value is missing.

        Parameters
        ----------
        column : str
            Name of the column.
        problems : list of Problem
            Cells that are not numbers are added here, the first few by line.

        Returns
        -------
        float64 [N]
            Finite numbers and NaN.
        """
        cells = self.texts(column)
        values = np.full(len(cells), np.nan)
        wrong = []
        for i, cell in enumerate(cells):
            number = parse_number(cell)
            if number is None:
                wrong.append(i)
            else:
                values[i] = number
        problems.extend(
            Problem(
                "a number of at most 1e13",
                _shorten(cells[i]),
                f"{self.name}, line {self.lines[i]}, column {column!r}",
                "Write plain numbers with a decimal point and no unit.",
            )
            for i in wrong[:SHOWN_PROBLEMS]
        )
        if len(wrong) > SHOWN_PROBLEMS:
            problems.append(
                Problem(
                    "numbers",
                    f"{len(wrong)} cells of text in all",
                    f"{self.name}, column {column!r}",
                    "Check that this is the column that you meant.",
                )
            )
        return values


def parse_number(cell: str) -> float | None:
    """Give a cell as a number, NaN where it says missing, None where it is neither.

    Numbers beyond 1e13 are none: milliseconds since 1970 are the largest that a load test holds.

    Examples
    --------
    >>> parse_number("1.5"), parse_number("N/A"), parse_number("12 %")
    (1.5, nan, None)
    """
    text = cell.strip()
    if text.lower() in MISSING_WORDS:
        return float("nan")
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    if abs(value) > LARGEST_NUMBER:
        return None
    return value if abs(value) > SMALLEST_NUMBER else 0.0


def read_text(path: Path) -> str:
    """Read a file as UTF-8 text.

    Raises
    ------
    MissingFileError
        When the file is not there or cannot be opened.
    LoadTestError
        When it is not text, or larger than 256 MiB.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise LoadTestError.of(
                expected="a file of at most 256 MiB",
                got=f"{size:,} bytes",
                where=path.name,
                next_step="Cut out the load test, or make the rows coarser.",
            )
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        raise MissingFileError.of(
            expected="a file that can be read",
            got=getattr(error, "strerror", None) or str(error),
            where=str(path),
            next_step="Check the path and the permissions.",
        ) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_text(path, f"byte {raw[error.start]:#04x} at offset {error.start}") from error
    if "\0" in text:
        raise _not_text(path, f"a zero byte at offset {text.index(chr(0))}")
    return text


def read_text_table(path: Path) -> TextTable:
    """Read a comma-, semicolon- or tab-separated file with a header.

    Raises
    ------
    MissingFileError
        When the file is not there.
    LoadTestError
        When it is empty, not text, has equal column names, or rows of another length.
    """
    return parse_text_table(read_text(path), name=path.name)


def parse_text_table(text: str, *, name: str, first_line: int = 1) -> TextTable:
    """Take text apart into a table; as `read_text_table`, for text in hand.

    Parameters
    ----------
    text : str
        Lines with a header.
    name : str
        Name of the file, for messages.
    first_line : int
        Number of the header's line in the file.

    Returns
    -------
    TextTable
        Cells as text, with the line of each row.
    """
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(tuple(cells))
                lines.append(reader.line_num + first_line - 1)
    except csv.Error as error:
        raise LoadTestError.of(
            expected="rows of separated cells",
            got=str(error),
            where=f"{name}, line {reader.line_num + first_line - 1}",
            next_step="Check the quotation marks and that the file is complete.",
        ) from error
    if not rows:
        raise LoadTestError.of(
            expected="a header and rows",
            got="an empty file",
            where=name,
            next_step="Check that the load test wrote its rows.",
        )
    header = tuple(cell.strip() for cell in rows[0])
    table = TextTable(name, header, tuple(rows[1:]), tuple(lines[1:]))
    _refuse_bad_shape(table)
    return table


def require_columns(table: TextTable, columns: Sequence[str]) -> None:
    """Refuse a table that lacks columns, all at once, with the nearest names.

    Raises
    ------
    LoadTestError
        One problem for each column that is not there.
    """
    problems = []
    for column in columns:
        if column in table.header:
            continue
        near = difflib.get_close_matches(column, table.header, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        problems.append(
            Problem(
                f"a column {column!r}",
                f"the columns {_listed(table.header)}",
                table.name,
                f"{hint}Name the column so, or give the right file.",
            )
        )
    if problems:
        raise LoadTestError(*problems)


def _refuse_bad_shape(table: TextTable) -> None:
    """Refuse equal column names, and rows that are longer or shorter than the header."""
    problems = []
    repeated = sorted({name for name in table.header if table.header.count(name) > 1})
    if repeated:
        problems.append(
            Problem(
                "columns with different names",
                f"twice {_listed(repeated)}",
                f"{table.name}, header",
                "Rename or drop one of each.",
            )
        )
    width = len(table.header)
    odd = [i for i, row in enumerate(table.rows) if len(row) != width]
    problems.extend(
        Problem(
            f"{width} cells as in the header",
            f"{len(table.rows[i])}",
            f"{table.name}, line {table.lines[i]}",
            "Complete or delete the row; the last one may have been cut off.",
        )
        for i in odd[:SHOWN_PROBLEMS]
    )
    if problems:
        raise LoadTestError(*problems)


def _not_text(path: Path, got: str) -> LoadTestError:
    """Say that a file is binary."""
    return LoadTestError(
        Problem(
            "text in UTF-8",
            got,
            path.name,
            "Give the CSV file itself, not an archive or a spreadsheet.",
        )
    )


def _listed(names: Sequence[str]) -> str:
    """Write names as a list for people, the first dozen."""
    shown = ", ".join(repr(_shorten(name)) for name in list(names)[:12])
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _shorten(text: str) -> str:
    """Cut a long cell for a message."""
    clean = text if text.isprintable() else repr(text)[1:-1]
    return clean if len(clean) <= 40 else clean[:37] + "..."
