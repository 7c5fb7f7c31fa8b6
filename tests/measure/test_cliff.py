"""The cliff on real load tests, a live service, walls, humps and noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from tests.measure.files import measured
from tests.measure.generated import knee, load_test, noisy
from tuner.measure import find_cliff, measure_host, read_locust, read_table
from tuner.measure.two_segments import candidate_breaks, fit_two_segments, huber_loss

QOS = Path(__file__).parents[1] / "data" / "qos-muni" / "load_and_latency.csv"


@pytest.mark.parametrize(
    ("case", "estimate", "lower_end"), [("cpu", (50, 75), 38), ("cpuio", (75, 97.5), 57)]
)
@pytest.mark.parametrize("cpu_file", ["server_cpu_1s", "10s"])
@pytest.mark.parametrize("seed", range(4))
def test_a_real_load_test_breaks_in_the_accepted_range(case, estimate, lower_end, cpu_file, seed):
    history, cpu = measured(case, "locust_stats_history"), measured(case, cpu_file)
    cliff = find_cliff(read_locust(history, cpu, cpu_column="server_cpu_pct"), seed=seed)
    print(cliff.sentence)

    assert estimate[0] <= cliff.estimate_percent <= estimate[1]
    assert lower_end <= cliff.cliff_percent < cliff.estimate_percent
    assert cliff.cliff_percent == cliff.interval_percent[0]
    assert cliff.detected_along == "cpu"
    assert any("only rose" in words for words in cliff.warnings)


def test_a_live_service_that_never_nears_saturation_has_no_break():
    fit = measure_host(read_table(QOS))

    assert fit.cliff.cliff_percent is None and fit.cliff.cliff_rpm is None
    assert fit.cliff.sentence.startswith("No break found up to 174 rpm per instance")
    assert fit.cliff.detected_along == "load"
    assert fit.line is None and fit.host is None


def test_the_fit_is_the_best_that_a_general_minimizer_finds():
    seed = 20261124
    generator = np.random.default_rng(seed)
    for _ in range(10):
        _, test = knee(generator, 300)
        x, y = test.cpu_percent, test.latency_p95_ms
        fit, _ = fit_two_segments(x, y, candidates=candidate_breaks(x, fewest=6), tilted=False)

        def loss(theta, x=x, y=y, scale=fit.scale):
            fitted = np.maximum(theta[0] + theta[1] * np.maximum(x - theta[2], 0), 1.0)
            return huber_loss(np.log(y / fitted), scale=scale)

        best = minimize(loss, [fit.base, fit.rise, fit.break_x], method="Nelder-Mead")
        print(f"seed {seed}: ours {fit.break_x:.2f}, minimizer {best.x[2]:.2f}")

        assert loss([fit.base, fit.rise, fit.break_x]) <= best.fun * 1.002 + 0.05


def test_a_hump_that_returns_to_the_base_is_no_cliff():
    seed = 20261124
    generator = np.random.default_rng(seed)
    cpu = generator.uniform(5, 95, 400)
    hump = 60 * np.exp(-(((cpu - 45) / 4) ** 2))
    cliff = find_cliff(load_test(cpu=cpu, latency=noisy(generator, 50 + hump)))
    print(f"seed {seed}: {cliff.sentence}")

    assert cliff.cliff_percent is None


def test_after_a_hump_the_break_that_lasts_is_found():
    seed = 20261124
    generator = np.random.default_rng(seed)
    cpu = generator.uniform(5, 95, 600)
    hump = 40 * np.exp(-(((cpu - 40) / 3) ** 2))
    latency = noisy(generator, 50 + hump + 8 * np.maximum(cpu - 75, 0))
    cliff = find_cliff(load_test(cpu=cpu, latency=latency))
    print(f"seed {seed}: {cliff.sentence}")

    assert cliff.estimate_percent == pytest.approx(75, abs=3)


def test_one_noisy_window_makes_no_cliff():
    latency = np.full(40, 50.0) * np.exp(0.02 * np.random.default_rng(2).standard_normal(40))
    latency[[25, 39]] = 300.0
    cliff = find_cliff(load_test(cpu=np.linspace(5, 80, 40), latency=latency))

    assert cliff.cliff_percent is None


@pytest.mark.parametrize("seed", range(3))
def test_a_wall_against_cpu_is_found_along_the_load(seed):
    generator = np.random.default_rng(seed)
    rpm = generator.uniform(1_000, 30_000, 200)
    carried = np.minimum(rpm, 20_000 + 0.03 * (rpm - 20_000))
    cpu = 0.002 * carried + generator.normal(0, 0.4, 200)  # a lock: CPU stays at 40 %
    latency = (50 + 0.05 * np.maximum(rpm - 20_000, 0)) * np.exp(generator.normal(0, 0.08, 200))
    fit = measure_host(load_test(cpu=cpu, latency=latency, rpm=rpm))
    print(f"seed {seed}: {fit.cliff.sentence}")

    assert fit.cliff.detected_along == "load"
    assert fit.cliff.cliff_rpm == pytest.approx(20_000, rel=0.06)
    assert fit.cliff.estimate_percent == pytest.approx(40, abs=1.5)


def test_failing_and_saturated_windows_do_not_bend_the_fit():
    generator = np.random.default_rng(4)
    cpu = np.concatenate([generator.uniform(5, 97, 200), np.full(40, 100.0)])
    latency = (50 + 5 * np.maximum(cpu - 60, 0)) * np.exp(generator.normal(0, 0.08, 240))
    errors = np.concatenate([np.zeros(200), np.full(40, 0.3)])
    cliff = find_cliff(load_test(cpu=cpu, latency=latency, errors=errors))

    assert cliff.estimate_percent == pytest.approx(60, abs=1.5)
    assert len(cliff.cpu_percent) == 200
    assert cliff.measured_up_to_percent == 100.0


def test_the_same_seed_gives_the_same_answer():
    _, test = knee(np.random.default_rng(6), 200)

    assert find_cliff(test, seed=3).interval_percent == find_cliff(test, seed=3).interval_percent


def test_too_few_windows_are_said_to_be_too_few():
    few = load_test(cpu=np.linspace(10, 90, 5), latency=np.linspace(10, 90, 5))

    assert find_cliff(few).sentence.startswith("No break was looked for")
