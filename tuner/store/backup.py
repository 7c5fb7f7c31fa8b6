"""A copy of a state folder that is whole, taken while nights, tunes and a service write to it.

What refers to others is copied before them: the list of jobs, ledgers and nights first, then runs,
then the archive. So the copy holds whatever its own files name. Locks, runs that go on and files
under a temporary name are left out. The copy gets its name when all of it is on the disk.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tuner.errors import CliffsideError, ConfigurationError, Problem, StoreError
from tuner.store.files import cannot_write
from tuner.store.manifest import MANIFEST, OK, Manifest, file_state
from tuner.store.runs import RUNS, check_state, list_runs, sync_folder

ARCHIVE = "archive"
FIRST_OF_NIGHT = "summary.json"
"""What ends a night is read first and written last: with it, the rest of the night is there."""

DATABASE, LINES, LOCK = ".db", ".jsonl", ".lock"
"""Endings of files that grow: SQLite with its own two beside it, and lines under a lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup holds.

    Parameters
    ----------
    runs : int
        Finished runs.
    left_out : tuple of str
        Runs that are damaged, or went while they were copied.
    files : int
        All files.
    size : int
        Their bytes; a file of two names counts once.
    """

    runs: int
    left_out: tuple[str, ...]
    files: int
    size: int


def back_up(state: Path, target: Path) -> Backup:
    """Copy a state folder.

    Parameters
    ----------
    state : Path
        The state folder.
    target : Path
        The copy, itself a state folder; it must not be there.

    Raises
    ------
    ConfigurationError
        When there is no such state folder, it is a link, or the copy is there or within it.
    StoreError
        When the copy cannot be written; nothing has its name then.
    """
    _check(state, target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise cannot_write(target, error) from error
    try:
        made = _copy_state(state, copy)
        os.sync()
        copy.rename(target)
        sync_folder(target.parent)
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, OSError):
            raise cannot_write(target, error) from error
        raise StoreError(
            Problem("a database that can be copied", str(error), str(state), "Try it again.")
        ) from error
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    return made


def _check(state: Path, target: Path) -> None:
    """Refuse a copy that cannot be, before anything is read."""
    check_state(state)
    wrong = None
    if not state.is_dir():
        wrong = Problem("a state folder", "no folder there", str(state), "Name it: --state-dir.")
    elif target.exists() or target.is_symlink():
        wrong = Problem("a new folder", "one that is there", str(target), "Choose another name.")
    elif target.resolve().is_relative_to(state.resolve()):
        wrong = Problem("a folder outside", "one in it", str(target), "Choose another place.")
    if wrong is not None:
        raise ConfigurationError(wrong)


def _copy_state(state: Path, copy: Path) -> Backup:
    """Copy all, what refers to others first."""
    for path in sorted(state.iterdir()):
        if path.is_file() and not path.is_symlink():
            _copy_file(path, copy / path.name)
    folders = sorted(path for path in state.iterdir() if path.is_dir() and not path.is_symlink())
    for folder in folders:
        if folder.name not in (RUNS, ARCHIVE):
            _copy_folder(folder, copy / folder.name)
    runs, left_out = 0, []
    for listed in list_runs(state):
        if listed.manifest is not None and _copy_run(state, listed.run, listed.manifest, copy):
            runs += 1
        else:
            left_out.append(listed.run)
    if state / ARCHIVE in folders:
        _copy_folder(state / ARCHIVE, copy / ARCHIVE)
    sizes = {
        (facts.st_dev, facts.st_ino): facts.st_size
        for path in copy.rglob("*")
        if path.is_file()
        for facts in (path.stat(),)
    }
    return Backup(runs=runs, left_out=tuple(left_out), files=len(sizes), size=sum(sizes.values()))


def _copy_folder(folder: Path, copy: Path) -> None:
    """Copy a folder whose files are written at once, or grow by lines."""
    copy.mkdir(mode=0o700)
    names = sorted(_names(folder), key=lambda name: (name == FIRST_OF_NIGHT, name))
    first = None
    if FIRST_OF_NIGHT in names:
        first = (folder / names.pop()).read_bytes()
    for name in names:
        path = folder / name
        if path.is_dir():
            _copy_folder(path, copy / name)
        else:
            _copy_file(path, copy / name)
    if first is not None:
        (copy / FIRST_OF_NIGHT).write_bytes(first)


def _names(folder: Path) -> Iterator[str]:
    """List what is to be copied of a folder; another process may remove it meanwhile."""
    try:
        found = list(folder.iterdir())
    except FileNotFoundError:
        return
    for path in found:
        if not path.name.startswith(".") and not path.is_symlink():
            yield path.name


def _copy_file(path: Path, copy: Path) -> None:
    """Copy a file by what it is; one that went meanwhile is none."""
    if path.name.startswith(".") or path.suffix == LOCK or path.name == "lock":
        return
    if path.suffix == DATABASE:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as database,
        ):
            source.backup(database)
        return
    if path.name.endswith((f"{DATABASE}-wal", f"{DATABASE}-shm")):
        return
    with _still(path):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return
        if path.suffix == LINES:
            content = content[: content.rfind(b"\n") + 1]
            head = path.with_suffix(".head")
            if head.is_file():
                shutil.copyfile(head, copy.with_suffix(".head"))
    if path.suffix != ".head":
        copy.write_bytes(content)


@contextmanager
def _still(path: Path) -> Iterator[None]:
    """Keep writers of a file with a lock beside it away; where there is no lock, nobody writes."""
    try:
        handle = os.open(path.with_suffix(LOCK), os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _copy_run(state: Path, run: str, manifest: Manifest, copy: Path) -> bool:
    """Copy a finished run, its manifest last; leave out one that is not what it was."""
    source, target = state / RUNS / run, copy / RUNS / run
    target.mkdir(mode=0o700, parents=True)
    linked: dict[int, Path] = {}
    try:
        for name, facts in manifest.files.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            number = (source / name).stat().st_ino
            if number in linked:
                path.hardlink_to(linked[number])
            else:
                shutil.copyfile(source / name, path, follow_symlinks=False)
                linked[number] = path
            if file_state(target, name, facts) != OK:
                raise FileNotFoundError(name)
        shutil.copyfile(source / MANIFEST, target / MANIFEST)
    except (FileNotFoundError, CliffsideError):
        shutil.rmtree(target)
        return False
    return True
