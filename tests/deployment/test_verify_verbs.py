"""The verbs: verify and calibrate on the archive and on files, fit from production, the report."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from tests.measure.production_day import (
    BEGIN,
    DATA,
    PAGES,
    day_activities,
    day_history,
    deployed_plan,
)
from tuner.cli import main
from tuner.metrics import FetchedSeries, MetricName
from tuner.plan_json import plan_to_json
from tuner.store.archive import Archive

DAY = date(2026, 11, 17)
BALANCER = "app/awseb--AWSEB-1Q8ZK3T5M2XYW/50dc6c495c0c9188"
JOB = f"""
service = "web"
[aws]
group = "web-asg"
load_balancer = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/{BALANCER}"
[host]
slope_percent_per_1000_rpm = 0.75
cliff_percent = 50.0
[group]
min_size = 2
max_size = 12
launch_seconds = 180
drain_seconds = 60
[[traffic.stages]]
name = "level"
stages = ["hold 1h at 30k"]
[space]
scale_out_adjustment = 1
scale_out_threshold_percent = [20, 25]
cooldown_seconds = 180
evaluation_periods = 1
scale_in_threshold_percent = 10
[stress]
runs = 0
"""


BASELINE = "".join(
    f"""
[baseline.{side}.alarm]
threshold_percent = {threshold}
comparison_operator = "{operator}"
period_seconds = 300
[baseline.{side}.policy]
policy_type = "SimpleScaling"
scaling_adjustment = {change}
cooldown_seconds = 360
"""
    for side, threshold, operator, change in (
        ("scale_out", 25.0, "GreaterThanThreshold", 1),
        ("scale_in", 15.0, "LessThanThreshold", -1),
    )
)


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A state folder with the day in its archive."""
    folder = tmp_path_factory.mktemp("desk") / "state"
    folder.mkdir(mode=0o700)
    archive, history = Archive(folder), day_history()
    group, balancer = (("AutoScalingGroupName", "web-asg"),), (("LoadBalancer", BALANCER),)
    for namespace, metric, dimensions, statistic, values in (
        ("AWS/EC2", "CPUUtilization", group, "Average", history.cpu_percent),
        ("AWS/EC2", "CPUUtilization", group, "SampleCount", history.cpu_samples),
        ("AWS/ApplicationELB", "RequestCount", balancer, "Sum", history.requests),
        ("AWS/ApplicationELB", "TargetResponseTime", balancer, "p95", history.latency_p95_ms / 1e3),
    ):
        name = MetricName(
            namespace=namespace, metric=metric, dimensions=dimensions, statistic=statistic
        )
        there = np.isfinite(values)
        series = FetchedSeries(name=name, begins=history.begins[there], values=values[there])
        archive.write_day(series, DAY)
    archive.write_activities("web-asg", DAY, day_activities())
    return folder


@pytest.fixture
def desk(tmp_path):
    """A folder with a job, one of wrong launches, and the plan of the day."""
    plan = plan_to_json(deployed_plan())
    (tmp_path / "job.toml").write_text(JOB)
    (tmp_path / "slow.toml").write_text(JOB.replace("launch_seconds = 180", "launch_seconds = 900"))
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    (tmp_path / "deployed.toml").write_text(JOB + BASELINE)
    return tmp_path


def run(*words: object, **more: object):
    return CliRunner().invoke(main.cli, [str(word) for word in words], **more)


def pages() -> list[object]:
    return [word for page in PAGES for word in ("--history", page)]


def test_the_day_out_of_the_archive_is_within_and_is_kept(state, desk):
    plot = desk / "day.html"
    got = run(
        *("verify", "--config", desk / "job.toml", "--plan", desk / "plan.json"),
        *("--state-dir", state, "--plot", plot),
    )

    assert got.exit_code == 0, got.output
    assert "Within its band" in got.stdout
    assert re.search(r"Scale-outs +7 +7", got.stdout)
    assert "1,428 of 1,440 minutes compared" in got.stdout
    assert plot.stat().st_size > 100_000
    assert (state / "fidelity" / "verifications.jsonl").is_file()


def test_a_wrong_launch_time_is_outside_with_exit_code_3(state, desk):
    got = run(
        *("verify", "--config", desk / "slow.toml", "--plan", desk / "plan.json"),
        *("--state-dir", state, "--no-ledger", "--output", "json"),
        standalone_mode=False,
    )
    answer = json.loads(got.stdout)

    assert got.return_value == 3
    assert answer["verdict"] == "outside"
    assert answer["model"]["launch_seconds"] == 900
    assert answer["source"] == "archive, web-asg"


def test_files_serve_as_well_as_the_archive(desk):
    state = desk / "state"
    got = run(
        *("verify", "--config", desk / "job.toml", "--plan", desk / "plan.json", *pages()),
        *("--state-dir", state, "--since", "2026-11-17T12:00:00Z", "--output", "json"),
        *("--until", "2026-11-17T22:00:00Z"),
    )
    answer = json.loads(got.stdout)

    assert got.exit_code == 0, got.output
    assert answer["minutes"] == 600
    assert answer["verdict"] == "within"
    assert answer["errors"]["scale_outs_observed"] == 7


def test_calibrate_recovers_the_launch_time_and_gives_lines_to_paste(desk, state):
    own = desk / "state"
    own.mkdir(mode=0o700)
    shutil.copytree(state / "archive", own / "archive")
    keep = ("--plan", desk / "plan.json", "--state-dir", own, "-q")
    assert run("verify", "--config", desk / "job.toml", *keep).exit_code == 0
    got = run("calibrate", "--config", desk / "slow.toml", "--state-dir", own, "--output", "json")
    answer = json.loads(got.stdout)

    assert got.exit_code == 0, got.output
    assert answer["decides"]
    assert answer["proposed"]["launch_seconds"] == 180
    assert answer["margin"]["count"] == 1
    assert "[group]" in answer["toml"]
    assert "launch_seconds = 180" in answer["toml"]
    assert answer["toml"][0].startswith("margin_percent = 2.2 ")


