"""The rules of simple policies for one lane of a block: numbers in, numbers out, no branch taken.

The same rules as `kernels.alarm`, `kernels.adjustment`, `kernels.simple` and `kernels.conflict`, in
a form that the compiler turns into vector code: counts are whole numbers in float64, which hold
them exactly, and a breach history is one word of bits. tests/kernels/test_lanes.py holds both
forms against each other.
Source: docs/model.md, steps 4 to 6.
"""

from __future__ import annotations

import numpy as np

from kernels._jit import kernel
from kernels.layout import (
    EXACT_CAPACITY,
    GREATER,
    GREATER_OR_EQUAL,
    LESS_OR_EQUAL,
    PERCENT_CHANGE_IN_CAPACITY,
)

ONE = np.uint64(1)
NEVER = np.uint64(65)
"""Breaching datapoints that no word holds: an alarm that is not there."""

ALL_ONES, TWO, FOUR, LAST_BYTE = np.uint64(2**64 - 1), np.uint64(2), np.uint64(4), np.uint64(56)
PAIRS, QUADS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
NIBBLES, BYTES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)


@kernel
def side_of_threshold(comparison: int) -> float:
    """Give the sign under which an operator means "above": 1 upwards, -1 downwards."""
    return 1.0 if comparison in (GREATER, GREATER_OR_EQUAL) else -1.0


@kernel
def level(threshold: float, comparison: int) -> float:
    """Give what a value times its sign must be above: "at or above" is above the float before."""
    signed = threshold * side_of_threshold(comparison)
    if comparison in (GREATER_OR_EQUAL, LESS_OR_EQUAL):
        return float(np.nextafter(signed, -np.inf))
    return signed


@kernel
def window(evaluation_periods: int, period_ticks: int) -> np.uint64:
    """Give the bits of a breach history that N datapoints look at, the newest lowest."""
    mask = np.uint64(0)
    for k in range(evaluation_periods):
        mask |= ONE << np.uint64(k * period_ticks)
    return mask


@kernel
def count_bits(word: np.uint64) -> np.uint64:
    """Count the ones of a word; the compiler knows this pattern as one instruction."""
    word = word - ((word >> ONE) & PAIRS)
    word = (word & QUADS) + ((word >> TWO) & QUADS)
    word = (word + (word >> FOUR)) & NIBBLES
    return np.uint64((word * BYTES) >> LAST_BYTE)


@kernel
def remember(history: np.uint64, value: float, sign: float, level: float) -> np.uint64:
    """Add the newest datapoint to a breach history."""
    return np.uint64((history << ONE) | np.uint64(sign * value > level))


@kernel
def is_in_alarm(history: np.uint64, delay: np.uint64, mask: np.uint64, needed: np.uint64) -> bool:
    """Say whether M of the visible N datapoints breach; before the run nothing does.

    Where every tick has a datapoint, as here, that is all of CloudWatch's rule: a range that is not
    full yet goes to ALARM with M breaching ones, and to no other state that acts.
    """
    return bool(count_bits((history >> delay) & mask) >= needed)


@kernel
def kept_part(adjustment_type: int) -> float:
    """Give the share of the capacity that an adjustment starts from: none for an exact one."""
    return 0.0 if adjustment_type == EXACT_CAPACITY else 1.0


@kernel
def added_part(adjustment_type: int, adjustment: int) -> float:
    """Give what an adjustment adds, whatever the capacity: nothing where it is a percentage."""
    return 0.0 if adjustment_type == PERCENT_CHANGE_IN_CAPACITY else float(adjustment)


@kernel
def percent_part(adjustment_type: int, adjustment: int) -> float:
    """Give the percentage of a percent adjustment, 0 of others."""
    return float(adjustment) if adjustment_type == PERCENT_CHANGE_IN_CAPACITY else 0.0


@kernel
def percent_added(capacity: float, percent: float, min_magnitude: float) -> float:
    """Give the change of a percent adjustment: rounded toward zero, but not to zero.

    In floats: a hundredth of whole numbers of at most `MOST_HUNDREDTHS` has the right floor.
    """
    hundredths = abs(capacity * percent)
    magnitude = max(np.floor(hundredths * 0.01), min(hundredths, 1.0), min_magnitude)
    signed = magnitude if percent > 0.0 else -magnitude
    return signed if percent != 0.0 else 0.0


MOST_HUNDREDTHS = 20_000_000
"""Capacity times percent up to which every product was compared with the rule in integers."""


@kernel
def in_every_lane(value: float) -> float:
    """Give a value, not below zero, as a sum, which the compiler stores in every lane.

    A row that becomes the larger of itself and something else would be stored only where it grows:
    stores under a mask cost a third of the speed.
    """
    return value + 0.0


@kernel
def goes_out(out_in_alarm: bool, in_in_alarm: bool, out_wish: float, in_wish: float) -> bool:
    """Say whether scale-out's wish counts: the larger capacity, and scale-out's where equal."""
    return out_in_alarm and (not in_in_alarm or out_wish >= in_wish)
