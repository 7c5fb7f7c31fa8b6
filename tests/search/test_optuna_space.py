"""The lattice as Optuna's parameters, and back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.search.lattices import world_cup
from tests.search.talk import CONF42, ROBUST, SCENARIO
from tuner.search.lattice import lattice_of
from tuner.search.optuna_space import coding_of
from tuner.search.values import LowerThreshold, value_range

FLAT = replace(CONF42, scale_out_adjustment=(1,))


def test_real_names_and_units_stand_where_values_are_evenly_spaced():
    got = coding_of(world_cup()[0]).distributions

    assert str(got["scale_out_threshold_percent"]).endswith(
        "(high=50.0, log=False, low=16.0, step=2.0)"
    )
    assert got["cooldown_seconds"] == optuna.distributions.IntDistribution(60, 300, step=120)
    assert got["scale_in_adjustment"] == optuna.distributions.IntDistribution(-2, -1)


def test_positions_stand_for_values_that_are_not_evenly_spaced():
    lattice = world_cup()[0]

    got = coding_of(lattice)

    assert got.distributions["scale_out_adjustment_position"].high == 4
    assert "scale_out_adjustment" not in got.distributions


def test_rules_for_the_lower_threshold_are_categories_in_words():
    got = coding_of(lattice_of(ROBUST, SCENARIO)).distributions["scale_in_threshold"]

    expected = tuple(str(rule) for rule in ROBUST.scale_in_threshold)
    assert got.choices == expected


def test_plain_lower_thresholds_are_numbers_with_their_unit():
    rules = tuple(LowerThreshold.given(value) for value in (4.0, 6.0, 8.0))
    space = replace(FLAT, scale_in_threshold=rules)

    got = coding_of(lattice_of(space, SCENARIO)).distributions["scale_in_threshold_percent"]

    assert (got.low, got.high, got.step) == (4.0, 8.0, 2.0)


@pytest.mark.parametrize(
    "values",
    [(1, 2, 4, 8), (8, 1, 4), (3, 2, 1), (5, 5), (7, 7, 9), (2, 1, 2), tuple(range(1, 21))],
    ids=str,
)
def test_what_optuna_draws_decodes_to_the_first_position_of_its_value(values):
    lattice = lattice_of(replace(CONF42, scale_out_adjustment=values), SCENARIO)
    coding = coding_of(lattice)
    positions = lattice.positions(np.arange(lattice.space.n_lattice))

    got = coding.positions(coding.params(positions))

    first = np.array([values.index(value) for value in values])
    expected = positions.copy()
    expected[:, 1] = first[positions[:, 1]]
    np.testing.assert_array_equal(expected, got)


@settings(deadline=None, max_examples=25)
@given(
    first=st.decimals(1, 20, places=2), step=st.decimals("0.01", 3, places=2), n=st.integers(2, 40)
)
def test_decimal_steps_survive_optunas_own_rounding(first, step, n):
    thresholds = value_range(float(first), last=float(first + (n - 1) * step), step=float(step))
    lattice = lattice_of(replace(FLAT, scale_out_threshold_percent=thresholds), SCENARIO)
    coding = coding_of(lattice)
    (drawn,) = coding.distributions.values()
    sampled = [drawn.low + k * drawn.step for k in range(n)]

    got = coding.positions([{coding.knobs[0].name: value} for value in sampled])

    assert got[:, 0].tolist() == list(range(n))


def test_a_random_draw_of_every_parameter_is_a_point_of_the_lattice():
    lattice = world_cup()[0]
    coding = coding_of(lattice)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=3))
    drawn = [study.ask(coding.distributions).params for _ in range(50)]

    positions = coding.positions(drawn)

    assert coding.params(positions) == drawn
    assert (positions >= 0).all()
    assert (positions < lattice.active_sizes).all()


def test_a_space_of_one_point_has_no_parameters():
    one = replace(FLAT, scale_out_threshold_percent=(20.0,))

    coding = coding_of(lattice_of(one, SCENARIO))

    assert coding.distributions == {}
    assert coding.params(np.empty((2, 0), dtype=np.int64)) == [{}, {}]
    assert coding.positions([{}, {}]).shape == (2, 0)
