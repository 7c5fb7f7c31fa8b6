"""Options that verbs share, and what was set with them.

The settings of a call may stand before the verb or after it: ``cliffside -q tune …`` is
``cliffside tune -q …``.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def _state_folder() -> Path:
    """Name the folder of the runs where no option does."""
    return Path(os.environ.get("CLIFFSIDE_STATE_DIR") or ".cliffside")


@dataclass(slots=True)
class Settings:
    """What a call has set, for all verbs.

    Parameters
    ----------
    threads : int or None
        Threads of the simulator; None: as many as the process may use.
    seed : int or None
        Takes the place of the job's seed.
    state_dir : Path
        Folder of the runs.
    verbose, quiet, no_color : bool
        More, or nothing but errors, on standard error; no colour anywhere.
    profile, region, endpoint_url : str or None
        Of the AWS account; None: as the AWS tools find them.
    yes : bool
        Do what changes something outside, rather than show it.
    workers : int or None
        Processes of this machine that share the work; None: this process alone.
    scheduler : str or None
        Address of a Dask scheduler whose workers share the work.
    """

    threads: int | None = None
    seed: int | None = None
    state_dir: Path = field(default_factory=_state_folder)
    verbose: bool = False
    quiet: bool = False
    no_color: bool = False
    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    yes: bool = False
    workers: int | None = None
    scheduler: str | None = None

    def say(self, text: str) -> None:
        """Write a line to standard error, unless the call is quiet."""
        if not self.quiet:
            click.echo(text, err=True)


class Verbs(click.Group):
    """A group that lists its verbs in the order of the work."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the verbs in the order in which they were added."""
        return list(self.commands)


def settings() -> Settings:
    """Give the settings of the call that runs."""
    return click.get_current_context().ensure_object(Settings)


def _remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep a setting that was given; one that was not leaves what stands before the verb."""
    if value is None or value is False or parameter.name is None:
        return
    setattr(ctx.ensure_object(Settings), parameter.name, value)
    if parameter.name == "no_color":
        os.environ["NO_COLOR"] = "1"  # what the terminal library and child processes look at
        ctx.color = False


def _setting(*names: str, help: str, **more: Any) -> Callable[[Decorated], Decorated]:
    """Make an option that is kept in `Settings`."""
    return click.option(*names, help=help, callback=_remember, expose_value=False, **more)


def talk_settings(command: Decorated) -> Decorated:
    """Add the options on what is said: -v, -q and --no-color."""
    for option in (
        _setting("--no-color", is_flag=True, help="No colour; NO_COLOR does the same."),
        _setting("-q", "--quiet", is_flag=True, help="Nothing on standard error but errors."),
        _setting("-v", "--verbose", is_flag=True, help="Say more on standard error."),
    ):
        command = option(command)
    return command


def run_settings(command: Decorated) -> Decorated:
    """Add the options of verbs that run a job: --threads and --seed, and what is said."""
    seed = _setting("--seed", type=click.IntRange(0), help="In place of the job's seed.")
    threads = _setting(
        "--threads", type=click.IntRange(1), help="Threads of the simulator; default all."
    )
    return threads(seed(talk_settings(command)))


def state_settings(command: Decorated) -> Decorated:
    """Add the option of verbs that write or read runs: --state-dir."""
    return _setting(
        "--state-dir",
        type=click.Path(path_type=Path),
        help="Folder of the runs; else CLIFFSIDE_STATE_DIR, else .cliffside.",
    )(command)


def account_settings(command: Decorated) -> Decorated:
    """Add the options of verbs that ask an AWS account: --profile, --region, --endpoint-url."""
    for option in (
        _setting("--endpoint-url", help="Another address than AWS's, such as an emulator's."),
        _setting("--region", help="AWS region; else as the AWS tools find it."),
        _setting("--profile", help="Profile of the AWS configuration."),
    ):
        command = option(command)
    return command


def workers_settings(command: Decorated) -> Decorated:
    """Add the options of verbs that share work out: --workers and --scheduler."""
    workers = _setting(
        "--workers",
        type=click.IntRange(1),
        help="Processes of one thread each that share the work, on this machine.",
    )
    scheduler = _setting(
        "--scheduler",
        metavar="ADDRESS",
        help="Dask scheduler whose workers share the work: tls://HOST:PORT, or tcp:// on loopback.",
    )
    return workers(scheduler(command))


def yes_setting(command: Decorated) -> Decorated:
    """Add the option of verbs that change something outside: --yes."""
    return _setting("--yes", is_flag=True, help="Do it; without this it is only shown.")(command)


def file_option(*names: str, help: str, **more: Any) -> Callable[[Decorated], Decorated]:
    """Make an option that takes a path.

    Parameters
    ----------
    names : str
        Names of the option.
    help : str
        Its help text.
    more : object
        What else `click.option` takes.
    """
    return click.option(*names, type=click.Path(path_type=Path), help=help, **more)


def number_option(*names: str, help: str, **more: Any) -> Callable[[Decorated], Decorated]:
    """Make an option that takes a finite number of at least 0.

    Parameters
    ----------
    names, help, more
        As in `file_option`.
    """
    return click.option(*names, type=click.FloatRange(0), callback=_finite, help=help, **more)


def _finite(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    """Refuse infinity and what is no number."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"expected a finite number, got {value:g}.")
    return value


def output_option(*forms: str) -> Callable[[Decorated], Decorated]:
    """Make --output, the form of what goes to standard output; ``table`` unless given."""
    return click.option(
        "--output",
        type=click.Choice(["table", *forms]),
        default="table",
        help="Form of the answer.",
    )


config_option = file_option("--config", required=True, help="The job's TOML file.")
plan_option = file_option(
    "--plan", help="A plan's JSON, or a recommendation.json; else [baseline]."
)
