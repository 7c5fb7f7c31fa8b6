"""The verbs that recommend: search a job, the shipped job, and ask a finished one again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

import click

from tuner.cli.emit import emit_columns, emit_json
from tuner.cli.jobs import read_job, tell_of_compilation
from tuner.cli.options import (
    Settings,
    config_option,
    file_option,
    number_option,
    output_option,
    run_settings,
    settings,
    state_settings,
    workers_settings,
)
from tuner.cli.workers import shared_out
from tuner.errors import MissingFileError, ResultFileError, StoreError

if TYPE_CHECKING:
    from tuner.cli.progress import Progress
    from tuner.config.job import Job
    from tuner.deployment.fidelity import LedgerEntry
    from tuner.search.settings import FamilyName
    from tuner.store.run_writer import RunWriter
    from tuner.tune import Tuning

EXIT_GATE = 3
NEWEST = "newest"
"""What --resume means without an id."""


def read_families(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> tuple[FamilyName, ...] | None:
    """Read names with commas between them.

    Parameters
    ----------
    context, parameter : click.Context, click.Parameter
        Whose value it is, for the message.
    value : str or None
        What was given.
    """
    if value is None:
        return None
    from tuner.search.settings import FamilyName

    known = get_args(FamilyName)
    names = [name.strip() for name in value.split(",")]
    if any(name not in known for name in names) or len(set(names)) < len(names):
        raise click.BadParameter(
            f"expected names that differ, of {', '.join(known)}, got {value!r}.", context, parameter
        )
    return tuple(cast("FamilyName", name) for name in names)


@click.command()
@config_option
@output_option("json", "csv", "parquet")
@file_option("--out", help="Folder that gets a copy of the result files; else the job's, if any.")
@click.option(
    "--families",
    callback=read_families,
    help="Kinds of plans to search instead of the job's: simple, step, target, mixed, or several "
    "with commas.",
)
@click.option(
    "--best-only",
    is_flag=True,
    help="Leave a candidate at the first shape that takes it over the limit: the same answer, "
    "sooner; no higher cliff can be asked about afterwards.",
)
@click.option(
    "--resume",
    is_flag=False,
    flag_value=NEWEST,
    help="Go on with the interrupted run of this job that has this id; without one the newest.",
)
@workers_settings
@state_settings
@run_settings
def tune(
    *,
    config: Path,
    output: str,
    out: Path | None,
    families: tuple[FamilyName, ...] | None,
    best_only: bool,
    resume: str | None,
) -> int:
    """Search the plans of a job and recommend one."""
    job = read_job(config, tell=False, families=families)
    given = [] if families is None else ["--families", ",".join(families)]
    if best_only:
        job = replace(job, settings=replace(job.settings, best_only=True))
        given.append("--best-only")
    return run_job(job, output=output, out=out, given=given, resume=resume)


@click.command()
@file_option("--out", default=Path("demo-out"), help="Folder that gets a copy of the result files.")
@state_settings
@run_settings
def demo(out: Path) -> int:
    """Run the shipped example: a real load test and real traffic."""
    job = read_job(shipped_config("demo.toml"), tell=False)
    code = run_job(job, output="table", out=out)
    return 0 if code == EXIT_GATE else code


def shipped_config(name: str) -> Path:
    """Find a config that ships with the program: inside the package, else beside it."""
    package = Path(__file__).parents[1]
    inside = package / "configs" / name
    return inside if inside.exists() else package.parent / "configs" / name


def run_job(
    job: Job,
    *,
    output: str,
    out: Path | None,
    given: Sequence[str] = (),
    resume: str | None = None,
) -> int:
    """Run one job, keep it as a run and print its answer; exit code 3 where nothing is feasible.

    Parameters
    ----------
    job : Job
        What to run.
    output : str
        ``table``, ``json``, ``csv`` or ``parquet``; the last two give the cost front.
    out : Path or None
        Folder that gets a copy of the result files; None: the job's, if it has one.
    given : sequence of str
        Options of the call that one which goes on with it needs as well.
    resume : str or None
        Id of an interrupted run that goes on; `NEWEST`: the newest; None: a new run.

    Raises
    ------
    click.Abort
        When Ctrl-C ended the search: the front so far is printed, and how to go on.
    """
    directory = out or job.output_directory
    from tuner.store.files import check_folder

    if directory is not None:
        check_folder(directory)
    run = begin_run(job, resume)
    from tuner.kept_run import copy_results, keep_run
    from tuner.tune import tune as tune_job

    tell_of_compilation("simulate_each", "simulate_tasks", "trace_run")
    try:
        with shared_out() as workers, _progress() as progress:
            job = replace(job, settings=replace(job.settings, workers=workers))
            expect = None if progress is None else progress.expect
            threads = settings().threads
            tuning = tune_job(job, run=run, threads=threads, progress=progress, expect=expect)
        if not tuning.complete:
            run.folder()
            emit_tuning(tuning, output=output, schema="cliffside.tune/1")
            raise click.Abort
        code = exit_code(tuning)
        keep_run(tuning, run, exit_code=code, fidelity=_fidelity(tuning))
    except (KeyboardInterrupt, click.Abort, StoreError) as error:
        if run.has_begun and not isinstance(error, ResultFileError):
            again = _resume_command(job, out, given, run.run)
            settings().say(f"The run goes on with: {again}")
        raise
    finally:
        run.close()
    written = (
        []
        if directory is None
        else copy_results(run.folder(), directory, families=tuple(job.spaces))
    )
    emit_tuning(tuning, output=output, schema="cliffside.tune/1")
    settings().say("Written: " + ", ".join(str(path) for path in (run.folder(), *written)))
    return code


def _resume_command(job: Job, out: Path | None, options: Sequence[str], run: str) -> str:
    """Give the command that goes on with a run, as this call was made."""
    call = settings()
    words = ["cliffside", "tune", "--config", str(job.path), *options, "--resume", run]
    state = None if call.state_dir == Settings().state_dir else call.state_dir
    given = {"--out": out, "--seed": call.seed, "--state-dir": state}
    for option, value in given.items():
        if value is not None:
            words += [option, str(value)]
    return shlex.join(words)


def begin_run(job: Job, resume: str | None) -> RunWriter:
    """Begin the run of a job, or go on with one; nothing is written yet.

    Parameters
    ----------
    job : Job
        What is run.
    resume : str or None
        As in `run_job`.
    """
    from tuner.kept_run import origin
    from tuner.store.resume import resume_run
    from tuner.store.run_writer import new_run

    state = settings().state_dir
    if resume is None:
        return new_run(state, origin(job))
    return resume_run(state, origin(job), run=None if resume == NEWEST else resume)


@click.command()
@click.argument("run")
@file_option("--config", help="The job's TOML file, where it has moved.")
@number_option("--cliff", help="Answer for this cliff, percent of CPU.")
@number_option("--margin", help="Answer for this margin, points of CPU.")
@file_option("--out", help="Write the report again to this file, .html.")
@output_option("json", "csv", "parquet")
@state_settings
@run_settings
def report(
    *,
    run: str,
    config: Path | None,
    cliff: float | None,
    margin: float | None,
    out: Path | None,
    output: str,
) -> int:
    """Answer a finished job again, for another cliff or margin, without a search.

    RUN is the id of a run, or a folder that tune wrote.
    """
    if out is not None and out.suffix.lower() != ".html":
        raise click.UsageError(f"--out: expected a file that ends in .html, got {str(out)!r}.")
    from tuner.stored_run import read_run, with_cliff

    tell_of_compilation("simulate_each")
    tuning = with_cliff(
        read_run(folder_of(run), config=config), cliff_percent=cliff, margin_percent=margin
    )
    if out is not None:
        from tuner.report.html import render_report
        from tuner.store.files import write_text
        from tuner.tune import report_input

        write_text(out, render_report(report_input(tuning, _fidelity(tuning))))
    emit_tuning(tuning, output=output, schema="cliffside.report/1")
    if out is not None:
        settings().say(f"Written: {out}")
    return exit_code(tuning)


def folder_of(run: str) -> Path:
    """Find the folder of a finished run by its id; else take it for a folder."""
    from tuner.store.runs import find_run, is_run_id

    return find_run(settings().state_dir, run) if is_run_id(run) else Path(run)


def emit_tuning(tuning: Tuning, *, output: str, schema: str) -> None:
    """Print the answer of a job: in words, as JSON, or its cost front as columns.

    Parameters
    ----------
    tuning : Tuning
        A finished job.
    output : str
        ``table``, ``json``, ``csv`` or ``parquet``.
    schema : str
        Name of the schema of the JSON.
    """
    if output == "json":
        emit_json({**tuning.to_json(), "schema": schema})
    elif output == "table":
        from tuner.cli.show import show
        from tuner.cli.words import tuning_words

        show(tuning_words(tuning))
    else:
        result = tuning.result
        rows = result.cost_front()
        front = {name: values[rows] for name, values in result.columns().items()}
        emit_columns(front, form=output, units=result.units(), schema="cliffside.front")


def _fidelity(tuning: Tuning) -> tuple[LedgerEntry, ...]:
    """Give past verifications of a job's service; none where the ledger cannot be read."""
    from tuner.deployment.fidelity import read_ledger

    try:
        ledger = read_ledger(settings().state_dir, service=tuning.job.service)
    except MissingFileError as error:
        settings().say(f"Note: {error}")
        return ()
    for note in ledger.notes:
        settings().say(f"Note: {note}")
    return ledger.latest


def exit_code(tuning: Tuning) -> int:
    """Give the exit code of an answer: 3 where nothing is feasible."""
    return EXIT_GATE if tuning.recommendation.recommended is None else 0


def _progress() -> AbstractContextManager[Progress | None]:
    """Give the progress bar, or none in a quiet call."""
    from tuner.cli.progress import progress_bar

    return nullcontext() if settings().quiet else progress_bar("Simulating")
