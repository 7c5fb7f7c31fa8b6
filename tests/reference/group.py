"""The group: instances as objects, the activities that move them, the one cooldown.

Step 1 (Lifecycle) is `Group.advance`, step 7 (Reconcile) and the end of step 0 are
`Group.reconcile`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tests.reference.instance import Instance, State
from tests.reference.records import Settings


@dataclass(frozen=True)
class Activity:
    """One decision's launches or takes; a cooldown only if a simple policy decided."""

    instances: list[Instance]
    cooldown_ticks: int | None

    def is_over(self) -> bool:
        """Answer whether "each of its instances is InService or gone"."""
        return all(i.state in (State.IN_SERVICE, State.GONE) for i in self.instances)


class Decision(NamedTuple):
    """Who changes the desired capacity, in which tick, and what that brings with it.

    Launches and takes hold from `from_tick` on: t in step 0, t + 1 in step 7.
    """

    by: str
    tick: int
    from_tick: int
    warmup_ticks: int = 0
    cooldown_ticks: int | None = None


class Group:
    """The group between two ticks, and the two ways in which it changes."""

    def __init__(self, settings: Settings, launch_ticks: list[int] | None = None) -> None:
        self.min_size = settings.min_size
        self.max_size = settings.max_size
        self.desired = self.clamp(settings.initial_capacity)
        self.constant_launch_ticks = settings.ticks(settings.launch_seconds)
        self.drawn_launch_ticks = launch_ticks
        self.ready_ticks = settings.ticks(settings.ready_seconds)
        self.drain_ticks = settings.ticks(settings.drain_seconds)
        self.instances = [Instance(State.IN_SERVICE, 0, 0, 0) for _ in range(self.desired)]
        self.activities: list[Activity] = []
        self.cooldown_end_tick = 0
        self.scale_outs = 0
        self.scale_ins = 0

    def clamp(self, capacity: int) -> int:
        """Clamp a capacity to [min, max]."""
        return min(max(capacity, self.min_size), self.max_size)

    def advance(self, t: int) -> None:
        """Move instances on at the start of tick t; a simple activity's end opens its cooldown."""
        for instance in self.instances:
            if instance.state is State.PENDING and instance.in_service_tick <= t:
                instance.state = State.IN_SERVICE
            if instance.state is State.DRAINING and instance.gone_tick == t:
                instance.state = State.GONE
        self.instances = [i for i in self.instances if i.state is not State.GONE]
        for activity in self.activities:
            if activity.is_over() and activity.cooldown_ticks is not None:
                self.cooldown_end_tick = t + activity.cooldown_ticks
        self.activities = [a for a in self.activities if not a.is_over()]

    def launch_ticks(self, t: int) -> int:
        """Return how long a launch takes that is decided in tick t."""
        drawn = self.drawn_launch_ticks
        return self.constant_launch_ticks if drawn is None else drawn[t]

    def reconcile(self, desired: int, decision: Decision) -> None:
        """Launch or take the difference.

        "No change after clamping: no activity, no cooldown, not counted."
        """
        if desired > self.desired:
            moved = [self.launch(decision) for _ in range(desired - self.desired)]
            self.scale_outs += 1
        elif desired < self.desired:
            moved = self.victims(decision.from_tick)[: self.desired - desired]
            for instance in moved:
                self.take(instance, decision.from_tick)
            self.scale_ins += 1
        else:
            return
        self.desired = desired
        self.activities.append(Activity(moved, decision.cooldown_ticks))

    def launch(self, decision: Decision) -> Instance:
        """Launch one: pending for the decision's launch ticks, then InService, ready and warm."""
        in_service_tick = decision.from_tick + self.launch_ticks(decision.tick)
        instance = Instance(
            state=State.PENDING,
            in_service_tick=in_service_tick,
            ready_tick=in_service_tick + self.ready_ticks,
            warm_tick=in_service_tick + decision.warmup_ticks,
            launched_by=decision.by,
        )
        self.instances.append(instance)
        return instance

    def victims(self, from_tick: int) -> list[Instance]:
        """Return who leaves first: "ready instances first, then unready, then pending, the
        oldest first".
        """
        by_age = sorted(self.instances, key=Instance.age)
        in_service = [i for i in by_age if i.state is State.IN_SERVICE]
        ready = [i for i in in_service if i.ready_tick < from_tick]
        unready = [i for i in in_service if i.ready_tick >= from_tick]
        pending = [i for i in by_age if i.state is State.PENDING]
        return ready + unready + pending

    def take(self, instance: Instance, from_tick: int) -> None:
        """Take one: it drains for `drain_ticks` from `from_tick` on; a pending one is gone."""
        if instance.state is State.PENDING:
            instance.state = State.GONE
        else:
            instance.state = State.DRAINING
            instance.gone_tick = from_tick + self.drain_ticks

    def count(self, state: State) -> int:
        """Count the instances in a state."""
        return len([i for i in self.instances if i.state is state])

    def warm_capacity(self, t: int) -> int:
        """Return `base`, "InService and not warming"."""
        in_service = [i for i in self.instances if i.state is State.IN_SERVICE]
        return len([i for i in in_service if not i.is_warming(t)])

    def is_settling(self, t: int) -> bool:
        """Answer whether "an instance warms or is pending"."""
        return any(i.is_warming(t) or i.state is State.PENDING for i in self.instances)
