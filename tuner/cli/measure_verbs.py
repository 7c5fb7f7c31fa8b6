"""The verbs on what is measured: a load test, and traffic."""

from __future__ import annotations

from pathlib import Path

import click

from tuner.cli.emit import columns_of, emit_columns, emit_json
from tuner.cli.jobs import read_job
from tuner.cli.moments import Moment, MomentType
from tuner.cli.options import (
    config_option,
    file_option,
    output_option,
    run_settings,
    settings,
    state_settings,
    talk_settings,
)

SHAPE_UNITS = {
    "name": "",
    "weight": "1",
    "minutes": "min",
    "mean_rpm": "1/min",
    "peak_rpm": "1/min",
    "rise_8min_rpm": "1/min",
    "source": "",
}
"""Columns of the table of shapes with their units."""


@click.command()
@file_option("--locust", help="Locust's full history CSV.")
@file_option("--cpu", help="CPU log of the host.")
@click.option("--cpu-column", help="Column of the CPU log, where it has several.")
@file_option("--table", help="A plain table of windows.")
@click.option(
    "--from-archive", is_flag=True, help="Fit from production: what `fetch` kept, no load test."
)
@file_option(
    "--history",
    multiple=True,
    help="Fit from production: a CSV of minutes, or each page of a saved GetMetricData answer.",
)
@file_option("--config", help="With --from-archive: a job's file, of which [aws] is read.")
@click.option("--group", help="With --from-archive: the Auto Scaling group.")
@click.option("--load-balancer", help="With --from-archive: ARN of its load balancer.")
@file_option(
    "--plan", help="What was deployed, else [baseline]; its alarms tell how late the metric is."
)
@click.option("--since", type=MomentType(), help="Begin of production: 14d ago, or RFC 3339.")
@click.option("--until", type=MomentType(), help="End of production, not part of it.")
@output_option("json")
@state_settings
@talk_settings
def fit(  # noqa: PLR0913
    *,
    locust: Path | None,
    cpu: Path | None,
    cpu_column: str | None,
    table: Path | None,
    from_archive: bool,
    history: tuple[Path, ...],
    config: Path | None,
    group: str | None,
    load_balancer: str | None,
    plan: Path | None,
    since: Moment | None,
    until: Moment | None,
    output: str,
) -> int:
    """Fit CPU against load, and find the cliff: from a load test of one host, or from production.

    From production there are the times of the group's launches and alarms as well.
    """
    if from_archive or history:
        if locust or cpu or table or (from_archive and history):
            raise click.UsageError("Give --from-archive, --history, or a load test alone.")
        from tuner.cli.history_verbs import fit_history

        return fit_history(
            history,
            config=config,
            group=group,
            load_balancer=load_balancer,
            plan=plan,
            since=since,
            until=until,
            output=output,
        )
    if config or group or load_balancer or plan or since or until:
        raise click.UsageError("That is of production: give --from-archive as well.")
    if (table is None) == (locust is None) or (locust is None) != (cpu is None):
        raise click.UsageError("Give --locust and --cpu together, or --table alone.")
    from tuner.cli.show import show
    from tuner.cli.words import fit_object, fit_words
    from tuner.config.job import LoadTestSource
    from tuner.config.shapes import read_load_test
    from tuner.measure.host_fit import measure_host

    source = LoadTestSource(locust=locust, cpu=cpu, cpu_column=cpu_column, table=table)
    result = measure_host(read_load_test(source))
    if output == "json":
        emit_json(fit_object(result))
    else:
        show(fit_words(result))
    return 0


@click.command()
@config_option
@output_option("json", "csv", "parquet")
@run_settings
def shapes(config: Path, output: str) -> int:
    """List the traffic shapes of a job."""
    from tuner.config.shapes import read_traffic
    from tuner.traffic.describe import shape_facts

    made, notes = read_traffic(read_job(config))
    if output == "json":
        emit_json(
            {"schema": "cliffside.shapes/1", "shapes": shape_facts(made), "notes": list(notes)}
        )
    elif output == "table":
        from tuner.cli.show import show
        from tuner.cli.words import shapes_words

        show(shapes_words(made, notes))
    else:
        for note in notes:
            settings().say(f"Note: {note}")
        facts = columns_of(shape_facts(made), SHAPE_UNITS)
        emit_columns(facts, form=output, units=SHAPE_UNITS, schema="cliffside.shapes")
    return 0
