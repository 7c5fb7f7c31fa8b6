"""Scaling activities and alarm changes: read from answers of AWS, and kept once a day is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.aws.recorded import AnsweringAccount, recorded
from tuner.activities import Activity, AlarmChange
from tuner.aws.fetching import fetch_events
from tuner.aws.group_log import GroupLog, activity_of, change_of
from tuner.errors import AccountError
from tuner.store.archive import Archive

BEGIN = datetime(2026, 11, 17, tzinfo=UTC)
DAY = timedelta(days=1)
END = BEGIN + DAY


class MemoryLog:
    """A log of a group in memory, which remembers what it was asked."""

    def __init__(self, activities=(), changes=()) -> None:
        self.all_activities, self.all_changes = activities, changes
        self.asked: list[tuple] = []

    def activities(self, group, begin, end):
        self.asked.append(("activities", begin, end))
        return tuple(a for a in self.all_activities if begin <= a.started < end)

    def alarm_names(self, group, activities):
        return ("high", "low")

    def alarm_changes(self, alarms, begin, end):
        self.asked.append(("changes", begin, end))
        return tuple(c for c in self.all_changes if begin <= c.stamp < end)


def activity(hours: float, *, ended: bool = True) -> Activity:
    started = BEGIN + timedelta(hours=hours)
    return Activity(
        started=started,
        ended=started + timedelta(minutes=3) if ended else None,
        status="Successful" if ended else "InProgress",
        description="Launching a new EC2 instance: i-0b67a5292984b0771",
        cause="",
        instance_id="i-0b67a5292984b0771",
        kind="launch",
    )


def change(hours: float) -> AlarmChange:
    stamp = BEGIN + timedelta(hours=hours)
    return AlarmChange(stamp=stamp, alarm="high", old_state="OK", new_state="ALARM")


def test_the_recorded_activities_are_read_page_by_page_oldest_first():
    answers = AnsweringAccount()
    for name in ("describe_scaling_activities_page1", "describe_scaling_activities_page2"):
        answers.add("autoscaling", "describe_scaling_activities", recorded(name))

    found = GroupLog(answers.account).activities("web-asg", BEGIN, END)

    answers.check()
    assert len(found) == 15
    assert [a.kind for a in found].count("terminate") == 7
    (failed,) = (a for a in found if a.status == "Failed")
    assert failed.instance_id is None
    assert failed.ended is not None
    assert failed.ended < failed.started
    assert found[0].started.microsecond > 0
    assert "triggered policy" in found[0].cause


def test_pages_before_the_range_are_not_read():
    answers = AnsweringAccount()
    page = recorded("describe_scaling_activities_page1")
    answers.add("autoscaling", "describe_scaling_activities", page)

    found = GroupLog(answers.account).activities("web-asg", BEGIN + timedelta(hours=21), END)

    answers.check()
    assert [a.kind for a in found] == ["terminate"] * 3


def test_alarms_are_those_of_the_policies_and_those_that_causes_name():
    answers = AnsweringAccount()
    answers.add("autoscaling", "describe_policies", recorded("describe_policies"))
    gone = activity(1)
    cause = (
        "At 2026-11-17T00:59:41Z a monitor alarm an old one in state ALARM triggered policy out"
        " changing the desired capacity from 2 to 3."
    )
    named = Activity(**{key: getattr(gone, key) for key in gone.__slots__} | {"cause": cause})

    found = GroupLog(answers.account).alarm_names("web-asg", [named])

    assert "an old one" in found
    assert len(found) == 3


@pytest.mark.parametrize(
    "entry",
    [
        {"HistoryData": '{"oldState":{"stateValue":"OK"},"newState":{"stateValue":"ALARM"}}'},
        {"HistorySummary": "Alarm updated from OK to ALARM"},
        {"HistoryData": "[" * 9_000, "HistorySummary": "Alarm updated from OK to ALARM."},
        {"HistoryData": '{"oldState":3}', "HistorySummary": "Alarm updated from OK to ALARM"},
    ],
)
def test_a_change_is_read_from_its_data_or_from_its_sentence(entry):
    got = change_of({"AlarmName": "high", "Timestamp": BEGIN, **entry})

    assert got == AlarmChange(stamp=BEGIN, alarm="high", old_state="OK", new_state="ALARM")


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"HistoryData": "null", "HistorySummary": "Alarm updated from GREEN to RED"},
        {"HistoryData": '{"oldState":{"stateValue":[]},"newState":{"stateValue":"OK"}}'},
        {"HistorySummary": "Alarm updated from OK to ALARM", "Timestamp": datetime(2026, 11, 17)},
    ],
)
def test_a_change_that_cannot_be_read_is_an_error_and_no_change(entry):
    with pytest.raises(AccountError, match="none that can be read"):
        change_of({"AlarmName": "high", "Timestamp": BEGIN, **entry})


def test_an_activity_without_a_begin_is_an_error():
    with pytest.raises(AccountError, match="StartTime of a scaling activity"):
        activity_of({"Description": "Launching"})


def test_whole_days_are_kept_once_and_read_from_the_archive_afterwards(tmp_path):
    log = MemoryLog([activity(1), activity(25)], [change(0.9), change(24.9)])
    archive = Archive(tmp_path / "state")
    now = BEGIN + 2 * DAY

    first = fetch_events(log, archive, "web", BEGIN + DAY / 2, now, now=now)
    again = fetch_events(log, archive, "web", BEGIN, now, now=now)

    assert first.activities == (activity(25),)
    assert first.n_written == 2
    assert archive.activity_days("web") == archive.alarm_days("web") == (BEGIN.date(),)
    assert again.activities == (activity(1), activity(25))
    assert again.changes == (change(0.9), change(24.9))
    assert again.n_written == 0
    assert [asked[1] for asked in log.asked] == [BEGIN, BEGIN, BEGIN + DAY, BEGIN + DAY]


def test_a_day_whose_activity_still_runs_is_not_kept_yet(tmp_path):
    archive = Archive(tmp_path / "state")
    running = MemoryLog([activity(1, ended=False)])

    fetch_events(running, archive, "web", BEGIN, END, now=END + timedelta(hours=4))
    assert archive.activity_days("web") == ()
    fetch_events(MemoryLog([activity(1)]), archive, "web", BEGIN, END, now=END + DAY)

    assert archive.read_activities("web", BEGIN, END) == (activity(1),)


def test_an_activity_that_never_ends_does_not_hold_its_day_for_ever(tmp_path):
    archive = Archive(tmp_path / "state")
    running = MemoryLog([activity(1, ended=False)])

    fetch_events(running, archive, "web", BEGIN, END, now=END + 3 * DAY)

    assert archive.read_activities("web", BEGIN, END) == (activity(1, ended=False),)


def test_days_that_aws_has_dropped_are_not_kept_as_empty(tmp_path):
    archive = Archive(tmp_path / "state")

    fetch_events(MemoryLog(), archive, "web", BEGIN, END, now=BEGIN + 20 * DAY)
    assert archive.activity_days("web") == (BEGIN.date(),)
    assert archive.alarm_days("web") == ()
    fetch_events(MemoryLog(), archive, "late", BEGIN, END, now=BEGIN + 50 * DAY)

    assert archive.activity_days("late") == ()
