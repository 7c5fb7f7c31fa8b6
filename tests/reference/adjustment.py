"""The arithmetic of an adjustment, simple and step alike (`aws-semantics.md` 3.2)."""

from __future__ import annotations


def adjusted(
    capacity: int, adjustment: int, *, adjustment_type: str, min_adjustment_magnitude: int
) -> int:
    """Return the capacity that an adjustment asks for, before any clamp."""
    if adjustment_type == "ExactCapacity":
        return adjustment
    if adjustment_type == "ChangeInCapacity":
        return capacity + adjustment
    return capacity + percent_change(
        capacity, adjustment, min_adjustment_magnitude=min_adjustment_magnitude
    )


def percent_change(capacity: int, percent: int, *, min_adjustment_magnitude: int) -> int:
    """Return a percent change, "in integers".

    A change of 1 or more is cut toward zero, a smaller one is 1, that of capacity 0 is 0;
    the magnitude raises it "with the adjustment's sign", and "an adjustment of 0 stays 0".
    """
    if percent == 0:
        return 0
    hundredths = capacity * abs(percent)
    magnitude = 1 if 0 < hundredths < 100 else hundredths // 100
    magnitude = max(magnitude, min_adjustment_magnitude)
    return magnitude if percent > 0 else -magnitude
