"""Plans and cases whose launches warm up, and what their traces say."""

from __future__ import annotations

import random
from dataclasses import fields

import numpy as np

from tests.reference.random_runs import random_case
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, StepAdjustment, StepScaling
from tuner.scenario import Scenario
from tuner.simulation.run import trace
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import Shape, TrafficShapes

WARMING_FAMILIES = ("step", "target_tracking", "mixed")


def run_on(plan: ScalingPlan, scenario: Scenario, rpm: np.ndarray) -> Trace:
    shape = Shape(name="load", rpm=np.array(rpm))
    shapes = TrafficShapes.of([shape], tick_seconds=scenario.tick_seconds)
    return trace(plan, scenario, shapes, 0)


def per_tick(run: Trace) -> dict[str, np.ndarray]:
    arrays = {field.name: getattr(run, field.name) for field in fields(Trace)}
    return {name: array for name, array in arrays.items() if isinstance(array, np.ndarray)}


def changes(run: Trace, *, actor: str | None = None) -> list[tuple[int, int]]:
    """Give tick and change of desired capacity of each policy's activity."""
    members = run.in_service + run.pending
    return [
        (event.tick, int(run.desired_capacity[event.tick] - members[event.tick]))
        for event in run.events
        if event.kind == "activity" and actor in (None, event.actor)
    ]


def warming_actors(plan: ScalingPlan) -> list[str]:
    """Name the policies of a plan whose launches warm up and whose scale-in waits for that."""
    sides = {"scale_out": plan.scale_out, "scale_in": plan.scale_in}
    steps = [name for name, s in sides.items() if s and isinstance(s.policy, StepScaling)]
    return steps + (["target_tracking"] if plan.target_tracking else [])


def step_side(threshold, operator, *rows, **fields) -> AlarmedPolicy:
    steps = tuple(
        StepAdjustment(
            metric_interval_lower_bound=lower,
            metric_interval_upper_bound=upper,
            scaling_adjustment=amount,
        )
        for lower, upper, amount in rows
    )
    alarm = {name: fields.pop(name) for name in list(fields) if name in Alarm.__slots__}
    return AlarmedPolicy(
        Alarm(threshold_percent=threshold, comparison_operator=operator, **alarm),
        StepScaling(step_adjustments=steps, **fields),
    )


def restless_case(draws: random.Random, family: str) -> dict:
    """Give a case that scales out and in: every launch warms, and the load comes and goes."""
    case = random_case(draws, families=(family,))
    case["rpm"] = []
    for _ in range(8):
        level = draws.choice((0.0, 20_000.0, 60_000.0, 200_000.0, 500_000.0))
        case["rpm"] += [level] * draws.randint(1, 25)
    warmup = draws.choice((60, 300, 900, 1800))
    for name in ("scale_out", "scale_in"):
        if case["plan"][name] and case["plan"][name]["policy"]["policy_type"] == "StepScaling":
            case["plan"][name]["policy"]["instance_warmup_seconds"] = warmup
    if case["plan"]["target_tracking"]:
        case["plan"]["target_tracking"]["instance_warmup_seconds"] = warmup
    return case
