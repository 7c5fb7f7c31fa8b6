"""The nights in the state folder: the lock, what is done of a night, the nights before.

``nights/<date>/`` holds one night: ``night.json`` says when it began, ``services/`` what was found
of each service; ``summary.html``, ``summary.md`` and ``summary.json`` are written last. A night
without a summary was interrupted.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from tuner.errors import CliffsideError, Problem, StoreError
from tuner.night.record import SERVICE_SCHEMA, ServiceNight, service_from_json
from tuner.night.services import Service
from tuner.store.files import cannot_write, write_json, write_text
from tuner.store.runs import make_private, utc_text
from tuner.store.seal import read_bytes, sealed, unsealed

NIGHTS = "nights"
LOCK = "lock"
NIGHT, SERVICES = "night.json", "services"
SUMMARY, SUMMARY_TEXT, SUMMARY_PAGE = "summary.json", "summary.md", "summary.html"
NIGHT_SCHEMA = "cliffside.night.started/1"
LONGEST_NIGHT = timedelta(hours=24)
"""An interrupted night goes on within this time of its begin; afterwards a new one begins."""

MOST_NIGHTS_BACK = 30
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")


class NightLock:
    """Lets one night at a time into a state folder; the system lets go of it when a process ends.

    Parameters
    ----------
    state : Path
        The state folder, made where it is missing.
    now : datetime
        In UTC, for who waits.
    """

    def __init__(self, state: Path, now: datetime) -> None:
        self._path = make_private(state, NIGHTS) / LOCK
        self._now = now
        self._handle: int | None = None

    def __enter__(self) -> NightLock:
        """Take the lock.

        Raises
        ------
        StoreError
            When another night goes on.
        """
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise cannot_write(self._path, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = _holder(handle)
            os.close(handle)
            raise StoreError(
                Problem(
                    "no other night in this state folder",
                    f"one that still goes on{holder}",
                    str(self._path),
                    "Wait for it, or name another state folder with --state-dir.",
                )
            ) from error
        self._handle = handle
        os.ftruncate(handle, 0)
        os.pwrite(
            handle, json.dumps({"pid": os.getpid(), "since": utc_text(self._now)}).encode(), 0
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the lock."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class NightFolder:
    """One night in the state folder.

    Parameters
    ----------
    path : Path
        Its folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """Its date in UTC."""
        return self.path.name

    @property
    def is_finished(self) -> bool:
        """Whether its summary is there."""
        return (self.path / SUMMARY).is_file()

    def began(self) -> datetime | None:
        """Give when it began; None where that is not there or is damaged."""
        try:
            value = unsealed(read_bytes(self.path / NIGHT), self.path / NIGHT)
            return datetime.fromisoformat(str(value["started_utc"]))
        except (CliffsideError, KeyError, ValueError):
            return None

    def begin(self, now: datetime) -> datetime:
        """Begin the night, or go on with it; give when it began.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        there = self.began()
        if there is not None:
            return there
        about = {"schema": NIGHT_SCHEMA, "started_utc": utc_text(now)}
        write_text(self.path / NIGHT, sealed(about))
        return datetime.fromisoformat(utc_text(now))

    def read(self, service: Service) -> ServiceNight | None:
        """Give what was found of a service; None where nothing was, or it cannot be read."""
        path = self._of(service)
        try:
            record = service_from_json(unsealed(read_bytes(path), path), path)
        except CliffsideError:
            return None
        return record if record.service == service.name else None

    def write(self, service: Service, record: ServiceNight) -> None:
        """Keep what was found of a service.

        Raises
        ------
        StoreError
            When it cannot be written.
        """
        write_text(self._of(service), sealed({"schema": SERVICE_SCHEMA, **record.to_json()}))

    def write_traceback(self, service: Service, text: str) -> Path:
        """Keep the traceback of an error that nobody foresaw; give the file."""
        path = self.path / SERVICES / f"{service.key}.traceback.txt"
        write_text(path, text)
        return path

    def finish(self, summary: dict[str, Any], *, text: str, page: str) -> None:
        """Write the summary, which ends the night.

        Parameters
        ----------
        summary : dict of str to object
            For JSON.
        text, page : str
            The same in Markdown and in HTML.

        Raises
        ------
        StoreError
            When it cannot be written; the night can go on.
        """
        write_text(self.path / SUMMARY_PAGE, page)
        write_text(self.path / SUMMARY_TEXT, text)
        write_json(self.path / SUMMARY, summary)

    def _of(self, service: Service) -> Path:
        """Name the record of a service."""
        return self.path / SERVICES / f"{service.key}.json"


def this_night(state: Path, now: datetime) -> NightFolder:
    """Give the night to work on: an interrupted one that is not a day old, else that of the date.

    Parameters
    ----------
    state : Path
        The state folder.
    now : datetime
        In UTC.

    Notes
    -----
    Assumption: a night that began more than 24 hours ago is of no use any more.
    """
    newest = next(iter(nights(state)), None)
    if newest is not None and not newest.is_finished:
        began = newest.began()
        if began is not None and now - LONGEST_NIGHT <= began <= now:
            return newest
    return NightFolder(state / NIGHTS / f"{now.astimezone(UTC):%Y-%m-%d}")


def nights(state: Path) -> list[NightFolder]:
    """List the nights of a state folder, the newest first."""
    try:
        found = list((state / NIGHTS).iterdir())
    except OSError:
        return []
    named = [path for path in found if _NAME.fullmatch(path.name) and not path.is_symlink()]
    return [NightFolder(path) for path in sorted(named, key=lambda path: path.name, reverse=True)]


def last_recommendation(
    state: Path, night: NightFolder, service: Service
) -> tuple[str, ServiceNight] | None:
    """Give the newest recommendation for a service before a night, with the night's name.

    Parameters
    ----------
    state : Path
        The state folder.
    night : NightFolder
        Nights before it are looked at, 30 of them at most.
    service : Service
        The service.
    """
    earlier = [each for each in nights(state) if each.name < night.name]
    for each in earlier[:MOST_NIGHTS_BACK]:
        record = each.read(service)
        if record is not None and record.recommended is not None:
            return each.name, record
    return None


def _holder(handle: int) -> str:
    """Say who holds the lock, as far as that can be read."""
    try:
        value = json.loads(os.pread(handle, 4096, 0))
        return f" since {value['since']} as process {value['pid']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
