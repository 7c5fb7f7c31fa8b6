"""Who shares the work of a call: processes of this machine, or the workers of a scheduler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tuner.cli.options import settings

if TYPE_CHECKING:
    from tuner.cluster.workers import DaskWorkers


@contextmanager
def shared_out() -> Iterator[DaskWorkers | None]:
    """Give the workers that an option asks for, None without one; they end with the block.

    Raises
    ------
    click.UsageError
        When both are given.
    """
    call = settings()
    if call.workers is not None and call.scheduler is not None:
        raise click.UsageError("--workers and --scheduler: expected one of them, got both.")
    if call.workers is not None:
        from tuner.cluster.start import local_workers

        with local_workers(call.workers) as workers:
            yield workers
    elif call.scheduler is not None:
        from tuner.cluster.start import workers_at

        with workers_at(call.scheduler) as workers:
            yield workers
    else:
        yield None
