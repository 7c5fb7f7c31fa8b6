"""Step 5, Policies: target tracking (`aws-semantics.md` 5), and the low alarm's ratio."""

from __future__ import annotations

from math import ceil

from tests.reference.group import Group
from tests.reference.records import TargetTracking
from tests.reference.wish import Wish


def tracking_out_wish(
    policy: TargetTracking, group: Group, t: int, *, metric_percent: float | None
) -> Wish | None:
    """Return `max(desired, wish)`; "the newest minute without data: no action"."""
    if metric_percent is None:
        return None
    wish = tracked_capacity(group.warm_capacity(t), metric_percent, policy.target_value)
    return tracking_wish(policy, max(group.desired, wish), is_out=True)


def tracking_in_wish(
    policy: TargetTracking, group: Group, t: int, *, metric_percent: float | None
) -> Wish | None:
    """Return `min(desired, wish)`, "at most `scale_in_limit` at once, only while nothing warms
    or is pending".
    """
    if policy.disable_scale_in or metric_percent is None or group.is_settling(t):
        return None
    wish = tracked_capacity(group.warm_capacity(t), metric_percent, policy.target_value)
    capacity = min(group.desired, wish)
    if policy.scale_in_limit is not None:
        capacity = max(capacity, group.desired - policy.scale_in_limit)
    return tracking_wish(policy, capacity, is_out=False)


def tracking_wish(policy: TargetTracking, capacity: int, *, is_out: bool) -> Wish:
    """Return target tracking's wish for a capacity."""
    return Wish(
        capacity=capacity,
        is_out=is_out,
        is_of_the_pair=False,
        is_of_scale_out=is_out,
        warmup_seconds=policy.instance_warmup_seconds,
    )


def tracked_capacity(base: int, metric_percent: float, target_value: float) -> int:
    """Return `ceil(base * metric / target - 1e-9)`."""
    return ceil(base * metric_percent / target_value - 1e-9)


def low_ratio(policy: TargetTracking, desired: int) -> float:
    """Return `clamp(1 - 1/desired, 0.7, 0.9)` unless fixed; "desired 0 has ratio 0.7"."""
    if policy.low_ratio is not None:
        return policy.low_ratio
    if desired == 0:
        return 0.7
    return min(max(1 - 1 / desired, 0.7), 0.9)
