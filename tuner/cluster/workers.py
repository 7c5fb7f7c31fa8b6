"""Tasks on Dask workers: begun ahead, waited for, run again elsewhere when a worker is lost.

Everything of Dask is in this module and in `tuner.cluster.start`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from distributed import Client, Future, KilledWorker, wait

from tuner.cluster.task import as_it_is, call_like_home, home
from tuner.errors import CliffsideError, Problem, SimulationError

LOOK_SECONDS = 2.0
"""While a task is waited for, whether there are workers is looked at so often."""

WITHOUT_WORKERS_SECONDS = 60.0
"""So long no worker may be there before waiting ends with an error."""

Task = TypeVar("Task", bound=Callable[[], Any])


class TaskLostError(SimulationError):
    """A task with which one worker after the other ended."""


class DaskWorkers:
    """Workers of a Dask scheduler; a `tuner.search.spread.Workers`.

    Parameters
    ----------
    client : distributed.Client
        Connected to the scheduler.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._home = home()
        self._seen = time.monotonic()

    def room(self) -> int:
        """Say how many tasks to begin ahead: a second one for each thread of a worker."""
        return 2 * self._threads()

    def share(self, value: object) -> Future:
        """Send a value to the workers once.

        Notes
        -----
        It is the result of a task, which Dask runs again where the worker that holds it is lost.
        """
        return self.client.submit(as_it_is, value, pure=False)

    def begin(self, function: Callable[..., Any], *given: Any) -> BegunTask:
        """Begin a task."""
        future = self.client.submit(call_like_home, self._home, function, *given, pure=False)
        return BegunTask(future, self)

    def as_finished(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Any]]:
        """Run tasks, one on each thread of a worker, and give each with its result when it ends.

        Parameters
        ----------
        tasks : iterable of callable
            Are read as there is room for them.

        Yields
        ------
        callable, object
            The task, and what it gave; a `TaskLostError` where workers ended with it.

        Raises
        ------
        CliffsideError
            When a worker is not like home, or scheduler or workers are gone for good.

        Notes
        -----
        Nothing waits behind a running task on a worker, so that what ends a worker is blamed on
        the task that did it.
        """
        waiting: dict[Future, tuple[Task, BegunTask]] = {}
        queue = iter(tasks)
        try:
            while True:
                while len(waiting) < self._threads():
                    task = next(queue, None)
                    if task is None:
                        break
                    begun = self.begin(task)
                    waiting[begun.future] = task, begun
                if not waiting:
                    return
                for future in self.first_done(list(waiting)):
                    task, begun = waiting.pop(future)
                    yield task, _result_or_error(begun)
        finally:
            for _, begun in waiting.values():
                begun.cancel()

    def first_done(self, futures: list[Future]) -> list[Future]:
        """Wait until tasks have ended, and give those.

        Parameters
        ----------
        futures : list of Future
            Of which one or more are waited for.

        Raises
        ------
        SimulationError
            When no worker is there for a minute.
        """
        while True:
            try:
                done = wait(futures, timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                self._threads()
                continue
            except CancelledError as error:
                raise SimulationError(_lost("a scheduler that answers", "none any more")) from error
            return [future for future in futures if future in done]

    def _threads(self) -> int:
        """Count the workers' threads, at least 1; an error when there were none for a minute."""
        try:
            count = int(sum(self.client.nthreads().values()))
        except (TimeoutError, OSError) as error:
            raise SimulationError(_lost("a scheduler that answers", str(error))) from error
        now = time.monotonic()
        if count:
            self._seen = now
        elif now - self._seen > WITHOUT_WORKERS_SECONDS:
            raise SimulationError(_lost("a worker", f"none for {WITHOUT_WORKERS_SECONDS:.0f} s"))
        return max(1, count)


class BegunTask:
    """A task that a worker has, or will have; a `tuner.search.spread.Begun`.

    Parameters
    ----------
    future : distributed.Future
        Dask's own.
    workers : DaskWorkers
        Who runs it.
    """

    def __init__(self, future: Future, workers: DaskWorkers) -> None:
        self.future = future
        self._workers = workers

    def result(self) -> Any:
        """Wait for what it gives.

        Raises
        ------
        CliffsideError
            What the task raised; a `TaskLostError` when one worker after the other ended with it.
        """
        self._workers.first_done([self.future])
        try:
            return self.future.result()
        except CliffsideError:
            raise
        except KilledWorker as error:
            ended = "a task with which one worker after the other ended"
            raise TaskLostError(_lost("workers that last longer than a task", ended)) from error
        except CancelledError as error:
            raise SimulationError(_lost("a scheduler that answers", "none any more")) from error

    def cancel(self) -> None:
        """Say that nobody waits for it any more."""
        self.future.release()


def _result_or_error(begun: BegunTask) -> Any:
    """Give the result of a task that has ended, or the error that it was lost with."""
    try:
        return begun.result()
    except TaskLostError as error:
        return error


def _lost(expected: str, got: str) -> Problem:
    """Say that workers are lost, and that what was done stays."""
    return Problem(
        expected,
        got,
        "workers",
        "Look at their logs and memory, then call again: what is saved is not done again.",
    )
