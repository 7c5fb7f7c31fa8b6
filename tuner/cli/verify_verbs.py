"""The verbs on how good predictions were: verify a day, calibrate on many."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuner.cli.emit import emit_json
from tuner.cli.jobs import read_job, tell_of_compilation
from tuner.cli.moments import Moment, MomentType
from tuner.cli.options import (
    config_option,
    file_option,
    output_option,
    plan_option,
    run_settings,
    settings,
    state_settings,
)
from tuner.cli.out_file import check_out_file
from tuner.cli.tune_verbs import EXIT_GATE

if TYPE_CHECKING:
    from tuner.config.job import Job
    from tuner.policy import ScalingPlan

MOST_DAYS = 14
"""Ranges of the ledger that `calibrate` takes unless told otherwise."""


@click.command()
@config_option
@plan_option
@file_option(
    "--history",
    multiple=True,
    help="A CSV of minutes, or each page of a saved GetMetricData answer; else the archive.",
)
@click.option("--since", type=MomentType(), help="Begin; else the last day of the archive.")
@click.option("--until", type=MomentType(), help="End, not part of it.")
@file_option("--plot", help="Draw both sides to this file, .html.")
@click.option("--no-ledger", is_flag=True, help="Do not keep it in the fidelity ledger.")
@output_option("json")
@state_settings
@run_settings
def verify(
    *,
    config: Path,
    plan: Path | None,
    history: tuple[Path, ...],
    since: Moment | None,
    until: Moment | None,
    plot: Path | None,
    no_ledger: bool,
    output: str,
) -> int:
    """Compare a prediction with what happened: the plan simulated again on observed traffic.

    Of a load test or a day in production, out of the archive or out of files. Exit code 3 where
    the prediction is outside of the band of [verify].
    """
    check_out_file(plot, ".html", option="--plot")
    from tuner.cli.history_verbs import read_seen
    from tuner.config.host import measure
    from tuner.config.job import scenario
    from tuner.deployment.observed import observed_changes
    from tuner.deployment.verify import verify as compare
    from tuner.deployment.verify_json import verification_json

    if not no_ledger:
        from tuner.deployment.fidelity import FOLDER
        from tuner.store.runs import check_state

        check_state(settings().state_dir, name=FOLDER)
    job = read_job(config)
    deployed = _deployed(job, plan)
    host_fit, host = measure(job)
    seen, activities, _ = read_seen(
        history,
        group=job.aws.group,
        load_balancer=job.aws.load_balancer,
        since=since,
        until=until,
        last_days=1,
    )
    tell_of_compilation("trace_run")
    result = compare(
        seen,
        deployed,
        scenario(job, host),
        activities=activities,
        settings=job.verify,
        service=job.service,
        base_latency_ms=None if host_fit is None else host_fit.cliff.base_latency_ms,
    )
    if not no_ledger:
        from tuner.deployment.fidelity import remember
        from tuner.store.run_writer import utc_now

        observed = observed_changes(seen, activities)
        ledger = remember(settings().state_dir, result, observed, now=utc_now())
        settings().say(f"Kept in {ledger}")
    if plot is not None:
        from tuner.report.verification import render_verification
        from tuner.store.files import write_text

        write_text(plot, render_verification(result))
        settings().say(f"Written: {plot}")
    if output == "json":
        emit_json(verification_json(result))
    else:
        from tuner.cli.show import show
        from tuner.cli.verify_words import verification_words

        show(verification_words(result))
    return EXIT_GATE if result.verdict == "outside" else 0


@click.command()
@config_option
@click.option(
    "--days",
    type=click.IntRange(1),
    default=MOST_DAYS,
    show_default=True,
    help="Ranges of the fidelity ledger, the newest.",
)
@output_option("json")
@state_settings
@run_settings
def calibrate(config: Path, days: int, output: str) -> int:
    """Propose better delays and a margin from the verifications in the fidelity ledger."""
    from tuner.cli.progress import progress_bar
    from tuner.config.host import measure
    from tuner.config.job import scenario
    from tuner.deployment import calibrate as rooms
    from tuner.deployment.calibrate_record import RecordedDay
    from tuner.deployment.fidelity import read_day, read_ledger
    from tuner.plan_json import plan_from_json

    job = read_job(config)
    shared = scenario(job, measure(job)[1])
    state = settings().state_dir
    ledger = read_ledger(state, service=job.service)
    for note in ledger.notes:
        settings().say(f"Note: {note}")
    recorded = []
    for entry in ledger.latest:
        history, changes = read_day(state, entry)
        deployed = plan_from_json(entry.record["plan"], where=f"ledger, {entry.begin}, plan")
        recorded.append(RecordedDay(history=history, changes=changes, plan=deployed))
    grid, newest = rooms.grid_of(shared), recorded[-days:]
    tell_of_compilation("trace_run")
    quiet = settings().quiet or not recorded
    with nullcontext() if quiet else progress_bar("Simulating") as progress:
        if progress is not None:
            progress.expect(len(grid) * sum(len(day.history) for day in newest))
        found = rooms.calibrate(newest, shared, grid=grid, seed=job.seed, progress=progress)
    margin = rooms.margin_of(recorded, found.best.scenario(shared))
    if output == "json":
        from tuner.cli.verify_words import calibration_object

        emit_json(calibration_object(found, margin))
    else:
        from tuner.cli.show import show
        from tuner.cli.verify_words import calibration_words

        show(calibration_words(found, margin))
    return 0


def _deployed(job: Job, plan: Path | None) -> ScalingPlan:
    """Give the plan that was deployed: from a file, else the job's baseline."""
    if plan is not None:
        from tuner.plan_json import read_plan_file

        return read_plan_file(plan)
    if job.baseline is None:
        raise click.UsageError("The job has no [baseline]: give --plan.")
    return job.baseline
