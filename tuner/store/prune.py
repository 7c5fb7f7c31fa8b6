"""Which runs may go, and their removal: the manifest first, so that no half run is ever seen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from tuner.errors import ConfigurationError, Problem
from tuner.store.files import cannot_write
from tuner.store.manifest import MANIFEST
from tuner.store.run_writer import RunWriter, is_held
from tuner.store.runs import (
    RUNS,
    STARTED,
    is_run_id,
    list_runs,
    list_started,
    read_started,
    sync_folder,
)

Kind = Literal["finished", "damaged", "interrupted", "remnant", "night", "job"]
LEAST_AGE = timedelta(hours=1)
"""A folder with neither manifest nor start may be a run that begins right now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prunable:
    """A run, a night or a job's folder that may go.

    Parameters
    ----------
    run : str
        Its id; a night's date.
    service : str
        Its service, empty where nobody knows.
    kind : str
        ``finished``, ``damaged``, ``interrupted``, or ``remnant``: a folder that is no run;
        ``night``, and ``job``: what a service kept of one.
    size : int
        Bytes of its files.
    """

    run: str
    service: str
    kind: Kind
    size: int


def prunable_runs(
    state: Path,
    *,
    now: datetime,
    keep: int | None = None,
    before: datetime | None = None,
    held: Set[str] = frozenset(),
) -> list[Prunable]:
    """List the runs that may go, the newest first.

    Parameters
    ----------
    state : Path
        The state folder.
    now : datetime
        In UTC.
    keep : int or None
        Of each service so many finished runs stay; None: their number does not matter.
    before : datetime or None
        Only runs that began before go; None: their age does not matter.
    held : set of str
        Ids of runs that stay whatever their age.

    Returns
    -------
    list of Prunable
        Where both are given, only what neither keeps. The newest finished run of each service
        stays, and interrupted ones go only by their age, and only where nobody writes them.
    """
    found = [*_finished(state, keep=keep, before=before, held=held)]
    if before is not None:
        found += _interrupted(state, before=before)
    found += _remnants(state, now - LEAST_AGE)
    return sorted(found, key=lambda each: each.run, reverse=True)


def remove_run(state: Path, prunable: Prunable) -> None:
    """Remove a run; one that is killed in between leaves a remnant for the next.

    Parameters
    ----------
    state : Path
        The state folder.
    prunable : Prunable
        From `prunable_runs`.

    Raises
    ------
    ConfigurationError
        When somebody writes the run by now.
    StoreError
        When it cannot be removed.
    """
    folder = state / RUNS / prunable.run
    if not is_run_id(prunable.run) or folder.is_symlink():
        raise ConfigurationError(
            Problem("a folder of a run", repr(prunable.run), str(folder), "Look at the folder.")
        )
    writer = None
    if prunable.kind == "interrupted":
        writer = RunWriter(state, read_started(folder), folder=folder)
    try:
        (folder / MANIFEST).unlink(missing_ok=True)
        sync_folder(folder)
        shutil.rmtree(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error
    finally:
        if writer is not None:
            writer.close()


def began(run: str) -> datetime:
    """Give when a run began, from its id.

    Examples
    --------
    >>> began("20261124T013000Z-shop-00000000").isoformat()
    '2026-11-24T01:30:00+00:00'
    """
    return datetime.strptime(run[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def _finished(
    state: Path, *, keep: int | None, before: datetime | None, held: Set[str]
) -> Iterator[Prunable]:
    """Give finished runs that neither number nor age keeps, damaged ones by their age alone."""
    counts: dict[str, int] = {}
    for listed in list_runs(state):
        is_old = before is None or began(listed.run) < before
        if listed.manifest is None:
            if before is not None and is_old:
                yield _prunable(state, listed.run, "", "damaged")
            continue
        service = listed.manifest.origin.service
        rank = counts[service] = counts.get(service, 0) + 1
        surplus = keep is None or rank > keep
        if rank > 1 and surplus and is_old and listed.run not in held:
            yield _prunable(state, listed.run, service, "finished")


def _interrupted(state: Path, *, before: datetime) -> Iterator[Prunable]:
    """Give interrupted runs that nobody writes and that began before."""
    for started in list_started(state):
        if began(started.run) < before and not is_held(state / RUNS / started.run):
            yield _prunable(state, started.run, started.origin.service, "interrupted")


def _remnants(state: Path, before: datetime) -> Iterator[Prunable]:
    """Give folders that are no run: what a removal left that was killed."""
    try:
        found = list((state / RUNS).iterdir())
    except OSError:
        return
    for folder in found:
        if (
            is_run_id(folder.name)
            and not folder.is_symlink()
            and not (folder / MANIFEST).exists()
            and not (folder / STARTED).exists()
            and began(folder.name) < before
        ):
            yield _prunable(state, folder.name, "", "remnant")


def _prunable(state: Path, run: str, service: str, kind: Kind) -> Prunable:
    """Put a run with its size together."""
    return Prunable(run=run, service=service, kind=kind, size=size_of(state / RUNS / run))


def size_of(folder: Path) -> int:
    """Give the bytes of a folder's files; a file of two names counts once."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sum({path.stat().st_ino: path.stat().st_size for path in files}.values())
