"""Takes jobs out of the queue and runs them as child processes, a few at a time."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from tuner.service.attempt import (
    STDERR,
    WRONG_INPUT,
    Outcome,
    is_not_mine,
    judge,
    new_lines,
    run_to_resume,
    watch,
)
from tuner.service.child import COMMAND, end_left_over, start_child
from tuner.service.commands import command_words
from tuner.service.job import Job, JobEnd
from tuner.service.job_table import JobTable
from tuner.service.limits import Limits
from tuner.service.services import ServiceFolder

IDLE_SECONDS = 1.0
LOCK = "lock"


class Runner:
    """Runs jobs until it is stopped.

    Parameters
    ----------
    table : JobTable
        The jobs.
    services : ServiceFolder
        Configs by name.
    state : Path
        The state folder; ``jobs/`` in it gets a folder a job.
    limits : Limits
        Memory, minutes, tries.
    command : sequence of str
        Program that a job's words are given to.
    complain : callable
        Hears of what went wrong in the service itself.
    """

    def __init__(
        self,
        table: JobTable,
        services: ServiceFolder,
        *,
        state: Path,
        limits: Limits,
        command: Sequence[str] = COMMAND,
        complain: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._table, self._services, self._limits = table, services, limits
        self._state, self._command, self._complain = state, tuple(command), complain
        self._stopping = threading.Event()
        self._wake = threading.Condition()
        self._cancelled: set[str] = set()
        self._unrecorded: list[Job] = []
        """Jobs whose end the table could not take, such as on a full disk."""

        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Find what an earlier service left, then run."""
        self._recover()
        for number in range(self._limits.parallel_jobs):
            thread = threading.Thread(target=self._loop, name=f"jobs-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def wake(self) -> None:
        """Hear that a job waits."""
        with self._wake:
            self._wake.notify()

    def cancel(self, job: str) -> None:
        """End the process of a job that runs."""
        self._cancelled.add(job)

    @property
    def is_alive(self) -> bool:
        """Whether every thread is at work."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """End the processes of jobs that run, and put these back into the queue."""
        self._stopping.set()
        with self._wake:
            self._wake.notify_all()
        for thread in self._threads:
            thread.join()

    def folder(self, job: Job) -> Path:
        """Name the folder of a job's last try."""
        return self._state / "jobs" / job.job / f"try-{job.attempt}"

    def _recover(self) -> None:
        """Put jobs that ran when an earlier service ended back into the queue."""
        while True:
            jobs, _ = self._table.page(state="running", offset=0, limit=100)
            if not jobs:
                return
            for job in jobs:
                end_left_over(self.folder(job).parent / LOCK)
                self._give_back(job)

    def _give_back(self, job: Job) -> None:
        """Record that the service ended under a job."""
        now = self._table.find(job.job) or job
        if now.is_cancelled:
            self._table.end(job, JobEnd("cancelled", reason="Cancelled on request."))
        elif job.interruptions >= self._limits.most_interruptions:
            words = f"The service ended {job.interruptions + 1} times while the job ran."
            self._table.end(job, JobEnd("failed", reason=words))
        else:
            words = "The service ended while the job ran; it goes on."
            self._table.again(job, crashed=False, words=words)

    def _loop(self) -> None:
        """Run one job after the other."""
        while not self._stopping.is_set():
            try:
                while self._unrecorded:
                    self._give_back(self._unrecorded[-1])
                    self._unrecorded.pop()
                job = self._table.claim()
                if job is not None:
                    self._run_whole(job)
                    continue
            except sqlite3.Error as error:
                self._complain(f"The table of jobs: {error}")
            with self._wake:
                if not self._stopping.is_set():
                    self._wake.wait(IDLE_SECONDS)

    def _run_whole(self, job: Job) -> None:
        """Run one job; whatever goes wrong in here ends this job alone."""
        try:
            self._run(job)
        except sqlite3.Error:
            self._unrecorded.append(job)
            raise
        except Exception as error:  # the next job must run whatever this one has met
            self._complain(f"Job {job.job}: {error!r}")
            self._table.end(job, JobEnd("failed", reason=f"It could not be run: {error}"))
        finally:
            self._cancelled.discard(job.job)

    def _run(self, job: Job) -> None:
        """Run one try and record what came of it."""
        if job.is_cancelled:
            self._table.end(job, JobEnd("cancelled", reason="Cancelled on request."))
            return
        config = self._services.paths().get(job.service)
        if config is None:
            words = f"There is no service {job.service} any more."
            self._table.end(job, JobEnd("failed", reason=words))
            return
        resume = run_to_resume(job, config, self._state)
        outcome = self._attempt(job, config, resume)
        if resume and outcome.why == "itself" and outcome.code == WRONG_INPUT:
            self._table.say(job.job, f"{resume} cannot go on; the search begins anew.")
            outcome = self._attempt(job, config, None)
        self._record(job, outcome)

    def _attempt(self, job: Job, config: Path, resume: str | None) -> Outcome:
        """Start the process of a job and wait for its end."""
        folder = self.folder(job)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        words = command_words(job, config=config, state=self._state, folder=folder, resume=resume)
        process = start_child(
            [*self._command, *words],
            lock=folder.parent / LOCK,
            folder=folder,
            memory_mebibytes=self._limits.job_memory_mebibytes,
        )
        lines = new_lines(folder / STDERR)

        def tell(_: str) -> None:
            said = next(lines)
            if said:
                self._table.say(job.job, "\n".join(said))

        minutes = job.request.get("minutes") or self._limits.minutes_unless_asked
        return watch(
            process,
            seconds=60.0 * minutes,
            is_cancelled=lambda: job.job in self._cancelled,
            is_stopping=self._stopping.is_set,
            tell=tell,
        )

    def _record(self, job: Job, outcome: Outcome) -> None:
        """Record how a try ended, in the queue or for good."""
        if outcome.why == "cancelled":
            end = JobEnd("cancelled", reason="Cancelled on request.")
        elif outcome.why == "timed_out":
            end = JobEnd("timed_out", reason="Killed: its minutes were over.")
        elif outcome.why == "stopping" or is_not_mine(outcome.code):
            self._give_back(job)
            return
        elif outcome.code < 0 and job.crashes + 1 < self._limits.most_crashes:
            words = f"Killed by signal {-outcome.code}; once more."
            self._table.again(job, crashed=True, words=words)
            return
        elif outcome.code < 0:
            words = f"Killed by signal {-outcome.code}, {job.crashes + 1} times."
            end = JobEnd("failed", reason=words)
        else:
            end = judge(job, self.folder(job), outcome.code, state=self._state)
        if end.state == "done":
            for old in self.folder(job).parent.glob("try-*"):
                if old != self.folder(job):
                    shutil.rmtree(old, ignore_errors=True)
        self._table.end(job, end)
