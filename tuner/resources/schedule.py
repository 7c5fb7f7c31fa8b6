"""A plan's schedule by ticks of a run as daily scheduled actions by the clock, and back.

Source: docs/aws-semantics.md 6. A plan names ticks, AWS the clock: the two meet where the time of
day at tick 0 is known. Assumption: a run is one day, which comes again each day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tuner.errors import ConfigurationError, Problem
from tuner.policy import ScheduledAction
from tuner.policy.words import raise_any
from tuner.resources.fields import UTC_NAMES, action_resource
from tuner.resources.names import created_name
from tuner.resources.records import ActionResource
from tuner.units import MINUTES_PER_DAY, SECONDS_PER_MINUTE

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_DAILY = re.compile(r"([0-5]?\d)\s+([01]?\d|2[0-3])\s+\*\s+\*\s+\*")
SIZES = {"min_size": "MinSize", "max_size": "MaxSize", "desired_capacity": "DesiredCapacity"}
"""Names of sizes here and at AWS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleStart:
    """The time of day at tick 0 of a run.

    Parameters
    ----------
    clock : str
        Hours and minutes, as ``00:00``.
    time_zone : str
        IANA name, as ``Europe/Berlin``; default ``UTC``.
    tick_seconds : int
        Length of a tick, default 60.

    Raises
    ------
    ConfigurationError
        Where the clock is no time, the zone no IANA name, or a tick shorter than 1 s.
    """

    clock: str = "00:00"
    time_zone: str = "UTC"
    tick_seconds: int = 60

    def __post_init__(self) -> None:
        """Refuse what is no time of day."""
        raise_any(_start_problems(self))

    @property
    def minute(self) -> int:
        """Minutes from midnight."""
        hours, minutes = self.clock.split(":")
        return int(hours) * 60 + int(minutes)


def _start_problems(start: ScheduleStart) -> Iterator[Problem]:
    """Yield what is wrong with a start."""
    if not _CLOCK.fullmatch(start.clock):
        yield Problem(
            "a time of day as 07:30, from 00:00 to 23:59",
            repr(start.clock),
            "schedule start",
            "Give hours and minutes.",
        )
    if start.time_zone not in UTC_NAMES and _zone(start.time_zone) is None:
        yield Problem(
            "the name of a time zone, as Europe/Berlin",
            repr(start.time_zone),
            "time zone",
            "Take a name of the IANA database.",
        )
    if start.tick_seconds < 1:
        yield Problem("at least 1", str(start.tick_seconds), "tick_seconds", "Raise it.")


def actions_of(
    schedule: Sequence[ScheduledAction], start: ScheduleStart, *, group: str
) -> tuple[ActionResource, ...]:
    """Give the daily scheduled actions of a plan's schedule.

    Parameters
    ----------
    schedule : sequence of ScheduledAction
        The plan's; `schedule_problems` finds nothing in it.
    start : ScheduleStart
        Time of day at tick 0.
    group : str
        Name of the group.
    """
    made = []
    for action in schedule:
        minute = _minute(action.tick, start)
        hour, minute = divmod(minute, 60)
        fields = {
            "Recurrence": f"{minute} {hour} * * *",
            "TimeZone": start.time_zone,
            **{aws: getattr(action, name) for name, aws in SIZES.items()},
        }
        made.append(action_resource(created_name(group, f"at-{hour:02}{minute:02}"), fields))
    return tuple(sorted(made, key=lambda each: each.name))


def schedule_problems(
    schedule: Sequence[ScheduledAction], start: ScheduleStart | None
) -> Iterator[Problem]:
    """Yield why a plan's schedule cannot be scheduled actions of AWS.

    Parameters
    ----------
    schedule : sequence of ScheduledAction
        The plan's.
    start : ScheduleStart or None
        Time of day at tick 0, where it is known.
    """
    if schedule and start is None:
        yield Problem(
            "the time of day at tick 0",
            f"{len(schedule)} scheduled action(s) by ticks alone",
            "schedule",
            "Say when the run starts: --schedule-start 00:00 --time-zone Europe/Berlin.",
        )
    taken: set[int] = set()
    for i, action in enumerate(schedule):
        where = f"schedule[{i}]"
        if start is not None:
            seconds = action.tick * start.tick_seconds
            if seconds % SECONDS_PER_MINUTE:
                yield Problem(
                    "a whole minute",
                    f"tick {action.tick} of {start.tick_seconds} s",
                    where,
                    "AWS schedules by the minute.",
                )
            if seconds >= MINUTES_PER_DAY * SECONDS_PER_MINUTE:
                yield Problem(
                    "a tick of the first day",
                    f"tick {action.tick} of {start.tick_seconds} s",
                    where,
                    "A schedule is written as daily actions: give one day.",
                )
            if seconds in taken:
                yield Problem(
                    "one action at a time",
                    f"tick {action.tick} again",
                    where,
                    "AWS refuses two at the same time: make them one.",
                )
            taken.add(seconds)
        yield from _size_problems(action, where)


