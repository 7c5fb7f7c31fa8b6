"""A history out of files: saved pages, a plain CSV, and what `fetch --csv` writes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.measure.production_day import BEGIN, DATA, PAGES, day_history
from tests.measure.test_history import cpu, requests, series
from tuner.errors import LoadTestError, MissingFileError
from tuner.measure.history import COLUMNS
from tuner.measure.history_files import read_history
from tuner.measure.history_series import history_of
from tuner.store.metric_csv import write_metric_csv


def test_the_pages_of_a_day_are_its_1440_minutes_with_their_gap():
    got = day_history()

    assert len(got) == 1440
    assert got.begin == BEGIN
    assert np.isnan(got.cpu_percent).sum() == 12
    assert got.requests.sum() == 62_612_285
    assert got.requests.max() == 225_138
    assert np.nansum(got.cpu_samples) == 3640
    assert 10.0 < np.median(got.latency_p95_ms) < 100.0
    assert got.notes == ("12 of 1,440 minutes have no CPU.",)


def test_a_page_whose_rest_is_missing_is_refused():
    with pytest.raises(LoadTestError, match="status Complete"):
        read_history(PAGES[:1])


def test_an_answer_that_is_not_complete_is_refused():
    with pytest.raises(LoadTestError, match=r"Complete|requests and cpu_percent"):
        read_history([DATA / "get_metric_data_partial.json"])


def test_a_plain_csv_keeps_gaps_and_zeros(tmp_path):
    file = tmp_path / "minutes.csv"
    file.write_text(
        "timestamp,requests,cpu_percent,cpu_samples,latency_p95_ms,errors\n"
        "2026-11-17T00:02:10Z,0,,1,30,\n"
        "2026-11-17T00:00:00Z,600,12.5,2,40,6\n"
        "2026-11-17T00:01:00Z,,9,2,,\n"
    )
    got = read_history([file])

    assert got.begins.tolist() == [BEGIN, BEGIN + 60, BEGIN + 120]
    np.testing.assert_array_equal([600, np.nan, 0], got.requests)
    np.testing.assert_array_equal([12.5, 9, np.nan], got.cpu_percent)
    np.testing.assert_array_equal([40, np.nan, 30], got.latency_p95_ms)
    np.testing.assert_array_equal([6, np.nan, 0], got.errors)


def test_what_fetch_writes_as_csv_is_the_history_of_its_series(tmp_path):
    there = [
        requests([10, None, 30], begin=BEGIN),
        cpu([1, 2, None], begin=BEGIN),
        series("CPUUtilization", "SampleCount", [2, 2, None], begin=BEGIN),
        series("TargetResponseTime", "p95", [0.1, 0.2, 0.3], begin=BEGIN),
        series("GroupInServiceInstances", "Average", [2, 2, 2], begin=BEGIN),
        series("HTTPCode_Target_5XX_Count", "Sum", [1, None, None], begin=BEGIN),
        series("HTTPCode_ELB_5XX_Count", "Sum", [None, None, 4], begin=BEGIN),
    ]
    (file,) = write_metric_csv(tmp_path, there)
    expected, got = history_of(there, source="x"), read_history([file])

    for name in COLUMNS:
        np.testing.assert_allclose(getattr(expected, name), getattr(got, name), err_msg=name)


def test_rows_of_five_minutes_are_laid_over_their_minutes(tmp_path):
    file = tmp_path / "five.csv"
    rows = [f"2026-11-17T00:{minute:02d}:00Z,{1000 * minute},20" for minute in (0, 5, 10)]
    file.write_text("\n".join(["time,requests,cpu", *rows]))
    got = read_history([file])

    assert len(got) == 15
    assert got.requests.tolist() == [0.0] * 5 + [1000.0] * 5 + [2000.0] * 5
    assert got.period_seconds == 300


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("requests,cpu_percent\n1,2\n", "a column of stamps"),
        ("timestamp,requests\n2026-11-17T00:00:00Z,2\n", "no cpu_percent"),
        ("timestamp,requests,cpu\n2026-11-17T00:00:00Z,2,120\n", "at most 100"),
        ("timestamp,requests,cpu\nyesterday,2,20\n", "a time stamp"),
        ("timestamp,requests,cpu\n0,2,20\n60,2,20\n", "stamps with a date"),
        (
            "timestamp,requests,cpu\n2026-11-17T00:00:00Z,2,20\n2026-11-17T01:00:00Z,2,20\n",
            "a row for each minute",
        ),
        ("timestamp,requests,cpu\n2026-11-17T00:00:00Z,many,20\n", "a number"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(text, words, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(LoadTestError, match=words) as raised:
        read_history([file])
    for problem in raised.value.problems:
        assert problem.next_step.endswith(".")


def test_several_csv_files_and_one_that_is_not_there_are_refused(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("timestamp,requests,cpu\n2026-11-17T00:00:00Z,2,20\n")
    with pytest.raises(LoadTestError, match="one CSV"):
        read_history([file, file])
    with pytest.raises(MissingFileError):
        read_history([tmp_path / "none.csv"])
