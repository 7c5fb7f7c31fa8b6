"""`fetch` from its options to the archive: the made-up day, its gap, its events, its CSV."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.aws.recorded import AnsweringAccount, recorded
from tests.aws.test_fetch_recorded import KEYS
from tests.config.good import GOOD, write_job
from tests.doors.command import call
from tuner.aws.wanted import names_of, read_wanted
from tuner.measure.cloudwatch_export import is_cloudwatch
from tuner.measure.locust import read_cpu
from tuner.store.archive import Archive
from tuner.traffic.recorded import read_recorded

BALANCER = "app/awseb--AWSEB-1Q8ZK3T5M2XYW/50dc6c495c0c9188"
PLACES = {"cpu_avg": 0, "cpu_samples": 1, "cpu_max": 2, "requests": 10, "latency_p95": 12}
"""Places among the metrics that are asked for, of those that were recorded."""
N_METRICS = 16
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
DAY = ("--since", "2026-11-17T00:00:00Z", "--until", "2026-11-18T00:00:00Z")
NAMES = ("--group", "web-asg", "--load-balancer", BALANCER)


@pytest.fixture(autouse=True)
def at_now(monkeypatch):
    monkeypatch.setattr("tuner.store.run_writer.utc_now", lambda: NOW)


@pytest.fixture
def answers(monkeypatch) -> AnsweringAccount:
    given = AnsweringAccount()
    monkeypatch.setattr("tuner.aws.session.open_account", lambda **_: given.account)
    return given


def metric_page(name: str) -> dict:
    """Give a recorded page as the answer to what the verb asks."""
    page = recorded(name)
    by_place = {
        PLACES[result["Id"]]: result
        for result in page["MetricDataResults"]
        if result["Id"] in PLACES
    }
    page["MetricDataResults"] = [
        {
            "Id": f"m{i}",
            "Timestamps": [
                datetime.fromisoformat(text) for text in by_place.get(i, {}).get("Timestamps", ())
            ],
            "Values": by_place.get(i, {}).get("Values", []),
            "StatusCode": by_place.get(i, {}).get("StatusCode", "Complete"),
        }
        for i in range(N_METRICS)
    ]
    return page


def history(alarm: str, *changes: tuple[str, str, str]) -> dict:
    return {
        "AlarmHistoryItems": [
            {
                "AlarmName": alarm,
                "Timestamp": datetime.fromisoformat(stamp),
                "HistoryItemType": "StateUpdate",
                "HistorySummary": f"Alarm updated from {old} to {new}",
                "HistoryData": json.dumps(
                    {"oldState": {"stateValue": old}, "newState": {"stateValue": new}}
                )
                if old == "OK"
                else "no JSON",
            }
            for stamp, old, new in changes
        ]
    }


def give_group(answers: AnsweringAccount) -> None:
    answers.add(
        "autoscaling", "describe_auto_scaling_groups", recorded("describe_auto_scaling_groups")
    )


def give_day(answers: AnsweringAccount) -> None:
    """Let the account answer all that one fetch of the day asks."""
    give_group(answers)
    for name in ("get_metric_data_page1", "get_metric_data_page2"):
        answers.add("cloudwatch", "get_metric_data", metric_page(name))
    for name in ("describe_scaling_activities_page1", "describe_scaling_activities_page2"):
        answers.add("autoscaling", "describe_scaling_activities", recorded(name))
    answers.add("autoscaling", "describe_policies", recorded("describe_policies"))
    high, low = sorted(alarm["AlarmName"] for alarm in recorded("describe_alarms")["MetricAlarms"])
    answers.add(
        "cloudwatch",
        "describe_alarm_history",
        history(
            high,
            ("2026-11-17T14:41:00.5+00:00", "ALARM", "OK"),
            ("2026-11-17T14:38:00.5+00:00", "OK", "ALARM"),
        ),
    )
    answers.add("cloudwatch", "describe_alarm_history", history(low))


def test_the_day_goes_into_the_archive_with_its_gap_and_its_events(answers, capsys, tmp_path):
    give_day(answers)
    state = tmp_path / "state"

    said = call(capsys, "fetch", *NAMES, *DAY, "--state-dir", state, "--output", "json")

    answers.check()
    assert said.code == 0, said.err
    got = json.loads(said.out)
    assert got["schema"] == "cliffside.fetch/1"
    assert (got["n_metrics_requested"], got["n_days_written"], got["n_days_held"]) == (16, 18, 0)
    assert got["groups"] == [{"group": "web-asg", "n_activities": 15, "n_alarm_changes": 2}]
    by_name = {(row["metric"], row["statistic"]): row for row in got["series"]}
    cpu = by_name["CPUUtilization", "Average"]
    assert (cpu["n_points"], cpu["n_missing"], cpu["n_gaps"]) == (1428, 12, 1)
    assert cpu["longest_gap_begin"] == "2026-11-17T11:20:00Z"
    assert cpu["longest_gap_seconds"] == 720
    assert by_name["RequestCount", "Sum"]["n_missing"] == 0
    assert by_name["GroupDesiredCapacity", "Average"]["n_points"] == 0
    assert "16 metrics are requested, in 1 call of GetMetricData" in said.err
    archive = Archive(state)
    begin = datetime(2026, 11, 17, tzinfo=UTC)
    end = begin + timedelta(days=1)
    activities = archive.read_activities("web-asg", begin, end)
    assert [activity.kind for activity in activities].count("launch") == 8
    assert [activity.status for activity in activities].count("Failed") == 1
    assert [a.started for a in activities] == sorted(a.started for a in activities)
    assert activities[0].instance_id.startswith("i-")
    changes = archive.read_alarm_changes("web-asg", begin, end)
    assert [(c.old_state, c.new_state) for c in changes] == [("OK", "ALARM"), ("ALARM", "OK")]
    cpu_name = next(name for name in archive.names() if name.statistic == "Average")
    assert cpu_name.dimensions == (("AutoScalingGroupName", "web-asg"),)


def test_what_is_held_is_not_asked_for_again(answers, capsys, tmp_path):
    give_day(answers)
    arguments = ("fetch", *NAMES, *DAY, "--state-dir", tmp_path / "state", "--output", "json")
    first = json.loads(call(capsys, *arguments).out)
    give_group(answers)

    said = call(capsys, *arguments)

    answers.check()
    again = json.loads(said.out)
    assert "Nothing is asked of CloudWatch" in said.err
    assert (again["n_metrics_requested"], again["n_days_written"], again["n_days_held"]) == (
        0,
        0,
        16,
    )
    assert again["series"] == first["series"]
    assert again["groups"] == first["groups"]


def test_a_table_says_datapoints_gaps_and_what_they_mean(answers, capsys, tmp_path):
    give_day(answers)

    said = call(capsys, "fetch", *NAMES, *DAY, "--state-dir", tmp_path / "state")

    rows = {
        line.split()[0]: line.split() for line in said.out.splitlines() if line.startswith("  ")
    }
    assert rows["CPUUtilization"][1:6] == ["1,428", "0", "12", "1", "12"]
    assert "12 min, 11-17 11:20" in said.out
    assert "there a gap may be no traffic" in said.out
    assert "aws autoscaling enable-metrics-collection" in said.out
    assert "web-asg: 15 scaling activities, 2 alarm changes." in said.out
    assert "Archive: 18 days of series are new, 0 were held" in said.out


def test_csv_of_a_fetch_is_traffic_and_cpu_for_the_readers(answers, capsys, tmp_path):
    give_day(answers)
    folder = tmp_path / "csv"

    said = call(capsys, "fetch", *NAMES, *DAY, "--state-dir", tmp_path / "state", "--csv", folder)

    path = folder / "metrics-60s.csv"
    assert f"Wrote {path}." in said.out
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1440
    assert rows[0]["timestamp"] == "2026-11-17T00:00:00Z"
    gap = [row["timestamp"][11:16] for row in rows if row["CPUUtilization"] == ""]
    assert gap == [f"11:{minute}" for minute in range(20, 32)]
    traffic = read_recorded(path, unit="requests")
    assert traffic.column == "RequestCount"
    assert traffic.values.sum() == 62_612_285
    cpu = read_cpu(path, cpu_column="CPUUtilization")
    assert not is_cloudwatch(path.read_text())
    assert len(cpu.cpu_percent) == 1428
    assert np.max(cpu.cpu_percent) == pytest.approx(34.1, abs=0.05)


def test_the_config_names_what_the_options_do_not(answers, capsys, tmp_path):
    give_group(answers)
    spoiled = GOOD.replace("locust = ", "locusts = ")  # which fetch does not look at
    job = write_job(tmp_path, spoiled + '\n[aws]\ngroup = "web-asg"\n')

    said = call(capsys, "fetch", "--config", job, *DAY, "--state-dir", tmp_path / "state")

    assert said.code == 1
    answers.check()
    assert "10 metrics are requested" in said.err


def test_a_wrong_key_of_the_table_is_told_with_its_line(capsys, tmp_path):
    job = write_job(tmp_path, '[aws]\ngroups = "web-asg"\nload_balancer = 3\n')

    said = call(capsys, "fetch", "--config", job, "--state-dir", tmp_path / "state")

    assert said.code == 2
    assert "line 2, key aws.groups: expected a key that is known here" in said.err
    assert "line 3, key aws.load_balancer" in said.err


def test_a_fetch_that_fails_writes_no_csv_and_says_so_once(answers, capsys, tmp_path):
    give_group(answers)
    answers.refuse("cloudwatch", "get_metric_data", "AccessDenied", "no")
    folder = tmp_path / "csv"

    said = call(capsys, "fetch", *NAMES, *DAY, "--state-dir", tmp_path / "state", "--csv", folder)

    assert said.code == 1
    assert said.out == ""
    assert "permission for GetMetricData, got access denied" in said.err
    assert not folder.exists()
    assert not (tmp_path / "state").exists()


WRONG = {
    "a time without a zone": (
        ("--since", "2026-11-17T00:00:00"),
        "which names no time zone: add Z for UTC",
    ),
    "no time at all": (("--since", "yesterday"), "expected 7d, 36h, 1h30m (that long ago)"),
    "a day that is none": (("--since", "2026-02-30T00:00:00Z"), "which is no time"),
    "an end before the begin": (
        ("--since", "1d", "--until", "2d"),
        "a begin before the end, and before now",
    ),
    "a begin in the future": (("--since", "2027-11-17T00:00:00Z"), "a begin before the end"),
    "older than AWS keeps": (("--since", "456d"), "the 455 days that CloudWatch keeps"),
    "no load balancer": (("--load-balancer", "web"), "`aws elbv2 describe-load-balancers`"),
    "a network load balancer": (
        ("--load-balancer", "net/web/50dc6c495c0c9188"),
        "the ARN of an application load balancer",
    ),
    "no target group": (("--target-group", "web"), "`aws elbv2 describe-target-groups`"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=list(WRONG))
def test_wrong_input_is_said_before_anything_is_asked(
    answers, capsys, tmp_path, arguments, message
):
    said = call(
        capsys, "fetch", "--group", "web-asg", "--state-dir", tmp_path / "state", *arguments
    )

    assert said.code == 2
    assert message in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "state").exists()


def test_without_a_name_there_is_nothing_to_fetch(capsys):
    said = call(capsys, "fetch")

    assert said.code == 2
    assert "a group, a load balancer or a target group, got none" in said.err


def test_old_days_are_told_to_have_lost_their_peaks(answers, capsys, tmp_path):
    give_group(answers)
    answers.refuse("cloudwatch", "get_metric_data", "AccessDenied", "no")

    said = call(
        capsys, "fetch", "--group", "web-asg", "--since", "65d", "--state-dir", tmp_path / "state"
    )

    assert "2026-09-16 to 2026-09-18: older than 63 days" in said.err
    assert "1-hour averages alone; peaks within them are gone" in said.err
    assert "2026-09-19 to 2026-11-05: older than 15 days" in said.err


def test_every_metric_that_was_recorded_is_asked_for_at_its_place():
    names = names_of(read_wanted(["web-asg"], [BALANCER], []), period_seconds=60)
    asked = [(name.metric, name.statistic) for name in names]

    assert len(names) == N_METRICS
    assert {key: asked[place] for key, place in PLACES.items() if key in KEYS} == {
        "cpu_avg": ("CPUUtilization", "Average"),
        "cpu_samples": ("CPUUtilization", "SampleCount"),
        "cpu_max": ("CPUUtilization", "Maximum"),
        "requests": ("RequestCount", "Sum"),
        "latency_p95": ("TargetResponseTime", "p95"),
    }
