"""Every body gives its committed answer, and those that do the same work agree with each other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.answers import differences
from benchmarks.bodies import BODIES, GATED, KERNELS, RATIOS
from benchmarks.families import FAMILIES, PAIR, STEP, STRIDE, TRACKING, batch, waves
from benchmarks.gate import read_baseline
from benchmarks.measure import measure, ratios_of
from benchmarks.numpy_version import simulate_with_numpy
from benchmarks.one_run import simulate_one_by_one
from benchmarks.sizes import FULL, SMALL
from tuner.simulation.outcomes import TOTALS
from tuner.simulation.run import simulate

N_CANDIDATES, N_TICKS = 256, 180
FAMILY_WORDS = {"simple-bare": "simple", "tracking": "target_tracking"}


def test_a_body_gives_its_committed_answer(benchmark, body_name, size):
    work = BODIES[body_name](size)
    if benchmark.enabled:
        work.call()

    got = work.answer(benchmark.pedantic(work.call, rounds=size.rounds))

    benchmark.extra_info |= {"body": body_name, "size": size.name, "answer": got}
    benchmark.extra_info |= {"amount": work.amount, "unit": work.unit}
    expected = read_baseline().answers[size.name][body_name]
    assert differences(expected, got) == []


def assert_same_totals(expected, got):
    for name in TOTALS:
        np.testing.assert_array_equal(getattr(expected, name), getattr(got, name), err_msg=name)


@pytest.mark.parametrize("family", ["simple", "simple-bare"])
def test_the_numpy_version_gives_the_kernels_totals_to_the_last_bit(family):
    policies, shapes = batch(family, N_CANDIDATES), waves(3, N_TICKS)
    scenario = FAMILIES[family].scenario

    expected = simulate(policies, scenario, shapes, threads=1)
    got = simulate_with_numpy(policies, scenario, shapes)

    assert_same_totals(expected, got)
    assert expected.overload_requests.sum() > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_the_one_run_loop_gives_the_kernels_totals_to_the_last_bit(family):
    policies, shapes = batch(family, N_CANDIDATES), waves(3, N_TICKS)
    scenario = FAMILIES[family].scenario

    expected = simulate(policies, scenario, shapes, threads=1)
    got = simulate_one_by_one(policies, scenario, shapes)

    assert_same_totals(expected, got)


def test_the_reference_gives_the_kernels_totals():
    work = BODIES["reference"](SMALL)
    kernel = simulate(
        batch("simple", SMALL.n_reference), FAMILIES["simple"].scenario, waves(1, SMALL.n_ticks)
    )

    got = work.answer(work.call())

    expected = {name: int(getattr(kernel, name).sum()) for name in got}
    assert expected == got


def test_the_kernel_is_a_hundred_times_faster_than_the_reference():
    names = ("simple", "reference")
    measured = measure({name: BODIES[name](SMALL) for name in names}, rounds=3)

    assert ratios_of(measured, ["simple / reference"])["simple / reference"] >= 100.0


@pytest.mark.parametrize("family", FAMILIES)
def test_the_candidates_of_a_family_differ_and_scale_both_ways(family):
    of_it = FAMILIES[family]
    plans = {of_it.plan(c) for c in range(N_CANDIDATES)}
    answer = read_baseline().answers[SMALL.name][family]

    assert len(plans) == N_CANDIDATES
    assert {plan.family for plan in plans} == {FAMILY_WORDS.get(family, family)}
    assert min(answer["scale_outs"], answer["scale_ins"]) > SMALL.n_candidates * SMALL.n_shapes


@pytest.mark.parametrize("knobs", [PAIR, STEP, TRACKING], ids=["pair", "step", "tracking"])
def test_no_candidate_of_the_full_size_is_named_twice(knobs):
    n_lattice = math.prod(len(values) for values in knobs)

    assert n_lattice >= FULL.n_candidates
    assert math.gcd(STRIDE, n_lattice) == 1


def test_every_family_and_the_one_run_loop_stand_in_the_gate():
    assert {RATIOS[name][0] for name in GATED} == {*KERNELS, "one-run"}
    assert all(set(RATIOS) == set(kind.ratios) for kind in read_baseline().kinds)
