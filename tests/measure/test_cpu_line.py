"""The CPU line: real load tests, known truths, independent libraries, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as statsmodels

from tests.measure.files import measured
from tests.measure.generated import load_test
from tuner.errors import FitError
from tuner.measure import fit_cpu_line, measure_host, read_locust
from tuner.measure.linearity import huber_fit

# The accepted ranges were computed with pandas, SciPy and statsmodels from the same files.
ACCEPTED = {
    "cpu": {"slope": (5.3, 6.2), "intercept": (-1, 5), "saturation": (16.0, 17.9)},
    "cpuio": {"slope": (3.25, 3.5), "intercept": (0, 5), "saturation": (28.0, 29.9)},
}


def real(case, column="server_cpu_pct"):
    history = measured(case, "locust_stats_history")
    return read_locust(history, measured(case, "server_cpu_1s"), cpu_column=column)


def talk_host(seed, *, n=240):
    """Draw 40,000 rpm at 30 %, linear, latency breaking at 50 %."""
    generator = np.random.default_rng(seed)
    rpm = generator.uniform(2_000, 110_000, n)
    cpu = np.clip(0.00075 * rpm + generator.normal(0, 0.6, n), 0, 100)
    latency = (60 + 5 * np.maximum(0.00075 * rpm - 50, 0)) * np.exp(generator.normal(0, 0.08, n))
    return load_test(cpu=cpu, latency=latency, rpm=rpm)


@pytest.mark.parametrize("case", ACCEPTED)
@pytest.mark.parametrize("below_the_cliff", [True, False])
def test_a_real_load_test_gives_the_accepted_figures(case, below_the_cliff):
    test = real(case)
    line = measure_host(test).line if below_the_cliff else fit_cpu_line(test)
    wanted = ACCEPTED[case]

    assert wanted["slope"][0] <= 1000 * line.slope_percent_per_rpm <= wanted["slope"][1]
    assert wanted["intercept"][0] <= line.intercept_percent <= wanted["intercept"][1]
    assert wanted["saturation"][0] <= line.saturation_rpm / 1000 <= wanted["saturation"][1]
    assert line.linear
    assert line.linearity.startswith("Linear")
    assert line.r_squared > 0.98


@pytest.mark.parametrize("case", ACCEPTED)
def test_cpu_of_the_core_is_refused_with_the_figures(case):
    with pytest.raises(FitError, match=r"R² -?0\.\d\d, residuals of .* points, slope"):
        measure_host(real(case, column="core0_busy_pct"))


@pytest.mark.parametrize("seed", range(5))
def test_the_host_of_the_talk_is_recovered(seed):
    fit = measure_host(talk_host(seed))
    print(f"seed {seed}: {fit.cliff.sentence}")
    low, high = fit.line.slope_interval_percent_per_rpm

    assert fit.line.linear
    assert fit.line.slope_percent_per_rpm == pytest.approx(0.00075, rel=0.02)
    assert low < 0.00076 and high > 0.00074
    assert abs(fit.line.intercept_percent) < 0.5
    assert float(fit.host.cpu_percent(40_000.0)) == pytest.approx(30.0, abs=0.5)
    assert fit.cliff.estimate_percent == pytest.approx(50.0, abs=1.5)
    assert 47.0 <= fit.cliff.cliff_percent <= fit.cliff.estimate_percent
    assert fit.host.measured_up_to_rpm <= 110_000


def test_capacity_is_the_smaller_of_the_line_and_what_was_served_well():
    host = {case: measure_host(real(case)).host for case in ACCEPTED}

    assert 16_000 < host["cpu"].saturation_rpm < 17_900
    assert 28_000 < host["cpuio"].saturation_rpm < 28_900
    assert measure_host(talk_host(0)).host.saturation_rpm == pytest.approx(133_333, rel=0.02)


def test_outliers_move_the_line_little():
    generator = np.random.default_rng(3)
    rpm = generator.uniform(1_000, 50_000, 300)
    cpu = 2 + 0.0015 * rpm + generator.normal(0, 0.5, 300)
    cpu[generator.random(300) < 0.05] = 95.0
    line = fit_cpu_line(load_test(cpu=cpu, latency=np.full(300, 20.0), rpm=rpm))

    assert line.slope_percent_per_rpm == pytest.approx(0.0015, rel=0.02)
    assert any("far off the fit" in words for words in line.warnings)


@pytest.mark.parametrize("seed", range(3))
def test_a_bent_line_is_called_so_and_a_rising_table_takes_its_place(seed):
    generator = np.random.default_rng(seed)
    rpm = generator.uniform(1_000, 50_000, 200)
    truth = 3 + 0.0006 * rpm + 0.0018 * np.maximum(rpm - 30_000, 0)
    cpu = truth + generator.normal(0, 0.8, 200)
    fit = measure_host(load_test(cpu=cpu, latency=np.full(200, 20.0), rpm=rpm))
    knots = np.array(fit.line.table)

    assert not fit.line.linear
    assert fit.line.linearity.startswith("Not linear")
    assert fit.host.table == fit.line.table
    assert np.all(np.diff(knots[:, 0]) > 0) and np.all(np.diff(knots[:, 1]) >= 0)
    assert np.max(np.abs(fit.host.unclipped_percent(rpm) - truth)) < 3.0
    assert fit.line.held_out_rmse_percent < 1.5


def test_straight_lines_are_rarely_called_bent():
    seed, bent = 20261124, 0
    generator = np.random.default_rng(seed)
    for _ in range(200):
        rpm = generator.uniform(1_000, 50_000, 100)
        cpu = 3 + 0.0015 * rpm + generator.normal(0, 4.0, 100)
        bent += not fit_cpu_line(load_test(cpu=cpu, latency=cpu, rpm=rpm)).linear
    print(f"seed {seed}: {bent} of 200 straight lines called bent")

    assert bent <= 8


def test_the_slopes_interval_covers_the_truth():
    seed, covered = 20261124, 0
    generator = np.random.default_rng(seed)
    for _ in range(300):
        rpm = generator.uniform(1_000, 50_000, 60)
        cpu = 3 + 0.0015 * rpm + generator.normal(0, 2.0, 60)
        line = fit_cpu_line(load_test(cpu=cpu, latency=cpu, rpm=rpm))
        low, high = line.slope_interval_percent_per_rpm
        covered += low <= 0.0015 <= high
    print(f"seed {seed}: slope covered in {covered} of 300")

    assert 270 <= covered <= 299


def test_the_robust_fit_agrees_with_statsmodels():
    generator = np.random.default_rng(5)
    x = generator.uniform(0, 50, 150)
    y = 3 + 1.4 * x + generator.standard_t(2, 150)
    design = statsmodels.add_constant(x)
    oracle = statsmodels.RLM(y, design, M=statsmodels.robust.norms.HuberT(1.345)).fit(
        scale_est=statsmodels.robust.scale.mad, tol=1e-10, maxiter=200
    )
    expected = np.asarray(oracle.params)
    got, _ = huber_fit(design, y)

    assert expected == pytest.approx(got, abs=0.02)


def test_too_few_windows_or_one_load_are_refused():
    one_load = load_test(cpu=np.full(20, 30.0), latency=np.full(20, 9.0), rpm=np.full(20, 1e4))
    with pytest.raises(FitError, match="at 1 loads"):
        fit_cpu_line(one_load)
