"""Calibration finds the delays that days were made with, or says that they do not tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.deployment.test_verify import of_trace
from tests.measure.production_day import (
    day_activities,
    day_history,
    deployed_plan,
    deployed_scenario,
)
from tuner.cli.verify_words import calibration_words
from tuner.deployment.calibrate import calibrate, delays_of, grid_of, margin_of
from tuner.deployment.calibrate_record import Delays, RecordedDay
from tuner.deployment.observed import observed_changes
from tuner.errors import LoadTestError
from tuner.policy import ScalingPlan
from tuner.scenario import Metric

GRID = [Delays(60 * k, 0, 60 * d) for k in (0, 1, 2, 3, 4, 6, 15) for d in (0, 1, 2)]


def recorded(history, plan, activities=()):
    return RecordedDay(history=history, changes=observed_changes(history, activities), plan=plan)


@pytest.fixture(scope="module")
def day():
    return recorded(day_history(), deployed_plan(), day_activities())


def of(calibration, name):
    return next(each for each in calibration.proposals if each.name == name)


@pytest.mark.parametrize("launch_seconds", [0, 900])
def test_the_day_recovers_launches_of_180_s(day, launch_seconds):
    got = calibrate([day], deployed_scenario(launch_seconds=launch_seconds), grid=GRID)

    assert got.decides
    assert got.best == Delays(180, 0, 60)
    assert got.best_error_percent < 0.6 * got.present_error_percent or launch_seconds == 0
    assert of(got, "launch_seconds").least >= 120
    assert of(got, "launch_seconds").most <= 360


def test_the_delays_that_the_day_was_made_with_stay(day):
    got = calibrate([day], deployed_scenario(), grid=GRID)

    assert not got.decides
    assert got.best == got.present == Delays(180, 0, 60)
    assert got.best_error_percent == got.present_error_percent


@pytest.mark.parametrize(("launch", "delay"), [(120, 60), (300, 180), (420, 0)])
def test_the_simulators_own_days_give_back_their_delays(launch, delay):
    plan = deployed_plan()
    truth = replace(
        deployed_scenario(launch_seconds=launch), metric=Metric(metric_delay_seconds=delay)
    )
    days = [recorded(of_trace(plan, truth, seed=seed), plan) for seed in range(3)]
    grid = [Delays(60 * k, 0, 60 * d) for k in range(9) for d in range(4)]
    got = calibrate(days, deployed_scenario(launch_seconds=900), grid=grid)

    assert got.decides
    assert got.best == Delays(launch, 0, delay), "seeds 0 to 2"
    assert got.best_error_percent == 0.0


def test_a_day_without_a_change_decides_nothing():
    plan = ScalingPlan()
    scenario = deployed_scenario(launch_seconds=300)
    got = calibrate([recorded(of_trace(plan, scenario), plan)], scenario, grid=GRID)

    assert not got.decides
    assert got.best == got.present
    assert of(got, "launch_seconds").is_open
    assert of(got, "metric_delay_seconds").is_open


def test_a_delay_that_changes_nothing_keeps_its_present_value():
    plan = deployed_plan()
    truth = deployed_scenario(launch_seconds=120)
    present = deployed_scenario(launch_seconds=600, ready_seconds=60)
    grid = [Delays(120, ready, 60) for ready in (0, 60, 120)]
    days = [recorded(of_trace(plan, truth, seed=seed), plan) for seed in range(3)]
    got = calibrate(days, present, grid=grid)

    assert got.best == Delays(120, 60, 60), "seeds 0 to 2"


def test_one_or_two_hours_that_differ_do_not_decide():
    plan = deployed_plan()
    day = recorded(of_trace(plan, deployed_scenario(launch_seconds=120)), plan)
    got = calibrate([day], deployed_scenario(launch_seconds=180), grid=GRID)

    assert got.best_error_percent > 0.0
    assert not got.decides


def test_a_calibration_is_said_in_words_with_the_lines_to_paste(day):
    scenario = deployed_scenario(launch_seconds=900)
    got = calibrate([day], scenario, grid=GRID)
    margin = margin_of([day], got.best.scenario(scenario))
    blocks = list(calibration_words(got, margin))
    said = [block for block in blocks if isinstance(block, str)]
    kept = list(calibration_words(calibrate([day], deployed_scenario(), grid=GRID), None))

    assert "Other delays are better" in said[1]
    assert {"[group]", "launch_seconds = 180"} <= set(said)
    assert any(line.startswith("margin_percent = 2.2 ") for line in said)
    assert "keep them" in str(kept[1])
    assert "the days do not tell it" in str(blocks)


def test_the_same_days_and_seed_give_the_same_answer(day):
    one, other = (calibrate([day], deployed_scenario(), grid=GRID, seed=3) for _ in range(2))

    assert one.proposals == other.proposals


def test_the_grid_holds_the_present_delays_and_progress_hears_of_every_run(day):
    scenario = deployed_scenario(launch_seconds=77)
    told = []
    calibrate([day], scenario, grid=GRID[:2], progress=told.append)

    assert delays_of(scenario) in grid_of(scenario)
    assert len(grid_of(scenario)) == 16 * 5 * 4 + 1
    assert told == [1440] * 3


def test_without_a_day_there_is_nothing_to_calibrate():
    with pytest.raises(LoadTestError, match="at least one verification"):
        calibrate([], deployed_scenario())


def test_the_margin_is_how_far_the_observed_peak_was_above_the_predicted_one(day):
    got = margin_of([day], deployed_scenario())
    history = day_history()

    assert got.count == 1
    assert got.is_thin
    assert got.margin_percent == pytest.approx(2.2)
    assert got.largest_percent == pytest.approx(np.nanmax(history.cpu_percent) - 31.991, abs=0.01)


def test_a_peak_that_was_predicted_too_high_asks_for_no_margin():
    plan, truth = deployed_plan(), deployed_scenario(launch_seconds=60)
    got = margin_of([recorded(of_trace(plan, truth), plan)], deployed_scenario(launch_seconds=900))

    assert got.margin_percent == 0.0
    assert margin_of([], truth) is None


def test_a_margin_is_one_of_the_errors_rounded_up():
    plan, truth = deployed_plan(), deployed_scenario()
    whole = of_trace(plan, truth)
    days = []
    for above in range(40):
        cpu = np.array(whole.cpu_percent)
        cpu[int(np.argmax(cpu))] += 0.25 * above
        days.append(recorded(replace(whole, cpu_percent=cpu), plan))
    got = margin_of(days, truth)

    assert got.count == 40
    assert not got.is_thin
    assert got.margin_percent == pytest.approx(9.5)
    assert got.largest_percent == pytest.approx(9.75)
