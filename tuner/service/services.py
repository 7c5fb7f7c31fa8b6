"""The services that jobs may name: the configs in one folder, by the names of their files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tuner.config.load import load_job
from tuner.errors import CliffsideError, ConfigurationError, Problem
from tuner.service.requests import NAME


@dataclass(frozen=True, slots=True)
class Service:
    """A config of the folder.

    Parameters
    ----------
    name : str
        Of the file, without its ending.
    title : str
        What the config calls the service; empty where it cannot be read.
    candidates : dict of str to int
        That a job of kind tune tries, by family.
    problem : str
        Why it cannot be read; empty where it can.
    """

    name: str
    title: str
    candidates: Mapping[str, int]
    problem: str


class ServiceFolder:
    """The folder of configs.

    A client's text is only ever looked up among the names of the files that are there.

    Parameters
    ----------
    folder : Path
        Holds ``NAME.toml`` files.

    Raises
    ------
    ConfigurationError
        When it is no folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._known: dict[str, tuple[tuple[int, int, int], Service]] = {}
        if not self.folder.is_dir():
            raise ConfigurationError(
                Problem(
                    "a folder of configs, one TOML file a service",
                    "none there",
                    str(folder),
                    "Name it with --services.",
                )
            )

    def paths(self) -> dict[str, Path]:
        """Give the configs that are there, by name."""
        found = sorted(self.folder.glob("*.toml"))
        return {path.stem: path for path in found if re.match(NAME, path.stem) and path.is_file()}

    def list(self) -> Sequence[Service]:
        """Read all services."""
        return [self._read(name, path) for name, path in self.paths().items()]

    def find(self, name: str) -> Service | None:
        """Read one service; None where there is none of this name."""
        path = self.paths().get(name)
        return None if path is None else self._read(name, path)

    def _read(self, name: str, path: Path) -> Service:
        """Read a service, again only where its file has changed."""
        try:
            facts = path.stat()
            stamp = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
            known = self._known.get(name)
            if known is not None and known[0] == stamp:
                return known[1]
            job = load_job(path)
            settings = job.settings
            counts = {
                str(family): space.n_lattice
                if settings.enumerates(space.n_lattice)
                else settings.trials
                for family, space in job.spaces.items()
            }
            service = Service(name, job.service, counts, "")
        except CliffsideError as error:
            return Service(name, "", {}, str(error))
        except OSError as error:
            return Service(name, "", {}, error.strerror or "It cannot be read.")
        self._known[name] = (stamp, service)
        return service
