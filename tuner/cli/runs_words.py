"""Runs in words, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tuner.cli.show import Block, Facts, Heading


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
            (row["run"], Bad("damaged"), "", "", "", "")
            if row["state"] == "damaged"
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
