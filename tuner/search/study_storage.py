"""Where studies are stored: in memory, in a journal file, in a database.

A journal is mended before it is opened: what a power cut left of its last line would spoil every
later write. A generation is written in one piece: one lock, one sync.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from optuna.storages import BaseStorage, InMemoryStorage, JournalStorage, RDBStorage
from optuna.storages.journal import (
    BaseJournalBackend,
    JournalFileBackend,
    JournalFileSymlinkLock,
)

from tuner.errors import Problem, ResultFileError, StoreError

LOCK_SECONDS = 5
"""Age of a lock that a killed process left behind. Optuna waits 30 s; a write here takes 0.1 s."""

DATABASE_SECONDS = 60
"""Seconds that a writer waits for another one's transaction in SQLite."""

_LARGEST_LINE = 1 << 20
"""Bytes from the end of a journal in which its last whole line is looked for."""

Place = str | Path | BaseStorage | None
"""A journal file, the address of a database (``sqlite:///...``), an open storage, None: memory."""


def open_storage(place: Place) -> BaseStorage:
    """Open a storage of studies.

    Parameters
    ----------
    place : str, Path, BaseStorage or None
        As `Place`. A journal that is missing is made, its folder too.

    Returns
    -------
    BaseStorage

    Raises
    ------
    ResultFileError
        For a journal that is damaged before its last line, with the line's number.
    StoreError
        For a place that cannot be opened.
    """
    if place is None:
        return InMemoryStorage()
    if isinstance(place, BaseStorage):
        return place
    if "://" in str(place):
        return _open_database(str(place))
    path = Path(place).absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _Reentrant(str(path), grace_period=LOCK_SECONDS)
        if path.exists():
            with lock.held():
                mend_journal(path)
        return JournalStorage(_Journal(path, lock))
    except OSError as error:
        raise StoreError.of(
            expected="a journal file that can be written",
            got=error.strerror or str(error),
            where=str(path),
            next_step="Choose another file, or mend its folder.",
        ) from error
    except (ValueError, KeyError, AssertionError) as error:
        raise ResultFileError.of(
            expected="a journal of Optuna studies, one JSON object a line",
            got=_first_bad_line(path),
            where=str(path),
            next_step="Cut this line out, or start a new journal.",
        ) from error


def mend_journal(path: Path) -> int:
    """Cut off what a power cut or a full disk left of a journal's last line.

    Parameters
    ----------
    path : Path
        The journal; nobody else may write meanwhile.

    Returns
    -------
    int
        Bytes cut off: a line without its end, and before it one that is no JSON.
    """
    size = path.stat().st_size
    with path.open("rb+") as file:
        file.seek(max(0, size - _LARGEST_LINE))
        tail = file.read()
        keep = tail[: tail.rfind(b"\n") + 1]
        last = keep.rstrip(b"\n").rfind(b"\n") + 1
        if not _is_json(keep[last:]):
            keep = keep[:last]
        cut = len(tail) - len(keep)
        if cut:
            file.truncate(size - cut)
            os.fsync(file.fileno())
    return cut


@contextmanager
def in_one_piece(storage: BaseStorage) -> Iterator[None]:
    """Write everything within to a journal under one lock and with one sync.

    Other storages write as ever: memory needs no lock, a database commits every trial.
    """
    backend = getattr(storage, "_backend", None)
    if isinstance(backend, _Journal):
        with backend.held_back():
            yield
    else:
        yield


def _is_json(line: bytes) -> bool:
    """Tell whether a line can be read; an empty one can."""
    try:
        return not line or isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _first_bad_line(path: Path) -> str:
    """Say which line cannot be read."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not _is_json(line):
                return f"line {number}: {line[:40]!r}"
    return "records of another kind"


def _open_database(address: str) -> BaseStorage:
    """Open a database; its tables are made where they are missing."""
    arguments = {"timeout": DATABASE_SECONDS} if address.startswith("sqlite") else {}
    try:
        return RDBStorage(address, engine_kwargs={"connect_args": arguments})
    except Exception as error:  # SQLAlchemy's own tree, and the drivers'
        raise StoreError(
            Problem(
                "the address of a database, such as sqlite:///study.db",
                str(error).splitlines()[0],
                address.rsplit("@", maxsplit=1)[-1],
                "Mend the address, or start the database.",
            )
        ) from error


class _Reentrant(JournalFileSymlinkLock):
    """A lock that its holder may take again."""

    _depth = 0

    def acquire(self) -> bool:
        """Take the lock, or count that it was taken again."""
        if not self._depth:
            super().acquire()
        self._depth += 1
        return True

    def release(self) -> None:
        """Give the lock back when it has been released as often as taken."""
        self._depth = max(0, self._depth - 1)
        if not self._depth:
            super().release()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock."""
        self.acquire()
        try:
            yield
        finally:
            self.release()


class _Journal(BaseJournalBackend):
    """A journal file whose records can be held back and written in one piece.

    The records held back are read like those in the file, so that the storage sees its own trials;
    no other process writes meanwhile, as the lock is held. Another thread of the same storage adds
    to them. It must not wait for `_threads` while it has the storage's own lock, which whoever
    holds back may need: hence the loop in `append_logs`.
    """

    def __init__(self, path: Path, lock: _Reentrant) -> None:
        self._lock = lock
        self._file = JournalFileBackend(str(path), lock_obj=lock)
        self._threads = threading.RLock()
        self._swap = threading.Lock()
        self._held_back: list[dict[str, Any]] | None = None
        self._n_in_file: int | None = None

    def read_logs(self, log_number_from: int) -> Iterable[dict[str, Any]]:
        """Give the records from a number on."""
        with self._swap:
            if self._held_back is None:
                return self._file.read_logs(log_number_from)
            in_file: list[dict[str, Any]] = []
            if self._n_in_file is None:
                in_file = list(self._file.read_logs(log_number_from))
                self._n_in_file = log_number_from + len(in_file)
            begin = max(0, log_number_from - self._n_in_file)
            return [*in_file, *self._held_back[begin:]]

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Write records, or hold them back."""
        while True:
            with self._swap:
                if self._held_back is not None:
                    self._held_back.extend(json.loads(json.dumps(logs)))
                    return
            if self._threads.acquire(timeout=0.001):
                try:
                    if self._held_back is None:
                        self._file.append_logs(logs)
                        return
                finally:
                    self._threads.release()

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """Hold records back, then write them all at once."""
        with self._threads, self._lock.held():
            with self._swap:
                self._held_back, self._n_in_file = [], None
            try:
                yield
            finally:
                with self._swap:
                    logs, self._held_back = self._held_back, None
                    if logs:
                        self._file.append_logs(logs)
