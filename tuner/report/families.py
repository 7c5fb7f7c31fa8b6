"""The best plan of each family side by side, and all fronts in one figure.

Notation: F point of a front.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuner.decision.families import FamilyAnswer, best_family
from tuner.decision.words import money, number
from tuner.report import palette
from tuner.report.looks import add_limit, rows, styled
from tuner.report.tables import Bad, Column, Table, peak_cell
from tuner.search.lattice import lattice_of
from tuner.search.settings import FamilyName

if TYPE_CHECKING:
    import plotly.graph_objects as go

LOOKS: dict[FamilyName, tuple[str, str, str]] = {
    "simple": (palette.FEASIBLE, "solid", "circle"),
    "step": (palette.RECOMMENDED, "dash", "square"),
    "target": (palette.LAUNCHING, "dot", "diamond"),
    "mixed": (palette.CHEAPEST, "dashdot", "triangle-up"),
}
"""Colour, dash and symbol of each family: told apart without colour, too."""

ROOM = 0.06
BEST_SIZE, POINT_SIZE = 15, 6


def families_table(answers: Sequence[FamilyAnswer]) -> Table:
    """Compare the best plan of each family, and how it fares on shapes that no search saw.

    Parameters
    ----------
    answers : sequence of FamilyAnswer
        In the order of the job.

    Returns
    -------
    Table
        A family without a plan to recommend shows the least bad one, marked in the table.
    """
    best = best_family(answers)
    has_price = best.shown.usd is not None
    return Table(
        caption="The best plan of each family, weighted over the shapes; the peak is the worst of "
        "any",
        head=(
            Column("Family", is_number=False),
            Column("Mean CPU, %"),
            Column("Host-minutes"),
            *((Column("USD"),) if has_price else ()),
            Column("Worst peak, %"),
            Column("Activities"),
            Column("Unseen shapes over", is_number=False),
            Column("Candidates"),
        ),
        rows=tuple(_row(answer, has_price=has_price) for answer in answers),
        details=tuple(_plan_in_words(answer) for answer in answers),
        marked=next(i for i, answer in enumerate(answers) if answer is best),
    )


def _row(answer: FamilyAnswer, *, has_price: bool) -> tuple[str, ...]:
    """Say what the plan of a family costs and risks."""
    weighted, usd = answer.shown.weighted, answer.shown.usd
    limit = answer.recommendation.limit_percent
    return (
        answer.name,
        number(weighted["mean_cpu_percent"]),
        number(weighted["host_minutes"], digits=0),
        *((money(usd or 0.0),) if has_price else ()),
        peak_cell(weighted["worst_peak_cpu_percent"], limit_percent=limit),
        number(weighted["activities"]),
        stress_cell(answer),
        f"{answer.result.n_candidates:,}",
    )


def stress_cell(answer: FamilyAnswer) -> str:
    """Say on how many unseen shapes the plan of a family passes the cliff."""
    check = answer.recommendation.stress
    if check is None or check.shown is None:
        return "not tested"
    text = f"{check.shown.violations} of {check.runs}"
    return text if check.shown.passes else Bad(text)


def _plan_in_words(answer: FamilyAnswer) -> str:
    """Say the plan of a family, and where it is not one to recommend."""
    plan = answer.shown.plan
    words = "" if plan is None else plan.describe()
    return words if answer.best is not None else f"{answer.recommendation.verdict}: {words}"


def families_figure(answers: Sequence[FamilyAnswer]) -> go.Figure:
    """Draw the front of every family: host-minutes against worst peak CPU.

    Parameters
    ----------
    answers : sequence of FamilyAnswer
        In the order of the job.

    Returns
    -------
    plotly.graph_objects.Figure
        Two traces for each family: its front, and its best plan as a larger symbol.
    """
    figure = rows(1)
    costs: list[float] = []
    peaks: list[float] = []
    for answer in answers:
        colour, dash, symbol = LOOKS[answer.family]
        result = answer.result
        front = result.cost_front()
        lattice = lattice_of(result.space, result.scenario)
        plans = [lattice.plan(int(c)).describe() for c in result.candidate[front]]
        x, y = result.host_minutes[front].tolist(), result.worst_peak_cpu_percent[front].tolist()
        shown = answer.shown.weighted
        costs += [*x, shown["host_minutes"]]
        peaks += [*y, shown["worst_peak_cpu_percent"]]
        hover = "%{text}<br>%{x:,.0f} host-minutes, peak %{y:.1f} %"
        figure.add_scatter(
            x=x,
            y=y,
            name=answer.name,
            text=plans,
            hovertemplate=hover,
            mode="lines+markers",
            line={"color": colour, "width": 1.5, "shape": "hv", "dash": dash},
            marker={"color": colour, "size": POINT_SIZE, "symbol": symbol},
        )
        plan = answer.shown.plan
        figure.add_scatter(
            x=[shown["host_minutes"]],
            y=[shown["worst_peak_cpu_percent"]],
            name=f"best of {answer.name}"
            if answer.best is not None
            else f"least bad of {answer.name}",
            text=["" if plan is None else plan.describe()],
            hovertemplate=hover,
            mode="markers",
            showlegend=False,
            marker={
                "color": colour,
                "size": BEST_SIZE,
                "symbol": symbol,
                "line": {"color": palette.INK, "width": 1.5},
            },
        )
    limit = answers[0].result.scenario.limit_percent
    top = max(*peaks, limit) + 4.0
    add_limit(figure, limit, top=top)
    room = ROOM * (max(costs) - min(costs)) or 1.0
    figure.update_xaxes(
        title="Host-minutes (← cheaper)",
        range=[min(costs) - room, max(costs) + room],
        tickformat=",d",
    )
    figure.update_yaxes(title="Worst peak CPU, % (↓ safer)", range=[min(*peaks, limit) - 4.0, top])
    return styled(figure, height=400)
