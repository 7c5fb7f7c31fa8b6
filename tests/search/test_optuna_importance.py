"""Which knobs decide whether a candidate is among the best, by PED-ANOVA."""

from __future__ import annotations

import numpy as np
import pytest

from tests.search.engine_checks import case
from tests.search.made_up import line_space, made_up_result
from tuner.search.importance import parameter_importances


def test_the_knob_that_decides_is_the_most_important():
    thresholds, adjustments = np.arange(10.0, 30.0), tuple(range(1, 11))
    upper = np.repeat(thresholds, len(adjustments))
    space = line_space(thresholds, adjustments=adjustments)
    result = made_up_result(mean=upper, host_minutes=1.0, space=space)

    got = parameter_importances(result)

    assert list(got) == ["scale_out_threshold_percent", "scale_out_adjustment"]
    assert sum(got.values()) == pytest.approx(1.0)
    assert got["scale_out_threshold_percent"] > 0.9


def test_what_keeps_a_candidate_feasible_is_important_too():
    thresholds, adjustments = np.arange(10.0, 30.0), tuple(range(1, 11))
    increments = np.tile(np.arange(1, 11), len(thresholds))
    peaks = np.where(increments == 3, 40.0, 60.0)[:, None]
    space = line_space(thresholds, adjustments=adjustments)
    result = made_up_result(mean=np.full(200, 20.0), host_minutes=1.0, peaks=peaks, space=space)

    assert next(iter(parameter_importances(result))) == "scale_out_adjustment"


def test_importances_are_zero_where_nothing_tells_candidates_apart_and_none_of_a_single_point():
    equal = made_up_result(mean=[20, 20, 20], host_minutes=1.0)
    single = made_up_result(mean=[20], host_minutes=1.0)

    assert parameter_importances(equal) == {"scale_out_threshold_percent": 0.0}
    assert parameter_importances(single) == {}


def test_importances_of_a_real_space_name_its_dimensions():
    known = case("robust")

    got = parameter_importances(known.truth, seed=2)

    assert set(got) == {name for name, size in known.lattice.space.sizes().items() if size > 1}
    assert list(got.values()) == sorted(got.values(), reverse=True)
