"""Applies and undos that are killed at a write, on an account in a file (R17).

`python -m tests.deployment.killed_apply FOLDER NTH` takes every NTH change, kills its apply before
and after each write, goes on with it or takes it back, and looks. It prints how many were killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from tests.deployment.memory_target import MemoryTarget
from tests.deployment.states import FixedClock, changes, fence_of
from tuner.deployment.apply import carry_out, prepare
from tuner.deployment.apply_steps import steps_of
from tuner.deployment.change import ChangeSet
from tuner.deployment.change_json import resources_from_json
from tuner.deployment.change_state import state_json
from tuner.deployment.deployment import deployment_to_undo, deployments_of
from tuner.deployment.ledger import Ledger
from tuner.deployment.undo import prepare_undo


def load(path: Path, **more) -> MemoryTarget:
    return MemoryTarget(resources_from_json(json.loads(path.read_text())), **more)


def save(target: MemoryTarget, path: Path) -> None:
    path.write_text(json.dumps(state_json(target.look())))


def act(verb: str, change: ChangeSet, target: MemoryTarget, ledger: Ledger) -> None:
    there = deployments_of(ledger.entries())
    if verb == "apply":
        work = prepare(change, target, there)
    else:
        work = prepare_undo(deployment_to_undo(there), target, there)
    fence = fence_of(work.change, is_return=verb == "undo")
    carry_out(work, target, fence=fence, ledger=ledger, clock=FixedClock(), by="kim")


def killed(verb: str, change: ChangeSet, path: Path, ledger: Ledger, *, k: int, late: bool) -> bool:
    """Run a verb in a child that kills itself at its k-th write; tell whether it came so far."""

    def look(target: MemoryTarget) -> None:
        is_last = len(target.writes) == k
        if is_last and not late:
            os.kill(os.getpid(), signal.SIGKILL)
        save(target, path)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        act(verb, change, load(path, after_write=look), ledger)
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert status in (0, signal.SIGKILL), status
    return status == signal.SIGKILL


def whole(verb: str, change: ChangeSet, path: Path, ledger: Ledger) -> MemoryTarget:
    """Run a verb to its end."""
    target = load(path)
    act(verb, change, target, ledger)
    save(target, path)
    return target


def check(name: str, change: ChangeSet, folder: Path) -> int:
    """Kill the apply of a change at every write, and its undo at every third; count the kills."""
    count = 0
    for k in range(1, len(steps_of(change.before, change.after)) + 1):
        for late in (False, True):
            place = folder / f"{k}-{late}"
            place.mkdir(parents=True)
            path, ledger = place / "account.json", Ledger(place / "state")
            path.write_text(json.dumps(state_json(change.before)))

            assert killed("apply", change, path, ledger, k=k, late=late), (name, k, late)
            count += 1
            if k % 2:
                assert whole("apply", change, path, ledger).holds(change.after), (name, k, late)
            count += killed("undo", change, path, ledger, k=1 + k // 3, late=late)
            if not load(path).holds(change.before) or not _is_over(ledger):
                whole("undo", change, path, ledger)

            assert load(path).holds(change.before), (name, k, late)
            assert _is_over(ledger), (name, k, late)
    return count


def _is_over(ledger: Ledger) -> bool:
    """Tell whether the last thing in a ledger is an undo that ended well."""
    last = deployments_of(ledger.entries())[-1]
    return (last.verb, last.outcome) == ("undo", "done")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    chosen = list(changes().items())[:: int(sys.argv[2])]
    print(sum(check(name, c, folder / str(n)) for n, (name, c) in enumerate(chosen)))
