"""A backtest of alarms as figure and tables: delay against false alarms.

Notation: A alarm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tuner.decision.words import number
from tuner.deployment.alarms import Backtest
from tuner.deployment.alarms_words import SIGNS, alarm_words, answers
from tuner.report import palette
from tuner.report.looks import as_text, styled
from tuner.report.page import write_page
from tuner.report.tables import Column, Table
from tuner.units import SECONDS_PER_MINUTE

if TYPE_CHECKING:
    import plotly.graph_objects as go

ZERO_PLACE = 0.5
"""Where no false alarm stands on an axis of logarithms."""
COUNTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


def alarms_figure(tried: Backtest) -> go.Figure:
    """Draw the mean delay of each alarm against its false alarms, and their front.

    Parameters
    ----------
    tried : Backtest
        With at least one incident.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces: alarms that catch every incident, those that miss one, and the front.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    x = np.maximum(tried.false_alarms, ZERO_PLACE)
    y = tried.mean_delay_seconds / SECONDS_PER_MINUTE
    alarms = tried.lattice.alarms()
    words = [as_text(alarm_words(alarm, tried.lattice)) for alarm in alarms]
    counts = [f"{count:,} false alarms" for count in tried.false_alarms.tolist()]
    hover = [f"{word}<br>{count}" for word, count in zip(words, counts, strict=True)]
    every = tried.caught == len(tried.incidents)
    for rows, name, colour in (
        (np.flatnonzero(every), "catches every incident", palette.FEASIBLE),
        (np.flatnonzero(~every), "misses one or more", palette.INFEASIBLE),
    ):
        figure.add_scatter(
            x=x[rows],
            y=y[rows],
            mode="markers",
            name=name,
            marker={"color": colour, "size": 5},
            text=[hover[a] for a in rows.tolist()],
            hovertemplate="%{text}, %{y:.1f} minutes<extra></extra>",
        )
    front = tried.front()
    figure.add_scatter(
        x=x[front],
        y=y[front],
        mode="lines+markers",
        name="front",
        line={"color": palette.RECOMMENDED, "width": 2, "shape": "hv"},
        marker={"color": palette.RECOMMENDED, "size": 9},
        text=[hover[a] for a in front.tolist()],
        hovertemplate="%{text}, %{y:.1f} minutes<extra></extra>",
    )
    most = float(x.max())
    ticks = [count for count in COUNTS if count <= most]
    figure.update_xaxes(
        type="log",
        title="False alarms",
        tickvals=[ZERO_PLACE, *ticks],
        ticktext=["0", *(f"{count:,}" for count in ticks)],
        range=[np.log10(ZERO_PLACE) - 0.1, np.log10(most) + 0.1],
    )
    figure.update_yaxes(title="Mean delay, minutes; a missed incident counts whole")
    return styled(figure, height=460)


def front_table(tried: Backtest) -> Table:
    """Give the front as a table, fewest false alarms first.

    Parameters
    ----------
    tried : Backtest
        With or without incidents; without, it has no rows.
    """
    rows = tuple(
        (
            f"{SIGNS[row['comparison_operator']]} {row['threshold']:g}",
            f"{row['datapoints_to_alarm']} of {row['evaluation_periods']}",
            f"{row['false_alarms']:,}",
            number(row["false_alarms_per_week"]),
            f"{row['caught']} of {len(tried.incidents)}",
            number(row["mean_delay_minutes"]),
            number(row["alarm_minutes_outside"], digits=0),
        )
        for row in tried.rows(tried.front())
    )
    head = ("M of N", "False alarms", "a week", "Caught", "Mean delay, min", "Outside, min")
    return Table(
        caption="Alarms that no other beats in delay and in false alarms",
        head=(Column("Threshold", is_number=False), *(Column(name) for name in head)),
        rows=rows,
    )


def incidents_table(tried: Backtest) -> Table:
    """Give the incidents with the number of alarms that told of each.

    Parameters
    ----------
    tried : Backtest
        Its incidents.
    """
    told = (~np.isnan(tried.delay_seconds)).sum(axis=0).tolist()
    head = ("From", "To", "Alarms that told")
    at, every = tried.metric.at, len(tried)
    return Table(
        caption="Incidents",
        head=(Column("Incident", is_number=False), *(Column(name) for name in head)),
        rows=tuple(
            (i.name, at(i.begin), at(i.end), f"{count:,} of {every:,}")
            for i, count in zip(tried.incidents, told, strict=True)
        ),
    )


def render_alarms(tried: Backtest) -> str:
    """Write a page with the figure and the tables of a backtest, which asks nothing of anyone.

    Parameters
    ----------
    tried : Backtest
        With at least one incident.
    """
    return write_page(
        "alarms.html.j2",
        {"alarms": alarms_figure(tried)},
        title=f"Alarms tried on {tried.metric.source}",
        answers=answers(tried),
        tables=[front_table(tried), incidents_table(tried)],
    )
