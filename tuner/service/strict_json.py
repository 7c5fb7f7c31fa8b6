"""JSON as it is meant: a key once, finite numbers, text that can be written, not too deep."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn


def parse_strictly(content: bytes, *, deepest: int) -> Any:
    """Read JSON.

    Parameters
    ----------
    content : bytes
        UTF-8.
    deepest : int
        Lists and objects within each other, at most.

    Returns
    -------
    object
        The value.

    Raises
    ------
    ValueError
        With what is wrong as its text: no JSON, a key twice, NaN or infinity, lone surrogates,
        too deep.

    Examples
    --------
    >>> parse_strictly(b'{"a": 1, "a": 2}', deepest=64)
    Traceback (most recent call last):
    ...
    ValueError: a key twice in one object: 'a'
    """
    try:
        text = content.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse, parse_float=_finite
        )
    except UnicodeDecodeError as error:
        raise ValueError("bytes that are not UTF-8") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise ValueError(f"lists or objects more than {deepest} deep") from error
    _check(value, deepest)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object whose keys differ."""
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise ValueError(f"a key twice in one object: {twice[:40]!r}")
    return value


def _refuse(name: str) -> NoReturn:
    """Refuse NaN and infinity."""
    raise ValueError(f"{name}, which is not JSON")


def _finite(text: str) -> float:
    """Read a number that a float can hold."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"a number too large: {text[:40]}")
    return value


def _check(value: Any, deepest: int) -> None:
    """Refuse what is too deep, and text with half of a pair of surrogates."""
    level, depth = [value], 0
    while level:
        below: list[Any] = []
        is_deeper = False
        for item in level:
            if isinstance(item, dict):
                is_deeper = True
                below += item.values()
                below += item.keys()
            elif isinstance(item, list):
                is_deeper = True
                below += item
            elif isinstance(item, str) and not item.isascii():
                try:
                    item.encode()
                except UnicodeEncodeError as error:
                    raise ValueError("text with half of a surrogate pair") from error
        depth += is_deeper
        if depth > deepest:
            raise ValueError(f"lists or objects more than {deepest} deep")
        level = below
