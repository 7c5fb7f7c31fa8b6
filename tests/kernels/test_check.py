"""Each number that refuses a candidate, alone and at its edge."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import status
from kernels.check import check_side, check_warming
from kernels.plans import plan_of as kernel_plan_of
from kernels.plans import warming_plan_of
from tests.kernels.test_lanes import BASE, plan_of
from tests.kernels.test_warming_lanes import FITS
from tuner.policy import ScalingPlan, TargetTracking
from tuner.simulation.arrays import pack_plans

TRACKING = pack_plans(
    [ScalingPlan(scale_out=FITS.scale_out, target_tracking=TargetTracking(target_value=40.0))], BASE
)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, status.DONE),
        ({"warmup_ticks": np.array([0, 0])}, status.DONE),
        ({"warmup_ticks": np.array([-1, 5])}, status.NEGATIVE_NUMBER),
        ({"warmup_ticks": np.array([5, -1])}, status.NEGATIVE_NUMBER),
        ({"minute_ticks": 1}, status.DONE),
        ({"minute_ticks": 0}, status.PERIOD_NOT_WHOLE_TICKS),
        ({"target_value": 0.5}, status.DONE),
        ({"target_value": 0.0}, status.TARGET_NOT_ABOVE_ZERO),
        ({"target_value": float("nan")}, status.TARGET_NOT_ABOVE_ZERO),
        ({"tracking_warmup_ticks": 0, "scale_in_limit": 0, "low_ratio": 0.0}, status.DONE),
        ({"tracking_warmup_ticks": -1}, status.NEGATIVE_NUMBER),
        ({"scale_in_limit": -1}, status.NEGATIVE_NUMBER),
        ({"low_ratio": -0.1}, status.NEGATIVE_NUMBER),
    ],
)
def test_a_step_or_tracking_policy_is_refused_for_each_number_alone(changed, expected):
    plan = warming_plan_of(TRACKING.warming, 0, 1)._replace(**changed)

    assert expected == check_warming(plan, 0)


def test_basic_monitoring_refuses_target_tracking_alone():
    tracking = warming_plan_of(TRACKING.warming, 0, 1)

    assert check_warming(tracking, 1) == status.TRACKING_UNDER_BASIC_MONITORING
    assert check_warming(tracking._replace(has_tracking=False), 1) == status.DONE


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, status.DONE),
        ({"period_ticks": 0}, status.PERIOD_NOT_WHOLE_TICKS),
        ({"datapoints_to_alarm": 0}, status.DATAPOINTS_OUTSIDE_PERIODS),
        ({"datapoints_to_alarm": 4, "evaluation_periods": 4}, status.DONE),
        ({"datapoints_to_alarm": 5, "evaluation_periods": 4}, status.DATAPOINTS_OUTSIDE_PERIODS),
        ({"extra_blocks": -1}, status.NEGATIVE_NUMBER),
        ({"min_adjustment_magnitude": -1}, status.NEGATIVE_NUMBER),
        ({"cooldown_ticks": -1}, status.NEGATIVE_NUMBER),
        ({"extra_blocks": 0, "min_adjustment_magnitude": 0, "cooldown_ticks": 0}, status.DONE),
        ({"comparison": -1}, status.UNKNOWN_CODE),
        ({"comparison": 3}, status.DONE),
        ({"comparison": 4}, status.UNKNOWN_CODE),
        ({"treat_missing_data": -1}, status.UNKNOWN_CODE),
        ({"treat_missing_data": 3}, status.DONE),
        ({"treat_missing_data": 4}, status.UNKNOWN_CODE),
        ({"adjustment_type": -1}, status.UNKNOWN_CODE),
        ({"adjustment_type": 2}, status.DONE),
        ({"adjustment_type": 3}, status.UNKNOWN_CODE),
        ({"present": False, "period_ticks": 0}, status.DONE),
    ],
)
def test_an_alarm_and_its_policy_are_refused_for_each_number_alone(changed, expected):
    side = kernel_plan_of(pack_plans([plan_of()], BASE).policies, 0).out._replace(**changed)

    assert expected == check_side(side, 0)


@pytest.mark.parametrize(("basic_ticks", "is_refused"), [(0, False), (1, False), (2, True)])
def test_a_period_must_not_be_shorter_than_that_of_basic_monitoring(basic_ticks, is_refused):
    side = kernel_plan_of(pack_plans([plan_of()], BASE).policies, 0).out

    assert is_refused == (check_side(side, basic_ticks) == status.PERIOD_UNDER_BASIC_MONITORING)
