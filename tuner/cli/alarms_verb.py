"""The verb that tries alarms on a recorded metric: delay against false alarms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tuner.cli.alarms_input import (
    duration_seconds,
    read_lattice,
    read_marked,
    read_metric,
)
from tuner.cli.emit import emit_json, emit_rows
from tuner.cli.options import file_option, output_option, settings, state_settings, talk_settings
from tuner.cli.out_file import check_out_file

if TYPE_CHECKING:
    from tuner.cli.show import Block
    from tuner.deployment.alarms import Backtest

ALARM_UNITS = {
    "comparison_operator": "",
    "threshold": "",
    "datapoints_to_alarm": "1",
    "evaluation_periods": "1",
    "period_seconds": "s",
    "firings": "1",
    "false_alarms": "1",
    "false_alarms_per_week": "1",
    "caught": "1",
    "missed": "1",
    "mean_delay_minutes": "min",
    "alarm_minutes_outside": "min",
    "on_front": "",
}
"""Columns of the alarms that were tried, with their units; a threshold has the metric's own."""

DIRECTIONS = ("both", "above", "below")
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


@click.command()
@file_option("--series", help="A recorded series: CSV or Parquet, one row for each time.")
@click.option("--column", help="Column of the values, where --series has several.")
@click.option("--time-column", help="Column of the times, where --series has several.")
@click.option("--time-zone", help="Zone of times that name none, such as Europe/Prague.")
@click.option("--metric", help="NAMESPACE:NAME of a metric in the archive, in place of --series.")
@click.option("--dimension", "dimensions", multiple=True, help="NAME=VALUE of that metric.")
@click.option("--data-period", type=int, default=60, help="Its datapoints, seconds; default 60.")
@click.option("--from", "begin", help="First time of that metric; else all that is held.")
@click.option("--to", "end", help="End of that time.")
@click.option("--statistic", default="Average", help="Of that metric, and of longer periods.")
@click.option("--incident", "marked", multiple=True, help="START/END of an incident.")
@file_option("--incidents", help="JSON file of incidents.")
@click.option("--early", default="30m", help="An alarm counts so long before a mark; default 30m.")
@click.option("--direction", type=click.Choice(DIRECTIONS), default="both", help="Of thresholds.")
@click.option("--or-equal", is_flag=True, help="A value on the threshold breaches too.")
@click.option("--thresholds", help="Such as 50,60,75 or 50:95:5; else from the values.")
@click.option("--windows", help="M/N, such as 1/1,2/3,5/5; else every M of 1, 2, 3, 5 and 10.")
@click.option("--period", help="Period of the alarms, such as 5m; else the data's own.")
@click.option("--missing", type=click.Choice(TREATMENTS), default="missing", help="Missing data.")
@click.option("--metric-delay", default="60s", help="Until alarms see a datapoint; default 60s.")
@file_option("--plot", help="Draw delay against false alarms to this file, .html.")
@output_option("json", "csv")
@state_settings
@talk_settings
def alarms(*, output: str, plot: Path | None, **given: Any) -> int:
    """Try alarms on a recorded metric: how late they come, and how often for nothing."""
    from tuner.cli.progress import progress_bar
    from tuner.deployment.alarms import backtest

    check_out_file(plot, ".html", option="--plot")
    metric = read_metric(given)
    incidents, notes = read_marked(metric, given["marked"], given["incidents"])
    if plot is not None and not incidents:
        raise click.UsageError("--plot draws delays: mark an incident with --incident.")
    lattice = read_lattice(metric, given)
    for note in (*metric.notes, *notes):
        settings().say(f"Note: {note}")
    early = duration_seconds(given["early"], "--early")
    quiet = settings().quiet
    with nullcontext() if quiet else progress_bar("Alarms", unit="datapoints") as progress:
        if progress is not None:
            progress.expect(len(lattice) * len(metric.values))
        tried = backtest(metric, lattice, incidents, early_seconds=early, progress=progress)
    if plot is not None:
        from tuner.report.alarms import render_alarms
        from tuner.store.files import write_text

        write_text(plot, render_alarms(tried))
        settings().say(f"Written: {plot}")
    _emit(tried, output, (*metric.notes, *notes))
    return 0


def _emit(tried: Backtest, output: str, notes: tuple[str, ...]) -> None:
    """Print the answer: in words with the front, as JSON, or every alarm as CSV."""
    from tuner.deployment.alarms_words import answers

    if output == "csv":
        emit_rows(tried.rows(), names=ALARM_UNITS)
    elif output == "json":
        metric, lattice = tried.metric, tried.lattice
        emit_json(
            {
                "schema": "cliffside.alarms/1",
                "source": metric.source,
                "begin": metric.at(metric.begin),
                "end": metric.at(metric.end),
                "step_seconds": metric.step_seconds,
                "n_datapoints": len(metric.values),
                "n_missing": metric.missing,
                "period_seconds": lattice.period_seconds,
                "statistic": lattice.statistic,
                "treat_missing_data": lattice.treat_missing_data,
                "metric_delay_seconds": lattice.metric_delay_seconds,
                "early_seconds": tried.early_seconds,
                "incidents": [
                    {"name": i.name, "begin": metric.at(i.begin), "end": metric.at(i.end)}
                    for i in tried.incidents
                ],
                "answers": dict(answers(tried)),
                "alarms": [
                    row | {"delay_minutes": tried.delays_minutes(a)}
                    for a, row in enumerate(tried.rows())
                ],
                "notes": list(notes),
            }
        )
    else:
        from tuner.cli.show import show

        show(_words(tried))


def _words(tried: Backtest) -> Iterator[Block]:
    """Say what was tried, the answers, and the front."""
    from tuner.cli.show import Facts
    from tuner.deployment.alarms_words import answers
    from tuner.report.alarms import front_table
    from tuner.units import format_duration

    metric, count = tried.metric, len(tried.incidents)
    yield (
        f"{len(tried):,} alarms on {len(metric.values):,} datapoints of "
        f"{format_duration(metric.step_seconds)} of {metric.source}, "
        f"{count} incident{'' if count == 1 else 's'}"
    )
    yield Facts(answers(tried))
    if count:
        yield front_table(tried)
