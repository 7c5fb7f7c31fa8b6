"""What a size, a target or a threshold is held to: what its own was, or the nearest there was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.deployment.states import LIMITS, WIDE, fence_of, foreign
from tuner.deployment.apply_steps import steps_of
from tuner.deployment.change import ChangeSet
from tuner.resources.records import ActionResource, GroupResources, PolicyResource


def n_outside(change: ChangeSet, **rails: float) -> int:
    fence = fence_of(change, replace(WIDE, **rails))
    return len(list(fence.problems(*steps_of(change.before, change.after))))


def with_action(**sizes: int) -> GroupResources:
    fields = {"Recurrence": "0 7 * * *", **sizes}
    return replace(foreign(), actions=(ActionResource(name="surge", fields=fields),))


@pytest.mark.parametrize(
    ("old", "new", "n_problems"),
    [
        ({"MinSize": 20}, {"MinSize": 21}, 0),
        ({"MinSize": 20}, {"MinSize": 22}, 1),
        ({"MinSize": 20}, {"MinSize": 3}, 0),
        ({"DesiredCapacity": 3}, {"DesiredCapacity": 30}, 0),
    ],
    ids=["near its own", "far from its own", "near the group's", "not a bound"],
)
def test_an_action_may_move_from_its_own_bounds_or_the_groups(old, new, n_problems):
    change = ChangeSet(before=with_action(**old), after=with_action(**new))

    assert n_problems == n_outside(change, most_size_change=1)


def tracking(name: str, percent: float, of: str = "ASGAverageCPUUtilization") -> PolicyResource:
    metric = {"PredefinedMetricType": of}
    configuration = {"PredefinedMetricSpecification": metric, "TargetValue": percent}
    return PolicyResource(
        name=name,
        fields={
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingConfiguration": configuration,
        },
    )


@pytest.mark.parametrize(
    ("name", "percent", "n_problems"),
    [("mine", 79.0, 1), ("mine", 59.0, 0), ("new", 79.0, 0), ("new", 19.0, 1)],
)
def test_a_target_is_held_to_its_own_policy_and_only_a_new_one_to_the_nearest(
    name, percent, n_problems
):
    others = (tracking("mine", 40.0), tracking("other", 80.0))
    kept = tuple(each for each in others if each.name != name)
    change = ChangeSet(
        before=GroupResources(group="web", limits=LIMITS, policies=others),
        after=GroupResources(group="web", limits=LIMITS, policies=(*kept, tracking(name, percent))),
    )

    assert n_problems == n_outside(change, most_threshold_change_percent=50.0)


def test_a_new_target_of_another_metric_has_nothing_to_be_compared_with():
    before = GroupResources(group="web", limits=LIMITS, policies=(tracking("mine", 40.0),))
    other = tracking("other", 9_000.0, of="ALBRequestCountPerTarget")
    change = ChangeSet(before=before, after=replace(before, policies=(*before.policies, other)))

    assert n_outside(change, most_threshold_change_percent=0.0) == 0
