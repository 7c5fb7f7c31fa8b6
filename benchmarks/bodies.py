"""What is timed: bodies at named sizes, each with an answer that it must give.

A body is prepared first, with all that is not to be timed. Its call gives a result, from which its
answer follows. The bodies are shared by pytest-benchmark (`benchmarks/test_bodies.py`), by the gate
and by `cliffside bench`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Generic, TypeVar

import numpy as np

from benchmarks.answers import Answer, front_of, totals_of
from benchmarks.families import EVERYTHING, FAMILIES, batch, simple_plan, waves
from benchmarks.numpy_version import simulate_with_numpy
from benchmarks.one_run import simulate_one_by_one
from benchmarks.sizes import Size
from tests.reference.records import ReferenceRun
from tests.reference.simulate import simulate as simulate_by_reference
from tuner.plan_json import plan_to_json
from tuner.search.lattice import Lattice, lattice_of
from tuner.search.pair_space import PairSpace
from tuner.search.result import SearchResult
from tuner.search.search import search_exact
from tuner.search.values import LowerThreshold, value_range
from tuner.simulation.arrays import initial_capacity
from tuner.simulation.run import simulate

Result = TypeVar("Result")

CANDIDATE_MINUTES, CANDIDATES = "candidate-minutes", "candidates"
N_TOTALS = ("host_minutes", "scale_outs", "scale_ins", "peak_instances")


@dataclass(frozen=True, slots=True)
class Work(Generic[Result]):
    """A body that is ready to be timed.

    Parameters
    ----------
    call : callable
        What is timed.
    answer : callable
        Gives the answer from what the call gave.
    amount : int
        How much one call does.
    unit : str
        Of what: candidate-minutes or candidates.
    """

    call: Callable[[], Result]
    answer: Callable[[Result], Answer]
    amount: int
    unit: str = CANDIDATE_MINUTES


Body = Callable[[Size], Work[Any]]


def kernel(family: str, size: Size, *, threads: int = 1) -> Work[Any]:
    """Prepare the kernel on a batch of a family."""
    policies = batch(family, size.n_candidates)
    shapes = waves(size.n_shapes, size.n_ticks)
    scenario = FAMILIES[family].scenario
    return Work(
        partial(simulate, policies, scenario, shapes, threads=threads),
        totals_of,
        size.n_candidates * size.n_minutes,
    )


def one_run(size: Size) -> Work[Any]:
    """Prepare the one-run loop on the batch of simple policies."""
    policies = batch("simple", size.n_candidates)
    shapes = waves(size.n_shapes, size.n_ticks)
    return Work(
        partial(simulate_one_by_one, policies, EVERYTHING, shapes),
        totals_of,
        size.n_candidates * size.n_minutes,
    )


def numpy_version(size: Size) -> Work[Any]:
    """Prepare the NumPy version on the first shapes of the batch of simple policies."""
    policies = batch("simple", size.n_candidates)
    shapes = waves(size.n_numpy_shapes, size.n_ticks)
    return Work(
        partial(simulate_with_numpy, policies, EVERYTHING, shapes),
        totals_of,
        size.n_candidates * size.n_numpy_shapes * size.n_ticks,
    )


REFERENCE_SCENARIO: dict[str, Any] = {
    "tick_seconds": 60,
    "host_model": {"slope_percent_per_rpm": 0.00075, "cliff_percent": 50.0},
    "group": {
        "min_size": 1,
        "max_size": 1000,
        "launch_seconds": 180,
        "ready_seconds": 60,
        "boot_cpu_percent": 90.0,
        "drain_seconds": 60,
    },
}
"""`EVERYTHING` as the reference takes it, without the start, which depends on the shape."""


def reference(size: Size) -> Work[Any]:
    """Prepare the plain reference on the first candidates and the first shape."""
    rpm = waves(1, size.n_ticks).rpm_of(0)
    group = REFERENCE_SCENARIO["group"] | {"initial_capacity": initial_capacity(rpm, EVERYTHING)}
    scenario, load = REFERENCE_SCENARIO | {"group": group}, rpm.tolist()
    plans = [plan_to_json(simple_plan(c)) for c in range(size.n_reference)]

    def run() -> list[ReferenceRun]:
        return [simulate_by_reference(scenario, plan, load) for plan in plans]

    def answer(runs: list[ReferenceRun]) -> Answer:
        return {name: int(sum(run.totals[name] for run in runs)) for name in N_TOTALS}

    return Work(run, answer, size.n_reference * size.n_ticks)


@cache
def lattice(size: Size) -> Lattice:
    """Give the lattice that both searches look at."""
    space = PairSpace(
        scale_out_threshold_percent=value_range(11, last=10 + size.n_thresholds),
        scale_out_adjustment=(1, 2, 3, 4, 6, 8, 12, 16),
        evaluation_periods=(1, 2, 3, 4, 5),
        cooldown_seconds=(60, 180, 300),
        scale_in_threshold=(LowerThreshold.share(1, over=2), LowerThreshold.share(1, over=3)),
        scale_in_adjustment=(-1, -2),
    )
    return lattice_of(space, EVERYTHING)


@cache
def exact(size: Size) -> SearchResult:
    """Give the exact result of the searches' lattice, computed once."""
    return run_exact(size)


def run_exact(size: Size) -> SearchResult:
    """Search the lattice by the exact engine, on one thread."""
    shapes = waves(size.n_shapes, size.n_ticks)
    return search_exact(lattice(size).space, EVERYTHING, shapes, threads=1)


def bulk_search(size: Size) -> Work[Any]:
    """Prepare the exact search."""
    amount = exact(size).n_candidates
    return Work(partial(run_exact, size), front_of, amount, CANDIDATES)


def optuna_trials(size: Size) -> Work[Any]:
    """Prepare Optuna, which calls the simulator one trial at a time."""
    from benchmarks.optuna_loop import one_trial_at_a_time

    shapes = waves(size.n_shapes, size.n_ticks)
    run = partial(one_trial_at_a_time, lattice(size), shapes, trials=size.n_trials)

    def answer(found: dict[int, float]) -> Answer:
        known = dict(zip(exact(size).candidate.tolist(), exact(size).host_minutes.tolist()))
        wrong = sum(not np.isclose(known[c], minutes) for c, minutes in found.items())
        return {"trials": size.n_trials, "unlike_the_exact_search": wrong}

    return Work(run, answer, size.n_trials, CANDIDATES)


KERNELS: dict[str, Body] = {name: partial(kernel, name) for name in FAMILIES}
BODIES: dict[str, Body] = {
    **KERNELS,
    "simple-2-threads": partial(kernel, "simple", threads=2),
    "one-run": one_run,
    "numpy": numpy_version,
    "reference": reference,
    "search": bulk_search,
    "optuna": optuna_trials,
}
"""By name."""

RATIOS = {
    **{f"{name} / numpy": (name, "numpy") for name in (*KERNELS, "one-run")},
    "simple / one-run": ("simple", "one-run"),
    "simple-2-threads / simple": ("simple-2-threads", "simple"),
    "simple / reference": ("simple", "reference"),
    "search / optuna": ("search", "optuna"),
}
"""Ratios within one process, by name: how many times more the first does in a second."""

GATED = tuple(name for name in RATIOS if name.endswith("/ numpy"))
"""Ratios that gate a change: of bodies on one thread that depend on nothing but arithmetic."""
