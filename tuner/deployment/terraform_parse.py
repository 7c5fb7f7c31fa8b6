"""HCL as far as cliffside writes it, read strictly.

Templates, functions, conditions and heredocs are refused, so that what is read is what stands
there.
"""

from __future__ import annotations

import re
from typing import Any

from tuner.deployment.terraform_hcl import Block, Reference
from tuner.errors import ConfigurationError, Problem
from tuner.resources.texts import LARGEST_TEXT

DEEPEST = 50


def read_blocks(text: str, *, where: str) -> list[Block]:
    """Read blocks.

    Parameters
    ----------
    text, where : str
        The text, and its name for messages.

    Raises
    ------
    ConfigurationError
        Where it is not HCL as cliffside writes it, with the line.
    """
    return _Reader(text, where).body_of_file()


_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|\#[^\n]*|//[^\n]*|/\*.*?\*/)
    |(?P<line>\n)
    |(?P<text>"(?:[^"\\\n]|\\.)*")
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*)
    |(?P<mark>[{}\[\]=:,])""",
    re.VERBOSE | re.DOTALL,
)
_PIECE = re.compile(
    r"\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\(.)|(\$\$\{|%%\{)|([$%]\{)", re.DOTALL
)
_UNESCAPES = {'"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


class _Reader:
    """Reads one text, token by token."""

    def __init__(self, text: str, where: str) -> None:
        self._where = where
        if len(text) > LARGEST_TEXT:
            raise self._error(f"at most {LARGEST_TEXT:,} characters", f"{len(text):,}", 1)
        self._tokens = list(self._split(text))
        self._at = 0

    def body_of_file(self) -> list[Block]:
        """Read the blocks of a file."""
        body = Block("")
        self._body(body, depth=0)
        if self._kind() != "end":
            raise self._unexpected("a block")
        if body.attributes:
            raise self._error("blocks alone", next(iter(body.attributes)), 1)
        return body.blocks

    def _body(self, into: Block, *, depth: int) -> None:
        """Read attributes and blocks up to a closing brace or the end."""
        if depth > DEEPEST:
            raise self._error("blocks less deep", "deeper ones", self._line())
        while True:
            self._skip_lines()
            if self._kind() in ("end", "}"):
                return
            name = self._take("name")
            if self._kind() == "=":
                self._at += 1
                if name in into.attributes:
                    raise self._error("each attribute once", f"{name} twice", self._line())
                into.attributes[name] = self._read_value(depth + 1)
                if self._kind() not in ("line", "end", "}"):
                    raise self._unexpected("the end of the line")
                continue
            labels = []
            while self._kind() in ("text", "name"):
                labels.append(self._label())
            self._take("{")
            block = Block(name, tuple(labels))
            self._body(block, depth=depth + 1)
            self._take("}")
            into.blocks.append(block)

    def _label(self) -> str:
        """Read a label of a block."""
        if self._kind() == "name":
            return self._take("name")
        return self._unquote(self._take("text"))

    def _read_value(self, depth: int) -> Any:
        """Read a value."""
        if depth > DEEPEST:
            raise self._error("values less deep", "deeper ones", self._line())
        kind = self._kind()
        if kind == "text":
            return self._unquote(self._take("text"))
        if kind == "number":
            number = self._take("number")
            return int(number) if number.lstrip("-").isdigit() else float(number)
        if kind == "name":
            name = self._take("name")
            return {"true": True, "false": False, "null": None}.get(name, Reference(name))
        if kind == "[":
            return self._list(depth)
        if kind == "{":
            return self._table(depth)
        raise self._unexpected("a value")

    def _list(self, depth: int) -> list[Any]:
        """Read a list."""
        self._take("[")
        values: list[Any] = []
        while True:
            self._skip_lines()
            if self._kind() == "]":
                break
            values.append(self._read_value(depth + 1))
            self._skip_lines()
            if self._kind() != "]":
                self._take(",")
        self._take("]")
        return values

    def _table(self, depth: int) -> dict[str, Any]:
        """Read a table."""
        self._take("{")
        table: dict[str, Any] = {}
        while True:
            self._skip_lines()
            if self._kind() == "}":
                break
            key = self._label()
            if key in table:
                raise self._error("each key once", f"{key!a} twice", self._line())
            self._take(":" if self._kind() == ":" else "=")
            table[key] = self._read_value(depth + 1)
            if self._kind() == ",":
                self._at += 1
            elif self._kind() not in ("line", "}"):
                raise self._unexpected("the end of the line")
        self._take("}")
        return table

    def _unquote(self, quoted: str) -> str:
        """Read a text, refusing templates in it."""
        line = self._line()

        def plain(match: re.Match[str]) -> str:
            short, long, escape, literal, template = match.groups()
            if template:
                raise self._error("a text without a template", match.group(), line)
            if literal:
                return str(literal[1:])
            if escape:
                if escape not in _UNESCAPES:
                    raise self._error("an escape of HCL", match.group(), line)
                return _UNESCAPES[escape]
            code = int(short or long, 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise self._error("a character", match.group(), line)
            return chr(code)

        return _PIECE.sub(plain, quoted[1:-1])

    def _split(self, text: str) -> list[tuple[str, str, int]]:
        """Split a text into tokens with their lines."""
        tokens, at, line = [], 0, 1
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise self._error("HCL as cliffside writes it", ascii(text[at : at + 20]), line)
            kind, token = str(match.lastgroup), match.group()
            if kind != "space":
                tokens.append((token if kind == "mark" else kind, token, line))
            line += token.count("\n")
            at = match.end()
        tokens.append(("end", "the end", line))
        return tokens

    def _kind(self) -> str:
        return self._tokens[self._at][0]

    def _line(self) -> int:
        return self._tokens[self._at][2]

    def _take(self, kind: str) -> str:
        """Take the next token, which must be of a kind."""
        if self._kind() != kind:
            raise self._unexpected(kind)
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _skip_lines(self) -> None:
        while self._kind() == "line":
            self._at += 1

    def _unexpected(self, expected: str) -> ConfigurationError:
        return self._error(expected, ascii(self._tokens[self._at][1][:40]), self._line())

    def _error(self, expected: str, got: str, line: int) -> ConfigurationError:
        """Say what is wrong, and in which line."""
        return ConfigurationError(
            Problem(expected, got, f"{self._where}, line {line}", "Give what cliffside writes.")
        )
