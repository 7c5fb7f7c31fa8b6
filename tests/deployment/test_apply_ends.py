"""What an apply notes and says when it ends, well or not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.deployment.acting import CHANGES, run
from tests.deployment.memory_target import MemoryTarget
from tests.deployment.states import STATES, FixedClock, MemoryLedger, fence_of
from tuner.deployment.apply import LOOKS, NAMED_ROWS, carry_out, check_change, prepare
from tuner.deployment.change import ChangeSet
from tuner.deployment.deployment import deployments_of
from tuner.errors import AccountError, TargetChangedError

CHANGE = CHANGES["simple to target"]


def carried_out(target, ledger, **more):
    work = prepare(CHANGE, target, deployments_of(ledger.entries()))
    return carry_out(
        work, target, fence=fence_of(CHANGE), ledger=ledger, clock=FixedClock(), by="kim", **more
    )


def stopping(error: BaseException):
    def stop(_: MemoryTarget) -> None:
        raise error

    return stop


@pytest.mark.parametrize(
    ("error", "said"), [(KeyboardInterrupt(), "KeyboardInterrupt"), (OSError("gone"), "gone")]
)
def test_the_ledger_says_what_stopped_an_apply(error, said):
    target, ledger = MemoryTarget(CHANGE.before, after_write=stopping(error)), MemoryLedger()
    with pytest.raises(type(error)):
        carried_out(target, ledger)
    last = ledger.entries()[-1]

    assert last.event == "apply failed"
    assert last.facts["error"] == said
    assert (last.facts["call"], last.facts["of"]) == (1, len(prepare(CHANGE, target_of()).steps))


def target_of() -> MemoryTarget:
    return MemoryTarget(CHANGE.before)


def test_each_call_is_told_with_its_number_before_it_is_made():
    target, told = target_of(), []
    carried_out(
        target,
        MemoryLedger(),
        told=lambda number, step: told.append((number, step.describe(), len(target.writes))),
    )
    steps = [step.describe() for step in prepare(CHANGE, target_of()).steps]

    assert told == [(k, step, k - 1) for k, step in enumerate(steps, start=1)]


class WatchedFence:
    """A fence that lets everything through, and keeps what it was asked at how many writes."""

    def __init__(self, target: MemoryTarget) -> None:
        self.target, self.asked = target, []

    def check(self, *steps):
        self.asked.append(([step.describe() for step in steps], len(self.target.writes)))


def test_all_calls_are_held_to_the_fence_at_first_and_each_again_before_it_is_made():
    target = target_of()
    fence = WatchedFence(target)
    work = prepare(CHANGE, target)
    carry_out(work, target, fence=fence, ledger=MemoryLedger(), clock=FixedClock(), by="kim")
    steps = [step.describe() for step in work.steps]

    assert fence.asked == [(steps, 0), *(([step], k) for k, step in enumerate(steps))]


class SlowTarget(MemoryTarget):
    """An account that says what was there before until it was asked some times."""

    def __init__(self, n_old: int) -> None:
        super().__init__(CHANGE.before)
        self.n_old = n_old

    def describe(self, group):
        found = super().describe(group)
        if len(self.writes) == len(prepare(CHANGE, target_of()).steps) and self.n_old:
            self.n_old -= 1
            return replace(found, policies=CHANGE.before.policies)
        return found


@pytest.mark.parametrize("n_old", range(LOOKS))
def test_an_account_that_is_slow_to_say_what_was_written_is_asked_again(n_old):
    target, pauses = SlowTarget(n_old), []
    carried_out(target, MemoryLedger(), pause=lambda: pauses.append(target.n_old))

    assert len(pauses) == n_old


def test_an_account_that_goes_on_saying_something_else_is_not_asked_for_ever():
    target, ledger, pauses = SlowTarget(LOOKS), MemoryLedger(), []
    with pytest.raises(AccountError, match="to say what was written"):
        carried_out(target, ledger, pause=lambda: pauses.append(target.n_old))

    assert len(pauses) == LOOKS - 1


@pytest.mark.parametrize("old", ["bare", "simple"])
@pytest.mark.parametrize("new", ["simple", "target"])
def test_a_change_that_ends_with_a_working_scale_out_may_be_made(old, new):
    check_change(ChangeSet(before=STATES[old], after=STATES[new]))


def test_a_group_without_a_working_scale_out_may_stay_so():
    check_change(ChangeSet(before=STATES["bare"], after=STATES["bare"]))


def test_an_account_is_asked_once_where_nobody_waits():
    with pytest.raises(AccountError, match="to say what was written"):
        carried_out(SlowTarget(1), MemoryLedger())


def test_an_apply_of_another_change_that_was_cut_off_is_not_gone_on_with():
    other, ledger = CHANGES["simple to step"], MemoryLedger()
    target = MemoryTarget(other.before, fail_at=1)
    with pytest.raises(AccountError):
        run(other, target, ledger)

    assert prepare(CHANGE, target, deployments_of(ledger.entries())).resumes is None
    assert prepare(other, target, deployments_of(ledger.entries())).resumes is not None


@pytest.mark.parametrize("n_rows", [NAMED_ROWS, NAMED_ROWS + 1, NAMED_ROWS + 3])
def test_a_message_names_ten_fields_that_have_changed_and_counts_the_others(n_rows):
    target = target_of()
    target.limits |= {f"Field{number}": number for number in range(n_rows)}
    with pytest.raises(TargetChangedError) as refused:
        prepare(CHANGE, target)
    named = str(refused.value).count("group web Field")

    assert named == NAMED_ROWS
    assert (f"; {n_rows - NAMED_ROWS} more" in str(refused.value)) == (n_rows > NAMED_ROWS)
