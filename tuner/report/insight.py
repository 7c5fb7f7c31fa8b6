"""What stands behind a choice, as figures: steps around a plan, shares of knobs, prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tuner.decision.insight import Insight
from tuner.decision.price_of_safety import PriceOfSafety
from tuner.decision.sensitivity import Sensitivity
from tuner.decision.words import number, scale_out_in_words
from tuner.report import palette
from tuner.report.looks import MARKS, as_text, badge, rows, styled

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW_PIXELS = 24


def insight_figures(insight: Insight) -> dict[str, go.Figure]:
    """Draw what there is to draw, by the names of the report's figures.

    Parameters
    ----------
    insight : Insight
        What stands behind a choice.
    """
    letter = next(letter for letter, (name, _) in MARKS.items() if name == insight.label)
    found, priced = insight.sensitivity, insight.price_of_safety
    figures = {}
    if found.steps:
        figures["sensitivity"] = sensitivity_figure(found, letter=letter)
    if any(insight.importance.values()):
        figures["importance"] = importance_figure(insight.importance)
    if len(priced.feasible) > 1:
        figures["price"] = price_figure(priced, totals=found.totals, letter=letter)
    return figures


def sensitivity_figure(found: Sensitivity, *, letter: str = "R") -> go.Figure:
    """Draw where each step of one parameter takes the worst peak, and the host-minutes.

    Parameters
    ----------
    found : Sensitivity
        A plan with its neighbours.
    letter : str
        Mark of the plan, of `tuner.report.looks.MARKS`.

    Returns
    -------
    plotly.graph_objects.Figure
        Two columns with a row for each step: worst peaks and changes of host-minutes. Traces: what
        holds and what breaks, in the first column and then in the second.
    """
    from plotly.subplots import make_subplots

    figure = make_subplots(
        rows=1, cols=2, shared_yaxes=True, column_widths=[0.55, 0.45], horizontal_spacing=0.03
    )
    peak = found.totals["worst_peak_cpu_percent"]
    for column, (start, measure) in enumerate(
        ((peak, "tightest_peak_percent"), (0.0, "host_minutes")), start=1
    ):
        for broken, name, colour, symbol in (
            (False, "holds", palette.FEASIBLE, "circle"),
            (True, "over the limit", palette.BAD, "x"),
        ):
            steps = [step for step in found.steps if step.breaks == broken]
            ends = [
                step.tightest_peak_percent if column == 1 else step.changes[measure]
                for step in steps
            ]
            labels = [_label(step.parameter, step.before, step.after) for step in steps]
            figure.add_scatter(
                x=[x for end in ends for x in (start, end, None)],
                y=[y for label in labels for y in (label, label, None)],
                mode="lines+markers",
                name=name,
                legendgroup=name,
                showlegend=column == 1 and bool(steps),
                line={"color": colour, "width": 2},
                marker={
                    "color": colour,
                    "size": [size for _ in steps for size in (0, 9, 0)],
                    "symbol": symbol,
                },
                text=[as_text(step.tightest_shape) for step in steps for _ in range(3)],
                hovertemplate="%{y}: peak %{x:.1f} % on %{text}"
                if column == 1
                else "%{y}: %{x:+,.1f} host-minutes",
                row=1,
                col=column,
            )
    label, colour = MARKS[letter]
    figure.add_vline(x=peak, line={"color": colour, "width": 1.5}, row=1, col=1)
    figure.add_vline(x=0.0, line={"color": colour, "width": 1.5}, row=1, col=2)
    figure.add_vline(
        x=found.limit_percent, line={"color": palette.CLIFF, "width": 1.5}, row=1, col=1
    )
    peaks = [peak, found.limit_percent, *(step.tightest_peak_percent for step in found.steps)]
    room = max(0.06 * (max(peaks) - min(peaks)), 1.0)
    figure.update_xaxes(
        title="Worst peak<br>CPU, %", range=[min(peaks) - room, max(peaks) + room], row=1, col=1
    )
    figure.update_xaxes(title="Change of<br>host-minutes", tickformat="+,d", nticks=4, row=1, col=2)
    figure.update_yaxes(
        type="category",
        dtick=1,
        range=[max(len(found.steps), 1) - 0.5, -0.5],
        categoryorder="array",
        categoryarray=[_label(s.parameter, s.before, s.after) for s in found.steps],
        tickfont={"size": 11},
    )
    for x, text, each in (
        (peak, label, colour),
        (found.limit_percent, f"limit {number(found.limit_percent)} %", palette.CLIFF),
    ):
        figure.add_annotation(
            x=x,
            y=1.0,
            yref="paper",
            yanchor="bottom",
            xanchor="right" if x == min(peak, found.limit_percent) else "left",
            showarrow=False,
            text=text,
            font={"color": each},
        )
    return styled(
        figure,
        height=130 + ROW_PIXELS * len(found.steps),
        margin={"l": 56, "r": 12, "t": 58, "b": 58},
        legend={"orientation": "h", "yref": "container", "y": 1.0, "yanchor": "top", "x": 0},
    )


def importance_figure(importance: Mapping[str, float]) -> go.Figure:
    """Draw the share of each knob in whether a candidate is among the best tenth.

    Parameters
    ----------
    importance : mapping of str to float
        From 0 to 1, by knob, the largest first.
    """
    figure = rows(1)
    shares = [100.0 * share for share in importance.values()]
    figure.add_bar(
        x=shares,
        y=list(importance),
        orientation="h",
        marker={"color": palette.RECOMMENDED},
        text=[f"{number(share, digits=0)} %" for share in shares],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.1f} %",
        name="share",
    )
    figure.update_xaxes(title="Share, %", range=[0, 108], tickvals=[0, 25, 50, 75, 100])
    figure.update_yaxes(autorange="reversed", type="category", dtick=1)
    return styled(figure, height=80 + ROW_PIXELS * len(shares), showlegend=False, bargap=0.35)


def price_figure(
    priced: PriceOfSafety, *, totals: Mapping[str, float] | None = None, letter: str = "R"
) -> go.Figure:
    """Draw what headroom costs along the feasible front, with its chord and its knee.

    Parameters
    ----------
    priced : PriceOfSafety
        A front; what is not feasible is left out.
    totals : mapping of str to float or None
        Weighted totals of a plan that is marked beside the front.
    letter : str
        Its mark, of `tuner.report.looks.MARKS`.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces: the chord and the front, and where they are there the marked plan and the knee.
    """
    figure = rows(1)
    plans, knee = priced.feasible, priced.knee
    ends = [*plans[:1], *plans[-1:]]
    figure.add_scatter(
        x=[plan.host_minutes for plan in ends],
        y=[plan.headroom_points for plan in ends],
        mode="lines",
        name="chord",
        line={"color": palette.MUTED, "width": 1, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[plan.host_minutes for plan in plans],
        y=[plan.headroom_points for plan in plans],
        mode="lines+markers",
        name="front",
        line={"color": palette.INK, "width": 1.5},
        marker={"color": palette.FEASIBLE, "size": 7, "line": {"color": palette.INK, "width": 1}},
        text=[as_text(scale_out_in_words(plan.plan)) for plan in plans],
        hovertemplate="%{text}<br>%{x:,.0f} host-minutes, %{y:.1f} points of headroom",
    )
    if totals is not None:
        figure.add_scatter(
            x=[totals["host_minutes"]],
            y=[priced.limit_percent - totals["worst_peak_cpu_percent"]],
            name=f"{letter} {MARKS[letter][0]}",
            hovertemplate="%{x:,.0f} host-minutes, %{y:.1f} points of headroom",
            **badge(letter),
        )
    if knee is not None:
        figure.add_scatter(
            x=[knee.host_minutes],
            y=[knee.headroom_points],
            mode="markers+text",
            name="knee",
            text=["knee"],
            textposition="bottom right",
            textfont={"color": palette.LAUNCHING, "size": 12},
            marker={
                "color": palette.LAUNCHING,
                "size": 15,
                "symbol": "diamond-open",
                "line": {"color": palette.LAUNCHING, "width": 2.5},
            },
            hovertemplate="the knee: %{x:,.0f} host-minutes, %{y:.1f} points of headroom",
        )
    figure.update_xaxes(title="Host-minutes (← cheaper)", tickformat=",d")
    figure.update_yaxes(title="Headroom, points of CPU (↑ safer)", rangemode="tozero")
    return styled(figure, height=340)


def _label(parameter: str, before: str, after: str) -> str:
    """Write a step for an axis."""
    return as_text(f"{parameter}: {before} → {after}")
