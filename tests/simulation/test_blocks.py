"""Candidates change places while they run, so that blocks share a period; no bit changes."""

from __future__ import annotations

import itertools
import time
from dataclasses import fields, replace

import numpy as np
import pytest

import kernels
from kernels.lane_fit import WORD, fits_lanes, fits_warming_lanes
from tests.kernels.batches import random_batch
from tests.kernels.mixed import mixed_batch
from tests.search.talk import SCENARIO, holds
from tuner.errors import SimulationError
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.scenario import Metric
from tuner.search.candidates import find_candidates
from tuner.search.lattice import lattice_of
from tuner.search.pair_space import PairSpace
from tuner.search.step_knobs import StepKnobs
from tuner.search.tracking_space import TrackingSpace
from tuner.search.values import LowerThreshold, value_range
from tuner.simulation import blocks, run
from tuner.simulation.arrays import pack_load, pack_plans, pack_setting
from tuner.simulation.blocks import ALONE, WORD_TICKS, Places, block_keys, places_for
from tuner.simulation.outcomes import empty_totals
from tuner.traffic.shapes import TrafficShapes

SPACE = PairSpace(
    scale_out_threshold_percent=value_range(15, last=40, step=5),
    scale_out_adjustment=(1, 3, 6),
    period_seconds=(60, 120, 300),
    evaluation_periods=(1, 2, 5),
    scale_in_threshold=(LowerThreshold.share(1, over=2), LowerThreshold.share(1, over=3)),
    scale_in_period_seconds=(60, 300),
)
ONE_WINDOW = replace(SPACE, scale_in_period_seconds=None, cooldown_seconds=tuple(range(0, 600, 60)))
SPACES = {
    "simple": ONE_WINDOW,
    "step": replace(
        ONE_WINDOW,
        scale_out_steps=StepKnobs(steps=(1, 2), width_percent=(5.0,), growth=(1,)),
        scale_in_steps=StepKnobs(),
        instance_warmup_seconds=(60, 180, 300),
    ),
    "tracking": TrackingSpace(
        target_percent=value_range(20, last=60, step=0.1),
        instance_warmup_seconds=(0, 60, 120, 300),
    ),
}
SHAPES = holds(5, 20, 35)
GAIN = 1.5


def policies_of(space=SPACE, scenario=SCENARIO):
    lattice = lattice_of(space, scenario)
    return lattice.policies(find_candidates(lattice).index)


def as_they_stand(monkeypatch):
    monkeypatch.setattr(run, "places_for", lambda keys: None)


def n_mixed(keys):
    return int(blocks._mixed_blocks(keys).sum())


@pytest.mark.parametrize("threads", [1, 2])
def test_no_bit_depends_on_where_candidates_stand(monkeypatch, threads):
    policies = policies_of()
    before = [column.copy() for column in policies.policies]
    got = run.simulate(policies, SCENARIO, SHAPES, threads=threads)
    places = places_for(block_keys(policies, pack_setting(SCENARIO)))
    as_they_stand(monkeypatch)
    expected = run.simulate(policies, SCENARIO, SHAPES, threads=threads)

    assert places is not None
    for field in fields(expected):
        assert getattr(expected, field.name).tobytes() == getattr(got, field.name).tobytes()
    for column, was in zip(policies.policies, before, strict=True):
        np.testing.assert_array_equal(column, was)


def test_blocks_of_a_lattice_of_periods_are_mixed_and_few_are_left_so():
    keys = block_keys(policies_of(), pack_setting(SCENARIO))
    places = places_for(keys)
    dealt = keys[0].copy()
    dealt[places.place] = keys[0][places.candidate]

    assert n_mixed(keys) > 10
    assert n_mixed((dealt,)) < len(np.unique(keys[0]))
    np.testing.assert_array_equal(np.sort(places.candidate), places.place)


def test_a_block_that_shares_its_period_stays_where_it_is():
    block = kernels.BLOCK
    keys = np.repeat([1, 1, 2, 2], block)
    keys[: 2 * block] = np.arange(2 * block) % 2
    places = places_for((keys,))

    assert places.place.max() < 2 * block
    assert places_for((np.repeat([1, 2, 1, 2], block),)) is None


def test_keys_that_nothing_can_bring_together_leave_all_where_they_are():
    assert places_for((np.arange(4 * kernels.BLOCK),)) is None
    assert places_for((np.arange(10),)) is None


def test_all_key_columns_count():
    block = kernels.BLOCK
    period, warmup = np.arange(4 * block) % 2, np.arange(4 * block) // 2 % 2
    places = places_for((period, warmup))
    pairs = 2 * period[places.candidate] + warmup[places.candidate]

    assert len(np.unique(pairs)) == 4
    for k in range(4):
        assert len(np.unique(pairs[k * block : (k + 1) * block])) == 1


