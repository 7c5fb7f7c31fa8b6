"""Runs minute by minute: load, CPU, instances, alarms and actions on one axis of time.

Notation: T tick.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tuner.report import palette
from tuner.report.looks import MARKS, add_limit, as_text, minutes_of, rows, styled, time_step
from tuner.simulation.trace import STATE_WORDS, Trace
from tuner.units import tick_minutes

if TYPE_CHECKING:
    import plotly.graph_objects as go

LETTERS = {name: letter for letter, (name, _) in MARKS.items()}
SPARE_COLOURS = (palette.RECOMMENDED, palette.CHEAPEST, palette.FEASIBLE, palette.LAUNCHING)
SYMBOLS = {
    ("activity", "scale_out"): "triangle-up",
    ("activity", "scale_in"): "triangle-down",
    ("schedule", "schedule"): "square",
}
REFUSED_SYMBOL = "x-thin-open"
ALARM = int(np.flatnonzero(STATE_WORDS == "ALARM")[0])


def timeline_figure(traces: Mapping[str, Trace], limit_percent: float | None = None) -> go.Figure:
    """Draw runs on one shape, tick by tick, one below the other.

    Parameters
    ----------
    traces : mapping of str to Trace
        Runs on one shape, by label; at least one. Those called ``today``, ``recommended``,
        ``cheapest`` and ``least bad`` have their colours, and today's is dotted.
    limit_percent : float or None
        Largest peak CPU allowed, percent.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces: the load, and for each run its CPU, instances in service, launching instances,
        alarms out and in, actions and refusals, with reasons in the hover.
    """
    lane_pixels = 20 * len(traces) * 2
    heights = (55.0, 135.0, 85.0, float(lane_pixels))
    figure = rows(4, heights=heights, gap=0.045)
    first = next(iter(traces.values()))
    minutes = minutes_of(len(first.rpm), first.tick_seconds)
    figure.add_scatter(
        x=minutes,
        y=first.rpm,
        name="load",
        mode="lines",
        line={"color": palette.MUTED, "width": 1.5},
        fill="tozeroy",
        fillcolor=palette.LOAD,
        hovertemplate="minute %{x:.4~g}: %{y:,.0f} rpm",
        showlegend=False,
        row=1,
        col=1,
    )
    for i, (label, trace) in enumerate(traces.items()):
        letter = LETTERS.get(label)
        colour = MARKS[letter][1] if letter else SPARE_COLOURS[i % len(SPARE_COLOURS)]
        dash = "dot" if letter == "T" and len(traces) > 1 else "solid"
        line = {"color": colour, "width": 2, "dash": dash}
        name = as_text(f"{letter} {label}" if letter else label)
        _add_run(figure, trace, name=name, line=line)
        _add_lanes(figure, trace, lane=as_text(letter or label), colour=colour)
    peaks = [float(np.nanmax(trace.cpu_percent, initial=0.0)) for trace in traces.values()]
    top = 1.08 * max([*peaks, limit_percent or 0.0, 1.0])
    if limit_percent is not None:
        add_limit(figure, limit_percent, top=top, row=2, col=1)
    figure.update_yaxes(title="Load, rpm", rangemode="tozero", nticks=4, row=1, col=1)
    figure.update_yaxes(title="CPU, %", range=[0, top], row=2, col=1)
    figure.update_yaxes(title="Instances", rangemode="tozero", nticks=5, row=3, col=1)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False, row=4, col=1)
    figure.update_xaxes(range=[0, float(minutes[-1]) + tick_minutes(first.tick_seconds)])
    figure.update_xaxes(dtick=time_step(float(minutes[-1])))
    figure.update_xaxes(title="Minutes", row=4, col=1)
    return styled(figure, height=round(sum(heights)) + 130)


def trace_figure(
    trace: Trace, *, label: str = "run", limit_percent: float | None = None
) -> go.Figure:
    """Draw one run tick by tick: `timeline_figure` of a single trace.

    Parameters
    ----------
    trace : Trace
        The run.
    label : str
        What it is called.
    limit_percent : float or None
        Largest peak CPU allowed, percent.
    """
    return timeline_figure({label: trace}, limit_percent)


def _add_run(figure: go.Figure, trace: Trace, *, name: str, line: dict[str, Any]) -> None:
    """Add CPU, instances in service and launches of one run."""
    minutes = minutes_of(len(trace.rpm), trace.tick_seconds)
    figure.add_scatter(
        x=minutes,
        y=trace.cpu_percent,
        name=name,
        mode="lines",
        line=line,
        legendgroup=name,
        hovertemplate="minute %{x:.4~g}: %{y:.1f} %",
        row=2,
        col=1,
    )
    figure.add_scatter(
        x=minutes,
        y=trace.in_service,
        name=name,
        mode="lines",
        line=line | {"shape": "hv"},
        legendgroup=name,
        showlegend=False,
        hovertemplate="minute %{x:.4~g}: %{y} in service",
        row=3,
        col=1,
    )
    launching = trace.pending > 0
    figure.add_scatter(
        x=minutes[launching],
        y=(trace.in_service + trace.pending)[launching],
        name="with those launching",
        mode="markers",
        marker={"color": palette.LAUNCHING, "size": 4, "symbol": "line-ew-open"},
        legendgroup="launching",
        showlegend=False,
        hovertemplate="minute %{x:.4~g}: %{y} with those launching",
        row=3,
        col=1,
    )


def _add_lanes(figure: go.Figure, trace: Trace, *, lane: str, colour: str) -> None:
    """Add two lanes of one run: when its alarms stood, and what was done or refused."""
    for word, states, alarm_colour in (
        ("out", trace.scale_out_state, palette.CLIFF),
        ("in", trace.scale_in_state, palette.SCALE_IN),
    ):
        x = _spans(states == ALARM, tick_minutes(trace.tick_seconds))
        figure.add_scatter(
            x=x,
            y=[f"{lane} alarms"] * len(x),
            name=f"alarm {word}",
            mode="lines",
            line={"color": alarm_colour, "width": 8},
            legendgroup=f"alarm {word}",
            showlegend=False,
            hovertemplate=f"alarm {word} stands at minute %{{x:.4~g}}",
            row=4,
            col=1,
        )
    events = [event for event in trace.events if event.kind != "alarm"]
    figure.add_scatter(
        x=[event.tick * tick_minutes(trace.tick_seconds) for event in events],
        y=[f"{lane} actions"] * len(events),
        name="actions",
        mode="markers",
        marker={
            "color": [
                colour if (event.kind, event.actor) in SYMBOLS else palette.MUTED
                for event in events
            ],
            "size": [10 if (event.kind, event.actor) in SYMBOLS else 6 for event in events],
            "symbol": [SYMBOLS.get((event.kind, event.actor), REFUSED_SYMBOL) for event in events],
        },
        hovertext=[as_text(event.words) for event in events],
        hovertemplate="minute %{x:.4~g}: %{hovertext}",
        showlegend=False,
        row=4,
        col=1,
    )


def _spans(stands: NDArray[np.bool_], minutes: float) -> list[float | None]:
    """Give where runs of ticks begin and end, in minutes, with a gap after each."""
    return [x for a, b in runs_of(stands) for x in (a * minutes, b * minutes, None)]


def runs_of(stands: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Give the runs of ticks in which something stands: the first tick, and the one after the last.

    Examples
    --------
    >>> runs_of(np.array([True, False, True, True]))
    [(0, 1), (2, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], stands, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
