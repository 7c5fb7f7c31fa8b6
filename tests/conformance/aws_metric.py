"""What AWS says about the CPU metric of a group, and about alarms that call policies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kernels import layout
from kernels.alarm import pool
from kernels.datapoint import COUNTS, N_METRIC_ROWS, SUMS, pooled_cpu, publish
from kernels.warmup import Warm
from tests.conformance.product import SCENARIO, alarmed, changes, run, steps_of
from tests.conformance.tally import Case, NotSupportedError
from tuner.policy import ScalingPlan, StepScaling
from tuner.scenario import Group
from tuner.simulation.arrays import pack_setting
from tuner.simulation.trace import STATE_WORDS

MINUTES = 20


def aggregation(given: Case, expect: Case) -> Case:
    """Pool an instance that serves and one that is still at its start, each with its own CPU."""
    serving_percent, boot_percent = given["instance_cpu"]
    group = Group(initial_capacity=1, boot_cpu_percent=boot_percent)
    setting = pack_setting(replace(SCENARIO, group=group))
    metric = np.zeros((N_METRIC_ROWS, 1))
    total, count = pooled_cpu(float(serving_percent), 1, 1, Warm(0, 0), setting)
    publish(metric, 0, total, count, setting)
    total, count = pool(0, 1, metric, SUMS)
    return {"value": total / count}


def _published(group: Group) -> np.ndarray:
    """Publish one instance's CPU, minute by minute, and give the group's datapoints."""
    setting = pack_setting(replace(SCENARIO, group=group))
    metric = np.zeros((N_METRIC_ROWS, MINUTES))
    for tick in range(MINUTES):
        publish(metric, tick, 30.0, 1.0, setting)
    return metric


def shape(given: Case, expect: Case) -> Case:
    """Count what basic monitoring publishes for an instance."""
    if "monitoring" not in given:
        raise NotSupportedError("load balancer metrics are left out: the metric is CPU")
    metric = _published(Group(initial_capacity=1, monitoring=given["monitoring"]))
    if given.get("statistic") == "SampleCount":
        period_ticks = given["period_s"] // SCENARIO.tick_seconds
        return {"value": given["instances"] * pool(MINUTES - 1, period_ticks, metric, SUMS)[1]}
    empty = np.lib.stride_tricks.sliding_window_view(metric[COUNTS] == 0.0, given["periods"])
    return {"max_periods_without_data": int(empty.sum(axis=1).max())}


def actions(given: Case, expect: Case) -> Case:
    if given.get("action") == "auto-scaling policy":
        return _repeats(given)
    if "action" in given:
        raise NotSupportedError("actions other than scaling policies are left out")
    if "overwrites" in given["event"]:
        raise NotSupportedError("alarms that are overwritten are left out")
    policy = StepScaling(step_adjustments=steps_of([(0, None, 1)]))
    plan = ScalingPlan(scale_out=alarmed(policy))
    state = run(plan, [1e6], metric_delay_seconds=60).scale_out_state[0]
    return {"state": str(STATE_WORDS[state])}


def _repeats(given: Case) -> Case:
    """Let a step policy without warm-up launch one instance at each call: desired counts them."""
    policy = StepScaling(step_adjustments=steps_of([(0, None, 1)]), instance_warmup_seconds=0)
    plan = ScalingPlan(scale_out=alarmed(policy, period_seconds=given["alarm_period_s"]))
    got = run(plan, [1e6] * given["minutes_in_alarm"], launch_seconds=0)
    if set(got.scale_out_state.tolist()) != {layout.STATE_ALARM}:
        raise AssertionError("the alarm does not stand in every minute")
    (apart,) = {int(gap) for gap in np.diff([0, *changes(got)])}
    return {
        "invocation_interval_s": apart * SCENARIO.tick_seconds,
        "repeats_while_in_state": len(changes(got)) > 1,
    }
