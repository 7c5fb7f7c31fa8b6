"""The knobs of a step policy beyond its first step, and the step adjustments that they make.

Steps are evenly wide and their adjustments grow evenly: three numbers instead of two for each step.
Assumption: the further CPU is past the threshold, the more a policy adjusts; steps that shrink, or
stay, are not searched.

Notation
--------
C candidate, K step adjustment.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.errors import Problem
from tuner.policy import StepAdjustment
from tuner.policy.step import MOST_STEPS
from tuner.policy.words import AdjustmentType

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKnobs:
    """How many steps a step policy has, how wide they are, and how its adjustments grow.

    Parameters
    ----------
    steps : tuple of int
        Number of steps, 1 to 20. Step k (from 0) begins k widths past the threshold.
    width_percent : tuple of float
        Width of a step, points of CPU, above 0. The last step is open.
    growth : tuple of int
        What each step adjusts more than the one before, at least 1, in the unit of the adjustment.
    """

    steps: tuple[int, ...] = (1,)
    width_percent: tuple[float, ...] = (10.0,)
    growth: tuple[int, ...] = (1,)


def step_problems(
    knobs: StepKnobs | None, adjustment_type: AdjustmentType, side: str
) -> Iterator[Problem]:
    """Yield what no step policy could have.

    Parameters
    ----------
    knobs : StepKnobs or None
        None: no step policy, no problem.
    adjustment_type : str
        Of the policy.
    side : str
        What the names of its knobs begin with.
    """
    if knobs is None:
        return
    if adjustment_type == "ExactCapacity":
        yield Problem(
            "ChangeInCapacity or PercentChangeInCapacity for steps",
            repr(adjustment_type),
            "adjustment_type",
            "An exact capacity does not grow with the breach.",
        )
    for value in knobs.steps:
        if not 1 <= value <= MOST_STEPS:
            yield Problem(f"1 to {MOST_STEPS} steps", f"{value}", f"{side}steps", "Change it.")
    for width in knobs.width_percent:
        if not (math.isfinite(width) and width > 0.0):
            yield Problem(
                "a width above 0 points of CPU",
                f"{width:g}",
                f"{side}step_width_percent",
                "Raise it.",
            )
    for value in knobs.growth:
        if value < 1:
            yield Problem(
                "at least 1",
                f"{value}",
                f"{side}step_growth",
                "Each step adjusts more than the one before.",
            )


def step_adjustments(
    *, first: int, steps: int, width_percent: float, growth: int, inward: bool
) -> tuple[StepAdjustment, ...]:
    """Give the step adjustments of one policy, from the threshold outwards.

    Parameters
    ----------
    first : int
        Adjustment of the step at the threshold, below 0 where it takes instances away.
    steps : int
        Number of steps.
    width_percent : float
        Width of a step, points of CPU.
    growth : int
        What each step adjusts more.
    inward : bool
        Whether the steps lie below the threshold.

    Examples
    --------
    >>> for step in step_adjustments(first=2, steps=2, width_percent=10.0, growth=3, inward=False):
    ...     print(step.lower, step.upper, step.scaling_adjustment)
    0.0 10.0 2
    10.0 inf 5
    """
    lower, upper, adjustment = step_columns(
        first=np.array([first]),
        steps=np.array([steps]),
        width_percent=np.array([width_percent]),
        growth=np.array([growth]),
        inward=inward,
    )

    def bound(value: float) -> float | None:
        return value if math.isfinite(value) else None

    return tuple(
        StepAdjustment(
            metric_interval_lower_bound=bound(lower[0, k].item()),
            metric_interval_upper_bound=bound(upper[0, k].item()),
            scaling_adjustment=adjustment[0, k].item(),
        )
        for k in range(steps)
    )


def step_columns(
    *, first: IntArray, steps: IntArray, width_percent: FloatArray, growth: IntArray, inward: bool
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Give bounds and adjustments of step policies, columns ``[C]`` in, arrays ``[C, K]`` out.

    Parameters
    ----------
    first, steps, width_percent, growth, inward
        As in `step_adjustments`, each a column.

    Returns
    -------
    lower, upper : float64 [C, K]
        Points of CPU from the threshold, open ends infinite.
    adjustment : int64 [C, K]
    """
    k = np.arange(int(steps.max(initial=1)))
    near = k * width_percent[:, None]
    far = np.where(k == steps[:, None] - 1, np.inf, (k + 1) * width_percent[:, None])
    more = k * growth[:, None]
    if inward:
        return -far, 0.0 - near, first[:, None] - more
    return near, far, first[:, None] + more
