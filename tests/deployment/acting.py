"""Applies and takes back the changes of the tests, on an account and with a ledger in memory."""

from __future__ import annotations

from tests.deployment.memory_target import MemoryTarget
from tests.deployment.states import FixedClock, MemoryLedger, changes, fence_of
from tuner.deployment.apply import Work, carry_out, prepare
from tuner.deployment.apply_steps import steps_of
from tuner.deployment.change import ChangeSet
from tuner.deployment.deployment import deployment_to_undo, deployments_of
from tuner.deployment.undo import prepare_undo

CHANGES = changes()
SOME = {name: CHANGES[name] for name in list(CHANGES)[::11]} | {
    name: CHANGES[name]
    for name in (
        "simple to target",
        "step to simple",
        "simple to step without a warm-up",
        "by hand, replaced by mixed",
        "mixed to exact",
        "bare to simple",
        "actions that change places",
    )
}


def run(change: ChangeSet, target: MemoryTarget, ledger: MemoryLedger):
    work = prepare(change, target, deployments_of(ledger.entries()))
    return act(work, target, ledger)


def act(work: Work, target: MemoryTarget, ledger: MemoryLedger):
    fence = fence_of(work.change, is_return=work.verb == "undo")
    return carry_out(work, target, fence=fence, ledger=ledger, clock=FixedClock(), by="kim")


def undo(target: MemoryTarget, ledger: MemoryLedger, **how):
    there = deployments_of(ledger.entries())
    return act(prepare_undo(deployment_to_undo(there), target, there, **how), target, ledger)


def steps_of_change(change: ChangeSet):
    return steps_of(change.before, change.after)
