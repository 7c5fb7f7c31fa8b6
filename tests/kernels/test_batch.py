"""A batch equals a loop of ones; order, threads, layout and compilation do not change a bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import kernels
from benchmarks import cases
from tests.kernels.batches import (
    differing,
    fingerprint,
    printed_uncompiled,
    random_batch,
    small_fingerprints,
    totals_of,
)
from tuner.simulation.arrays import SideColumns, pack_columns
from tuner.simulation.outcomes import Outcomes
from tuner.simulation.run import simulate, trace
from tuner.traffic.shapes import Shape, TrafficShapes, frozen

SEEDS = [1, 2, 3, 4]


def cut(outcomes: Outcomes, rows, columns) -> Outcomes:
    """Give some candidates on some shapes, in a given order."""
    names = Outcomes.__dataclass_fields__
    return Outcomes(**{name: getattr(outcomes, name)[np.ix_(rows, columns)] for name in names})


def shapes_of(shapes: TrafficShapes, order) -> TrafficShapes:
    """Give some of the shapes, in a given order."""
    return TrafficShapes.of([Shape(name=shapes.names[s], rpm=shapes.rpm_of(s)) for s in order])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_batch_equals_a_loop_of_ones(seed):
    plans, scenario, shapes = random_batch(seed, n_candidates=70)
    batch = totals_of((plans, scenario, shapes), threads=2)
    for c, plan in enumerate(plans):
        for s in range(len(shapes)):
            one = totals_of(([plan], scenario, shapes_of(shapes, [s])))

            assert differing(cut(batch, [c], [s]), one) == [], (seed, c, s)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_trace_has_the_totals_of_the_batch(seed):
    plans, scenario, shapes = random_batch(seed, n_candidates=20)
    batch = totals_of((plans, scenario, shapes))
    for c, plan in enumerate(plans):
        expected = batch.of(c, 0)
        got = trace(plan, scenario, shapes, 0).totals

        assert expected == got, (seed, c)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_candidates_and_of_shapes_does_not_matter(seed):
    plans, scenario, shapes = random_batch(seed, n_candidates=150)
    rows = np.random.default_rng(seed).permutation(len(plans)).tolist()
    columns = np.random.default_rng(seed).permutation(len(shapes)).tolist()
    expected = cut(totals_of((plans, scenario, shapes)), rows, columns)
    turned = ([plans[c] for c in rows], scenario, shapes_of(shapes, columns))

    assert differing(expected, totals_of(turned)) == []


@pytest.mark.parametrize("n_candidates", [1, 63, 64, 65, 200])
@pytest.mark.parametrize("threads", [2, 3, 16])
def test_threads_change_no_bit(threads, n_candidates):
    batch = random_batch(5, n_candidates=n_candidates)

    assert differing(totals_of(batch), totals_of(batch, threads=threads)) == []


@pytest.mark.parametrize("chunk", [1, 17, 64, 100])
def test_chunks_of_candidates_change_no_bit(chunk):
    plans, scenario, shapes = random_batch(6, n_candidates=130)
    whole = totals_of((plans, scenario, shapes))
    for begin in range(0, len(plans), chunk):
        part = plans[begin : begin + chunk]
        rows = list(range(begin, begin + len(part)))
        expected = cut(whole, rows, range(len(shapes)))

        assert differing(expected, totals_of((part, scenario, shapes))) == [], begin


@pytest.mark.parametrize(
    "size",
    [cases.SMALL, pytest.param(cases.NIGHTLY, marks=pytest.mark.nightly)],
    ids=lambda size: size.name,
)
def test_the_batches_of_the_benchmarks_give_their_answer_at_any_number_of_threads(size):
    for period_seconds, host_minutes in size.host_minutes.items():
        policies, shapes = cases.policies(size, period_seconds=period_seconds), cases.shapes(size)
        runs = [simulate(policies, cases.SCENARIO, shapes, threads=n) for n in (1, 2, 5)]

        assert host_minutes == runs[0].host_minutes.sum()
        assert [differing(runs[0], run) for run in runs[1:]] == [[], []]


def test_a_batch_run_again_gives_the_same_bits_whatever_ran_between():
    batch = random_batch(7, n_candidates=30)
    before = fingerprint(batch)
    totals_of(random_batch(8, n_candidates=90, lengths=(200, 3)))

    assert before == fingerprint(batch)


def columns_of(count: int, *, layout) -> SideColumns:
    """Give a side's columns of equal candidates, each laid out by a function."""
    values = {
        "threshold_percent": 40.0,
        "comparison_operator": 0,
        "period_seconds": 60,
        "evaluation_periods": 2,
        "datapoints_to_alarm": 2,
        "extra_blocks": 2,
        "treat_missing_data": 0,
        "adjustment_type": 0,
        "scaling_adjustment": 1,
        "min_adjustment_magnitude": 0,
        "cooldown_seconds": 60,
    }
    return SideColumns(**{name: layout(np.full(count, value)) for name, value in values.items()})


LAYOUTS = {
    "as they are": lambda column: column,
    "every second value": lambda column: np.repeat(column, 2)[::2],
    "backwards": lambda column: column[::-1],
    "of 32 bits": lambda column: column.astype(f"{column.dtype.kind}4"),
    "one value for all": lambda column: np.broadcast_to(column[0], column.shape),
    "read-only": lambda column: frozen(column.copy()),
}


def test_every_driver_has_one_signature_whatever_came_before():
    for seed in (*SEEDS, 9, 10):
        plans, scenario, shapes = random_batch(seed, n_candidates=3)
        totals_of((plans, scenario, shapes), threads=2)
        trace(plans[0], scenario, shapes, 0)
    table = replace(scenario.host, table=((0.0, 1.0), (50_000.0, 80.0)))
    whole = replace(scenario, host=replace(table, cliff_percent=None), schedule=())
    totals_of((plans, whole, shapes))
    for layout in LAYOUTS.values():
        side = columns_of(3, layout=layout)
        policies = pack_columns(
            scale_out=side, scale_in=None, min_size=layout(np.ones(3, np.int64)), scenario=whole
        )
        loads = np.arange(1, 9, dtype=np.float32)[::2]
        simulate(policies, whole, TrafficShapes.of([Shape(name="a", rpm=loads)]))
    for loads in (np.ones(4), np.ones(8)[::2], np.ones(4, np.int64)):
        by_hand = TrafficShapes(loads, np.array([0, 4], np.int32), np.ones(1), ("a",), ("",), 60)
        simulate(policies, whole, by_hand)
        trace(plans[0], whole, by_hand, 0)

    without_warming = [s for s in kernels.simulate_tasks.signatures if str(s[1]) == "none"]
    assert len(without_warming) == 1
    assert len(kernels.trace_run.signatures) == 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layout_of_columns_changes_no_bit(layout):
    _, scenario, shapes = random_batch(3, n_candidates=1)
    runs = [
        simulate(
            pack_columns(
                scale_out=columns_of(5, layout=LAYOUTS[name]),
                scale_in=None,
                min_size=LAYOUTS[name](np.ones(5, np.int64)),
                scenario=scenario,
            ),
            scenario,
            shapes,
        )
        for name in ("as they are", layout)
    ]

    assert differing(*runs) == []


def test_compiled_equals_uncompiled():
    assert small_fingerprints() == printed_uncompiled("tests.kernels.batches")
