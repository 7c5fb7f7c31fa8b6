"""Two saves side by side: faster, slower or no difference, with an interval for each body.

The interval is that of the ratio of medians, from resamples of the calls of both saves. Calls of
one process resemble each other more than those of two processes do, so that an interval must also
lie beyond a noticeable difference.

Notation: B resample.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.answers import differences
from benchmarks.machine import SAME
from benchmarks.measure import Measured, Save

N_RESAMPLES = 2_000
LEVEL = (2.5, 97.5)
SEED = 20_261_124
NOTICEABLE = 0.05
"""Share by which the whole interval must lie beyond 1."""

FASTER, SLOWER, NO_DIFFERENCE = "faster", "slower", "no difference"
CHANGED, ONLY_ONE = "another answer", "in one save only"
GATES = (SLOWER, CHANGED)
"""Verdicts that a change should not have."""


@dataclass(frozen=True, slots=True)
class Row:
    """One body in two saves; times are in the second save over those in the first."""

    name: str
    verdict: str
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All bodies of two saves, and what a reader should know first."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    @property
    def is_worse(self) -> bool:
        """Whether any body is slower or gives another answer."""
        return any(row.verdict in GATES for row in self.rows)


def compare(before: Save, after: Save) -> Comparison:
    """Compare two saves, body by body."""
    names = [*before.bodies, *(name for name in after.bodies if name not in before.bodies)]
    rows = tuple(_row(name, before.bodies.get(name), after.bodies.get(name)) for name in names)
    return Comparison(rows, tuple(_notes(before, after)))


def interval(before: Measured, after: Measured) -> tuple[float, float, float]:
    """Give how many times longer a unit of work takes: ratio of medians, and its 95 % interval."""
    draws = np.random.default_rng(SEED)

    def medians(measured: Measured) -> tuple[float, np.ndarray]:
        cost = np.array(measured.seconds) / measured.amount
        picks = draws.integers(0, len(cost), size=(N_RESAMPLES, len(cost)))
        return float(np.median(cost)), np.median(cost[picks], axis=1)

    (first, first_drawn), (second, second_drawn) = medians(before), medians(after)
    low, high = np.percentile(second_drawn / first_drawn, LEVEL)
    return second / first, float(low), float(high)


def _row(name: str, before: Measured | None, after: Measured | None) -> Row:
    """Compare one body."""
    if before is None or after is None:
        return Row(name, ONLY_ONE)
    ratio, low, high = interval(before, after)
    if before.amount == after.amount and (changed := differences(before.answer, after.answer)):
        return Row(name, CHANGED, ratio, low, high, "; ".join(changed))
    verdict = NO_DIFFERENCE
    if low > 1.0 + NOTICEABLE:
        verdict = SLOWER
    elif high < 1.0 / (1.0 + NOTICEABLE):
        verdict = FASTER
    return Row(name, verdict, ratio, low, high)


def _notes(before: Save, after: Save) -> Iterator[str]:
    """Say what makes two saves unlike each other."""
    if before.size != after.size:
        yield f"The sizes differ, {before.size} and {after.size}: times are per unit of work."
    for name in SAME:
        old, new = before.machine.get(name), after.machine.get(name)
        if old != new:
            yield f"{name} was {old} and is {new}: seconds of different machines do not compare."
