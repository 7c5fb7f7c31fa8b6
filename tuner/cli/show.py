"""Prints an answer in words: with Rich on a terminal, as plain aligned text everywhere else.

Nothing of it goes to a terminal that says it is dumb. NO_COLOR, TERM and COLUMNS mean what they
mean elsewhere; text that is piped has no colour and is never wrapped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tuner.report.tables import Table

GAP = "  "
LONGEST_WHOLE = 24
"""Letters up to which the texts of a last column are shown whole."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Sentences under words at the margin.

    Parameters
    ----------
    rows : tuple of tuple of str
        Each a word, and its sentences.
    """

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """What the next block is about.

    Parameters
    ----------
    words : str
        One line.
    """

    words: str


Block: TypeAlias = "str | Facts | Heading | Table"


def show(blocks: Iterable[Block]) -> None:
    """Print the blocks of an answer, one below the other."""
    if is_rich():
        _show_rich(blocks)
    else:
        click.echo("\n".join(line for block in blocks for line in plain_lines(block)))


def is_rich() -> bool:
    """Tell whether standard output is a terminal that can do more than print lines."""
    return sys.stdout.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")


def plain_lines(block: Block) -> Iterator[str]:
    """Give a block as lines of text, columns aligned."""
    if isinstance(block, str):
        yield block
    elif isinstance(block, Heading):
        yield ""
        yield block.words
    elif isinstance(block, Facts):
        width = max((len(word) for word, _ in block.rows), default=0)
        for word, sentence in block.rows:
            yield f"{word:<{width}}{GAP}{sentence}"
    else:
        yield block.caption
        yield from _aligned(block)


def _aligned(table: Table) -> Iterator[str]:
    """Give a table as lines, its head over its rows."""
    head = tuple(column.name for column in table.head)
    widths = [max(map(len, cells)) for cells in zip(head, *table.rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        aligned = (
            cell.rjust(width) if column.is_number else cell.ljust(width)
            for cell, width, column in zip(cells, widths, table.head, strict=True)
        )
        return (GAP + GAP.join(aligned)).rstrip()

    yield line(head)
    for row, detail in zip_longest(table.rows, table.details, fillvalue=""):
        yield line(tuple(row))
        if detail:
            yield f"{GAP}{GAP}{detail}"


def _show_rich(blocks: Iterable[Block]) -> None:
    """Print blocks with Rich, on the whole width of the terminal."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    for block in blocks:
        console.print(_rich(block, console.width))


def _rich(block: Block, width: int) -> RenderableType:
    """Give a block as what Rich prints on so many columns."""
    from rich.table import Table as RichTable
    from rich.text import Text

    if isinstance(block, str):
        return Text(block)
    if isinstance(block, Heading):
        return Text(f"\n{block.words}", style="bold")
    if isinstance(block, Facts):
        grid = RichTable.grid(padding=(0, 2))
        grid.add_column(style="bold", no_wrap=True)
        grid.add_column()
        for word, sentence in block.rows:
            grid.add_row(Text(word), Text(sentence))
        return grid
    return _rich_table(block, width)


def _rich_table(block: Table, width: int) -> RenderableType:
    """Give a table as what Rich prints: broken limits red, the row that matters most bold."""
    from rich import box
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table as RichTable
    from rich.text import Text

    from tuner.report.tables import Bad

    widths, gap = column_widths(block, width - len(GAP))
    table = RichTable(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap - 1, 0, 0)
    )
    for column, column_width in zip(block.head, widths, strict=True):
        table.add_column(
            Text(column.name),
            justify="right" if column.is_number else "left",
            width=column_width,
            overflow="ellipsis",
        )
    for i, row in enumerate(block.rows):
        style = "bold" if i == block.marked else ""
        cells = [
            Text(cell, style="red" if isinstance(cell, Bad) else "", no_wrap=True) for cell in row
        ]
        table.add_row(*cells, style=style)
    told = [
        Text(f"{row[0]}: {detail}", style="dim")
        for row, detail in zip(block.rows, block.details, strict=False)
        if detail
    ]
    return Group(Text(block.caption, style="dim"), Padding(table, (0, 0, 0, 2)), *told)


def column_widths(table: Table, width: int) -> tuple[list[int], int]:
    """Give the widths of columns, and the gap between them, for so many columns of a terminal.

    Parameters
    ----------
    table : Table
        What is shown.
    width : int
        Columns that there are.

    Returns
    -------
    tuple of list of int and int
        Cells are whole, but those of a last column of texts, which takes what is left; heads stand
        on one line where there is room, else on several.
    """
    cells = [max(map(len, column), default=0) for column in zip(*table.rows, strict=True)]
    heads = [len(column.name) for column in table.head]
    words = [max(map(len, column.name.split()), default=0) for column in table.head]
    has_texts = not table.head[-1].is_number and cells[-1] > LONGEST_WHOLE
    for names, gap in ((heads, 2), (words, 2), (words, 1)):
        widths = [max(cell, name) for cell, name in zip(cells, names, strict=True)]
        rest = width - sum(widths[:-1]) - gap * (len(widths) - 1)
        if has_texts and rest >= LONGEST_WHOLE:
            return [*widths[:-1], min(widths[-1], rest)], gap
        if rest >= widths[-1]:
            return widths, gap
    return ([*widths[:-1], max(words[-1], rest)] if has_texts else widths), gap
