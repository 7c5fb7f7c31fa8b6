"""All candidates of a front figure as one picture, so that a page need not carry their points.

Notation: C candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tuner.report import palette
from tuner.report.png import png_uri
from tuner.search.result import SearchResult

if TYPE_CHECKING:
    import plotly.graph_objects as go

WIDTH, HEIGHT = 1180, 660
DOT = 5
COLOURS = (palette.INFEASIBLE, palette.FEASIBLE)
CLOUD_TRACES = 2
"""`front_figure` draws those over a limit first, then those that keep to it."""


def paint_cloud(figure: go.Figure, result: SearchResult) -> dict[str, str]:
    """Put a picture of every candidate where a front figure has points of some.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        Made by `front_figure`; changed in place. Its legend stays.
    result : SearchResult
        Every candidate.

    Returns
    -------
    dict of str to str
        What stands for the picture on a dark page.
    """
    x_range, y_range = figure.layout.xaxis.range, figure.layout.yaxis.range
    pixels = _painted(result, x_range=x_range, y_range=y_range)
    light = png_uri(pixels, COLOURS)
    dark = png_uri(pixels, [palette.DARK[colour] for colour in COLOURS])
    for trace in figure.data[:CLOUD_TRACES]:
        trace.update(x=[None], y=[None], customdata=None, hovertemplate=None)
    figure.add_layout_image(
        source=light,
        xref="x",
        yref="y",
        x=x_range[0],
        y=y_range[1],
        sizex=x_range[1] - x_range[0],
        sizey=y_range[1] - y_range[0],
        sizing="stretch",
        layer="below",
    )
    return {light: dark}


def _painted(
    result: SearchResult, *, x_range: tuple[float, float], y_range: tuple[float, float]
) -> NDArray[np.uint8]:
    """Paint a dot for each candidate within the axes: 1 over a limit, 2 within all, on top."""
    pixels = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    across = (result.host_minutes - x_range[0]) / (x_range[1] - x_range[0]) * WIDTH
    down = (y_range[1] - result.worst_peak_cpu_percent) / (y_range[1] - y_range[0]) * HEIGHT
    feasible = result.feasible()
    dots = [
        (i, j)
        for i in range(-(DOT // 2), DOT // 2 + 1)
        for j in range(-(DOT // 2), DOT // 2 + 1)
        if i * i + j * j <= (DOT / 2) ** 2
    ]
    for code, chosen in ((1, ~feasible), (2, feasible)):
        x, y = across[chosen].astype(np.int64), down[chosen].astype(np.int64)
        for i, j in dots:
            row, column = y + i, x + j
            inside = (row >= 0) & (row < HEIGHT) & (column >= 0) & (column < WIDTH)
            pixels[row[inside], column[inside]] = code
    return pixels
