"""Target tracking on requests per target: the CPU that stands in, and where it may."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.linted import said
from tuner.errors import ConfigurationError, SimulationError
from tuner.host import HostModel
from tuner.plan_json import plan_from_json, plan_to_json
from tuner.policy import ScalingPlan, TargetTracking
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.arrays import pack_plans
from tuner.simulation.lint import lint
from tuner.simulation.requests_per_target import cpu_tracking
from tuner.simulation.run import simulate_plans, trace
from tuner.traffic.shapes import Shape, TrafficShapes

RULE = "requests-per-target"
LINE = HostModel(slope_percent_per_rpm=0.00075, cliff_percent=50.0)
IDLE_10 = replace(LINE, intercept_percent=10.0)
TABLE = HostModel(table=((0.0, 5.0), (20_000.0, 20.0), (60_000.0, 80.0)), cliff_percent=50.0)


def per_target(rpm: float, **fields) -> ScalingPlan:
    policy = TargetTracking(
        target_value=rpm, predefined_metric_type="ALBRequestCountPerTarget", **fields
    )
    return ScalingPlan(target_tracking=policy)


def of(host: HostModel, **group) -> Scenario:
    return Scenario(
        host=host,
        group=Group(**{"initial_capacity": 4, "max_size": 60, **group}),
        metric=Metric(metric_delay_seconds=120),
    )


def wandering_load(seed: int, *, low: float = 30_000.0, high: float = 400_000.0) -> TrafficShapes:
    rng = np.random.default_rng(seed)
    knots = rng.uniform(low, high, 13)
    rpm = np.interp(np.arange(720), np.arange(13) * 60, knots) * rng.uniform(0.97, 1.03, 720)
    return TrafficShapes.of([Shape(name="load", rpm=rpm)])


def wishes_of(run, rpm_target: float, *, delay: int) -> list[tuple[int, int, int]]:
    """Give (tick, AWS's wish in requests, desired) of each activity of a run.

    The wish is the ceiling of capacity that does not warm x requests per target / target.
    """
    desired = np.concatenate([[run.in_service[0]], run.desired_capacity])
    found = []
    for t in np.flatnonzero(np.diff(desired)).tolist():
        seen = t - delay
        per_host = run.rpm[seen] / run.serving[seen]
        base = int(run.in_service[t] - run.warming[t])
        found.append((t, math.ceil(base * per_host / rpm_target), int(desired[t + 1])))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_on_a_line_through_zero_every_wish_is_that_of_the_requests(seed):
    run = trace(per_target(25_000.0), of(LINE), wandering_load(seed), 0)
    got = wishes_of(run, 25_000.0, delay=2)

    assert len(got) > 10
    assert [(t, wish) for t, wish, _ in got] == [(t, desired) for t, _, desired in got]


def test_on_a_line_through_zero_the_alarms_stand_when_those_on_requests_would():
    run = trace(per_target(25_000.0), of(LINE), wandering_load(1), 0)
    per_host = run.rpm / run.serving
    is_high = np.convolve(per_host > 25_000.0, np.ones(3), mode="valid") == 3
    expected = np.concatenate([np.zeros(4, dtype=bool), is_high[:-2]])

    assert ((run.tracking_high_state == 1) == expected).all()


@pytest.mark.parametrize(
    ("host", "percent"), [(LINE, 15.0), (IDLE_10, 25.0), (TABLE, 20.0)], ids=str
)
def test_a_target_in_requests_runs_as_the_cpu_that_the_host_has_there(host, percent):
    shapes, scenario = wandering_load(3), of(host)
    on_cpu = ScalingPlan(target_tracking=TargetTracking(target_value=percent))
    expected = simulate_plans([on_cpu], scenario, shapes)
    got = simulate_plans([per_target(20_000.0)], scenario, shapes)

    assert got.of(0, 0) == expected.of(0, 0)
    assert got.scale_outs[0, 0] > 0


@pytest.mark.parametrize("host", [LINE, IDLE_10, TABLE], ids=["line", "intercept", "table"])
def test_with_a_low_ratio_both_alarms_are_at_those_requests(host):
    policy = per_target(30_000.0, low_ratio=0.8).target_tracking
    got = cpu_tracking(policy, host)

    assert got.target_value == host.cpu_percent(30_000.0)
    assert got.low_ratio * got.target_value == pytest.approx(host.cpu_percent(24_000.0), rel=1e-12)
    assert got.predefined_metric_type == "ASGAverageCPUUtilization"


def test_a_low_ratio_below_the_first_cpu_never_scales_in():
    host = replace(LINE, intercept_percent=-10.0)
    got = cpu_tracking(per_target(20_000.0, low_ratio=0.1).target_tracking, host)

    assert 0 < got.low_ratio < 1e-200


def test_with_an_intercept_the_simulation_adds_less_than_the_requests_ask_for():
    run = trace(per_target(25_000.0), of(IDLE_10), wandering_load(0), 0)
    got = wishes_of(run, 25_000.0, delay=2)
    grown = [(t, wish, desired) for t, wish, desired in got if desired > run.in_service[t]]

    assert all(desired <= wish for _, wish, desired in grown)
    assert any(desired < wish for _, wish, desired in grown)


@pytest.mark.parametrize(
    ("host", "rpm", "expected"),
    [
        (LINE, 140_000.0, "under the 133,333 requests per minute"),
        (TABLE, 80_000.0, "under the 73,333 requests per minute"),
        (HostModel(intercept_percent=5.0), 100.0, "above the 5 % that it has without load"),
        (replace(LINE, intercept_percent=-20.0), 100.0, "above the 0 % that it has without load"),
    ],
)
def test_a_target_that_no_cpu_stands_for_is_refused(host, rpm, expected):
    with pytest.raises(SimulationError, match=expected) as caught:
        pack_plans([per_target(rpm)], Scenario(host=host))
    with pytest.raises(SimulationError):
        lint(per_target(rpm), Scenario(host=host))

    assert caught.value.problems[0].where == "target_tracking.target_value"


def test_a_plan_on_requests_is_described_and_goes_through_json_unchanged():
    plan = per_target(20_000.0, instance_warmup_seconds=120)
    written = plan_to_json(plan)

    assert plan.describe() == "hold 20,000 requests a minute per target (warm-up 2m)"
    assert written["target_tracking"]["predefined_metric_type"] == "ALBRequestCountPerTarget"
    assert plan_from_json(json.loads(json.dumps(written))) == plan


def test_a_plan_on_cpu_says_so_in_json_and_is_the_default():
    plan = ScalingPlan(target_tracking=TargetTracking(target_value=40.0))
    metric = "ASGAverageCPUUtilization"

    assert plan_to_json(plan)["target_tracking"]["predefined_metric_type"] == metric
    assert plan.describe() == "hold 40 % CPU"


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_target_of_no_requests_is_refused_in_their_unit(value):
    with pytest.raises(ConfigurationError, match="requests per minute above 0"):
        per_target(value)


def test_an_unknown_metric_is_refused_with_those_there_are():
    with pytest.raises(ConfigurationError, match="ALBRequestCountPerTarget") as caught:
        TargetTracking(target_value=1.0, predefined_metric_type="RequestCount")

    assert caught.value.problems[0].where == "predefined_metric_type"


def test_lint_says_nothing_where_the_arithmetic_is_the_same():
    assert said(per_target(20_000.0), RULE, of(LINE)) == []
    on_cpu = ScalingPlan(target_tracking=TargetTracking(target_value=25.0))
    assert said(on_cpu, RULE, Scenario(host=IDLE_10)) == []


def test_lint_shows_the_wishes_at_twice_the_target_on_a_host_with_an_intercept():
    (advice,) = said(per_target(20_000.0), RULE, of(IDLE_10))

    assert advice.severity == "note"
    assert "20,000 rpm a target are 25 %, twice as many 40 %" in advice.sentence
    assert "twice the hosts, and the simulation for 40 / 25 = 1.6 times" in advice.sentence
    assert "low alarm" in advice.sentence
    (fixed,) = said(per_target(20_000.0, low_ratio=0.8), RULE, of(IDLE_10))
    assert "low alarm" not in fixed.sentence


def test_lint_shows_how_much_later_a_load_balancers_metric_comes():
    scenario = replace(of(LINE), metric=Metric(metric_delay_seconds=60))
    (advice,) = said(per_target(20_000.0), RULE, scenario)

    assert "about 60 s later" in advice.sentence


@pytest.mark.parametrize(("in_metric", "seconds"), [(False, 30), (True, 150)])
def test_lint_shows_how_long_hosts_count_that_get_no_requests(in_metric, seconds):
    scenario = of(LINE, ready_seconds=150, boot_cpu_percent=90.0)
    scenario = replace(scenario, metric=replace(scenario.metric, warming_in_metric=in_metric))
    (advice,) = said(per_target(20_000.0, instance_warmup_seconds=120), RULE, scenario)

    assert f"= {seconds} s a new host counts" in advice.sentence


def test_the_other_rules_of_lint_judge_the_cpu_that_the_requests_bring():
    scenario = of(LINE)
    (advice,) = said(per_target(70_000.0), "over-cliff", scenario)

    assert "holds CPU at 52.5 %" in advice.sentence
    assert said(per_target(60_000.0), "over-cliff", scenario) == []
    assert said(per_target(20_000.0), "fraction", scenario) == []
