"""The gate's answer on a terminal, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuner.cli.show import Block

if TYPE_CHECKING:
    from tuner.decision.gate import GateReport


def gate_blocks(report: GateReport, *, service: str) -> Iterator[Block]:
    """Say the verdict, the plan, every limit, and the shapes with the highest peaks.

    Parameters
    ----------
    report : GateReport
        What the gate says.
    service : str
        Name of the service.
    """
    from tuner.report.gate import checks_table, shapes_table, verdict_words

    yield f"{service}: {verdict_words(report)}"
    yield report.plan.describe()
    yield checks_table(report)
    yield shapes_table(report)
