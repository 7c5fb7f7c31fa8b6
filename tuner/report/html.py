"""The report: one HTML file that asks nothing of any other machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tuner.decision.recommend import Recommendation
from tuner.decision.totals import PlanTotals
from tuner.decision.words import at_most_percent, limit_in_words, number
from tuner.measure.host_fit import HostFit
from tuner.report.figures import (
    cliff_figure,
    fit_figure,
    front_figure,
    shapes_figure,
    timeline_figure,
)
from tuner.scenario import Scenario
from tuner.search.result import SearchResult
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import TrafficShapes
from tuner.units import tick_minutes

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_FRONT_ROWS = 60
MOST_EVENT_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """What a report is written from.

    Parameters
    ----------
    title : str
        The service's name.
    shapes : TrafficShapes [S]
        The load.
    result : SearchResult
        Every candidate.
    recommendation : Recommendation
        What to do, and why.
    host_fit : HostFit or None
        The load test's fit; None where the host was given.
    scenario : Scenario
        What all candidates shared.
    timelines : mapping of str to mapping of str to Trace
        Runs to draw tick by tick: by the shape's name, then by label.
    """

    title: str
    shapes: TrafficShapes
    result: SearchResult
    recommendation: Recommendation
    host_fit: HostFit | None
    scenario: Scenario
    timelines: Mapping[str, Mapping[str, Trace]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table in words; the first column names the row.

    Parameters
    ----------
    caption : str
        What it shows.
    head : tuple of str
        Names of the columns, with units.
    rows : tuple of tuple of str
        Cells.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def render_report(report: ReportInput) -> str:
    """Write the report.

    Parameters
    ----------
    report : ReportInput
        What it is written from.

    Returns
    -------
    str
        One HTML page that holds its script, style and figures; the same input, the same page.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    result, recommendation = report.result, report.recommendation
    figures = {
        "front": front_figure(result, recommendation),
        "shapes": shapes_figure(report.shapes),
        **_fit_figures(report.host_fit),
    }
    drawn = {name: Markup(_div(figure, name)) for name, figure in figures.items()}
    timelines = [
        {
            "shape": shape,
            "figure": Markup(
                _div(timeline_figure(traces, recommendation.limit_percent), f"timeline-{i}")
            ),
            "tables": [_events_table(trace, label) for label, trace in traces.items()],
        }
        for i, (shape, traces) in enumerate(report.timelines.items())
        if traces
    ]
    return environment.get_template("report.html.j2").render(
        title=report.title,
        recommendation=recommendation,
        plotly_js=Markup(get_plotlyjs()),
        figures=drawn,
        totals_table=_totals_table(recommendation),
        shapes_table=_shapes_table(report.shapes, recommendation),
        front_table=_front_table(result),
        timelines=timelines,
        basis=list(_basis(report)),
        warnings=list(_warnings(report.host_fit)),
    )


def _fit_figures(host_fit: HostFit | None) -> dict[str, go.Figure]:
    """Draw what was measured, where it was."""
    if host_fit is None:
        return {}
    line = {} if host_fit.line is None else {"fit": fit_figure(host_fit.line)}
    known = np.isfinite(host_fit.cliff.cpu_percent).any()
    return {**line, "cliff": cliff_figure(host_fit.cliff)} if known else line


def _div(figure: go.Figure, name: str) -> str:
    """Write a figure as a piece of the page that holds plotly's script already."""
    from plotly.io import to_html

    config = {
        "displaylogo": False,
        "responsive": True,
        "showSendToCloud": False,
        "plotlyServerURL": "",
    }
    return str(
        to_html(figure, config, include_plotlyjs=False, full_html=False, div_id=f"figure-{name}")
    )


def _plans(recommendation: Recommendation) -> Iterator[tuple[str, PlanTotals]]:
    """Give what there is to compare, in the order of the tables."""
    named = {
        "Today": recommendation.baseline,
        "Recommended": recommendation.recommended,
        "Cheapest": recommendation.cheapest,
        "Least bad": recommendation.least_bad,
        f"Fixed group of {recommendation.fixed_instances}": recommendation.fixed_group,
        "Clairvoyant bound": recommendation.clairvoyant,
    }
    return ((name, totals) for name, totals in named.items() if totals is not None)


def _totals_table(recommendation: Recommendation) -> Table:
    """Compare the plans' totals, weighted over the shapes."""
    return Table(
        "What each plan yields, weighted over the shapes; the peak is the worst of any shape",
        (
            "Plan",
            "Policy",
            "Host-minutes",
            "Mean CPU, %",
            "Worst peak CPU",
            "Minutes over the cliff",
            "Activities a day",
            "Shapes over the limit",
        ),
        tuple(
            (
                name,
                "–" if totals.plan is None else totals.plan.describe(),
                number(totals.weighted["host_minutes"], digits=0),
                number(totals.weighted["mean_cpu_percent"]),
                at_most_percent(totals.weighted["worst_peak_cpu_percent"]),
                number(totals.weighted["minutes_over_cliff"]),
                number(totals.weighted["activities_per_day"]),
                f"{len(totals.shapes_over_limit)} of {len(totals.shape_names)}",
            )
            for name, totals in _plans(recommendation)
        ),
    )


