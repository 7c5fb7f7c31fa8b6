"""Pages of rows out of Parquet files, as plain JSON."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from tuner.service.answers import RowPage


def row_page(
    path: Path, *, schema: str, offset: int, limit: int, only: tuple[str, str] | None = None
) -> RowPage:
    """Read some rows of a result file.

    Parameters
    ----------
    path : Path
        A Parquet file that cliffside wrote.
    schema : str
        Name of its schema.
    offset, limit : int
        Rows that are left out, and given at most.
    only : tuple of str and str or None
        A column, and the value that the rows must have in it.
    """
    from tuner.store.files import read_parquet

    columns = read_parquet(path, schema=schema)
    if only is not None:
        name, value = only
        kept = columns[name] == value
        columns = {name: values[kept] for name, values in columns.items()}
    total = len(next(iter(columns.values()), ()))
    shown = {
        name: [_plain(value) for value in values[offset : offset + limit].tolist()]
        for name, values in columns.items()
    }
    names = list(shown)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*shown.values(), strict=True)]
    return RowPage(total=total, columns=names, rows=rows)


def _plain(value: Any) -> Any:
    """Give a value that JSON has; null for what is no number."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
