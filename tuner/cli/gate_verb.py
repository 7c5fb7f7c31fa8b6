"""The verb that says yes or no to a plan, for a pull request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuner.cli.emit import emit_json
from tuner.cli.jobs import read_job, tell_of_compilation
from tuner.cli.options import config_option, output_option, plan_option, run_settings, settings
from tuner.cli.tune_verbs import EXIT_GATE

if TYPE_CHECKING:
    from tuner.config.job import Job
    from tuner.decision.gate import GateReport


@click.command()
@config_option
@plan_option
@output_option("json", "markdown")
@run_settings
def gate(config: Path, plan: Path | None, output: str) -> int:
    """Judge a plan on all shapes and on unseen ones: pass, or exit code 3.

    The limits are those of [gate]. --output markdown is for a pull request.
    """
    job = read_job(config)
    report = _report(job, plan)
    if output == "json":
        emit_json({"schema": "cliffside.gate/1", "service": job.service, **report.to_json()})
    elif output == "markdown":
        from tuner.report.gate import gate_markdown

        click.echo(gate_markdown(report, service=job.service), nl=False)
    else:
        from tuner.cli.gate_words import gate_blocks
        from tuner.cli.show import show

        show(gate_blocks(report, service=job.service))
    return 0 if report.passed else EXIT_GATE


def _report(job: Job, plan: Path | None) -> GateReport:
    """Read the plan, run it, judge it."""
    from tuner.config.host import measure
    from tuner.config.job import scenario
    from tuner.config.shapes import build_shapes
    from tuner.config.unseen_shapes import unseen_shapes
    from tuner.decision.gate import gate as judge
    from tuner.plan_json import plan_warnings, read_plan_file

    chosen = job.baseline if plan is None else read_plan_file(plan)
    if chosen is None:
        raise click.UsageError("The job has no [baseline]: give --plan.")
    if plan is not None:
        for warning in plan_warnings(chosen):
            settings().say(f"Note: {warning}")
    if job.gate.most_extra_host_minutes_percent is not None and (
        plan is None or job.baseline is None
    ):
        settings().say(
            "Note: most_extra_host_minutes_percent is not judged: it compares --plan with"
            " [baseline]."
        )
    shared = scenario(job, measure(job)[1])
    shapes = build_shapes(job)
    unseen = unseen_shapes(job, shapes)
    tell_of_compilation("simulate_each")
    return judge(
        chosen,
        limits=job.gate,
        searched=job.limits,
        scenario=shared,
        shapes=shapes,
        stress=job.stress,
        unseen=None if unseen is None else unseen[0],
        today=None if plan is None else job.baseline,
    )
