"""Fit from production: the made-up day's facts, and what a history cannot tell."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from tests.measure.production_day import (
    BEGIN,
    day_activities,
    day_history,
    deployed_plan,
)
from tuner.activities import Activity, AlarmChange
from tuner.config.load import load_job
from tuner.errors import FitError, LoadTestError
from tuner.measure.history import make_history
from tuner.measure.history_activities import decisions_of, read_activities
from tuner.measure.production import fit_production
from tuner.measure.production_delay import metric_delay
from tuner.measure.production_lines import toml_lines
from tuner.measure.production_rows import production_load_test
from tuner.policy import Alarm

MINUTES_PER_WEEK = 7 * 1440


def alarms():
    plan = deployed_plan()
    return {"scale_out": plan.scale_out.alarm, "scale_in": plan.scale_in.alarm}


@pytest.fixture(scope="module")
def day():
    return fit_production(day_history(), day_activities(), alarms=alarms())


def made(n=MINUTES_PER_WEEK, *, seed=0, slope=0.001, intercept=2.0, spread=1.0, knee=None, **more):
    """Make weeks of minutes: a daily wave on a group that keeps its CPU; seed 0 unless stated."""
    generator = np.random.default_rng(seed)
    minute = np.arange(n)
    rpm = 100_000 * (1.2 - spread * np.cos(2 * np.pi * minute / 1440))
    rpm *= np.exp(generator.normal(0, 0.02, n))
    count = np.maximum(np.round(rpm / 40_000 + 0.3 * np.sin(minute / 600)), 1.0)
    cpu = np.clip(intercept + slope * rpm / count + generator.normal(0, 0.5, n), 0, 100)
    latency = 40.0 * np.exp(generator.normal(0, 0.08, n))
    if knee is not None:
        latency = latency + 8.0 * np.maximum(cpu - knee, 0)
    columns = {"requests": rpm, "cpu_percent": cpu, "cpu_samples": count, **more}
    return make_history(
        BEGIN + 60 * np.arange(n, dtype=np.int64),
        {"latency_p95_ms": latency, **columns},
        source="made",
    )


def activity(kind, begin, end, *, cause="", status="Successful"):
    return Activity(
        started=datetime.fromtimestamp(begin, tz=UTC),
        ended=datetime.fromtimestamp(end, tz=UTC),
        status=status,
        description="",
        cause=cause,
        instance_id=None,
        kind=kind,
    )


def called(second, *, alarm="high", before=2, after=3):
    stamp = datetime.fromtimestamp(second, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f"At {stamp} a monitor alarm {alarm} in state ALARM triggered policy p changing the "
        f"desired capacity from {before} to {after}.  At {stamp} an instance was started"
    )


def test_the_slope_of_the_day_is_found_within_three_percent(day):
    line = day.host_fit.line
    low, high = line.slope_interval_percent_per_rpm

    assert line.slope_percent_per_rpm * 1000 == pytest.approx(0.75, rel=0.03)
    assert 1000 * low < 0.75 < 1000 * high
    assert line.intercept_percent == pytest.approx(0.0, abs=0.3)
    assert line.linear


def test_without_activities_the_slope_is_the_same_within_three_percent():
    fit = fit_production(day_history())

    assert fit.host_fit.line.slope_percent_per_rpm * 1000 == pytest.approx(0.75, rel=0.03)
    assert fit.times.launch is None
    assert {"launch_seconds", "metric_delay_seconds"} <= {each.what for each in fit.unknown}


def test_launches_take_165_to_200_s_and_start_8_to_16_s_after_their_alarm(day):
    times = day.times

    assert times.launch.count == 7
    assert 165 <= times.launch.least <= times.launch.most <= 200
    assert times.alarm_to_activity.count == 14
    assert 8 <= times.alarm_to_activity.least <= times.alarm_to_activity.most <= 16


def test_the_launch_that_failed_is_counted_and_no_launch_time(day):
    assert day.times.failed_launches == 1
    assert day.times.failed_percent == pytest.approx(100 / 8)
    assert day.times.retry_seconds == 62
    assert day.times.launch.least > 0


def test_the_times_for_a_simulated_minute_are_those_that_the_day_was_made_with(day):
    assert day.times.launch_seconds == 180
    assert day.times.drain_seconds == 60
    assert day.delay.metric_delay_seconds == 60


def test_what_the_day_cannot_tell_is_said_with_a_load_test_that_would(day):
    unknown = {each.what: each for each in day.unknown}

    assert day.host_fit.cliff.cliff_percent is None
    assert "No break found up to" in day.host_fit.cliff.sentence
    assert "load test of one host" in unknown["the cliff"].settle
    assert "80,000" in unknown["the cliff"].settle
    assert "ready_seconds" in unknown
    assert "metric_delay_seconds" not in unknown


def test_minutes_that_mislead_are_left_out_and_counted(day):
    dropped = {each.reason: each.count for each in day.host_fit.load_test.dropped}

    assert dropped["minutes without CPU"] == 12
    assert dropped["minutes with samples missing"] == 1
    assert 60 < dropped["minutes while instances came or went"] < 120


def test_the_lines_to_paste_are_a_part_of_a_job(day, tmp_path):
    lines = "\n".join(toml_lines(day))
    file = tmp_path / "job.toml"
    file.write_text(
        f'service = "web"\n{lines}\n[[traffic.stages]]\nname = "level"\n'
        'stages = ["hold 1h at 30k"]\n[space]\nscale_out_adjustment = 1\n'
    )
    job = load_job(file)

    assert job.host.slope_percent_per_rpm * 1000 == pytest.approx(0.75, rel=0.03)
    assert job.group.launch_seconds == 180
    assert job.group.launches.failed_percent == 12.5
    assert job.metric.metric_delay_seconds == 60


@pytest.mark.parametrize("seed", range(2))
def test_weeks_of_a_group_that_keeps_its_cpu_give_the_line(seed):
    fit = fit_production(made(2 * MINUTES_PER_WEEK, seed=seed))
    line = fit.host_fit.line

    assert line.slope_percent_per_rpm == pytest.approx(0.001, rel=0.03), f"seed {seed}"
    assert line.intercept_percent == pytest.approx(2.0, abs=1.0), f"seed {seed}"


def test_a_cliff_that_the_history_reached_is_found():
    fit = fit_production(made(knee=45.0, seed=3))
    cliff = fit.host_fit.cliff
    host = [line for line in toml_lines(fit) if line.startswith("cliff_percent")]

    assert cliff.estimate_percent == pytest.approx(45.0, abs=5.0)
    assert "the cliff" not in {each.what for each in fit.unknown}
    assert host == [f"cliff_percent = {cliff.cliff_percent:.1f}"]


def test_a_load_that_hardly_varies_leaves_the_slope_unknown():
    generator = np.random.default_rng(1)
    rpm = 100_000 * np.exp(generator.normal(0, 0.03, 120))
    history = make_history(
        BEGIN + 60 * np.arange(120, dtype=np.int64),
        {
            "requests": rpm,
            "cpu_percent": 2.0 + 0.001 * rpm / 3 + generator.normal(0, 0.7, 120),
            "cpu_samples": np.full(120, 3.0),
        },
        source="flat",
    )
    unknown = {each.what: each for each in fit_production(history).unknown}

    assert "kept its hosts at" in unknown["the slope of the CPU line"].why
    assert "load test of one host" in unknown["the slope of the CPU line"].settle


def test_cpu_that_has_nothing_to_do_with_the_load_is_refused():
    generator = np.random.default_rng(2)
    history = made(2000, cpu_percent=generator.uniform(10, 60, 2000))
    with pytest.raises(FitError, match="follows the traffic"):
        fit_production(history)


def test_too_few_minutes_are_refused_with_what_was_left_out():
    history = made(40, requests=np.where(np.arange(40) < 15, np.nan, 1000.0))
    with pytest.raises(FitError, match=r"2\d of 40 \(left out: 15 minutes without requests"):
        fit_production(history)


def test_a_history_that_does_not_count_instances_is_refused():
    history = made(500, cpu_samples=np.full(500, np.nan))
    with pytest.raises(LoadTestError, match="SampleCount"):
        fit_production(history)


def test_boot_cpu_is_seen_where_new_instances_are_busy_with_themselves():
    history = made(3000, spread=0.3, intercept=0.0, seed=4)
    count, cpu = np.array(history.cpu_samples), np.array(history.cpu_percent)
    moments = np.arange(100, 2900, 200)
    activities = []
    for at in moments.tolist():
        for minute in range(at, at + 3):
            cpu[minute] = (cpu[minute] * count[minute] + 80.0) / (count[minute] + 1)
            count[minute] += 1
            cpu[minute] = np.clip(cpu[minute], 0, 100)
        second = BEGIN + 60 * at
        activities.append(activity("launch", second - 150, second, cause=called(second - 165)))
    busy = make_history(
        history.begins,
        {"requests": history.requests, "cpu_percent": cpu, "cpu_samples": count},
        source="boot",
    )
    fit = fit_production(busy, activities)

    assert fit.boot.launches == len(moments)
    assert fit.boot.ready_seconds == 180
    assert fit.boot.boot_cpu_percent == pytest.approx(80.0, abs=5.0)
    assert "ready_seconds = 180" in toml_lines(fit)


def test_two_launches_of_one_call_are_one_decision_of_two():
    cause = called(1000, before=2, after=4)
    read = read_activities(
        [activity("launch", 1010, 1200, cause=cause), activity("launch", 1011, 1230, cause=cause)]
    )
    (decision,) = decisions_of(read)

    assert decision.size == 2
    assert decision.ended == 1230
    assert (decision.desired_before, decision.desired_after) == (2, 4)


def test_a_try_that_failed_and_the_next_one_are_one_decision():
    read = read_activities(
        [
            activity("launch", 1010, 1009, cause=called(1000), status="Failed"),
            activity("launch", 1075, 1260, cause="At 1970-01-01T00:17:55Z an instance was started"),
            activity("terminate", 5000, 5060, cause="an instance was taken out of service"),
        ]
    )
    first, second = decisions_of(read)

    assert (first.size, first.failed_tries, first.ended) == (1, 1, 1260)
    assert first.retry_seconds == (65.0,)
    assert not second.by_policy


@pytest.mark.parametrize("delay", [1, 2, 4])
def test_the_delay_of_the_metric_is_read_off_the_alarms_own_history(delay):
    """Waves that pass 50 % for a while; the alarm stands so many minutes after its window."""
    n = 1200
    cpu = np.where((np.arange(n) // 60) % 2 == 1, 60.0, 20.0)
    history = made(n, cpu_percent=cpu, cpu_samples=np.full(n, 2.0))
    alarm = Alarm(
        threshold_percent=50.0,
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=3,
        datapoints_to_alarm=3,
    )
    onsets = [t for t in range(n) if t % 120 == 62]
    changes = [
        AlarmChange(
            stamp=datetime.fromtimestamp(BEGIN + 60 * (t + delay) + 41, tz=UTC),
            alarm="high",
            old_state="OK",
            new_state="ALARM",
        )
        for t in onsets
    ]
    first = BEGIN + 60 * (onsets[0] + delay) + 41
    read = read_activities([activity("launch", first + 9, first + 200, cause=called(first))])
    got = metric_delay(history, decisions_of(read), alarms={"scale_out": alarm}, changes=changes)

    assert got.seen.count == len(onsets)
    assert got.metric_delay_seconds == 60 * delay


def test_the_delay_is_unknown_without_alarms_and_with_too_few_moments():
    history, read = day_history(), read_activities(day_activities())
    few = decisions_of(read)[:2]

    assert metric_delay(history, decisions_of(read), alarms={}).metric_delay_seconds is None
    assert metric_delay(history, few, alarms=alarms()).metric_delay_seconds is None


def test_five_minute_data_are_not_counted_five_times():
    whole = made(2 * MINUTES_PER_WEEK)
    five = np.arange(len(whole)) // 5 * 5
    coarse = make_history(
        whole.begins,
        {
            name: np.array(getattr(whole, name))[five]
            for name in ("requests", "cpu_percent", "cpu_samples", "latency_p95_ms")
        },
        period_seconds=300,
        source="coarse",
    )

    assert len(production_load_test(coarse)) <= len(whole) // 5
