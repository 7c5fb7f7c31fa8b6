"""The verb that writes a plan in the form of a deployment tool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tuner.cli.jobs import read_job
from tuner.cli.options import file_option, settings, state_settings, talk_settings
from tuner.cli.tune_verbs import folder_of

if TYPE_CHECKING:
    from tuner.config.job import Job
    from tuner.policy import ScalingPlan
    from tuner.resources import GroupResources

FORMS = (
    "cloudformation",
    "cloudformation-json",
    "terraform",
    "beanstalk",
    "beanstalk-json",
    "beanstalk-resources",
    "aws-cli",
)


class Asked(NamedTuple):
    """A plan, and the job that it is of, where there is one."""

    plan: ScalingPlan
    job: Job | None


@click.command()
@file_option("--config", help="The job's TOML file; alone: its [baseline] is written.")
@file_option("--plan", help="A plan's JSON, or a recommendation.json.")
@click.option("--run", help="Id or folder of a finished run: its recommended plan is written.")
@click.option("--to", "form", type=click.Choice(FORMS), required=True, help="Form of the files.")
@click.option("--group", help="Name of the Auto Scaling group; else [aws] group of --config.")
@file_option("--out", help="Folder for the files; else standard output.")
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
@click.option(
    "--schedule-start", help="Time of day at tick 0 of the plan's schedule, such as 00:00."
)
@click.option(
    "--time-zone", default="UTC", help="IANA zone of --schedule-start, such as Europe/Berlin."
)
@click.option(
    "--resource-label",
    help="Load balancer and target group of a target in requests; else from [aws] of --config.",
)
@click.option(
    "--limits-by-hand",
    is_flag=True,
    help="Leave the plan's minimum out: it will be set on the group by hand.",
)
@state_settings
@talk_settings
def export(
    *,
    form: str,
    group: str | None,
    out: Path | None,
    overwrite: bool,
    limits_by_hand: bool,
    **given: Any,
) -> int:
    """Write a plan as CloudFormation, Terraform, Elastic Beanstalk options or AWS CLI inputs.

    Nothing is deployed. What a form cannot express is refused with the reason; what is written is
    read back first, and is the same plan.
    """
    from tuner.deployment.export import write_form
    from tuner.resources import ScheduleStart, resources_of

    chosen, job = _asked(given["config"], given["plan"], given["run"])
    group = group or (job.aws.group if job else None)
    if group is None:
        raise click.UsageError("Give the name of the Auto Scaling group: --group.")
    start = None
    if given["schedule_start"] is not None:
        start = ScheduleStart(
            clock=given["schedule_start"],
            time_zone=given["time_zone"],
            tick_seconds=job.tick_seconds if job else 60,
        )
    resources = resources_of(
        chosen,
        group=group,
        resource_label=given["resource_label"] or _label(job),
        schedule_start=start,
    )
    _tell(chosen, job)
    if limits_by_hand:
        resources = _without_limits(resources)
    files = write_form(resources, form, monitoring=job.group.monitoring if job else None)
    if out is None:
        _print(files)
    else:
        _write(files, out, overwrite=overwrite)
    return 0


def _asked(config: Path | None, plan: Path | None, run: str | None) -> Asked:
    """Read the plan to write, and its job."""
    from tuner.plan_json import plan_warnings, read_plan_file

    if plan is not None and run is not None:
        raise click.UsageError("Give --plan or --run: each says which plan is written.")
    if config is None and plan is None and run is None:
        raise click.UsageError("Give the plan: --plan, --run, or --config with a [baseline].")
    if run is not None:
        return _of_a_run(folder_of(run), config)
    job = None if config is None else read_job(config)
    if plan is not None:
        chosen = read_plan_file(plan)
        for warning in plan_warnings(chosen):
            settings().say(f"Note: {warning}")
        return Asked(chosen, job)
    if job is None or job.baseline is None:
        raise click.UsageError("The job has no [baseline]: give --plan or --run.")
    return Asked(job.baseline, job)


def _of_a_run(folder: Path, config: Path | None) -> Asked:
    """Read the recommended plan of a finished run, and its job where that is still there."""
    from tuner.plan_json import read_plan_file
    from tuner.store.files import read_json
    from tuner.store.manifest import MANIFEST, check_files, read_manifest

    path = folder / "recommendation.json"
    if (folder / MANIFEST).exists():
        check_files(folder, read_manifest(folder), path.name)
    chosen = read_plan_file(path)
    facts = read_json(path).get("job")
    known = facts.get("config") if isinstance(facts, Mapping) else None
    if config is None and isinstance(known, str) and Path(known).is_file():
        config = Path(known)
    return Asked(chosen, None if config is None else read_job(config))


def _label(job: Job | None) -> str | None:
    """Give the resource label that the job's names make."""
    from tuner.resources.names import resource_label

    if job is None or job.aws.load_balancer is None or job.aws.target_group is None:
        return None
    return resource_label(job.aws.load_balancer, job.aws.target_group)


def _tell(plan: ScalingPlan, job: Job | None) -> None:
    """Say what was simulated and is not of the plan."""
    if job is not None and job.schedule and plan.schedule is None:
        settings().say(
            f"Note: the {len(job.schedule)} scheduled action(s) of the job's [[schedule]] are of"
            " the group, not of the plan, and are not written."
        )


def _without_limits(resources: GroupResources) -> GroupResources:
    """Leave the limits out, and say which are to be set by hand."""
    if resources.limits:
        said = ", ".join(f"{name} {value}" for name, value in resources.limits.items())
        settings().say(f"Note: set on the group {resources.group} by hand: {said}.")
    return replace(resources, limits={})


def _print(files: Mapping[str, str]) -> None:
    """Print one file as it is, several under their names."""
    for number, (name, text) in enumerate(files.items()):
        if len(files) > 1:
            click.echo(f"{chr(10) * (number > 0)}==> {name} <==")
        click.echo(text, nl=False)


def _write(files: Mapping[str, str], folder: Path, *, overwrite: bool) -> None:
    """Write files into a folder, and name them; files that are there stay unless asked."""
    from tuner.store.files import check_folder, write_text

    there = [str(folder / name) for name in files if (folder / name).exists()]
    if there and not overwrite:
        raise click.UsageError(
            f"{', '.join(there)} is there already: give another --out, or --overwrite."
        )
    check_folder(folder)
    for name, text in files.items():
        write_text(folder / name, text)
        settings().say(f"Written: {folder / name}")
