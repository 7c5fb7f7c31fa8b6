"""States of one group, of all families and owners, and the changes between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tuner.deployment.change import ChangeSet, Evidence, propose
from tuner.deployment.change_state import steady
from tuner.deployment.guard_rails import Fence, GuardRails
from tuner.deployment.ledger import Entry
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    ScheduledAction,
    SimpleScaling,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)
from tuner.resources import ScheduleStart, resources_of
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    GroupResources,
    PolicyResource,
)

GROUP = "web"
LIMITS = {"MinSize": 2, "MaxSize": 10, "DesiredCapacity": 3, "DefaultCooldown": 300}
WIDE = GuardRails(
    mode="apply",
    groups=("web",),
    lowest_min_size=0,
    highest_max_size=1_000,
    most_size_change=1_000,
    most_threshold_change_percent=10_000.0,
    most_adjustment_change_percent=10_000.0,
)
START = ScheduleStart(clock="00:00", time_zone="Europe/Berlin")


class FixedClock:
    """A clock that goes on by a second each time."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


class MemoryLedger:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.kept: list[Entry] = []

    def entries(self):
        return tuple(self.kept)

    def append(self, event, at_utc, facts):
        entry = Entry(number=len(self.kept) + 1, at_utc=at_utc, event=event, facts=facts)
        self.kept.append(entry)
        return entry

    def held(self):
        from contextlib import nullcontext

        return nullcontext()


def above(percent: float, **more) -> Alarm:
    return Alarm(threshold_percent=percent, comparison_operator="GreaterThanThreshold", **more)


def below(percent: float, **more) -> Alarm:
    return Alarm(threshold_percent=percent, comparison_operator="LessThanThreshold", **more)


def simple(out: float = 40.0, by: int = 2, cooldown: int = 300) -> ScalingPlan:
    return ScalingPlan(
        scale_out=AlarmedPolicy(
            above(out), SimpleScaling(scaling_adjustment=by, cooldown_seconds=cooldown)
        ),
        scale_in=AlarmedPolicy(
            below(out / 3), SimpleScaling(scaling_adjustment=-1, cooldown_seconds=cooldown)
        ),
    )


def step(out: float = 45.0, warmup: int | None = 180) -> ScalingPlan:
    return ScalingPlan(
        scale_out=AlarmedPolicy(
            above(out, evaluation_periods=3, datapoints_to_alarm=2),
            StepScaling(
                step_adjustments=(
                    StepAdjustment(
                        metric_interval_lower_bound=0.0,
                        metric_interval_upper_bound=10.0,
                        scaling_adjustment=1,
                    ),
                    StepAdjustment(metric_interval_lower_bound=10.0, scaling_adjustment=3),
                ),
                instance_warmup_seconds=warmup,
            ),
        ),
        scale_in=AlarmedPolicy(
            below(12.5),
            StepScaling(
                step_adjustments=(
                    StepAdjustment(metric_interval_upper_bound=0.0, scaling_adjustment=-1),
                ),
                instance_warmup_seconds=warmup,
            ),
        ),
    )


def percent_step() -> ScalingPlan:
    policy = StepScaling(
        step_adjustments=(StepAdjustment(metric_interval_lower_bound=0.0, scaling_adjustment=50),),
        adjustment_type="PercentChangeInCapacity",
        min_adjustment_magnitude=2,
    )
    return ScalingPlan(scale_out=AlarmedPolicy(above(50.0), policy))


def exact() -> ScalingPlan:
    policy = SimpleScaling(scaling_adjustment=8, adjustment_type="ExactCapacity")
    return ScalingPlan(scale_out=AlarmedPolicy(above(55.0), policy), min_size=3)


def target(percent: float = 35.0) -> ScalingPlan:
    return ScalingPlan(target_tracking=TargetTracking(target_value=percent), min_size=2)


def mixed() -> ScalingPlan:
    return ScalingPlan(
        scale_out=step(60.0).scale_out,
        target_tracking=TargetTracking(target_value=40.0, instance_warmup_seconds=120),
        schedule=(
            ScheduledAction(tick=450, min_size=4),
            ScheduledAction(tick=1_200, min_size=2, max_size=9),
        ),
    )


PLANS = {
    "simple": simple(),
    "simple, other": simple(30.0, 4, 60),
    "step": step(),
    "step without a warm-up": step(warmup=None),
    "percent": percent_step(),
    "exact": exact(),
    "target": target(),
    "mixed": mixed(),
}


