"""The one-run loop over a batch: one candidate after another, on one thread."""

from __future__ import annotations

import kernels
from tuner.scenario import Scenario
from tuner.simulation.arrays import PolicyArrays, pack_load, pack_setting
from tuner.simulation.outcomes import Outcomes, empty_totals, outcomes_of
from tuner.traffic.shapes import TrafficShapes

one_run_loop = kernels.simulate_each
"""The kernel's entry whose inner loop is one run."""


def simulate_one_by_one(
    policies: PolicyArrays, scenario: Scenario, shapes: TrafficShapes
) -> Outcomes:
    """Run every candidate on every shape; else as `tuner.simulation.run.simulate`."""
    load, setting = pack_load(shapes, scenario, policies.actions), pack_setting(scenario)
    totals = empty_totals(len(policies), len(shapes))
    n_tasks = -(-len(policies) // kernels.BLOCK) * len(shapes)
    one_run_loop(policies.policies, policies.warming, setting, load, totals, 0, n_tasks)
    assert not totals.status.any()
    return outcomes_of(totals)
