"""Where the days of a series stand in the archive: one folder a series, named by its key.

``<kind>/<key>/name.json`` and ``<kind>/<key>/day=YYYY-MM-DD/``. The key is the SHA-256 of the
name's JSON, so that a name that was damaged no longer fits its folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tuner.store.archive_files import (
    ENDING,
    Column,
    damaged,
    day_folder,
    days_in,
    decode,
    digest,
    encode,
    put_day,
)
from tuner.store.files import write_bytes
from tuner.store.runs import make_private

FOLDER = "archive"
NAME_FILE = "name.json"

Record = Mapping[str, Any]


class Days:
    """Days of all series of the archive below a state folder.

    Parameters
    ----------
    state : Path
        The state folder; nothing is made before something is written.
    model_version : str
        Version of docs/model.md that writes, for the metadata.
    """

    def __init__(self, state: Path, *, model_version: str) -> None:
        self._state = state
        self._folder = state / FOLDER
        self._model_version = model_version

    def records(self, kind: str) -> Iterator[dict[str, Any]]:
        """Read the names of all series of a kind.

        Parameters
        ----------
        kind : str
            Folder of the kind.

        Raises
        ------
        ResultFileError
            When a name is damaged.
        """
        place = self._folder / kind
        for folder in sorted(place.iterdir()) if place.is_dir() else ():
            if folder.name.startswith(".") or not folder.is_dir():
                continue
            if not (folder / NAME_FILE).exists() and not days_in(folder):
                continue  # a writer was killed before it wrote anything
            content = _name_in(folder)
            if digest(content) != folder.name:
                raise damaged(folder / NAME_FILE, "a name that does not fit its folder")
            yield json.loads(content)

    def held(self, kind: str, record: Record) -> tuple[date, ...]:
        """Give the days of a series that are held, in order."""
        return days_in(self._series(kind, record))

    def write(
        self,
        kind: str,
        record: Record,
        day: date,
        rows: Mapping[str, Sequence[Any]],
        columns: Mapping[str, Column],
    ) -> bool:
        """Write a day of a series, its name first.

        Parameters
        ----------
        kind : str
            Folder of the kind.
        record : mapping
            Name of the series.
        day : date
            The day in UTC.
        rows : mapping of str to sequence
            Equally long columns.
        columns : mapping of str to Column
            What they hold.

        Returns
        -------
        bool
            False where the day is held already.

        Raises
        ------
        ConfigurationError, StoreError
            When the folder cannot be written, or is not the owner's alone.
        """
        folder, name = self._series(kind, record), canonical(record)
        if day_folder(folder, day).exists():
            return False
        if not (folder / NAME_FILE).exists():
            make_private(self._state, FOLDER)
            write_bytes(folder / NAME_FILE, name)
        about = {**_about(kind, record), "model_version": self._model_version}
        return put_day(folder, day, encode(rows, columns, about))

    def read(
        self,
        kind: str,
        record: Record,
        columns: Mapping[str, Column],
        begin: datetime,
        end: datetime,
    ) -> Iterator[tuple[date, Path, dict[str, list[Any]]]]:
        """Read the days of a series that a range touches, one after the other.

        Parameters
        ----------
        kind : str
            Folder of the kind.
        record : mapping
            Name of the series.
        columns : mapping of str to Column
            What they hold.
        begin, end : datetime
            Range with its zone.

        Raises
        ------
        ResultFileError
            When a file is damaged.
        """
        if begin.tzinfo is None or end.tzinfo is None:
            raise ValueError("begin and end need a time zone")
        series = self._series(kind, record)
        first, last = day_of(begin), day_of(end - timedelta(microseconds=1))
        days = [day for day in days_in(series) if first <= day <= last]
        if days and _name_in(series) != canonical(record):
            raise damaged(series / NAME_FILE, "another name")
        for day in days:
            path = day_folder(series, day)
            yield day, path, decode(path, columns, _about(kind, record))

    def files(self, kind: str, record: Record, days: Sequence[date]) -> Iterator[Path]:
        """Give the files of days of a series, as far as these are held, in order.

        Parameters
        ----------
        kind : str
            Folder of the kind.
        record : mapping
            Name of the series.
        days : sequence of date
            In UTC.
        """
        series = self._series(kind, record)
        for day in days:
            yield from sorted(day_folder(series, day).glob(f"*{ENDING}"))

    def _series(self, kind: str, record: Record) -> Path:
        """Give the folder of a series."""
        return self._folder / kind / digest(canonical(record))


def day_of(stamp: datetime) -> date:
    """Give the day of a moment in UTC."""
    return stamp.astimezone(UTC).date()


def canonical(record: Record) -> bytes:
    """Write a name in the only way that gives its key."""
    return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()


def _name_in(series: Path) -> bytes:
    """Read what stands in the name of a series."""
    path = series / NAME_FILE
    try:
        return path.read_bytes()
    except OSError as error:
        raise damaged(path, error.strerror or str(error)) from error


def _about(kind: str, record: Record) -> dict[str, str]:
    """Give what the metadata of every file of a series says."""
    return {"schema": f"cliffside.archive.{kind}", "name": canonical(record).decode()}