def read_actions(
    actions: Sequence[ActionResource], start: ScheduleStart | None
) -> tuple[tuple[ScheduledAction, ...] | None, ScheduleStart | None, tuple[str, ...]]:
    """Read scheduled actions as a plan's schedule.

    Parameters
    ----------
    actions : sequence of ActionResource
        Those of the group.
    start : ScheduleStart or None
        Time of day at tick 0; None: midnight in the zone of the first action.

    Returns
    -------
    tuple of ScheduledAction or None, ScheduleStart or None, tuple of str
        The schedule in order of its ticks, and None where there is none; the start that it counts
        from; and sentences on what a plan cannot hold.
    """
    made: list[ScheduledAction] = []
    sentences: list[str] = []
    for action in actions:
        zone = str(action.fields.get("TimeZone", "UTC"))
        reason = _why_not_daily(action.fields)
        if reason is None and start is None:
            start = ScheduleStart(time_zone=zone)
        if reason is None and start is not None:
            if not _is_same_zone(zone, start.time_zone):
                reason = f"it is in the time zone {zone}, and the schedule in {start.time_zone}"
            else:
                seconds = (_recurring(action.fields) - start.minute) % MINUTES_PER_DAY * 60
                tick, rest = divmod(seconds, start.tick_seconds)
                if rest:
                    reason = f"its minute is between two ticks of {start.tick_seconds} s"
                else:
                    sizes = {name: action.fields.get(aws) for name, aws in SIZES.items()}
                    try:
                        made.append(ScheduledAction(tick=tick, **sizes))
                    except ConfigurationError as error:
                        reason = str(error)
        if reason is not None:
            sentences.append(f"Scheduled action {action.name!r} is not in the plan: {reason}.")
    schedule = tuple(sorted(made, key=lambda each: each.tick)) or None
    return schedule, start if schedule else None, tuple(sentences)


def _minute(tick: int, start: ScheduleStart) -> int:
    """Give the minute of the day at a tick."""
    return (start.minute + tick * start.tick_seconds // SECONDS_PER_MINUTE) % MINUTES_PER_DAY


def _size_problems(action: ScheduledAction, where: str) -> Iterator[Problem]:
    """Yield why AWS refuses the sizes of a scheduled action."""
    least, most, desired = action.min_size, action.max_size, action.desired_capacity
    if least is None and most is None and desired is None:
        yield Problem(
            "min_size, max_size or desired_capacity",
            "none of them",
            where,
            "AWS refuses an action that changes nothing: take it out.",
        )
    ends = [size for size in (least, desired, most) if size is not None]
    if ends != sorted(ends):
        yield Problem(
            "sizes in order: min_size, desired_capacity, max_size",
            ", ".join(map(str, ends)),
            where,
            "AWS refuses a desired capacity outside of its limits.",
        )


_KNOWN = frozenset({"Recurrence", "TimeZone", "StartTime", *SIZES.values()})


def _why_not_daily(fields: Mapping[str, object]) -> str | None:
    """Say why an action is not one of each day, if it is not."""
    recurrence = fields.get("Recurrence")
    if recurrence is None:
        return f"it acts once, at {fields.get('StartTime', 'a time that is not said')}"
    if not _DAILY.fullmatch(str(recurrence).strip()):
        return f"its Recurrence {recurrence!r} is not one minute of each day"
    unknown = sorted(set(fields) - _KNOWN)
    if unknown:
        return f"a plan has no {', '.join(unknown)}"
    zone = str(fields.get("TimeZone", "UTC"))
    if zone not in UTC_NAMES and _zone(zone) is None:
        return f"its TimeZone {zone!r} is not known here"
    if "StartTime" in fields and not _is_next_run(str(fields["StartTime"]), zone, fields):
        return f"it begins at {fields['StartTime']}, and a plan holds from the first day on"
    return None


def _is_next_run(moment: str, zone: str, fields: Mapping[str, object]) -> bool:
    """Whether a StartTime is no more than the next run, which AWS fills in."""
    local = datetime.fromisoformat(moment).astimezone(_zone(zone))
    return local.hour * 60 + local.minute == _recurring(fields) and not local.second


def _recurring(fields: Mapping[str, object]) -> int:
    """Give the minute of the day of a daily recurrence."""
    minute, hour, *_ = str(fields["Recurrence"]).split()
    return int(hour) * 60 + int(minute)


def _is_same_zone(one: str, other: str) -> bool:
    """Whether two names are of one zone."""
    return one == other or (one in UTC_NAMES and other in UTC_NAMES)


def _zone(name: str) -> ZoneInfo | None:
    """Give a time zone by its name, or None."""
    try:
        return ZoneInfo("UTC" if name in UTC_NAMES else name)
    except (KeyError, ValueError, OSError):
        return None
