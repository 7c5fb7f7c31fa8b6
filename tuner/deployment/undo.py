"""Takes an apply or undo back: what is deployed becomes what was described before it.

An undo is a change of its own, from what is deployed now, and is carried out like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tuner.deployment.apply import Work, changed_since
from tuner.deployment.apply_step import states_of
from tuner.deployment.apply_steps import steps_of
from tuner.deployment.change import ChangeSet, Evidence
from tuner.deployment.change_state import steady
from tuner.deployment.deployment import Deployment
from tuner.ports import ScalingTarget
from tuner.resources.records import GroupResources


def prepare_undo(
    deployment: Deployment,
    target: ScalingTarget,
    deployments: Sequence[Deployment],
    *,
    even_if_changed: bool = False,
) -> Work:
    """Find what takes a deployment back; nothing is written.

    Parameters
    ----------
    deployment : Deployment
        What is to be taken back, finished or not.
    target : ScalingTarget
        The account.
    deployments : sequence of Deployment
        All that the ledger knows, the oldest first.
    even_if_changed : bool
        Go back also where somebody has changed the group since: what the deployment touched
        becomes what it was, everything else stays as it is now.

    Raises
    ------
    TargetChangedError
        Where the account holds something else than the deployment left.
    """
    current = steady(target.describe(deployment.change.group))
    going_on = _going_on(deployment, current, deployments)
    if going_on is not None:
        return going_on
    if current in _left_by(deployment):
        after = deployment.change.before
    elif even_if_changed or current == deployment.reached:
        after = _restored(deployment.change, current)
    else:
        raise _not_as_left(deployment, current, deployments)
    change = ChangeSet(
        before=current,
        after=after,
        evidence=Evidence(
            config=deployment.change.evidence.config,
            plan=f"what was there before {deployment.verb} {deployment.id}",
        ),
    )
    return Work(
        verb="undo",
        change=change,
        steps=steps_of(change.before, change.after),
        undoes=deployment.id,
    )


def _going_on(
    deployment: Deployment, current: GroupResources, deployments: Sequence[Deployment]
) -> Work | None:
    """Give the undo of a deployment that was cut off, where the account holds what it left."""
    begun = [d for d in deployments if d.undoes == deployment.id and d.outcome != "done"]
    for each in reversed(begun):
        steps = steps_of(each.change.before, each.change.after)
        states = states_of(each.change.before, steps)
        if current in states:
            return Work(
                verb="undo",
                change=each.change,
                steps=steps,
                done=len(steps) if current == states[-1] else states.index(current),
                resumes=each.id,
                undoes=deployment.id,
            )
    return None


def _left_by(deployment: Deployment) -> tuple[GroupResources, ...]:
    """Give the states that a deployment may have left."""
    change = deployment.change
    states = states_of(change.before, steps_of(change.before, change.after))
    return states[-1:] if deployment.outcome == "done" else states


def _not_as_left(
    deployment: Deployment, current: GroupResources, deployments: Sequence[Deployment]
) -> Exception:
    """Say that somebody has changed the group since."""
    group = deployment.change.group
    later = [each.id for each in deployments if each.change.group == group]
    later = later[later.index(deployment.id) + 1 :]
    first = f"Undo {later[-1]} first" if later else "Run plan instead"
    return changed_since(
        deployment.reached or deployment.change.after,
        current,
        f"{first}, or say --even-if-changed: what {deployment.verb} {deployment.id} touched goes"
        " back, the rest stays.",
    )


def _restored(change: ChangeSet, current: GroupResources) -> GroupResources:
    """Give a state in which what a change touches is as before, and the rest as it is now."""
    old, steps = change.before, steps_of(change.before, change.after)
    touched = {(step.verb.split("_")[1], step.name) for step in steps}
    set_limits = {key for step in steps for key in step.limits or ()}
    keys = {*old.limits, *current.limits}

    def kind(word: str, there: tuple[Any, ...], now: tuple[Any, ...]) -> tuple[Any, ...]:
        back = [each for each in there if (word, each.name) in touched]
        return (*back, *(each for each in now if (word, each.name) not in touched))

    policies = kind("policy", old.policies, current.policies)
    names = {each.name for each in policies}
    alarms = kind("alarm", old.alarms, current.alarms)
    return steady(
        GroupResources(
            group=current.group,
            limits={key: (old if key in set_limits else current).limits.get(key) for key in keys},
            policies=policies,
            alarms=tuple(each for each in alarms if each.policy_name in names),
            actions=kind("action", old.actions, current.actions),
        )
    )
