"""Draws docs/pictures/conf42.svg, the timelines of docs/conf42.md; docs/conf42.py runs them.

Three panels over the same minutes: load, CPU, and instances InService.
"""

from __future__ import annotations

import runpy
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuner.simulation.trace import Trace

word = runpy.run_path(str(Path(__file__).with_name("talk.py")))["word"]
WIDTH, HEIGHT = 760, 556
LEFT, RIGHT = 58, 16
MINUTES = 75
PANELS = {
    "load": (96, 176, 0.0, 150.0, 50.0, "Load, 1,000 rpm"),
    "cpu": (216, 366, 0.0, 50.0, 10.0, "CPU, %"),
    "hosts": (406, 506, 0.0, 10.0, 2.0, "Instances in service"),
}
"""Of each panel: top and bottom, lowest and highest value, distance of lines, what it shows."""

NAMES = {
    "simulation": "five of five minutes",
    "detailed": "Elastic Beanstalk, detailed monitoring",
    "basic": "Elastic Beanstalk, basic monitoring, phase 3",
}
STYLE = """
.page { fill: #ffffff; } text { fill: #17212b; font: 13px sans-serif; } .muted { fill: #50606e; }
.strong { font-weight: bold; } .grid { stroke: #e7ebef; } .band { fill: #f1e9d2; }
.line { fill: none; stroke-width: 1.8; } .load { stroke: #50606e; }
.simulation { stroke: #3c4650; } .detailed { stroke: #0a5cc2; stroke-dasharray: 7 3; }
.basic { stroke: #a34700; }
@media (prefers-color-scheme: dark) {
.page { fill: #0f151b; } text { fill: #e7ecf1; } .muted { fill: #a3b2c0; }
.grid { stroke: #222d37; } .band { fill: #37301a; } .load { stroke: #a3b2c0; }
.simulation { stroke: #c6d0d9; } .detailed { stroke: #5aa9ff; } .basic { stroke: #ff9d4d; } }
"""


def draw(traces: Mapping[str, Trace], title: str) -> str:
    """Draw the timelines as one SVG that suits light and dark pages.

    Parameters
    ----------
    traces : mapping of str to Trace
        A run for each name of `NAMES`, all on the same traffic.
    title : str
        What the picture shows.
    """
    load = next(iter(traces.values())).rpm / 1000
    top, bottom = y_of("cpu", 27.5), y_of("cpu", 25.5)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="8"/>',
        f'<rect class="band" x="{LEFT}" y="{top}" width="{WIDTH - LEFT - RIGHT}" '
        f'height="{round(bottom - top, 1)}"/>',
        word(LEFT + 6, y_of("cpu", 30.0) - 5, "26–27 %, as seen", "start"),
        *(part for panel in PANELS for part in grid(panel)),
        *(
            word(x_of(minute), PANELS["hosts"][1] + 18, str(minute), "middle")
            for minute in range(0, MINUTES + 1, 5)
        ),
        word((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, "Minutes", "middle"),
        line("load", "load", load),
    ]
    for row, (name, got) in enumerate(traces.items()):
        y = 24 + 20 * row
        parts += [
            f'<line class="{name} line" x1="{LEFT}" x2="{LEFT + 30}" y1="{y - 4}" y2="{y - 4}"/>',
            word(LEFT + 38, y, NAMES[name], "start", "word strong"),
            line(name, "cpu", got.cpu_percent),
            line(name, "hosts", got.in_service.astype(np.float64)),
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def grid(panel: str) -> list[str]:
    """Draw the lines of a panel with their numbers, and what it shows."""
    top, _, lowest, highest, distance, words = PANELS[panel]
    right = WIDTH - RIGHT
    parts = [word(LEFT, top - 8, words, "start")]
    for value in np.arange(lowest, highest + distance / 2, distance):
        y = y_of(panel, value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y}" y2="{y}"/>')
        parts.append(word(LEFT - 8, y + 4, f"{value:g}", "end"))
    return parts


def line(name: str, panel: str, values: NDArray[np.float64]) -> str:
    """Draw a stair: each minute's value from its start to its end."""
    points = [
        f"{x_of(minute + side)},{y_of(panel, value)}"
        for minute, value in enumerate(values[:MINUTES].tolist())
        for side in (0, 1)
    ]
    return f'<polyline class="{name} line" points="{" ".join(points)}"/>'


def x_of(minute: int) -> float:
    """Give the place of a minute."""
    return round(LEFT + minute / MINUTES * (WIDTH - LEFT - RIGHT), 1)


def y_of(panel: str, value: float) -> float:
    """Give the place of a value in a panel."""
    top, bottom, lowest, highest, *_ = PANELS[panel]
    return round(bottom - (value - lowest) / (highest - lowest) * (bottom - top), 1)
