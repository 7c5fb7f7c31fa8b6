"""The verb that reads what is deployed: a group, its plan, and the environment that made it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tuner.cli.emit import emit_json
from tuner.cli.options import (
    account_settings,
    file_option,
    output_option,
    settings,
    talk_settings,
)
from tuner.cli.out_file import check_out_file

if TYPE_CHECKING:
    from tuner.aws.deployed import Deployed
    from tuner.cli.show import Block


@click.command()
@click.argument("group", required=False)
@click.option("--environment", help="Elastic Beanstalk environment, instead of its group.")
@file_option("--save", help="Write the plan's JSON here, for --plan of lint and simulate.")
@click.option("--show-account", is_flag=True, help="Do not mask account numbers.")
@output_option("json")
@account_settings
@talk_settings
def show(
    group: str | None,
    environment: str | None,
    save: Path | None,
    show_account: bool,
    output: str,
) -> int:
    """Show a deployed Auto Scaling group: limits, policies, its plan, and what no plan can say.

    GROUP is the name of the Auto Scaling group; else give --environment. Nothing is changed.
    """
    if (group is None) == (environment is None):
        raise click.UsageError("Give the name of a GROUP, or --environment.")
    if "" in (group, environment):
        raise click.UsageError("A name of no letters is none: give the name of a group.")
    check_out_file(save, ".json", option="--save")
    from tuner.aws.deployed import read_deployed
    from tuner.aws.errors import mask_accounts
    from tuner.aws.session import open_account

    call = settings()
    account = open_account(profile=call.profile, region=call.region, endpoint_url=call.endpoint_url)
    deployed = read_deployed(account, group=group, environment=environment)
    if save is not None:
        _save(save, deployed)
    change = str if show_account else mask_accounts
    if output == "json":
        emit_json(_each_text(_object(deployed), change))
    else:
        from tuner.cli.show import show as print_blocks

        print_blocks(_each_text(block, change) for block in _words(deployed))
    return 0


def _save(path: Path, deployed: Deployed) -> None:
    """Write the plan's JSON, and say what it cannot hold."""
    from tuner.aws.deployed import remarks
    from tuner.plan_json import plan_to_json
    from tuner.store.files import write_json

    write_json(path, plan_to_json(deployed.read.plan))
    call = settings()
    count = len(remarks(deployed))
    if count:
        call.say(f"Note: {count} of what is deployed is not in the plan, see the answer.")
    call.say(f"Written: {path}")


def _object(deployed: Deployed) -> dict[str, Any]:
    """Give what was read with the keys of `show --output json`."""
    from tuner.aws.deployed import job_group, remarks
    from tuner.plan_json import plan_to_json

    resources, about, environment = deployed.resources, deployed.about, deployed.environment
    start = deployed.read.schedule_start
    return {
        "schema": "cliffside.show/1",
        "group": resources.group,
        "arn": about.arn,
        "limits": dict(resources.limits),
        "job_group": job_group(deployed),
        "instance_types": list(about.instance_types),
        "in_service": about.in_service,
        "plan": plan_to_json(deployed.read.plan),
        "description": deployed.read.plan.describe(),
        "schedule_start": None if start is None else asdict(start),
        "not_represented": list(remarks(deployed)),
        "policies": [asdict(policy) for policy in resources.policies],
        "alarms": [asdict(alarm) for alarm in resources.alarms],
        "actions": [asdict(action) for action in resources.actions],
        "environment": None
        if environment is None
        else {
            "name": environment.name,
            "application": environment.application,
            "is_pending": environment.is_pending,
            "settings": {name: dict(each) for name, each in environment.settings.items()},
            "problems": list(environment.problems),
            "differences": [asdict(each) for each in deployed.differences],
            "beside": list(deployed.beside),
        },
        "environment_trouble": deployed.trouble,
    }


def _words(deployed: Deployed) -> Iterator[Block]:
    """Say what was read."""
    from tuner.aws.deployed import job_group, remarks
    from tuner.cli.show import Facts, Heading
    from tuner.cli.show_environment import environment_words
    from tuner.cli.show_words import group_words, limits_sentence
    from tuner.units import format_duration

    resources, about = deployed.resources, deployed.about
    limits = resources.limits
    cooldown, warmup = limits.get("DefaultCooldown"), limits.get("DefaultInstanceWarmup")
    types = ", ".join(about.instance_types) or "a type that the group does not name"
    yield Facts(
        (
            ("Group", f"{resources.group}, {about.in_service} in service, of {types}"),
            ("Limits", limits_sentence(limits)),
            ("Cooldown", "not said" if cooldown is None else format_duration(cooldown)),
            ("Warm-up", "none of the group's" if warmup is None else format_duration(warmup)),
            ("Plan", deployed.read.plan.describe()),
            ("In a job", "[group] " + _toml_line(job_group(deployed))),
        )
    )
    yield from group_words(resources)
    left_out = remarks(deployed)
    yield Heading("Not in the plan" if left_out else "Nothing of it is left out of the plan.")
    yield from left_out
    if deployed.environment is not None:
        yield from environment_words(deployed.environment, deployed.differences, deployed.beside)
    if deployed.trouble is not None:
        yield Heading(f"The environment {about.environment} was not read")
        yield deployed.trouble


def _toml_line(table: Mapping[str, int | str]) -> str:
    """Write keys and values as a job's file has them, on one line."""
    return ", ".join(
        f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"
        for key, value in table.items()
    )


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """Change every text of an answer, of whatever it is made."""
    from tuner.cli.show import Facts, Heading

    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each_text(entry, change) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(entry, change) for entry in value]
    if isinstance(value, Facts):
        return Facts(tuple((change(word), change(said)) for word, said in value.rows))
    if isinstance(value, Heading):
        return Heading(change(value.words))
    return value