@pytest.mark.parametrize("seed", range(24))
def test_candidates_of_one_key_run_in_lanes_together_and_only_they(seed):
    batch = random_batch if seed % 2 else mixed_batch
    plans, scenario, given = batch(seed, n_candidates=40)
    shapes = TrafficShapes.of(given) if isinstance(given, list) else given
    policies = pack_plans(plans, scenario)
    setting = pack_setting(scenario)
    load = pack_load(shapes, scenario, policies.actions)
    keys = np.stack(block_keys(policies, setting), axis=1)

    def taken(*candidates: int) -> bool:
        places = Places(np.arange(len(candidates)), np.array(candidates))
        own, warming = (
            columns and type(columns)(*(each[places.candidate] for each in columns))
            for columns in (policies.policies, policies.warming)
        )
        if warming is None:
            return fits_lanes(own, setting, load, 0, len(candidates))
        return fits_warming_lanes(own, warming, setting, load, 0, len(candidates))

    alone = [c for c in range(len(plans)) if keys[c, 0] == ALONE]
    fitting = [c for c in range(len(plans)) if taken(c)]

    assert not set(alone) & set(fitting)
    for c, d in itertools.combinations(fitting, 2):
        if (keys[c] == keys[d]).all():
            assert taken(c, d), (seed, c, d)


@pytest.mark.parametrize("batch", ["step", "tracking"])
def test_warm_ups_are_brought_together_and_no_bit_changes(monkeypatch, batch):
    policies = policies_of(SPACES[batch])
    keys = block_keys(policies, pack_setting(SCENARIO))
    places = places_for(keys)
    dealt = tuple(key.copy() for key in keys)
    for key, old in zip(dealt, keys, strict=True):
        key[places.place] = old[places.candidate]
    got = run.simulate(policies, SCENARIO, SHAPES)
    as_they_stand(monkeypatch)
    expected = run.simulate(policies, SCENARIO, SHAPES)

    assert n_mixed(dealt) < n_mixed(keys)
    for field in fields(expected):
        assert getattr(expected, field.name).tobytes() == getattr(got, field.name).tobytes()


def test_the_word_is_that_of_the_lanes():
    assert WORD == WORD_TICKS


def test_a_candidate_that_cannot_run_is_named_by_its_own_place():
    def plan(period_seconds: int, *, minimum: int = 1) -> ScalingPlan:
        alarm = Alarm(
            threshold_percent=25.0,
            comparison_operator="GreaterThanThreshold",
            period_seconds=period_seconds,
        )
        side = AlarmedPolicy(alarm, SimpleScaling(scaling_adjustment=1))
        return ScalingPlan(scale_out=side, min_size=minimum)

    plans = [plan((60, 120)[c % 2]) for c in range(300)]
    plans[77] = plan(60, minimum=2_000)
    with pytest.raises(SimulationError) as raised:
        run.simulate_plans(plans, SCENARIO, holds(20))

    assert [p.where for p in raised.value.problems] == ["candidate 77 on shape 'hold 20m'"]


def test_where_no_lanes_run_nobody_moves(monkeypatch):
    asked = []
    monkeypatch.setattr(run, "places_for", asked.append)
    slow = replace(SCENARIO, metric=Metric(metric_delay_seconds=70 * 60))
    run.simulate(policies_of(), SCENARIO, holds(5))
    assert len(asked) == 1
    run.simulate(policies_of(scenario=slow), slow, holds(5))

    assert len(asked) == 1


def test_an_interruption_leaves_what_has_not_begun(monkeypatch):
    calls = []

    def slowly(*arguments):
        calls.append(arguments[-2:])
        time.sleep(0.05)

    def interrupt(done):
        raise KeyboardInterrupt

    monkeypatch.setattr(kernels, "simulate_tasks", slowly)
    with pytest.raises(KeyboardInterrupt):
        run.simulate(policies_of(), SCENARIO, SHAPES, threads=2, progress=interrupt)

    assert len(calls) < 2 * run.RANGES_PER_THREAD - 4


@pytest.mark.nightly
@pytest.mark.parametrize("name", SPACES)
def test_a_lattice_of_periods_or_warm_ups_runs_faster_than_as_it_stands(monkeypatch, name):
    shapes, policies = holds(200, 400, 600), policies_of(SPACES[name])
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(5):
        for moves in (True, False):
            with monkeypatch.context() as patch:
                if not moves:
                    as_they_stand(patch)
                began = time.process_time()
                run.simulate(policies, SCENARIO, shapes, threads=1)
                seconds[moves].append(time.process_time() - began)
    costs = []
    for _ in range(5):
        began = time.process_time()
        places = places_for(block_keys(policies, pack_setting(SCENARIO)))
        places.seated(policies)
        places.put_back(empty_totals(len(policies), len(shapes)))
        costs.append(time.process_time() - began)
    as_it_stands, moved, cost = min(seconds[False]), min(seconds[True]), min(costs)
    print(f"{name}: {len(policies):,} candidates, {as_it_stands:.3f} s, moved {moved:.3f} s")
    print(f"{as_it_stands / moved:.1f} times as fast, to move takes {cost / moved:.2%} of it")

    assert as_it_stands > GAIN * moved
    assert cost < 3 * 0.02 * moved
