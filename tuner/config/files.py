"""Data files that a job names: relative to its own file, and there."""

from __future__ import annotations

from pathlib import Path

from tuner.config_problems import Location, Problems
from tuner.config_words import describe

DATA_FILE = "a file that can be read"
ARCHIVED_DAY = "a day of the archive"
"""What is expected of data that are not there; `tuner.night` tells them from other slips."""


def check_file(name: object, folder: Path, problems: Problems, location: Location) -> Path | None:
    """Give the path of a data file, or None where none is named; note it where it is not there.

    Parameters
    ----------
    name : object
        What was written; anything but a text is another check's matter.
    folder : Path
        Folder of the config file.
    problems : Problems
        Takes the note.
    location : tuple
        Where the name stands.
    """
    if not isinstance(name, str) or not name:
        return None
    path = folder / name
    try:
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    if not there:
        try:
            kind = "a folder" if path.is_dir() else "no file there"
        except (OSError, ValueError):
            kind = "no path that can be"
        problems.add(
            location,
            expected=DATA_FILE,
            got=f"{describe(name)}: {kind}",
            next_step="Paths are relative to the folder of this config file: check the name.",
        )
    return path
