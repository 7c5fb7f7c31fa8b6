"""What a run says of itself: what it is of, and the size and SHA-256 of each of its files.

Parquet has no checksum over its footer: the manifest's hash covers it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from tuner.errors import MissingFileError, Problem, ResultFileError
from tuner.store.schemas import check_schema
from tuner.store.seal import damaged, read_bytes, unsealed

MANIFEST = "manifest.json"
RUN_SCHEMA = "cliffside.run/1"
VERSIONS_OF = ("cliffside", "python", "numpy", "numba", "optuna", "pyarrow")

OK, DAMAGED, MISSING = "ok", "damaged", "missing"
"""States of a file of a run."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file must be.

    Parameters
    ----------
    size : int
        Bytes.
    sha256 : str
        Digest of its content, in hexadecimal.
    """

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a run is of: equal origins give equal results.

    Parameters
    ----------
    service : str
        Name of the service.
    config : str
        The job's file.
    inputs_sha256 : str
        Digest of config and inputs (`tuner.config.digest`).
    search : dict of str to object
        Engine, sampler, budget, trials, refinement.
    seed : int
        Of everything that is drawn.
    model_version : str
        Version of docs/model.md.
    """

    service: str
    config: str
    inputs_sha256: str
    search: dict[str, Any]
    seed: int
    model_version: str

    def differences(self, other: Origin) -> list[str]:
        """Say in what another origin gives another result, one sentence part each."""
        mine, theirs = (
            {**each.search, "seed": each.seed, "model version": each.model_version}
            for each in (self, other)
        )
        found = [f"{name} {theirs.get(name)}" for name in mine if mine[name] != theirs.get(name)]
        if self.inputs_sha256 != other.inputs_sha256:
            found.insert(0, "another content of config or inputs")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a finished run says of itself; it is written last.

    Parameters
    ----------
    run : str
        Its id.
    origin : Origin
        What it is of.
    versions : dict of str to str
        Of the program, Python and what the numbers depend on.
    started_utc, finished_utc : str
        RFC 3339.
    verdict : str
        Of the recommendation.
    exit_code : int
        Of the command.
    files : dict of str to FileFacts
        By path within the folder.
    """

    run: str
    origin: Origin
    versions: dict[str, str]
    started_utc: str
    finished_utc: str
    verdict: str
    exit_code: int
    files: dict[str, FileFacts]

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {
            "schema": RUN_SCHEMA,
            "run": self.run,
            **asdict(self.origin),
            "versions": self.versions,
            "started_utc": self.started_utc,
            "finished_utc": self.finished_utc,
            "verdict": self.verdict,
            "exit_code": self.exit_code,
            "files": {name: asdict(facts) for name, facts in self.files.items()},
        }


def versions() -> dict[str, str]:
    """Give the versions that a run is made with, without importing anything."""
    import platform

    return {
        name: platform.python_version() if name == "python" else version(name)
        for name in VERSIONS_OF
    }


def origin_of(value: Mapping[str, Any], path: Path) -> Origin:
    """Read an origin from an object of JSON.

    Raises
    ------
    ResultFileError
        When a key is missing or of another kind.
    """
    return Origin(**{field.name: _get(value, field.name, path) for field in fields(Origin)})


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a finished run.

    Raises
    ------
    MissingFileError
        When there is none: the run does not exist.
    ResultFileError
        When it is damaged, of another schema, or names files outside its folder.
    """
    path = folder / MANIFEST
    value = unsealed(read_bytes(path), path)
    check_schema(value.get("schema"), wanted=RUN_SCHEMA, path=path)
    names = ("run", "versions", "started_utc", "finished_utc", "verdict", "exit_code")
    return Manifest(
        origin=origin_of(value, path),
        files={
            name: _file_facts(name, facts, path)
            for name, facts in _get(value, "files", path).items()
        },
        **{name: _get(value, name, path) for name in names},
    )


def file_facts(path: Path, *, sync: bool = False) -> FileFacts:
    """Give size and digest of a file.

    Parameters
    ----------
    path : Path
        The file.
    sync : bool
        Whether it is to be on the disk afterwards.
    """
    with path.open("rb") as file:
        if sync:
            os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileFacts(file.tell(), digest)


def file_state(folder: Path, name: str, facts: FileFacts) -> str:
    """Say whether a file of a run is ``ok``, ``damaged`` or ``missing``.

    Parameters
    ----------
    folder : Path
        Of the run.
    name : str
        Of the file, within the folder.
    facts : FileFacts
        What the manifest says of it.
    """
    path = folder / name
    try:
        intact = path.stat().st_size == facts.size and file_facts(path) == facts
    except FileNotFoundError:
        return MISSING
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return DAMAGED
    return OK if intact else DAMAGED


def check_files(folder: Path, manifest: Manifest, *names: str) -> None:
    """Make sure that files of a run are what they were when it ended.

    Parameters
    ----------
    folder : Path
        Of the run.
    manifest : Manifest
        Its manifest.
    names : str
        Files that are about to be read.

    Raises
    ------
    MissingFileError
        For a file that the run does not have, or that is gone.
    ResultFileError
        For one whose size or SHA-256 is another.
    """
    for name in names:
        facts, path = manifest.files.get(name), folder / name
        state = MISSING if facts is None else file_state(folder, name, facts)
        if state == MISSING:
            raise MissingFileError(
                Problem("a file of the run", "no file there", str(path), "Run tune again.")
            )
        if state == DAMAGED:
            raise damaged(path, "another size or SHA-256")


_KINDS: dict[str, Callable[[Any], bool]] = {
    "search": lambda value: type(value) is dict,
    "seed": lambda value: type(value) is int,
    "exit_code": lambda value: type(value) is int,
    "files": lambda value: type(value) is dict,
    "versions": lambda value: type(value) is dict,
}
"""What a key must hold; text, where it is not here."""


def _get(value: Mapping[str, Any], name: str, path: Path) -> Any:
    """Give the value of a key."""
    fits = _KINDS.get(name, lambda value: type(value) is str)
    if name not in value or not fits(value[name]):
        got = repr(value.get(name))
        raise ResultFileError(Problem(f"a key {name}", got, str(path), "Run tune again."))
    return value[name]


def _file_facts(name: str, facts: object, path: Path) -> FileFacts:
    """Read the facts of one file, whose name must stay within the folder."""
    pure = PurePosixPath(name)
    inside = not pure.is_absolute() and ".." not in pure.parts and pure.parts
    wanted = {"size": int, "sha256": str}
    if not (
        inside
        and isinstance(facts, dict)
        and {key: type(value) for key, value in facts.items()} == wanted
    ):
        raise ResultFileError(
            Problem("a file of the run with size and sha256", repr(name), str(path), "Run again.")
        )
    return FileFacts(**facts)
