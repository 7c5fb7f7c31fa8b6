"""Result files, written so that a reader never sees half of one.

Every file is written under a temporary name in its folder, synced, renamed, and the folder synced.
Parquet files are zstd with page checksums, and carry the schema's name, its version and the
`MODEL_VERSION`, with a unit on every field.
"""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from tuner.errors import MissingFileError, Problem, ResultFileError, StoreError

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
        raise cannot_write(path, error) from error


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


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes at once; else as `write_atomically`."""
    write_atomically(path, lambda temporary: _put_bytes(temporary, content))


def copy_file(source: Path, path: Path) -> None:
    """Copy a file at once; else as `write_atomically`."""
    write_atomically(path, lambda temporary: _copy(source, temporary))


def _put_bytes(path: Path, content: bytes) -> None:
    """Write bytes."""
    path.write_bytes(content)


def _copy(source: Path, path: Path) -> None:
    """Copy the content of a file."""
    shutil.copyfile(source, path)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write an object as JSON at once; NaN and infinity are refused."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def check_folder(directory: Path) -> None:
    """Make sure that a folder can take result files, before hours are spent on them.

    Parameters
    ----------
    directory : Path
        The folder; where it is missing, the nearest one above it is looked at. Nothing is made.

    Raises
    ------
    StoreError
        When it is no folder, or may not be written.
    """
    try:
        nearest = next(
            place for place in (directory, *directory.absolute().parents) if place.exists()
        )
        if not nearest.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, f"{nearest} is no folder")
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, f"{nearest} may not be written")
    except OSError as error:
        raise cannot_write(directory, error) from error


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

    Raises
    ------
    StoreError
        As `write_atomically`.
    """
    content = parquet_bytes(columns, units=units, schema=schema, model_version=model_version)
    write_bytes(path, content)


def parquet_bytes(
    columns: Mapping[str, NDArray[Any]],
    *,
    units: Mapping[str, str],
    schema: str,
    model_version: str,
) -> bytes:
    """Give the content of a Parquet file.

    Parameters
    ----------
    columns, units, schema, model_version
        As in `write_parquet`.

    Returns
    -------
    bytes
        zstd, with page checksums.
    """
    import pyarrow.parquet as pq

    from tuner.store.parquet_parts import HOW, parquet_table

    table = parquet_table(columns, units=units, schema=schema, model_version=model_version)
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **HOW)
    return buffer.getvalue()


def read_parquet(
    path: Path, *, schema: str | None = None, model_version: str | None = None
) -> dict[str, NDArray[Any]]:
    """Read a Parquet file's columns, every page checked against its checksum.

    Parameters
    ----------
    path : Path
        The file.
    schema, model_version : str or None
        Name of the schema, and the version of docs/model.md, that it must have; None: any.

    Returns
    -------
    dict of str to array
        The columns, in the order of the file.

    Raises
    ------
    MissingFileError
        When there is no such file.
    ResultFileError
        When the file is damaged, is not Parquet, or is of another schema or model.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        raise MissingFileError(
            Problem("a result file", "no file there", str(path), "Run the job first.")
        )
    try:
        about = pq.read_schema(path).metadata or {}
        _check_about(path, about, schema=schema, model_version=model_version)
        table = pq.read_table(path, page_checksum_verification=True)
        columns = [column.to_numpy(zero_copy_only=False) for column in table.columns]
    except (OSError, ValueError, pa.ArrowException) as error:
        if isinstance(error, ResultFileError):
            raise
        raise ResultFileError(
            Problem(
                "a Parquet file with intact pages",
                next(iter(str(error).splitlines()), type(error).__name__),
                str(path),
                "Run the job again; the file is damaged.",
            )
        ) from error
    return dict(zip(table.column_names, columns, strict=True))


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object that `write_json` wrote.

    Raises
    ------
    MissingFileError
        When there is no such file.
    ResultFileError
        When it is not a JSON object.
    """
    try:
        value = json.loads(path.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise MissingFileError(
            Problem("a result file", reason, str(path), "Run the job first.")
        ) from error
    except (ValueError, RecursionError) as error:
        raise _no_object(path, str(error) or "lists too deep") from error
    if not isinstance(value, dict):
        raise _no_object(path, type(value).__name__)
    return value


def _no_object(path: Path, got: str) -> ResultFileError:
    """Say that a file holds no JSON object."""
    return ResultFileError(Problem("a JSON object", got, str(path), "Run the job again."))


def _check_about(
    path: Path, about: Mapping[bytes, bytes], *, schema: str | None, model_version: str | None
) -> None:
    """Refuse a file of another schema or model."""
    for key, wanted in (("schema", schema), ("model_version", model_version)):
        got = about.get(key.encode(), b"none").decode("utf-8", "replace")
        if wanted is not None and got != wanted:
            raise ResultFileError(
                Problem(f"{key} {wanted}", got, str(path), "Run the job again with this version.")
            )


def cannot_write(path: Path, error: OSError) -> StoreError:
    """Say that a place cannot be written."""
    return StoreError(
        Problem(
            "a folder that can be written",
            error.strerror or str(error),
            str(path),
            "Choose another folder, or make room; the file that was there is untouched.",
        )
    )
