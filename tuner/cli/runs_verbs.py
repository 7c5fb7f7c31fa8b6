"""The verbs on finished runs: which there are, what one says, what two do, which may go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tuner.cli.emit import emit_json, emit_rows
from tuner.cli.moments import Moment, MomentType
from tuner.cli.options import (
    Verbs,
    output_option,
    settings,
    state_settings,
    talk_settings,
    yes_setting,
)

if TYPE_CHECKING:
    from tuner.store.manifest import Manifest

EXIT_DAMAGED = 1
ANSWER = "recommendation.json"
NEWER = "of a newer cliffside"

RUN_UNITS = {
    "run": "",
    "service": "",
    "started_utc": "",
    "finished_utc": "",
    "verdict": "",
    "exit_code": "1",
    "seed": "1",
    "model_version": "",
    "state": "",
}
"""Columns of the list of runs with their units."""

FILE_UNITS = {"name": "", "size": "B", "sha256": "", "state": ""}
"""Columns of the files of a run with their units."""

PRUNE_UNITS = {"run": "", "service": "", "kind": "", "size": "B", "removed": ""}
"""Columns of the runs, nights and jobs that may go with their units."""


@click.group(cls=Verbs)
@state_settings
@talk_settings
def runs() -> int:
    """List finished runs, show one, compare two, remove old ones, back all up."""
    return 0


@runs.command("list")
@output_option("json", "csv")
@state_settings
@talk_settings
def list_verb(output: str) -> int:
    """List the finished runs, the newest first; those that were interrupted are told besides."""
    from tuner.store.runs import list_runs, list_started

    state = settings().state_dir
    rows = [_listed(state, each.run, each.manifest) for each in list_runs(state)]
    started = [each.run for each in list_started(state)]
    if output == "json":
        emit_json({"schema": "cliffside.runs/1", "runs": rows, "started": started})
        return 0
    for run in started:
        settings().say(f"Interrupted, or still going on: {run}")
    if output == "csv":
        emit_rows(rows, names=RUN_UNITS)
    else:
        from tuner.cli.runs_words import runs_words
        from tuner.cli.show import show

        show(runs_words(rows, state))
    return 0


@runs.command("show")
@click.argument("run")
@output_option("json", "csv")
@state_settings
@talk_settings
def show_verb(run: str, output: str) -> int:
    """Show a run: verdict, plans in words, totals, and whether each file is what it was.

    RUN is its id. Exit code 1 where a file is damaged or missing. CSV lists the files.
    """
    from tuner.store.manifest import OK, file_state, read_manifest
    from tuner.store.runs import find_run

    folder = find_run(settings().state_dir, run)
    manifest = read_manifest(folder)
    files = [
        {
            "name": name,
            "size": facts.size,
            "sha256": facts.sha256,
            "state": file_state(folder, name, facts),
        }
        for name, facts in manifest.files.items()
    ]
    whole = all(row["state"] == OK for row in files)
    if output == "csv":
        emit_rows(files, names=FILE_UNITS)
    else:
        answer = _answer(folder, files)
        shown = {
            **manifest.to_json(),
            "schema": "cliffside.runs.show/1",
            "files": files,
            "reason": answer.get("reason"),
            "plans": _plans(answer),
        }
        if output == "json":
            emit_json(shown)
        else:
            from tuner.cli.runs_words import run_words
            from tuner.cli.show import show

            show(run_words(shown))
    return 0 if whole else EXIT_DAMAGED


@runs.command("compare")
@click.argument("first")
@click.argument("second")
@output_option("json")
@state_settings
@talk_settings
def compare(first: str, second: str, output: str) -> int:
    """Compare two runs: verdict, plan, figures, inputs, versions.

    FIRST and SECOND are their ids, the older one first.
    """
    from tuner.report.compared_runs import compare_runs
    from tuner.store.files import read_json
    from tuner.store.manifest import check_files, read_manifest
    from tuner.store.runs import find_run

    read = []
    for run in (first, second):
        folder = find_run(settings().state_dir, run)
        manifest = read_manifest(folder)
        check_files(folder, manifest, ANSWER)
        read.append((manifest, read_json(folder / ANSWER)))
    compared = compare_runs(read[0], read[1])
    if output == "json":
        emit_json({"schema": "cliffside.runs.compare/1", **compared.to_json()})
    else:
        from tuner.cli.runs_words import compared_words
        from tuner.cli.show import show

        show(compared_words(compared))
    return 0


@runs.command("prune")
@click.option(
    "--keep",
    type=click.IntRange(1),
    help="So many runs of each service stay, and so many nights.",
)
@click.option(
    "--older-than", type=MomentType(), help="Only what began before: 30d ago, or RFC 3339."
)
@output_option("json", "csv")
@yes_setting
@state_settings
@talk_settings
def prune(keep: int | None, older_than: Moment | None, output: str) -> int:
    """Remove runs, nights, and what a service kept of ended jobs; without --yes only show which.

    The newest run of each service and the newest night stay, and what an apply refers to.
    """
    if keep is None and older_than is None:
        raise click.UsageError("Give --keep, --older-than, or both.")
    from dataclasses import asdict

    from tuner.night.prune import prunable_nights, remove_nights
    from tuner.store.prune import prunable_runs, remove_run
    from tuner.store.prune_jobs import prunable_jobs, remove_job
    from tuner.store.run_writer import utc_now
    from tuner.store.runs import check_state

    call, now = settings(), utc_now()
    state = call.state_dir
    if state.is_symlink():
        check_state(state)
    before = None if older_than is None else older_than(now)
    old_runs = prunable_runs(state, now=now, keep=keep, before=before, held=_applied(state))
    old_nights = prunable_nights(state, now=now, keep=keep, before=before)
    old_jobs = prunable_jobs(state, before=before)
    if call.yes:
        remove_nights(state, old_nights, now=now)
        for each in old_runs:
            remove_run(state, each)
        for each in old_jobs:
            remove_job(state, each)
    found = [*old_runs, *old_nights, *old_jobs]
    rows = [{**asdict(each), "removed": call.yes} for each in found]
    if output == "json":
        emit_json({"schema": "cliffside.runs.prune/1", "removed": call.yes, "runs": rows})
    elif output == "csv":
        emit_rows(rows, names=PRUNE_UNITS)
    else:
        from tuner.cli.runs_words import pruned_words
        from tuner.cli.show import show

        show(pruned_words(rows, removed=call.yes))
    if rows and not call.yes:
        call.say("Nothing was removed. --yes removes them.")
    return 0


@runs.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@output_option("json")
@state_settings
@talk_settings
def backup(folder: Path, output: str) -> int:
    """Copy the state folder while others write to it: finished runs, nights, jobs, ledger, archive.

    FOLDER must not be there; it is a state folder of its own then, for --state-dir. Runs that go
    on are left out.
    """
    from dataclasses import asdict

    from tuner.store.backup import back_up

    call = settings()
    made = back_up(call.state_dir, folder)
    for run in made.left_out:
        call.say(f"Left out, damaged or gone meanwhile: {run}")
    if output == "json":
        emit_json({"schema": "cliffside.runs.backup/1", "folder": str(folder), **asdict(made)})
    else:
        from tuner.decision.words import counted, number

        runs, size = counted(made.runs, "run"), number(made.size / 1e6)
        click.echo(f"{folder}: {runs}, {counted(made.files, 'file')}, {size} MB.")
    return 0


def _applied(state: Path) -> frozenset[str]:
    """Give the runs that an apply refers to."""
    from tuner.deployment.deployment import deployments_of
    from tuner.deployment.ledger import Ledger

    there = deployments_of(Ledger(state).entries())
    runs = (each.change.evidence.run for each in there)
    return frozenset(run for run in runs if run is not None)


def _listed(state: Path, run: str, manifest: Manifest | None) -> dict[str, Any]:
    """Give a run as a row; one whose manifest cannot be read says so, and no more."""
    if manifest is None:
        from tuner.store.manifest import MANIFEST, RUN_SCHEMA
        from tuner.store.runs import RUNS
        from tuner.store.schemas import is_of_newer

        newer = is_of_newer(state / RUNS / run / MANIFEST, RUN_SCHEMA)
        return {**dict.fromkeys(RUN_UNITS), "run": run, "state": NEWER if newer else "damaged"}
    whole = {**manifest.to_json(), "run": run, "state": "finished"}
    return {name: whole[name] for name in RUN_UNITS}


def _answer(folder: Path, files: list[dict[str, Any]]) -> dict[str, Any]:
    """Read the answer of a run, where it is what it was."""
    from tuner.store.files import read_json
    from tuner.store.manifest import OK

    intact = any(row["name"] == ANSWER and row["state"] == OK for row in files)
    return read_json(folder / ANSWER) if intact else {}


def _plans(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give the plans that matter, by what each is: in words, and its totals over the shapes."""
    from tuner.plan_json import plan_from_json
    from tuner.search.objectives import WEIGHTED

    named = {
        "today": "baseline",
        "recommended": "recommended",
        "cheapest": "cheapest",
        "least bad": "least_bad",
    }
    plans = {}
    for label, key in named.items():
        row = answer.get(key)
        if row is not None:
            words = "" if row["plan"] is None else plan_from_json(row["plan"]).describe()
            plans[label] = {"plan": words, **{name: row[name] for name in WEIGHTED}}
    return plans
