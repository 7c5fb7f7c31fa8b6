"""Runs in words, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuner.cli.show import Block, Facts, Heading

if TYPE_CHECKING:
    from tuner.report.compared_runs import Changed, ComparedRuns
    from tuner.report.tables import Table

NOTHING = "–"


def runs_words(rows: Sequence[Mapping[str, Any]], state: Path) -> Iterator[Block]:
    """List runs, one a line.

    Parameters
    ----------
    rows : sequence of mapping
        As `runs list --output json` has them.
    state : Path
        The state folder.
    """
    from tuner.report.tables import Bad, Column, Table

    if not rows:
        yield f"No finished runs in {state}. `tune` makes one."
        return
    names = ("run", "service", "started_utc", "verdict", "exit_code", "seed")
    yield Table(
        caption=f"{len(rows):,} in {state}, the newest first",
        head=(
            Column("Run", is_number=False),
            Column("Service", is_number=False),
            Column("Started", is_number=False),
            Column("Verdict", is_number=False),
            Column("Exit code"),
            Column("Seed"),
        ),
        rows=tuple(
            (row["run"], Bad(row["state"]), "", "", "", "")
            if row["state"] != "finished"
            else tuple(str(row[name]) for name in names)
            for row in rows
        ),
    )


def run_words(shown: Mapping[str, Any]) -> Iterator[Block]:
    """Say one run: what it is of, its plans and totals, its files.

    Parameters
    ----------
    shown : mapping
        As `runs show --output json` has it.
    """
    from tuner.decision.words import number, shortest
    from tuner.report.tables import Bad, Column, Table

    made_with = ", ".join(f"{name} {version}" for name, version in shown["versions"].items())
    yield Facts(
        (
            ("Run", shown["run"]),
            ("Service", shown["service"]),
            ("Config", shown["config"]),
            ("Seed", f"{shown['seed']}"),
            ("Model", f"version {shown['model_version']}"),
            ("Made with", made_with),
            ("Started", shown["started_utc"]),
            ("Finished", f"{shown['finished_utc']} with exit code {shown['exit_code']}"),
        )
    )
    yield Heading(f"Recommendation: {shown['verdict']}")
    if shown["reason"] is not None:
        yield shown["reason"]
    if shown["plans"]:
        yield Table(
            caption="Weighted over the shapes",
            head=(
                Column("Plan", is_number=False),
                Column("Host-minutes"),
                Column("Mean CPU, %"),
                Column("Worst peak, %"),
                Column("Minutes over cliff"),
                Column("Activities a day"),
            ),
            rows=tuple(
                (
                    label,
                    number(row["host_minutes"], digits=0),
                    number(row["mean_cpu_percent"]),
                    number(row["worst_peak_cpu_percent"]),
                    shortest(row["minutes_over_cliff"]),
                    number(row["activities_per_day"]),
                )
                for label, row in shown["plans"].items()
            ),
            details=tuple(row["plan"] for row in shown["plans"].values()),
        )
    yield Heading("Files")
    yield Table(
        caption="As the manifest has them",
        head=(Column("File", is_number=False), Column("Bytes"), Column("State", is_number=False)),
        rows=tuple(
            (
                row["name"],
                f"{row['size']:,}",
                row["state"] if row["state"] == "ok" else Bad(row["state"]),
            )
            for row in shown["files"]
        ),
    )


def compared_words(compared: ComparedRuns) -> Iterator[Block]:
    """Say what changed from one run to another.

    Parameters
    ----------
    compared : ComparedRuns
        Both runs.
    """
    from tuner.decision.words import shortest
    from tuner.report.compared_runs import UNITS, difference
    from tuner.report.tables import Column, Table

    if compared.same_result:
        yield "Both recommend the same plan, with the same figures."
    else:
        yield "The result is another one."
    yield from compared.notes
    yield Facts(
        tuple(
            (word, f"{run}: {verdict}; {plan}")
            for word, run, verdict, plan in zip(
                ("First", "Second"), compared.runs, compared.verdicts, compared.plans, strict=True
            )
        )
    )
    for caption, rows in (
        ("Of the plan", compared.plan),
        ("Of config and inputs", compared.inputs),
        ("Of versions", compared.versions),
    ):
        if rows:
            yield _changed_table(caption, rows)
    yield Table(
        caption="Figures, weighted over the shapes",
        head=(
            Column("What", is_number=False),
            Column("First"),
            Column("Second"),
            Column("Difference"),
        ),
        rows=tuple(
            (
                f"{each.name.replace('_', ' ')}{_unit(UNITS[each.name])}",
                *(NOTHING if v is None else shortest(v) for v in (each.before, each.after)),
                NOTHING if (by := difference(each)) is None else shortest(by),
            )
            for each in compared.figures
        ),
    )


def pruned_words(rows: Sequence[Mapping[str, Any]], *, removed: bool) -> Iterator[Block]:
    """List what went, or may go, and how much room they take.

    Parameters
    ----------
    rows : sequence of mapping
        As `runs prune --output json` has them.
    removed : bool
        Whether they are gone.
    """
    from tuner.report.tables import Column, Table

    if not rows:
        yield "Nothing to remove."
        return
    megabytes = sum(row["size"] for row in rows) / 1e6
    word = "removed" if removed else "would go"
    yield Table(
        caption=f"{len(rows):,} {word}, {megabytes:,.1f} MB",
        head=(
            Column("What", is_number=False),
            Column("Service", is_number=False),
            Column("Kind", is_number=False),
            Column("Bytes"),
        ),
        rows=tuple((row["run"], row["service"], row["kind"], f"{row['size']:,}") for row in rows),
    )


def _changed_table(caption: str, rows: Sequence[Changed]) -> Table:
    """Give a table of what is not the same."""
    from tuner.report.tables import Column, Table

    return Table(
        caption=caption,
        head=tuple(Column(name, is_number=False) for name in ("What", "First", "Second")),
        rows=tuple(
            (each.name, *(NOTHING if v is None else str(v) for v in (each.before, each.after)))
            for each in rows
        ),
    )


def _unit(unit: str) -> str:
    """Write a unit after a name; none for a bare number."""
    return "" if unit == "1" else f", {unit}"
