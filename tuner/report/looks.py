"""What figures have in common: rows, axes, the limit on CPU, one plain look.

Every text that stems from data is escaped, as plotly reads a few tags in texts; every kind of trace
is drawn as SVG, so that figures print. T today, R recommended, C cheapest, L least bad.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tuner.decision.words import number
from tuner.report import palette
from tuner.units import tick_minutes

if TYPE_CHECKING:
    import plotly.graph_objects as go

LONGEST_NAME = 36
MOST_TIME_TICKS = 8
TIME_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 240, 480, 1440)
MARKS = {
    "T": ("today", palette.TODAY),
    "R": ("recommended", palette.RECOMMENDED),
    "C": ("cheapest", palette.CHEAPEST),
    "L": ("least bad", palette.RECOMMENDED),
}
"""Letters of plans, with their names and colours."""


def rows(count: int, *, heights: tuple[float, ...] | None = None, gap: float = 0.05) -> go.Figure:
    """Make a figure of rows that share the axis across.

    Parameters
    ----------
    count : int
        How many.
    heights : tuple of float or None
        Shares of the height, the uppermost first.
    gap : float
        Share of the height between two rows.
    """
    from plotly.subplots import make_subplots

    return make_subplots(
        rows=count, cols=1, shared_xaxes=True, row_heights=heights, vertical_spacing=gap
    )


def styled(figure: go.Figure, *, height: int = 420, **layout: Any) -> go.Figure:
    """Give a figure the look that all have.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        Changed in place.
    height : int
        In pixels.
    **layout : object
        What else its layout has.
    """
    look: dict[str, Any] = {
        "template": "none",
        "height": height,
        "paper_bgcolor": palette.PAGE,
        "plot_bgcolor": palette.PAGE,
        "font": {"family": "system-ui, sans-serif", "size": 12, "color": palette.INK},
        "margin": {"l": 56, "r": 12, "t": 34, "b": 44},
        "legend": {"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        "hoverlabel": {
            "bgcolor": palette.PANEL,
            "bordercolor": palette.RULE,
            "font": {"color": palette.INK},
            "namelength": -1,
        },
    }
    figure.update_layout(**look | layout)
    axis = {"gridcolor": palette.GRID, "zeroline": False, "automargin": True}
    figure.update_xaxes(title_standoff=8, tickangle=0, **axis)
    figure.update_yaxes(title_standoff=8, **axis)
    return figure


def add_limit(figure: go.Figure, limit_percent: float, *, top: float, **place: int) -> None:
    """Draw the limit on peak CPU, and tint what is above it.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        Changed in place.
    limit_percent : float
        Largest peak CPU allowed, percent.
    top : float
        Upper end of the axis, percent.
    **place : int
        Row and column, where there are several.
    """
    figure.add_hrect(
        y0=limit_percent, y1=top, fillcolor=palette.OVER, line_width=0, layer="below", **place
    )
    figure.add_hline(
        y=limit_percent,
        line={"color": palette.CLIFF, "width": 1.5},
        annotation={
            "text": f"limit {number(limit_percent)} %",
            "font": {"color": palette.CLIFF, "size": 12},
            "bgcolor": palette.PAGE,
        },
        annotation_position="top right",
        **place,
    )


def badge(letter: str) -> dict[str, Any]:
    """Give the look of a single point that is a letter on a square."""
    return {
        "mode": "markers+text",
        "text": [letter],
        "textfont": {"size": 12, "color": palette.PAGE, "weight": 700},
        "textposition": "middle center",
        "marker": {"color": MARKS[letter][1], "size": 19, "symbol": "square"},
    }


def minutes_of(n_ticks: int, tick_seconds: int) -> NDArray[np.float64]:
    """Give the minute that each tick begins at, float64 [T]."""
    return np.arange(n_ticks, dtype=np.float64) * tick_minutes(tick_seconds)


def log_ticks(low: float, high: float) -> list[float]:
    """Give the ticks 1, 2 and 5 times a power of ten between two values above 0.

    Examples
    --------
    >>> log_ticks(8.0, 64.0)
    [10.0, 20.0, 50.0]
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = (digit * 10.0**power for power in powers for digit in (1, 2, 5))
    return [tick for tick in ticks if low <= tick <= high]


def time_step(minutes: float, *, most: int = MOST_TIME_TICKS) -> float:
    """Give a round distance in minutes between the ticks of a time axis.

    Parameters
    ----------
    minutes : float
        Length of the axis.
    most : int
        Ticks at most.

    Examples
    --------
    >>> time_step(98.0), time_step(1440.0), time_step(1440.0, most=4)
    (20.0, 240.0, 480.0)
    """
    steps = (float(step) for step in TIME_STEPS if minutes / step <= most)
    return next(steps, minutes / most)


def as_text(words: str) -> str:
    """Give words so that plotly, which reads a few tags and entities, shows them as they are.

    Examples
    --------
    >>> as_text('a < "b"')
    'a &lt; "b"'
    """
    return escape(words, quote=False)


def short_name(name: str) -> str:
    """Give a name for an axis: escaped, and its middle left out where it is long.

    Examples
    --------
    >>> short_name("a < b"), len(short_name("x" * 99))
    ('a &lt; b', 36)
    """
    if len(name) > LONGEST_NAME:
        half = LONGEST_NAME // 2
        name = f"{name[: LONGEST_NAME - half - 1]}…{name[-half:]}"
    return as_text(name)
