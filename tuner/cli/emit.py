"""Answers on standard output as JSON, CSV or Parquet."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from numpy.typing import NDArray


def emit_json(value: Mapping[str, Any]) -> None:
    """Print an object as JSON."""
    click.echo(json.dumps(value, indent=2, allow_nan=False))


def emit_rows(rows: Sequence[Mapping[str, Any]], *, names: Iterable[str]) -> None:
    """Print rows as CSV with a head line; None and what a row lacks are empty cells."""
    buffer = io.StringIO()
    writer = csv.DictWriter(
        buffer, list(names), restval="", extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    click.echo(buffer.getvalue(), nl=False)


def columns_of(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Turn rows into columns by name; None becomes NaN."""
    import numpy as np

    return {
        name: np.array([np.nan if row[name] is None else row[name] for row in rows])
        for name in names
    }


def emit_columns(
    columns: Mapping[str, NDArray[Any]], *, form: str, units: Mapping[str, str], schema: str
) -> None:
    """Print columns as CSV, or as Parquet where standard output is no terminal.

    Parameters
    ----------
    columns : mapping of str to array
        Equally long columns.
    form : str
        ``csv`` or ``parquet``.
    units : mapping of str to str
        Unit of each column, where it has one.
    schema : str
        Name of the schema of the Parquet file.
    """
    if form == "csv":
        from tuner.store.csv_files import csv_text

        click.echo(csv_text(columns), nl=False)
        return
    if sys.stdout.isatty():
        raise click.UsageError("Parquet is no text: send it to a file, with > FILE.parquet.")
    from tuner.simulation.outcomes import MODEL_VERSION
    from tuner.store.files import parquet_bytes

    content = parquet_bytes(columns, units=units, schema=schema, model_version=MODEL_VERSION)
    click.echo(content, nl=False)
