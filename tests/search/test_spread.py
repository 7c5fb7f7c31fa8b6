"""A search whose chunks others simulate: order, what is begun ahead, what is known, Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.search.talk import CONF42, SCENARIO, holds
from tuner.search.result import SearchResult
from tuner.search.search import planned_candidates, search
from tuner.search.settings import SearchSettings
from tuner.search.spread import LANES, TICKS_IN_A_TASK, task_size
from tuner.search.trials import Trials
from tuner.traffic.shapes import TrafficShapes

SHAPES = holds(60, 600)
ROOM = 3


class Here:
    """Workers that are this process: a task runs when it is waited for."""

    def __init__(self, *, interrupt_at: int = -1) -> None:
        self.begun: list[Later] = []
        self.most_waiting = 0
        self.interrupt_at = interrupt_at

    def room(self) -> int:
        return ROOM

    def share(self, value: object) -> object:
        return value

    def begin(self, function: Callable[..., Any], *given: Any) -> Later:
        later = Later(function, given, interrupts=len(self.begun) == self.interrupt_at)
        self.begun.append(later)
        self.most_waiting = max(self.most_waiting, sum(each.waits for each in self.begun))
        return later


class Later:
    def __init__(self, function: Callable[..., Any], given: Any, *, interrupts: bool) -> None:
        self.function, self.given, self.interrupts = function, given, interrupts
        self.waits, self.is_cancelled = True, False

    def result(self) -> Any:
        if self.interrupts:
            raise KeyboardInterrupt
        self.waits = False
        return self.function(*self.given)

    def cancel(self) -> None:
        self.is_cancelled = True


class Store:
    """Trials in memory."""

    def __init__(self, known: Trials | None = None) -> None:
        self.known = known
        self.saved: list[Trials] = []

    def load(self) -> Trials | None:
        return self.known

    def save(self, trials: Trials) -> None:
        self.saved.append(trials)


def assert_same(expected: SearchResult, got: SearchResult) -> None:
    np.testing.assert_array_equal(expected.candidate, got.candidate)
    assert expected.peak_cpu_percent.tobytes() == got.peak_cpu_percent.tobytes()
    for one, other in zip(expected.totals.columns(), got.totals.columns(), strict=True):
        assert one.tobytes() == other.tobytes()
    assert (expected.left_out, expected.notes) == (got.left_out, got.notes)


@pytest.mark.parametrize("best_only", [False, True], ids=["whole", "best only"])
@pytest.mark.parametrize("chunk", [1, 37, 64])
def test_a_search_in_chunks_elsewhere_is_that_of_one_process(chunk, best_only):
    workers = Here()
    ticks: list[int] = []
    given = SearchSettings(best_only=best_only, chunk=chunk, workers=workers)
    expected = search(CONF42, SCENARIO, SHAPES, settings=SearchSettings(best_only=best_only))
    got = search(CONF42, SCENARIO, SHAPES, settings=given, progress=ticks.append)
    n_candidates = planned_candidates(CONF42, SCENARIO, given)

    assert_same(expected, got)
    assert len(workers.begun) == -(-n_candidates // chunk)
    assert workers.most_waiting == ROOM
    assert sum(ticks) == n_candidates * SHAPES.rpm.size


def test_where_nothing_stays_under_the_limit_all_are_simulated_elsewhere_too():
    shapes = TrafficShapes.of([shape_over_any_limit()])
    workers = Here()
    ticks: list[int] = []
    given = SearchSettings(best_only=True, chunk=50, workers=workers)
    expected = search(CONF42, SCENARIO, shapes)
    got = search(CONF42, SCENARIO, shapes, settings=given, progress=ticks.append)

    assert not expected.feasible().any()
    assert_same(expected, got)
    assert len(workers.begun) == 2 * -(-len(got.candidate) // 50)
    assert sum(ticks) == len(got.candidate) * shapes.rpm.size


def shape_over_any_limit() -> Any:
    from tests.search.talk import hold

    high = hold(10)
    return type(high)(name="high", rpm=high.rpm * 1_000.0)


def test_what_an_earlier_call_stored_is_not_simulated_again():
    whole = search(CONF42, SCENARIO, SHAPES)
    trials = Trials(whole.candidate, whole.peak_cpu_percent, whole.totals)
    store = Store(trials.take(np.arange(0, 100)))
    workers = Here()
    got = search(
        CONF42,
        SCENARIO,
        SHAPES,
        settings=SearchSettings(chunk=64, workers=workers),
        store=store,
    )
    asked = np.concatenate([later.given[1] for later in workers.begun])

    np.testing.assert_array_equal(whole.candidate[100:], asked)
    assert_same(whole, got)


def test_ctrl_c_keeps_the_chunks_that_came_and_calls_off_the_others():
    whole = search(CONF42, SCENARIO, SHAPES)
    workers, store = Here(interrupt_at=2), Store()
    settings = SearchSettings(chunk=20, workers=workers)
    got = search(CONF42, SCENARIO, SHAPES, settings=settings, store=store)

    assert not got.complete
    np.testing.assert_array_equal(whole.candidate[:40], got.candidate)
    assert sum(len(part) for part in store.saved) == 40
    called_off = [later.is_cancelled for later in workers.begun]

    assert called_off == [False] * 2 + [True] * (len(called_off) - 2)
    assert len(called_off) > 2


def test_a_search_of_one_task_and_one_that_samples_stay_at_home():
    for settings in (
        SearchSettings(workers=(small := Here())),
        SearchSettings(engine="evolve", trials=50, chunk=10, workers=(samples := Here())),
    ):
        search(CONF42, SCENARIO, SHAPES, settings=settings)

    assert [] == small.begun == samples.begun


def test_a_task_fills_lanes_and_takes_a_second_or_more():
    assert task_size(holds(1_000)) % LANES == 0
    for minutes in (5_000, 50_000, 1_000_000):
        n_ticks = task_size(holds(minutes)) * holds(minutes).rpm.size

        assert TICKS_IN_A_TASK / 2 < n_ticks <= TICKS_IN_A_TASK
    assert task_size(holds(10_000_000)) == LANES
