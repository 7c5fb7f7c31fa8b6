"""Chunks of candidates simulated by workers elsewhere; what they give is kept in order at home.

An enumeration does not look at what it is told, so its chunks can be begun ahead, and taken in the
order in which they were asked for. The totals of a candidate depend on nothing but the candidate,
scenario and shapes: no bit of the result depends on who simulated it, or in which chunk.

Notation
--------
C candidate, S shape, B candidate of one chunk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tuner.scenario import Scenario
from tuner.search.engine import Engine
from tuner.search.evaluate import Evaluator, IntArray, chunk_size
from tuner.search.lattice import Lattice, lattice_of
from tuner.search.limits import Limits
from tuner.search.objectives import Scores
from tuner.search.screen import Screen
from tuner.search.settings import SearchSettings
from tuner.search.space import Space
from tuner.search.trials import Trials
from tuner.traffic.shapes import TrafficShapes

TICKS_IN_A_TASK = 200_000_000
"""Candidate-ticks of a task: a second or more on one thread, beside milliseconds to hand it out."""

LANES = 64
"""Candidates that the simulator runs together: a task of so many, or a multiple, wastes none."""


class Begun(Protocol):
    """A task that a worker has, or will have."""

    def result(self) -> Any:
        """Wait for what it gives.

        Raises
        ------
        CliffsideError
            As the task, or when workers were lost over it again and again.
        """

    def cancel(self) -> None:
        """Say that nobody waits for it any more."""


class Workers(Protocol):
    """Run tasks elsewhere; `tuner.cluster.workers.DaskWorkers` does."""

    def room(self) -> int:
        """Say how many tasks to begin ahead, so that no worker waits."""

    def share(self, value: object) -> Any:
        """Send a value to the workers once; what this gives stands for it in `begin`."""

    def begin(self, function: Callable[..., Any], *given: Any) -> Begun:
        """Begin a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What the chunks of a search share; all that a worker needs to know.

    Parameters
    ----------
    space, scenario, shapes, limits : Space, Scenario, TrafficShapes [S], Limits
        As in `tuner.search.search.search`.
    best_only : bool
        Whether only candidates that stay under the limit come back.
    """

    space: Space
    scenario: Scenario
    shapes: TrafficShapes
    limits: Limits
    best_only: bool


def simulate_chunk(searched: Searched, candidate: IntArray) -> tuple[Trials, float]:
    """Simulate candidates ``[B]`` on one thread; give their trials, and seconds in the simulator.

    Parameters
    ----------
    searched : Searched
        What is searched.
    candidate : int64 [B]
        Lattice indices.
    """
    kind = Screen if searched.best_only else Evaluator
    lattice = lattice_of(searched.space, searched.scenario)
    evaluator = kind(lattice, searched.shapes, limits=searched.limits, threads=1)
    evaluator.evaluate(candidate)
    return evaluator.trials(), evaluator.kernel_seconds


def task_size(shapes: TrafficShapes) -> int:
    """Give the candidates of a task: some seconds of work on one thread.

    Parameters
    ----------
    shapes : TrafficShapes [S]
        What each runs on.
    """
    blocks = TICKS_IN_A_TASK // (LANES * shapes.rpm.size)
    return min(chunk_size(shapes), LANES * max(1, blocks))


def who_simulates(
    space: Space, shapes: TrafficShapes, settings: SearchSettings
) -> tuple[Workers | None, int]:
    """Say who simulates a search, None for this process, and how many candidates at a time.

    Parameters
    ----------
    space, shapes, settings
        As in `tuner.search.search.search`.
    """
    task = settings.chunk or task_size(shapes)
    enumerates = settings.best_only or settings.enumerates(space.n_lattice)
    if settings.workers is None or not enumerates or space.n_lattice <= task:
        return None, chunk_size(shapes)
    return settings.workers, task


class Spread(Evaluator):
    """An evaluator whose candidates are simulated by workers.

    Parameters
    ----------
    lattice, shapes, options
        As in `Evaluator`.
    workers : Workers
        Who simulates.
    best_only : bool
        Whether only candidates that stay under the limit are kept, as `Screen` does.
    """

    def __init__(
        self,
        lattice: Lattice,
        shapes: TrafficShapes,
        *,
        workers: Workers,
        best_only: bool,
        **options: Any,
    ) -> None:
        super().__init__(lattice, shapes, **options)
        self._workers = workers
        self._begun: deque[Begun] = deque()
        self._shared = workers.share(
            Searched(
                space=lattice.space,
                scenario=lattice.scenario,
                shapes=shapes,
                limits=self.limits,
                best_only=best_only,
            )
        )

    def ahead(self, engine: Engine) -> Engine:
        """Ask what an enumeration asks, in its order, when tasks for what follows have begun.

        Parameters
        ----------
        engine : Engine
            One that does not look at what it is told.
        """
        waiting: deque[IntArray] = deque()
        try:
            for asked in engine:
                self._begin(self.lattice.index(asked))
                waiting.append(asked)
                if len(waiting) >= self._workers.room():
                    yield waiting.popleft()
            while waiting:
                yield waiting.popleft()
        finally:
            while self._begun:
                self._begun.popleft().cancel()

    def evaluate(self, candidate: IntArray) -> Scores:
        """Give the scores of those candidates of a chunk, int64 [B], that are kept.

        Raises
        ------
        CliffsideError
            As `Begun.result`.
        """
        batch = self._answered(candidate)
        self._log.add(batch)
        return self.scores(batch.totals)

    def _begin(self, candidate: IntArray) -> None:
        """Begin a task for those of a chunk ``[B]`` that are not known."""
        unknown = candidate[self._known.rows(candidate) < 0]
        if len(unknown):
            self._begun.append(self._workers.begin(simulate_chunk, self._shared, unknown))

    def _simulated(self, candidate: IntArray) -> list[Trials]:
        """Wait for the task of a chunk ``[B]``; chunks come in the order in which they began."""
        if not len(candidate):
            return []
        trials, seconds = self._begun[0].result()
        self._begun.popleft()
        self.kernel_seconds += seconds
        if self._progress is not None:
            self._progress(len(candidate) * self.shapes.rpm.size)
        return [trials]
