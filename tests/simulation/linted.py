"""A sound plan and its scenario, and what lint says of a change to either."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.kernels.test_laws import side
from tuner.host import HostModel
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    StepAdjustment,
    StepScaling,
)
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.advice import Advice
from tuner.simulation.lint import lint
from tuner.traffic.shapes import Shape, TrafficShapes

OUT, IN = "GreaterThanThreshold", "LessThanThreshold"
HOST = HostModel(slope_percent_per_rpm=0.001, cliff_percent=50.0)
SCENARIO = Scenario(host=HOST, group=Group(max_size=10), metric=Metric(metric_delay_seconds=0))
PAIR = ScalingPlan(scale_out=side(40.0, OUT, 1, cooldown=300), scale_in=side(20.0, IN, -1))


def said(plan: ScalingPlan, rule: str, scenario: Scenario = SCENARIO, rpm=None) -> list[Advice]:
    shapes = None if rpm is None else TrafficShapes.of([Shape(name="load", rpm=np.array(rpm))])
    return [advice for advice in lint(plan, scenario, shapes) if advice.rule == rule]


def one(plan: ScalingPlan, rule: str, scenario: Scenario = SCENARIO, rpm=None) -> Advice:
    (advice,) = said(plan, rule, scenario, rpm)

    assert advice.source.startswith("docs/")
    return advice


def stepped(threshold, operator, *steps, warmup=300, kind="ChangeInCapacity", **alarm):
    adjustments = tuple(
        StepAdjustment(
            metric_interval_lower_bound=low,
            metric_interval_upper_bound=high,
            scaling_adjustment=adjustment,
        )
        for low, high, adjustment in steps
    )
    policy = StepScaling(
        step_adjustments=adjustments, adjustment_type=kind, instance_warmup_seconds=warmup
    )
    return AlarmedPolicy(
        Alarm(threshold_percent=threshold, comparison_operator=operator, **alarm), policy
    )


def of(**changed: object) -> Scenario:
    """Give the scenario with other fields of its group or metric."""
    metric = {name: changed.pop(name) for name in list(changed) if name.startswith("metric_")}
    return replace(
        SCENARIO,
        group=replace(SCENARIO.group, **changed),
        metric=replace(SCENARIO.metric, **metric),
    )
