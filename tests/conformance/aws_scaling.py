"""What AWS says about simple scaling, asked of the product: sizes, limits, cooldowns, defaults."""

from __future__ import annotations

import numpy as np

from kernels import conflict, simple
from tests.conformance.aws_alarms import seconds_to_alarm, side_of
from tests.conformance.tally import COME_LATER, Case, NotSupportedError
from tuner.host import HostModel
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, ScheduledAction, SimpleScaling
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.arrays import ADJUSTMENT_CODES
from tuner.simulation.run import trace
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import Shape, TrafficShapes

COOLDOWN_SECONDS = 300
N_TICKS = 60


def _wished(given: Case) -> int:
    side = side_of(
        adjustment_type=ADJUSTMENT_CODES[given["adjustment_type"]],
        scaling_adjustment=given["adjustment"],
        min_adjustment_magnitude=given.get("min_adjustment_magnitude", 0),
    )
    return int(simple.wished_capacity(given["capacity"], side))


def adjustment(given: Case, expect: Case) -> Case:
    capacity = _wished(given)
    return {"capacity": capacity, "change": capacity - given["capacity"]}


def rounding(given: Case, expect: Case) -> Case:
    """Ask for the change as a percentage of one instance."""
    return {"change": int(simple.percent_change(1, round(given["raw_change"] * 100), 0))}


def clamp(given: Case, expect: Case) -> Case:
    if "adjustment" in given:
        return {"capacity": int(conflict.clamp(_wished(given), given["min"], given["max"]))}
    action = ScheduledAction(tick=2, min_size=given.get("new_min"), max_size=given.get("new_max"))
    got = _run(ScalingPlan(), initial=given["desired"], schedule=(action,))
    return {"desired": int(got.desired_capacity[2])}


def _run(
    plan: ScalingPlan,
    *,
    initial: int = 1,
    schedule: tuple[ScheduledAction, ...] = (),
    tick_seconds: int = 60,
) -> Trace:
    """Run a plan at a constant load that keeps any group over 50 %."""
    scenario = Scenario(
        host=HostModel(slope_percent_per_rpm=1.0),
        group=Group(initial_capacity=initial),
        metric=Metric(metric_delay_seconds=0),
        schedule=schedule,
        tick_seconds=tick_seconds,
    )
    shape = Shape(name="case", rpm=np.full(N_TICKS, 1e6))
    return trace(plan, scenario, TrafficShapes.of([shape], tick_seconds=tick_seconds), 0)


def _scale_out(instances: int, cooldown_seconds: int) -> ScalingPlan:
    alarm = Alarm(threshold_percent=50.0, comparison_operator="GreaterThanThreshold")
    policy = SimpleScaling(scaling_adjustment=instances, cooldown_seconds=cooldown_seconds)
    return ScalingPlan(scale_out=AlarmedPolicy(alarm, policy))


def _changes(got: Trace) -> list[int]:
    """Give the ticks in which desired capacity changes."""
    return [int(t) + 1 for t in np.flatnonzero(np.diff(got.desired_capacity))]


def _in_service_tick(got: Trace) -> int:
    """Give the tick in which the first launch is InService."""
    return int(np.flatnonzero(np.diff(got.in_service))[0]) + 1


def simple_cooldown(given: Case, expect: Case) -> Case:
    if "policy_cooldown" in given:
        if given["default_cooldown"] is not None or given["policy_cooldown"] is not None:
            raise NotSupportedError("the group's default cooldown is left out")
        return {"cooldown_s": SimpleScaling(scaling_adjustment=1).cooldown_seconds}
    if "launched_in_service_at_s" in given:
        return {"cooldown_ends_at_s": _cooldown_end(given)}
    initiator = given["initiator"]
    if initiator in ("step", "target-tracking"):
        raise NotSupportedError(COME_LATER)
    if initiator.startswith("manual"):
        raise NotSupportedError("manual scaling is left out")
    if not given["in_cooldown"]:
        return {"blocked": False}
    return {"blocked": _blocked_by_schedule() if initiator == "scheduled" else _blocked_simple()}


def _cooldown_end(given: Case) -> int:
    """Measure from InService to the next activity; the instances of a run launch together.

    All of them are taken to be InService when the case's last one is.
    """
    tick_seconds, launched = 20, given["launched_in_service_at_s"]
    got = _run(_scale_out(len(launched), given["cooldown_s"]), tick_seconds=tick_seconds)
    first = _in_service_tick(got)
    refused = next(tick for tick in _changes(got) if tick >= first) - first
    return int(max(launched)) + refused * tick_seconds


def _blocked_simple() -> bool:
    """Say whether a cooldown keeps a called policy still where no cooldown would not."""
    got = _run(_scale_out(1, COOLDOWN_SECONDS))
    free = _run(_scale_out(1, 0))
    begin = _in_service_tick(got)
    ticks = set(range(begin, begin + COOLDOWN_SECONDS // 60))
    return bool(ticks & set(_changes(free))) and not ticks & set(_changes(got))


def _blocked_by_schedule() -> bool:
    """Say whether a scheduled action in the middle of a cooldown leaves desired as it was."""
    plan = _scale_out(1, COOLDOWN_SECONDS)
    tick = _in_service_tick(_run(plan)) + 2
    got = _run(plan, schedule=(ScheduledAction(tick=tick, desired_capacity=20),))
    return int(got.desired_capacity[tick]) != 20


def eb_trigger(given: Case, expect: Case) -> Case:
    """BreachDuration is consistent where it is the time after which the alarm goes off."""
    if "BreachDuration" not in given:
        raise NotSupportedError(f"alarms on {expect['metric']} are left out: the metric is CPU")
    n = given["EvaluationPeriods"]
    return {
        "consistent": seconds_to_alarm(given["Period"] * 60, n, n) == given["BreachDuration"] * 60
    }
