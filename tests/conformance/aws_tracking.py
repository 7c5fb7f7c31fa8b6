"""What is known of target tracking, asked of the product: its hidden alarms and its wishes."""

from __future__ import annotations

from kernels import tracking
from tests.conformance.product import SCENARIO, call_tracking, group_of, packed
from tests.conformance.tally import Case, NotSupportedError
from tuner.policy import ScalingPlan, TargetTracking
from tuner.simulation.arrays import COMPARISON_CODES

TARGET_PERCENT = 50.0
SMALL_GROUP = 2


def hidden_alarms(given: Case, expect: Case) -> Case:
    """Ask for the high alarm, or for the low one of a small group."""
    policy = TargetTracking(target_value=float(given["target"]))
    _, plan = packed(ScalingPlan(target_tracking=policy))
    if given.get("alarm") == "AlarmHigh":
        side = tracking.high_alarm(plan)
        operators = {code: word for word, code in COMPARISON_CODES.items()}
        return {
            "operator": operators[side.comparison],
            "threshold": side.threshold_percent,
            "period_s": side.period_ticks * SCENARIO.tick_seconds,
            "evaluation_periods": side.evaluation_periods,
        }
    if given["group"] != "small":
        raise NotSupportedError("the size of the group is not given")
    low = tracking.low_alarm(plan, SMALL_GROUP)
    return {
        "alarm_low_threshold": low.threshold_percent,
        "ratio": tracking.low_ratio(plan, SMALL_GROUP),
    }


def wishes(given: Case, expect: Case) -> Case:
    """Ask for the capacity at the metric that gives the case's change before rounding."""
    if "policies_want" in given or "policies" in given:
        raise NotSupportedError("a plan holds one target tracking policy, not several")
    if "messages" in given:
        return _backlog(given)
    change = given.get("computed_change", given.get("computed_add"))
    warming, desired = given.get("warming", 0), given.get("desired", 10)
    warm = given.get("not_warming", desired - warming)
    policy = TargetTracking(target_value=float(given.get("target", TARGET_PERCENT)))
    call = call_tracking(
        policy,
        metric_percent=policy.target_value * (warm + change) / warm,
        group=group_of(in_service=warm + warming, warming=warming, desired=desired),
        is_out=change > 0,
    )
    return {"desired": call.wish, "change": call.wish - desired, "launch": call.wish - desired}


def _backlog(given: Case) -> Case:
    """Read messages per instance as the metric; the arithmetic is that of CPU."""
    target = given["acceptable_latency_s"] / given["seconds_per_message"]
    metric = given["messages"] / given["instances"]
    call = call_tracking(
        TargetTracking(target_value=target),
        metric_percent=metric,
        group=group_of(in_service=given["instances"], desired=given["instances"]),
        is_out=True,
    )
    return {
        "target_value": target,
        "metric": metric,
        "change": call.wish - given["instances"],
        "desired": call.wish,
    }
