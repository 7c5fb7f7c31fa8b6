"""The verb on a steady load: how many hosts it needs."""

from __future__ import annotations

from pathlib import Path

import click

from tuner.cli.emit import emit_json
from tuner.cli.jobs import read_job
from tuner.cli.options import config_option, number_option, output_option, run_settings


@click.command()
@config_option
@number_option("--rpm", required=True, help="Load of the whole group, requests per minute.")
@number_option("--target", help="CPU percent that hosts are wished to have.")
@click.option("--zones", type=click.IntRange(2), help="Zones that hosts are spread over evenly.")
@output_option("json")
@run_settings
def capacity(config: Path, rpm: float, target: float | None, zones: int | None, output: str) -> int:
    """Say how many hosts a steady load needs, also at a target or with a host or a zone lost."""
    from tuner.config.host import measure
    from tuner.decision.capacity import capacity as capacity_of

    job = read_job(config, tell=output != "json")
    answer = capacity_of(
        measure(job)[1],
        rpm,
        margin_percent=job.margin_percent,
        target_percent=target,
        zones=zones,
        group=job.group,
    )
    if output == "json":
        emit_json(
            {
                "schema": "cliffside.capacity/1",
                "service": job.service,
                **answer.to_json(),
                "notes": list(job.warnings),
            }
        )
    else:
        from tuner.cli.show import show

        show(answer.lines())
    return 0