def state_of(plan: ScalingPlan, **limits: int) -> GroupResources:
    start = START if plan.schedule else None
    return resources_of(plan, group=GROUP, limits={**LIMITS, **limits}, schedule_start=start)


def foreign() -> GroupResources:
    """Give a group that somebody set up by hand, with an alarm that also tells a person."""
    topic = "arn:aws:sns:eu-west-1:123456789012:page"
    return GroupResources(
        group=GROUP,
        limits=LIMITS,
        policies=(
            PolicyResource(
                name="add two",
                fields={
                    "PolicyType": "SimpleScaling",
                    "AdjustmentType": "ChangeInCapacity",
                    "ScalingAdjustment": 2,
                },
            ),
            PolicyResource(
                name="take one",
                fields={
                    "PolicyType": "SimpleScaling",
                    "AdjustmentType": "ChangeInCapacity",
                    "ScalingAdjustment": -1,
                    "Cooldown": 600,
                },
            ),
        ),
        alarms=(
            AlarmResource(name="cpu high", policy_name="add two", fields=cpu("Greater", 60, topic)),
            AlarmResource(name="cpu low", policy_name="take one", fields=cpu("Less", 20, topic)),
        ),
        actions=(
            ActionResource(name="morning", fields={"Recurrence": "0 7 * * *", "MinSize": 4}),
            ActionResource(name="evening", fields={"Recurrence": "0 20 * * *", "MinSize": 2}),
        ),
    )


def cpu(side: str, threshold: float, *calls: str) -> dict:
    return {
        "Namespace": "AWS/EC2",
        "MetricName": "CPUUtilization",
        "Dimensions": ({"Name": "AutoScalingGroupName", "Value": GROUP},),
        "Statistic": "Average",
        "Period": 300,
        "EvaluationPeriods": 2,
        "Threshold": threshold,
        "ComparisonOperator": f"{side}ThanThreshold",
        **({"AlarmActions": calls} if calls else {}),
    }


BARE = GroupResources(group=GROUP, limits=LIMITS)
STATES = {
    "bare": BARE,
    "by hand": foreign(),
    **{name: state_of(plan) for name, plan in PLANS.items()},
}


def swapped_actions() -> GroupResources:
    """Give the group set up by hand with its two actions at each other's time."""
    state = foreign()
    first, second = state.actions
    times = first.fields["Recurrence"], second.fields["Recurrence"]
    actions = (
        ActionResource(name=first.name, fields={**first.fields, "Recurrence": times[1]}),
        ActionResource(name=second.name, fields={**second.fields, "Recurrence": times[0]}),
    )
    return GroupResources(
        group=GROUP,
        limits={**LIMITS, "MinSize": 5, "MaxSize": 7, "DefaultInstanceWarmup": 120},
        policies=state.policies[:1],
        alarms=state.alarms[:1],
        actions=actions,
    )


def changes() -> dict[str, ChangeSet]:
    """Give change sets between all states, with and without deleting what is not ours."""
    found = {}
    for old, deployed in STATES.items():
        for new, plan in PLANS.items():
            limits = {"MinSize": 4, "MaxSize": 8} if new == "step" else {}
            proposed = state_of(plan, **limits)
            found[f"{old} to {new}"] = propose(deployed, proposed, evidence=Evidence(plan=new))
    names = [each.name for each in (*foreign().policies, *foreign().actions)]
    for new, plan in PLANS.items():
        found[f"by hand, replaced by {new}"] = propose(foreign(), state_of(plan), replace=names)
    found["actions that change places"] = ChangeSet(
        before=steady(foreign()), after=steady(swapped_actions())
    )
    found["an action that loses a field"] = ChangeSet(
        before=steady(foreign()), after=steady(replace(foreign(), actions=lighter_actions()))
    )
    return found


def lighter_actions() -> tuple[ActionResource, ...]:
    """Give the actions set up by hand, one of them at the same time with another size."""
    evening, morning = sorted(foreign().actions, key=lambda each: each.name)
    fields = {"Recurrence": morning.fields["Recurrence"], "DesiredCapacity": 5}
    return (evening, ActionResource(name=morning.name, fields=fields))


def fence_of(change: ChangeSet, rails: GuardRails = WIDE, *, is_return: bool = False) -> Fence:
    return Fence(rails, change.before, is_return=is_return)
