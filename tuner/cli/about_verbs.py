"""The verbs on the program itself: the schema of its jobs, and what the machine gives."""

from __future__ import annotations

import click

from tuner.cli.emit import emit_json
from tuner.cli.options import talk_settings


@click.command()
@talk_settings
def schema() -> int:
    """Print the JSON Schema of a job's TOML file."""
    from tuner.config.document import job_schema

    emit_json(job_schema())
    return 0


@click.command()
@talk_settings
def doctor() -> int:
    """Say what this machine gives: versions, threads, the folder of compiled kernels."""
    import platform
    from importlib.metadata import version

    from tuner.simulation.run import available_threads, compiled_kernels_folder

    click.echo(f"cliffside         {version('cliffside')}")
    click.echo(f"python            {platform.python_version()} on {platform.platform()}")
    for name in ("numpy", "numba", "pandas", "pyarrow", "plotly"):
        click.echo(f"{name:<17} {version(name)}")
    click.echo(f"threads           {available_threads()}")
    click.echo(f"compiled kernels  {compiled_kernels_folder()}")
    return 0
