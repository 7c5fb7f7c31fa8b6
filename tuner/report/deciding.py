"""What happens on the shape that decides: actions and refusals around the worst minute.

Notation: T tick.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from tuner.decision.words import number, shortest
from tuner.report.looks import MARKS
from tuner.report.tables import Column, Table, event_cells, told_events
from tuner.units import tick_minutes

if TYPE_CHECKING:
    from tuner.simulation.trace import Trace

MOST_LINES = 18
"""Of shapes and actions together: so many fit on a sheet of A4."""

FEWEST_ACTIONS = 6
LETTERS = {name: letter for letter, (name, _) in MARKS.items()}


def deciding_table(traces: Mapping[str, Trace], *, n_shapes: int) -> Table:
    """List actions and refusals nearest to the minute at which the first run peaks.

    Parameters
    ----------
    traces : mapping of str to Trace
        Runs on one shape, by label; at least one.
    n_shapes : int
        Lines that the table of shapes takes on the same sheet.
    """
    most = max(FEWEST_ACTIONS, MOST_LINES - n_shapes)
    worst = peak_tick(next(iter(traces.values())))
    told = [
        (label, trace, event) for label, trace in traces.items() for event in told_events(trace)
    ]
    nearest = sorted(range(len(told)), key=lambda k: (abs(told[k][2].tick - worst), k))[:most]
    rows = []
    for k in sorted(nearest):
        label, trace, event = told[k]
        when, *cells = event_cells(trace, event)
        rows.append((when, LETTERS.get(label, label), *cells))
    caption = "Actions and refusals, one line for a refusal that lasts"
    if len(rows) < len(told):
        caption += f"; the {len(rows)} of {len(told):,} nearest to the worst minute"
    return Table(
        caption=caption,
        head=(
            Column("Minute", is_number=False),
            Column("Plan", is_number=False),
            Column("What", is_number=False),
            Column("Instances"),
            Column("Why", is_number=False),
        ),
        rows=tuple(rows),
    )


def peaks_in_words(traces: Mapping[str, Trace]) -> str:
    """Say how high CPU rises in each run, and when."""
    parts = []
    for label, trace in traces.items():
        tick = peak_tick(trace)
        minute = shortest(tick * tick_minutes(trace.tick_seconds))
        peak = number(float(trace.cpu_percent[tick]))
        serving = int(trace.serving[tick])
        hosts = "1 instance serves" if serving == 1 else f"{serving:,} instances serve"
        parts.append(f"{LETTERS.get(label, label)}: peak {peak} % at minute {minute}, when {hosts}")
    return " · ".join(parts)


def peak_tick(trace: Trace) -> int:
    """Give the tick at which CPU is highest; of several, the first."""
    return int(np.nanargmax(np.where(np.isnan(trace.cpu_percent), -1.0, trace.cpu_percent)))
