"""What is measured, simulated and verified, as the few words and tables that a notebook shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tuner.decision.price_of_safety import PriceOfSafety
from tuner.decision.sensitivity import Sensitivity
from tuner.decision.words import number
from tuner.deployment.alarms import Backtest
from tuner.deployment.alarms_words import answers
from tuner.deployment.verify_record import Verification
from tuner.measure.cliff import Cliff
from tuner.measure.fit_report import FitReport
from tuner.measure.host_fit import HostFit
from tuner.report.alarms import front_table, incidents_table
from tuner.report.basis import line_in_words, measured_in_words, warnings_of
from tuner.report.insight_tables import price_table, sensitivity_table
from tuner.report.tables import Table, events_table, sourced_table, totals_table
from tuner.report.verification_tables import changes_table, verification_table
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import TrafficShapes

MOST_ROWS = 12
"""Rows of a table in a notebook; the report, the command line and `to_pandas` have more."""
MOST_STEPS = 30
"""The same of steps, which have two rows for each parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a notebook shows of a record.

    Parameters
    ----------
    title : str
        What it is, or its answer in a line.
    chip : str
        The verdict in a word or two; a `Bad` one is marked. Empty: none.
    lines : sequence of str
        Sentences.
    notes : sequence of str
        What a reader should know beside them.
    tables : sequence of Table
        Small ones.
    """

    title: str
    chip: str = ""
    lines: Sequence[str] = ()
    notes: Sequence[str] = ()
    tables: Sequence[Table] = ()


def shortened(table: Table, *, most: int = MOST_ROWS) -> Table:
    """Give the first rows of a table; the caption says where there are more.

    Parameters
    ----------
    table : Table
        Of any length.
    most : int
        Rows at most.
    """
    if len(table.rows) <= most:
        return table
    shown = f"the first {most:,} of {len(table.rows):,} rows"
    marked = table.marked if table.marked is not None and table.marked < most else None
    return replace(
        table,
        caption=f"{table.caption}; {shown}",
        rows=table.rows[:most],
        details=table.details[:most],
        marked=marked,
    )


def host_card(fit: HostFit) -> Card:
    """Say what a load test showed."""
    return Card(
        title="A host under a load test",
        lines=tuple(measured_in_words(fit)),
        notes=warnings_of(fit),
    )


def line_card(line: FitReport) -> Card:
    """Say a CPU line."""
    return Card(title="CPU line", lines=tuple(line_in_words(line)), notes=line.warnings)


def cliff_card(cliff: Cliff) -> Card:
    """Say where latency breaks."""
    percent = cliff.cliff_percent
    title = "Cliff" if percent is None else f"Cliff: {number(percent)} % CPU"
    return Card(title=title, lines=(cliff.sentence,), notes=cliff.warnings)


def shapes_card(shapes: TrafficShapes) -> Card:
    """List the shapes."""
    return Card(title="Traffic", tables=(shortened(sourced_table(shapes)),))


def trace_card(trace: Trace) -> Card:
    """Say what a run comes to, and what happened."""
    totals = totals_table([{"shape": trace.shape_name, **trace.totals}])
    tables = (totals, shortened(events_table(trace, label="run")))
    return Card(title=f"A run on {trace.shape_name}", tables=[t for t in tables if t.rows])


def sensitivity_card(found: Sensitivity) -> Card:
    """List what one step of each parameter changes."""
    return Card(
        title="One step away", tables=(shortened(sensitivity_table(found), most=MOST_STEPS),)
    )


def price_card(priced: PriceOfSafety) -> Card:
    """List what each point of headroom costs."""
    return Card(title="The price of safety", tables=(price_table(priced, most=MOST_ROWS),))


def verification_card(verification: Verification) -> Card:
    """Put predicted and observed side by side."""
    tables = (verification_table(verification), shortened(changes_table(verification)))
    return Card(
        title=f"{verification.service}: predicted and observed",
        lines=(f"{verification.plan.describe()}: {verification.verdict}.",),
        notes=(*verification.reasons, *verification.history.notes),
        tables=[table for table in tables if table.rows],
    )


def alarms_card(tried: Backtest) -> Card:
    """Say which alarm to take for what."""
    tables = (shortened(front_table(tried)), shortened(incidents_table(tried)))
    return Card(
        title=f"Alarms tried on {tried.metric.source}",
        lines=tuple(f"{label.capitalize()}: {words}" for label, words in answers(tried)),
        tables=[table for table in tables if table.rows],
    )
