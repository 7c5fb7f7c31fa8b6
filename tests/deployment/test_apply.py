"""An apply can stop anywhere: the state is old, new, or one that the same command goes on from."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.deployment.acting import CHANGES, SOME, act, run, steps_of_change, undo
from tests.deployment.memory_target import MemoryTarget
from tests.deployment.states import (
    STATES,
    MemoryLedger,
)
from tuner.deployment.apply import check_change, prepare
from tuner.deployment.apply_step import states_of
from tuner.deployment.change import ChangeSet
from tuner.deployment.change_state import steady
from tuner.deployment.deployment import deployments_of
from tuner.errors import (
    AccountError,
    GuardRailError,
    TargetChangedError,
)
from tuner.resources.records import GroupResources, PolicyResource


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_ends_in_what_it_says_and_an_undo_in_what_was_described(name):
    change, ledger = CHANGES[name], MemoryLedger()
    target = MemoryTarget(change.before)
    done = run(change, target, ledger)

    assert target.holds(change.after)
    assert done.outcome == "done"
    undone = undo(target, ledger)

    assert target.holds(change.before)
    assert undone.undoes == done.id


@pytest.mark.parametrize("late", [False, True], ids=["refused", "answer lost"])
@pytest.mark.parametrize("name", SOME)
def test_whichever_call_fails_the_same_command_goes_on_and_ends_in_what_it_says(name, late):
    change = SOME[name]
    states = [steady(each) for each in states_of(change.before, steps_of_change(change))]
    for k in range(1, len(states)):
        ledger = MemoryLedger()
        target = MemoryTarget(change.before, fail_at=k, late=late)
        with pytest.raises(AccountError):
            run(change, target, ledger)

        assert steady(target.look()) == states[k if late else k - 1]
        assert deployments_of(ledger.entries())[-1].outcome == "failed"
        run(change, target, ledger)

        assert target.holds(change.after)
        assert len(target.writes) == len(states) - 1 + (not late)
        (only,) = deployments_of(ledger.entries())
        assert only.outcome == "done"
        undo(target, ledger)

        assert target.holds(change.before)


@pytest.mark.parametrize("name", SOME)
def test_an_apply_that_was_cut_off_anywhere_is_undone_even_if_the_undo_is_cut_off_too(name):
    change = SOME[name]
    for k in range(1, len(steps_of_change(change)) + 1):
        for j in {1, k // 2 + 1, k + 1}:
            check_both_cut_off(change, k, j)


@pytest.mark.nightly
@pytest.mark.parametrize("name", CHANGES)
def test_every_apply_that_was_cut_off_anywhere_is_undone_wherever_the_undo_is_cut_off(name):
    change = CHANGES[name]
    for k in range(1, len(steps_of_change(change)) + 1):
        for j in range(1, k + 4):
            check_both_cut_off(change, k, j)


def check_both_cut_off(change: ChangeSet, k: int, j: int) -> None:
    """Let the k-th write of an apply fail, and the j-th of its undo."""
    ledger = MemoryLedger()
    target = MemoryTarget(change.before, fail_at=k)
    with pytest.raises(AccountError):
        run(change, target, ledger)
    target.fail_at = k + j
    try:
        undo(target, ledger)
    except AccountError:
        undo(target, ledger)

    assert target.holds(change.before), (k, j)


def test_what_is_done_already_writes_nothing_and_leaves_no_entry():
    change, ledger = CHANGES["simple to step"], MemoryLedger()
    target = MemoryTarget(change.after)
    work = prepare(change, target)

    assert work.left == ()
    assert work.is_settled
    assert ledger.entries() == ()


@pytest.mark.parametrize("moved", ["MinSize", "alarm", "policy", "action"])
def test_a_group_that_somebody_changed_is_refused_and_the_message_says_what(moved):
    change = CHANGES["by hand to target"]
    target = MemoryTarget(change.before)
    expected = {
        "MinSize": "group web MinSize 3",
        "alarm": "alarm cpu low AlarmName",
        "policy": "policy mine PolicyName mine",
        "action": "action morning",
    }[moved]
    if moved == "MinSize":
        target.limits["MinSize"] = 3
    elif moved == "alarm":
        del target.alarms["cpu low"]
    elif moved == "policy":
        fields = {"PolicyType": "SimpleScaling", "ScalingAdjustment": 1}
        target.policies["mine"] = PolicyResource(name="mine", fields=fields, arn="arn:mine")
    else:
        del target.actions["morning"]
    with pytest.raises(TargetChangedError, match=expected):
        prepare(change, target)

    assert target.writes == []


def test_what_scaling_changes_by_itself_is_no_change():
    change = CHANGES["simple to step"]
    target = MemoryTarget(change.before)
    target.limits["DesiredCapacity"] = 9

    assert prepare(change, target).done == 0


def test_a_group_that_changes_between_the_look_and_the_first_call_is_left_alone():
    change, ledger = CHANGES["simple to step"], MemoryLedger()
    target = MemoryTarget(change.before)
    work = prepare(change, target)
    target.limits["MaxSize"] = 11
    with pytest.raises(TargetChangedError, match="MaxSize 11"):
        act(work, target, ledger)

    assert target.writes == []
    assert ledger.entries() == ()


def test_half_of_a_change_that_nobody_began_is_not_gone_on_with():
    change = CHANGES["simple to step"]
    states = states_of(change.before, steps_of_change(change))
    with pytest.raises(TargetChangedError):
        prepare(change, MemoryTarget(states[1]))


def test_an_account_that_says_something_else_at_the_end_is_an_error_and_can_be_undone():
    change, ledger = CHANGES["simple to target"], MemoryLedger()
    target = MemoryTarget(change.before)

    def meddle(there: MemoryTarget) -> None:
        if len(there.writes) == len(steps_of_change(change)):
            there.limits["DefaultCooldown"] = 77

    target.after_write = meddle
    with pytest.raises(AccountError, match="DefaultCooldown 77"):
        run(change, target, ledger)
    target.after_write = None
    undo(target, ledger)

    assert target.policies.keys() == {each.name for each in change.before.policies}
    assert target.limits["DefaultCooldown"] == 77, "that was not touched by the change"


def test_a_change_that_is_applied_again_after_its_undo_is_a_new_deployment():
    change, ledger = CHANGES["simple to target"], MemoryLedger()
    target = MemoryTarget(change.before)
    run(change, target, ledger)
    undo(target, ledger)
    run(change, target, ledger)
    verbs = [each.verb for each in deployments_of(ledger.entries())]

    assert verbs == ["apply", "undo", "apply"]


def test_an_apply_that_was_cut_off_and_undone_is_begun_anew():
    change, ledger = CHANGES["simple to target"], MemoryLedger()
    target = MemoryTarget(change.before, fail_at=2)
    with pytest.raises(AccountError):
        run(change, target, ledger)
    undo(target, ledger)
    run(change, target, ledger)
    told = [(each.verb, each.outcome) for each in deployments_of(ledger.entries())]

    assert told == [("apply", "failed"), ("undo", "done"), ("apply", "done")]


def test_a_group_of_beanstalk_is_refused_and_says_what_to_do_instead():
    name = "awseb-e-abc-stack-AWSEBAutoScalingGroup-1X"
    change = ChangeSet(
        before=GroupResources(group=name), after=GroupResources(group=name, limits={"MinSize": 2})
    )
    with pytest.raises(GuardRailError, match="export --to beanstalk"):
        check_change(change)


def test_a_change_that_takes_the_last_scale_out_away_is_refused():
    with pytest.raises(GuardRailError, match="working scale-out"):
        check_change(ChangeSet(before=STATES["simple"], after=STATES["bare"]))


def test_the_messages_show_no_account_number():
    change, ledger = CHANGES["by hand to target"], MemoryLedger()
    target = MemoryTarget(change.before)
    target.fail_at = 1
    with pytest.raises(AccountError):
        run(change, target, ledger)
    del target.alarms["cpu high"]
    with pytest.raises(TargetChangedError) as refused:
        prepare(change, target)

    assert "AlarmActions" in str(refused.value)
    assert "123456789012" not in str(refused.value)


@pytest.mark.parametrize("every", [30, pytest.param(1, marks=pytest.mark.nightly)])
def test_a_process_that_is_killed_at_any_write_leaves_what_can_go_on_and_go_back(tmp_path, every):
    done = subprocess.run(
        [sys.executable, "-m", "tests.deployment.killed_apply", str(tmp_path), str(every)],
        capture_output=True,
        text=True,
        timeout=3_600,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    print(f"{done.stdout.strip()} kills over every {every}. change")

    assert int(done.stdout) > 40
