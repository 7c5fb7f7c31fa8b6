"""One instance, and the words for where it is in its life."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

AGE_ORDER = ("start", "scale_out", "scale_in", "target_tracking", "schedule")
"""Who is older, the first first, of instances "that become InService in one tick"."""


class State(Enum):
    """Where an instance is in its life."""

    PENDING = "pending"
    IN_SERVICE = "in service"
    DRAINING = "draining"
    GONE = "gone"


@dataclass
class Instance:
    """One instance; the ticks are the first ones in which the word holds."""

    state: State
    in_service_tick: int
    ready_tick: int
    warm_tick: int
    launched_by: str = "start"
    gone_tick: int | None = None

    def age(self) -> tuple[bool, int, int]:
        """Return what sorts instances, the oldest first: "age counts from InService"."""
        by = self.launched_by
        return (by != "start", self.in_service_tick, AGE_ORDER.index(by))

    def is_ready(self, t: int) -> bool:
        """Answer whether the instance serves in tick t."""
        return self.state is State.IN_SERVICE and t >= self.ready_tick

    def is_warming(self, t: int) -> bool:
        """Answer whether the instance warms in tick t, "from InService on"."""
        return self.state is State.IN_SERVICE and t < self.warm_tick
