"""A change in words: the cells of its rows, and the text for a pull request.

Account numbers are hidden in every text that a person is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tuner.deployment.change import ChangeSet, Evidence
from tuner.deployment.change_state import canonical

NOTHING = "–"
_ACCOUNT = re.compile(r"(arn:[^:\s]*:[^:\s]*:[^:\s]*:)\d{12}")


def without_account(text: str) -> str:
    """Hide the account number in the ARNs of a text.

    Examples
    --------
    >>> without_account("arn:aws:sns:eu-west-1:123456789012:page")
    'arn:aws:sns:eu-west-1:************:page'
    """
    return _ACCOUNT.sub(lambda found: f"{found[1]}{'*' * 12}", text)


def cell(value: Any) -> str:
    """Write a value of a row.

    Examples
    --------
    >>> cell(None), cell(2), cell([{"ScalingAdjustment": 1}])
    ('–', '2', '[{"ScalingAdjustment":1}]')
    """
    if value is None:
        return NOTHING
    return without_account(value if isinstance(value, str) else canonical(value))


def cells(change: ChangeSet) -> tuple[tuple[str, str, str, str], ...]:
    """Give the rows of a change as texts: resource, field, from, to."""
    return tuple(
        (without_account(row.resource), row.field, cell(row.before), cell(row.after))
        for row in change.rows
    )


def evidence_facts(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Give what stands behind a change, each with a word for it."""
    facts = (
        ("Plan", evidence.plan),
        ("Run", evidence.run),
        ("Why", evidence.reason),
        ("On the front", evidence.front_position),
        ("Margins", ", ".join(_margins(evidence.margins))),
    )
    return tuple((word, said) for word, said in facts if said)


def _margins(margins: Mapping[str, float | None]) -> Iterator[str]:
    """Say the margins of a plan, as far as they are known."""
    limit, peak, points, over, unseen = (
        margins.get(key)
        for key in (
            "limit_percent",
            "worst_peak_cpu_percent",
            "headroom_points",
            "unseen_shapes_over",
            "unseen_shapes",
        )
    )
    if peak is not None:
        yield f"worst peak {peak:.1f} % CPU"
    if limit is not None:
        yield f"limit {limit:g} %"
    if points is not None:
        yield f"{points:.1f} points between them"
    if over is not None and unseen is not None:
        yield f"{over:g} of {unseen:g} unseen shapes over the limit"


def markdown(change: ChangeSet) -> str:
    """Give a change as Markdown, for a pull request."""
    return "\n".join(_markdown_lines(change)) + "\n"


def _markdown_lines(change: ChangeSet) -> Iterator[str]:
    """Give the lines of the Markdown."""
    rows = cells(change)
    count = "no field" if not rows else "1 field" if len(rows) == 1 else f"{len(rows)} fields"
    yield f"### Scaling of {_quoted(change.group)}: {count} to change"
    yield ""
    for word, said in evidence_facts(change.evidence):
        yield f"- **{word}:** {_escaped(said)}"
    for warning in change.warnings:
        yield f"- **Warning:** {_escaped(warning)}"
    if rows:
        yield ""
        yield "| resource | field | from | to |"
        yield "| --- | --- | --- | --- |"
        for row in rows:
            yield f"| {' | '.join(_quoted(text) for text in row)} |"
    yield ""
    yield f"Fingerprint of the deployed state: `{change.fingerprint}`"


def _quoted(text: str) -> str:
    """Write a text as code, so that nothing in it is Markdown, also within a table."""
    if text == NOTHING:
        return text
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    line = " ".join(text.split("\n")).replace("|", "\\|")
    return f"{fence}{space}{line}{space}{fence}"


def _escaped(text: str) -> str:
    """Write a sentence so that nothing in it is Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(without_account(text).split()))
