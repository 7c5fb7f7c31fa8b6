"""A run that is being made: parts of its search while it goes on, its manifest at the end.

The folder is made when there is something to put into it, so that wrong input leaves nothing. Who
writes holds a lock on ``started.json``, which the system lets go of when the process ends, killed
or not. Parts are named after their content and never changed: a kill loses the last one at most.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tuner.errors import ConfigurationError, Problem
from tuner.store.files import cannot_write, write_bytes, write_text
from tuner.store.manifest import MANIFEST, Manifest, Origin, file_facts, versions
from tuner.store.runs import (
    STARTED,
    Started,
    check_state,
    make_run_folder,
    new_run_id,
    started_text,
    sync_folder,
    utc_text,
)
from tuner.store.seal import damaged, sealed

PART = "part-{label}-{digest}.parquet"
PARTS = "part-{label}-*.parquet"
ALL_PARTS = "part-*.parquet"

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Give the time in UTC."""
    return datetime.now(UTC)


class RunWriter:
    """Writes one run.

    Parameters
    ----------
    state : Path
        The state folder.
    started : Started
        What is written, and since when.
    folder : Path or None
        Where it goes on; None: a new one, made when it is needed.
    clock : callable
        Gives the time in UTC.
    """

    def __init__(
        self, state: Path, started: Started, *, folder: Path | None = None, clock: Clock = utc_now
    ) -> None:
        self.started = started
        self._state = state
        self._clock = clock
        self._folder: Path | None = None
        self._lock: int | None = None
        if folder is not None:
            self._hold(folder)

    @property
    def run(self) -> str:
        """The run's id."""
        return self.started.run

    @property
    def has_begun(self) -> bool:
        """Whether the folder is there, so that the run can go on after an interruption."""
        return self._folder is not None

    def folder(self) -> Path:
        """Give the run's folder; it is made, and locked, at the first call.

        Raises
        ------
        ConfigurationError, StoreError
            When it cannot be made.
        """
        if self._folder is None:
            folder = make_run_folder(self._state, self.run)
            write_text(folder / STARTED, started_text(self.started))
            self._hold(folder)
            return folder
        return self._folder

    def parts(self, label: str) -> list[Path]:
        """List the parts of a label that were saved, each with the content that its name says.

        Raises
        ------
        ResultFileError
            When one is damaged.
        """
        if self._folder is None:
            return []
        found = sorted(self._folder.glob(PARTS.format(label=label)))
        for path in found:
            if path.name != PART.format(label=label, digest=file_facts(path).sha256):
                raise damaged(path, "another SHA-256 than its name says")
        return found

    def save_part(self, label: str, content: bytes) -> None:
        """Save a part, a Parquet file; another one with the same content is the same part.

        Raises
        ------
        StoreError
            When it cannot be written; earlier parts are as they were.
        """
        digest = hashlib.sha256(content).hexdigest()
        write_bytes(self.folder() / PART.format(label=label, digest=digest), content)

    def clear(self) -> Path:
        """Remove all but the parts, such as what a killed writer left; give the folder."""
        folder = self.folder()
        try:
            for path in folder.iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif path.name != STARTED and not path.match(ALL_PARTS):
                    path.unlink()
        except OSError as error:
            raise cannot_write(folder, error) from error
        return folder

    def finish(self, *, verdict: str, exit_code: int) -> Manifest:
        """Write the manifest over all files of the folder: from here on the run exists.

        Parameters
        ----------
        verdict : str
            Of the recommendation.
        exit_code : int
            Of the command.

        Raises
        ------
        StoreError
            When it cannot be written.
        """
        folder = self.folder()
        try:
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            facts = {
                path.relative_to(folder).as_posix(): file_facts(path, sync=True)
                for path in files
                if path.name != STARTED and not path.match(ALL_PARTS)
            }
            for place in {path.parent for path in files}:
                sync_folder(place)
        except OSError as error:
            raise cannot_write(folder, error) from error
        manifest = Manifest(
            run=self.run,
            origin=self.started.origin,
            versions=versions(),
            started_utc=self.started.started_utc,
            finished_utc=utc_text(self._clock()),
            verdict=verdict,
            exit_code=exit_code,
            files=facts,
        )
        write_text(folder / MANIFEST, sealed(manifest.to_json()))
        for path in [*folder.glob(ALL_PARTS), folder / STARTED]:
            path.unlink(missing_ok=True)
        self.close()
        return manifest

    def close(self) -> None:
        """Let go of the run; whoever resumes it may write now."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _hold(self, folder: Path) -> None:
        """Take the lock of a run's folder."""
        lock = _lock(folder)
        if lock is None:
            raise ConfigurationError(
                Problem(
                    "a run that was interrupted",
                    f"{folder.name}, which still goes on",
                    str(folder),
                    "Wait for it, or end it.",
                )
            )
        self._lock, self._folder = lock, folder


def new_run(state: Path, origin: Origin, *, clock: Clock = utc_now) -> RunWriter:
    """Begin a run; its folder is made when it is first written to.

    Parameters
    ----------
    state : Path
        The state folder.
    origin : Origin
        What it is of.
    clock : callable
        Gives the time in UTC.

    Raises
    ------
    ConfigurationError, StoreError
        As `tuner.store.runs.check_state`.
    """
    check_state(state)
    now = clock()
    started = Started(new_run_id(origin.service, now), origin, utc_text(now))
    return RunWriter(state, started, clock=clock)


def _lock(folder: Path) -> int | None:
    """Lock a run for writing; None where somebody else has."""
    try:
        handle = os.open(folder / STARTED, os.O_RDONLY)
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def is_held(folder: Path) -> bool:
    """Tell whether somebody writes a run."""
    handle = _lock(folder)
    if handle is not None:
        os.close(handle)
    return handle is None