def test_calibrate_without_a_verification_says_what_to_run(desk):
    got = run("calibrate", "--config", desk / "job.toml", "--state-dir", desk / "none")

    assert got.exit_code != 0
    assert "cliffside verify" in str(got.exception)


def test_verify_without_a_plan_or_with_a_wrong_ending_is_refused(desk, state):
    lacking = run("verify", "--config", desk / "job.toml", "--state-dir", state)
    ending = run("verify", "--config", desk / "job.toml", "--plot", desk / "a.png")
    swapped = run(
        *("verify", "--config", desk / "job.toml", "--plan", desk / "plan.json"),
        *("--state-dir", state, "--since", "1d", "--until", "2d"),
    )

    assert "no [baseline]" in lacking.output
    assert "ends in .html" in ending.output
    assert "exchange them" in swapped.output


def test_a_range_that_the_archive_lacks_is_named(desk, state):
    got = run(
        *("verify", "--config", desk / "job.toml", "--plan", desk / "plan.json"),
        *("--state-dir", state, "--since", "2026-11-01T00:00:00Z"),
        *("--until", "2026-11-02T00:00:00Z"),
    )

    assert "days from 2026-11-17 to 2026-11-17" in str(got.exception)


def test_fit_from_the_archive_gives_line_times_and_what_is_unknown(desk, state):
    words = ("fit", "--from-archive", "--config", desk / "job.toml", "--state-dir", state)
    got = run(*words, "--plan", desk / "plan.json", "--output", "json")
    answer = json.loads(got.stdout)
    table = run(*words)

    assert got.exit_code == 0, got.output
    assert answer["slope_percent_per_1000_rpm"] == pytest.approx(0.75, rel=0.03)
    assert answer["times"]["launch_seconds"] == 180
    assert answer["metric_delay"]["metric_delay_seconds"] == 60
    assert answer["begin"] == "2026-11-17T00:00:00Z"
    assert {"the cliff"} <= {each["what"] for each in answer["unknown"]}
    assert "slope_percent_per_1000_rpm = 0.7" in table.stdout
    assert "What the history does not tell" in table.stdout


def test_the_baseline_of_a_whole_job_tells_the_alarms_and_a_part_of_one_serves_as_well(desk, state):
    whole = json.loads(
        run(
            *("fit", "--from-archive", "--config", desk / "deployed.toml"),
            *("--state-dir", state, "--output", "json"),
        ).stdout
    )
    (desk / "part.toml").write_text('[aws]\ngroup = "web-asg"\n')
    part = run("fit", "--from-archive", "--config", desk / "part.toml", "--state-dir", state)

    assert whole["metric_delay"]["metric_delay_seconds"] == 60
    assert part.exit_code == 0, part.output
    assert "no whole job yet" in part.stderr
    assert "launch_seconds = 180" in part.stdout


def test_fit_from_files_has_no_times(desk):
    got = run("fit", *pages(), "--output", "json")
    answer = json.loads(got.stdout)

    assert answer["slope_percent_per_1000_rpm"] == pytest.approx(0.75, rel=0.03)
    assert answer["times"]["launch_seconds"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("fit", "--from-archive", "--table", "x.csv"),
        ("fit", "--from-archive", "--history", "x.csv"),
        ("fit", "--group", "web"),
        ("fit",),
    ],
)
def test_sources_that_do_not_go_together_are_refused(words):
    got = run(*words)

    assert got.exit_code == 2
    assert "Give" in got.output or "give" in got.output


def test_an_archive_of_another_group_names_what_it_has(state):
    got = run("fit", "--from-archive", "--group", "shop", "--state-dir", state)

    assert "web-asg" in str(got.exception)


def test_the_report_shows_how_good_past_predictions_were(desk):
    own = desk / "state"
    job = desk / "job.toml"
    out = desk / "out"
    before = run("tune", "--config", job, "--state-dir", own, "--out", out, "-q")
    assert before.exit_code in (0, 3), before.output
    without = (out / "report.html").read_text()
    keep = ("--plan", desk / "plan.json", *pages(), "--state-dir", own, "-q")
    assert run("verify", "--config", job, *keep).exit_code == 0
    run("tune", "--config", job, "--state-dir", own, "--out", out, "-q")

    assert "How good past predictions were" not in without
    assert "How good past predictions were" in (out / "report.html").read_text()


def test_the_page_and_the_figure_hold_both_sides(desk):
    from tests.measure.production_day import deployed_scenario
    from tuner.deployment.verify import verify
    from tuner.report.verification import render_verification

    result = verify(
        day_history(), deployed_plan(), deployed_scenario(), activities=day_activities()
    )
    figure = result.plot()
    page = render_verification(result)

    assert {"observed", "predicted", "p95", "load"} <= {trace.name for trace in figure.data}
    assert all(trace.type == "scatter" for trace in figure.data)
    assert "predicted and observed" in page
    assert re.search(r"https?://(?!www\.w3\.org)", page.split('id="plotly"')[0]) is None


def test_the_data_of_these_tests_are_of_one_day():
    assert datetime.fromtimestamp(BEGIN, tz=UTC).date() == DAY
    assert Path(DATA, "README.md").is_file()
