"""The audit ledger: one line of JSON for each thing that was done to an account, in a chain.

Every line holds the SHA-256 of the line before it and ends with that of itself. A small file
beside it, the head, holds the number of lines and the digest of the last one, so that a line taken
off the end is noticed too. Lines are appended under a lock, with a sync, and never changed. What a
killed writer has left after the last line break is no entry: readers pass over it, and the next
writer takes it away.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuner.errors import Problem, ResultFileError, StoreError
from tuner.store.files import cannot_write, write_text
from tuner.store.runs import check_state, sync_folder

LEDGER = "ledger.jsonl"
HEAD = "ledger.head"
LOCK = "ledger.lock"
DEPLOY_LOCK = "deploy.lock"
SCHEMA = "cliffside.ledger/1"
FIRST = "0" * 64
"""What stands for the line before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line.

    Parameters
    ----------
    number : int
        From 1.
    at_utc : str
        When, RFC 3339.
    event : str
        Such as ``apply begun``.
    facts : mapping
        What it says beside that.
    """

    number: int
    at_utc: str
    event: str
    facts: Mapping[str, Any]


class Ledger:
    """The ledger of a state folder.

    Parameters
    ----------
    state : Path
        The folder; it is made with the first entry, for its owner alone.
    """

    def __init__(self, state: Path) -> None:
        self.state = state

    @property
    def path(self) -> Path:
        """The file."""
        return self.state / LEDGER

    def entries(self) -> tuple[Entry, ...]:
        """Read every entry, the chain checked; a ledger that is not there has none.

        Raises
        ------
        ResultFileError
            Where a line is not what was written, or lines are missing.
        """
        with _shared(self.state / LOCK):
            return self._read()

    def _read(self) -> tuple[Entry, ...]:
        """Read every entry, while nobody appends one."""
        lines = _lines(self._content())
        entries, previous = [], FIRST
        for number, line in enumerate(lines, start=1):
            entries.append(_entry(line, number, previous, self.path))
            previous = _digest(line)
        self._check_head(len(lines), previous, [FIRST, *map(_digest, lines)])
        return tuple(entries)

    def append(self, event: str, at_utc: str, facts: Mapping[str, Any]) -> Entry:
        """Append an entry; it is on the disk when this returns.

        Parameters
        ----------
        event, at_utc : str
            What happened, and when, RFC 3339.
        facts : mapping
            What else is to be said, as JSON has it.

        Raises
        ------
        ResultFileError
            Where the chain is broken: nothing is appended to it.
        StoreError, ConfigurationError
            Where the state folder cannot be used.
        """
        self._make()
        with _locked(self.state / LOCK):
            there = self._read()
            whole = _lines(self._content())
            previous = _digest(whole[-1]) if whole else FIRST
            entry = Entry(number=len(there) + 1, at_utc=at_utc, event=event, facts=facts)
            line = _line(entry, previous)
            try:
                if whole:  # a writer that was killed may have left the head behind
                    self._write_head(len(there), previous)
                self._write(sum(len(each) + 1 for each in whole), line + b"\n")
                self._write_head(entry.number, _digest(line))
            except StoreError:
                raise
            except OSError as error:
                raise cannot_write(self.path, error) from error
        return entry

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the state folder while an account is changed, so that no other call changes it.

        Raises
        ------
        StoreError
            When another call holds it, or the folder cannot be written.
        """
        self._make()
        with _locked(self.state / DEPLOY_LOCK, wait=False):
            yield

    def _make(self) -> None:
        """Make the state folder where it is missing, for its owner alone."""
        check_state(self.state)
        try:
            self.state.parent.mkdir(parents=True, exist_ok=True)
            self.state.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise cannot_write(self.state, error) from error

    def _content(self) -> bytes:
        """Read the file; without one there is nothing."""
        if self.path.is_symlink():
            raise _broken(self.path, "a file of its own", "a symbolic link")
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise _broken(self.path, "a file that can be read", str(error.strerror)) from error

    def _write(self, end: int, line: bytes) -> None:
        """Put a line after the last whole one, and on the disk."""
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            os.ftruncate(handle, end)
            os.lseek(handle, end, os.SEEK_SET)
            written = 0
            while written < len(line):
                written += os.write(handle, line[written:])
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            sync_folder(self.state)

    def _write_head(self, count: int, last: str) -> None:
        """Put the number of lines and the digest of the last into the head, where they differ."""
        head, text = self.state / HEAD, f"{count} {last}\n"
        if not head.is_file() or head.read_text(encoding="ascii") != text:
            write_text(head, text)

    def _check_head(self, count: int, last: str, digests: list[str]) -> None:
        """Refuse lines that the head says otherwise of; a killed writer leaves it a line behind."""
        head = self.state / HEAD
        try:
            said, digest = head.read_text(encoding="ascii").split()
            number = int(said)
        except FileNotFoundError:
            number, digest = 0, FIRST
        except (OSError, ValueError) as error:
            raise _broken(head, "a number and a digest", "another content") from error
        if number not in (count, count - 1) or number < 0 or digests[number] != digest:
            expected = f"{number} lines, the last of digest {digest[:12]}"
            raise _broken(self.path, expected, f"{count}, the last of digest {last[:12]}")


@contextmanager
def _locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock that ends with the process at the latest."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise StoreError(
                Problem(
                    "no other apply or undo at the same time",
                    "one that is going on",
                    str(path),
                    "Wait until it has ended.",
                )
            ) from error
        yield
    finally:
        os.close(handle)


@contextmanager
def _shared(path: Path) -> Iterator[None]:
    """Wait until nobody writes; where there is no lock yet, nobody does."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _lines(content: bytes) -> list[bytes]:
    """Give the whole lines of a content; what has no line break at its end is none."""
    return content.split(b"\n")[:-1]


def _digest(line: bytes) -> str:
    """Give the SHA-256 of a line, in hexadecimal."""
    return hashlib.sha256(line).hexdigest()


def _line(entry: Entry, previous: str) -> bytes:
    """Write an entry as its line."""
    value = {
        "schema": SCHEMA,
        "number": entry.number,
        "at_utc": entry.at_utc,
        "event": entry.event,
        "facts": entry.facts,
        "previous": previous,
    }
    return _text({**value, "sha256": hashlib.sha256(_text(value)).hexdigest()})


def _text(value: Mapping[str, Any]) -> bytes:
    """Write an object as one line of ASCII."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")


def _entry(line: bytes, number: int, previous: str, path: Path) -> Entry:
    """Read a line, which must be what would be written again."""
    try:
        value = json.loads(line)
        entry = Entry(
            number=value["number"],
            at_utc=value["at_utc"],
            event=value["event"],
            facts=value["facts"],
        )
        is_whole = _line(entry, value["previous"]) == line
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _broken(
            path, "an entry as it was written", f"another content in line {number}"
        ) from error
    if not is_whole or entry.number != number:
        raise _broken(path, "an entry as it was written", f"another content in line {number}")
    if value["previous"] != previous:
        raise _broken(path, f"the digest of the line before in line {number}", "another")
    return entry


def _broken(path: Path, expected: str, got: str) -> ResultFileError:
    """Say that the ledger is not what was written."""
    return ResultFileError(
        Problem(
            expected,
            got,
            str(path),
            "The chain is broken: find out who changed it, keep it apart, and begin a new one with"
            " another state folder.",
        )
    )
