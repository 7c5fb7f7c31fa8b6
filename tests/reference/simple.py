"""Step 5, Policies: simple scaling."""

from __future__ import annotations

from tests.reference.adjustment import adjusted
from tests.reference.group import Group
from tests.reference.instance import State
from tests.reference.records import SimpleScaling
from tests.reference.wish import Wish


def simple_wish(policy: SimpleScaling, group: Group, t: int, *, is_scale_out: bool) -> Wish | None:
    """Adjust the desired capacity; dropped in an activity or a cooldown; its sign directs it."""
    is_busy = group.count(State.PENDING) + group.count(State.DRAINING) > 0
    if is_busy or t < group.cooldown_end_tick:
        return None
    capacity = adjusted(
        group.desired,
        policy.scaling_adjustment,
        adjustment_type=policy.adjustment_type,
        min_adjustment_magnitude=policy.min_adjustment_magnitude,
    )
    return Wish(
        capacity=capacity,
        is_out=capacity > group.desired,
        is_of_the_pair=True,
        is_of_scale_out=is_scale_out,
        cooldown_seconds=policy.cooldown_seconds,
    )
