"""The services of a night: one job's file each, named by the file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from tuner.errors import MissingFileError, Problem

LONGEST_SLUG = 40


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a night.

    Parameters
    ----------
    name : str
        The file's name without its ending.
    config : Path
        The job's TOML file.
    """

    name: str
    config: Path

    @property
    def key(self) -> str:
        """Name of what is kept of it: nothing of the service's name that a path could mean."""
        slug = re.sub(r"[^a-z0-9]+", "-", self.name.lower())[:LONGEST_SLUG].strip("-") or "service"
        return f"{slug}-{hashlib.sha256(self.name.encode('utf-8', 'replace')).hexdigest()[:12]}"


def services_of(folder: Path) -> tuple[Service, ...]:
    """List the services of a folder: every ``*.toml`` in it, in order of their names.

    Parameters
    ----------
    folder : Path
        The folder; those within it are not looked into, and hidden files are left out.

    Raises
    ------
    MissingFileError
        When there is no such folder, or no job's file in it.
    """
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        reason = error.strerror or str(error)
        raise MissingFileError(
            Problem("a folder of jobs' files", reason, str(folder), "Check the path.")
        ) from error
    found = [name for name in names if name.endswith(".toml") and not name.startswith(".")]
    if not found:
        raise MissingFileError(
            Problem(
                "a folder with a *.toml file for each service",
                "none in it",
                str(folder),
                "Put a file as `cliffside tune --config` takes it there for each service.",
            )
        )
    return tuple(Service(name.removesuffix(".toml"), folder / name) for name in found)
