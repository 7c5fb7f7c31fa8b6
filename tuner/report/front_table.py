"""The front of cost against safety as a table.

Notation: C candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from tuner.decision.recommend import Recommendation
from tuner.decision.words import money, number, shortest
from tuner.report.tables import Column, Table, peak_cell
from tuner.search.result import SearchResult
from tuner.units import format_duration

IntArray = NDArray[np.int64]


def front_marks(result: SearchResult, recommendation: Recommendation) -> dict[int, str]:
    """Give the rows of the search that a recommendation names, with their letters."""
    marks = {}
    cheapest = result.cheapest()
    if recommendation.cheapest is not None and cheapest is not None:
        marks[cheapest] = "C"
    if recommendation.recommended is not None:
        marks[recommendation.row] = "R"
    return marks


def front_table(result: SearchResult, *, marks: Mapping[int, str], most: int) -> Table:
    """List the front of host-minutes against worst peak CPU, the cheapest first.

    Parameters
    ----------
    result : SearchResult
        Every candidate.
    marks : mapping of int to str
        Letters of candidates, by row: they are shown where they are not on the front, too.
    most : int
        Rows at most, at least 2 more than marks: spread evenly, with both ends and the marked ones.

    Returns
    -------
    Table
        With the parameters in which these candidates differ.
    """
    front = result.cost_front()
    shown = _spread(result, marks, most=most)
    told = _told_knobs({name: column[shown] for name, column in result.parameters().items()})
    feasible, limit = result.feasible(), result.scenario.limit_percent
    rows = tuple(
        (
            marks.get(c, ""),
            number(result.host_minutes[c], digits=0),
            *(() if result.usd is None else (money(result.usd[c].item()),)),
            peak_cell(result.worst_peak_cpu_percent[c], limit_percent=limit),
            number(result.mean_cpu_percent[c]),
            *(column[i] for column in told.values()),
            "yes" if feasible[c] else "no",
        )
        for i, c in enumerate(shown.tolist())
    )
    on_front = int(np.isin(front, shown).sum())
    caption = "The front: nothing is both cheaper and lower in peak CPU"
    if on_front < len(front):
        caption += f" ({on_front:,} of {len(front):,} points)"
    beside = [letter for c, letter in marks.items() if c not in front]
    if beside:
        caption += f"; {' and '.join(beside)} beside it"
    return Table(
        caption=caption,
        head=(
            Column("", is_number=False),
            Column("Host-minutes"),
            *(() if result.usd is None else (Column("USD"),)),
            Column("Worst peak, %"),
            Column("Mean CPU, %"),
            *(Column(name) for name in told),
            Column("Within limits", is_number=False),
        ),
        rows=rows,
        marked=next((i for i, c in enumerate(shown.tolist()) if marks.get(c) == "R"), None),
    )


def front_rows_left_out(result: SearchResult, *, marks: Mapping[int, str], most: int) -> int:
    """Count the points of the front that `front_table` does not show.

    Parameters
    ----------
    result, marks, most : SearchResult, mapping of int to str, int
        As in `front_table`.
    """
    front = result.cost_front()
    return len(front) - int(np.isin(front, _spread(result, marks, most=most)).sum())


def _spread(result: SearchResult, marks: Mapping[int, str], *, most: int) -> IntArray:
    """Choose rows of a front, spread evenly, both ends and the marked candidates among them."""
    front = result.cost_front()
    kept = {int(front[0]), int(front[-1]), *marks}
    others = front[~np.isin(front, list(kept))]
    n_others = min(len(others), max(0, most - len(kept)))
    places = np.linspace(0, len(others) - 1, n_others + 2)[1:-1] if n_others else np.empty(0)
    if n_others == len(others):
        places = np.arange(len(others), dtype=np.float64)
    rows = np.array([*kept, *others[places.round().astype(np.int64)].tolist()], dtype=np.int64)
    peak = result.worst_peak_cpu_percent
    order: IntArray = np.lexsort((-peak[rows], result.host_minutes[rows]))
    return rows[order]


def _told_knobs(knobs: Mapping[str, NDArray[np.generic]]) -> dict[str, list[str]]:
    """Give the parameters of candidates in words, by the heads of their columns.

    Parameters
    ----------
    knobs : mapping of str to array [C]
        By `Space.parameters`. All but threshold, increment and target are left out where all
        candidates have the same, and the window of scale-in where it is that of scale-out.
    """
    told = {
        head: [say(value) for value in knobs[name].tolist()]
        for head, (name, say) in _COLUMNS.items()
        if name in knobs
    }
    for prefix, head in (("", "Window"), ("scale_in_", "In window")):
        if f"{prefix}period_seconds" in knobs:
            told[head] = _windows(knobs, prefix)
    if told.get("In window") == told.get("Window"):
        told.pop("In window", None)
    order = [head for head in _ORDER if head in told]
    return {head: told[head] for head in order if head in _ALWAYS or len(set(told[head])) > 1}


def _windows(knobs: Mapping[str, NDArray[np.generic]], prefix: str) -> list[str]:
    """Say the breach windows of one side: M of N periods."""
    names = ("period_seconds", "evaluation_periods", "datapoints_to_alarm")
    columns = [knobs[prefix + name].tolist() for name in names]
    return [
        (f"{m} of {n} × " if m != n else f"{n} × ") + format_duration(int(period))
        for period, n, m in zip(*columns, strict=True)
    ]


def _size(value: float) -> str:
    """Say a number."""
    return shortest(float(value))


def _seconds(value: float) -> str:
    """Say a time."""
    return format_duration(int(value))


_COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "Target, %": ("target_percent", _size),
    "Never in": ("disable_scale_in", lambda value: "yes" if value else "no"),
    "Low ratio": ("low_ratio", _size),
    "In by at most": ("scale_in_limit", _size),
    "Out above, %": ("scale_out_threshold_percent", _size),
    "Out by": ("scale_out_adjustment", _size),
    "Steps": ("scale_out_steps", _size),
    "Step width": ("scale_out_step_width_percent", _size),
    "Growth": ("scale_out_step_growth", _size),
    "In below, %": ("scale_in_threshold_percent", _size),
    "In by": ("scale_in_adjustment", _size),
    "In steps": ("scale_in_steps", _size),
    "In step width": ("scale_in_step_width_percent", _size),
    "In growth": ("scale_in_step_growth", _size),
    "Cooldown": ("cooldown_seconds", _seconds),
    "Warm-up": ("instance_warmup_seconds", _seconds),
    "Min size": ("min_size", _size),
    "Schedule": ("schedule", _size),
}
"""Heads of columns with the parameter that each shows, and how it is said."""

_ORDER = (
    "Target, %", "Never in", "Low ratio", "In by at most",
    "Out above, %", "Out by", "Steps", "Step width", "Growth", "Window",
    "In below, %", "In by", "In steps", "In step width", "In growth", "In window",
    "Cooldown", "Warm-up", "Min size", "Schedule",
)  # fmt: skip
_ALWAYS = ("Target, %", "Out above, %", "Out by")
