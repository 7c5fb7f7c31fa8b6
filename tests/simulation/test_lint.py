"""Advice without a run: each rule speaks on its side of the border, and is silent on the other."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from tests.kernels.test_laws import run_on, side
from tests.simulation.linted import HOST, IN, OUT, PAIR, SCENARIO, of, one, said, stepped
from tuner.policy import (
    ScalingPlan,
    ScheduledAction,
    TargetTracking,
)
from tuner.simulation.lint import RULES, lint


def test_a_sound_plan_has_no_advice():
    assert lint(PAIR, SCENARIO) == ()


def test_warnings_stand_before_notes():
    plan = ScalingPlan(scale_out=side(60.0, OUT, 1, cooldown=0))
    severities = [advice.severity for advice in lint(plan, of(ready_seconds=60))]

    assert severities == ["warning", "warning", "note"]


@pytest.mark.parametrize("ready", [0, 120])
@pytest.mark.parametrize("delay", [0, 60])
@pytest.mark.parametrize(("m", "n"), [(2, 2), (1, 3)])
def test_a_cooldown_is_too_short_where_the_simulator_scales_out_twice_for_one_rise(
    ready, delay, m, n
):
    scenario = of(
        ready_seconds=ready, boot_cpu_percent=90.0, metric_delay_seconds=delay, initial_capacity=1
    )
    unseen = ready + delay + (n - m) * 60
    for cooldown in range(0, unseen + 181, 60):
        out = side(40.0, OUT, 2, cooldown=cooldown, evaluation_periods=n, datapoints_to_alarm=m)
        plan = ScalingPlan(scale_out=out)
        run = run_on(plan, scenario, np.full(60, 45_000.0))
        warnings = [a for a in said(plan, "cooldown", scenario) if a.severity == "warning"]

        assert (run.totals["scale_outs"] > 1) == bool(warnings), (cooldown, unseen)
        assert bool(warnings) == (cooldown < unseen)


def test_a_cooldown_under_launch_and_ready_is_a_note():
    plan = replace(PAIR, scale_out=side(40.0, OUT, 1, cooldown=179))
    advice = one(plan, "cooldown", of(launch_seconds=180))

    assert advice.severity == "note"
    assert "180 + 0 = 180 s" in advice.sentence
    assert said(replace(PAIR, scale_out=side(40.0, OUT, 1, cooldown=180)), "cooldown") == []


@pytest.mark.parametrize(("warmup", "says"), [(119, 1), (120, 0)])
def test_a_warm_up_is_too_short_before_its_hosts_can_be_seen(warmup, says):
    scenario = of(ready_seconds=60, metric_delay_seconds=60)
    step = ScalingPlan(scale_out=stepped(40.0, OUT, (0.0, None, 1), warmup=warmup))
    tracking = TargetTracking(target_value=40.0, instance_warmup_seconds=warmup)

    assert len(said(step, "warm-up", scenario)) == says
    assert len(said(ScalingPlan(target_tracking=tracking), "warm-up", scenario)) == says


def test_a_warm_up_that_nobody_set_is_a_note_and_the_groups_own_is_enough():
    step = ScalingPlan(scale_out=stepped(40.0, OUT, (0.0, None, 1), warmup=None))
    tracking = ScalingPlan(target_tracking=TargetTracking(target_value=40.0))

    for plan, place in ((step, "scale_out.policy"), (tracking, "target_tracking")):
        advice = one(plan, "warm-up")

        assert (advice.severity, advice.where) == ("note", f"{place}.instance_warmup_seconds")
        assert "300 s" in advice.sentence
        assert said(plan, "warm-up", of(default_instance_warmup_seconds=60)) == []


@pytest.mark.parametrize(
    ("monitoring", "period", "says"),
    [("basic", 240, 2), ("basic", 300, 0), ("detailed", 30, 2), ("detailed", 60, 0)],
)
def test_a_period_finer_than_the_monitoring_is_a_warning(monitoring, period, says):
    plan = ScalingPlan(
        scale_out=side(40.0, OUT, 1, cooldown=300, period_seconds=period),
        scale_in=side(20.0, IN, -1, period_seconds=period),
    )
    found = said(plan, "period", of(monitoring=monitoring))

    assert [advice.severity for advice in found] == ["warning"] * says


def test_target_tracking_on_basic_monitoring_is_a_warning():
    plan = ScalingPlan(target_tracking=TargetTracking(target_value=40.0))

    assert one(plan, "period", of(monitoring="basic")).severity == "warning"
    assert said(plan, "period") == []


@pytest.mark.parametrize(("delay", "says"), [(60, 0), (61, 2)])
def test_a_period_shorter_than_the_delay_is_a_note(delay, says):
    found = said(PAIR, "period", of(metric_delay_seconds=delay))

    assert [advice.severity for advice in found] == ["note"] * says


@pytest.mark.parametrize(("rpm", "says"), [(480_000.0, 0), (480_001.0, 1)])
def test_a_maximum_that_cannot_carry_the_peak_is_a_warning(rpm, says):
    scenario = replace(SCENARIO, margin_percent=2.0)  # ten hosts at 48 %
    found = said(PAIR, "max-size", scenario, rpm=[1.0, rpm])

    assert len(found) == says
    assert all("11 are needed" in advice.sentence for advice in found)


def test_the_maximum_of_a_schedule_counts_and_without_shapes_the_rule_is_silent():
    raised = replace(PAIR, schedule=(ScheduledAction(tick=0, max_size=20),))

    assert said(raised, "max-size", rpm=[900_000.0]) == []
    assert said(PAIR, "max-size", rpm=[900_000.0]) != []
    assert said(PAIR, "max-size") == []


@pytest.mark.parametrize(("n", "says"), [(4, 1), (5, 0)])
def test_a_scale_in_window_shorter_than_that_of_scale_out_is_a_warning(n, says):
    out = side(40.0, OUT, 1, cooldown=300, evaluation_periods=5, datapoints_to_alarm=5)
    plan = replace(PAIR, scale_out=out, scale_in=side(20.0, IN, -1, evaluation_periods=n))

    assert len(said(plan, "window")) == says


def test_a_direction_without_a_policy_is_named():
    only_out = one(replace(PAIR, scale_in=None), "missing-policy")
    only_in = one(replace(PAIR, scale_out=None), "missing-policy")
    tracking = TargetTracking(target_value=40.0)
    never_in = replace(tracking, disable_scale_in=True)

    assert (only_out.where, only_out.severity) == ("scale_in", "note")
    assert (only_in.where, only_in.severity) == ("scale_out", "warning")
    assert one(ScalingPlan(target_tracking=never_in), "missing-policy").where == "scale_in"
    assert (
        said(
            ScalingPlan(target_tracking=replace(never_in, disable_scale_in=False)), "missing-policy"
        )
        == []
    )
    assert len(said(ScalingPlan(), "missing-policy")) == 2


@pytest.mark.parametrize(("percent", "says"), [(47.9, 0), (48.0, 1)])
def test_a_policy_that_waits_for_the_cliff_less_margin_is_a_warning(percent, says):
    scenario = replace(SCENARIO, margin_percent=2.0)
    tracking = ScalingPlan(target_tracking=TargetTracking(target_value=percent))

    pair = replace(PAIR, scale_out=side(percent, OUT, 1, cooldown=300))

    assert len(said(pair, "over-cliff", scenario)) == says
    assert len(said(tracking, "over-cliff", scenario)) == says


@pytest.mark.parametrize(("lower", "says"), [(40.0, 0), (40.5, 1)])
def test_a_lower_threshold_above_the_upper_one_or_the_target_is_a_warning(lower, says):
    scale_in = side(lower, IN, -1)
    tracking = ScalingPlan(scale_in=scale_in, target_tracking=TargetTracking(target_value=40.0))

    assert len(said(replace(PAIR, scale_in=scale_in), "crossed-thresholds")) == says
    assert len(said(tracking, "crossed-thresholds")) == says


@pytest.mark.parametrize(
    ("operator", "lower", "says"),
    [(IN, 4.0, 1), (IN, 4.1, 0), ("LessThanOrEqualToThreshold", 4.0, 0)],
)
def test_a_scale_in_under_the_cpu_of_an_idle_host_never_comes(operator, lower, says):
    scenario = replace(SCENARIO, host=replace(HOST, intercept_percent=4.0))
    plan = replace(PAIR, scale_in=side(lower, operator, -1))

    assert len(said(plan, "idle-threshold", scenario)) == says


@pytest.mark.parametrize(("threshold", "says"), [(0.4, 1), (1.0, 0)])
def test_a_percentage_that_looks_like_a_fraction_is_a_warning(threshold, says):
    plan = ScalingPlan(
        scale_out=side(threshold, OUT, 1, cooldown=300),
        target_tracking=TargetTracking(target_value=threshold),
    )

    assert len(said(plan, "fraction")) == 2 * says


def test_every_rule_is_on_the_page_of_rules(request):
    page = (request.config.rootpath / "docs" / "lint.md").read_text()
    expected = {rule.__name__.replace("_", "-") for rule in RULES} - {"warmup"} | {"warm-up"}
    got = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.M))

    assert expected == got
