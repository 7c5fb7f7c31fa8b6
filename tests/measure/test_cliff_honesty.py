"""Promise R19: the break finder is honest, on generated tests with a known truth."""

from __future__ import annotations

import numpy as np
import pytest

from tests.measure.generated import drift, knee, load_test, noisy, queue
from tuner.measure import find_cliff

SEED = 20261124
SMOOTH = ("M/M/1", "M/D/1", "M/G/1 heavy", "M/M/2", "M/M/4")
DRIFTS = ("none", "rising", "falling", "wandering", "swinging", "jumping")


def check_knees(*, sets: int, points: int, largest_rmse: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    errors, covered = [], []
    for _ in range(sets):
        truth, test = knee(generator, points)
        cliff = find_cliff(test)
        if cliff.estimate_percent is None:
            continue
        low, high = cliff.interval_percent
        errors.append(cliff.estimate_percent - truth)
        covered.append(low <= truth <= high)
    rmse, coverage = np.sqrt(np.mean(np.square(errors))), np.mean(covered)
    print(
        f"seed {seed}: {points} points, {len(errors)} of {sets} found, RMSE {rmse:.3f}, "
        f"coverage {coverage:.3f}"
    )

    assert len(errors) >= 0.97 * sets
    assert rmse <= largest_rmse
    assert 0.90 <= coverage <= 0.99


def check_no_break(*, sets: int, points: int, kind: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    found = 0
    for _ in range(sets):
        cpu = 100 * generator.beta(2, 2, points)
        latency = noisy(generator, 50 * drift(generator, points, kind))
        found += find_cliff(load_test(cpu=cpu, latency=latency)).cliff_percent is not None
    print(f"seed {seed}: {points} points, drift {kind}: {found} of {sets} reported")

    assert found <= 0.08 * sets


def check_smooth(*, sets: int, points: int, kind: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    outside, answers = 0, 0
    for _ in range(sets):
        utilization = 0.95 * generator.beta(2, 2, points)
        base = generator.choice([10.0, 50.0, 200.0])
        latency = noisy(generator, base * queue(kind, utilization))
        cliff = find_cliff(load_test(cpu=100 * utilization, latency=latency))
        if cliff.estimate_percent is None:
            continue
        answers += 1
        times_base = queue(kind, np.array([cliff.cliff_percent, cliff.estimate_percent]) / 100)
        outside += bool(np.any((times_base < 1.3) | (times_base > 3.0)))
    print(f"seed {seed}: {kind}, {points} points: {answers} answers of {sets}, {outside} outside")

    assert outside <= 0.08 * sets


@pytest.mark.slow
@pytest.mark.parametrize(("points", "largest_rmse"), [(200, 0.7), (1440, 0.4)])
def test_the_break_is_found_where_it_is_and_the_interval_holds_it(points, largest_rmse):
    check_knees(sets=500, points=points, largest_rmse=largest_rmse, seed=SEED)


@pytest.mark.slow
@pytest.mark.parametrize("points", [200, 1440])
@pytest.mark.parametrize("kind", DRIFTS)
def test_no_break_is_reported_where_there_is_none(kind, points):
    check_no_break(sets=300, points=points, kind=kind, seed=SEED)


@pytest.mark.slow
@pytest.mark.parametrize("points", [200, 1440])
@pytest.mark.parametrize("kind", SMOOTH)
def test_a_smooth_queueing_curve_breaks_where_it_is_1_3_to_3_times_its_base(kind, points):
    check_smooth(sets=100, points=points, kind=kind, seed=SEED)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [SEED + 1, SEED + 2])
@pytest.mark.parametrize(("points", "largest_rmse"), [(200, 0.7), (1440, 0.4)])
def test_two_thousand_breaks_are_found_where_they_are(points, largest_rmse, seed):
    check_knees(sets=2000, points=points, largest_rmse=largest_rmse, seed=seed)


@pytest.mark.nightly
@pytest.mark.parametrize("points", [200, 1440])
@pytest.mark.parametrize("kind", DRIFTS)
def test_in_two_thousand_tests_without_a_break_few_are_reported(kind, points):
    check_no_break(sets=2000, points=points, kind=kind, seed=SEED + 1)


@pytest.mark.nightly
@pytest.mark.parametrize("points", [200, 1440])
@pytest.mark.parametrize("kind", SMOOTH)
def test_two_thousand_smooth_curves_break_within_reach_of_their_base(kind, points):
    check_smooth(sets=2000, points=points, kind=kind, seed=SEED + 1)
