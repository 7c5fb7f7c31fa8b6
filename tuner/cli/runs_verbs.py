"""The verbs on finished runs: which there are, and what one of them says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from tuner.cli.emit import emit_json, emit_rows
from tuner.cli.options import Verbs, output_option, settings, state_settings, talk_settings

if TYPE_CHECKING:
    from pathlib import Path

    from tuner.store.manifest import Manifest

EXIT_DAMAGED = 1

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


@click.group(cls=Verbs)
@state_settings
@talk_settings
def runs() -> int:
    """List finished runs, and show one."""
    return 0


@runs.command("list")
@output_option("json", "csv")
@state_settings
@talk_settings
def list_verb(output: str) -> int:
    """List the finished runs, the newest first; those that were interrupted are told besides."""
    from tuner.store.runs import list_runs, list_started

    state = settings().state_dir
    rows = [_listed(each.run, each.manifest) for each in list_runs(state)]
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


def _listed(run: str, manifest: Manifest | None) -> dict[str, Any]:
    """Give a run as a row; one whose manifest is damaged says so, and no more."""
    if manifest is None:
        return {**dict.fromkeys(RUN_UNITS), "run": run, "state": "damaged"}
    whole = {**manifest.to_json(), "run": run, "state": "finished"}
    return {name: whole[name] for name in RUN_UNITS}


def _answer(folder: Path, files: list[dict[str, Any]]) -> dict[str, Any]:
    """Read the answer of a run, where it is what it was."""
    from tuner.store.files import read_json
    from tuner.store.manifest import OK

    name = "recommendation.json"
    intact = any(row["name"] == name and row["state"] == OK for row in files)
    return read_json(folder / name) if intact else {}


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
