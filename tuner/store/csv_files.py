"""Columns as CSV, for people and spreadsheets; Parquet in `tuner.store.files` keeps units."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.store.files import write_text


def csv_text(columns: Mapping[str, NDArray[Any]]) -> str:
    r"""Give columns as CSV with a head line; NaN becomes an empty cell.

    Parameters
    ----------
    columns : mapping of str to array
        Equally long columns.

    Examples
    --------
    >>> csv_text({"minute": np.array([0.0, 1.0]), "cpu": np.array([2.5, np.nan])})
    'minute,cpu\n0.0,2.5\n1.0,\n'
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    lists = [np.asarray(values).tolist() for values in columns.values()]
    for row in zip(*lists, strict=True):
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue()


def write_csv(path: Path, columns: Mapping[str, NDArray[Any]]) -> None:
    """Write columns as one CSV file at once; else as `csv_text`."""
    write_text(path, csv_text(columns))


def _cell(value: object) -> object:
    """Give a cell; NaN and None are empty."""
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "" if missing else value
