"""An undo goes back to what was described, unless somebody has changed the group since."""

from __future__ import annotations

import pytest

from tests.deployment.acting import CHANGES, act, run, steps_of_change, undo
from tests.deployment.memory_target import MemoryTarget
from tests.deployment.states import PLANS, MemoryLedger, foreign, state_of
from tuner.deployment.apply_step import states_of
from tuner.deployment.change import propose
from tuner.deployment.deployment import deployment_to_undo, deployments_of
from tuner.deployment.undo import prepare_undo
from tuner.errors import ConfigurationError, TargetChangedError
from tuner.resources.records import PolicyResource


def test_an_undo_is_refused_where_somebody_changed_the_group_and_can_be_told_to_go_on():
    change, ledger = CHANGES["by hand, replaced by target"], MemoryLedger()
    target = MemoryTarget(change.before)
    run(change, target, ledger)
    target.limits["MaxSize"] = 12
    fields = {"PolicyType": "SimpleScaling", "ScalingAdjustment": 5}
    target.policies["theirs"] = PolicyResource(name="theirs", fields=fields, arn="arn:theirs")
    with pytest.raises(TargetChangedError, match="MaxSize 12") as refused:
        undo(target, ledger)

    assert "--even-if-changed" in str(refused.value)
    undo(target, ledger, even_if_changed=True)
    names = {each.name for each in foreign().policies}

    assert target.limits["MaxSize"] == 12
    assert set(target.policies) == {*names, "theirs"}
    assert set(target.alarms) == {each.name for each in foreign().alarms}


def test_an_undo_of_an_undo_brings_the_change_back():
    change, ledger = CHANGES["simple to target"], MemoryLedger()
    target = MemoryTarget(change.before)
    run(change, target, ledger)
    undone = undo(target, ledger)
    there = deployments_of(ledger.entries())
    again = deployment_to_undo(there, name=undone.id)
    act(prepare_undo(again, target, there), target, ledger)

    assert target.holds(change.after)


def test_an_earlier_apply_under_a_later_one_is_undone_after_it():
    first, ledger = CHANGES["simple to target"], MemoryLedger()
    target = MemoryTarget(first.before)
    done = run(first, target, ledger)
    second = propose(target.look(), state_of(PLANS["step"]))
    later = run(second, target, ledger)
    there = deployments_of(ledger.entries())
    with pytest.raises(TargetChangedError, match=f"Undo {later.id} first"):
        prepare_undo(deployment_to_undo(there, name=done.id), target, there)
    undo(target, ledger)
    undo(target, ledger)

    assert target.holds(first.before)


@pytest.mark.parametrize(
    ("name", "said"), [("nobody", "'nobody'"), (None, "none")], ids=["unknown", "nothing left"]
)
def test_an_undo_of_nothing_says_so(name, said):
    with pytest.raises(ConfigurationError, match=said):
        deployment_to_undo((), name=name)


def test_what_is_undone_is_not_undone_twice():
    change, ledger = CHANGES["simple to target"], MemoryLedger()
    target = MemoryTarget(change.before)
    done = run(change, target, ledger)
    undo(target, ledger)
    with pytest.raises(ConfigurationError, match="which was"):
        deployment_to_undo(deployments_of(ledger.entries()), name=done.id)


def test_half_of_what_was_applied_whole_is_not_taken_back():
    change, ledger = CHANGES["simple to target"], MemoryLedger()
    target = MemoryTarget(change.before)
    run(change, target, ledger)
    half = MemoryTarget(states_of(change.before, steps_of_change(change))[1])
    there = deployments_of(ledger.entries())
    with pytest.raises(TargetChangedError):
        prepare_undo(deployment_to_undo(there), half, there)
