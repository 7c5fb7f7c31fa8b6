"""Tables in words, the same ones for the page and for a terminal: rounded once, here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tuner.decision.words import money, number, shortest
from tuner.traffic.describe import shape_facts
from tuner.traffic.shapes import TrafficShapes
from tuner.units import tick_minutes

if TYPE_CHECKING:
    from tuner.simulation.explain import Event
    from tuner.simulation.trace import Trace

MOST_EVENT_ROWS = 80
WORDS_OF_KINDS = {
    ("activity", "scale_out"): "▲ out",
    ("activity", "scale_in"): "▼ in",
    ("refused", "scale_out"): "× out refused",
    ("refused", "scale_in"): "× in refused",
    ("held", "scale_out"): "× out without effect",
    ("held", "scale_in"): "× in without effect",
    ("schedule", "schedule"): "■ scheduled",
}


class Bad(str):
    """A cell that shows a broken limit."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    name : str
        With its unit.
    is_number : bool
        Whether its cells are set to the right.
    """

    name: str
    is_number: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in words; the first column names the row.

    Parameters
    ----------
    caption : str
        What it shows.
    head : tuple of Column
        The columns.
    rows : tuple of tuple of str
        Cells; a `Bad` one shows a broken limit.
    details : tuple of str
        A sentence for each row, empty where there is none; none at all where no row has one.
    marked : int or None
        The row that matters most.
    """

    caption: str
    head: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    details: tuple[str, ...] = ()
    marked: int | None = None


def peak_cell(percent: float, *, limit_percent: float) -> str:
    """Write a peak, marked where it is over the limit, both in percent."""
    text = number(percent)
    return Bad(text) if percent > limit_percent else text


def traffic_table(shapes: TrafficShapes) -> Table:
    """List the shapes with their lengths and loads; the details are their sources."""
    rows = tuple(
        (
            str(facts["name"]),
            shortest(float(str(facts["weight"]))),
            shortest(float(str(facts["minutes"]))),
            number(float(str(facts["mean_rpm"])), digits=0),
            number(float(str(facts["peak_rpm"])), digits=0),
            "–"
            if facts["rise_8min_rpm"] is None
            else number(float(str(facts["rise_8min_rpm"])), digits=0),
        )
        for facts in shape_facts(shapes)
    )
    count = "1 shape" if len(shapes) == 1 else f"{len(shapes):,} shapes"
    return Table(
        caption=f"{count}, {shortest(shapes.n_minutes)} minutes in all",
        head=(
            Column("Shape", is_number=False),
            Column("Weight"),
            Column("Minutes"),
            Column("Mean rpm"),
            Column("Peak rpm"),
            Column("Rise in 8 min"),
        ),
        rows=rows,
        details=shapes.sources,
    )


def sourced_table(shapes: TrafficShapes) -> Table:
    """List the shapes as `traffic_table` does, with their sources as a column."""
    table = traffic_table(shapes)
    return replace(
        table,
        head=(*table.head, Column("Source", is_number=False)),
        rows=tuple((*row, source) for row, source in zip(table.rows, table.details, strict=True)),
        details=(),
    )


def totals_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Give the totals of each shape as a table; minutes over the cliff are marked.

    Parameters
    ----------
    rows : sequence of mapping
        Totals by name, with the name of the shape; money has a column where they have `usd`.
    """

    def over(row: Mapping[str, Any]) -> str:
        text = shortest(row["minutes_over_cliff"])
        return Bad(text) if row["minutes_over_cliff"] else text

    has_price = any("usd" in row for row in rows)
    return Table(
        caption="On each shape" if len(rows) > 1 else "On the shape",
        head=(
            Column("Shape", is_number=False),
            Column("Peak CPU, %"),
            Column("Mean CPU, %"),
            Column("Minutes over cliff"),
            Column("Host-minutes"),
            *((Column("USD"),) if has_price else ()),
            Column("Out"),
            Column("In"),
            Column("Most instances"),
        ),
        rows=tuple(
            (
                str(row["shape"]),
                number(row["peak_cpu_percent"]),
                number(row["mean_cpu_percent"]),
                over(row),
                number(row["host_minutes"], digits=0),
                *((money(row["usd"]),) if has_price else ()),
                f"{row['scale_outs']:,}",
                f"{row['scale_ins']:,}",
                f"{row['peak_instances']:,}",
            )
            for row in rows
        ),
    )


def events_table(trace: Trace, *, label: str) -> Table:
    """List what happened in a run, one row for each action and each span of refusals.

    Parameters
    ----------
    trace : Trace
        The run.
    label : str
        What the plan is.
    """
    told = told_events(trace)
    shown = told[:MOST_EVENT_ROWS]
    left_out = (
        f" ({len(shown):,} of {len(told):,}; explain tells all)" if len(shown) < len(told) else ""
    )
    return Table(
        caption=f"Actions and refusals, {label}{left_out}",
        head=(
            Column("Minute", is_number=False),
            Column("What", is_number=False),
            Column("Instances"),
            Column("Why", is_number=False),
        ),
        rows=tuple(event_cells(trace, event) for event in shown),
    )


def told_events(trace: Trace) -> list[Event]:
    """Give what happened in a run but for alarms, whose states the figure shows."""
    return [event for event in trace.events if event.kind != "alarm"]


def event_cells(trace: Trace, event: Event) -> tuple[str, str, str, str]:
    """Say one event: its minutes, what was done or refused, instances in service, and why."""
    minutes = tick_minutes(trace.tick_seconds)
    begin, end = shortest(event.tick * minutes), shortest(event.last_tick * minutes)
    return (
        begin if begin == end else f"{begin}–{end}",
        WORDS_OF_KINDS.get((event.kind, event.actor), event.kind),
        f"{int(trace.in_service[event.tick]):,}",
        _reason(event),
    )


def _reason(event: Event) -> str:
    """Give an event's words without who acts and that it was refused, which stand beside them."""
    words = event.words.removeprefix(event.actor).removeprefix(" refused")
    return words.removeprefix(":").strip()
