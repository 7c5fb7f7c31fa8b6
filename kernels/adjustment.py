"""How an adjustment changes a capacity, for simple and step policies alike.

Source: docs/model.md, step 5 and "Small print"; docs/aws-semantics.md 3.2 (Amazon EC2 Auto Scaling
user guide, "Step and simple scaling policies", "Scaling adjustment types").
"""

from __future__ import annotations

from kernels._jit import kernel
from kernels.layout import CHANGE_IN_CAPACITY, EXACT_CAPACITY


@kernel
def percent_change(capacity: int, percent: int, min_adjustment_magnitude: int) -> int:
    """Give the change of a percent adjustment, in integers.

    The change is rounded toward zero, but to one where it lies between zero and one; the magnitude
    is then raised to the minimum. A percentage of zero stays zero; of capacity zero it is zero, and
    the minimum applies with the adjustment's sign.
    """
    if percent == 0:
        return 0
    hundredths = abs(capacity * percent)
    magnitude = hundredths // 100
    if magnitude == 0 and hundredths > 0:
        magnitude = 1
    magnitude = max(magnitude, min_adjustment_magnitude)
    return magnitude if percent > 0 else -magnitude


@kernel
def adjusted_capacity(
    capacity: int, adjustment_type: int, adjustment: int, min_adjustment_magnitude: int
) -> int:
    """Give the capacity that an adjustment makes of another, before any clamping."""
    if adjustment_type == CHANGE_IN_CAPACITY:
        return capacity + adjustment
    if adjustment_type == EXACT_CAPACITY:
        return adjustment
    return capacity + percent_change(capacity, adjustment, min_adjustment_magnitude)
