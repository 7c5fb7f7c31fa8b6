"""Which scenarios and policies lanes take, at the edge of each bound."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from kernels.lane_fit import WORD, setting_fits, side_fits
from kernels.lane_rules import MOST_HUNDREDTHS
from kernels.layout import (
    CHANGE_IN_CAPACITY,
    EXACT_CAPACITY,
    PERCENT_CHANGE_IN_CAPACITY,
    SCALE_OUT,
)
from tests.kernels.test_lanes import BASE, plan_of, random_shapes
from tuner.host import HostModel
from tuner.scenario import Group, Metric
from tuner.simulation.arrays import pack_load, pack_plans, pack_setting

TABLE = HostModel(table=((0.0, 1.0), (50_000.0, 60.0)))


def delayed(ticks: int):
    return replace(BASE, metric=Metric(metric_delay_seconds=60 * ticks))


@pytest.mark.parametrize(
    ("scenario", "fits"),
    [
        (BASE, True),
        (replace(BASE, host=TABLE), False),
        (replace(BASE, group=Group(monitoring="basic")), False),
        (delayed(WORD - 1), True),
        (delayed(WORD), False),
    ],
    ids=["fits", "a table", "basic monitoring", "a delay within a word", "one beyond"],
)
def test_a_scenario_is_one_for_lanes(scenario, fits):
    policies = pack_plans([plan_of()], scenario)
    load = pack_load(random_shapes(random.Random(1)), scenario, policies.actions)

    assert fits == setting_fits(pack_setting(scenario), load)


@pytest.mark.parametrize("n_drawn", [1, 5])
def test_launches_that_take_different_times_are_none_for_lanes(n_drawn):
    load = pack_load(random_shapes(random.Random(1)), BASE, pack_plans([plan_of()], BASE).actions)
    drawn = load._replace(launch_ticks=np.ones(n_drawn, dtype=np.int64))

    assert not setting_fits(pack_setting(BASE), drawn)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("kind", "beyond", "fits"),
    [
        (PERCENT_CHANGE_IN_CAPACITY, 0, True),
        (PERCENT_CHANGE_IN_CAPACITY, 1, False),
        (CHANGE_IN_CAPACITY, 1, True),
        (EXACT_CAPACITY, 1, True),
    ],
)
def test_a_percent_adjustment_fits_up_to_what_is_rounded_surely(kind, beyond, fits, sign):
    most = MOST_HUNDREDTHS // BASE.group.max_size
    policies = pack_plans([plan_of()], BASE).policies
    of_kind = policies._replace(
        adjustment_type=np.full_like(policies.adjustment_type, kind),
        scaling_adjustment=np.full_like(policies.scaling_adjustment, sign * (most + beyond)),
    )

    assert fits == side_fits(of_kind, 0, SCALE_OUT, 1, pack_setting(BASE))
