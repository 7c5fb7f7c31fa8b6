"""Predicted and observed side by side: the figure, and its page.

Notation: T minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tuner.deployment.verify_json import stamp
from tuner.deployment.verify_record import Verification
from tuner.report import palette
from tuner.report.looks import add_limit, rows, styled, time_step
from tuner.report.page import write_page
from tuner.report.verification_tables import changes_table, verification_table

if TYPE_CHECKING:
    import plotly.graph_objects as go

FloatArray = NDArray[np.float64]

OBSERVED, PREDICTED = "observed", "predicted"
COLOURS = {OBSERVED: palette.TODAY, PREDICTED: palette.RECOMMENDED}
SYMBOLS = {"scale_out": "triangle-up", "scale_in": "triangle-down"}


def verification_figure(verification: Verification) -> go.Figure:
    """Draw what was predicted over what was observed, minute by minute.

    Parameters
    ----------
    verification : Verification
        Both sides.

    Returns
    -------
    plotly.graph_objects.Figure
        Load, CPU with the limit, instances in service, latency where it was recorded, and the
        activities of both.
    """
    history, prediction = verification.history, verification.prediction
    has_latency = bool(np.isfinite(history.latency_p95_ms).any())
    heights = (90.0, 190.0, 130.0, *((110.0,) if has_latency else ()), 70.0)
    figure = rows(len(heights), heights=heights, gap=0.045)
    minutes = np.arange(len(history), dtype=np.float64)
    figure.add_scatter(
        x=minutes,
        y=history.requests,
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
    sides = {
        OBSERVED: (history.cpu_percent, verification.instances),
        PREDICTED: (prediction.group_cpu_percent, prediction.in_service),
    }
    for side, (cpu, instances) in sides.items():
        _add_lines(figure, minutes, cpu, side=side, row=2, words="%{y:.1f} %")
        _add_lines(figure, minutes, instances, side=side, row=3, words="%{y:.2~f} in service")
    limit = verification.scenario.limit_percent
    peaks = [float(np.nanmax(cpu, initial=0.0)) for cpu, _ in sides.values()]
    top = 1.08 * max(*peaks, limit, 1.0)
    add_limit(figure, limit, top=top, row=2, col=1)
    last = len(heights)
    if has_latency:
        _add_latency(figure, verification, minutes)
    _add_changes(figure, verification, row=last)
    figure.update_yaxes(title="Load, rpm", rangemode="tozero", nticks=4, row=1, col=1)
    figure.update_yaxes(title="CPU, %", range=[0, top], row=2, col=1)
    figure.update_yaxes(title="Instances", rangemode="tozero", nticks=5, row=3, col=1)
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=[PREDICTED, OBSERVED],
        showgrid=False,
        row=last,
        col=1,
    )
    figure.update_xaxes(range=[0, len(history)], dtick=time_step(float(len(history))))
    figure.update_xaxes(title=f"Minutes from {stamp(history.begin)}", row=last, col=1)
    return styled(figure, height=round(sum(heights)) + 170)


def render_verification(verification: Verification) -> str:
    """Write a page that holds the figure and the tables of a verification.

    Parameters
    ----------
    verification : Verification
        What it shows.
    """
    return write_page(
        "verification.html.j2",
        {"verification": verification_figure(verification)},
        title=f"{verification.service}: predicted and observed",
        verdict=verification.verdict,
        plan=verification.plan.describe(),
        reasons=verification.reasons,
        notes=verification.history.notes,
        tables=[verification_table(verification), changes_table(verification)],
    )


def _add_lines(
    figure: go.Figure, minutes: FloatArray, values: FloatArray, *, side: str, row: int, words: str
) -> None:
    """Add one side of CPU or instances."""
    line = {"color": COLOURS[side], "width": 2, "dash": "dot" if side == OBSERVED else "solid"}
    if row == 3:
        line["shape"] = "hv"
    figure.add_scatter(
        x=minutes,
        y=values,
        name=side,
        mode="lines",
        line=line,
        legendgroup=side,
        showlegend=row == 2,
        connectgaps=False,
        hovertemplate=f"minute %{{x:.4~g}}: {words}",
        row=row,
        col=1,
    )


def _add_latency(figure: go.Figure, verification: Verification, minutes: FloatArray) -> None:
    """Add observed p95 and the load test's base."""
    figure.add_scatter(
        x=minutes,
        y=verification.history.latency_p95_ms,
        name="p95",
        mode="lines",
        line={"color": COLOURS[OBSERVED], "width": 1},
        showlegend=False,
        hovertemplate="minute %{x:.4~g}: %{y:.1f} ms",
        row=4,
        col=1,
    )
    base = verification.answers.base_latency_ms
    if base is not None:
        figure.add_hline(
            y=base, line={"color": palette.MUTED, "width": 1, "dash": "dash"}, row=4, col=1
        )
    figure.update_yaxes(title="p95, ms", rangemode="tozero", nticks=4, row=4, col=1)


def _add_changes(figure: go.Figure, verification: Verification, *, row: int) -> None:
    """Add a lane of activities for each side."""
    for side in (OBSERVED, PREDICTED):
        there = [
            (moment, change)
            for change in verification.changes
            if (moment := getattr(change, f"{side}_minute")) is not None
        ]
        figure.add_scatter(
            x=[moment for moment, _ in there],
            y=[side] * len(there),
            name=f"{side} activities",
            mode="markers",
            marker={
                "color": [
                    COLOURS[side] if change.is_matched else palette.CLIFF for _, change in there
                ],
                "size": 10,
                "symbol": [SYMBOLS[change.direction] for _, change in there],
            },
            hovertext=[
                f"{change.direction} {change.size}"
                + ("" if change.is_matched else ", without a counterpart")
                for _, change in there
            ],
            hovertemplate="minute %{x:.4~g}: %{hovertext}",
            showlegend=False,
            row=row,
            col=1,
        )
