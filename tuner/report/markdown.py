"""Tables in Markdown, for pull requests and chats: what names hold never becomes markup."""

from __future__ import annotations

import re

from tuner.report.tables import Bad, Table

_SPECIAL = re.compile(r"([\\`*_|\[\]<>~@#])")


def markdown_cell(text: str) -> str:
    r"""Write a text so that no letter of it is markup, on one line.

    Examples
    --------
    >>> print(markdown_cell("a|b <script> @here"))
    a\|b \<script\> \@here
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def markdown_table(table: Table) -> str:
    """Write a table; broken limits are bold.

    Parameters
    ----------
    table : Table
        The table.
    """
    head = " | ".join(markdown_cell(column.name) for column in table.head)
    rule = " | ".join("---:" if column.is_number else "---" for column in table.head)
    lines = [f"| {head} |", f"| {rule} |"]
    for row in table.rows:
        cells = (
            f"**{markdown_cell(cell)}**" if isinstance(cell, Bad) else markdown_cell(cell)
            for cell in row
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
