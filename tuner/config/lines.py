"""Where each key of a TOML text stands: the line numbers that tomllib does not give.

The scanner runs after `tomllib` has accepted the text, so that it need not check anything; it walks
tables, arrays of tables, dotted keys, arrays and inline tables, and notes the line of each.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress

from tuner.config_problems import Location

_BLANK = re.compile(r"[ \t]*+")
_EMPTY = re.compile(r"(?:[ \t\r\n]|#[^\n]*+)*+")
_KEY = re.compile(r"""[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'""")
_TEXT = re.compile(
    r""""{3}(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*+"{3,5}|\'{3}(?:[^']|\'{1,2}(?!'))*+\'{3,5}"""
    r"""|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'"""
)
_BARE_VALUE = re.compile(r"[^\s,\]}#]++(?: [0-9:.+Z-]++)?")


def key_lines(text: str) -> dict[Location, int]:
    r"""Give the line of every key, list entry and table of a valid TOML text.

    Parameters
    ----------
    text : str
        A text that tomllib reads.

    Returns
    -------
    dict
        Line (from 1) by location; the empty location is line 1.

    Examples
    --------
    >>> key_lines('a = 1\n[b]\nc = [\n 2]\n')[("b", "c", 0)]
    4
    """
    scanner = _Scanner(text)
    with suppress(IndexError, RecursionError):  # an odd text: the lines found so far will do
        scanner.document()
    return scanner.lines


def line_of(location: Location, lines: dict[Location, int]) -> int:
    """Give the line of a location, or of the nearest one around it that has a line."""
    for end in range(len(location), -1, -1):
        if location[:end] in lines:
            return lines[location[:end]]
    return 1


class _Scanner:
    """A cursor over a TOML text and the lines that it has met."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.counted = 0
        self.lines: dict[Location, int] = {(): 1}
        self.entries: dict[Location, int] = {}

    def document(self) -> None:
        """Walk the whole text."""
        table: Location = ()
        self._skip(_EMPTY)
        while self.at < len(self.text):
            if self.text.startswith("[[", self.at):
                table = self._header(2)
            elif self.text[self.at] == "[":
                table = self._header(1)
            else:
                self._pair(table)
            self._skip(_EMPTY)

    def _header(self, brackets: int) -> Location:
        """Walk a table's header and give the table's location."""
        line = self._line()
        self.at += brackets
        table = self._resolved(self._key())
        self.at += brackets
        if brackets == 2:
            index = self.entries.get(table, 0)
            self.entries[table] = index + 1
            self._note(table, line)
            table = (*table, index)
        self._note(table, line)
        return table

    def _resolved(self, key: Location) -> Location:
        """Put the index of its newest entry after each array of tables in a header's path."""
        path: Location = ()
        for i, part in enumerate(key):
            path = (*path, part)
            if path in self.entries and i < len(key) - 1:
                path = (*path, self.entries[path] - 1)
        return path

    def _pair(self, table: Location) -> None:
        """Walk ``key = value``."""
        line = self._line()
        location = (*table, *self._key())
        self._note(location, line)
        self.at += 1  # the equals sign
        self._value(location)

    def _key(self) -> Location:
        """Walk a dotted key and give its parts."""
        parts: list[str] = []
        while True:
            self._skip(_BLANK)
            match = _KEY.match(self.text, self.at)
            if match is None:
                raise IndexError("not a key")
            self.at = match.end()
            parts.append(_unquoted(match.group()))
            self._skip(_BLANK)
            if self.text[self.at : self.at + 1] != ".":
                return tuple(parts)
            self.at += 1

    def _value(self, location: Location) -> None:
        """Walk one value, noting what is inside."""
        self._skip(_BLANK)
        start = self.text[self.at]
        if start == "[":
            self._entries(location, closing="]")
        elif start == "{":
            self._entries(location, closing="}")
        else:
            match = (_TEXT if start in "\"'" else _BARE_VALUE).match(self.text, self.at)
            if match is None:
                raise IndexError("not a value")
            self.at = match.end()

    def _entries(self, location: Location, *, closing: str) -> None:
        """Walk the entries of an array or of an inline table."""
        self.at += 1
        index = 0
        while True:
            self._skip(_EMPTY)
            if self.text[self.at] == closing:
                self.at += 1
                return
            if closing == "}":
                self._pair(location)
            else:
                self._note((*location, index), self._line())
                self._value((*location, index))
                index += 1
            self._skip(_EMPTY)
            if self.text[self.at] == ",":
                self.at += 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        """Move past what is empty."""
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()

    def _line(self) -> int:
        """Give the line of the cursor."""
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def _note(self, location: Location, line: int) -> None:
        """Keep the first line of a location and of the tables that it implies."""
        end = len(location)
        while end and location[:end] not in self.lines:
            self.lines[location[:end]] = line
            end -= 1


def _unquoted(key: str) -> str:
    """Give a key without its quotes."""
    if key[0] == "'":
        return key[1:-1]
    if key[0] == '"':
        return str(tomllib.loads(f"key = {key}")["key"])
    return key
