"""Tables in Markdown, and how times and rates are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Table:
    """A table in Markdown, row by row."""

    def __init__(self, *head: str) -> None:
        self._lines = [_line(head), _line(["---"] * len(head))]

    def row(self, *cells: str) -> None:
        """Add a row."""
        self._lines.append(_line(cells))

    def text(self) -> str:
        """Give the table."""
        return "\n".join(self._lines) + "\n"


def _line(cells: tuple[str, ...] | list[str]) -> str:
    """Write a row."""
    return f"| {' | '.join(cells)} |"


def duration(seconds: float) -> str:
    """Write a time in the unit that people would choose, with three digits."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def millions(number: float) -> str:
    """Write a number in millions, with a digit where it is small."""
    return f"{number / 1e6:,.0f}" if number >= 1e8 else f"{number / 1e6:,.3g}"


def meaning(extra: dict[str, Any], seconds: float) -> Iterator[str]:
    """Say what a time means, from what the benchmark noted."""
    threads = extra.get("threads", 1)
    if "candidate_minutes" in extra:
        speed = extra["candidate_minutes"] / seconds / 1e6
        cores = "" if threads == 1 else f" on {threads} threads"
        yield f"{speed:,.1f} million candidate-minutes a second{cores}"
    if "candidates" in extra:
        yield f"{extra['candidates'] / seconds:,.0f} candidates a second"
    if "rows" in extra:
        yield f"{extra['rows'] / seconds / 1e6:,.2f} million rows a second"
    if "bytes" in extra:
        yield f"{extra['bytes'] / 1e6:,.1f} MB"
    for name, value in extra.items():
        if name.startswith(("times_", "share_")):
            yield f"{value:,.3g} {name.replace('_', ' ')}"
