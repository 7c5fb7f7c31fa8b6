"""Two workers, one killed on the way: a large search and a night end as at home, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import dask
import numpy as np
import pytest

from tests.cluster.killing import end_this_process, give_seven, kill_a_busy_worker
from tests.night.folders import make_services, result_of
from tests.search.talk import ROBUST, SCENARIO, holds
from tuner.cluster.start import local_workers
from tuner.cluster.workers import DaskWorkers, TaskLostError
from tuner.night.night import run_night
from tuner.search.objectives import WEIGHTED
from tuner.search.result import SearchResult
from tuner.search.search import planned_candidates, search
from tuner.search.settings import SearchSettings

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
SHAPES = holds(10_000, 20_000)
CHUNK = 64
DEATHS = 1
"""Workers that a task may take with it before it is given up at the next."""


@pytest.fixture(scope="module")
def workers() -> Iterator[DaskWorkers]:
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": DEATHS}),
        local_workers(2) as two,
    ):
        yield two


def now() -> datetime:
    return NOW


def assert_same(expected: SearchResult, got: SearchResult) -> None:
    assert expected.complete
    assert got.complete
    np.testing.assert_array_equal(expected.candidate, got.candidate)
    assert expected.peak_cpu_percent.tobytes() == got.peak_cpu_percent.tobytes()
    for name in WEIGHTED:
        assert getattr(expected, name).tobytes() == getattr(got, name).tobytes(), name
    np.testing.assert_array_equal(expected.cost_front(), got.cost_front())
    assert expected.left_out == got.left_out
    assert expected.notes == got.notes


@pytest.mark.parametrize("best_only", [False, True], ids=["whole", "best only"])
def test_a_search_whose_worker_is_killed_ends_as_at_home(workers, best_only):
    killed: list[int] = []
    n_ticks: list[int] = []

    def progress(done: int) -> None:
        n_ticks.append(done)
        if not killed:
            killed.append(kill_a_busy_worker(workers))

    expected = search(ROBUST, SCENARIO, SHAPES, settings=SearchSettings(best_only=best_only))
    settings = SearchSettings(best_only=best_only, chunk=CHUNK, workers=workers)
    got = search(ROBUST, SCENARIO, SHAPES, settings=settings, progress=progress)

    assert killed
    assert len(n_ticks) > 20
    assert planned_candidates(ROBUST, SCENARIO, settings) * SHAPES.rpm.size == sum(n_ticks)
    assert_same(expected, got)


def test_a_night_whose_worker_is_killed_ends_as_at_home(workers, tmp_path):
    folder = make_services(tmp_path / "services", 2)
    (folder / "broken.toml").write_text("service = 3")
    home, spread = tmp_path / "home", tmp_path / "spread"
    killed: list[int] = []
    counts: list[tuple[int, int]] = []

    def told(_: object, done: int, total: int) -> None:
        counts.append((done, total))
        if done == 1:
            killed.append(kill_a_busy_worker(workers))

    run_night(folder, home, threads=1, clock=now)
    run_night(folder, spread, threads=1, clock=now, told=told, each=workers.as_finished)
    expected, got = result_of(home), result_of(spread)

    assert killed
    assert counts == [(1, 3), (2, 3), (3, 3)]
    assert expected == got


def test_a_task_that_ends_its_worker_each_time_is_given_up_and_the_others_go_on(workers):
    tasks = [end_this_process, *[give_seven] * 5]
    got = dict(enumerate(workers.as_finished(tasks)))
    results = [result for task, result in got.values() if task is give_seven]
    (error,) = [result for task, result in got.values() if task is end_this_process]

    assert results == [7] * 5
    assert isinstance(error, TaskLostError)
    assert "workers: expected workers that last longer than a task" in str(error)
