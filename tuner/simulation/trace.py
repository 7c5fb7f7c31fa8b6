"""The trace of one run: every tick as columns.

Notation: T tick.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kernels import layout
from tuner.plotting import Plotted, Tabled
from tuner.simulation.explain import Event
from tuner.traffic.shapes import TrafficShapes

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CodeArray = NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace(Plotted, Tabled):
    """One plan on one shape, tick by tick; every array ``[T]``.

    Parameters
    ----------
    shape_name : str
        The shape.
    tick_seconds : int
        Length of a tick.
    rpm, cpu_percent : float64 [T]
        Offered load; CPU of the serving instances, NaN in ticks that have none.
    in_service, serving, pending, draining, warming : int64 [T]
        Instances after step 1 of the tick; warming ones are InService.
    desired_capacity : int64 [T]
        Desired capacity after step 6.
    scale_out_state, scale_in_state, tracking_high_state, tracking_low_state : int8 [T]
        States at the end of the tick, of the hidden alarms too: 0 OK, 1 ALARM,
        2 INSUFFICIENT_DATA.
    events : tuple of Event
        What happened and what was refused, in words, in time order.
    totals : mapping of str to float
        The totals of docs/model.md.
    """

    shape_name: str
    tick_seconds: int
    rpm: FloatArray
    cpu_percent: FloatArray
    in_service: IntArray
    serving: IntArray
    pending: IntArray
    draining: IntArray
    warming: IntArray
    desired_capacity: IntArray
    scale_out_state: CodeArray
    scale_in_state: CodeArray
    tracking_high_state: CodeArray
    tracking_low_state: CodeArray
    events: tuple[Event, ...]
    totals: Mapping[str, float]

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """Give the per-tick table as columns, with the minute that each tick begins at."""
        ticks = np.arange(len(self.rpm), dtype=np.int64)
        words: list[list[str]] = [[] for _ in ticks]
        for event in self.events:
            words[event.tick].append(event.words)
        names = (
            "rpm",
            "cpu_percent",
            "in_service",
            "serving",
            "pending",
            "draining",
            "warming",
            "desired_capacity",
        )
        return {
            "minute": ticks * self.tick_seconds / 60,
            **{name: getattr(self, name) for name in names},
            "scale_out_state": state_words(self.scale_out_state),
            "scale_in_state": state_words(self.scale_in_state),
            "tracking_high_state": state_words(self.tracking_high_state),
            "tracking_low_state": state_words(self.tracking_low_state),
            "events": np.array(["; ".join(said) for said in words]),
        }


STATE_WORDS = np.array(["OK", "ALARM", "INSUFFICIENT_DATA"])


def state_words(states: CodeArray) -> NDArray[np.str_]:
    """Give AWS's words for alarm states."""
    return STATE_WORDS[states]


def empty_record(n_ticks: int) -> layout.Record:
    """Allocate a record ``[T]`` for the kernel to fill; of no ticks where no trace is wanted."""

    def ints() -> IntArray:
        return np.zeros(n_ticks, dtype=np.int64)

    def codes() -> CodeArray:
        return np.zeros(n_ticks, dtype=np.int8)

    return layout.Record(
        cpu_percent=np.zeros(n_ticks),
        in_service=ints(),
        serving=ints(),
        pending=ints(),
        draining=ints(),
        scheduled_change=ints(),
        min_size=ints(),
        max_size=ints(),
        desired=ints(),
        out_state=codes(),
        in_state=codes(),
        out_answer=codes(),
        in_answer=codes(),
        out_wish=ints(),
        in_wish=ints(),
        actor=codes(),
        cooldown_end=ints(),
        warming=ints(),
        high_state=codes(),
        low_state=codes(),
        tracking_answer=codes(),
        tracking_wish=ints(),
    )


def trace_of(
    record: layout.Record,
    events: tuple[Event, ...],
    shape: TrafficShapes,
    totals: Mapping[str, float],
) -> Trace:
    """Wrap the record of a run on the only shape of ``shape``.

    Parameters
    ----------
    record : layout.Record [T]
        Filled by the kernel.
    events : tuple of Event
        What happened, from `tuner.simulation.explain.events_of`.
    shape : TrafficShapes
        The only shape.
    totals : mapping of str to float
        Totals of the run.

    Returns
    -------
    Trace
        Read-only columns, and the events.
    """
    for array in record:
        array.setflags(write=False)
    no_cpu = (record.serving == 0) & (shape.rpm == 0.0)
    return Trace(
        shape_name=shape.names[0],
        tick_seconds=shape.tick_seconds,
        rpm=shape.rpm,
        cpu_percent=np.where(no_cpu, np.nan, record.cpu_percent),
        in_service=record.in_service,
        serving=record.serving,
        pending=record.pending,
        draining=record.draining,
        warming=record.warming,
        desired_capacity=record.desired,
        scale_out_state=record.out_state,
        scale_in_state=record.in_state,
        tracking_high_state=record.high_state,
        tracking_low_state=record.low_state,
        events=events,
        totals=totals,
    )
