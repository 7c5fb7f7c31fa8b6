"""The exact engine: every candidate of a lattice, in chunks, so that the front is the true one.

Notation
--------
C candidate, S shape. Only a chunk's totals ``[chunk, S]`` are held beside what is kept: the peak of
every run, and the totals weighted over the shapes.
"""

from __future__ import annotations

import time
from dataclasses import fields

import numpy as np

from tuner.errors import ConfigurationError, Problem
from tuner.scenario import Scenario
from tuner.search.candidates import DEFAULT_BUDGET, check_budget, find_candidates
from tuner.search.lattice import lattice_of
from tuner.search.objectives import Limits, Weighted, weigh
from tuner.search.result import SearchResult
from tuner.search.space import SimpleSpace
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.simulation.run import Progress, simulate
from tuner.traffic.shapes import TrafficShapes, frozen

LARGEST_CHUNK = 65_536
RUNS_IN_A_CHUNK = 1_000_000
"""Candidates, and runs, in a chunk unless told otherwise; a run's totals take 80 bytes."""


def search_exact(
    space: SimpleSpace,
    scenario: Scenario,
    shapes: TrafficShapes,
    *,
    limits: Limits | None = None,
    budget: int = DEFAULT_BUDGET,
    chunk: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> SearchResult:
    """Simulate every candidate of a space on every shape.

    Parameters
    ----------
    space : SimpleSpace
        The knobs.
    scenario : Scenario
        What all candidates share.
    shapes : TrafficShapes [S]
        The load.
    limits : Limits or None
        Optional constraints.
    budget : int
        Points of the lattice that may be enumerated.
    chunk : int or None
        Candidates simulated at a time, at least 1; None: as many as keep a chunk's totals small.
    threads : int or None
        As in `tuner.simulation.run.simulate`.
    progress : callable or None
        Called with the number of candidate-ticks done since the last call.

    Returns
    -------
    SearchResult
        No bit of its columns depends on chunk, threads or progress.

    Raises
    ------
    ConfigurationError
        For a lattice over the budget, one without a candidate, or a chunk below 1.
    SimulationError
        When shapes and scenario have different ticks.
    """
    started = time.perf_counter()
    check_budget(space, budget=budget)
    chunk = _chunk(chunk, len(shapes))
    lattice = lattice_of(space, scenario)
    found = find_candidates(lattice)
    n_candidates = len(found.index)
    peaks = np.empty((n_candidates, len(shapes)))
    totals = {field.name: np.empty(n_candidates) for field in fields(Weighted)}
    kernel_seconds = 0.0
    for begin in range(0, n_candidates, chunk):
        rows = slice(begin, begin + chunk)
        policies = lattice.policies(found.index[rows])
        called = time.perf_counter()
        outcomes = simulate(policies, scenario, shapes, threads=threads, progress=progress)
        kernel_seconds += time.perf_counter() - called
        peaks[rows] = outcomes.peak_cpu_percent
        weighted = weigh(outcomes, shapes)
        for name, column in totals.items():
            column[rows] = getattr(weighted, name)
    return SearchResult(
        engine="exact",
        model_version=MODEL_VERSION,
        space=space,
        scenario=scenario,
        limits=limits or Limits(),
        budget=budget,
        n_candidates=n_candidates,
        left_out=found.left_out,
        shape_names=shapes.names,
        weight=shapes.weight,
        n_minutes=shapes.n_minutes,
        seconds=time.perf_counter() - started,
        kernel_seconds=kernel_seconds,
        candidate=found.index,
        peak_cpu_percent=frozen(peaks),
        totals=Weighted(**{name: frozen(column) for name, column in totals.items()}),
    )


def _chunk(chunk: int | None, n_shapes: int) -> int:
    """Give the candidates of a chunk, checked."""
    if chunk is None:
        return max(1, min(LARGEST_CHUNK, RUNS_IN_A_CHUNK // n_shapes))
    if chunk < 1:
        raise ConfigurationError(
            Problem("at least 1 candidate", f"{chunk}", "chunk", "Leave it out for the default.")
        )
    return chunk