def _shapes_table(shapes: TrafficShapes, recommendation: Recommendation) -> Table:
    """Compare the plans on each shape."""
    rows = [
        (
            shape,
            number(float(shapes.weight[s]), digits=2),
            name,
            number(totals.outcomes.host_minutes[0, s], digits=0),
            number(totals.outcomes.mean_cpu_percent[0, s]),
            at_most_percent(totals.outcomes.peak_cpu_percent[0, s]),
            number(totals.outcomes.minutes_over_cliff[0, s]),
            number(totals.outcomes.peak_instances[0, s], digits=0),
        )
        for s, shape in enumerate(shapes.names)
        for name, totals in _plans(recommendation)
        if totals.plan is not None
    ]
    return Table(
        "What each plan yields on each shape",
        (
            "Shape",
            "Weight",
            "Plan",
            "Host-minutes",
            "Mean CPU, %",
            "Peak CPU",
            "Minutes over the cliff",
            "Most instances",
        ),
        tuple(rows),
    )


def _front_table(result: SearchResult) -> Table:
    """List the front of cost against peak CPU."""
    front, feasible = result.cost_front(), result.feasible()
    shown = np.unique(np.linspace(0, len(front) - 1, MOST_FRONT_ROWS).astype(np.int64))
    caption = "The front: no candidate is both cheaper and lower in peak CPU, the cheapest first"
    return Table(
        caption + _out_of(len(shown), len(front)),
        ("Policy", "Host-minutes", "Worst peak CPU", "Mean CPU, %", "Keeps to every limit"),
        tuple(
            (
                result.plan(c).describe(),
                number(result.host_minutes[c], digits=0),
                at_most_percent(result.worst_peak_cpu_percent[c]),
                number(result.mean_cpu_percent[c]),
                "yes" if feasible[c] else "no",
            )
            for c in front[shown].tolist()
        ),
    )


def _events_table(trace: Trace, label: str) -> Table:
    """List what happened in a run, with the reasons."""
    minutes = tick_minutes(trace.tick_seconds)
    shown = trace.events[:MOST_EVENT_ROWS]
    return Table(
        f"Events and actions, {label}" + _out_of(len(shown), len(trace.events)),
        ("Minute", "Kind", "Reason"),
        tuple((f"{event.tick * minutes:,g}", event.kind, event.words) for event in shown),
    )


def _out_of(shown: int, all_of_them: int) -> str:
    """Say that a table is shortened, where it is."""
    return "" if shown == all_of_them else f" ({shown:,} of {all_of_them:,} rows)"


def _basis(report: ReportInput) -> Iterator[str]:
    """Say what the numbers rest on."""
    host, result, fit = report.scenario.host, report.result, report.host_fit
    if fit is None:
        yield "The host's CPU line and cliff were given, not measured here."
    else:
        yield from _measured(fit)
    curve = (
        f"a table of {len(host.table)} knots"
        if host.table
        else f"{host.intercept_percent:.1f} % plus "
        f"{1000.0 * host.slope_percent_per_rpm:.4g} points for each 1,000 requests per minute"
    )
    yield f"CPU of one instance in the simulation: {curve}."
    limit = number(report.recommendation.limit_percent)
    yield f"Limit on peak CPU: {limit} % {limit_in_words(report.scenario)}."
    yield (
        f"{result.n_candidates:,} candidates ran on {len(report.shapes):,} shapes of "
        f"{number(result.n_minutes, digits=0)} minutes in all; "
        f"{report.recommendation.feasible_count:,} keep to every limit "
        f"(model version {result.model_version})."
    )
    for reason, count in result.left_out.items():
        yield f"Left out of the search: {count:,} ({reason})."


def _measured(fit: HostFit) -> Iterator[str]:
    """Say what the load test showed."""
    line = fit.line
    if line is not None:
        low, high = line.slope_interval_percent_per_rpm
        yield (
            f"CPU line from {line.n_rows:,} windows: {line.intercept_percent:.1f} % plus "
            f"{1000.0 * line.slope_percent_per_rpm:.4g} points for each 1,000 {line.predictor} "
            f"(95 % interval {1000.0 * low:.4g} to {1000.0 * high:.4g}); R² {line.r_squared:.3f}, "
            f"error on rows held out {line.held_out_rmse_percent:.1f} points."
        )
        yield line.linearity
    yield fit.cliff.sentence
    if fit.capacity:
        yield fit.capacity


def _warnings(fit: HostFit | None) -> Iterable[str]:
    """Collect what a reader should know, each once."""
    if fit is None:
        return ()
    line: tuple[str, ...] = () if fit.line is None else fit.line.warnings
    every = (*fit.load_test.warnings, *line, *fit.cliff.warnings)
    return tuple(dict.fromkeys(every))
