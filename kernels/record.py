"""Writing one tick into a trace."""

from __future__ import annotations

from typing import NamedTuple

from kernels._jit import kernel
from kernels.layout import Record
from kernels.lifecycle import Members
from kernels.schedule import Limits
from kernels.simple import Call


class Calls(NamedTuple):
    """What steps 4 to 6 of one tick came to: states, answers, and who acted."""

    out_state: int
    in_state: int
    out_call: Call
    in_call: Call
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
        Written at this tick.
    tick : int
        This tick.
    present : Members
        Instances after step 1.
    cpu : float
        CPU percent of the serving instances; 100 where none meets load, 0 where nothing is there.
    scheduled_change : int
        Instances by which step 0 changed the group.
    limits : Limits
        Minimum, maximum and desired after step 6.
    calls : Calls
        States of the alarms, and how their policies answered.
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
    record.actor[tick] = calls.actor
