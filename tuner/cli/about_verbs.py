"""The verbs on the program itself: the schema of its jobs, and what the machine gives."""

from __future__ import annotations

import click

from tuner.cli.emit import emit_json
from tuner.cli.options import account_settings, settings, talk_settings

EXIT_NO_ACCOUNT = 1


@click.command()
@talk_settings
def schema() -> int:
    """Print the JSON Schema of a job's TOML file."""
    from tuner.config.document import job_schema

    emit_json(job_schema())
    return 0


@click.command()
@click.option("--aws", is_flag=True, help="Look at the AWS account as well: who asks, the clock.")
@click.option("--show-account", is_flag=True, help="Show account numbers whole.")
@account_settings
@talk_settings
def doctor(aws: bool, show_account: bool) -> int:
    """Say what this machine gives: versions, threads, the folder of compiled kernels.

    With --aws, exit code 1 where the account cannot be asked or the clock is off.
    """
    import platform
    from importlib.metadata import version

    from tuner.simulation.run import available_threads, compiled_kernels_folder

    click.echo(f"cliffside         {version('cliffside')}")
    click.echo(f"python            {platform.python_version()} on {platform.platform()}")
    for name in ("numpy", "numba", "pandas", "pyarrow", "plotly", "boto3"):
        click.echo(f"{name:<17} {version(name)}")
    click.echo(f"threads           {available_threads()}")
    click.echo(f"compiled kernels  {compiled_kernels_folder()}")
    return _account(show_account) if aws else 0


def _account(show_account: bool) -> int:
    """Say who asks AWS, from where, and how far the clocks are apart."""
    from tuner.aws.look import MOST_SKEW_SECONDS, look_at
    from tuner.aws.session import open_account
    from tuner.store.run_writer import utc_now

    call = settings()
    account = open_account(profile=call.profile, region=call.region, endpoint_url=call.endpoint_url)
    found = look_at(account, now=utc_now, shown=show_account)
    click.echo(f"credentials       {found.credentials}")
    click.echo(f"region            {found.region}")
    if found.account:
        click.echo(f"account           {found.account}")
        click.echo(f"asks as           {found.caller}")
    off = found.skew_seconds is not None and abs(found.skew_seconds) > MOST_SKEW_SECONDS
    if found.skew_seconds is not None:
        words = "; set it: sudo timedatectl set-ntp true" if off else ""
        click.echo(f"clock             {found.skew_seconds:+.0f} s against AWS's{words}")
    if found.error is not None:
        click.echo(f"Error: {found.error}", err=True)
    return EXIT_NO_ACCOUNT if off or found.error is not None else 0
