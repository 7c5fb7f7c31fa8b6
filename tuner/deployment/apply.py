"""Carries a change out, one call after another, through the port that it is handed.

`prepare` only reads: it finds how far the change has come. `carry_out` writes: it holds the state
folder, makes sure that nothing has moved meanwhile, notes in the ledger what is about to happen,
holds every single call to the guard rails, and looks at the end at what the account says. Where a
call fails, the state is one of those that the change passes through, and the same command goes on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tuner.deployment.apply_step import Step, states_of
from tuner.deployment.apply_steps import steps_of
from tuner.deployment.change import ChangeSet, Row, rows_of
from tuner.deployment.change_json import change_digest, change_to_json
from tuner.deployment.change_state import state_json, steady
from tuner.deployment.change_words import cell, without_account
from tuner.deployment.deployment import Deployment, Verb, deployments_of, is_undone
from tuner.deployment.guard_rails import Fence
from tuner.deployment.ledger import Ledger
from tuner.deployment.working import beanstalk_signs, working_scale_outs
from tuner.errors import (
    AccountError,
    CliffsideError,
    GuardRailError,
    Problem,
    TargetChangedError,
)
from tuner.ports import Clock, ScalingTarget
from tuner.resources.records import GroupResources
from tuner.store.runs import new_run_id, utc_text

NAMED_ROWS = 10
LOOKS = 3
"""How often the account is asked at the end until it says what was written."""

Told = Callable[[int, Step], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A change, and how far it has come.

    Parameters
    ----------
    verb : str
        ``apply`` or ``undo``.
    change : ChangeSet
        What is to be done.
    steps : tuple of Step
        All its calls.
    done : int
        How many of them are done.
    resumes : str or None
        Id of the deployment that goes on.
    undoes : str or None
        Id of the deployment that is taken back.
    """

    verb: Verb
    change: ChangeSet
    steps: tuple[Step, ...]
    done: int = 0
    resumes: str | None = None
    undoes: str | None = None

    @property
    def left(self) -> tuple[Step, ...]:
        """The calls that are still to be made."""
        return self.steps[self.done :]

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing left to do, and nothing to note."""
        return not self.left and self.resumes is None and self.undoes is None


def check_change(change: ChangeSet) -> None:
    """Refuse a change that no guard rail can allow.

    Parameters
    ----------
    change : ChangeSet
        To be applied.

    Raises
    ------
    GuardRailError
        For a group of Elastic Beanstalk, and for a change that takes the last working scale-out
        away.
    """
    problems = []
    signs = beanstalk_signs(change.before)
    if signs:
        problems.append(
            Problem(
                "a group that nobody else manages",
                f"{signs[0]}, of Elastic Beanstalk",
                f"group {change.group}",
                "Elastic Beanstalk overwrites it at the next update of the environment: take"
                " `export --to beanstalk`.",
            )
        )
    if working_scale_outs(change.before) and not working_scale_outs(change.after):
        problems.append(
            Problem(
                "a working scale-out policy at the end",
                "none",
                f"group {change.group}",
                "Choose a plan that scales out.",
            )
        )
    if problems:
        raise GuardRailError(*problems)


def prepare(
    change: ChangeSet, target: ScalingTarget, deployments: Sequence[Deployment] = ()
) -> Work:
    """Find how far a change has come; nothing is written.

    Parameters
    ----------
    change : ChangeSet
        To be applied.
    target : ScalingTarget
        The account.
    deployments : sequence of Deployment
        What the ledger knows.

    Raises
    ------
    TargetChangedError
        Where the account holds neither what the change starts from, nor what it ends with, nor
        what an apply of it that was cut off has left.
    UnsupportedPlanError
        As `steps_of`.
    """
    steps = steps_of(change.before, change.after)
    states = states_of(change.before, steps)
    now, resumes = steady(target.describe(change.group)), _begun_before(change, deployments)
    if now == states[-1]:
        done = len(steps)
    elif now == states[0]:
        done = 0
    elif resumes is not None and now in states:
        done = states.index(now)
    else:
        raise changed_since(change.before, now, "Run plan again.")
    return Work(verb="apply", change=change, steps=steps, done=done, resumes=resumes)


def _begun_before(change: ChangeSet, deployments: Sequence[Deployment]) -> str | None:
    """Name the apply of this change that was begun and came to no end."""
    for each in reversed(deployments):
        if each.verb == "apply" and change_digest(each.change) == change_digest(change):
            is_open = each.outcome != "done" and not is_undone(each, deployments)
            return each.id if is_open else None
    return None


def carry_out(
    work: Work,
    target: ScalingTarget,
    *,
    fence: Fence,
    ledger: Ledger,
    clock: Clock,
    by: str,
    told: Told | None = None,
    pause: Callable[[], None] | None = None,
) -> Deployment:
    """Make the calls that are left, and note it in the ledger.

    Parameters
    ----------
    work : Work
        From `prepare` or `prepare_undo`.
    target : ScalingTarget
        The account.
    fence : Fence
        Every call is held to it.
    ledger : Ledger
        Takes what is begun, and how it ended.
    clock : Clock
        Tells when.
    by : str
        Who does it.
    told : callable or None
        Told the number of each call, from 1, and the call, before it is made.
    pause : callable or None
        Waits between two looks at the end.

    Returns
    -------
    Deployment
        As the ledger has it.

    Raises
    ------
    GuardRailError
        Where a call goes outside of the fence; none is made then.
    TargetChangedError
        Where the account has changed since `prepare`.
    AccountError
        Where a call fails, or the account says at the end something else than was written.
    StoreError, ResultFileError
        Where another call is going on, or the ledger cannot be written or is broken.
    """
    fence.check(*work.steps)
    with ledger.held():
        current = target.describe(work.change.group)
        here = states_of(work.change.before, work.steps)[work.done]
        if steady(current) != here:
            raise changed_since(here, current, "Run the same command again.")
        name = work.resumes or new_run_id(f"{work.verb}-{work.change.group}", clock.now())
        facts: dict[str, Any] = {"deployment": name, "by": by}
        begun = {"undoes": work.undoes, "change": change_to_json(work.change)}
        event = "begun" if work.resumes is None else "resumed"
        ledger.append(
            f"{work.verb} {event}",
            utc_text(clock.now()),
            {**facts, **begun} if work.resumes is None else facts,
        )
        arns = {each.name: each.arn for each in current.policies if each.arn is not None}
        at = work.done
        try:
            for at, step in enumerate(work.steps[work.done :], start=work.done + 1):
                fence.check(step)
                if told is not None:
                    told(at, step)
                step.act(target, work.change.group, arns)
            reached = _look(work.change, target, pause)
        except BaseException as error:
            said = str(error) or type(error).__name__
            failed = {"call": at, "of": len(work.steps), "error": without_account(said)}
            with contextlib.suppress(CliffsideError):
                ledger.append(f"{work.verb} failed", utc_text(clock.now()), {**facts, **failed})
            raise
        facts["reached"] = state_json(reached)
        ledger.append(f"{work.verb} done", utc_text(clock.now()), facts)
    differing = rows_of(work.change.after, reached)
    if differing:
        raise AccountError(
            Problem(
                "the account to say what was written",
                _said(differing),
                f"group {work.change.group}",
                f"Look at the group; `cliffside undo {name} --yes` goes back to what was there.",
            )
        )
    return next(each for each in deployments_of(ledger.entries()) if each.id == name)


def _look(
    change: ChangeSet, target: ScalingTarget, pause: Callable[[], None] | None
) -> GroupResources:
    """Ask the account what it holds now, some times until it is what was written."""
    reached = target.describe(change.group)
    for _ in range(LOOKS - 1):
        if pause is None or steady(reached) == steady(change.after):
            break
        pause()
        reached = target.describe(change.group)
    return reached


def changed_since(
    known: GroupResources, current: GroupResources, next_step: str
) -> TargetChangedError:
    """Say that the account holds something else than is known, field by field.

    Parameters
    ----------
    known, current : GroupResources
        What was there, and what is there.
    next_step : str
        What to do about it.
    """
    return TargetChangedError(
        Problem(
            "the deployed state that the change was made for",
            _said(rows_of(known, current)),
            f"group {known.group}",
            next_step,
        )
    )


def _said(rows: Sequence[Row]) -> str:
    """Say rows in one line."""
    told = [f"{r.resource} {r.field} {cell(r.after)} (was {cell(r.before)})" for r in rows]
    more = [f"{len(told) - NAMED_ROWS} more"] if len(told) > NAMED_ROWS else []
    return "; ".join([*told[:NAMED_ROWS], *more])
