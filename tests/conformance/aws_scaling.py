"""What AWS says about sizes, limits, cooldowns and several policies, asked of the product."""

from __future__ import annotations

import numpy as np

from kernels import adjustment as arithmetic
from kernels import conflict, layout
from tests.conformance.product import alarmed, call_pair, changes, group_of, run, steps_of
from tests.conformance.tally import Case, NotSupportedError
from tuner.policy import ScalingPlan, ScheduledAction, SimpleScaling, StepScaling, TargetTracking
from tuner.scenario import Group
from tuner.simulation.trace import Trace

COOLDOWN_SECONDS = 300
HIGH_RPM = 1e6
BUSY = [HIGH_RPM] * 60
"""A load that keeps any group over its thresholds."""


def _wished(given: Case) -> int:
    """Ask a simple policy and a step policy of one step; they must be one."""
    fields = {
        "adjustment_type": given["adjustment_type"],
        "min_adjustment_magnitude": given.get("min_adjustment_magnitude"),
    }
    amount, group = (
        given["adjustment"],
        group_of(in_service=given["capacity"], desired=given["capacity"]),
    )
    plan = ScalingPlan(scale_out=alarmed(SimpleScaling(scaling_adjustment=amount, **fields)))
    by_simple = call_pair(plan, layout.SCALE_OUT, metric_percent=50.0, group=group).wish
    if by_simple >= given["capacity"]:
        p, name, operator = layout.SCALE_OUT, "scale_out", "GreaterThanOrEqualToThreshold"
        rows = [(0, None, amount)]
    else:
        p, name, operator = layout.SCALE_IN, "scale_in", "LessThanOrEqualToThreshold"
        rows = [(None, 0, amount)]
    policy = StepScaling(step_adjustments=steps_of(rows), **fields)
    plan = ScalingPlan(**{name: alarmed(policy, operator=operator)})
    by_step = call_pair(plan, p, metric_percent=50.0, group=group).wish
    if by_simple != by_step:
        raise AssertionError(f"a simple policy wishes {by_simple}, a step policy {by_step}")
    return by_simple


def adjustment(given: Case, expect: Case) -> Case:
    capacity = _wished(given)
    return {"capacity": capacity, "change": capacity - given["capacity"]}


def rounding(given: Case, expect: Case) -> Case:
    """Ask for the change as a percentage of one instance."""
    return {"change": int(arithmetic.percent_change(1, round(given["raw_change"] * 100), 0))}


def clamp(given: Case, expect: Case) -> Case:
    if "adjustment" in given:
        return {"capacity": int(conflict.clamp(_wished(given), given["min"], given["max"]))}
    action = ScheduledAction(tick=2, min_size=given.get("new_min"), max_size=given.get("new_max"))
    got = run(ScalingPlan(), BUSY, initial=given["desired"], schedule=(action,))
    return {"desired": int(got.desired_capacity[2])}


def several_policies(given: Case, expect: Case) -> Case:
    """Run a pair of simple policies, both of whose alarms stand in the first tick."""
    if "predictive_wants" in given:
        raise NotSupportedError("predictive scaling comes later")
    if "changes" in given:
        capacity = 10
        requests = [{"type": "ChangeInCapacity", "adjustment": n} for n in given["changes"]]
    else:
        capacity, requests = given["capacity"], given["requests"]
    first, second = (
        alarmed(SimpleScaling(scaling_adjustment=r["adjustment"], adjustment_type=r["type"]))
        for r in requests
    )
    got = run(ScalingPlan(scale_out=first, scale_in=second), [HIGH_RPM], initial=capacity)
    desired = int(got.desired_capacity[0])
    return {"capacity": desired, "change": desired - capacity}


def warmup_fallback(given: Case, expect: Case) -> Case:
    names = {
        "default_instance_warmup": "default_instance_warmup_seconds",
        "default_cooldown": "default_cooldown_seconds",
    }
    fields = {field: given[name] for name, field in names.items() if given[name] is not None}
    own = given["estimated_instance_warmup"]
    return {"effective_warmup_s": Group(**fields).warmup_seconds(own)}


def _scale_out(instances: int, cooldown_seconds: int) -> ScalingPlan:
    policy = SimpleScaling(scaling_adjustment=instances, cooldown_seconds=cooldown_seconds)
    return ScalingPlan(scale_out=alarmed(policy, operator="GreaterThanThreshold"))


