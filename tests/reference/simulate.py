"""The tick loop of the reference. One tick, in order:

0. Schedule
1. Lifecycle
2. Load
3. Datapoint
4. Alarms
5. Policies
6. Conflict and clamp
7. Reconcile
8. Totals
"""

from __future__ import annotations

from typing import Any

from tests.reference.group import Decision, Group
from tests.reference.host import cpu_percent, overload_rpm
from tests.reference.instance import State
from tests.reference.metric import Metric
from tests.reference.records import ALARM, ReferenceRun, Settings
from tests.reference.refusals import refuse
from tests.reference.schedule import apply_due_actions
from tests.reference.settings import read_settings
from tests.reference.totals import Totals
from tests.reference.watch import watches
from tests.reference.wish import largest_wish


def simulate(
    scenario: dict[str, Any],
    plan: dict[str, Any],
    rpm: list[float],
    launch_ticks: list[int] | None = None,
) -> ReferenceRun:
    """Run one candidate over one load, or raise `Refused` with a sentence.

    `launch_ticks` of a decision in each tick, where launches scatter; else the scenario's.
    """
    settings = read_settings(scenario, plan)
    refuse(settings, rpm)
    run = _Run(settings, launch_ticks)
    for t, offered_rpm in enumerate(rpm):
        run.tick(t, offered_rpm)
    return run.result()


class _Run:
    """A run under way."""

    def __init__(self, settings: Settings, launch_ticks: list[int] | None) -> None:
        self.settings = settings
        self.group = Group(settings, launch_ticks)
        self.metric = Metric(settings)
        self.watches = watches(settings)
        self.totals = Totals(
            tick_seconds=settings.tick_seconds, cliff_percent=settings.host.cliff_percent
        )
        self.in_service: list[int] = []
        self.serving: list[int] = []
        self.pending: list[int] = []
        self.draining: list[int] = []
        self.desired: list[int] = []
        self.cpu_percent: list[float | None] = []

    def tick(self, t: int, offered_rpm: float) -> None:
        """Simulate tick t, in the order of the law."""
        group, settings = self.group, self.settings

        # 0. Schedule
        apply_due_actions(settings.schedule, group, t)

        # 1. Lifecycle
        group.advance(t)
        in_service = group.count(State.IN_SERVICE)
        pending = group.count(State.PENDING)
        draining = group.count(State.DRAINING)

        # 2. Load
        serving = len([i for i in group.instances if i.is_ready(t)])
        cpu = cpu_percent(settings.host, offered_rpm, serving)

        # 3. Datapoint
        counting = [
            i
            for i in group.instances
            if i.state is State.IN_SERVICE and (settings.warming_in_metric or not i.is_warming(t))
        ]
        serving_counting = len([i for i in counting if i.is_ready(t)])
        self.metric.record(
            serving=serving_counting,
            cpu_percent=cpu,
            unready=len(counting) - serving_counting,
            boot_cpu_percent=settings.boot_cpu_percent,
        )

        # 4. Alarms
        for watch in self.watches:
            watch.look(self.metric, group, t)

        # 5. Policies
        calls = [
            watch.wish(self.metric, group, t) for watch in self.watches if watch.state == ALARM
        ]
        wishes = [wish for wish in calls if wish is not None]

        # 6. Conflict and clamp
        winner = largest_wish(wishes)

        # 7. Reconcile
        if winner is not None:
            cooldown_seconds = winner.cooldown_seconds
            decision = Decision(
                by=winner.by,
                tick=t,
                from_tick=t + 1,
                warmup_ticks=settings.ticks(winner.warmup_seconds),
                cooldown_ticks=(
                    None if cooldown_seconds is None else settings.ticks(cooldown_seconds)
                ),
            )
            group.reconcile(group.clamp(winner.capacity), decision)

        # 8. Totals
        self.totals.add(
            cpu_percent=cpu,
            overload_rpm=overload_rpm(settings.host, offered_rpm, serving),
            serving=serving,
            in_service=in_service,
            billed=pending + in_service + draining,
        )
        self.in_service.append(in_service)
        self.serving.append(serving)
        self.pending.append(pending)
        self.draining.append(draining)
        self.desired.append(group.desired)
        self.cpu_percent.append(cpu)

    def result(self) -> ReferenceRun:
        """Return what the run yields."""
        group = self.group
        return ReferenceRun(
            totals=self.totals.as_dict(scale_outs=group.scale_outs, scale_ins=group.scale_ins),
            in_service=self.in_service,
            serving=self.serving,
            pending=self.pending,
            draining=self.draining,
            desired=self.desired,
            cpu_percent=self.cpu_percent,
            alarm_states={watch.name: "".join(watch.states) for watch in self.watches},
        )
