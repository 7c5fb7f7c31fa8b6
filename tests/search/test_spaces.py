"""The spaces of step, target tracking and mixed plans."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.search.packed import packed_both_ways
from tests.search.talk import CONF42, SCENARIO, holds
from tests.search.test_candidates import lowers, some
from tuner.errors import ConfigurationError
from tuner.policy import ScheduledAction
from tuner.search.candidates import find_candidates
from tuner.search.lattice import lattice_of
from tuner.search.mixed_space import NOT_ABOVE_TARGET, MixedSpace
from tuner.search.pair_exclusions import OUT_OF_REACH
from tuner.search.pair_space import PairSpace
from tuner.search.search import search_exact
from tuner.search.space import EQUAL
from tuner.search.step_knobs import StepKnobs
from tuner.search.tracking_space import TrackingSpace
from tuner.search.values import LowerThreshold
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate

FLOOR = (ScheduledAction(tick=20, min_size=4), ScheduledAction(tick=60, min_size=1))

step_knobs = st.builds(
    StepKnobs,
    steps=some(st.integers(1, 4)),
    width_percent=some(st.sampled_from([2.5, 5.0, 20.0]), 2),
    growth=some(st.integers(1, 3), 2),
)
warmups = st.none() | some(st.sampled_from([0, 60, 300]), 2)
minima = st.none() | some(st.sampled_from([0, 2, 1001]), 2)
schedules = st.none() | some(st.sampled_from([(), FLOOR]), 2)


def pairs(**own):
    knobs = {
        "scale_out_threshold_percent": some(st.integers(10, 60).map(float), 2),
        "scale_out_adjustment": some(st.integers(1, 3), 2),
        "evaluation_periods": some(st.sampled_from([1, 5]), 2),
        "scale_in_threshold": st.none() | some(lowers, 2),
        "scale_out_steps": st.none() | step_knobs,
        "scale_in_steps": st.none() | step_knobs,
        **own,
    }
    return st.builds(PairSpace, **knobs)


def tracking_spaces(**own):
    knobs = {
        "target_percent": some(st.integers(10, 60).map(float), 3),
        "disable_scale_in": some(st.booleans(), 2),
        "instance_warmup_seconds": warmups,
        "low_ratio": st.none() | some(st.sampled_from([0.7, 0.9]), 2),
        "scale_in_limit": st.none() | some(st.integers(1, 3), 2),
        "min_size": minima,
        "schedules": schedules,
        **own,
    }
    return st.builds(TrackingSpace, **knobs)


spaces = st.one_of(
    pairs(instance_warmup_seconds=warmups, min_size=minima, schedules=schedules),
    tracking_spaces(),
    st.builds(MixedSpace, tracking=tracking_spaces(), pair=pairs()),
)


@settings(max_examples=150, deadline=None)
@given(space=spaces)
def test_columns_packed_for_the_kernel_equal_the_plans_packed_one_by_one(space):
    packed = packed_both_ways(space)
    if packed is None:
        return
    expected, got = packed

    assert (expected.warming is None) == (got.warming is None)
    rows = {"schedule_begin", "schedule_end"}
    np.testing.assert_array_equal(expected.policies.present, got.policies.present)
    for left, right in ((expected.policies, got.policies), (expected.warming, got.warming)):
        for name in set() if left is None else set(left._fields) - rows:
            a, b = getattr(left, name), getattr(right, name)
            if name.startswith("step_"):
                k = a.shape[2]
                assert not np.nan_to_num(b[:, :, k:], posinf=1.0).any(), name
                b = b[:, :, :k]
            assert a.dtype == b.dtype, name
            if a.shape == expected.policies.present.shape:
                there = expected.policies.present == 1
                a, b = np.where(there, a, 0), np.where(there, b, 0)
            np.testing.assert_array_equal(a, b, err_msg=name)
    for c in range(len(expected)):
        assert rows_of(expected, c) == rows_of(got, c)


def rows_of(arrays, c: int) -> list[list[int]]:
    """Give the scheduled actions that candidate c follows."""
    policies = arrays.policies
    return arrays.actions[policies.schedule_begin[c] : policies.schedule_end[c]].tolist()


@settings(max_examples=100, deadline=None)
@given(space=spaces)
def test_every_candidate_is_another_plan_and_its_family_is_the_spaces(space):
    lattice = lattice_of(space, SCENARIO)
    try:
        found = find_candidates(lattice)
    except ConfigurationError:
        return
    plans = [lattice.plan(int(c)) for c in found.index[:200]]

    assert space.n_lattice == len(found.index) + sum(found.left_out.values())
    assert len(set(plans)) == len(plans)
    assert {plan.family for plan in plans} == {space.family}


@settings(max_examples=60, deadline=None)
@given(space=spaces)
def test_a_space_with_its_own_values_is_itself(space):
    own = {name: space.values(name) for name in space.dimensions}

    assert space.with_values({k: v for k, v in own.items() if v is not None}) == space


STEP = replace(
    CONF42,
    scale_out_threshold_percent=(20.0,),
    scale_out_adjustment=(2,),
    scale_out_steps=StepKnobs(steps=(1, 2, 3), width_percent=(5.0, 30.0), growth=(1, 4)),
    scale_in_steps=StepKnobs(),
)


def test_steps_of_a_candidate_are_even_and_grow():
    lattice = lattice_of(STEP, SCENARIO)
    columns = lattice.columns(find_candidates(lattice).index)
    row = np.flatnonzero(
        (columns["scale_out_steps"] == 3)
        & (columns["scale_out_step_width_percent"] == 5.0)
        & (columns["scale_out_step_growth"] == 4)
    )
    plan = lattice.plan(int(find_candidates(lattice).index[row[0]]))

    expected = [(0.0, 5.0, 2), (5.0, 10.0, 6), (10.0, np.inf, 10)]
    steps = plan.scale_out.policy.step_adjustments
    got = [(step.lower, step.upper, step.scaling_adjustment) for step in steps]

    assert expected == got
    inward = plan.scale_in.policy.step_adjustments
    assert [(step.lower, step.upper, step.scaling_adjustment) for step in inward] == [
        (-np.inf, 0.0, -1)
    ]


def test_what_only_further_steps_read_counts_once_for_one_step():
    found = find_candidates(lattice_of(STEP, SCENARIO))

    expected = (1 + 2 * 2 * 2, {EQUAL: 3})
    got = (len(found.index), found.left_out)

    assert expected == got


def test_a_step_above_100_percent_is_out_of_reach():
    far = replace(STEP, scale_out_threshold_percent=(50.0,))
    found = find_candidates(lattice_of(far, SCENARIO))

    expected = {OUT_OF_REACH: 2, EQUAL: 3}
    assert expected == found.left_out


def test_a_safety_net_stands_above_the_target():
    pair = PairSpace(scale_out_threshold_percent=(20.0, 30.0), scale_out_adjustment=(1,))
    space = MixedSpace(tracking=TrackingSpace(target_percent=(20.0, 25.0)), pair=pair)
    found = find_candidates(lattice_of(space, SCENARIO))

    assert (len(found.index), found.left_out) == (2, {NOT_ABOVE_TARGET: 2})
    plan = lattice_of(space, SCENARIO).plan(int(found.index[0]))
    assert plan.scale_in is None
    assert plan.family == "mixed"


def test_a_knob_that_both_parts_of_a_mixed_space_have_is_refused():
    pair = PairSpace(
        scale_out_threshold_percent=(30.0,), scale_out_adjustment=(1,), min_size=(1, 2)
    )
    with pytest.raises(ConfigurationError, match="min_size once in a mixed space"):
        MixedSpace(tracking=TrackingSpace(target_percent=(20.0,)), pair=pair)


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"scale_out_steps": StepKnobs(steps=(0,))}, "1 to 20 steps"),
        ({"scale_out_steps": StepKnobs(steps=(21,))}, "1 to 20 steps"),
        ({"scale_in_steps": StepKnobs(width_percent=(0.0,))}, "width above 0"),
        ({"scale_in_steps": StepKnobs(growth=(0,))}, "more than the one before"),
        ({"scale_out_steps": StepKnobs(steps=())}, "at least one value"),
        (
            {"scale_out_steps": StepKnobs(), "adjustment_type": "ExactCapacity"},
            "does not grow with the breach",
        ),
        ({"instance_warmup_seconds": (-60,), "scale_out_steps": StepKnobs()}, "at least 0"),
    ],
)
def test_steps_that_no_policy_could_have_are_refused(knobs, words):
    with pytest.raises(ConfigurationError, match=words):
        replace(CONF42, **knobs)


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"target_percent": ()}, "at least one value"),
        ({"target_percent": (0.0,)}, "above 0"),
        ({"target_percent": (np.inf,)}, "above 0"),
        ({"low_ratio": (0.0,)}, "a share above 0"),
        ({"low_ratio": (1.1,)}, "a share above 0"),
        ({"scale_in_limit": (0,)}, "at least 1"),
        ({"instance_warmup_seconds": (-1,)}, "at least 0"),
        ({"min_size": (-1,)}, "at least 0"),
    ],
)
def test_targets_that_no_policy_could_have_are_refused(knobs, words):
    with pytest.raises(ConfigurationError, match=words):
        replace(TrackingSpace(target_percent=(20.0,)), **knobs)


def test_target_tracking_needs_ticks_that_divide_a_minute_and_detailed_monitoring():
    space = TrackingSpace(target_percent=(20.0,))
    for scenario in (
        replace(SCENARIO, tick_seconds=45),
        replace(SCENARIO, group=replace(SCENARIO.group, monitoring="basic")),
    ):
        with pytest.raises(ConfigurationError, match="1 x target tracking with"):
            find_candidates(lattice_of(space, scenario))


def test_a_schedule_is_part_of_a_candidate():
    space = replace(CONF42, schedules=((), FLOOR))
    shapes = holds(20)
    result = search_exact(space, SCENARIO, shapes)
    lattice = lattice_of(space, SCENARIO)

    followed = result.parameters()["schedule"]
    assert sorted(set(followed.tolist())) == [0, 1]
    for c in (0, 1, 137):
        plan = lattice.plan(int(result.candidate[c]))
        assert plan.schedule == space.schedules[followed[c]]
        alone = simulate(pack_plans([plan], SCENARIO), SCENARIO, shapes)
        assert alone.host_minutes[0, 0] == result.host_minutes[c]
    assert len(set(result.host_minutes[:2].tolist())) == 2


def test_a_lower_threshold_is_not_needed():
    space = PairSpace(scale_out_threshold_percent=(20.0, 30.0), scale_out_adjustment=(1, 2))
    result = search_exact(space, SCENARIO, holds(20))

    assert result.n_candidates == 4
    assert result.plan(0).scale_in is None
    assert "scale_in_threshold_percent" not in result.columns()
    assert set(result.columns()) == set(result.units())


def test_shares_follow_the_upper_threshold_of_a_step_policy_too():
    space = replace(STEP, scale_in_threshold=(LowerThreshold.share(1, over=2),))

    assert lattice_of(space, SCENARIO).plan(0).scale_in.alarm.threshold_percent == 10.0