def _in_service_tick(got: Trace) -> int:
    """Give the tick in which the first launch is InService."""
    return int(np.flatnonzero(np.diff(got.in_service))[0]) + 1


def simple_cooldown(given: Case, expect: Case) -> Case:
    if "policy_cooldown" in given:
        if given["default_cooldown"] is not None or given["policy_cooldown"] is not None:
            raise NotSupportedError("a simple policy that takes the group's cooldown is left out")
        return {"cooldown_s": SimpleScaling(scaling_adjustment=1).cooldown_seconds}
    if "launched_in_service_at_s" in given:
        return {"cooldown_ends_at_s": _cooldown_end(given)}
    initiator = given["initiator"]
    if initiator.startswith("manual"):
        raise NotSupportedError("manual scaling is left out")
    if not given["in_cooldown"]:
        return {"blocked": False}
    blocked = {
        "scheduled": _blocked_by_schedule,
        "simple": _blocked_simple,
        "step": _blocked_step,
        "target-tracking": _blocked_tracking,
    }
    return {"blocked": blocked[initiator]()}


def _cooldown_end(given: Case) -> int:
    """Measure from InService to the next activity; the instances of a run launch together.

    All of them are taken to be InService when the case's last one is.
    """
    tick_seconds, launched = 20, given["launched_in_service_at_s"]
    got = run(_scale_out(len(launched), given["cooldown_s"]), BUSY, tick_seconds=tick_seconds)
    first = _in_service_tick(got)
    refused = next(tick for tick in changes(got) if tick >= first) - first
    return int(max(launched)) + refused * tick_seconds


def _acts_in_cooldown(got: Trace, begin: int) -> bool:
    """Say whether desired changes in the ticks of a cooldown that begins at a tick."""
    return bool(set(range(begin, begin + COOLDOWN_SECONDS // 60)) & set(changes(got)))


def _blocked_simple() -> bool:
    """Say whether a cooldown keeps a called policy still where no cooldown would not."""
    got = run(_scale_out(1, COOLDOWN_SECONDS), BUSY)
    free = run(_scale_out(1, 0), BUSY)
    begin = _in_service_tick(got)
    return _acts_in_cooldown(free, begin) and not _acts_in_cooldown(got, begin)


def _blocked_step() -> bool:
    """Say whether a step policy takes nothing in the cooldown of a simple one that launched.

    A simple policy in its place must be blocked, else there is no cooldown to speak of.
    """
    simple = alarmed(
        SimpleScaling(scaling_adjustment=-1, cooldown_seconds=0), operator="LessThanThreshold"
    )
    step = alarmed(
        StepScaling(step_adjustments=steps_of([(None, 0, -1)])), operator="LessThanThreshold"
    )
    out = _scale_out(1, COOLDOWN_SECONDS).scale_out
    begin = _in_service_tick(run(ScalingPlan(scale_out=out), BUSY))
    falling = [*BUSY[:begin], *[0.0] * 30]
    control, got = (
        run(ScalingPlan(scale_out=out, scale_in=inward), falling) for inward in (simple, step)
    )
    if _acts_in_cooldown(control, begin):
        raise AssertionError("a simple policy is not blocked by the cooldown")
    return not _acts_in_cooldown(got, begin)


def _blocked_tracking() -> bool:
    """Say whether target tracking launches nothing in the cooldown of a simple policy beside it."""
    out = _scale_out(1, COOLDOWN_SECONDS).scale_out
    begin = _in_service_tick(run(ScalingPlan(scale_out=out), BUSY))
    plan = ScalingPlan(scale_out=out, target_tracking=TargetTracking(target_value=50.0))
    return not _acts_in_cooldown(run(plan, BUSY), begin)


def _blocked_by_schedule() -> bool:
    """Say whether a scheduled action in the middle of a cooldown leaves desired as it was."""
    plan = _scale_out(1, COOLDOWN_SECONDS)
    tick = _in_service_tick(run(plan, BUSY)) + 2
    got = run(plan, BUSY, schedule=(ScheduledAction(tick=tick, desired_capacity=20),))
    return int(got.desired_capacity[tick]) != 20
