"""Writing result files so that a reader never sees half of one.

Every file is written under a temporary name in its folder, synced, renamed, and the folder synced.
Parquet files are zstd with page checksums, and carry the schema's name, its version and the
`MODEL_VERSION`, with a unit on every field.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.errors import Problem, StoreError

SCHEMA_VERSION = "1"


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a temporary file, then put it in place of ``path`` at once.

    Parameters
    ----------
    path : Path
        Final name; its folder is made where it is missing.
    write : callable
        Writes the whole file to the name that it is given.

    Raises
    ------
    StoreError
        When the folder cannot be written or the disk is full; ``path`` is as it was.
    """
    try:
        _replace(path, write)
    except OSError as error:
        raise StoreError(
            Problem(
                "a folder that can be written",
                error.strerror or str(error),
                str(path),
                "Choose another folder, or make room; the file that was there is untouched.",
            )
        ) from error


def _replace(path: Path, write: Callable[[Path], None]) -> None:
    """Write, sync, rename, sync the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_text(path: Path, text: str) -> None:
    """Write a text file at once; else as `write_atomically`."""
    write_atomically(path, lambda temporary: _put(temporary, text))


def _put(path: Path, text: str) -> None:
    """Write text as UTF-8."""
    path.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write an object as JSON at once; NaN and infinity are refused."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def write_parquet(
    path: Path,
    columns: Mapping[str, NDArray[Any]],
    *,
    units: Mapping[str, str],
    schema: str,
    model_version: str,
) -> None:
    """Write columns as one Parquet file; NaN becomes null.

    Parameters
    ----------
    path : Path
        Final name.
    columns : mapping of str to array
        Equally long columns.
    units : mapping of str to str
        Unit of each column, where it has one.
    schema, model_version : str
        Name of the schema, and the version of docs/model.md that was simulated.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

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
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=about))
    write_atomically(
        path,
        lambda temporary: pq.write_table(
            table, temporary, compression="zstd", write_page_checksum=True
        ),
    )


def read_parquet(path: Path) -> dict[str, NDArray[Any]]:
    """Read a Parquet file's columns, every page checked against its checksum.

    Raises
    ------
    StoreError
        When the file is damaged or is not Parquet.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(
            Problem(
                "a Parquet file with intact pages",
                str(error).splitlines()[0],
                str(path),
                "Run the job again; the file is damaged.",
            )
        ) from error
    return {
        name: column.to_numpy(zero_copy_only=False)
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
