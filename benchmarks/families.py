"""The batches of each family: candidates that all differ, and the waves that they run on.

A candidate is named by its number, which picks a value of every knob in mixed radix. Neighbours
differ in all knobs, as the lanes of a block do in a search.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from tuner.host import HostModel
from tuner.policy import (
    AdjustmentType,
    Alarm,
    AlarmedPolicy,
    ComparisonOperator,
    ScalingPlan,
    SimpleScaling,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)
from tuner.scenario import Group, Scenario
from tuner.simulation.arrays import PolicyArrays, pack_plans
from tuner.traffic.shapes import Shape, TrafficShapes

HOST = HostModel(slope_percent_per_rpm=0.00075, cliff_percent=50.0)
EVERYTHING = Scenario(
    host=HOST,
    group=Group(launch_seconds=180, ready_seconds=60, boot_cpu_percent=90.0, drain_seconds=60),
)
"""Launch, boot and drain take time."""

BARE = Scenario(host=HOST, group=Group(launch_seconds=180))
"""Without boot and drain."""

STRIDE = 7_919
"""A prime that divides no lattice: it spreads neighbouring numbers over all knobs."""

WARMUP_SECONDS = 120
UPPER = tuple(float(percent) for percent in range(16, 50, 2))
M_OF_N = ((1, 1), (2, 2), (3, 3), (5, 5), (2, 3), (3, 5), (4, 6), (1, 4))
PAIR = (
    UPPER,
    (2, 3, 4),  # the lower threshold is this part of the upper one
    M_OF_N,
    tuple(range(1, 9)),  # instances out
    (-1, -2, -3),
    (0, 60, 180, 300, 600),  # cooldown
)
STEP = (
    UPPER,
    (2, 3, 4),
    M_OF_N,
    (1, 2, 3, 4, 6),  # the first step
    (3.0, 5.0, 8.0, 12.0),  # width of a step, points of CPU
    ("ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"),
    (1, 2, 4, 6),  # the group's minimum
)
TRACKING = (
    tuple(20.0 + k / 4 for k in range(121)),
    (False, True),
    (None, 0.7, 0.8, 0.9),
    (None, 1, 2, 5),
    (1, 2, 3, 4, 6, 8),
)
N_STEPS = 4


def chosen(number: int, knobs: tuple[tuple[Any, ...], ...]) -> list[Any]:
    """Pick a value of every knob by a candidate's number."""
    rest = number * STRIDE
    picked = []
    for values in knobs:
        rest, place = divmod(rest, len(values))
        picked.append(values[place])
    return picked


def alarm(threshold: float, operator: ComparisonOperator, m_of_n: tuple[int, int]) -> Alarm:
    """Give an alarm of one-minute periods."""
    return Alarm(
        threshold_percent=threshold,
        comparison_operator=operator,
        datapoints_to_alarm=m_of_n[0],
        evaluation_periods=m_of_n[1],
    )


