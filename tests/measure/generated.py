"""Load tests with a known truth, from a seeded generator."""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

from tuner.measure.loadtest import LoadTest

FloatArray = NDArray[np.float64]


def load_test(
    *,
    cpu: FloatArray,
    latency: FloatArray,
    rpm: FloatArray | None = None,
    errors: FloatArray | None = None,
    step: NDArray[np.int64] | None = None,
) -> LoadTest:
    """Wrap arrays in a load test of one instance."""
    n = len(latency)
    return LoadTest(
        offered_rpm=cpu / 0.00075 if rpm is None else rpm,
        in_service=np.ones(n),
        cpu_percent=cpu,
        latency_p95_ms=latency,
        error_fraction=np.zeros(n) if errors is None else errors,
        step=np.arange(n, dtype=np.int64) if step is None else step,
        source="generated",
    )


def correlated(generator: np.random.Generator, n: int, *, sigma: float = 0.1) -> FloatArray:
    """Draw normal noise whose neighbours correlate 0.6."""
    fresh = generator.standard_normal(n) * sigma * np.sqrt(1 - 0.6**2)
    noise = np.empty(n)
    noise[0] = generator.standard_normal() * sigma
    for i in range(1, n):
        noise[i] = 0.6 * noise[i - 1] + fresh[i]
    return noise


def noisy(generator: np.random.Generator, latency: FloatArray) -> FloatArray:
    """Add log-normal noise of 10 %, and 2 % of rows 3 to 10 times too high."""
    n = len(latency)
    high = generator.random(n) < 0.02
    noise = np.exp(correlated(generator, n))
    return latency * noise * np.where(high, generator.uniform(3, 10, n), 1.0)


def knee(generator: np.random.Generator, n: int) -> tuple[float, LoadTest]:
    """Draw a test that is flat to c and rises by k ms a point after it; give c and the test."""
    truth = generator.uniform(30, 85)
    cpu = 100 * generator.beta(2, 2, n)
    rising = generator.uniform(2, 8) * np.maximum(cpu - truth, 0)
    return truth, load_test(cpu=cpu, latency=noisy(generator, 50 + rising))


def drift(generator: np.random.Generator, n: int, kind: str) -> FloatArray:
    """Draw a factor on latency that changes with time only."""
    time = np.arange(n) / n
    if kind == "rising":
        return 1 + generator.uniform(0.2, 1) * time
    if kind == "falling":
        return 1 / (1 + generator.uniform(0.2, 1) * time)
    if kind == "wandering":
        return np.exp(np.cumsum(generator.normal(0, 0.5 / np.sqrt(n), n)))
    if kind == "swinging":
        phase = 2 * np.pi * (time * generator.uniform(0.5, 2) + generator.random())
        return np.exp(0.3 * np.sin(phase))
    if kind == "jumping":
        return 1 + 0.5 * (time > generator.random())
    return np.ones(n)


def queue(kind: str, utilization: FloatArray) -> FloatArray:
    """Give p95 of a queue over its base: one server, a general one, or several."""
    if kind == "M/M/1":
        return 1 / (1 - utilization)
    if kind == "M/D/1":
        return 1 + utilization / (2 * (1 - utilization))
    if kind == "M/G/1 heavy":
        return 1 + 2 * utilization / (1 - utilization)
    servers = int(kind[-1])
    offered = servers * utilization
    waiting = offered**servers / factorial(servers) / (1 - utilization)
    idle = sum(offered**k / factorial(k) for k in range(servers))
    return 1 + 1.5 * waiting / (idle + waiting) / (servers * (1 - utilization))
