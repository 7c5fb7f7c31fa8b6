"""The gate's answer in words: one table of limits for a page, a terminal or a pull request."""

from __future__ import annotations

from tuner.decision.gate import GateReport
from tuner.decision.gate_checks import GateCheck
from tuner.decision.words import money, number, shortest
from tuner.report.markdown import markdown_cell, markdown_table
from tuner.report.tables import Bad, Column, Table

UNIT_WORDS = {"%": " %", "min": "", "1/d": "", "1": ""}
WORST_SHOWN = 5


def verdict_words(report: GateReport) -> str:
    """Say whether a plan passes, in one sentence."""
    n_checks = len(report.checks)
    if report.passed:
        return f"Passed: the plan keeps to all {n_checks} limits."
    broken = ", ".join(check.words for check in report.checks if not check.passed)
    return f"Not passed: {report.n_passed} of {n_checks} limits are kept; broken: {broken}."


def checks_table(report: GateReport) -> Table:
    """Give every limit, what came, and how much of it is used up."""
    return Table(
        caption="Limits",
        head=(
            Column("What", is_number=False),
            Column("Limit"),
            Column("Got"),
            Column("Of the limit"),
            Column("Where", is_number=False),
        ),
        rows=tuple(
            (
                check.words,
                f"{'≥' if check.is_least else '≤'} {_figure(check, check.limit)}",
                _figure(check, check.got) if check.passed else Bad(_figure(check, check.got)),
                "" if check.used_percent is None else f"{number(check.used_percent, digits=0)} %",
                check.where,
            )
            for check in report.checks
        ),
    )


def shapes_table(report: GateReport) -> Table:
    """Give the shapes with the highest peaks."""
    rows = report.worst_shapes()[:WORST_SHOWN]
    n_shapes = len(report.totals.shape_names)
    return Table(
        caption=f"The {len(rows)} shapes with the highest peaks, of {n_shapes:,}",
        head=(
            Column("Shape", is_number=False),
            Column("Peak CPU, %"),
            Column("Mean CPU, %"),
            Column("Minutes over cliff"),
            Column("Host-minutes"),
        ),
        rows=tuple(
            (
                row["shape"],
                number(row["peak_cpu_percent"]),
                number(row["mean_cpu_percent"]),
                shortest(row["minutes_over_cliff"]),
                number(row["host_minutes"], digits=0),
            )
            for row in rows
        ),
    )


def gate_markdown(report: GateReport, *, service: str) -> str:
    """Write the answer for a pull request.

    Parameters
    ----------
    report : GateReport
        What the gate says.
    service : str
        Name of the service.
    """
    sign = "✅" if report.passed else "❌"
    parts = [
        f"### {sign} Scaling policy of {markdown_cell(service)}",
        verdict_words(report),
        f"Plan: {markdown_cell(report.plan.describe())}",
        markdown_table(checks_table(report)),
        f"{shapes_table(report).caption}:",
        markdown_table(shapes_table(report)),
    ]
    return "\n\n".join(parts) + "\n"


def _figure(check: GateCheck, value: float) -> str:
    """Write a figure with its unit."""
    if check.unit == "USD":
        return f"{money(value)} USD"
    return f"{shortest(value)}{UNIT_WORDS[check.unit]}"
