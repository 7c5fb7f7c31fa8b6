"""The verb that starts the HTTP service."""

from __future__ import annotations

from pathlib import Path

import click

from tuner.cli.options import file_option, settings, state_settings, talk_settings


@click.command()
@file_option(
    "--services",
    default=Path("configs"),
    show_default=True,
    help="Folder of configs, one TOML file a service; jobs name them without .toml.",
)
@click.option("--address", default="127.0.0.1", show_default=True, help="IP address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8377,
    show_default=True,
    help="Port to listen on; 0: any that is free.",
)
@click.option(
    "--allow-remote",
    is_flag=True,
    help="Allow an address that other machines can reach; it needs a token as well.",
)
@click.option(
    "--host-name",
    "host_names",
    multiple=True,
    help="A name under which clients reach the service; may be given several times.",
)
@click.option("--new-token", is_flag=True, help="Make a token, print it once, and end.")
@file_option(
    "--token-file",
    help="Where the hash of the token is; else service-token.sha256 in the state folder.",
)
@click.option(
    "--parallel-jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Jobs that run at the same time.",
)
@click.option(
    "--job-memory",
    "job_memory_mebibytes",
    type=click.IntRange(256),
    default=4096,
    show_default=True,
    help="MiB of data that one job may hold.",
)
@click.option(
    "--most-minutes",
    type=click.IntRange(1),
    default=720,
    show_default=True,
    help="Minutes that a job may ask to run; one that does not ask gets 60 at most.",
)
@click.option(
    "--most-candidates",
    type=click.IntRange(1),
    default=5_000_000,
    show_default=True,
    help="Candidates that a job may try.",
)
@click.option(
    "--most-queued",
    type=click.IntRange(1),
    default=1_000,
    show_default=True,
    help="Jobs that may wait; one more is answered with 429.",
)
@state_settings
@talk_settings
def serve(
    *,
    services: Path,
    address: str,
    port: int,
    allow_remote: bool,
    host_names: tuple[str, ...],
    new_token: bool,
    token_file: Path | None,
    **limits: int,
) -> int:
    """Serve jobs and their results over HTTP, until it is told to end.

    Listens on this machine alone unless told otherwise. Interrupted jobs go on at the next start.
    """
    state = settings().state_dir
    if new_token:
        from tuner.service.tokens import TOKEN_FILE
        from tuner.service.tokens import new_token as make_token
        from tuner.store.runs import make_private

        make_private(state, "jobs")
        click.echo(make_token(token_file or state / TOKEN_FILE))
        return 0
    from tuner.service.limits import Limits
    from tuner.service.server import Settings
    from tuner.service.server import serve as serve_until_told

    serve_until_told(
        Settings(
            state=state,
            services=services,
            address=address,
            port=port,
            allow_remote=allow_remote,
            host_names=host_names,
            token_file=token_file,
            limits=Limits(**limits),
        ),
        say=settings().say,
    )
    return 0
