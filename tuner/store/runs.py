"""The state folder, and the runs in it: their ids, which are there, which were interrupted.

``runs/<id>/`` holds one run each. A run without a manifest does not exist for readers; one with a
``started.json`` and no manifest was interrupted, or still goes on.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tuner.errors import (
    CliffsideError,
    ConfigurationError,
    MissingFileError,
    Problem,
    ResultFileError,
    StoreError,
)
from tuner.store.files import cannot_write, check_folder
from tuner.store.manifest import MANIFEST, Manifest, Origin, origin_of, read_manifest
from tuner.store.seal import read_bytes, sealed, unsealed

RUNS = "runs"
JOURNAL = "study.journal"
"""The study of record of a run, as a journal of Optuna."""

PAGE_DATA = "explore.json"
"""What the page of a run shows before anything is asked."""

STARTED = "started.json"
STARTED_SCHEMA = "cliffside.started/1"
ANOTHER_STATE = "Name another state folder with --state-dir."
LONGEST_SLUG = 40
NAMED_RUNS = 3
RUN_ID = re.compile(r"\d{8}T\d{6}Z-[a-z0-9-]{1,40}-[0-9a-f]{8}")
"""UTC time, service, and a few digits that nothing else has."""


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run that has a manifest.

    Parameters
    ----------
    run : str
        Its id.
    manifest : Manifest or None
        None: it is damaged.
    """

    run: str
    manifest: Manifest | None


@dataclass(frozen=True, slots=True)
class Started:
    """A run that has begun.

    Parameters
    ----------
    run : str
        Its id.
    origin : Origin
        What it is of.
    started_utc : str
        RFC 3339.
    """

    run: str
    origin: Origin
    started_utc: str


def check_state(state: Path, *, name: str = RUNS) -> None:
    """Make sure that a state folder can be used; nothing is made.

    Parameters
    ----------
    state : Path
        The folder, which need not be there.
    name : str
        The folder in it that is needed.

    Raises
    ------
    ConfigurationError
        When it, or the folder in it, is a symbolic link, or when others may enter it.
    StoreError
        When it may not be written.
    """
    for folder in (state, state / name):
        if folder.is_symlink():
            raise ConfigurationError(
                Problem(
                    "a state folder of its own",
                    "a symbolic link",
                    str(folder),
                    ANOTHER_STATE,
                )
            )
    try:
        check_folder(state / name)
    except StoreError as error:
        problems = (replace(each, next_step=ANOTHER_STATE) for each in error.problems)
        raise StoreError(*problems) from error
    if _open_to_others(state) and any(state.iterdir()):
        mode = stat.S_IMODE(state.stat().st_mode)
        raise ConfigurationError(
            Problem(
                "a state folder that only its owner may enter",
                f"mode {mode:04o}",
                str(state),
                "Say `chmod 700` on it, or name another folder with --state-dir.",
            )
        )


def make_run_folder(state: Path, run: str) -> Path:
    """Make the folder of a run, the state folder too where it is missing, both 0700.

    Raises
    ------
    ConfigurationError, StoreError
        As `check_state`; StoreError also when there is such a run.
    """
    folder = make_private(state, RUNS) / run
    try:
        folder.mkdir(mode=0o700)
        sync_folder(folder.parent)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder


