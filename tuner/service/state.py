"""The state folder of a service: private, no symbolic link, held by one service at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from tuner.errors import ConfigurationError, Problem, StoreError
from tuner.store.files import cannot_write
from tuner.store.runs import make_private

JOBS = "jobs"
DATABASE = "cliffside.db"
LOCK = "serve.lock"


def private_file(path: Path) -> int:
    """Open a file for reading and writing that only its owner can read, made where it is missing.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    int
        Its descriptor.

    Raises
    ------
    StoreError
        When it is a symbolic link, or cannot be opened.
    """
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise cannot_write(path, error) from error


class ServiceState:
    """The folder, held until it is closed or the process ends, killed or not.

    Parameters
    ----------
    folder : Path
        The state folder; made, 0700, where it is missing.

    Raises
    ------
    ConfigurationError
        When it is a symbolic link, others may enter it, or another service holds it.
    StoreError
        When it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.jobs = make_private(self.folder, JOBS)
        self.database = self.folder / DATABASE
        self._lock: int | None = private_file(self.folder / LOCK)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            raise ConfigurationError(
                Problem(
                    "a state folder that no other service holds",
                    "one that another `cliffside serve` holds",
                    str(folder),
                    "End that one, or name another folder with --state-dir.",
                )
            ) from error
        try:
            os.close(private_file(self.database))
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
