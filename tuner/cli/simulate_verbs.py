"""The verbs on one plan: its totals on every shape, and one run as a timeline in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuner.cli.emit import columns_of, emit_columns, emit_json
from tuner.cli.jobs import plan_to_run, tell_of_compilation
from tuner.cli.options import (
    config_option,
    file_option,
    number_option,
    output_option,
    plan_option,
    run_settings,
    settings,
)

if TYPE_CHECKING:
    from tuner.simulation.explain import Event
    from tuner.simulation.trace import Trace

MOST_EVENTS = 60
"""Events that `explain` tells unless all are asked for: a day may have a thousand."""
EVENT_UNITS = {"minute": "min", "last_minute": "min", "kind": "", "actor": "", "words": ""}
"""Columns of the table of events with their units."""


@click.command()
@config_option
@plan_option
@click.option("--shape", help="Name of one shape; else all.")
@file_option("--trace", help="Write every tick to this file, .csv or .parquet.")
@output_option("json", "csv", "parquet")
@run_settings
def simulate(
    config: Path, plan: Path | None, shape: str | None, trace: Path | None, output: str
) -> int:
    """Run one plan on every shape of a job and give its totals."""
    if trace is not None:
        _check_ending(trace, ".csv", ".parquet", option="--trace")
    from tuner.plan_json import plan_to_json
    from tuner.simulation import run
    from tuner.simulation.billing import plan_usd
    from tuner.simulation.outcomes import TOTALS

    job_plan, scenario, made = plan_to_run(config, plan)
    chosen = range(len(made)) if shape is None else [made.index(shape)]
    tell_of_compilation("simulate_each", *(() if trace is None else ("trace_run",)))
    outcomes = run.simulate_plans([job_plan], scenario, made)
    usd = plan_usd(job_plan, scenario, made, outcomes)
    rows = [
        {
            "shape": made.names[s],
            **outcomes.of(0, s),
            **({} if usd is None else {"usd": usd[s].item()}),
            "status": int(outcomes.status[0, s]),
        }
        for s in chosen
    ]
    if trace is not None:
        _write_traces(trace, [run.trace(job_plan, scenario, made, s) for s in chosen])
        settings().say(f"Written: {trace}")
    if output == "json":
        emit_json(
            {
                "schema": "cliffside.simulate/1",
                "plan": plan_to_json(job_plan),
                "description": job_plan.describe(),
                "shapes": rows,
            }
        )
    elif output == "table":
        from tuner.cli.show import show
        from tuner.cli.words import totals_words

        show(totals_words(rows, job_plan.describe()))
    else:
        money = {} if usd is None else {"usd": "USD"}
        units = {"shape": "", **TOTALS, **money, "status": "1"}
        emit_columns(columns_of(rows, units), form=output, units=units, schema="cliffside.totals")
    return 0


@click.command()
@config_option
@plan_option
@click.option("--shape", help="Name of the shape; else the first.")
@number_option("--from", "begin", help="First minute to tell.")
@number_option("--to", "end", help="Last minute to tell.")
@click.option("--all", "everything", is_flag=True, help=f"Tell more than {MOST_EVENTS} events.")
@file_option("--plot", help="Draw the run to this file, .html.")
@output_option("json", "csv", "parquet")
@run_settings
def explain(
    *,
    config: Path,
    plan: Path | None,
    shape: str | None,
    begin: float | None,
    end: float | None,
    everything: bool,
    plot: Path | None,
    output: str,
) -> int:
    """Tell one run as a timeline in words: every action, and why there was none."""
    if begin is not None and end is not None and begin > end:
        raise click.UsageError(f"--from {begin:g} is above --to {end:g}: exchange them.")
    if plot is not None:
        _check_ending(plot, ".html", option="--plot")
    from tuner.plan_json import plan_to_json
    from tuner.simulation import run

    job_plan, scenario, made = plan_to_run(config, plan)
    chosen = 0 if shape is None else made.index(shape)
    tell_of_compilation("trace_run")
    story = run.trace(job_plan, scenario, made, chosen)
    if plot is not None:
        title = f"{job_plan.describe()}, on {story.shape_name}"
        _write_plot(plot, story, title=title, limit_percent=scenario.limit_percent)
        settings().say(f"Written: {plot}")
    events = _rows(story, begin=begin, end=end)
    if output == "json":
        emit_json(
            {
                "schema": "cliffside.explain/1",
                "plan": plan_to_json(job_plan),
                "description": job_plan.describe(),
                "shape": story.shape_name,
                "tick_seconds": story.tick_seconds,
                "totals": dict(story.totals),
                "events": events,
            }
        )
    elif output == "table":
        click.echo(f"{job_plan.describe()}, on {story.shape_name}")
        click.echo("\n".join(_lines(events, everything=everything)))
    else:
        columns = columns_of(events, EVENT_UNITS)
        emit_columns(columns, form=output, units=EVENT_UNITS, schema="cliffside.events")
    return 0


def _rows(story: Trace, *, begin: float | None, end: float | None) -> list[dict[str, str | float]]:
    """Give the events that touch the minutes asked for."""
    minutes = story.tick_seconds / 60

    def touches(event: Event) -> bool:
        after = begin is None or (event.last_tick + 1) * minutes > begin
        return after and (end is None or event.tick * minutes <= end)

    return [
        {
            "minute": event.tick * minutes,
            "last_minute": event.last_tick * minutes,
            "kind": event.kind,
            "actor": event.actor,
            "words": event.words,
        }
        for event in story.events
        if touches(event)
    ]


def _lines(events: Sequence[dict[str, str | float]], *, everything: bool) -> list[str]:
    """Tell events, one a line; where there are many, how many there are and how to see them."""
    shown = events if everything else events[:MOST_EVENTS]
    lines = [f"minute {event['minute']:>6g}  {event['words']}" for event in shown]
    counts = Counter(str(event["kind"]) for event in events)
    summary = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items()))
    if not events:
        return ["Nothing happened."]
    if len(shown) < len(events):
        more = len(events) - len(shown)
        lines.append(f"… {more:,} more events: choose with --from and --to, or give --all.")
    return [*lines, f"{len(events):,} events: {summary}"]


def _write_traces(path: Path, traces: Sequence[Trace]) -> None:
    """Write the per-tick table of runs, as CSV or Parquet by the file's ending."""
    from tuner.simulation.outcomes import MODEL_VERSION
    from tuner.simulation.trace_table import TRACE_UNITS, trace_table
    from tuner.store.csv_files import write_csv
    from tuner.store.files import write_parquet

    table = trace_table(traces)
    if path.suffix.lower() == ".csv":
        write_csv(path, table)
        return
    write_parquet(
        path, table, units=TRACE_UNITS, schema="cliffside.trace", model_version=MODEL_VERSION
    )


def _write_plot(path: Path, story: Trace, *, title: str, limit_percent: float) -> None:
    """Draw a run as one HTML file that asks nothing of another machine."""
    from tuner.report.html import render_timeline
    from tuner.store.files import write_text

    traces = {story.shape_name: story}
    write_text(path, render_timeline(traces, title=title, limit_percent=limit_percent))


def _check_ending(path: Path, *endings: str, option: str) -> None:
    """Refuse a file whose ending does not say what to write."""
    if path.suffix.lower() not in endings:
        raise click.BadParameter(
            f"expected a file that ends in {' or '.join(endings)}, got {str(path)!r}. "
            "The ending chooses the form.",
            param_hint=f"'{option}'",
        )
