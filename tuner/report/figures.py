"""One function per record: what was measured, asked and found, as figures.

Notation: C candidate, S shape, T tick. Every text that stems from data is escaped, as plotly reads
a few tags in texts; every kind of trace is drawn as SVG, so that figures print.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tuner.decision.recommend import Recommendation
from tuner.measure.cliff import Cliff
from tuner.measure.fit_report import FitReport
from tuner.search.result import SearchResult
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import TrafficShapes
from tuner.units import tick_minutes

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_CLOUD_POINTS = 4_000

BLUE, ORANGE, GREEN, RED, GREY = "#2b7bba", "#d9722e", "#2e9960", "#c8323c", "#8a8a8a"
COLOURS = (BLUE, ORANGE, GREEN, "#8e63b8", "#b58a1b")
GRID = "rgba(128, 128, 128, 0.25)"
SYMBOLS = {
    "activity": "circle",
    "schedule": "square",
    "refused": "x",
    "held": "line-ns-open",
    "alarm": "triangle-up",
}


def fit_figure(line: FitReport) -> go.Figure:
    """Draw the CPU line through its points, with the residuals below.

    Parameters
    ----------
    line : FitReport
        The fit of a load test.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces: points used, points not used, line, residuals.
    """
    figure = _rows(2, heights=(0.7, 0.3))
    for name, chosen, colour in (("used", line.used, BLUE), ("not used", ~line.used, GREY)):
        figure.add_scatter(
            x=line.rpm[chosen],
            y=line.cpu_percent[chosen],
            name=name,
            mode="markers",
            marker={"color": colour, "size": 6},
            row=1,
            col=1,
        )
    if line.table:
        x, y = np.array(line.table).T
    else:
        x = np.array([line.valid_from_rpm, line.valid_up_to_rpm])
        y = line.intercept_percent + line.slope_percent_per_rpm * x
    figure.add_scatter(x=x, y=y, name="fit", mode="lines", line={"color": ORANGE}, row=1, col=1)
    figure.add_scatter(
        x=line.rpm[line.used],
        y=line.residual_percent[line.used],
        name="residual",
        mode="markers",
        marker={"color": BLUE, "size": 5},
        showlegend=False,
        row=2,
        col=1,
    )
    figure.add_hline(y=0.0, line={"color": GREY, "width": 1}, row=2, col=1)
    figure.update_yaxes(title="CPU, %", row=1, col=1)
    figure.update_yaxes(title="Residual, points", row=2, col=1)
    figure.update_xaxes(title="Requests per minute per instance", row=2, col=1)
    return _styled(figure, height=520)


def cliff_figure(cliff: Cliff) -> go.Figure:
    """Draw latency against CPU, with the interval of the cliff as a band.

    Parameters
    ----------
    cliff : Cliff
        Where latency breaks. Where that was found along the load, its curve is over requests, and
        is left out here.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces: points, and the fitted curve where it is over CPU.
    """
    figure = _rows(1)
    figure.add_scatter(
        x=cliff.cpu_percent,
        y=cliff.latency_p95_ms,
        name="measured",
        mode="markers",
        marker={"color": BLUE, "size": 6},
    )
    if cliff.detected_along == "cpu" and cliff.fitted_x.size:
        figure.add_scatter(
            x=cliff.fitted_x,
            y=cliff.fitted_latency_ms,
            name="fit",
            mode="lines",
            line={"color": ORANGE},
        )
    if cliff.interval_percent is not None:
        low, high = cliff.interval_percent
        figure.add_vrect(x0=low, x1=high, fillcolor=RED, opacity=0.15, line_width=0)
        figure.add_vline(
            x=low,
            line={"color": RED, "dash": "dash"},
            annotation_text=f"cliff {low:.1f} %",
            annotation_position="top left",
        )
    figure.update_xaxes(title="CPU, %")
    figure.update_yaxes(title="Latency p95, ms", type="log")
    return _styled(figure)


def shapes_figure(shapes: TrafficShapes) -> go.Figure:
    """Draw the load of every shape.

    Parameters
    ----------
    shapes : TrafficShapes [S]
        The load.

    Returns
    -------
    plotly.graph_objects.Figure
        One trace for each shape.
    """
    figure = _rows(1)
    for s, name in enumerate(shapes.names):
        rpm = shapes.rpm_of(s)
        figure.add_scatter(
            x=_minutes(len(rpm), shapes.tick_seconds),
            y=rpm,
            name=escape(name),
            mode="lines",
            line={"width": 1.5},
        )
    figure.update_xaxes(title="Time, minutes")
    figure.update_yaxes(title="Load, requests per minute", rangemode="tozero")
    return _styled(figure, showlegend=True)


def front_figure(result: SearchResult, recommendation: Recommendation) -> go.Figure:
    """Draw what every candidate costs against how close it comes to the limit.

    Parameters
    ----------
    result : SearchResult
        Every candidate; the cloud is thinned evenly to at most `MOST_CLOUD_POINTS`.
    recommendation : Recommendation
        Gives the plans that are marked: T today, R recommended, C cheapest, L least bad.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces: cloud, front, and one for each marked plan.
    """
    figure = _rows(1)
    n_drawn = min(result.n_candidates, MOST_CLOUD_POINTS)
    cloud = np.linspace(0, result.n_candidates - 1, n_drawn).astype(np.int64)
    knobs = result.parameters()
    names = ("scale_out_threshold_percent", "scale_out_adjustment")
    for name, rows, look in (
        ("candidates", cloud, {"mode": "markers", "marker": {"color": GREY, "size": 4}}),
        ("front", result.cost_front(), {"mode": "lines+markers", "line": {"color": BLUE}}),
    ):
        figure.add_scatter(
            x=result.host_minutes[rows],
            y=result.worst_peak_cpu_percent[rows],
            name=name,
            customdata=np.column_stack([knobs[knob][rows] for knob in names]),
            hovertemplate="scale out by %{customdata[1]} above %{customdata[0]:.4~g} %<br>"
            "%{x:,.0f} host-minutes, peak %{y:.1f} %",
            **look,
        )
    marked = (
        ("T", "today", recommendation.baseline, ORANGE),
        ("R", "recommended", recommendation.recommended, GREEN),
        ("C", "cheapest", recommendation.cheapest, "#8e63b8"),
        ("L", "least bad", recommendation.least_bad, RED),
    )
    for letter, name, totals, colour in marked:
        if totals is not None:
            figure.add_scatter(
                x=[totals.weighted["host_minutes"]],
                y=[totals.weighted["worst_peak_cpu_percent"]],
                name=f"{letter}: {name}",
                mode="markers+text",
                text=[letter],
                textposition="top center",
                textfont={"size": 16},
                marker={"color": colour, "size": 13, "symbol": "diamond"},
            )
    _limit_line(figure, recommendation.limit_percent)
    figure.update_xaxes(title="Host-minutes (← cheaper)")
    figure.update_yaxes(title="Worst peak CPU, % (safer down)")
    return _styled(figure, height=520)


def timeline_figure(traces: Mapping[str, Trace], limit_percent: float) -> go.Figure:
    """Draw runs on one shape, tick by tick, one below the other.

    Parameters
    ----------
    traces : mapping of str to Trace
        Runs on one shape, by label; at least one.
    limit_percent : float
        Largest peak CPU allowed, percent.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces: the load, and for each run its CPU, instances and events, reasons in the hover.
    """
    figure = _rows(4, heights=(0.2, 0.35, 0.25, 0.2))
    first = next(iter(traces.values()))
    figure.add_scatter(
        x=_minutes(len(first.rpm), first.tick_seconds),
        y=first.rpm,
        name="load",
        mode="lines",
        line={"color": GREY},
        row=1,
        col=1,
    )
    for i, (label, trace) in enumerate(traces.items()):
        _add_run(figure, trace, label=escape(label), colour=COLOURS[i % len(COLOURS)])
    _limit_line(figure, limit_percent, row=2, col=1)
    titles = ("Load, rpm", "CPU, %", "Instances in service", "Events")
    for row, title in enumerate(titles, start=1):
        figure.update_yaxes(title=title, row=row, col=1)
    figure.update_yaxes(rangemode="tozero", row=3, col=1)
    figure.update_xaxes(title="Time, minutes", row=4, col=1)
    return _styled(figure, height=760)


def _add_run(figure: go.Figure, trace: Trace, *, label: str, colour: str) -> None:
    """Add CPU, instances and events of one run to a timeline."""
    minutes = _minutes(len(trace.rpm), trace.tick_seconds)
    look: dict[str, Any] = {"legendgroup": label, "col": 1}
    line = {"mode": "lines", "line": {"color": colour}}
    figure.add_scatter(x=minutes, y=trace.cpu_percent, name=label, row=2, **line, **look)
    figure.add_scatter(
        x=minutes,
        y=trace.in_service,
        name=label,
        showlegend=False,
        mode="lines",
        line={"color": colour, "shape": "hv"},
        row=3,
        **look,
    )
    figure.add_scatter(
        x=[event.tick * tick_minutes(trace.tick_seconds) for event in trace.events],
        y=[label] * len(trace.events),
        name=label,
        showlegend=False,
        mode="markers",
        marker={
            "color": colour,
            "size": 8,
            "symbol": [SYMBOLS.get(event.kind, "diamond") for event in trace.events],
        },
        hovertext=[escape(event.words) for event in trace.events],
        hovertemplate="minute %{x:.4~g}: %{hovertext}",
        row=4,
        **look,
    )


def _limit_line(figure: go.Figure, limit_percent: float, **place: int) -> None:
    """Add the limit on peak CPU."""
    figure.add_hline(
        y=limit_percent,
        line={"color": RED, "dash": "dash"},
        annotation_text=f"limit {limit_percent:.1f} %",
        annotation_position="top left",
        **place,
    )


def _minutes(n_ticks: int, tick_seconds: int) -> NDArray[np.float64]:
    """Give the minute that each tick begins at."""
    return np.arange(n_ticks, dtype=np.float64) * tick_minutes(tick_seconds)


def _rows(count: int, *, heights: tuple[float, ...] | None = None) -> go.Figure:
    """Make a figure of rows that share the axis across."""
    from plotly.subplots import make_subplots

    return make_subplots(
        rows=count, cols=1, shared_xaxes=True, row_heights=heights, vertical_spacing=0.05
    )


def _styled(figure: go.Figure, *, height: int = 420, **layout: Any) -> go.Figure:
    """Give every figure the same plain look, on whatever the page's background is."""
    figure.update_layout(
        template="none",
        height=height,
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        font={"family": "system-ui, sans-serif", "size": 13},
        margin={"l": 80, "r": 20, "t": 50, "b": 60},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        hoverlabel={"bgcolor": "#ffffff", "font": {"color": "#1c1c1c"}, "namelength": -1},
        **layout,
    )
    figure.update_xaxes(gridcolor=GRID, zeroline=False, automargin=True)
    figure.update_yaxes(gridcolor=GRID, zeroline=False, automargin=True)
    return figure
