"""The front of cost against safety as a table.

Notation: C candidate.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tuner.decision.recommend import Recommendation
from tuner.decision.words import number, shortest
from tuner.report.tables import Column, Table, peak_cell
from tuner.search.lattice import PARAMETERS
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
        By `PARAMETERS`. Window, cooldown, decrement and smallest size are left out where all
        candidates have the same, and the window of scale-in where it is that of scale-out.
    """
    assert set(knobs) == set(PARAMETERS)

    def window(prefix: str) -> list[str]:
        names = ("period_seconds", "evaluation_periods", "datapoints_to_alarm")
        columns = [knobs[prefix + name].tolist() for name in names]
        return [
            (f"{m} of {n} × " if m != n else f"{n} × ") + format_duration(int(period))
            for period, n, m in zip(*columns, strict=True)
        ]

    def sizes(name: str) -> list[str]:
        return [shortest(float(value)) for value in knobs[name].tolist()]

    told = {
        "Out above, %": sizes("scale_out_threshold_percent"),
        "Out by": sizes("scale_out_adjustment"),
        "Window": window(""),
        "In below, %": sizes("scale_in_threshold_percent"),
        "In by": sizes("scale_in_adjustment"),
        "In window": window("scale_in_"),
        "Cooldown": [format_duration(int(value)) for value in knobs["cooldown_seconds"].tolist()],
        "Min size": sizes("min_size"),
    }
    if told["In window"] == told["Window"]:
        del told["In window"]
    always = ("Out above, %", "Out by")
    return {name: cells for name, cells in told.items() if name in always or len(set(cells)) > 1}
