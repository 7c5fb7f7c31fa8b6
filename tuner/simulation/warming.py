"""Step and target tracking policies as the arrays that the kernel takes.

Notation: C candidate, P policy within a plan (0 scale-out, 1 scale-in), K step adjustment.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kernels import layout
from tuner.policy import ScalingPlan, StepScaling
from tuner.scenario import Scenario
from tuner.simulation.requests_per_target import cpu_tracking
from tuner.units import seconds_to_ticks


def pack_warming(plans: Sequence[ScalingPlan], scenario: Scenario) -> layout.WarmingPolicies | None:
    """Turn the step and target tracking policies of plans into the kernel's arrays.

    Parameters
    ----------
    plans : sequence of ScalingPlan [C]
        Candidates.
    scenario : Scenario
        Gives the tick, the group's default warm-up, and the host that turns a target of requests
        into one of CPU.

    Returns
    -------
    WarmingPolicies or None
        None where no plan has such a policy.

    Raises
    ------
    SimulationError
        For a target of requests that no CPU stands for, as `cpu_tracking` says.
    """
    sides = [
        [None if side is None else side.policy for side in (plan.scale_out, plan.scale_in)]
        for plan in plans
    ]
    steps = [policy for pair in sides for policy in pair if isinstance(policy, StepScaling)]
    if not steps and all(plan.target_tracking is None for plan in plans):
        return None
    n_steps = max((len(policy.step_adjustments) for policy in steps), default=1)
    packed = empty_warming(len(plans), n_steps)

    def ticks(own: int | None) -> int:
        seconds = scenario.group.warmup_seconds(own)
        return seconds_to_ticks(seconds, tick_seconds=scenario.tick_seconds)

    for c, (plan, pair) in enumerate(zip(plans, sides, strict=True)):
        for p, policy in enumerate(pair):
            if isinstance(policy, StepScaling):
                packed.is_step[c, p] = 1
                packed.warmup_ticks[c, p] = ticks(policy.instance_warmup_seconds)
                packed.n_steps[c, p] = len(policy.step_adjustments)
                for k, step in enumerate(policy.step_adjustments):
                    packed.step_lower[c, p, k] = step.lower
                    packed.step_upper[c, p, k] = step.upper
                    packed.step_adjustment[c, p, k] = step.scaling_adjustment
        if plan.target_tracking is not None:
            tracking = cpu_tracking(plan.target_tracking, scenario.host)
            packed.has_tracking[c] = 1
            packed.target_value[c] = tracking.target_value
            packed.disable_scale_in[c] = tracking.disable_scale_in
            packed.tracking_warmup_ticks[c] = ticks(tracking.instance_warmup_seconds)
            packed.low_ratio[c] = tracking.low_ratio or 0.0
            packed.scale_in_limit[c] = tracking.scale_in_limit or 0
    return packed


def empty_warming(n_candidates: int, n_steps: int) -> layout.WarmingPolicies:
    """Allocate the arrays of candidates that have no such policy, for up to K = n_steps steps."""
    pair = (n_candidates, layout.N_POLICIES)
    return layout.WarmingPolicies(
        is_step=np.zeros(pair, dtype=np.int8),
        warmup_ticks=np.zeros(pair, dtype=np.int64),
        n_steps=np.zeros(pair, dtype=np.int64),
        step_lower=np.zeros((*pair, n_steps)),
        step_upper=np.zeros((*pair, n_steps)),
        step_adjustment=np.zeros((*pair, n_steps), dtype=np.int64),
        has_tracking=np.zeros(n_candidates, dtype=np.int8),
        target_value=np.ones(n_candidates),
        disable_scale_in=np.zeros(n_candidates, dtype=np.int8),
        tracking_warmup_ticks=np.zeros(n_candidates, dtype=np.int64),
        low_ratio=np.zeros(n_candidates),
        scale_in_limit=np.zeros(n_candidates, dtype=np.int64),
    )
