"""One instance, and the words for where it is in its life."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
    gone_tick: int | None = None

    def is_ready(self, t: int) -> bool:
        """Answer whether the instance serves in tick t."""
        return self.state is State.IN_SERVICE and t >= self.ready_tick

    def is_warming(self, t: int) -> bool:
        """Answer whether the instance warms in tick t, "from InService on"."""
        return self.state is State.IN_SERVICE and t < self.warm_tick
