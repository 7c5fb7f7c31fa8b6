"""Parquet files that are written part by part, so that their columns need not stand in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.store.files import SCHEMA_VERSION, write_atomically

HOW = {"compression": "zstd", "write_page_checksum": True, "use_dictionary": False}
"""How every Parquet file is written. Dictionaries save a seventh of the room of a search's trials,
and take twice the time."""


def write_parquet_parts(
    path: Path,
    parts: Iterable[Mapping[str, NDArray[Any]]],
    *,
    units: Mapping[str, str],
    schema: str,
    model_version: str,
) -> None:
    """Write columns that come in parts as one Parquet file, a row group for each part.

    Parameters
    ----------
    path : Path
        Final name.
    parts : iterable of mapping of str to array
        At least one; all have the same columns.
    units, schema, model_version
        As in `tuner.store.files.write_parquet`.

    Raises
    ------
    StoreError
        As `tuner.store.files.write_atomically`.
    """
    import pyarrow.parquet as pq

    tables = (
        parquet_table(columns, units=units, schema=schema, model_version=model_version)
        for columns in parts
    )

    def write(temporary: Path) -> None:
        first = next(tables)
        with pq.ParquetWriter(temporary, first.schema, **HOW) as writer:
            writer.write_table(first)
            for table in tables:
                writer.write_table(table)

    write_atomically(path, write)


def parquet_table(
    columns: Mapping[str, NDArray[Any]],
    *,
    units: Mapping[str, str],
    schema: str,
    model_version: str,
) -> Any:
    """Give columns as a table of pyarrow, NaN as null, with what a file says of itself.

    Parameters
    ----------
    columns, units, schema, model_version
        As in `tuner.store.files.write_parquet`.
    """
    import pyarrow as pa

    fields, arrays = [], []
    for name, values in columns.items():
        column = np.asarray(values)
        text = column.dtype.kind in "USO"
        array = pa.array(column.tolist() if text else column, from_pandas=True)
        fields.append(pa.field(name, array.type, metadata={"unit": units.get(name, "")}))
        arrays.append(array)
    about = {
        "schema": schema,
        "schema_version": SCHEMA_VERSION,
        "model_version": model_version,
    }
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=about))
