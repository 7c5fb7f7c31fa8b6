"""Batches of all families together: each plan gives the bits that it gives alone."""

from __future__ import annotations

import numpy as np
import pytest

import kernels
from tests.kernels.batches import bits, differing, printed_uncompiled
from tests.kernels.mixed import cut, mixed_batch, small_fingerprints, totals_of
from tests.kernels.warming import WARMING_FAMILIES, step_side
from tuner.policy import ScalingPlan
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import trace
from tuner.traffic.shapes import TrafficShapes

SEEDS = [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_batch_of_all_families_equals_single_runs_and_their_traces(seed):
    plans, scenario, shapes = mixed_batch(seed, n_candidates=80)
    batch = totals_of(plans, scenario, shapes, threads=2)
    kinds = set()
    for c, plan in enumerate(plans):
        kinds.add(pack_plans([plan], scenario).warming is None)
        for s, shape in enumerate(shapes):
            one = totals_of([plan], scenario, [shape])

            assert differing(cut(batch, [c], [s]), one) == [], (seed, c, s)
        traced = trace(plan, scenario, TrafficShapes.of(shapes[:1]), 0)

        assert batch.of(c, 0) == traced.totals, (seed, c)

    assert kinds == {True, False}


@pytest.mark.parametrize("seed", SEEDS)
def test_simple_plans_give_the_same_bits_alone_and_beside_plans_that_warm(seed):
    simple, scenario, shapes = mixed_batch(seed, n_candidates=70, families=("simple",))
    others, *_ = mixed_batch(seed, n_candidates=9, families=WARMING_FAMILIES)
    together = totals_of([*others, *simple], scenario, shapes)

    assert pack_plans(simple, scenario).warming is None
    assert pack_plans([*others, *simple], scenario).warming is not None
    assert differing(totals_of(simple, scenario, shapes), cut(together, range(9, 79))) == []


def test_a_plan_of_twenty_steps_changes_no_bit_of_those_beside_it():
    plans, scenario, shapes = mixed_batch(7, n_candidates=40)
    rows = [(k, k + 1, k + 1) for k in range(19)]
    long = ScalingPlan(scale_out=step_side(30.0, "GreaterThanThreshold", *rows, (19, None, 20)))
    together = totals_of([*plans, long], scenario, shapes)

    assert differing(totals_of(plans, scenario, shapes), cut(together, range(40))) == []
    assert differing(totals_of([long], scenario, shapes), cut(together, [40])) == []
    assert cut(together, [40]).scale_outs.sum() > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_candidates_and_of_shapes_and_threads_do_not_matter(seed):
    plans, scenario, shapes = mixed_batch(seed, n_candidates=150)
    rows = np.random.default_rng(seed).permutation(len(plans)).tolist()
    columns = np.random.default_rng(seed).permutation(len(shapes)).tolist()
    expected = cut(totals_of(plans, scenario, shapes), rows, columns)
    turned = ([plans[c] for c in rows], scenario, [shapes[s] for s in columns])

    assert differing(expected, totals_of(*turned, threads=3)) == []
    assert len(np.unique(bits(expected)["host_minutes"])) > 10


def test_the_batch_driver_has_one_signature_with_and_one_without_policies_that_warm():
    for seed in SEEDS:
        for families in (("simple",), WARMING_FAMILIES):
            plans, scenario, shapes = mixed_batch(seed, n_candidates=5, families=families)
            totals_of(plans, scenario, shapes, threads=2)
            trace(plans[0], scenario, TrafficShapes.of(shapes), 0)

    assert len(kernels.simulate_tasks.signatures) == 2
    assert len(kernels.trace_run.signatures) == 1


def test_compiled_equals_uncompiled_for_all_families():
    assert small_fingerprints() == printed_uncompiled("tests.kernels.mixed")
