"""Step adjustments of one lane: up to four steps as bounds that a difference is at or beyond.

The same rule as `kernels.step`, in a form that the compiler turns into vector code. A step that
follows another one begins where that ends, so that each has one bound; the bound is moved to the
next float where the difference at it belongs to the step below.
Source: docs/model.md, step 5 (*Step*).
"""

from __future__ import annotations

import numpy as np

from kernels._jit import kernel
from kernels.layout import GREATER_OR_EQUAL, Policies, WarmingPolicies

MOST_LANE_STEPS = 4
"""Steps of a policy that lanes hold."""


@kernel
def first_beyond(bound: float, reads_as_out: bool) -> float:
    """Give the least difference that lies beyond a bound between two steps.

    A bound above the threshold belongs to the step beyond it, one below the threshold to the step
    before it, and one at it to the one beyond where the comparison reads as out.
    """
    if bound > 0.0 or (bound == 0.0 and reads_as_out):
        return bound
    return float(np.nextafter(bound, np.inf))


@kernel
def step_of_rank(warming: WarmingPolicies, c: int, p: int, rank: int) -> int:
    """Give the step of policy p above exactly ``rank`` others: steps go up, or all down."""
    n_steps = warming.n_steps[c, p]
    if n_steps > 1 and warming.step_lower[c, p, 1] < warming.step_lower[c, p, 0]:
        return int(n_steps - 1 - rank)
    return rank


@kernel
def bound_of_step(policies: Policies, warming: WarmingPolicies, c: int, p: int, k: int) -> float:
    """Give where the step of rank k of policy p begins, infinity where it has no such step."""
    if k >= warming.n_steps[c, p]:
        return np.inf
    reads_as_out = policies.comparison[c, p] <= GREATER_OR_EQUAL
    return first_beyond(warming.step_lower[c, p, step_of_rank(warming, c, p, k)], reads_as_out)


@kernel
def end_of_steps(policies: Policies, warming: WarmingPolicies, c: int, p: int) -> float:
    """Give where the last step of policy p ends."""
    n_steps = warming.n_steps[c, p]
    if n_steps == 0:
        return np.inf
    reads_as_out = policies.comparison[c, p] <= GREATER_OR_EQUAL
    last = step_of_rank(warming, c, p, n_steps - 1)
    return first_beyond(warming.step_upper[c, p, last], reads_as_out)


@kernel
def adjustment_of_rank(warming: WarmingPolicies, c: int, p: int, rank: int) -> int:
    """Give the adjustment of the step above ``rank`` others, 0 below the first."""
    if rank < 0:
        return 0
    return int(warming.step_adjustment[c, p, step_of_rank(warming, c, p, rank)])


@kernel
def step_change(warming: WarmingPolicies, c: int, p: int, k: int) -> float:
    """Give what the adjustment grows by from the step before to that of rank k of policy p."""
    if k >= warming.n_steps[c, p]:
        return 0.0
    after, before = adjustment_of_rank(warming, c, p, k), adjustment_of_rank(warming, c, p, k - 1)
    return float(after - before)


@kernel
def steps_follow(warming: WarmingPolicies, c: int, p: int) -> bool:
    """Say whether policy p has at most four steps, in order, each beginning where one ends."""
    n_steps = warming.n_steps[c, p]
    if n_steps > MOST_LANE_STEPS:
        return False
    for rank in range(1, n_steps):
        before, k = step_of_rank(warming, c, p, rank - 1), step_of_rank(warming, c, p, rank)
        if warming.step_lower[c, p, k] != warming.step_upper[c, p, before]:
            return False
    return True


@kernel
def beyond(difference: float, bound: float, part: float) -> float:
    """Give a part of the adjustment where the difference is at or beyond its bound."""
    return part if difference >= bound else 0.0
