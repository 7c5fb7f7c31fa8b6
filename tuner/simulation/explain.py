"""What a run did, in words: every activity, every refusal, every change of an alarm's state.

A refusal that lasts is one event: the span of ticks in which an alarm stood and its policy was
refused for one reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import kernels
from kernels import layout
from tuner.policy import ScalingPlan

OUT, IN, TRACKING = "scale_out", "scale_in", "target_tracking"
ACTORS = (OUT, IN, TRACKING)


NOTHING_TO_DO = {
    kernels.NO_STEP: "no step holds the newest datapoint",
    kernels.NO_DATA: "the newest datapoint is missing",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, or one span of refusals.

    Parameters
    ----------
    tick, last_tick : int
        First and last tick that it covers.
    kind : str
        ``activity``, ``refused``, ``held`` (called, and nothing changed), ``schedule`` or
        ``alarm``.
    actor : str
        ``scale_out``, ``scale_in``, ``target_tracking`` or ``schedule``; of alarms, the
        hidden ``tracking_high`` and ``tracking_low`` too.
    words : str
        The reason, as a sentence.
    """

    tick: int
    last_tick: int
    kind: str
    actor: str
    words: str


def events_of(
    record: layout.Record,
    setting: layout.Setting,
    plan: ScalingPlan,
    *,
    launch_ticks: layout.Integers | None = None,
    tick_seconds: int,
) -> tuple[Event, ...]:
    """Read a record tick by tick and say what happened.

    Parameters
    ----------
    record : Record
        The trace of one run.
    setting : Setting
        The scenario in ticks.
    plan : ScalingPlan
        The plan that ran.
    launch_ticks : int64 [T] or None
        Launch time of a decision in each tick; None: the setting's, in all.
    tick_seconds : int
        Length of a tick.

    Returns
    -------
    tuple of Event
        In time order.
    """
    story = _Story(record, setting, plan, launch_ticks, tick_seconds)
    events = [
        *story.scheduled(),
        *story.alarms(OUT, record.out_state),
        *story.alarms(IN, record.in_state),
        *story.alarms("tracking_high", record.high_state),
        *story.alarms("tracking_low", record.low_state),
        *story.activities(),
        *(event for actor in ACTORS for event in story.without_effect(actor)),
    ]
    return tuple(sorted(events, key=lambda event: event.tick))


@dataclass(frozen=True, slots=True)
class _Story:
    """One record, read from several sides."""

    record: layout.Record
    setting: layout.Setting
    plan: ScalingPlan
    launch_ticks: layout.Integers | None
    tick_seconds: int

    def scheduled(self) -> Iterator[Event]:
        """Say what scheduled actions did."""
        for t, change in enumerate(self.record.scheduled_change.tolist()):
            if change:
                verb = "launch" if change > 0 else "take"
                words = f"scheduled action: {verb} {abs(change)}"
                if change > 0:
                    words += f", InService at minute {self._minute(t + self._launch_ticks(t))}"
                yield Event(t, t, "schedule", "schedule", words)

    def alarms(self, actor: str, states: layout.Codes) -> Iterator[Event]:
        """Say when an alarm changed its state."""
        words = ("OK", "ALARM", "INSUFFICIENT_DATA")
        before = layout.STATE_INSUFFICIENT_DATA
        for t, state in enumerate(states.tolist()):
            if state != before:
                change = f"alarm {actor}: {words[before]} to {words[state]}"
                yield Event(t, t, "alarm", actor, change)
            before = state

    def activities(self) -> Iterator[Event]:
        """Say which policy changed the desired capacity, from what to what, and until when."""
        for t, actor in enumerate(self.record.actor.tolist()):
            change = self._change(t)
            if actor == kernels.NOBODY or change == 0:
                continue
            name = ACTORS[actor]
            new = int(self.record.desired[t])
            due = t + 1 + (self._launch_ticks(t) if change > 0 else self.setting.drain_ticks)
            verb, end = ("launch", "InService") if change > 0 else ("take", "gone")
            words = (
                f"{name}: desired {new - change} to {new}, {verb} {abs(change)}, {end} at minute"
            )
            yield Event(t, t, "activity", name, f"{words} {self._minute(due)}")

    def without_effect(self, actor: str) -> Iterator[Event]:
        """Give one event for each span in which an alarm stood and nothing happened."""
        reasons = [self._reason(actor, t) for t in range(len(self.record.actor))]
        begin = 0
        for t in range(1, len(reasons) + 1):
            if t == len(reasons) or reasons[t] != reasons[begin]:
                reason = reasons[begin]
                if reason is not None:
                    kind, words = reason
                    minutes = self._minute(t - begin)
                    span = f" ({minutes} minutes)" if t - begin > 1 else ""
                    yield Event(begin, t - 1, kind, actor, f"{actor} {words}{span}")
                begin = t

    def _launch_ticks(self, t: int) -> int:
        """Give the ticks from a decision in tick t to InService."""
        if self.launch_ticks is None:
            return self.setting.launch_ticks
        return int(self.launch_ticks[t])

    def _change(self, t: int) -> int:
        """Give the change of desired capacity that step 6 made in tick t."""
        desired = self.record.desired
        members = int(self.record.in_service[t] + self.record.pending[t])
        return int(desired[t]) - members

    def _reason(self, actor: str, t: int) -> tuple[str, str] | None:
        """Say why an alarm that stood in tick t changed nothing, or None."""
        record = self.record
        mine = ACTORS.index(actor)
        answers = (record.out_answer, record.in_answer, record.tracking_answer)[mine]
        wishes = (record.out_wish, record.in_wish, record.tracking_wish)[mine]
        answer = int(answers[t])
        if answer == kernels.NOT_CALLED:
            return None
        if answer == kernels.REFUSED_IN_PROGRESS:
            launching, draining = int(record.pending[t]), int(record.draining[t])
            what = f"{launching} launching" if launching else f"{draining} draining"
            return "refused", f"refused: activity in progress, {what}"
        if answer == kernels.REFUSED_IN_COOLDOWN:
            end = self._minute(int(record.cooldown_end[t]))
            return "refused", f"refused: cooldown until minute {end}"
        if answer == kernels.REFUSED_WARMING:
            warming, pending = int(record.warming[t]), int(record.pending[t])
            return "refused", f"refused: {warming} warming, {pending} pending"
        if answer in NOTHING_TO_DO:
            return "held", f"does nothing: {NOTHING_TO_DO[answer]}"
        if int(record.actor[t]) != mine:
            return "held", "set aside: another policy asks for as many instances or more"
        if self._change(t) == 0:
            wish = int(wishes[t])
            limits = f"{int(record.min_size[t])} to {int(record.max_size[t])}"
            return "held", f"changes nothing: it wishes {wish} within limits {limits}"
        return None

    def _minute(self, ticks: int) -> str:
        """Write a number of ticks in minutes."""
        return f"{ticks * self.tick_seconds / 60:g}"
