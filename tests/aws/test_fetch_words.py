"""Names, times, gaps and columns: the small parts of a fetch."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.aws.made_metrics import DAY, DAY_ONE, metric, series_of
from tests.doors.command import call
from tuner.aws.coverage import LATENESS, coverage
from tuner.aws.wanted import names_of, period_kept, read_wanted
from tuner.cli.moments import read_moment
from tuner.errors import ConfigurationError
from tuner.metrics import MetricName
from tuner.store.metric_csv import heads, write_metric_csv

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:"
BALANCER = "app/web/50dc6c495c0c9188"
TARGETS = "targetgroup/web/6d0ecf831eec9f09"


def test_arns_and_their_ends_are_the_same_name():
    by_arn = read_wanted([], [f"{ARN}loadbalancer/{BALANCER}"], [f"{ARN}{TARGETS}"])
    by_end = read_wanted([], [BALANCER, BALANCER], [TARGETS])

    assert by_arn == by_end
    names = names_of(by_arn, period_seconds=60)
    both = (("LoadBalancer", BALANCER), ("TargetGroup", TARGETS))
    assert [name.metric for name in names if name.dimensions == both] == [
        "RequestCountPerTarget",
        "HealthyHostCount",
    ]
    assert len(names) == len(set(names)) == 8


def test_hosts_of_a_target_group_are_counted_only_within_a_load_balancer():
    names = names_of(read_wanted([], [], [TARGETS]), period_seconds=60)

    assert [(name.metric, name.dimensions) for name in names] == [
        ("RequestCountPerTarget", (("TargetGroup", TARGETS),))
    ]


def test_all_wrong_names_are_told_at_once():
    with pytest.raises(ConfigurationError) as said:
        read_wanted(["", "a\nb"], ["web", "net/web/50dc6c495c0c9188"], ["app/x"])

    assert [problem.where for problem in said.value.problems] == [
        *["--group"] * 2,
        *["--load-balancer"] * 2,
        "--target-group",
    ]


def test_target_groups_need_one_load_balancer():
    with pytest.raises(ConfigurationError, match="one load balancer where target groups"):
        read_wanted([], [BALANCER, "app/other/50dc6c495c0c9188"], [TARGETS])


@pytest.mark.parametrize(
    ("age", "period"),
    [
        (timedelta(days=15), 60),
        (timedelta(days=15, seconds=1), 300),
        (timedelta(days=63), 300),
        (timedelta(days=63, seconds=1), 3600),
        (timedelta(days=455), 3600),
        (timedelta(days=455, seconds=1), None),
    ],
)
def test_aws_keeps_a_resolution_for_so_long(age, period):
    assert period_kept(NOW - age, NOW) == period


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("36h", NOW - timedelta(hours=36)),
        ("1d12h30m", NOW - timedelta(days=1, hours=12, minutes=30)),
        ("90s", NOW - timedelta(seconds=90)),
        ("2026-11-17T00:00:00Z", DAY_ONE),
        ("2026-11-17t01:00:00.5+01:00", DAY_ONE + timedelta(seconds=0.5)),
    ],
)
def test_a_time_is_a_duration_ago_or_a_stamp_with_a_zone(text, moment):
    assert read_moment(text)(NOW) == moment


@pytest.mark.parametrize(
    "text",
    [
        *("", "7", "d", "-7d", "7d ago", "7w", "1m1h", "2026-11-17", "2026-11-17T00:00:00"),
        *("2026-11-31T00:00:00Z", "2026-11-17T25:00:00Z", "2026-W47-2T00:00:00Z", "１d"),
        *("9999999999d", "2026-11-17T00:00:00+99:00"),
    ],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"^(|, which .*)$"):
        read_moment(text)


def test_a_zero_is_no_gap_and_a_gap_is_no_zero():
    first = int(DAY_ONE.timestamp())
    series = series_of(metric(), {first: 0.0, first + 60: 5.0, first + 300: 0.0})

    found = coverage(series, DAY_ONE, DAY_ONE + timedelta(minutes=8), now=NOW)

    assert (found.n_points, found.n_zeros) == (3, 2)
    assert (found.n_missing, found.n_gaps, found.longest_gap_seconds) == (5, 2, 180)
    assert found.longest_gap_begin == DAY_ONE + timedelta(minutes=2)


def test_what_may_still_come_is_no_gap_yet():
    series = series_of(metric(), {})
    end = DAY_ONE + timedelta(hours=1)

    found = coverage(series, DAY_ONE, end, now=end)

    assert found.n_missing == 60 - 1 - LATENESS.seconds // 60


def test_a_range_without_a_whole_period_has_no_gap():
    begin = DAY_ONE + timedelta(seconds=7)

    found = coverage(series_of(metric(), {}), begin, begin + timedelta(seconds=30), now=NOW)

    assert (found.n_missing, found.n_gaps, found.longest_gap_begin) == (0, 0, None)


def test_a_csv_has_a_file_a_period_and_says_whose_a_column_is(tmp_path):
    first = int(DAY_ONE.timestamp())
    other = MetricName(
        namespace="AWS/EC2",
        metric="CPUUtilization",
        dimensions=(("AutoScalingGroupName", "=cmd|x"),),
        statistic="Average",
    )
    fine = [series_of(metric(), {first: 1.5}), series_of(other, {first + 60: 0.0})]
    coarse = [series_of(metric(period_seconds=300), {first: 2.0})]

    paths = write_metric_csv(tmp_path, [*fine, *coarse])

    assert [path.name for path in paths] == ["metrics-60s.csv", "metrics-300s.csv"]
    with paths[0].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {
            "timestamp": "2026-11-17T00:00:00Z",
            "CPUUtilization web": "1.5",
            "CPUUtilization =cmd|x": "",
        },
        {
            "timestamp": "2026-11-17T00:01:00Z",
            "CPUUtilization web": "",
            "CPUUtilization =cmd|x": "0.0",
        },
    ]


def test_a_csv_of_nothing_has_a_head_and_no_row(tmp_path):
    (path,) = write_metric_csv(tmp_path, [series_of(metric(), {})])

    assert path.read_text() == "timestamp,CPUUtilization\n"


def test_heads_differ_for_different_series():
    names = names_of(
        read_wanted(["a", "b"], [BALANCER, "app/other/50dc6c495c0c9188"], []), period_seconds=60
    )

    assert len(set(heads(names))) == len(names)
    assert np.all([head.startswith(name.metric) for head, name in zip(heads(names), names)])


def test_days_are_named_in_utc():
    assert read_moment("2026-11-18T00:30:00+01:00")(NOW).date() == (DAY_ONE + DAY / 4).date()


@pytest.mark.parametrize(
    "address", ["nowhere", "ftp://x", "http://", "http://u:geheim@x", "http://["]
)
def test_an_address_that_is_none_is_refused_without_its_password(capsys, tmp_path, address):
    said = call(
        capsys,
        *(
            "fetch",
            "--group",
            "web-asg",
            "--state-dir",
            tmp_path / "s",
            *("--region", "eu-central-1"),
        ),
        *("--endpoint-url", address),
    )

    assert said.code == 1
    assert "--endpoint-url: expected an address such as http://localhost:5000" in said.err
    assert "geheim" not in said.err
