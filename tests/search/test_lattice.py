from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from hypothesis import given, settings

from tests.search.packed import packed_both_ways
from tests.search.talk import CONF42, ROBUST, SCENARIO
from tests.search.test_candidates import spaces
from tuner.search.lattice import lattice_of


@settings(max_examples=60, deadline=None)
@given(space=spaces)
def test_columns_packed_for_the_kernel_equal_the_plans_packed_one_by_one(space):
    packed = packed_both_ways(space)
    if packed is None:
        return
    expected, got = packed

    rows = ("schedule_begin", "schedule_end")
    for name in set(expected.policies._fields) - set(rows):
        left, right = getattr(expected.policies, name), getattr(got.policies, name)
        assert left.dtype == right.dtype, name
        assert right.flags.c_contiguous, name
        np.testing.assert_array_equal(left, right, err_msg=name)


def test_the_last_dimension_runs_fastest():
    lattice = lattice_of(ROBUST, SCENARIO)
    columns = lattice.columns(np.array([0, 1, 2, 3, 60, 1679]))

    assert columns["scale_in_threshold_percent"].tolist() == [8.0, 4.0, 2.0, 8.0, 9.0, 11.0]
    assert columns["scale_out_adjustment"].tolist() == [1, 1, 1, 2, 1, 20]
    assert columns["scale_out_threshold_percent"].tolist() == [8.0, 8.0, 8.0, 8.0, 9.0, 35.0]


def test_a_plan_says_every_knob_in_awss_words():
    space = replace(
        CONF42,
        datapoints_to_alarm=(3,),
        scale_in_period_seconds=(300,),
        scale_in_adjustment=(-2,),
        min_size=(2,),
        scale_out_comparison_operator="GreaterThanOrEqualToThreshold",
        treat_missing_data="breaching",
    )
    plan = lattice_of(space, SCENARIO).plan(41)
    out, inward = plan.scale_out, plan.scale_in

    assert out is not None
    assert inward is not None
    assert (out.alarm.threshold_percent, out.policy.scaling_adjustment) == (15.0, 2)
    assert out.alarm.comparison_operator == "GreaterThanOrEqualToThreshold"
    assert (out.alarm.evaluation_periods, out.alarm.datapoints_to_alarm) == (5, 3)
    assert (inward.alarm.period_seconds, inward.alarm.evaluation_periods) == (300, 5)
    assert inward.alarm.datapoints_to_alarm == 5
    assert inward.alarm.comparison_operator == "LessThanThreshold"
    assert inward.alarm.treat_missing_data == "breaching"
    assert (inward.policy.scaling_adjustment, inward.policy.cooldown_seconds) == (-2, 180)
    assert plan.min_size == 2


def test_scale_in_takes_scale_outs_m_only_with_its_whole_window():
    shared = lattice_of(replace(CONF42, datapoints_to_alarm=(3,)), SCENARIO).plan(0)
    own = replace(CONF42, datapoints_to_alarm=(3,), scale_in_evaluation_periods=(4,))
    given_n = lattice_of(own, SCENARIO).plan(0)

    expected = [3, 4]
    got = [plan.scale_in.alarm.datapoints_to_alarm for plan in (shared, given_n)]

    assert expected == got


def test_without_a_minimum_in_the_space_plans_take_the_scenarios():
    lattice = lattice_of(CONF42, SCENARIO)

    assert lattice.plan(0).min_size is None
    assert lattice.columns(np.array([0]))["min_size"].tolist() == [SCENARIO.group.min_size]


def test_every_parameter_has_a_unit_and_nothing_has_the_size_of_the_lattice():
    lattice = lattice_of(ROBUST, SCENARIO)

    assert set(lattice.space.parameters) <= set(lattice.tables)
    assert max(table.size for table in lattice.tables.values()) == 28 * 3
    assert {field.name for field in fields(lattice)} == {"space", "scenario", "sizes", "tables"}
