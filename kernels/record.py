"""Writing one tick into a trace."""

from __future__ import annotations

from typing import NamedTuple

from kernels._jit import kernel
from kernels.call import Call
from kernels.layout import Record
from kernels.lifecycle import Members
from kernels.schedule import Limits
from kernels.tracking import HiddenAlarms


class Calls(NamedTuple):
    """What steps 4 to 6 of one tick came to: states, answers, and who acted."""

    out_state: int
    in_state: int
    out_call: Call
    in_call: Call
    tracking_call: Call
    hidden: HiddenAlarms
    actor: int


@kernel
def write_tick(
    record: Record,
    tick: int,
    present: Members,
    cpu: float,
    scheduled_change: int,
    limits: Limits,
    calls: Calls,
) -> None:
    """Write the state after step 1, the limits after step 6 and the calls between.

    Parameters
    ----------
    record : Record [T]
        Where row ``tick`` is filled.
    tick : int
        The tick.
    present : Members
        The group after step 1.
    cpu : float
        CPU percent of the serving instances.
    scheduled_change : int
        What step 0 changed in desired.
    limits : Limits
        Minimum, maximum and desired after step 6.
    calls : Calls
        States, answers and wishes.
    """
    record.cpu_percent[tick] = cpu
    record.in_service[tick] = present.in_service
    record.serving[tick] = present.in_service - present.unready
    record.pending[tick] = present.pending
    record.draining[tick] = present.draining
    record.scheduled_change[tick] = scheduled_change
    record.min_size[tick] = limits.min_size
    record.max_size[tick] = limits.max_size
    record.desired[tick] = limits.desired
    record.out_state[tick] = calls.out_state
    record.in_state[tick] = calls.in_state
    record.out_answer[tick] = calls.out_call.answer
    record.in_answer[tick] = calls.in_call.answer
    record.out_wish[tick] = calls.out_call.wish
    record.in_wish[tick] = calls.in_call.wish
    record.high_state[tick] = calls.hidden.high
    record.low_state[tick] = calls.hidden.low
    record.tracking_answer[tick] = calls.tracking_call.answer
    record.tracking_wish[tick] = calls.tracking_call.wish
    record.actor[tick] = calls.actor
