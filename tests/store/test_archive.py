"""The archive: days are written once, and read as they were."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.store.test_runs import hostile_texts
from tuner.activities import Activity, AlarmChange
from tuner.errors import ConfigurationError, StoreError
from tuner.metrics import FetchedSeries, MetricName
from tuner.store.archive import Archive

SEED = 20261124
DAY = date(2026, 11, 17)
BEGIN = datetime(2026, 11, 17, tzinfo=UTC)
END = BEGIN + timedelta(days=3)


def cpu(**more: object) -> MetricName:
    facts = {
        "namespace": "AWS/EC2",
        "metric": "CPUUtilization",
        "dimensions": (("AutoScalingGroupName", "web"),),
        "statistic": "Average",
        **more,
    }
    return MetricName(**facts)  # type: ignore[arg-type]


def series(name: MetricName, *, minutes: int = 1440, start: datetime = BEGIN) -> FetchedSeries:
    begins = int(start.timestamp()) + 60 * np.arange(minutes)
    return FetchedSeries(
        name=name, begins=begins, values=np.random.default_rng(SEED).random(minutes)
    )


ACTIVITIES = (
    Activity(
        started=BEGIN + timedelta(hours=1, microseconds=205_000),
        ended=BEGIN + timedelta(hours=1, minutes=3),
        status="Successful",
        description="Launching a new EC2 instance: i-0b67a5292984b0771",
        cause="At 2026-11-17T00:59:41Z a monitor alarm high in state ALARM triggered policy out",
        instance_id="i-0b67a5292984b0771",
        kind="launch",
    ),
    Activity(
        started=BEGIN + timedelta(hours=2),
        ended=None,
        status="InProgress",
        description="Something else",
        cause="",
        instance_id=None,
        kind="other",
    ),
)
CHANGES = (
    AlarmChange(stamp=BEGIN + timedelta(hours=1), alarm="high", old_state="OK", new_state="ALARM"),
    AlarmChange(stamp=BEGIN + timedelta(hours=2), alarm="high", old_state="ALARM", new_state="OK"),
)


def filled(state: Path) -> Archive:
    archive = Archive(state, model_version="4")
    for k in range(2):
        archive.write_day(series(cpu(), minutes=4320), DAY + timedelta(days=k))
    archive.write_activities("web", DAY, ACTIVITIES)
    archive.write_alarm_changes("web", DAY, CHANGES)
    return archive


def test_nothing_is_made_before_something_is_written(tmp_path):
    archive = Archive(tmp_path / "state")

    assert archive.names() == ()
    assert archive.groups() == ()
    assert archive.days(cpu()) == ()
    assert len(archive.read(cpu(), BEGIN, END).begins) == 0
    assert archive.read_activities("web", BEGIN, END) == ()
    assert not (tmp_path / "state").exists()


def test_what_was_written_is_read_day_by_day_and_across_days(tmp_path):
    archive = filled(tmp_path / "state")
    whole = series(cpu(), minutes=2880)

    got = archive.read(cpu(), BEGIN, END)
    part = archive.read(cpu(), BEGIN + timedelta(hours=23), BEGIN + timedelta(hours=25))

    assert archive.names() == (cpu(),)
    assert archive.days(cpu()) == (DAY, DAY + timedelta(days=1))
    assert np.array_equal(got.begins, whole.begins)
    assert np.array_equal(got.values, whole.values)
    assert len(part.begins) == 120
    assert archive.read_activities("web", BEGIN, END) == ACTIVITIES
    assert archive.read_activities("web", BEGIN, ACTIVITIES[1].started) == ACTIVITIES[:1]
    assert archive.read_alarm_changes("web", BEGIN, END) == CHANGES
    assert archive.activity_days("web") == archive.alarm_days("web") == (DAY,)


def test_a_day_is_written_once_and_never_changed(tmp_path):
    archive = filled(tmp_path / "state")
    other = FetchedSeries(
        name=cpu(), begins=np.array([int(BEGIN.timestamp())]), values=np.array([99.0])
    )

    assert not archive.write_day(other, DAY)
    assert not archive.write_activities("web", DAY, ())
    assert not archive.write_alarm_changes("web", DAY, ())
    assert len(archive.read(cpu(), BEGIN, BEGIN + timedelta(days=1)).begins) == 1440
    assert archive.read_activities("web", BEGIN, END) == ACTIVITIES


def test_a_day_without_a_datapoint_is_held_and_a_zero_is_a_value(tmp_path):
    archive = Archive(tmp_path / "state")
    nothing = FetchedSeries(name=cpu(), begins=np.array([], dtype=np.int64), values=np.array([]))
    zero = FetchedSeries(
        name=cpu(statistic="Sum"),
        begins=np.array([int(BEGIN.timestamp())]),
        values=np.array([0.0]),
    )

    assert archive.write_day(nothing, DAY)
    assert archive.write_day(zero, DAY)

    assert archive.days(cpu()) == (DAY,)
    assert archive.read(cpu(), BEGIN, END).values.tolist() == []
    assert archive.read(cpu(statistic="Sum"), BEGIN, END).values.tolist() == [0.0]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_never_stored(tmp_path, value):
    archive = Archive(tmp_path / "state")
    wrong = FetchedSeries(
        name=cpu(), begins=np.array([int(BEGIN.timestamp())]), values=np.array([value])
    )

    with pytest.raises(StoreError, match="finite datapoints"):
        archive.write_day(wrong, DAY)
    assert not (tmp_path / "state").exists()


def test_a_file_says_schema_versions_units_and_name_and_its_pages_have_checksums(tmp_path):
    filled(tmp_path / "state")
    (path, *_) = sorted((tmp_path / "state" / "archive" / "points").rglob("*.parquet"))

    table = pq.read_table(path, page_checksum_verification=True)
    about = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}

    assert path.parent.name == "day=2026-11-17"
    assert about["schema"] == "cliffside.archive.points"
    assert (about["schema_version"], about["model_version"]) == ("1", "4")
    assert json.loads(about["name"])["metric"] == "CPUUtilization"
    assert table.schema.field("value").metadata == {b"unit": b"percent"}
    assert table.schema.field("begin").metadata == {b"unit": b"seconds since 1970 UTC"}
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_hostile_names_never_leave_the_folder_and_come_back_as_they_were(tmp_path):
    archive = Archive(tmp_path / "state")
    names = {
        cpu(namespace=text, metric=text[::-1], dimensions=((text, text), ("b", text)))
        for text in hostile_texts(100)
    }

    for name in names:
        assert archive.write_day(series(name, minutes=1), DAY)
    for group in ("../../x", "a/b", "\0", "é" * 300):
        assert archive.write_activities(group, DAY, ACTIVITIES)

    assert set(archive.names()) == names
    assert set(archive.groups()) == {"../../x", "a/b", "\0", "é" * 300}
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["archive"]


def test_of_many_writers_of_a_day_one_wins(tmp_path):
    wins, errors = [], []

    def write(k: int) -> None:
        point = FetchedSeries(
            name=cpu(), begins=np.array([int(BEGIN.timestamp())]), values=np.array([float(k)])
        )
        try:
            if Archive(tmp_path / "state").write_day(point, DAY):
                wins.append(k)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    (winner,) = wins
    assert Archive(tmp_path / "state").read(cpu(), BEGIN, END).values.tolist() == [float(winner)]
    (folder,) = (tmp_path / "state" / "archive" / "points").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["day=2026-11-17", "name.json"]


def test_the_state_folder_is_its_owners_alone_and_no_link(tmp_path):
    filled(tmp_path / "state")
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    (tmp_path / "link").symlink_to(tmp_path / "state")

    with pytest.raises(ConfigurationError, match="symbolic link"):
        Archive(tmp_path / "link").write_day(series(cpu(statistic="Sum")), DAY)


def test_a_range_without_a_zone_is_refused(tmp_path):
    with pytest.raises(ValueError, match="time zone"):
        Archive(tmp_path / "state").read(cpu(), datetime(2026, 11, 17), END)
