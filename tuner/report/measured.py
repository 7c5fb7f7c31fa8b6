"""What a load test showed, as figures.

Notation: N window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tuner.decision.words import number
from tuner.measure.cliff import Cliff
from tuner.measure.fit_report import FitReport
from tuner.measure.host_fit import HostFit
from tuner.report import palette
from tuner.report.looks import log_ticks, rows, styled

if TYPE_CHECKING:
    import plotly.graph_objects as go


def host_figure(fit: HostFit) -> go.Figure:
    """Draw the CPU line of a load test, or its latency where CPU has no line."""
    return cliff_figure(fit.cliff) if fit.line is None else fit_figure(fit.line)


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
    figure = rows(2, heights=(0.7, 0.3), gap=0.08)
    for name, chosen, colour, symbol in (
        ("used", line.used, palette.RECOMMENDED, "circle"),
        ("not used: above the cliff, or odd", ~line.used, palette.MUTED, "circle-open"),
    ):
        figure.add_scatter(
            x=line.rpm[chosen],
            y=line.cpu_percent[chosen],
            name=name,
            mode="markers",
            marker={"color": colour, "size": 7, "symbol": symbol},
            hovertemplate="%{x:,.0f} rpm, %{y:.1f} %",
            row=1,
            col=1,
        )
    if line.table:
        x, y = np.array(line.table).T
    else:
        x = np.array([line.valid_from_rpm, line.valid_up_to_rpm])
        y = line.intercept_percent + line.slope_percent_per_rpm * x
    figure.add_scatter(
        x=x, y=y, name="fit", mode="lines", line={"color": palette.LAUNCHING}, row=1, col=1
    )
    figure.add_scatter(
        x=line.rpm[line.used],
        y=line.residual_percent[line.used],
        name="residual",
        mode="markers",
        marker={"color": palette.RECOMMENDED, "size": 7},
        hovertemplate="%{x:,.0f} rpm, %{y:+.1f} points",
        showlegend=False,
        row=2,
        col=1,
    )
    figure.add_hline(y=0.0, line={"color": palette.LAUNCHING, "width": 1.5}, row=2, col=1)
    figure.update_yaxes(title="CPU, %", rangemode="tozero", row=1, col=1)
    figure.update_yaxes(title="Residual, points", row=2, col=1)
    figure.update_xaxes(rangemode="tozero")
    figure.update_xaxes(title="Requests per minute on one instance", row=2, col=1)
    return styled(figure, height=480)


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
    figure = rows(1)
    figure.add_scatter(
        x=cliff.cpu_percent,
        y=cliff.latency_p95_ms,
        name="measured",
        mode="markers",
        marker={"color": palette.RECOMMENDED, "size": 7},
        hovertemplate="%{x:.1f} %, %{y:,.3~r} ms",
    )
    if cliff.detected_along == "cpu" and cliff.fitted_x.size:
        figure.add_scatter(
            x=cliff.fitted_x,
            y=cliff.fitted_latency_ms,
            name="fit",
            mode="lines",
            line={"color": palette.LAUNCHING},
        )
    if cliff.interval_percent is not None:
        low, high = cliff.interval_percent
        figure.add_vrect(x0=low, x1=high, fillcolor=palette.OVER, layer="below", line_width=0)
        figure.add_vline(
            x=low,
            line={"color": palette.CLIFF, "width": 1.5},
            annotation={"text": f"cliff {number(low)} %", "font": {"color": palette.CLIFF}},
            annotation_position="top left",
        )
    elif cliff.measured_up_to_percent is not None:
        figure.add_vline(
            x=cliff.measured_up_to_percent,
            line={"color": palette.MUTED, "dash": "dash", "width": 1.5},
            annotation={"text": "tested up to here", "font": {"color": palette.MUTED}},
            annotation_position="top left",
        )
    figure.update_xaxes(title="CPU, %", rangemode="tozero")
    figure.update_yaxes(title="Latency p95, ms", type="log")
    known = cliff.latency_p95_ms[np.isfinite(cliff.latency_p95_ms) & (cliff.latency_p95_ms > 0.0)]
    if known.size:
        low, high = 0.8 * float(known.min()), 1.25 * float(known.max())
        figure.update_yaxes(range=np.log10([low, high]), tickvals=log_ticks(low, high))
    return styled(figure, height=380, showlegend=True)