def simple_plan(number: int) -> ScalingPlan:
    """Give a pair of simple policies."""
    upper, part, m_of_n, out, inward, cooldown = chosen(number, PAIR)
    return ScalingPlan(
        scale_out=AlarmedPolicy(
            alarm(upper, "GreaterThanThreshold", m_of_n),
            SimpleScaling(scaling_adjustment=out, cooldown_seconds=cooldown),
        ),
        scale_in=AlarmedPolicy(
            alarm(upper // part, "LessThanThreshold", m_of_n),
            SimpleScaling(scaling_adjustment=inward, cooldown_seconds=cooldown),
        ),
    )


def step_policy(sizes: list[int], *, width: float, kind: AdjustmentType) -> StepScaling:
    """Give a policy of as many steps as sizes; they rise from the threshold, or fall from it."""
    outwards = width > 0
    bounds = [width * k for k in range(len(sizes))]
    ends: list[tuple[float, float | None]] = [*pairwise(bounds), (bounds[-1], None)]
    return StepScaling(
        step_adjustments=tuple(
            StepAdjustment(
                metric_interval_lower_bound=near if outwards else far,
                metric_interval_upper_bound=far if outwards else near,
                scaling_adjustment=size,
            )
            for (near, far), size in zip(ends, sizes, strict=True)
        ),
        adjustment_type=kind,
        min_adjustment_magnitude=1 if kind == "PercentChangeInCapacity" else None,
        instance_warmup_seconds=WARMUP_SECONDS,
    )


def step_sizes(first: int, kind: AdjustmentType) -> tuple[list[int], list[int]]:
    """Give the adjustments of four steps out and four steps in."""
    steps = range(1, N_STEPS + 1)
    if kind == "ExactCapacity":
        return [first + 3 * k for k in steps], [4 * first - k for k in range(N_STEPS)]
    scale = 10 if kind == "PercentChangeInCapacity" else 1
    return [scale * first * k for k in steps], [-scale * k for k in steps]


def step_plan(number: int) -> ScalingPlan:
    """Give a pair of step policies of four steps each way, of any adjustment type."""
    upper, part, m_of_n, first, width, kind, least = chosen(number, STEP)
    out, inward = step_sizes(first, kind)
    return ScalingPlan(
        scale_out=AlarmedPolicy(
            alarm(upper, "GreaterThanThreshold", m_of_n), step_policy(out, width=width, kind=kind)
        ),
        scale_in=AlarmedPolicy(
            alarm(upper // part, "LessThanThreshold", m_of_n),
            step_policy(inward, width=-width / 4, kind=kind),
        ),
        min_size=least,
    )


def tracking(number: int) -> tuple[TargetTracking, int]:
    """Give a target tracking policy, and the minimum of its group."""
    target, only_out, ratio, limit, least = chosen(number, TRACKING)
    policy = TargetTracking(
        target_value=target,
        disable_scale_in=only_out,
        low_ratio=ratio,
        scale_in_limit=limit,
        instance_warmup_seconds=WARMUP_SECONDS,
    )
    return policy, least


def tracking_plan(number: int) -> ScalingPlan:
    """Give target tracking alone."""
    policy, least = tracking(number)
    return ScalingPlan(target_tracking=policy, min_size=least)


def mixed_plan(number: int) -> ScalingPlan:
    """Give target tracking beside a simple policy out and a step policy in."""
    policy, least = tracking(number)
    return ScalingPlan(
        scale_out=simple_plan(number).scale_out,
        scale_in=step_plan(number).scale_in,
        target_tracking=policy,
        min_size=least,
    )


@dataclass(frozen=True, slots=True)
class Family:
    """Plans of one family by number, and the scenario that they run in."""

    plan: Callable[[int], ScalingPlan]
    scenario: Scenario


FAMILIES = {
    "simple": Family(simple_plan, EVERYTHING),
    "simple-bare": Family(simple_plan, BARE),
    "step": Family(step_plan, EVERYTHING),
    "tracking": Family(tracking_plan, EVERYTHING),
    "mixed": Family(mixed_plan, EVERYTHING),
}
"""By name: simple scaling with everything in and without boot and drain, step, tracking, mixed."""


@cache
def batch(family: str, n_candidates: int) -> PolicyArrays:
    """Give the first candidates of a family, packed."""
    of_it = FAMILIES[family]
    return pack_plans([of_it.plan(c) for c in range(n_candidates)], of_it.scenario)


@cache
def waves(n_shapes: int, n_ticks: int) -> TrafficShapes:
    """Give sine waves of whole requests, faster by shape: no bit of them depends on a library."""
    return waves_of((n_ticks,) * n_shapes)


def waves_of(lengths: tuple[int, ...]) -> TrafficShapes:
    """Give a wave of each length, in ticks."""
    return TrafficShapes.of(Shape(name=str(s), rpm=_wave(s, n)) for s, n in enumerate(lengths))


def _wave(s: int, n_ticks: int) -> np.ndarray:
    """Give the wave of a shape."""
    return np.rint(200_000 * (1.1 + np.sin(np.arange(n_ticks) * (s + 1) / 40)))
