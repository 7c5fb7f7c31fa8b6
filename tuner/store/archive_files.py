"""One day of one series as a folder with one Parquet file, written once and never changed.

``day=YYYY-MM-DD/<digest>.parquet``: the file is named by the SHA-256 of what it holds, so that a
flipped bit is noticed wherever it is; pages carry checksums besides, for other readers. The day is
filled under a temporary name and renamed as a whole: of two writers, the first wins.
"""

from __future__ import annotations

import errno
import hashlib
import io
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from tuner.errors import Problem, ResultFileError
from tuner.store.files import SCHEMA_VERSION, cannot_write, write_bytes
from tuner.store.runs import sync_folder

DIGEST_LETTERS = 32
ENDING = ".parquet"
_DAY = re.compile(r"day=(\d{4}-\d{2}-\d{2})", re.ASCII)
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY)
NEXT_STEP = "Delete the folder of that day and fetch it again, while AWS still has the data."


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of an archive file holds.

    Parameters
    ----------
    kind : str
        ``int``, ``float`` or ``text``.
    unit : str
        Unit of its values.
    may_miss : bool
        Whether a value may be null.
    """

    kind: Literal["int", "float", "text"]
    unit: str
    may_miss: bool = False


def digest(content: bytes) -> str:
    """Give the name of a content: the first letters of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:DIGEST_LETTERS]


def encode(
    values: Mapping[str, Sequence[Any]], columns: Mapping[str, Column], about: Mapping[str, str]
) -> bytes:
    """Give the content of an archive file: zstd, with page checksums.

    Parameters
    ----------
    values : mapping of str to sequence
        Equally long columns; None is null.
    columns : mapping of str to Column
        What they hold.
    about : mapping of str to str
        Schema, versions and names, for the metadata.

    Returns
    -------
    bytes
        Of one Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(columns, {"schema_version": SCHEMA_VERSION, **about})
    table = pa.table({name: values[name] for name in columns}, schema=schema)
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", write_page_checksum=True)
    return buffer.getvalue()


def _schema(columns: Mapping[str, Column], about: Mapping[str, str]) -> Any:
    """Give the schema of an archive file, with a unit on every field."""
    import pyarrow as pa

    types = {"int": pa.int64(), "float": pa.float64(), "text": pa.string()}
    fields = [
        pa.field(name, types[c.kind], nullable=c.may_miss, metadata={"unit": c.unit})
        for name, c in columns.items()
    ]
    return pa.schema(fields, metadata=dict(about))


def decode(
    folder: Path, columns: Mapping[str, Column], about: Mapping[str, str]
) -> dict[str, list[Any]]:
    """Read the file of a day, everything of it checked.

    Parameters
    ----------
    folder : Path
        Folder of the day.
    columns : mapping of str to Column
        What it must hold.
    about : mapping of str to str
        What its metadata must say.

    Returns
    -------
    dict of str to list
        The columns.

    Raises
    ------
    ResultFileError
        When the file is damaged, is not the only one, or is of another schema.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = _only_file(folder)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise damaged(path, error.strerror or str(error)) from error
    if digest(content) != path.name.removesuffix(ENDING):
        raise damaged(path, "a content that does not fit its name")
    try:
        table = pq.read_table(io.BytesIO(content), page_checksum_verification=True)
    except (OSError, ValueError, pa.ArrowException) as error:
        got = next(iter(str(error).splitlines()), type(error).__name__)
        raise damaged(path, got) from error
    wanted = {"schema_version": SCHEMA_VERSION, **about}
    said = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    for key, value in wanted.items():
        if said.get(key) != value:
            raise damaged(path, f"another {key}")
    if not table.schema.equals(_schema(columns, about)):
        raise damaged(path, "other columns")
    return {name: table.column(name).to_pylist() for name in columns}


def _only_file(folder: Path) -> Path:
    """Give the file of a day."""
    try:
        found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise damaged(folder, error.strerror or str(error)) from error
    if len(found) != 1 or found[0].suffix != ENDING:
        raise damaged(folder, f"{len(found)} files")
    return found[0]


def damaged(path: Path, got: str) -> ResultFileError:
    """Say that a file of the archive cannot be used."""
    return ResultFileError(Problem("an undamaged file of the archive", got, str(path), NEXT_STEP))


def day_folder(series: Path, day: date) -> Path:
    """Give the folder of a day."""
    return series / f"day={day.isoformat()}"


def days_in(series: Path) -> tuple[date, ...]:
    """Give the days that a series holds, in order."""
    if not series.is_dir():
        return ()
    found = []
    for path in series.iterdir():
        match = _DAY.fullmatch(path.name)
        if match and path.is_dir():
            try:
                found.append(date.fromisoformat(match[1]))
            except ValueError:
                raise damaged(path, "a name that is no day") from None
    return tuple(sorted(found))


def put_day(series: Path, day: date, content: bytes) -> bool:
    """Write a day, unless it is there.

    Parameters
    ----------
    series : Path
        Folder of the series.
    day : date
        The day.
    content : bytes
        What its file holds.

    Returns
    -------
    bool
        False where the day was there; it is as it was.

    Raises
    ------
    StoreError
        When the folder cannot be written; no part of the day is there.
    """
    final = day_folder(series, day)
    if final.exists():
        return False
    try:
        temporary = Path(tempfile.mkdtemp(prefix=f".{final.name}.", dir=series))
    except OSError as error:
        raise cannot_write(final, error) from error
    try:
        temporary.chmod(0o755)
        write_bytes(temporary / f"{digest(content)}{ENDING}", content)
        temporary.rename(final)
        sync_folder(series)
    except OSError as error:
        if getattr(error, "errno", None) in _TAKEN:
            return False
        raise cannot_write(final, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return True
