"""Step 5, Policies: step scaling (`aws-semantics.md` 4)."""

from __future__ import annotations

from tests.reference.adjustment import adjusted
from tests.reference.group import Group
from tests.reference.instance import State
from tests.reference.records import StepAdjustment, StepScaling
from tests.reference.wish import Wish


def step_wish(
    policy: StepScaling,
    group: Group,
    t: int,
    *,
    is_scale_out: bool,
    difference: float | None,
    comparison_operator: str,
) -> Wish | None:
    """Out: `max(desired, base + change)`; in: `min(desired, members + change)`.

    `difference` is the newest visible block's value minus the threshold, None without data.
    """
    if not is_scale_out and group.is_settling(t):
        return None
    step = chosen_step(policy.step_adjustments, difference, comparison_operator)
    if step is None:
        return None
    members = group.count(State.IN_SERVICE) + group.count(State.DRAINING)
    capacity = adjusted(
        group.warm_capacity(t) if is_scale_out else members,
        step.scaling_adjustment,
        adjustment_type=policy.adjustment_type,
        min_adjustment_magnitude=policy.min_adjustment_magnitude,
    )
    return Wish(
        capacity=max(group.desired, capacity) if is_scale_out else min(group.desired, capacity),
        is_out=is_scale_out,
        is_of_the_pair=True,
        is_of_scale_out=is_scale_out,
        warmup_seconds=policy.instance_warmup_seconds,
    )


def chosen_step(
    steps: tuple[StepAdjustment, ...], difference: float | None, comparison_operator: str
) -> StepAdjustment | None:
    """Return the step that holds the difference, or None.

    Above the threshold the lower bound is inclusive and the upper exclusive, below it the
    reverse; on the threshold the operator says from which side to read.
    """
    if difference is None:
        return None
    is_above = difference > 0 or (difference == 0 and comparison_operator.startswith("Greater"))
    for step in steps:
        if is_above and step.lower_bound <= difference < step.upper_bound:
            return step
        if not is_above and step.lower_bound < difference <= step.upper_bound:
            return step
    return None
