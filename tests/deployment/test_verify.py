"""Predicted against observed: the made-up day, the simulator itself, and what is too little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.measure.production_day import (
    BEGIN,
    day_activities,
    day_history,
    deployed_plan,
    deployed_scenario,
)
from tuner.deployment.observed import ObservedChange, observed_changes, observed_instances
from tuner.deployment.verify import verify
from tuner.deployment.verify_json import verification_json
from tuner.deployment.verify_match import PredictedChange, match_changes
from tuner.deployment.verify_predict import predict
from tuner.deployment.verify_settings import VerifySettings
from tuner.errors import ConfigurationError, LoadTestError
from tuner.host import HostModel
from tuner.measure.history import make_history
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)
from tuner.scenario import Group, Scenario


@pytest.fixture(scope="module")
def day():
    return verify(day_history(), deployed_plan(), deployed_scenario(), activities=day_activities())


def of_trace(plan, scenario, *, seed=0, n=1440, **more):
    """Let the simulator observe itself on a day with a wave and noise; seed 0 unless stated."""
    generator = np.random.default_rng(seed)
    wave = 60_000 * (1.1 - np.cos(2 * np.pi * np.arange(n) / n))
    rpm = wave * np.exp(generator.normal(0, 0.03, n))
    begins = BEGIN + 60 * np.arange(n, dtype=np.int64)
    count = np.full(n, float(scenario.group.min_size))
    blank = make_history(
        begins, {"requests": rpm, "cpu_percent": np.zeros(n), "cpu_samples": count}, source="own"
    )
    said = predict(blank, plan, scenario)
    columns = {
        "requests": rpm,
        "cpu_percent": said.group_cpu_percent,
        "cpu_samples": said.in_service,
    }
    return make_history(begins, {**columns, **more}, source="own")


def test_the_day_is_within_its_band_with_every_activity_matched(day):
    errors = day.errors

    assert day.verdict == "within"
    assert day.reasons == ()
    assert (errors.scale_outs_observed, errors.scale_outs_predicted) == (7, 7)
    assert (errors.scale_ins_observed, errors.scale_ins_predicted) == (7, 7)
    assert errors.matched_percent == 100.0
    assert errors.lag_minutes < 1.0
    assert abs(errors.host_minutes_percent) < 0.5
    assert errors.instances_mean_error < 0.01
    assert errors.host_minutes_observed == pytest.approx(3645, abs=5)


def test_minutes_without_cpu_are_not_compared(day):
    assert day.compared.sum() == 1428


def test_with_launches_of_900_s_the_day_is_outside_and_the_reasons_say_why():
    got = verify(
        day_history(),
        deployed_plan(),
        deployed_scenario(launch_seconds=900),
        activities=day_activities(),
    )

    assert got.verdict == "outside"
    assert any("minutes apart" in reason for reason in got.reasons)
    assert got.errors.lag_minutes > 5.0


def test_without_activities_the_count_of_instances_tells_the_same():
    got = verify(day_history(), deployed_plan(), deployed_scenario())

    assert got.verdict == "within"
    assert got.errors.scale_outs_observed == got.errors.scale_ins_observed == 7
    assert got.errors.matched_percent == 100.0


def step_plan():
    def step(threshold, operator, lower, upper, change):
        alarm = Alarm(threshold_percent=threshold, comparison_operator=operator)
        steps = (
            StepAdjustment(
                metric_interval_lower_bound=lower,
                metric_interval_upper_bound=upper,
                scaling_adjustment=change,
            ),
        )
        return AlarmedPolicy(
            alarm, StepScaling(step_adjustments=steps, instance_warmup_seconds=120)
        )

    return ScalingPlan(
        scale_out=step(25.0, "GreaterThanThreshold", 0.0, None, 2),
        scale_in=step(10.0, "LessThanThreshold", None, 0.0, -1),
    )


PLANS = {
    "simple": deployed_plan(),
    "step": step_plan(),
    "target": ScalingPlan(target_tracking=TargetTracking(target_value=20.0)),
}


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("ready_seconds", [0, 120])
def test_what_the_simulator_did_itself_is_verified_without_any_error(name, ready_seconds):
    scenario = deployed_scenario(ready_seconds=ready_seconds)
    got = verify(of_trace(PLANS[name], scenario), PLANS[name], scenario)
    errors = got.errors

    assert got.verdict == "within"
    assert errors.host_minutes_observed == errors.host_minutes_predicted
    assert errors.instances_mean_error == 0.0
    assert errors.cpu_mean_error_percent == 0.0
    assert errors.peak_percent == 0.0
    if name == "simple":
        assert errors.matched_percent == 100.0
        assert errors.lag_minutes == 0.0


def test_a_tick_of_half_a_minute_is_compared_by_minutes():
    scenario = replace(deployed_scenario(), tick_seconds=30)
    got = verify(day_history(), deployed_plan(), scenario, activities=day_activities())

    assert got.verdict == "within"
    assert len(got.prediction.in_service) == 1440


def test_a_tick_that_does_not_go_with_minutes_is_refused():
    scenario = replace(deployed_scenario(), tick_seconds=50)
    with pytest.raises(LoadTestError, match="tick that divides a minute"):
        verify(day_history(), deployed_plan(), scenario)


def test_an_hour_of_gaps_a_short_range_and_a_quiet_one_are_not_enough():
    scenario = deployed_scenario()
    whole = of_trace(deployed_plan(), scenario)
    gappy = np.array(whole.cpu_percent)
    gappy[:600] = np.nan
    quiet = make_history(
        whole.begins,
        {
            "requests": np.full(1440, 30_000.0),
            "cpu_percent": np.full(1440, 11.25),
            "cpu_samples": np.full(1440, 2.0),
        },
        source="quiet",
    )
    short = verify(whole.between(BEGIN, BEGIN + 1800), deployed_plan(), scenario)
    holes = verify(
        of_trace(deployed_plan(), scenario, cpu_percent=gappy), deployed_plan(), scenario
    )
    calm = verify(quiet, deployed_plan(), scenario)

    assert {"not enough data"} == {each.verdict for each in (short, holes, calm)}
    assert "30 minutes; 60 are needed" in short.reasons[0]
    assert "58 % of the minutes" in holes.reasons[0]
    assert "says nothing about load" in calm.reasons[0]


def test_a_quiet_range_near_the_limit_is_enough():
    begins = BEGIN + 60 * np.arange(120, dtype=np.int64)
    columns = {
        "requests": np.full(120, 60_000.0),
        "cpu_percent": np.full(120, 22.5),
        "cpu_samples": np.full(120, 2.0),
    }
    history = make_history(begins, columns, source="steady")
    scenario = replace(deployed_scenario(), margin_percent=10.0)
    got = verify(history, deployed_plan(), scenario)

    assert got.verdict == "within"
    assert got.changes == ()


@pytest.mark.parametrize(
    ("band", "words"),
    [
        ({"host_minutes_percent": 0.01}, "Host-minutes are off"),
        ({"instances": 0.001}, "Instances are off"),
        ({"peak_percent": 1.0}, "Peak CPU is off"),
        ({"lag_minutes": 0.1}, "minutes apart"),
    ],
)
def test_each_tolerance_decides_on_its_own(band, words):
    got = verify(
        day_history(),
        deployed_plan(),
        deployed_scenario(),
        activities=day_activities(),
        settings=VerifySettings(**band),
    )

    assert got.verdict == "outside"
    assert len(got.reasons) == 1
    assert words in got.reasons[0]


def test_latency_and_errors_stand_beside_the_load_tests_base():
    scenario = deployed_scenario()
    history = of_trace(
        deployed_plan(),
        scenario,
        latency_p95_ms=np.full(1440, 90.0),
        errors=np.full(1440, 2_000.0),
    )
    plain = verify(history, deployed_plan(), scenario, base_latency_ms=30.0)
    strict = verify(
        history,
        deployed_plan(),
        scenario,
        base_latency_ms=30.0,
        settings=VerifySettings(latency_factor=2.0),
    )

    assert plain.answers.latency_over_base == 3.0
    assert plain.answers.error_percent == pytest.approx(100 * 2000 * 1440 / history.requests.sum())
    assert plain.verdict == "outside"
    assert len(plain.reasons) == 1
    assert "of the requests failed" in plain.reasons[0]
    assert "3 times the load test's base" in strict.reasons[1]


def test_a_day_whose_group_never_scaled_as_predicted_does_not_match():
    scenario = deployed_scenario()
    history = of_trace(deployed_plan(), scenario, cpu_samples=np.full(1440, 2.0))
    got = verify(history, deployed_plan(), scenario)

    assert got.verdict == "outside"
    assert got.errors.matched_percent == 0.0
    assert got.errors.scale_outs_observed == 0 < got.errors.scale_outs_predicted


def test_changes_match_the_nearest_of_their_direction_and_none_twice():
    seen = [
        ObservedChange(direction="scale_out", decided_minute=10.7, ended_minute=14.0),
        ObservedChange(direction="scale_out", decided_minute=20.2, ended_minute=24.0),
        ObservedChange(
            direction="scale_in", decided_minute=30.0, ended_minute=31.0, left_minute=30.1
        ),
    ]
    said = [
        PredictedChange(direction="scale_out", decided_minute=19.0, done_minute=23.0, size=1),
        PredictedChange(direction="scale_in", decided_minute=50.0, done_minute=51.0, size=1),
    ]
    got = match_changes(seen, said, within_minutes=15.0)

    assert [each.observed_minute for each in got] == [10.7, 20.2, 30.0, None]
    assert [each.predicted_minute for each in got] == [None, 19.0, None, 50.0]
    assert got[1].lag_minutes == -1.0
    assert got[1].done_lag_minutes == -1.0
    assert got[1].off_minutes == 1.0


def test_instances_are_counted_within_the_minute_in_which_they_came():
    history = of_trace(ScalingPlan(), deployed_scenario(), n=10)
    changes = [
        ObservedChange(direction="scale_out", decided_minute=1.0, ended_minute=4.25, size=2),
        ObservedChange(direction="scale_in", decided_minute=7.0, ended_minute=8.0, left_minute=7.5),
    ]
    agreeing = replace(history, cpu_samples=np.array([2, 2, 2, 2, 4, 4, 4, 4, 3, 3.0]))

    assert observed_instances(agreeing, changes).tolist() == [2, 2, 2, 2, 3.5, 4, 4, 3.5, 3, 3]
    assert history.instances.tolist() == observed_instances(history, changes).tolist()


def test_a_replacement_of_an_ill_instance_is_no_decision():
    activities = tuple(
        replace(
            each,
            cause="At 2026-11-17T14:00:00Z an instance was taken out of service in "
            "response to an EC2 health check.",
        )
        for each in day_activities()
    )

    assert observed_changes(day_history(), activities) == ()


def test_a_history_without_requests_cannot_be_verified():
    history = of_trace(ScalingPlan(), deployed_scenario(), n=100, requests=np.full(100, np.nan))
    with pytest.raises(LoadTestError, match="minutes with requests"):
        verify(history, deployed_plan(), deployed_scenario())


def test_a_band_that_cannot_be_is_refused_with_every_problem():
    with pytest.raises(ConfigurationError) as raised:
        VerifySettings(instances=-1.0, matched_percent=120.0, lag_minutes=float("nan"))

    assert {"instances", "matched_percent", "lag_minutes"} == {
        problem.where for problem in raised.value.problems
    }


def test_the_json_holds_both_sides_and_no_minutes(day):
    got = verification_json(day)

    assert got["schema"] == "cliffside.verification/1"
    assert got["verdict"] == "within"
    assert got["begin"] == "2026-11-17T00:00:00Z"
    assert got["end"] == "2026-11-18T00:00:00Z"
    assert got["model"]["launch_seconds"] == 180
    assert len(got["changes"]) == 14
    assert got["errors"]["host_minutes_percent"] == day.errors.host_minutes_percent


def test_a_boot_that_is_busy_counts_in_what_cloudwatch_would_have_published():
    scenario = Scenario(
        host=HostModel(slope_percent_per_rpm=0.00075, cliff_percent=50.0),
        group=Group(
            min_size=2, max_size=12, launch_seconds=60, ready_seconds=180, boot_cpu_percent=90
        ),
    )
    history = of_trace(deployed_plan(), scenario)
    said = predict(history, deployed_plan(), scenario)
    booting = said.trace.in_service > said.trace.serving
    expected = (
        said.trace.cpu_percent * said.trace.serving
        + 90.0 * (said.trace.in_service - said.trace.serving)
    ) / said.trace.in_service

    assert booting.any()
    np.testing.assert_allclose(expected, said.group_cpu_percent)
