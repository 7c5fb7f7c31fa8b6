"""The traffic shapes of a job, as a figure.

Notation: S shape, T tick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuner.report import palette
from tuner.report.looks import as_text, minutes_of, rows, short_name, styled, time_step
from tuner.traffic.shapes import TrafficShapes

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_PANELS = 12


def shapes_figure(shapes: TrafficShapes) -> go.Figure:
    """Draw the load of every shape: a few side by side, many over each other.

    Parameters
    ----------
    shapes : TrafficShapes [S]
        The load.

    Returns
    -------
    plotly.graph_objects.Figure
        One trace for each shape.
    """
    if len(shapes) > MOST_PANELS:
        return _shapes_over_each_other(shapes)
    from plotly.subplots import make_subplots

    n_columns = min(2, len(shapes))
    n_rows = -(-len(shapes) // n_columns)
    figure = make_subplots(
        rows=n_rows,
        cols=n_columns,
        shared_yaxes="all",
        subplot_titles=[short_name(name) for name in shapes.names],
        vertical_spacing=0.36 / n_rows,
        horizontal_spacing=0.06,
    )
    figure.update_annotations(font={"size": 12, "color": palette.MUTED})
    for s, name in enumerate(shapes.names):
        row, column = divmod(s, n_columns)
        place = {"row": row + 1, "col": column + 1}
        rpm = shapes.rpm_of(s)
        minutes = minutes_of(len(rpm), shapes.tick_seconds)
        _add_load(figure, shapes, s, name=name, fill="tozeroy", fillcolor=palette.LOAD, **place)
        figure.update_xaxes(dtick=time_step(float(minutes[-1]), most=4), **place)
        if row + 1 == n_rows or s + n_columns >= len(shapes):
            figure.update_xaxes(title="Minutes", **place)
    figure.update_yaxes(rangemode="tozero", nticks=4)
    figure.update_yaxes(title="rpm", col=1)
    return styled(figure, height=70 + 125 * n_rows, showlegend=False)


def _shapes_over_each_other(shapes: TrafficShapes) -> go.Figure:
    """Draw many shapes as thin lines on one pair of axes."""
    figure = rows(1)
    for s, name in enumerate(shapes.names):
        _add_load(figure, shapes, s, name=name, opacity=0.5)
    longest = minutes_of(int(shapes.n_ticks.max()), shapes.tick_seconds)
    figure.update_xaxes(title="Minutes", dtick=time_step(float(longest[-1])))
    figure.update_yaxes(title="Load, requests per minute", rangemode="tozero")
    return styled(figure, height=340, showlegend=False)


def _add_load(figure: go.Figure, shapes: TrafficShapes, s: int, *, name: str, **look: Any) -> None:
    """Add the load of shape s to a figure."""
    rpm = shapes.rpm_of(s)
    figure.add_scatter(
        x=minutes_of(len(rpm), shapes.tick_seconds),
        y=rpm,
        name=as_text(name),
        mode="lines",
        line={"width": 1.2, "color": palette.TODAY},
        hovertemplate="minute %{x:.4~g}: %{y:,.0f} rpm",
        **look,
    )
