"""The resources of a group as the plan that they are, and sentences on what no plan can say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from tuner.errors import ConfigurationError
from tuner.metrics import MetricName
from tuner.policy import AlarmedPolicy, ScalingPlan, TargetTracking
from tuner.resources.from_plan import TRACKING, group_cpu
from tuner.resources.read_policies import (
    NotRepresentedError,
    Side,
    kind_of,
    left_over,
    read_alarm,
    read_policy,
    read_target,
    side_of,
)
from tuner.resources.records import GroupResources, PolicyResource
from tuner.resources.schedule import ScheduleStart, read_actions

HIDDEN_ALARMS = "TargetTracking-"
"""How names of AWS's own alarms of target tracking begin."""

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPlan:
    """The plan that a group's resources are.

    Parameters
    ----------
    plan : ScalingPlan
        As far as a plan can say it.
    not_represented : tuple of str
        A sentence for each thing that it cannot say; empty: the plan is all of it.
    schedule_start : ScheduleStart or None
        Time of day at tick 0 of the plan's schedule; None where it has none.
    resource_label : str or None
        Load balancer and target group of a target in requests.
    """

    plan: ScalingPlan
    not_represented: tuple[str, ...] = ()
    schedule_start: ScheduleStart | None = None
    resource_label: str | None = None


class _Sided(NamedTuple):
    """A policy with its alarm that was read, and the side that it is on."""

    name: str
    side: Side
    pair: AlarmedPolicy


class _Target(NamedTuple):
    """A target tracking policy that was read."""

    name: str
    policy: TargetTracking
    resource_label: str | None


def plan_of(
    resources: GroupResources,
    *,
    metric: MetricName | None = None,
    schedule_start: ScheduleStart | None = None,
) -> ReadPlan:
    """Read the resources of a group as a plan.

    Parameters
    ----------
    resources : GroupResources
        Of any names: a policy that cliffside did not name is on the side of its sign, or of its
        alarm's comparison where it sets an exact capacity.
    metric : MetricName or None
        Metric that stands for CPU; None: `group_cpu`.
    schedule_start : ScheduleStart or None
        Time of day at tick 0; None: midnight in the zone of the first scheduled action.

    Returns
    -------
    ReadPlan
        The plan, with `min_size` from ``MinSize`` where the group's limits say it, and a sentence
        for each thing that is not in it.

    Examples
    --------
    >>> from tuner.resources.from_plan import resources_of
    >>> plan = ScalingPlan(target_tracking=TargetTracking(target_value=40.0), min_size=2)
    >>> plan == plan_of(resources_of(plan, group="web")).plan
    True
    """
    sentences: list[str] = []
    target = _read_tracking(resources, sentences)
    sides = _read_sides(resources, metric or group_cpu(resources.group), sentences)
    sentences.extend(_lone_alarms(resources))
    schedule, start, more = read_actions(resources.actions, schedule_start)
    plan = ScalingPlan(
        scale_out=sides.get("scale_out"),
        scale_in=sides.get("scale_in"),
        target_tracking=None if target is None else target.policy,
        min_size=resources.limits.get("MinSize"),
        schedule=schedule,
    )
    return ReadPlan(
        plan=plan,
        not_represented=(*sentences, *more),
        schedule_start=start,
        resource_label=None if target is None else target.resource_label,
    )


def _read_sides(
    resources: GroupResources, metric: MetricName, sentences: list[str]
) -> dict[Side, AlarmedPolicy]:
    """Read simple and step policies with their alarms, adding sentences on what is left out."""

    def read(policy: PolicyResource) -> _Sided:
        made = read_policy(policy, resources.limits)
        alarms = [alarm for alarm in resources.alarms if alarm.policy_name == policy.name]
        if not alarms:
            raise NotRepresentedError("no alarm calls it, so that it never acts")
        if len(alarms) > 1:
            names = ", ".join(repr(alarm.name) for alarm in alarms)
            raise NotRepresentedError(f"several alarms call it: {names}")
        alarm = read_alarm(alarms[0], metric)
        side = side_of(policy.name, made, alarm)
        sentences.extend((*left_over(policy), *left_over(alarms[0])))
        return _Sided(policy.name, side, AlarmedPolicy(alarm, made))

    others = [policy for policy in resources.policies if kind_of(policy) != TRACKING]
    found = _read_each(others, read, sentences)
    sides: dict[Side, AlarmedPolicy] = {}
    for side in ("scale_out", "scale_in"):
        mine = [each for each in found if each.side == side]
        if len(mine) == 1:
            sides[side] = mine[0].pair
        elif mine:
            names = ", ".join(repr(each.name) for each in mine)
            sentences.append(
                f"Policies {names} are not in the plan: all of them are on the side {side}, and a"
                " plan has one policy a side."
            )
    return sides


def _read_tracking(resources: GroupResources, sentences: list[str]) -> _Target | None:
    """Read the target tracking policy, adding sentences on what is left out."""

    def read(policy: PolicyResource) -> _Target:
        made = _Target(policy.name, *read_target(policy))
        sentences.extend(left_over(policy))
        return made

    trackers = [policy for policy in resources.policies if kind_of(policy) == TRACKING]
    found = _read_each(trackers, read, sentences)
    if len(found) > 1:
        names = ", ".join(repr(each.name) for each in found)
        sentences.append(
            f"Policies {names} are not in the plan: a plan has one target tracking policy."
        )
    return found[0] if len(found) == 1 else None


def _read_each(
    policies: Sequence[PolicyResource],
    read: Callable[[PolicyResource], Read],
    sentences: list[str],
) -> list[Read]:
    """Read policies, adding a sentence for each that no plan can say."""
    found: list[Read] = []
    for policy in policies:
        try:
            found.append(read(policy))
        except NotRepresentedError as reason:
            sentences.append(f"Policy {policy.name!r} is not in the plan: {reason}.")
        except ConfigurationError as error:
            problems = "; ".join(str(problem) for problem in error.problems)
            sentences.append(f"Policy {policy.name!r} is not in the plan: {problems}")
    return found


def _lone_alarms(resources: GroupResources) -> Iterator[str]:
    """Yield sentences on alarms that call no policy of a pair."""
    kinds = {policy.name: kind_of(policy) for policy in resources.policies}
    for alarm in resources.alarms:
        if alarm.policy_name not in kinds:
            yield (
                f"Alarm {alarm.name!r} is not in the plan: it calls {alarm.policy_name!r}, which"
                " is not a policy of the group."
            )
        elif kinds[alarm.policy_name] == TRACKING and not alarm.name.startswith(HIDDEN_ALARMS):
            yield (
                f"Alarm {alarm.name!r} is not in the plan: it calls the target tracking policy"
                f" {alarm.policy_name!r}, which has alarms of its own."
            )
