"""Sealed JSON: a file that ends with the SHA-256 of its other keys.

It is read only if it is, byte for byte, what would be written again: no single bit goes unnoticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tuner.errors import MissingFileError, Problem, ResultFileError

SEAL = "sha256"


def sealed(value: Mapping[str, Any]) -> str:
    """Give an object as JSON that ends with the digest of the rest.

    Examples
    --------
    >>> unsealed(sealed({"a": 1}).encode(), Path("x"))
    {'a': 1}
    """
    digest = hashlib.sha256(_text(value).encode()).hexdigest()
    return _text({**value, SEAL: digest}) + "\n"


def unsealed(content: bytes, path: Path) -> dict[str, Any]:
    """Read what `sealed` gave.

    Raises
    ------
    ResultFileError
        When a single bit is not what it was.
    """
    try:
        value = json.loads(content)
        rest = {key: value[key] for key in value if key != SEAL} if type(value) is dict else {}
        whole = sealed(rest).encode() == content
    except (ValueError, RecursionError):
        whole = False
    if not whole:
        raise damaged(path, "a content that does not match its seal")
    return rest


def read_bytes(path: Path) -> bytes:
    """Read a whole file.

    Raises
    ------
    MissingFileError
        When it is not there or cannot be opened.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise MissingFileError(
            Problem("a file of a finished run", reason, str(path), "`runs list` names the runs.")
        ) from error


def damaged(path: Path, got: str) -> ResultFileError:
    """Say that a file is not what it was."""
    return ResultFileError(
        Problem(
            "the file as it was written", got, str(path), "Run tune again; the file is damaged."
        )
    )


def _text(value: Mapping[str, Any]) -> str:
    """Write an object as JSON."""
    return json.dumps(value, indent=2, allow_nan=False)
