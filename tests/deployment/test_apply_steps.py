"""The order of calls: a working scale-out after each, capacity raised first and lowered last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.deployment.acting import CHANGES, run, steps_of_change
from tests.deployment.memory_target import MemoryTarget
from tests.deployment.states import GROUP, PLANS, STATES, MemoryLedger
from tuner.deployment.apply_steps import BRIDGE, steps_of
from tuner.deployment.working import working_scale_outs
from tuner.errors import UnsupportedPlanError
from tuner.resources.names import created_name
from tuner.resources.records import GroupResources


def can_scale_out(target: MemoryTarget) -> bool:
    """Judge apart from the product: an enabled policy that adds, and an alarm that calls it."""
    called = {arn for _, arn in target.alarms.values()}
    for policy in target.policies.values():
        kind = policy.fields["PolicyType"]
        steps = policy.fields.get("StepAdjustments", ())
        adds = [policy.fields.get("ScalingAdjustment", 0)]
        adds += [each["ScalingAdjustment"] for each in steps]
        if kind == "TargetTrackingScaling" or (policy.arn in called and max(adds) > 0):
            return True
    return False


@pytest.mark.parametrize("name", CHANGES)
def test_a_working_scale_out_is_there_after_every_call(name):
    change = CHANGES[name]
    seen = []

    def look(target: MemoryTarget) -> None:
        seen.append((can_scale_out(target), len(working_scale_outs(target.look())) > 0))

    target = MemoryTarget(change.before, after_write=look)
    had = can_scale_out(target)
    run(change, target, MemoryLedger())

    assert all(ours == theirs for ours, theirs in seen)
    first = 0 if had else [works for works, _ in seen].index(True)
    assert all(works for works, _ in seen[first:])


def test_what_scales_out_is_put_before_what_scales_in():
    steps = [step.describe() for step in steps_of_change(CHANGES["bare to simple"])]

    assert steps == [
        "put policy web-cliffside-scale-out",
        "put alarm web-cliffside-scale-out",
        "put policy web-cliffside-scale-in",
        "put alarm web-cliffside-scale-in",
    ]


@pytest.mark.parametrize("name", PLANS)
def test_a_policy_or_alarm_that_is_switched_off_is_no_working_scale_out(name):
    state = STATES[name]
    assert working_scale_outs(state)
    off = tuple(replace(p, fields={**p.fields, "Enabled": False}) for p in state.policies)
    mute = tuple(replace(a, fields={**a.fields, "ActionsEnabled": False}) for a in state.alarms)
    tracking = {p.name for p in state.policies if "TargetTrackingConfiguration" in p.fields}

    assert working_scale_outs(replace(state, policies=off)) == ()
    assert set(working_scale_outs(replace(state, alarms=mute))) == tracking
    assert set(working_scale_outs(replace(state, alarms=()))) == tracking


def test_the_last_scale_out_is_bridged_while_its_policy_is_made_anew():
    steps = [step.describe() for step in steps_of_change(CHANGES["step to simple"])]
    bridge = created_name(GROUP, BRIDGE)
    begun = steps.index(f"put policy {bridge}")

    assert steps.index("delete policy web-cliffside-scale-out") > begun
    assert steps.index(f"delete policy {bridge}") > steps.index("put alarm web-cliffside-scale-out")


def test_capacity_is_raised_first_and_lowered_last():
    change = CHANGES["by hand to step"]
    steps = steps_of_change(change)

    assert steps[0].limits == {"MinSize": 4}
    assert steps[-1].limits == {"MaxSize": 8}


def test_an_alarm_of_a_policy_that_is_not_there_is_refused():
    state = STATES["simple"]
    lost = GroupResources(group=GROUP, policies=state.policies[:1], alarms=state.alarms)
    with pytest.raises(UnsupportedPlanError, match="web-cliffside-scale-out"):
        steps_of(STATES["bare"], lost)
