"""A night on the archive: closed days are its traffic, its fit is told, a re-run is the same."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from tests.config.archived import LAST, config_of, write_days
from tests.night.folders import result_of
from tuner.night.night import run_night
from tuner.store.run_writer import utc_now

FIT = '[archive_fit]\nstate = "../state"\ndays = 2\nrefit_days = 3\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give a folder of services whose archive holds four days."""
    monkeypatch.setattr("tuner.report.html.render_report", lambda *_: "<title>report</title>")
    write_days(tmp_path / "state", 4)
    text = config_of(traffic="days = 3", host="", more=FIT).replace('"state"', '"../state"')
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "shop.toml").write_text(text)
    return tmp_path / "services"


def night_of(folder, state, **more):
    return run_night(folder, state, threads=1, **more)


def test_a_night_says_which_fit_stands_and_has_a_shape_for_each_day(folder):
    (record,) = night_of(folder, folder.parent / "state").services

    assert record.outcome == "changed"
    assert record.n_shapes == 3
    assert (
        record.fit == "fitted from the archive of 2026-11-28 to 2026-11-29, due again on 2026-12-03"
    )


def test_a_re_run_with_the_same_days_is_done_and_one_with_a_new_day_is_not(folder):
    state = folder.parent / "state"
    first = night_of(folder, state)
    again = night_of(folder, state)
    write_days(state, 1, last=LAST + timedelta(days=1))
    newer = night_of(folder, state)

    assert (first.n_repeated, again.n_repeated, newer.n_repeated) == (0, 1, 0)


def test_two_nights_on_equal_archives_are_equal_bit_for_bit(folder, tmp_path):
    now = utc_now()
    shutil.copytree(tmp_path / "state", tmp_path / "kept")
    night_of(folder, tmp_path / "state", clock=lambda: now)
    shutil.copytree(tmp_path / "kept", tmp_path / "other" / "state")
    shutil.copytree(folder, tmp_path / "other" / "services")
    night_of(tmp_path / "other" / "services", tmp_path / "other" / "state", clock=lambda: now)
    one, other = result_of(tmp_path / "state"), result_of(tmp_path / "other" / "state")

    assert one["files"]["shop"]["trials"] == other["files"]["shop"]["trials"]
    assert one["text"] == other["text"]


def test_a_service_that_was_never_fetched_has_no_data(folder):
    shutil.rmtree(folder.parent / "state" / "archive")
    at = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)
    (record,) = night_of(folder, folder.parent / "state", clock=lambda: at).services

    assert record.outcome == "no data"
    assert "expected a day of the archive" in record.why
    assert "cliffside fetch" in record.next_step
