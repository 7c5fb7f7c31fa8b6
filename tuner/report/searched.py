"""What a search found and what is recommended, as figures.

Notation: C candidate, S shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tuner.decision.recommend import Recommendation
from tuner.decision.totals import PlanTotals
from tuner.decision.words import number
from tuner.report import palette
from tuner.report.looks import MARKS, add_limit, badge, rows, short_name, styled
from tuner.search.result import SearchResult

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_CLOUD_POINTS = 4_000
MOST_PEAKS = 60
PEAK_SYMBOLS = {"T": "circle-open", "R": "circle", "C": "diamond-open", "L": "circle"}
ROOM_BESIDE_THE_FRONT = 1.08


def front_figure(result: SearchResult, recommendation: Recommendation | None = None) -> go.Figure:
    """Draw what every candidate costs against how close it comes to the limit.

    Parameters
    ----------
    result : SearchResult
        Every candidate; the cloud is thinned evenly to at most `MOST_CLOUD_POINTS`.
    recommendation : Recommendation or None
        Gives the plans that are marked: T today, R recommended, C cheapest, L least bad.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces: candidates over the limit, candidates that keep to it, the front, and one for each
        marked plan. Candidates dearer than all of the front and the marks are off the axis, which
        says how many.
    """
    figure = rows(1)
    n_drawn = min(result.n_candidates, MOST_CLOUD_POINTS)
    cloud = np.linspace(0, result.n_candidates - 1, n_drawn).astype(np.int64)
    feasible, front = result.feasible(), result.cost_front()
    knobs = result.parameters()
    names = result.space.preferred
    front_line = {"color": palette.INK, "width": 1.5, "shape": "hv"}
    fill = np.where(feasible[front], palette.FEASIBLE, palette.PAGE).tolist()
    dots = {"color": fill, "size": 7, "line": {"color": palette.INK, "width": 1}}
    small = {"size": 4}
    for name, chosen, look in (
        (
            "over a limit",
            cloud[~feasible[cloud]],
            {"marker": small | {"color": palette.INFEASIBLE}},
        ),
        ("keeps to it", cloud[feasible[cloud]], {"marker": small | {"color": palette.FEASIBLE}}),
        ("front", front, {"mode": "lines+markers", "line": front_line, "marker": dots}),
    ):
        figure.add_scatter(
            x=result.host_minutes[chosen],
            y=result.worst_peak_cpu_percent[chosen],
            name=name,
            customdata=np.column_stack([knobs[knob][chosen] for knob in names]),
            hovertemplate=f"{_hover(names)}<br>%{{x:,.0f}} host-minutes, peak %{{y:.1f}} %",
            **{"mode": "markers"} | look,
        )
    dearest = cheapest = float(result.host_minutes[front].max())
    seen = result.worst_peak_cpu_percent
    peaks = [float(seen.min()), float(seen.max()), result.scenario.limit_percent]
    for letter, totals in marked_plans(recommendation).items():
        cost = totals.weighted["host_minutes"]
        cheapest, dearest = min(cheapest, cost), max(dearest, cost)
        peaks.append(totals.weighted["worst_peak_cpu_percent"])
        figure.add_scatter(
            x=[cost],
            y=[totals.weighted["worst_peak_cpu_percent"]],
            name=f"{letter} {MARKS[letter][0]}",
            hovertemplate="%{x:,.0f} host-minutes, peak %{y:.1f} %",
            **badge(letter),
        )
    span = (min(cheapest, float(result.host_minutes.min())), dearest)
    room = max((ROOM_BESIDE_THE_FRONT - 1.0) * (span[1] - span[0]), 0.01 * span[1], 1.0)
    hidden = int(np.count_nonzero(result.host_minutes > span[1] + room))
    beyond = f"<br>not shown, as dearer: {hidden:,} →" if hidden else ""
    lowest, top = min(peaks) - 4.0, max(peaks) + 4.0
    add_limit(figure, result.scenario.limit_percent, top=top)
    figure.update_xaxes(
        title=f"Host-minutes (← cheaper){beyond}",
        range=[span[0] - room, span[1] + room],
        tickformat=",d",
    )
    figure.update_yaxes(title="Worst peak CPU, % (↓ safer)", range=[lowest, top])
    return styled(figure, height=400)


def marked_plans(recommendation: Recommendation | None) -> dict[str, PlanTotals]:
    """Give the plans that figures and tables mark with a letter, by letter."""
    if recommendation is None:
        return {}
    named = {
        "T": recommendation.baseline,
        "R": recommendation.recommended,
        "C": recommendation.cheapest,
        "L": recommendation.least_bad,
    }
    return {letter: totals for letter, totals in named.items() if totals is not None}


def peaks_figure(recommendation: Recommendation) -> go.Figure:
    """Draw how high CPU rises on every shape, under each plan that has a letter.

    Parameters
    ----------
    recommendation : Recommendation
        Gives the plans; of many shapes the `MOST_PEAKS` are shown on which some plan peaks highest.

    Returns
    -------
    plotly.graph_objects.Figure
        One trace for each plan, shapes from top to bottom.
    """
    figure = rows(1)
    plans = marked_plans(recommendation)
    names = recommendation.clairvoyant.shape_names
    peaks = {letter: plan.outcomes.peak_cpu_percent[0] for letter, plan in plans.items()}
    highest = np.max(list(peaks.values()), axis=0)
    shown = np.sort(np.argsort(-highest, kind="stable")[:MOST_PEAKS])
    for letter, peak in peaks.items():
        name, colour = MARKS[letter]
        line = {"width": 2, "color": colour}
        figure.add_scatter(
            x=peak[shown],
            y=[short_name(names[s]) for s in shown],
            name=f"{letter} {name}",
            mode="markers",
            marker={
                "color": colour,
                "size": 9,
                "symbol": PEAK_SYMBOLS[letter],
                "line": line,
            },
            hovertemplate="%{y}: peak %{x:.1f} %",
        )
    limit = recommendation.limit_percent
    top = max(float(highest.max()), limit) + 4.0
    figure.add_vrect(x0=limit, x1=top, fillcolor=palette.OVER, line_width=0, layer="below")
    figure.add_vline(
        x=limit,
        line={"color": palette.CLIFF, "width": 1.5},
        annotation={
            "text": f"limit {number(limit)} %",
            "font": {"color": palette.CLIFF},
            "bgcolor": palette.PAGE,
        },
        annotation_position="bottom right",
    )
    figure.update_xaxes(title="Peak CPU, %", range=[0, top])
    figure.update_yaxes(autorange="reversed", type="category", dtick=1)
    row_pixels = 24 if len(shown) <= 20 else 14
    font = 12 if len(shown) <= 20 else 10
    figure.update_yaxes(tickfont={"size": font})
    return styled(figure, height=90 + row_pixels * len(shown), showlegend=True)


def _hover(names: Sequence[str]) -> str:
    """Give the template that says a candidate by the parameters that tell it from others."""
    place = {name: f"customdata[{k}]" for k, name in enumerate(names)}
    parts = []
    if "target_percent" in place:
        parts.append(f"hold %{{{place['target_percent']}:.4~g}} %")
    if "scale_out_threshold_percent" in place:
        threshold = f"%{{{place['scale_out_threshold_percent']}:.4~g}} %"
        parts.append(f"scale out by %{{{place['scale_out_adjustment']}}} above {threshold}")
    return ", ".join(parts)
