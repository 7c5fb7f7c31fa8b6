"""What verbs on a job share: reading it, the plan to run, and the word on compilation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuner.cli.options import settings

if TYPE_CHECKING:
    from tuner.config.job import Job
    from tuner.policy import ScalingPlan
    from tuner.scenario import Scenario
    from tuner.search.settings import FamilyName
    from tuner.traffic.shapes import TrafficShapes


def read_job(
    config: Path, *, tell: bool = True, families: Sequence[FamilyName] | None = None
) -> Job:
    """Read a job, with the seed of the call, and tell what looks like a slip in it.

    Parameters
    ----------
    config : Path
        The job's TOML file.
    tell : bool
        Whether to write its warnings to standard error; not where the answer holds them.
    families : sequence of str or None
        Families to search instead of those of the file.
    """
    from tuner.config.load import load_job

    job = load_job(config, families=families)
    if tell:
        for warning in job.warnings:
            settings().say(f"Note: {warning}")
    seed = settings().seed
    return job if seed is None else replace(job, seed=seed)


def plan_to_run(config: Path, plan: Path | None) -> tuple[ScalingPlan, Scenario, TrafficShapes]:
    """Read a job and the plan to run on it: from a file, else the job's baseline."""
    from tuner.config.host import measure
    from tuner.config.job import scenario
    from tuner.config.shapes import build_shapes
    from tuner.plan_json import plan_warnings, read_plan_file

    job = read_job(config)
    chosen = job.baseline if plan is None else read_plan_file(plan)
    if chosen is None:
        raise click.UsageError("The job has no [baseline]: give --plan.")
    if plan is not None:
        for warning in plan_warnings(chosen):
            settings().say(f"Note: {warning}")
    return chosen, scenario(job, measure(job)[1]), build_shapes(job)


def tell_of_compilation(*drivers: str) -> None:
    """Say that kernels are compiled first, where the cache folder does not hold them.

    Parameters
    ----------
    drivers : str
        Drivers of the kernels that will be called.
    """
    from tuner.simulation.run import available_threads, compiled_kernels_folder, is_compiled

    call = settings()
    if call.verbose:
        call.say(f"Threads: {call.threads or available_threads()}")
        call.say(f"Compiled kernels: {compiled_kernels_folder()}")
    if not all(is_compiled(name) for name in drivers):
        call.say("Compiling the simulator for this machine, once: about ten seconds.")
