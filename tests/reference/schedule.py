"""Step 0, Schedule: due actions set min, max and desired, and the group follows at once."""

from __future__ import annotations

from tests.reference.group import Decision, Group
from tests.reference.records import Action


def apply_due_actions(actions: tuple[Action, ...], group: Group, t: int) -> None:
    """Apply the actions of tick t "in list order", "each action is clamped before the next".

    "Step 0 then reconciles once, as one activity"; it opens no cooldown, nothing warms.
    """
    desired = group.desired
    for action in actions:
        if action.tick != t:
            continue
        if action.min_size is not None:
            group.min_size = action.min_size
        if action.max_size is not None:
            group.max_size = action.max_size
        if action.desired_capacity is not None:
            desired = action.desired_capacity
        desired = group.clamp(desired)
    group.reconcile(desired, Decision(by="schedule", tick=t, from_tick=t))
