"""Words for messages about a configuration: values and their types, dotted paths, near keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

LONGEST_QUOTE = 60
BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")

OTHER_WORDS = {
    "breach_window_seconds": "Write it as period_seconds and evaluation_periods.",
    "cliff": "Write cliff_percent.",
    "cooldown": "Write cooldown_seconds.",
    "increment": "Write scale_out_adjustment in [space], scaling_adjustment in a plan.",
    "max": "Write max_size.",
    "min": "Write min_size.",
    "period": "Write period_seconds.",
    "slope_percent_per_rpm": "Write slope_percent_per_1000_rpm, a thousand times as large.",
    "threshold": "Write threshold_percent (in [space]: scale_out_threshold_percent).",
    "threshold_percent": "Write scale_out_threshold_percent or scale_in_threshold_percent.",
    "warmup_seconds": "Simple policies have no warm-up; an instance's start is ready_seconds.",
}


def dotted(location: Iterable[str | int]) -> str:
    """Write a location as a dotted path.

    Examples
    --------
    >>> dotted(("traffic", "stages", 0, "start_rpm"))
    'traffic.stages[0].start_rpm'
    """
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            key = part if BARE_KEY.fullmatch(part) else quoted(part)
            path += f".{key}" if path else key
    return path


def quoted(text: str) -> str:
    """Quote a text for a message, shortened, on one line."""
    short = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 3] + "..."
    return json.dumps(short, ensure_ascii=not short.isprintable())


def describe(value: object) -> str:
    """Say a value and its type in the words of a config file.

    Examples
    --------
    >>> describe("5"), describe(True), describe(2.5), describe([1, 2])
    ('"5" (text)', 'true (boolean)', '2.5 (number)', 'a list of 2')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"{str(value).lower()} (boolean)"
    if isinstance(value, int):
        return f"{_digits(value)} (integer)"
    if isinstance(value, float):
        return f"{value!r} (number)"
    if isinstance(value, str):
        return f"{quoted(value)} (text)"
    if isinstance(value, Mapping):
        keys = ", ".join(quoted(str(key)) for key in list(value)[:4])
        return f"a table with {keys}" if keys else "an empty table"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}" if value else "an empty list"
    return f"{quoted(str(value))} ({type(value).__name__})"


def suggest_key(key: str, known: Iterable[str]) -> str:
    """Say which known key was probably meant, or list those there are."""
    names = sorted(known)
    replaced = OTHER_WORDS.get(key)
    if replaced is not None and any(re.search(rf"\b{name}\b", replaced) for name in names):
        return replaced
    close = get_close_matches(key[:LONGEST_QUOTE], names, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{close[0]}"?'
    return f"Known here: {', '.join(names)}." if names else "Leave it out."


def _digits(value: int) -> str:
    """Write an integer, or its size where it is absurdly long."""
    return str(value) if abs(value) < 10**30 else f"an integer of {value.bit_length()} bits"


def words_of(kind: str, context: Mapping[str, Any], value: object) -> tuple[str, str]:
    """Give what was expected and what to do, for one of Pydantic's kinds of error.

    Parameters
    ----------
    kind : str
        Pydantic's kind of error.
    context : mapping of str to object
        What Pydantic says beside it.
    value : object
        What came.

    Returns
    -------
    str, str
        What was expected, and what to do.
    """
    if kind in _BOUNDS:
        word, name, step = _BOUNDS[kind]
        return f"{word} {_bound(context[name])}", step
    expected, step = _KINDS.get(kind, ("another value", "See docs/configuration.md."))
    if kind == "literal_error":
        words = str(context["expected"]).replace(" or ", ", ")
        return f"one of {words}" if "," in words else words, step
    if isinstance(value, bool) and kind != "bool_type":
        step = "true and false are not numbers, texts or tables: write the value itself."
    elif isinstance(value, str) and kind in ("int_type", "float_type"):
        step = "Write it without quotes."
    return expected, step


def _bound(value: float) -> str:
    """Write a bound in full where it is whole."""
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


_BOUNDS = {
    "greater_than": ("a number above", "gt", "Raise it."),
    "greater_than_equal": ("at least", "ge", "Raise it."),
    "less_than": ("a number below", "lt", "Lower it."),
    "less_than_equal": ("at most", "le", "Lower it."),
}

_KINDS = {
    "missing": ("a value", "Add this key; docs/configuration.md says what it means."),
    "int_type": ("a whole number", "Write it as a whole number, such as 5."),
    "float_type": ("a number", "Write it as a number, such as 25 or 0.75."),
    "finite_number": ("a finite number", "Write a finite number, or leave the key out."),
    "string_type": ("a text", 'Write it in quotes, such as "name".'),
    "string_too_short": ("a text that is not empty", "Write something, or leave the key out."),
    "string_too_long": ("a shorter text", "Shorten it."),
    "bool_type": ("true or false", "Write true or false, without quotes."),
    "literal_error": ("one of the words", "Choose one of these, spelled like this."),
    "model_type": ("a table of keys", "Write it as a table, see configs/example.toml."),
    "list_type": ("a list", "Write it in brackets, or as [[a table each]]."),
    "too_short": ("a list that is not empty", "Add an entry."),
    "too_long": ("a shorter list", "Shorten it."),
}
