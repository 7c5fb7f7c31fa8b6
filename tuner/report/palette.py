"""The colours of figures and report, each for a light and for a dark page.

Figures are drawn in the light ones; on a dark page the report exchanges each for its other half.
Contrast against the page is at least 4.5 for everything but grids, tints and infeasible points.
"""

from __future__ import annotations

PAGE = "#ffffff"
PANEL = "#f5f7f9"
INK = "#17212b"
MUTED = "#50606e"
GRID = "#e7ebef"
RULE = "#d3dae1"
TODAY = "#3c4650"
RECOMMENDED = "#0a5cc2"
CHEAPEST = "#a8107c"
CLIFF = "#c0271d"
OVER = "#fbeceb"
BAD = "#a31f16"
GOOD = "#1b6b3a"
FEASIBLE = "#00796b"
INFEASIBLE = "#b9c2cb"
LAUNCHING = "#b05400"
SCALE_IN = "#5c4fc4"
LOAD = "#e4e9ee"

DARK = {
    PAGE: "#0f151b",
    PANEL: "#171f27",
    INK: "#e7ecf1",
    MUTED: "#a3b2c0",
    GRID: "#222d37",
    RULE: "#32404d",
    TODAY: "#c6d0d9",
    RECOMMENDED: "#5aa9ff",
    CHEAPEST: "#ff7ac6",
    CLIFF: "#ff6f64",
    OVER: "#2a191b",
    BAD: "#ff9c94",
    GOOD: "#7fd6a0",
    FEASIBLE: "#3fc1b0",
    INFEASIBLE: "#46535f",
    LAUNCHING: "#f0a04b",
    SCALE_IN: "#a99cff",
    LOAD: "#25303a",
}
"""What stands for each colour on a dark page."""

STYLE = {
    "page": PAGE,
    "panel": PANEL,
    "ink": INK,
    "muted": MUTED,
    "rule": RULE,
    "today": TODAY,
    "recommended": RECOMMENDED,
    "cheapest": CHEAPEST,
    "bad": BAD,
    "good": GOOD,
    "cliff": CLIFF,
}
"""Colours that the page's style names."""


def style_variables(*, dark: bool) -> str:
    """Give the page's colours as custom properties of CSS."""
    chosen = {name: DARK[colour] if dark else colour for name, colour in STYLE.items()}
    return " ".join(f"--{name}: {colour};" for name, colour in chosen.items())
