"""Read recorded traffic: CSV, packed CSV or Parquet, one row for each time.

The only file of the package that opens files, and the only one that knows Parquet. Nothing is
filled or guessed silently: what was chosen or is odd stands in the recording's notes.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from tuner.errors import MissingFileError, Problem, TrafficError
from tuner.traffic.columns import choose_clock, choose_load, cpu_notes, says_utc, unit_notes
from tuner.traffic.recording import Recording, Unit, recording_of
from tuner.traffic.stamps import read_stamps
from tuner.traffic.table import Table, parse_csv, parse_loads, shorten

LARGEST_FILE_BYTES = 256 * 1024 * 1024

_PARQUET = b"PAR1"
_GZIP = b"\x1f\x8b"


def read_recorded(
    path: Path,
    *,
    column: str | None = None,
    time_column: str | None = None,
    unit: Unit = "rpm",
    time_zone: str | None = None,
) -> Recording:
    """Read one series of load against time from a CSV, packed CSV or Parquet file.

    Parameters
    ----------
    path : Path
        The file. What it is, is told by its content.
    column : str or None
        Column of the load; None takes the only number column, or one with a usual name.
    time_column : str or None
        Column of the stamps; None takes one with a usual name, or the first that reads as stamps.
    unit : str
        ``rpm`` (requests per minute), or ``requests``: counts for each step of the file.
    time_zone : str or None
        Zone of stamps that name none, and of the days; None keeps them as the file's own clock.

    Returns
    -------
    Recording
        All rows in order of time, and notes.

    Raises
    ------
    MissingFileError
        When the file is not there or cannot be opened.
    TrafficError
        Naming what is wrong with it, by line and column, up to five of a kind.

    Notes
    -----
    Assumption: a stamp names the start of its step. Empty cells and NaN are missing, not zero.
    """
    if unit not in ("rpm", "requests"):
        raise TrafficError(
            Problem("rpm or requests", repr(unit), "unit", "Say `requests` for counts of a step.")
        )
    table = read_table(Path(path))
    problems: list[Problem] = []
    clock_name = choose_clock(table, time_column)
    load_name, choice = choose_load(table, column, clock_name)
    stamps = read_stamps(
        table.cells(clock_name, None),
        place=lambda i: f"{table.place(i)}, column {clock_name!r}",
        time_zone=time_zone,
        says_utc=says_utc(clock_name),
        problems=problems,
    )
    cells = table.cells(load_name, None)
    values = parse_loads(cells, column=load_name, place=table.place, problems=problems)
    if problems:
        raise TrafficError(*problems)
    notes = [*stamps.notes, *choice, *cpu_notes(table.source, load_name, values)]
    recording = recording_of(
        stamps.seconds,
        values,
        source=table.source,
        column=load_name,
        unit=unit,
        zone=stamps.zone,
        notes=[*notes, *unit_notes(load_name, unit)],
    )
    _refuse_overflow(recording)
    return recording


def read_table(path: Path) -> Table:
    """Read a file as columns of text, by its content."""
    raw = read_bytes(path)
    if raw.startswith(_PARQUET):
        return _parse_parquet(raw, path.name)
    return parse_csv(raw, source=path.name)


def _parse_parquet(raw: bytes, source: str) -> Table:
    """Read the plain columns of a Parquet file, page checksums verified where there are any."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def is_plain(kind: object) -> bool:
        kinds = ("integer", "floating", "decimal", "string", "large_string", "timestamp", "date")
        return any(getattr(pa.types, f"is_{name}")(kind) for name in kinds)

    try:
        file = pq.ParquetFile(pa.BufferReader(raw), page_checksum_verification=True)
        plain = [field.name for field in file.schema_arrow if is_plain(field.type)]
        table = file.read(columns=plain, use_threads=False)
        columns = {name: _texts(table.column(name)) for name in dict.fromkeys(plain)}
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError) as error:
        first_line = (str(error).splitlines() or [""])[0]
        raise TrafficError(
            Problem(
                "a whole Parquet file",
                shorten(first_line) if len(first_line) <= 40 else repr(first_line[:120]),
                source,
                "Copy or export the file again.",
            )
        ) from error
    if not columns or not table.num_rows:
        raise TrafficError(
            Problem(
                "rows of stamps and numbers",
                f"{table.num_rows} rows of {len(columns)} plain columns",
                source,
                "Check the export.",
            )
        )
    return Table(
        source=source,
        names=tuple(columns),
        n_rows=table.num_rows,
        cells=lambda name, n: columns[name][:n],
        place=lambda i: f"{source}, row {i + 1}",
    )


def _texts(column: object) -> list[str]:
    """Give an Arrow column as text; stamps in ISO 8601, nulls empty."""
    import pyarrow as pa

    kind = column.type  # type: ignore[attr-defined]
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", tz=kind.tz), safe=False)  # type: ignore[attr-defined]
    return ["" if cell is None else str(cell) for cell in column.to_pylist()]  # type: ignore[attr-defined]


def _refuse_overflow(recording: Recording) -> None:
    """Refuse loads so large that sums would not be finite."""
    largest = float(recording.values.max())
    if largest > 1e15:
        raise TrafficError(
            Problem(
                "loads up to 1e15",
                f"{largest:g}",
                f"{recording.source}, column {recording.column!r}",
                "Check that this is the column that you meant.",
            )
        )


def read_bytes(path: Path) -> bytes:
    """Read a file whole, unpacked where it is gzip.

    Raises
    ------
    MissingFileError
        When it is not there or cannot be opened.
    TrafficError
        When it is larger than 256 MiB, also once unpacked, or a damaged archive.
    """
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= LARGEST_FILE_BYTES else b""
    except (OSError, ValueError) as error:
        raise MissingFileError(
            Problem(
                "a file that can be read",
                getattr(error, "strerror", None) or str(error),
                str(path),
                "Check the path and the permissions.",
            )
        ) from error
    if size > LARGEST_FILE_BYTES:
        raise _too_large(path.name, f"{size:,} bytes")
    return _unpacked(raw, path.name) if raw.startswith(_GZIP) else raw


def _unpacked(raw: bytes, name: str) -> bytes:
    """Unpack gzip, all members, no further than the largest size."""
    parts: list[bytes] = []
    room = LARGEST_FILE_BYTES
    try:
        while raw.startswith(_GZIP):
            stream = zlib.decompressobj(wbits=31)
            part = stream.decompress(raw, room + 1)
            room -= len(part)
            if room < 0:
                raise _too_large(name, "more once unpacked")
            if not stream.eof:
                raise zlib.error("the archive ends too early")
            parts.append(part)
            raw = stream.unused_data
    except zlib.error as error:
        raise TrafficError(
            Problem("a whole gzip archive", str(error), name, "Copy or export the file again.")
        ) from error
    return b"".join(parts)


def _too_large(name: str, got: str) -> TrafficError:
    """Say that a file is too large to be a recording."""
    return TrafficError(
        Problem("a recording of at most 256 MiB", got, name, "Cut the file, or make it coarser.")
    )
