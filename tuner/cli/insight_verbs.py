"""The verbs that ask about a choice: why not another plan, and how it fares on later days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuner.cli.emit import emit_json
from tuner.cli.jobs import plan_to_run, read_job, tell_of_compilation
from tuner.cli.options import (
    config_option,
    file_option,
    output_option,
    plan_option,
    run_settings,
    settings,
    state_settings,
)
from tuner.cli.tune_verbs import EXIT_GATE, folder_of

if TYPE_CHECKING:
    from tuner.cli.show import Block
    from tuner.decision.walk_forward import WalkForward
    from tuner.decision.why_not import Comparison
    from tuner.policy import ScalingPlan
    from tuner.scenario import Scenario
    from tuner.traffic.shapes import TrafficShapes

    Asked = tuple[ScalingPlan, ScalingPlan, Scenario, TrafficShapes]


@click.command()
@file_option("--config", help="The job's TOML file; with --run where it has moved.")
@plan_option
@file_option("--against", help="The other plan: its JSON, or a recommendation.json.")
@click.option("--run", help="Id or folder of a finished run: its config, and its recommended plan.")
@click.option("--candidate", type=click.IntRange(0), help="The other plan: its number in --run.")
@click.option("--shape", help="Name of one shape; else all.")
@output_option("json")
@state_settings
@run_settings
def why(
    *,
    config: Path | None,
    plan: Path | None,
    against: Path | None,
    run: str | None,
    candidate: int | None,
    shape: str | None,
    output: str,
) -> int:
    """Say why not another plan: both side by side, and where and why the worse one breaks."""
    if (against is None) == (candidate is None):
        raise click.UsageError("Give the other plan: either --against or --candidate.")
    if candidate is not None and run is None:
        raise click.UsageError("--candidate is a number in a finished job: give --run.")
    if run is not None and plan is not None:
        raise click.UsageError("Give --plan or --run: each says which plan is the first.")
    from tuner.decision.why_not import why_not

    if run is not None:
        first, second, scenario, shapes = _of_a_run(run, config, against, candidate)
    elif config is not None and against is not None:
        from tuner.plan_json import read_plan_file

        first, scenario, shapes = plan_to_run(config, plan)
        second = read_plan_file(against)
    else:
        raise click.UsageError("Give the job: either --config or --run.")
    if shape is not None:
        shapes = shapes.only(shape)
    tell_of_compilation("simulate_each", "trace_run")
    answer = why_not(first, second, scenario, shapes)
    if output == "json":
        emit_json({"schema": "cliffside.why/1", "n_shapes": len(shapes), **answer.to_json()})
    else:
        from tuner.cli.show import show

        show(_comparison_words(answer, limit_percent=scenario.limit_percent))
    return 0


@click.command("walk-forward")
@config_option
@click.option(
    "--folds", type=click.IntRange(1), default=5, help="Cuts between earlier and later days."
)
@output_option("json")
@run_settings
def walk_forward(config: Path, folds: int, output: str) -> int:
    """Tune on earlier recorded days and judge on later ones that were never seen.

    The first family of the job is tuned. Exit code 3 where a plan passes the cliff on a later day,
    or none is feasible on earlier ones.
    """
    from tuner.config.host import measure
    from tuner.config.job import scenario
    from tuner.config.unseen_shapes import recorded_days
    from tuner.decision.walk_forward import walk_forward as judge

    job = read_job(config)
    shared, days = scenario(job, measure(job)[1]), recorded_days(job)
    tell_of_compilation("simulate_each", "simulate_tasks")
    answer = judge(
        next(iter(job.spaces.values())),
        shared,
        days,
        settings=replace(job.settings, seed=job.seed, study=None),
        limits=job.limits,
        folds=folds,
        threads=settings().threads,
    )
    if output == "json":
        emit_json({"schema": "cliffside.walk-forward/1", **answer.to_json()})
    else:
        from tuner.cli.show import show

        show(_walk_words(answer))
    return 0 if answer.holds else EXIT_GATE


def _of_a_run(run: str, config: Path | None, against: Path | None, candidate: int | None) -> Asked:
    """Read a finished job, and give its plan, the other one, and what both run in."""
    from tuner.plan_json import read_plan_file
    from tuner.stored_run import read_run

    tuning = read_run(folder_of(run), config=config)
    result, row = tuning.result, tuning.recommendation.row
    if against is not None:
        other = read_plan_file(against)
    else:
        rows = (result.candidate == candidate).nonzero()[0]
        if not rows.size:
            raise click.UsageError(
                f"--candidate {candidate} is none of the {result.n_candidates:,} candidates of"
                f" {run}: take a number from the column candidate of front.parquet."
            )
        other = result.plan(int(rows[0]))
    return result.plan(row), other, tuning.scenario, tuning.shapes


def _comparison_words(answer: Comparison, *, limit_percent: float) -> Iterator[Block]:
    """Set two plans side by side, and say why the worse one breaks."""
    from tuner.report.insight_tables import comparison_table

    yield comparison_table(answer, limit_percent=limit_percent)
    yield from answer.verdict_lines()


def _walk_words(answer: WalkForward) -> Iterator[Block]:
    """List the cuts, and say the sum."""
    from tuner.report.insight_tables import walk_forward_table

    yield walk_forward_table(answer)
    yield answer.summary()
