"""What must notice a mistake: runs held against the reference, and the tests of apply.

Lanes run here as plain Python too, though the product takes them only where they are compiled.
"""

from __future__ import annotations

import contextlib
import io
import random
import warnings
from functools import cache, partial

import pytest

from kernels import batch as drivers
from tests.deployment.test_guard_rails import (
    test_no_write_of_any_random_plan_is_outside_of_the_guard_rails as check_random_plans,
)
from tests.kernels import test_lanes, test_warming_lanes
from tests.kernels.batches import differing
from tests.kernels.mixed import mixed_batch
from tests.kernels.test_drawn_launches import with_launches
from tests.kernels.test_warming_lanes import BLOCKS
from tests.parity import differences, expected_of, run_case
from tests.reference.random_runs import FAMILIES, random_case
from tests.reference.simulate import simulate as simulate_by_reference
from tuner.scenario import Scenario
from tuner.simulation.arrays import PolicyArrays, pack_plans
from tuner.simulation.outcomes import Outcomes
from tuner.simulation.run import simulate
from tuner.traffic.shapes import Shape, TrafficShapes

Known = tuple[tuple[PolicyArrays, Scenario, TrafficShapes], Outcomes]

SEED = 20_261_201
RUNS = 80
"""Random runs of each family."""
LONGEST = 70
"""Ticks of a shape on which lanes run: as plain Python they are slow."""
RANDOM_PLANS = 1_500
KERNEL_TESTS = (
    "tests/kernels/test_check.py",
    "tests/kernels/test_worked_alarms.py",
    "tests/kernels/test_worked_examples.py",
    "tests/kernels/test_step_names.py",
    "tests/kernels/test_lanes.py::test_one_comparison_stands_for_all_four_operators",
    "tests/simulation/test_explain.py::test_every_activity_is_told_with_the_capacity_that_it_changed",
    "tests/simulation/test_run.py",
)
LANES_TESTS = (
    "tests/kernels/test_lane_fit.py",
    "tests/kernels/test_lanes.py::test_what_boots_drains_pools_or_takes_percentages_is_not_bare",
    "tests/kernels/test_warming_lanes.py::test_the_step_of_a_lane_is_the_one_that_holds_the_difference",
    "tests/kernels/test_warming_lanes.py::test_the_low_threshold_of_a_lane_is_the_rules",
    "tests/kernels/test_lanes.py::test_one_comparison_stands_for_all_four_operators",
    "tests/kernels/test_lanes.py::test_a_percent_adjustment_in_floats_is_the_one_in_integers",
)
RAILS_TESTS = (
    "tests/deployment/test_guard_rails.py",
    "tests/deployment/test_guard_rails_moves.py",
    "tests/deployment/test_guard_table.py",
)
APPLY_TESTS = (
    "tests/deployment/test_apply_ends.py",
    "tests/deployment/test_apply.py",
    "tests/deployment/test_apply_undo.py",
)
LEFT_OUT = "not random_plan and not is_killed and not undo_is_cut_off and not progress_adds_up"
"""Tests that are large, or whose child processes would not have the mistake."""


def rules_differ() -> bool:
    """Tell whether runs are no longer as the reference has them, or a test of the kernels fails."""
    return _runs_differ() or _differ(known_batches()) or _fails(*KERNEL_TESTS)


def batches_differ() -> bool:
    """Tell whether a mistake in what chooses between lanes and runs is noticed by either."""
    return _differ(known_batches()) or lanes_differ() or rules_differ()


def lanes_differ() -> bool:
    """Tell whether lanes no longer give what the one-run loop gave without the mistake."""
    drivers.IS_COMPILED = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whole numbers of 64 bits wrap around, as they should
            return _fit_wrongly() or _differ(known_lanes()) or _fails(*LANES_TESTS)
    finally:
        drivers.IS_COMPILED = False


def rails_differ() -> bool:
    """Tell whether a test of the guard rails fails."""
    return _fails(*RAILS_TESTS) or _random_plans_fail()


def apply_differs() -> bool:
    """Tell whether a test of apply and undo fails."""
    return _fails(*RAILS_TESTS, *APPLY_TESTS)


@cache
def known_runs() -> list[tuple[dict, dict]]:
    """Give random runs of every family with what the reference says."""
    generator = random.Random(SEED)
    cases = [random_case(generator, families=(family,)) for family in FAMILIES * RUNS]
    return [
        (case, expected_of(simulate_by_reference(case["scenario"], case["plan"], case["rpm"])))
        for case in cases
    ]


@cache
def known_batches() -> list[Known]:
    """Give batches on several shapes, with launches alike or drawn, and what is right of each."""
    drawn = [mixed_batch(seed, n_candidates=n) for seed, n in ((11, 5), (12, 8), (13, 70))]
    return [
        _known(pack_plans(plans, each), each, TrafficShapes.of(shapes))
        for number, (plans, scenario, shapes) in enumerate(drawn)
        for each in (scenario, with_launches(scenario, random.Random(number)))
    ]


@cache
def known_lanes() -> list[Known]:
    """Give batches that fit lanes with what the loop of one run says about them."""
    batches = [test_lanes.fitting_batch(seed, 16) for seed in range(6)]
    batches += [test_lanes.bare_batch(seed, 16) for seed in range(3)]
    for seed, block in enumerate((*BLOCKS, *BLOCKS)):
        batches.append(test_warming_lanes.fitting_batch(seed, block, 16))
    batches.append(test_warming_lanes.fitting_batch(3, "tracking, simple pair"))  # some need ages
    return [
        _known(policies, scenario, _short(shapes, 1 + number % 3))
        for number, (policies, scenario, shapes) in enumerate(batches)
    ]


def _short(shapes: TrafficShapes, stride: int) -> TrafficShapes:
    """Give the first ticks of the longest shape, or each second or third of them."""
    rpm = shapes.rpm_of(len(shapes) - 1)[::stride][:LONGEST]
    return TrafficShapes.of([Shape(name="short", rpm=rpm)])


def _known(policies: PolicyArrays, scenario: Scenario, shapes: TrafficShapes) -> Known:
    """Give a batch with what the loop of one run says about it."""
    return (policies, scenario, shapes), test_lanes.one_by_one(policies, scenario, shapes)


def _runs_differ() -> bool:
    """Run the known runs until one differs."""
    known = known_runs()
    return any(differences(expected, run_case(case), case["plan"]) for case, expected in known)


def _fit_wrongly() -> bool:
    """Tell whether what fits lanes, and what does not, is no longer judged as in their tests."""
    shapes = test_lanes.random_shapes(random.Random(SEED))
    for module in (test_lanes, test_warming_lanes):
        test = module.test_what_does_not_fit_takes_the_one_run_loop_and_gives_the_same
        for plan, scenario, fits in test.pytestmark[0].args[1]:
            policies = pack_plans([module.FITS, plan], scenario)
            if module.shares_that_fit(policies, scenario, shapes) != fits:
                return True
    return False


def _differ(known: list[Known]) -> bool:
    """Run batches until one differs."""
    drivers_of_a_batch = partial(simulate, threads=1), test_lanes.one_by_one
    return any(
        differing(expected, run(*batch)) for batch, expected in known for run in drivers_of_a_batch
    )


def _random_plans_fail() -> bool:
    """Run some of the random plans of R15."""
    with contextlib.redirect_stdout(io.StringIO()):
        check_random_plans(RANDOM_PLANS)
    return False


def _fails(*paths: str) -> bool:
    """Run tests in this process until one fails."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-k", LEFT_OUT, *paths]) != 0
