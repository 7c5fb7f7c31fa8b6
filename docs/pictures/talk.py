"""Draws docs/pictures/talk.svg, the picture of the README, from a fresh simulation.

    python docs/pictures/talk.py

It runs the plans that the talk picked and that the search over 41 shapes finds on every shape of
configs/conf42-robust.toml, and draws worst peak CPU against the hold at 30,000 rpm.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuner.config import build_shapes, load_job
from tuner.config.job import scenario
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.simulation.run import simulate_plans

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "pictures" / "talk.svg"
HOLDS = np.arange(5, 46)
CLIFF_PERCENT = 50.0
WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 58, 16, 84, 50
LOWEST, HIGHEST = 20.0, 103.0

STYLE = """
.page { fill: #ffffff; } .over { fill: #fbeceb; } text { fill: #17212b; font: 13px sans-serif; }
.muted { fill: #50606e; } .grid { stroke: #e7ebef; } .cliff { stroke: #c0271d; stroke-width: 1.5; }
.cliff-word { fill: #c0271d; } .talk { stroke: #3c4650; fill: #3c4650; }
.found { stroke: #0a5cc2; fill: #0a5cc2; } .line { fill: none; stroke-width: 1.5; }
.bad { fill: #c0271d; stroke: #c0271d; } .strong { font-weight: bold; } text.word { stroke: none; }
.ring { fill: none; stroke: #50606e; } .lead { stroke: #50606e; }
@media (prefers-color-scheme: dark) {
.page { fill: #0f151b; } .over { fill: #2a191b; } text { fill: #e7ecf1; } .muted { fill: #a3b2c0; }
.grid { stroke: #222d37; } .cliff { stroke: #ff6f64; } .cliff-word { fill: #ff6f64; }
.talk { stroke: #c6d0d9; fill: #c6d0d9; } .found { stroke: #5aa9ff; fill: #5aa9ff; }
.line { fill: none; } .bad { fill: #ff6f64; stroke: #ff6f64; }
.ring { fill: none; stroke: #a3b2c0; } .lead { stroke: #a3b2c0; } }
"""


def plan(*, out_above: float, out_by: int, in_below: float) -> ScalingPlan:
    """Give a plan of the talk's kind: five of five minutes, strict, cooldown 180 s, one in.

    Parameters
    ----------
    out_above, in_below : float
        Thresholds, percent of CPU.
    out_by : int
        Instances at a time.
    """
    out_alarm = Alarm(
        threshold_percent=out_above,
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=5,
        datapoints_to_alarm=5,
    )
    in_alarm = replace(
        out_alarm, threshold_percent=in_below, comparison_operator="LessThanThreshold"
    )
    out = SimpleScaling(scaling_adjustment=out_by, cooldown_seconds=180)
    back = SimpleScaling(scaling_adjustment=-1, cooldown_seconds=180)
    return ScalingPlan(
        scale_out=AlarmedPolicy(out_alarm, out), scale_in=AlarmedPolicy(in_alarm, back)
    )


PLANS = (
    plan(out_above=15.0, out_by=2, in_below=15.0),
    plan(out_above=21.0, out_by=3, in_below=7.0),
)


def peaks_percent() -> NDArray[np.float64]:
    """Simulate: peak CPU percent of both plans on every hold, float64 [2, S]."""
    job = load_job(ROOT / "configs" / "conf42-robust.toml")
    if job.host is None:
        raise ValueError("configs/conf42-robust.toml states its host")
    shapes = build_shapes(job)
    return simulate_plans(list(PLANS), scenario(job, job.host), shapes).peak_cpu_percent


def draw(peaks: NDArray[np.float64]) -> str:
    """Draw peak CPU of both plans ``[2, S]`` as one SVG that suits light and dark pages."""
    talk, found = peaks
    n_over = int((talk > CLIFF_PERCENT).sum())
    n_over_found = int((found > CLIFF_PERCENT).sum())
    cliff_y, top_y, bottom_y = y_of(CLIFF_PERCENT), y_of(HIGHEST), y_of(LOWEST)
    right = WIDTH - RIGHT
    tested = int(np.flatnonzero(HOLDS == 20)[0])
    ring = (x_of(20), y_of(float(talk[tested])))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{title(peaks)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="8"/>',
        f'<rect class="over" x="{LEFT}" y="{top_y}" width="{right - LEFT}" '
        f'height="{cliff_y - top_y}"/>',
        *(
            f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y_of(percent)}" '
            f'y2="{y_of(percent)}"/>{word(LEFT - 8, y_of(percent) + 4, f"{percent:g}", "end")}'
            for percent in np.arange(LOWEST, HIGHEST + 1, 10)
        ),
        *(word(x_of(hold), bottom_y + 18, str(hold), "middle") for hold in range(5, 46, 5)),
        word(LEFT, 22, "Peak CPU, %", "start", "word muted"),
        word(
            (LEFT + right) / 2, HEIGHT - 12, "Hold at 30,000 rpm, minutes", "middle", "word muted"
        ),
        f'<line class="cliff" x1="{LEFT}" x2="{right}" y1="{cliff_y}" y2="{cliff_y}"/>',
        word(LEFT + 6, cliff_y - 6, f"cliff {CLIFF_PERCENT:g} %", "start", "word cliff-word"),
        *series(talk, "talk"),
        *series(found, "found"),
        legend(44, "talk", f"out by 2 above 15 %, in below 15 %: over in {n_over} of {talk.size}"),
        legend(
            66,
            "found",
            f"out by 3 above 21 %, in below 7 %: over in {n_over_found} of {found.size}, "
            f"at most {found.max():.3f} %",
        ),
        f'<circle class="ring" cx="{ring[0]}" cy="{ring[1]}" r="9"/>',
        f'<line class="lead" x1="{ring[0]}" x2="{ring[0]}" y1="{ring[1] + 9}" y2="{y_of(29.0)}"/>',
        word(
            ring[0],
            y_of(29.0) + 15,
            f"the one shape of the talk: {talk[tested]:.3f} %",
            "middle",
            "word muted",
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def title(peaks: NDArray[np.float64]) -> str:
    """Say what the picture shows."""
    n_over, n_over_found = (peaks > CLIFF_PERCENT).sum(axis=1).tolist()
    return (
        f"Peak CPU against the hold at 30,000 rpm, 5 to 45 minutes: the talk's policy passes "
        f"the cliff of 50 % in {n_over} of {peaks.shape[1]} cases, the other in {n_over_found}."
    )


def series(peaks: NDArray[np.float64], name: str) -> list[str]:
    """Draw a line through a plan's peaks, and a dot for each, marked where over the cliff."""
    points = [(x_of(int(hold)), y_of(peak)) for hold, peak in zip(HOLDS, peaks, strict=True)]
    path = " ".join(f"{x},{y}" for x, y in points)
    dots = [
        f'<circle class="{"bad" if peak > CLIFF_PERCENT else name}" cx="{x}" cy="{y}" r="3.5"/>'
        for (x, y), peak in zip(points, peaks, strict=True)
    ]
    return [f'<polyline class="{name} line" points="{path}"/>', *dots]


def legend(y: float, name: str, words: str) -> str:
    """Draw a line of the legend: a dot of the plan's colour, and words."""
    return f'<circle class="{name}" cx="{LEFT + 6}" cy="{y - 4}" r="4.5"/>' + word(
        LEFT + 18, y, words, "start", "word strong"
    )


def word(x: float, y: float, words: str, anchor: str, kind: str = "word muted") -> str:
    """Write words at a place.

    Parameters
    ----------
    x, y : float
        Where, in the picture's units.
    words : str
        What.
    anchor : str
        ``start``, ``middle`` or ``end``.
    kind : str
        Classes of the style.
    """
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{words}</text>'


def x_of(hold: int) -> float:
    """Give the place of a hold, in minutes."""
    share = (hold - 4) / 42
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def y_of(percent: float) -> float:
    """Give the place of a CPU percent."""
    share = (percent - LOWEST) / (HIGHEST - LOWEST)
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


if __name__ == "__main__":
    PICTURE.write_text(draw(peaks_percent()), encoding="utf-8")
