"""Schemas of kept files: a name and a number, which grows where old readers cannot read on."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tuner.errors import Problem, ResultFileError

_SCHEMA = re.compile(r"(?P<name>[a-z.]+)/(?P<number>\d{1,4})")


def check_schema(got: object, *, wanted: str, path: Path) -> None:
    """Refuse a file of another schema, with what to do about it.

    Parameters
    ----------
    got : object
        What the file says.
    wanted : str
        Name and number that this version reads.
    path : Path
        The file, for the message.

    Raises
    ------
    ResultFileError
        When it is another one.

    Examples
    --------
    >>> check_schema("cliffside.run/2", wanted="cliffside.run/1", path=Path("m.json"))
    Traceback (most recent call last):
    ...
    tuner.errors.ResultFileError: m.json: expected schema cliffside.run/1, got 'cliffside.run/2'. \
A newer cliffside wrote this: update cliffside, or name another state folder.
    """
    if got == wanted:
        return
    step = "Run tune again, or use the version of cliffside that wrote it."
    if is_newer(got, wanted):
        step = "A newer cliffside wrote this: update cliffside, or name another state folder."
    raise ResultFileError(Problem(f"schema {wanted}", repr(got), str(path), step))


def is_newer(got: object, wanted: str) -> bool:
    """Tell whether a schema is a later one of the same name.

    Examples
    --------
    >>> is_newer("a.run/10", "a.run/9"), is_newer("a.run/1", "a.run/1"), is_newer(None, "a.run/1")
    (True, False, False)
    """
    mine, theirs = _SCHEMA.fullmatch(wanted), _SCHEMA.fullmatch(str(got))
    if mine is None or theirs is None or mine["name"] != theirs["name"]:
        return False
    return int(theirs["number"]) > int(mine["number"])


def is_of_newer(path: Path, wanted: str) -> bool:
    """Tell whether a file of JSON that cannot be read is of a later schema, not damaged.

    Parameters
    ----------
    path : Path
        The file.
    wanted : str
        Name and number that this version reads.
    """
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(value, dict) and is_newer(value.get("schema"), wanted)