def make_private(state: Path, name: str) -> Path:
    """Make a folder of the state folder, that one too where it is missing, both 0700.

    Parameters
    ----------
    state : Path
        The state folder.
    name : str
        The folder in it.

    Raises
    ------
    ConfigurationError, StoreError
        As `check_state`.
    """
    check_state(state, name=name)
    folder = state / name
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        for place in (state, folder):
            place.mkdir(mode=0o700, exist_ok=True)
        if _open_to_others(state):
            state.chmod(0o700)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def new_run_id(service: str, now: datetime) -> str:
    """Give the id of a new run.

    Parameters
    ----------
    service : str
        Any text; only letters and digits of it become part of the id.
    now : datetime
        In UTC.

    Examples
    --------
    >>> new_run_id("Check/../out", datetime(2026, 11, 24, tzinfo=UTC))[:26]
    '20261124T000000Z-check-out'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", service.lower())[:LONGEST_SLUG].strip("-") or "service"
    own = hashlib.sha256(repr((service, now, os.getpid(), os.urandom(8))).encode())
    return f"{now:%Y%m%dT%H%M%SZ}-{slug}-{own.hexdigest()[:8]}"


def utc_text(now: datetime) -> str:
    """Write a time in UTC as RFC 3339, to the millisecond."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_run_id(text: str) -> bool:
    """Tell whether a text has the form of a run's id."""
    return RUN_ID.fullmatch(text) is not None


def find_run(state: Path, run: str) -> Path:
    """Find the folder of a finished run.

    Parameters
    ----------
    state : Path
        The state folder.
    run : str
        Its id.

    Raises
    ------
    MissingFileError
        When there is no such run, with the newest that there are.
    ConfigurationError
        When the state folder is a symbolic link.
    """
    folder = state / RUNS / run
    if is_run_id(run) and not folder.is_symlink() and (folder / MANIFEST).is_file():
        if state.is_symlink() or (state / RUNS).is_symlink():
            check_state(state)
        return folder
    newest = ", ".join(listed.run for listed in list_runs(state)[:NAMED_RUNS])
    raise MissingFileError(
        Problem(
            "the id of a finished run",
            repr(run),
            str(state / RUNS),
            f"The newest: {newest}." if newest else "There are none: run tune first.",
        )
    )


def list_runs(state: Path) -> list[ListedRun]:
    """List the runs that have a manifest, the newest first.

    Parameters
    ----------
    state : Path
        The state folder; without one there are none.

    Raises
    ------
    ConfigurationError
        When the state folder is a symbolic link.
    """
    listed = []
    for folder in _folders(state):
        if (folder / MANIFEST).is_file():
            try:
                manifest: Manifest | None = read_manifest(folder)
            except CliffsideError:
                manifest = None
            listed.append(ListedRun(folder.name, manifest))
    return listed


def list_started(state: Path) -> list[Started]:
    """List the runs that have begun and have no manifest, the newest first.

    Those whose ``started.json`` is damaged are left out: nobody knows what they are of.
    """
    listed = []
    for folder in _folders(state):
        if (folder / STARTED).is_file() and not (folder / MANIFEST).is_file():
            try:
                listed.append(read_started(folder))
            except CliffsideError:
                continue
    return listed


def read_started(folder: Path) -> Started:
    """Read what a run that has begun is of.

    Raises
    ------
    MissingFileError, ResultFileError
        When the file is not there, or is damaged.
    """
    path = folder / STARTED
    value = unsealed(read_bytes(path), path)
    began = value.get("started_utc")
    if value.get("schema") != STARTED_SCHEMA or type(began) is not str:
        got = repr(value.get("schema"))
        raise ResultFileError(Problem(f"schema {STARTED_SCHEMA}", got, str(path), "Run again."))
    return Started(folder.name, origin_of(value, path), began)


def started_text(started: Started) -> str:
    """Give the content of ``started.json``."""
    about = {"schema": STARTED_SCHEMA, "started_utc": started.started_utc}
    return sealed({**about, **asdict(started.origin)})


def _folders(state: Path) -> list[Path]:
    """List the folders of runs, the newest first."""
    if state.is_symlink() or (state / RUNS).is_symlink():
        check_state(state)
    try:
        found = list((state / RUNS).iterdir())
    except OSError:
        return []
    runs = [path for path in found if is_run_id(path.name) and not path.is_symlink()]
    return sorted(runs, key=lambda path: path.name, reverse=True)


def _open_to_others(folder: Path) -> bool:
    """Tell whether anyone but its owner may enter a folder that is there."""
    return folder.exists() and bool(stat.S_IMODE(folder.stat().st_mode) & 0o077)
