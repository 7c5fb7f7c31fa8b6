"""Simulated candidate-minutes a second and core, batched; the totals are asserted.

Run with ``.venv/bin/python -m pytest benchmarks --benchmark-enable``.
"""

from __future__ import annotations

import numpy as np
import pytest

from tuner.host import HostModel
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.scenario import Group, Scenario
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate
from tuner.traffic.shapes import Shape, TrafficShapes

N_CANDIDATES, N_SHAPES, N_TICKS = 512, 12, 240


def plans(period_seconds):
    for c in range(N_CANDIDATES):
        upper = float(16 + c % 35)
        out = Alarm(
            threshold_percent=upper,
            comparison_operator="GreaterThanThreshold",
            period_seconds=period_seconds,
            evaluation_periods=1 + c % 5,
            datapoints_to_alarm=1 + c % 5,
        )
        low = Alarm(
            threshold_percent=upper // 3,
            comparison_operator="LessThanThreshold",
            period_seconds=period_seconds,
            evaluation_periods=1 + c % 5,
            datapoints_to_alarm=1 + c % 5,
        )
        yield ScalingPlan(
            scale_out=AlarmedPolicy(out, SimpleScaling(scaling_adjustment=1 + c % 7)),
            scale_in=AlarmedPolicy(low, SimpleScaling(scaling_adjustment=-1)),
        )


@pytest.mark.parametrize(("period_seconds", "host_minutes"), [(60, 6390823.0), (300, 5924513.0)])
def test_a_batch_of_simple_policies(benchmark, period_seconds, host_minutes):
    scenario = Scenario(
        host=HostModel(slope_percent_per_rpm=0.00075, cliff_percent=50.0),
        group=Group(launch_seconds=180, ready_seconds=60, boot_cpu_percent=90.0, drain_seconds=60),
    )
    time = np.arange(N_TICKS)
    loads = [60_000 * (1.2 + np.sin(time * (s + 1) / 40)) for s in range(N_SHAPES)]
    shapes = TrafficShapes.of([Shape(name=str(s), rpm=load) for s, load in enumerate(loads)])
    policies = pack_plans(list(plans(period_seconds)), scenario)
    simulate(policies, scenario, shapes, threads=1)

    got = benchmark(simulate, policies, scenario, shapes, threads=1)

    benchmark.extra_info["candidate_minutes"] = N_CANDIDATES * N_SHAPES * N_TICKS
    assert host_minutes == got.host_minutes.sum()
