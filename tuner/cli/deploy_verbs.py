"""The verbs that change an account: plan shows, apply acts, undo goes back, ledger tells.

Nothing is written to an account without --yes, and nothing outside of the config's guard rails.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tuner.cli.emit import emit_json, emit_rows
from tuner.cli.options import (
    account_settings,
    config_option,
    file_option,
    output_option,
    settings,
    state_settings,
    talk_settings,
    yes_setting,
)
from tuner.cli.out_file import check_out_file

if TYPE_CHECKING:
    from tuner.deployment.apply import Work
    from tuner.deployment.guard_rails import Fence, GuardRails
    from tuner.deployment.ledger import Ledger
    from tuner.ports import ScalingTarget

EXIT_DIFFERENT = 4
SECONDS_BETWEEN_LOOKS = 2.0
DEPLOYMENT_UNITS = dict.fromkeys(
    ("id", "verb", "group", "begun_utc", "ended_utc", "outcome", "by", "undoes", "is_undone"), ""
)
"""Columns of the list of applies and undos."""


def open_target() -> ScalingTarget:
    """Open the account that the options of the call name."""
    from tuner.aws.autoscaling import AwsScalingTarget
    from tuner.aws.session import open_account

    call = settings()
    return AwsScalingTarget(
        open_account(profile=call.profile, region=call.region, endpoint_url=call.endpoint_url)
    )


@click.command()
@config_option
@click.option("--run", help="Id of a finished run: the plan that it recommends.")
@file_option("--plan", help="A plan's JSON, or a recommendation.json, instead of --run.")
@click.option("--group", help="Name of the Auto Scaling group; else that of [aws].")
@click.option("--with-limits", is_flag=True, help="Set sizes and default times of [group], too.")
@click.option(
    "--replace",
    multiple=True,
    help="A policy, alarm or scheduled action that is not cliffside's, to delete; may repeat.",
)
@click.option("--schedule-start", help="Time of day at tick 0 of the plan's schedule, as 00:00.")
@click.option("--time-zone", default="UTC", help="Time zone of the schedule, as Europe/Berlin.")
@click.option("--resource-label", help="Of a target in requests: app/NAME/ID/targetgroup/NAME/ID.")
@file_option("--out", help="Write the change here, for apply.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit code 4 where there are differences.")
@output_option("json", "markdown")
@account_settings
@state_settings
@talk_settings
def plan(
    config: Path, group: str | None, out: Path | None, detailed_exitcode: bool, **named: Any
) -> int:
    """Show what applying a plan to a group would change, field by field; nothing is changed.

    --output markdown is for a pull request.
    """
    output = named.pop("output")
    if (named["run"] is None) == (named["plan"] is None):
        raise click.UsageError("Give --run or --plan.")
    check_out_file(out, ".json", option="--out")
    from tuner.cli.deploy_plan import Wanted, change_of, rail_notes, wanted_group
    from tuner.cli.jobs import read_job
    from tuner.deployment.change_json import change_to_json
    from tuner.deployment.guard_rails_mode import check_may_write
    from tuner.store.files import write_json

    job = read_job(config, tell=False)
    wanted = Wanted(job=job, config=config, group=wanted_group(job, group), **named)
    if out is not None:
        check_may_write(job.guard_rails, config=str(config))
    change = change_of(wanted, open_target(), settings().state_dir)
    if output == "json":
        from tuner.cli.deploy_words import shown_json

        emit_json(shown_json(change))
    elif output == "markdown":
        from tuner.deployment.change_words import markdown

        click.echo(markdown(change), nl=False)
    else:
        from tuner.cli.deploy_words import change_blocks
        from tuner.cli.show import show

        show(change_blocks(change))
    for note in rail_notes(change, job.guard_rails, config):
        settings().say(f"Note: {note}")
    if out is not None:
        write_json(out, change_to_json(change))
        settings().say(f"Written: {out}")
    return EXIT_DIFFERENT if detailed_exitcode and change.rows else 0


@click.command()
@click.argument("change", type=click.Path(path_type=Path))
@file_option("--config", help="The TOML file with the guard rails; else that of the change.")
@yes_setting
@account_settings
@state_settings
@talk_settings
def apply(change: Path, config: Path | None) -> int:
    """Apply a change that plan --out wrote; without --yes only show the calls.

    CHANGE is the file. Refused where the group has changed since, and outside of [guard_rails]. A
    change that was cut off goes on with the same command.
    """
    from tuner.deployment.apply import check_change, prepare
    from tuner.deployment.change_json import read_change_file
    from tuner.deployment.deployment import deployments_of
    from tuner.deployment.ledger import Ledger

    read = read_change_file(change)
    rails, place = _rails(config, read.evidence.config)
    ledger = Ledger(settings().state_dir)
    there = deployments_of(ledger.entries())
    check_change(read)
    target = open_target()
    return _do(prepare(read, target, there), target, rails, place, ledger)


@click.command()
@click.argument("deployment", required=False)
@file_option("--config", help="The TOML file with the guard rails; else that of the change.")
@click.option(
    "--even-if-changed",
    is_flag=True,
    help="Also where somebody changed the group since: what was touched goes back.",
)
@yes_setting
@account_settings
@state_settings
@talk_settings
def undo(deployment: str | None, config: Path | None, even_if_changed: bool) -> int:
    """Take an apply back: what was described before it; without --yes only show the calls.

    DEPLOYMENT is its id in the ledger; left out, the newest apply that was not taken back. One that
    was cut off is taken back as well.
    """
    from tuner.deployment.deployment import deployment_to_undo, deployments_of
    from tuner.deployment.ledger import Ledger
    from tuner.deployment.undo import prepare_undo

    ledger = Ledger(settings().state_dir)
    there = deployments_of(ledger.entries())
    chosen = deployment_to_undo(there, name=deployment)
    rails, place = _rails(config, chosen.change.evidence.config)
    target = open_target()
    work = prepare_undo(chosen, target, there, even_if_changed=even_if_changed)
    return _do(work, target, rails, place, ledger)


@click.command()
@output_option("json", "csv")
@state_settings
@talk_settings
def ledger(output: str) -> int:
    """List every apply and undo, the newest first, and check the chain of the ledger."""
    from tuner.cli.deploy_words import deployment_rows
    from tuner.deployment.deployment import deployments_of
    from tuner.deployment.ledger import Ledger

    kept = Ledger(settings().state_dir)
    entries = kept.entries()
    rows = deployment_rows(deployments_of(entries))
    if output == "json":
        emit_json({"schema": "cliffside.ledger/1", "entries": len(entries), "deployments": rows})
    elif output == "csv":
        emit_rows(rows, names=DEPLOYMENT_UNITS)
    else:
        from tuner.cli.deploy_words import ledger_blocks
        from tuner.cli.show import show

        show(ledger_blocks(rows, len(entries), kept.path))
    return 0


def _rails(config: Path | None, of_change: str | None) -> tuple[GuardRails | None, str]:
    """Read the guard rails as they stand now, and say where."""
    from tuner.config.load import load_guard_rails

    path = config or (None if of_change is None else Path(of_change))
    if path is None:
        raise click.UsageError("The change names no config: give --config, with [guard_rails].")
    return load_guard_rails(path), str(path)


def _do(
    work: Work, target: ScalingTarget, rails: GuardRails | None, place: str, ledger: Ledger
) -> int:
    """Show the calls that are left, and make them where the call says --yes."""
    from tuner.cli.deploy_words import work_blocks
    from tuner.cli.show import show
    from tuner.deployment.guard_rails import Fence
    from tuner.deployment.guard_rails_mode import check_rails, rails_to_apply

    call = settings()
    show(work_blocks(work, lists_calls=not call.yes or call.quiet))
    if work.is_settled:
        return 0
    change, is_return = work.change, work.verb == "undo"
    if not call.yes:
        there = check_rails(rails, group=change.group, config=place)
        Fence(there, change.before, is_return=is_return).check(*work.steps)
        call.say(f"Nothing was changed. {work.verb} --yes makes the calls.")
        return 0
    fence = Fence(
        rails_to_apply(rails, group=change.group, config=place), change.before, is_return=is_return
    )
    done = _carry_out(work, target, fence, ledger)
    call.say(f"Done: {done}. `cliffside undo {done} --yes` goes back.")
    return 0


def _carry_out(work: Work, target: ScalingTarget, fence: Fence, ledger: Ledger) -> str:
    """Make the calls, each told on standard error; give the id in the ledger."""
    import time
    from datetime import UTC, datetime

    from tuner.deployment.apply import carry_out

    class SystemClock:
        """The clock of the machine."""

        def now(self) -> datetime:
            """Give the present time."""
            return datetime.now(UTC)

    call, count = settings(), len(work.steps)
    done = carry_out(
        work,
        target,
        fence=fence,
        ledger=ledger,
        clock=SystemClock(),
        by=_user(),
        told=lambda number, step: call.say(f"{number}/{count} {step.describe()}"),
        pause=lambda: time.sleep(SECONDS_BETWEEN_LOOKS),
    )
    return done.id


def _user() -> str:
    """Name who runs the program."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
