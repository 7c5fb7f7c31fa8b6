"""The verbs on the studies of record: which there are, the best trials of one, all of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tuner.cli.emit import emit_json, emit_rows
from tuner.cli.options import Verbs, output_option, settings, state_settings, talk_settings
from tuner.errors import CliffsideError

MOST_TRIALS = 20
"""Trials that `study open` lists."""


@click.group(cls=Verbs)
@state_settings
@talk_settings
def study() -> int:
    """List the Optuna studies of finished runs, open one, export its trials."""
    return 0


@study.command("list")
@output_option("json", "csv")
@state_settings
@talk_settings
def list_verb(output: str) -> int:
    """List the studies of all runs, the newest first."""
    from tuner.store.runs import list_runs

    rows: list[dict[str, Any]] = []
    for listed in list_runs(settings().state_dir):
        try:
            with _journal(listed.run) as (_, journal):
                rows += [{"run": listed.run, **found} for found in _studies(journal)]
        except CliffsideError as error:
            settings().say(f"Left out: {error}")
    if output == "json":
        emit_json({"schema": "cliffside.studies/1", "studies": rows})
    elif output == "csv":
        names = ("run", "study", "trials", "engine", "seed", "model_version")
        emit_rows(rows, names=names)
    else:
        from tuner.cli.show import show
        from tuner.report.tables import Column, Table

        named = {"Run": "run", "Study": "study", "Engine": "engine", "Trials": "trials"}
        show(
            [
                Table(
                    caption=f"{len(rows):,} in {settings().state_dir}, the newest first",
                    head=tuple(Column(name, is_number=name == "Trials") for name in named),
                    rows=tuple(tuple(str(row[key]) for key in named.values()) for row in rows),
                )
            ]
        )
    return 0


@study.command("open")
@click.argument("run")
@output_option("json")
@state_settings
@talk_settings
def open_verb(run: str, output: str) -> int:
    """Tell the best trials of a run's study, and how other programs open it.

    RUN is the id of a run.
    """
    from tuner.search.study_read import study_rows

    with _journal(run) as (place, journal):
        (found,) = _studies(journal)
        rows = study_rows(journal, found["study"], best=True)
    if output == "json":
        about = {"run": run, "journal": str(place), **found}
        emit_json({"schema": "cliffside.study/1", **about, "best": rows})
        return 0
    from tuner.cli.show import Facts, show
    from tuner.decision.words import number
    from tuner.report.tables import Column, Table

    shown = rows[:MOST_TRIALS]
    show(
        [
            Facts(
                (
                    ("Study", f"{found['study']!r} of {run}, {found['trials']:,} trials"),
                    ("Engine", f"{found['engine']}, seed {found['seed']}"),
                    ("Journal", str(place)),
                    ("To draw it", f"copy the journal, then: optuna-dashboard {place.name}"),
                )
            ),
            Table(
                caption=f"{len(shown):,} of the {len(rows):,} best trials",
                head=(
                    Column("Trial", is_number=False),
                    Column("Mean CPU, %"),
                    Column("Host-minutes"),
                ),
                rows=tuple(
                    (
                        f"{row['trial']}",
                        number(row["mean_cpu_percent"]),
                        number(row["host_minutes"], digits=0),
                    )
                    for row in shown
                ),
                details=tuple(row["plan"] for row in shown),
            ),
        ]
    )
    return 0


@study.command("export")
@click.argument("run")
@click.option("--best", is_flag=True, help="The best trials only.")
@click.option(
    "--output", type=click.Choice(["csv", "json"]), default="csv", help="Form of the answer."
)
@state_settings
@talk_settings
def export_verb(run: str, best: bool, output: str) -> int:
    """Give the trials of a run's study, one a row.

    RUN is the id of a run.
    """
    from tuner.search.study_read import study_rows

    with _journal(run) as (_, journal):
        (found,) = _studies(journal)
        rows = study_rows(journal, found["study"], best=best)
    if output == "json":
        emit_json({"schema": "cliffside.trials/1", "run": run, **found, "rows": rows})
    else:
        emit_rows(rows, names=list(dict.fromkeys(name for row in rows for name in row)))
    return 0


@contextmanager
def _journal(run: str) -> Iterator[tuple[Path, Path]]:
    """Check the journal of a run; give it, and a copy to read: reading may write to a journal."""
    from tuner.store.manifest import check_files, read_manifest
    from tuner.store.runs import JOURNAL, find_run

    folder = find_run(settings().state_dir, run)
    check_files(folder, read_manifest(folder), JOURNAL)
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / JOURNAL
        shutil.copyfile(folder / JOURNAL, copy)
        yield folder / JOURNAL, copy


def _studies(journal: Path) -> list[dict[str, Any]]:
    """List the studies of a journal."""
    from tuner.search.study_read import list_studies

    return list_studies(journal)
