"""Answers that are put together range by range are those over all rows at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.search.made_up import line_space, made_up_result
from tests.search.stream_memory import measured
from tests.search.talk import ROBUST, SCENARIO, holds
from tuner.search import trials as trials_module
from tuner.search.evaluate import chunk_size
from tuner.search.front import front_rows
from tuner.search.limits import Limits
from tuner.search.objectives import first_by
from tuner.search.search import search
from tuner.search.settings import SearchSettings
from tuner.search.streamed import first_row, merged_front
from tuner.traffic.shapes import Shape, TrafficShapes

SHAPES = holds(7, 20, 33)
LIMITS = (None, 20.0, 39.0, 41.0, 80.0)
MOST_GROWTH_MB = 30.0
"""Were they kept, the trials of the larger search would take 52 MB more, twice while they join."""


def answers(result):
    return {
        limit: (
            result.front(limit).tolist(),
            result.feasible(limit).tolist(),
            result.best(limit),
            result.cheapest(limit),
            result.cost_front().tolist(),
        )
        for limit in LIMITS
    }


@pytest.mark.parametrize("seed", range(30))
def test_a_front_that_is_merged_is_the_front_of_all(seed):
    draw = np.random.default_rng(seed)
    n_rows = int(draw.integers(1, 60))
    costs = [draw.integers(0, 6, n_rows).astype(float) for _ in range(4)]
    borders = np.sort(draw.integers(0, n_rows + 1, 4))
    rows = np.flatnonzero(draw.random(n_rows) < 0.8)
    parts = [rows[(rows >= a) & (rows < b)] for a, b in zip([0, *borders], [*borders, n_rows])]
    expected = front_rows(rows, costs[:2], ties=costs[2:])

    def costs_of(chosen):
        return [cost[chosen] for cost in costs]

    np.testing.assert_array_equal(expected, merged_front(parts, costs_of), err_msg=f"{seed}")
    assert first_by(rows, costs) == first_row(parts, costs_of)


@pytest.mark.parametrize("limits", [Limits(), Limits(max_activities_per_day=2.0)])
def test_answers_do_not_depend_on_the_rows_that_are_looked_at_together(monkeypatch, limits):
    draw = np.random.default_rng(1)
    result = made_up_result(
        mean=draw.integers(10, 14, 200).astype(float),
        host_minutes=draw.integers(100, 104, 200).astype(float),
        peaks=draw.integers(36, 42, (200, 2)).astype(float),
        activities=draw.integers(0, 4, 200).astype(float),
        space=line_space(np.arange(10.0, 60.0), adjustments=(1, 2, 3, 4)),
        limits=limits,
    )
    expected = answers(result)
    for rows in (7, 64):
        monkeypatch.setattr(trials_module, "ROWS_AT_A_TIME", rows)

        assert answers(result) == expected


@pytest.mark.parametrize(
    "settings",
    [
        SearchSettings(engine="exact", chunk=100),
        SearchSettings(engine="exact", chunk=100, best_only=True),
        SearchSettings(engine="exact", chunk=300, refine=True, trials=200),
        SearchSettings(engine="evolve", trials=400, seed=3),
    ],
    ids=["exact", "best only", "refined", "evolve"],
)
def test_a_search_that_is_kept_on_disk_gives_what_one_in_memory_does(monkeypatch, settings):
    space = replace(ROBUST, scale_out_adjustment=(1, 2, 3, 6))
    expected = search(space, SCENARIO, SHAPES, settings=settings)
    monkeypatch.setattr("tuner.search.trials.IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(trials_module, "ROWS_AT_A_TIME", 50)
    got = search(space, SCENARIO, SHAPES, settings=settings)

    assert answers(expected) == answers(got)
    for name, column in expected.columns().items():
        assert column.tobytes() == got.columns()[name].tobytes(), name
    assert not got.peak_cpu_percent.flags.writeable


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interrupted_exact_search_gives_the_front_so_far_from_the_disk(monkeypatch, threads):
    def interrupt(done):
        calls.append(done)
        if len(calls) > 60:
            raise KeyboardInterrupt

    calls: list[int] = []
    monkeypatch.setattr("tuner.search.trials.IN_MEMORY_BYTES", 0)
    settings = SearchSettings(engine="exact", chunk=100)
    whole = search(ROBUST, SCENARIO, SHAPES, settings=settings)
    part = search(ROBUST, SCENARIO, SHAPES, settings=settings, progress=interrupt, threads=threads)
    n_rows = part.n_candidates

    assert not part.complete
    assert 0 < n_rows < whole.n_candidates
    np.testing.assert_array_equal(part.candidate, whole.candidate[:n_rows])
    costs = (-whole.mean_cpu_percent, whole.host_minutes)
    rows = np.flatnonzero(whole.feasible()[:n_rows])
    ties = whole.choice_costs()[2:]
    assert part.front().tolist() == front_rows(rows, costs, ties=ties).tolist()
    assert part.front(45.0).size > 0


def test_long_shapes_run_in_smaller_chunks_so_that_little_is_lost():
    def days(n_shapes, n_days):
        rpm = np.full(n_days * 1_440, 9e4)
        return TrafficShapes.of([Shape(name=f"{s}", rpm=rpm) for s in range(n_shapes)])

    assert chunk_size(days(1, 1)) == 65_536
    assert chunk_size(days(20, 1)) == 50_000
    assert chunk_size(days(10, 28)) == 4_960
    assert chunk_size(days(100, 28)) == 1_024


def test_memory_does_not_grow_with_candidates():
    small, large = measured(3, "--minutes", "2"), measured(9, "--minutes", "2")
    print(small, large)

    assert (small["candidates"], large["candidates"]) == (155_520, 466_560)
    assert large["peak_mb"] - small["peak_mb"] < MOST_GROWTH_MB


@pytest.mark.nightly
@pytest.mark.parametrize("keep", [False, True], ids=["library", "kept"])
def test_memory_is_flat_up_to_two_million_candidates(keep):
    options = ("--keep",) if keep else ()
    told = [measured(n, "--minutes", "60", *options) for n in (4, 13, 39)]
    print(*told, sep="\n")
    peaks = [each["peak_mb"] for each in told]

    assert max(peaks) < 1_000
    assert peaks[2] - peaks[1] < MOST_GROWTH_MB
