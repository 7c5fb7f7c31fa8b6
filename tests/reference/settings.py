"""From the JSON of a scenario and a plan to `Settings`: every default of the law stands here."""

from __future__ import annotations

from math import inf
from typing import Any

from tests.reference.records import (
    Action,
    Alarm,
    AlarmAndPolicy,
    HostModel,
    Refused,
    Settings,
    SimpleScaling,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)

Json = dict[str, Any]


def read_settings(scenario: Json, plan: Json) -> Settings:
    """Fill in defaults; "a candidate's schedule stands instead", "as its `min_size` does"."""
    group: Json = scenario["group"]
    metric: Json = given(scenario, "metric", {})
    plan_schedule = plan.get("schedule")
    actions = given(scenario, "schedule", []) if plan_schedule is None else plan_schedule
    min_size = int(given(plan, "min_size", group["min_size"]))
    tick_seconds = given(scenario, "tick_seconds", 60)
    if tick_seconds < 1:
        raise Refused(f"tick_seconds {tick_seconds} is not positive")
    return Settings(
        tick_seconds=tick_seconds,
        host=read_host(scenario["host_model"]),
        min_size=min_size,
        max_size=group["max_size"],
        initial_capacity=given(group, "initial_capacity", min_size),
        launch_seconds=given(group, "launch_seconds", 60),
        ready_seconds=given(group, "ready_seconds", 0),
        boot_cpu_percent=given(group, "boot_cpu_percent", 0.0),
        drain_seconds=given(group, "drain_seconds", 0),
        is_basic=given(group, "monitoring", "detailed") == "basic",
        basic_phase_ticks=given(group, "basic_phase_ticks", 0),
        metric_delay_seconds=given(metric, "metric_delay_seconds", 60),
        warming_in_metric=given(metric, "warming_in_metric", False),
        schedule=tuple(read_action(action) for action in actions),
        scale_out=read_side(plan.get("scale_out"), name="scale_out"),
        scale_in=read_side(plan.get("scale_in"), name="scale_in"),
        target_tracking=read_tracking(plan.get("target_tracking")),
    )


def given(record: Json, key: str, default: Any) -> Any:
    """Return a field, or its default where it is null or absent."""
    value = record.get(key)
    return default if value is None else value


def read_host(host: Json) -> HostModel:
    """Read the line or the table of one instance."""
    table = host.get("table")
    return HostModel(
        intercept_percent=given(host, "intercept_percent", 0.0),
        slope_percent_per_rpm=given(host, "slope_percent_per_rpm", 0.0),
        cliff_percent=given(host, "cliff_percent", inf),
        saturation_rpm=host.get("saturation_rpm"),
        table=None if table is None else tuple((knot[0], knot[1]) for knot in table),
    )


def read_action(action: Json) -> Action:
    """Read one scheduled action, "each but the tick optional"."""
    return Action(
        tick=action["tick"],
        min_size=action.get("min_size"),
        max_size=action.get("max_size"),
        desired_capacity=action.get("desired_capacity"),
    )


def read_side(side: Json | None, *, name: str) -> AlarmAndPolicy | None:
    """Read one side of the pair; "an alarm without a policy, or the reverse" is refused."""
    if side is None:
        return None
    alarm, policy = side.get("alarm"), side.get("policy")
    if policy is None:
        raise Refused(f"{name}: an alarm without a policy")
    if alarm is None:
        raise Refused(f"{name}: a policy without an alarm")
    return AlarmAndPolicy(alarm=read_alarm(alarm), policy=read_policy(policy, name=name))


def read_alarm(alarm: Json) -> Alarm:
    """Read an alarm: M is N, missing data are missing, the range extra is max(N // 3, 2)."""
    periods = alarm["evaluation_periods"]
    return Alarm(
        threshold_percent=alarm["threshold_percent"],
        comparison_operator=alarm["comparison_operator"],
        period_seconds=alarm["period_seconds"],
        evaluation_periods=periods,
        datapoints_to_alarm=given(alarm, "datapoints_to_alarm", periods),
        treat_missing_data=given(alarm, "treat_missing_data", "missing"),
        evaluation_range_extra=given(alarm, "evaluation_range_extra", max(periods // 3, 2)),
    )


def read_policy(policy: Json, *, name: str) -> SimpleScaling | StepScaling:
    """Read a simple or a step policy."""
    if policy["policy_type"] == "SimpleScaling":
        return SimpleScaling(
            adjustment_type=policy["adjustment_type"],
            scaling_adjustment=policy["scaling_adjustment"],
            min_adjustment_magnitude=given(policy, "min_adjustment_magnitude", 0),
            cooldown_seconds=given(policy, "cooldown_seconds", 300),
        )
    if policy["policy_type"] == "StepScaling":
        return StepScaling(
            adjustment_type=policy["adjustment_type"],
            min_adjustment_magnitude=given(policy, "min_adjustment_magnitude", 0),
            instance_warmup_seconds=given(policy, "instance_warmup_seconds", 300),
            step_adjustments=tuple(
                StepAdjustment(
                    lower_bound=given(step, "metric_interval_lower_bound", -inf),
                    upper_bound=given(step, "metric_interval_upper_bound", inf),
                    scaling_adjustment=step["scaling_adjustment"],
                )
                for step in policy["step_adjustments"]
            ),
        )
    raise Refused(f"{name}: policy_type {policy['policy_type']} is neither simple nor step")


def read_tracking(tracking: Json | None) -> TargetTracking | None:
    """Read the target tracking policy."""
    if tracking is None:
        return None
    return TargetTracking(
        target_value=tracking["target_value"],
        disable_scale_in=given(tracking, "disable_scale_in", False),
        instance_warmup_seconds=given(tracking, "instance_warmup_seconds", 300),
        low_ratio=tracking.get("low_ratio"),
        scale_in_limit=tracking.get("scale_in_limit"),
    )
