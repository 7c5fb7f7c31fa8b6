"""From what a call of `plan` names to the change that it proposes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tuner.cli.options import settings

if TYPE_CHECKING:
    from tuner.config.job import Job
    from tuner.deployment.change import ChangeSet, Evidence
    from tuner.deployment.guard_rails import GuardRails
    from tuner.policy import ScalingPlan
    from tuner.ports import ScalingTarget
    from tuner.resources import GroupResources, ScheduleStart


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a call of `plan` names.

    Parameters
    ----------
    job : Job
        The job of the config.
    config : Path
        Its file, as it was named.
    run : str or None
        Id of a finished run.
    plan : Path or None
        A plan's file instead.
    group : str
        Name of the Auto Scaling group.
    with_limits : bool
        Whether the limits of the job's group are to be set.
    replace : tuple of str
        Names of what is to be deleted.
    schedule_start, time_zone : str or None
        Time of day at tick 0, and its zone.
    resource_label : str or None
        Of a target in requests.
    """

    job: Job
    config: Path
    run: str | None
    plan: Path | None
    group: str
    with_limits: bool = False
    replace: tuple[str, ...] = ()
    schedule_start: str | None = None
    time_zone: str = "UTC"
    resource_label: str | None = None


def wanted_group(job: Job, group: str | None) -> str:
    """Give the group that is meant: the option's, else the config's."""
    chosen = group or job.aws.group
    if chosen is None:
        raise click.UsageError("Give --group, or group in [aws] of the config.")
    return chosen


def change_of(wanted: Wanted, target: ScalingTarget, state: Path) -> ChangeSet:
    """Compute the change that a call asks for.

    Parameters
    ----------
    wanted : Wanted
        What it names.
    target : ScalingTarget
        The account, which is read.
    state : Path
        The state folder.
    """
    from tuner.deployment.apply_steps import steps_of
    from tuner.deployment.change import propose
    from tuner.resources import resources_of

    plan, evidence = _plan(wanted, state)
    deployed = target.describe(wanted.group)
    of_job = _limits(wanted.job)
    proposed = resources_of(
        plan,
        group=wanted.group,
        limits={**deployed.limits, **(of_job if wanted.with_limits else {})},
        resource_label=wanted.resource_label or _label(wanted.job),
        schedule_start=_start(wanted),
    )
    change = propose(deployed, proposed, replace=wanted.replace, evidence=evidence)
    steps_of(change.before, change.after)  # so that what cannot be applied is not proposed
    assumed = _assumed(change.after, of_job)
    return replace(change, warnings=(*change.warnings, *assumed))


def _plan(wanted: Wanted, state: Path) -> tuple[ScalingPlan, Evidence]:
    """Read the plan, and what stands behind it."""
    from tuner.deployment.change import Evidence
    from tuner.deployment.change_evidence import evidence_of
    from tuner.plan_json import read_plan_file
    from tuner.store.files import read_json
    from tuner.store.manifest import check_files, read_manifest
    from tuner.store.runs import find_run

    config = str(wanted.config)
    if wanted.run is None:
        chosen = read_plan_file(Path(str(wanted.plan)))
        return chosen, Evidence(config=config, plan=chosen.describe())
    folder = find_run(state, wanted.run)
    name = "recommendation.json"
    manifest = read_manifest(folder)
    check_files(folder, manifest, name)
    if manifest.origin.service != wanted.job.service:
        settings().say(
            f"Note: run {wanted.run} is of service {manifest.origin.service!r}, and"
            f" {config} of {wanted.job.service!r}."
        )
    chosen, answer = read_plan_file(folder / name), read_json(folder / name)
    if answer.get("verdict") == "keep":
        settings().say("Note: the run says to keep today's policy.")
    return chosen, evidence_of(answer, chosen, run=wanted.run, config=config)


def _limits(job: Job) -> dict[str, Any]:
    """Give the limits that a job assumes, by AWS's names."""
    group = job.group
    limits = {
        "MinSize": group.min_size,
        "MaxSize": group.max_size,
        "DefaultCooldown": group.default_cooldown_seconds,
        "DefaultInstanceWarmup": group.default_instance_warmup_seconds,
    }
    return {name: value for name, value in limits.items() if value is not None}


def _assumed(after: GroupResources, of_job: dict[str, Any]) -> Iterator[str]:
    """Say which limits the job assumes otherwise than they will be."""
    own = {name: after.limits.get(name) for name in of_job}
    told = [
        f"{name} {value} (deployed {'none' if own[name] is None else own[name]})"
        for name, value in of_job.items()
        if own[name] != value and name != "MinSize"
    ]
    if told:
        yield (
            f"The job's [group] has {', '.join(told)}, which stays as it is deployed and was not"
            " simulated so. --with-limits sets what [group] says."
        )


def _start(wanted: Wanted) -> ScheduleStart | None:
    """Give the time of day at tick 0, where it is said."""
    from tuner.resources import ScheduleStart

    if wanted.schedule_start is None:
        return None
    return ScheduleStart(
        clock=wanted.schedule_start,
        time_zone=wanted.time_zone,
        tick_seconds=wanted.job.tick_seconds,
    )


def _label(job: Job) -> str | None:
    """Give load balancer and target group of the config as AWS's resource label."""
    balancer, group = job.aws.load_balancer, job.aws.target_group
    if balancer is None or group is None:
        return None
    return f"{balancer.rpartition('loadbalancer/')[2]}/{group.rpartition(':')[2]}"


def rail_notes(change: ChangeSet, rails: GuardRails | None, config: Path) -> Iterator[str]:
    """Say what of a change could not be applied today.

    Parameters
    ----------
    change : ChangeSet
        What is proposed.
    rails : GuardRails or None
        Those of the config.
    config : Path
        Its file.
    """
    from tuner.deployment.apply_steps import steps_of
    from tuner.deployment.guard_rails import Fence
    from tuner.deployment.guard_rails_mode import LINES

    if not change.rows:
        return
    if rails is None:
        yield f"{config} has no guard rails, so that nothing may be applied." + (
            f" {LINES.format(group=change.group)}"
        )
        return
    steps = steps_of(change.before, change.after)
    for problem in dict.fromkeys(Fence(rails, change.before).problems(*steps)):
        yield f"outside of the guard rails: {problem}"
