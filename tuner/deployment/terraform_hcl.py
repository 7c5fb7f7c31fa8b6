r"""HCL as far as cliffside writes it: blocks, attributes, texts, numbers, lists, references.

Written as `terraform fmt` would leave it. The marks of templates, ``${`` and ``%{``, are written as
``\u0024{`` and ``\u0025{``, which no reader takes for a template.

Source: the HCL native syntax specification.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reference:
    """A dotted name of something else in the configuration, such as ``var.group``."""

    name: str


@dataclass(slots=True)
class Block:
    """A block of HCL.

    Parameters
    ----------
    kind : str
        Such as ``resource``.
    labels : tuple of str
        What stands between the kind and the brace.
    attributes : dict of str to object
        Values by name.
    blocks : list of Block
        Blocks in it.
    """

    kind: str
    labels: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)


def write_blocks(blocks: Sequence[Block]) -> str:
    """Write blocks, an empty line between them."""
    return "\n".join("\n".join(_lines(block, "")) + "\n" for block in blocks)


def quote(text: str) -> str:
    r"""Write a text as HCL.

    Parameters
    ----------
    text : str
        Any text.

    Examples
    --------
    >>> print(quote('a "${b}"'))
    "a \"\u0024{b}\""
    """
    escaped = _SPECIAL.sub(_escape, text)
    return f'"{_TEMPLATE.sub(_escape_mark, escaped)}"'


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SPECIAL = re.compile(r'["\\]|[^ -~]')
_TEMPLATE = re.compile(r"[$%](?=\{)")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(match: re.Match[str]) -> str:
    """Write a character that cannot stand as it is."""
    character = match.group()
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escape_mark(match: re.Match[str]) -> str:
    """Write the mark of a template by its number, so that it is none."""
    return f"\\u{ord(match.group()):04x}"


def _lines(block: Block, indent: str) -> list[str]:
    """Write a block as lines."""
    head = " ".join([block.kind, *(quote(label) for label in block.labels)])
    inner = f"{indent}  "
    short = {name: value for name, value in block.attributes.items() if not _is_table(value)}
    width = max(map(len, short), default=0)
    parts: list[list[str]] = []
    if short:
        parts.append([f"{inner}{name:<{width}} = {_value(value)}" for name, value in short.items()])
    for name, value in block.attributes.items():
        if _is_table(value):
            parts.append([f"{inner}{name} = {{", *_table_lines(value, inner), f"{inner}}}"])
    parts.extend(_lines(each, inner) for each in block.blocks)
    lines = [f"{indent}{head} {{"]
    for number, part in enumerate(parts):
        lines.extend([""] * (number > 0) + part)
    return [*lines, f"{indent}}}"]


def _is_table(value: object) -> bool:
    """Whether a value is written over several lines."""
    return isinstance(value, Mapping)


def _table_lines(table: Mapping[str, Any], indent: str) -> list[str]:
    """Write the entries of a table."""
    keys = [key if _NAME.fullmatch(key) else quote(key) for key in table]
    width = max(map(len, keys), default=0)
    return [
        f"{indent}  {key:<{width}} = {_value(value)}" for key, value in zip(keys, table.values())
    ]


def _value(value: object) -> str:
    """Write a value."""
    if isinstance(value, Reference):
        return value.name
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    raise TypeError(type(value).__name__)
