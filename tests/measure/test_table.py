"""The plain table, and a load test out of CloudWatch."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.measure.files import CONSOLE_TEXT, cloudwatch_text, table_text
from tuner.errors import LoadTestError, MissingFileError
from tuner.measure import measure_host, read_cloudwatch, read_cloudwatch_cpu, read_table


def write(tmp_path, text, name="table.csv"):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_table_is_read_with_its_instances(tmp_path):
    test = read_table(write(tmp_path, table_text()))

    assert len(test) == 30
    assert np.allclose(test.cpu_percent * 1000, test.rpm_per_instance, atol=10)


def test_a_table_without_cpu_or_without_instances_is_read(tmp_path):
    text = "rpm,latency_p95_ms\n" + "".join(f"{100 * i},{20 + i}\n" for i in range(1, 20))
    test = read_table(write(tmp_path, text))

    assert np.all(np.isnan(test.cpu_percent))
    assert np.all(test.in_service == 1)
    assert any("no CPU" in words for words in test.warnings)
    assert measure_host(test).host is None


def test_all_problems_of_a_table_are_named_at_once(tmp_path):
    lines = table_text().splitlines()
    lines[3] = "-5,12,40,2"
    lines[5] = "1000,twelve,40,2"
    with pytest.raises(LoadTestError) as caught:
        read_table(write(tmp_path, "\n".join(lines)))

    assert "line 4, column 'rpm'" in str(caught.value)
    assert "line 6, column 'cpu_percent'" in str(caught.value)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "an empty file"),
        ("rpm,cpu_percent,latency_p95_ms\n", "at least 4 rows"),
        ("rpm,cpu_percent,latency_p95_ms\n100,10,20\n", "at least 4 rows"),
        ("rmp,cpu_percent,latency_p95_ms\n100,10,20\n", "Did you mean 'rmp'"),
        ("rpm,rpm,cpu_percent\n1,2,3\n", "different names"),
        ("rpm,cpu_percent,latency_p95_ms\n100,10\n", "3 cells as in the header, got 2"),
        ("rpm,cpu_percent\n" + "".join(f"{i},0.{i}\n" for i in range(1, 9)), "fractions"),
    ],
)
def test_a_bad_table_is_refused_with_a_sentence(tmp_path, text, words):
    with pytest.raises(LoadTestError, match=words):
        read_table(write(tmp_path, text))


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="No such file"):
        read_table(tmp_path / "nowhere.csv")


def test_rows_without_values_and_repeated_times_are_dropped_and_counted(tmp_path):
    rows = [f"2026-11-24T10:{i:02d}:00Z,{100 * i},{10 + i},20" for i in range(1, 20)]
    rows += ["2026-11-24T10:19:00Z,1900,29,20", "2026-11-24T10:30:00Z,,50,20"]
    text = "timestamp,rpm,cpu_percent,latency_p95_ms\n" + "\n".join(reversed(rows))
    test = read_table(write(tmp_path, text))

    assert len(test) == 19
    assert np.all(np.diff(test.offered_rpm) > 0)
    assert {entry.reason: entry.count for entry in test.dropped} == {
        "rows without rpm or in_service": 1,
        "rows with a repeated time": 1,
    }


def test_a_cloudwatch_answer_becomes_a_load_test(tmp_path):
    path = write(tmp_path, cloudwatch_text(), "answer.json")
    test = read_cloudwatch([path], cpu="cpu", requests="requests")

    assert len(test) == 30
    assert np.allclose(1000 * test.cpu_percent, test.offered_rpm)
    assert test.model == "open"


def test_cloudwatch_stamps_are_starts_of_periods(tmp_path):
    console = read_cloudwatch_cpu(write(tmp_path, CONSOLE_TEXT, "console.csv"))
    answer = read_cloudwatch_cpu(write(tmp_path, cloudwatch_text(), "answer.json"))

    assert console.cpu_percent.tolist() == [5.0, 7.5, 10.0]
    assert console.end_seconds[0] == answer.end_seconds[0]
    assert console.period_seconds == 60.0


def test_get_metric_statistics_is_read_too(tmp_path):
    points = [{"Timestamp": f"2026-11-17T10:0{i}:00Z", "Average": 5.0 + i} for i in range(5)]
    text = json.dumps({"Label": "CPUUtilization", "Datapoints": points[::-1]})
    series = read_cloudwatch_cpu(write(tmp_path, text, "answer.json"))

    assert series.cpu_percent.tolist() == [5.0, 6.0, 7.0, 8.0, 9.0]


def test_pages_are_merged_and_the_last_status_counts(tmp_path):
    answer = json.loads(cloudwatch_text())
    first, second = json.loads(json.dumps(answer)), json.loads(json.dumps(answer))
    for early, late in zip(first["MetricDataResults"], second["MetricDataResults"]):
        early["StatusCode"] = "PartialData"
        for key in ("Timestamps", "Values"):
            early[key], late[key] = early[key][:10], late[key][10:]
    pages = [
        write(tmp_path, json.dumps(page), f"{i}.json") for i, page in enumerate((first, second))
    ]

    assert len(read_cloudwatch(pages, cpu="cpu", requests="requests")) == 30
    with pytest.raises(LoadTestError, match="status 'PartialData'"):
        read_cloudwatch(pages[:1], cpu="cpu", requests="requests")


def test_an_unknown_metric_is_refused_with_those_that_are_there(tmp_path):
    path = write(tmp_path, cloudwatch_text(), "answer.json")
    with pytest.raises(LoadTestError, match="web CPUUtilization Average"):
        read_cloudwatch([path], cpu="cpus", requests="requests")


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '{"MetricDataResults": [3]}', "[" * 100_000])
def test_json_of_another_form_is_refused(tmp_path, text):
    with pytest.raises(LoadTestError):
        read_cloudwatch_cpu(write(tmp_path, text, "answer.json"))
