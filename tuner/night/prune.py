"""Which nights may go, and their removal: the summary first, so that no half night is ever seen."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from tuner.night.state import LONGEST_NIGHT, NIGHTS, SUMMARY, NightFolder, NightLock, nights
from tuner.store.files import cannot_write
from tuner.store.prune import Prunable, size_of
from tuner.store.runs import sync_folder


def prunable_nights(
    state: Path, *, now: datetime, keep: int | None = None, before: datetime | None = None
) -> list[Prunable]:
    """List the nights that may go, the newest first.

    Parameters
    ----------
    state : Path
        The state folder.
    now : datetime
        In UTC.
    keep : int or None
        So many finished nights stay; None: their number does not matter.
    before : datetime or None
        Only nights that began before go; None: their age does not matter.

    Returns
    -------
    list of Prunable
        Where both are given, only what neither keeps. The newest finished night stays, as the next
        one is compared with it; interrupted ones go by their age alone, and only where no night
        could go on with them.
    """
    found, rank = [], 0
    for night in nights(state):
        began = night.began() or datetime.fromisoformat(night.name).replace(tzinfo=UTC)
        is_old = before is None or began < before
        if night.is_finished:
            rank += 1
            goes = rank > 1 and is_old and (keep is None or rank > keep)
        else:
            goes = before is not None and is_old and began < now - LONGEST_NIGHT
        if goes:
            size = size_of(night.path)
            found.append(Prunable(run=night.name, service="", kind="night", size=size))
    return found


def remove_nights(state: Path, prunable: list[Prunable], *, now: datetime) -> None:
    """Remove nights, while none goes on.

    Parameters
    ----------
    state : Path
        The state folder.
    prunable : list of Prunable
        From `prunable_nights`.
    now : datetime
        In UTC.

    Raises
    ------
    StoreError
        When a night goes on, or one cannot be removed.
    """
    if not prunable:
        return
    with NightLock(state, now):
        for each in prunable:
            _remove(NightFolder(state / NIGHTS / each.run).path)


def _remove(folder: Path) -> None:
    """Remove a night's folder."""
    try:
        (folder / SUMMARY).unlink(missing_ok=True)
        sync_folder(folder)
        shutil.rmtree(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error
