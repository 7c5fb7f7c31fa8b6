"""Looks at a file that an answer is to be written to, before anything is asked or computed."""

from __future__ import annotations

from pathlib import Path

import click


def check_out_file(path: Path | None, ending: str, *, option: str) -> None:
    """Refuse a file of another ending, a folder, and a place that cannot be written.

    The ending keeps an answer from taking the place of a job's file by a slip.

    Parameters
    ----------
    path : Path or None
        What was given; None: nothing.
    ending : str
        Such as ``.json``.
    option : str
        With which it was given, for messages.

    Raises
    ------
    click.BadParameter
        When the ending is another, or the path is a folder.
    StoreError
        When its folder cannot be written.
    """
    if path is None:
        return
    if path.suffix.lower() != ending or path.is_dir():
        got = f"the folder {str(path)!r}" if path.is_dir() else repr(str(path))
        raise click.BadParameter(
            f"expected a file that ends in {ending}, got {got}.", param_hint=f"'{option}'"
        )
    from tuner.store.files import check_folder

    check_folder(path.parent)
