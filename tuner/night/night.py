"""The night: every service of a folder; one that fails never stops the others.

1. Take the lock, find the night that is worked on.
2. For each service: what is done this night already stands; else read, tune, keep the run.
3. Compare with the last night, keep the record.
4. Write the summary, which ends the night.

One service is in memory at a time, on each worker where there are some; of the others only their
records are. Lock, records and summary stay in this process.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tuner.config.job import Job
from tuner.config.load import load_job
from tuner.deployment.fidelity import LedgerEntry, read_ledger
from tuner.errors import CliffsideError, ConfigurationError, Problem
from tuner.kept_run import keep_run, origin
from tuner.night.judge import compared, explained, judged, lost, origin_digest, unexpected
from tuner.night.page import night_html
from tuner.night.record import ServiceNight
from tuner.night.services import Service, services_of
from tuner.night.state import NightFolder, NightLock, last_recommendation, this_night
from tuner.night.summary import Summary, in_order
from tuner.night.words import night_markdown
from tuner.store.manifest import Origin
from tuner.store.resume import resume_run
from tuner.store.run_writer import Clock, RunWriter, new_run, utc_now
from tuner.store.runs import utc_text
from tuner.tune import tune

EXIT_GATE = 3
Told = Callable[[ServiceNight, int, int], None]
"""Is told each record, how many services are done with it, and of how many."""

Each = Callable[[Iterable["ServiceTask"]], Iterable[tuple["ServiceTask", Any]]]
"""Calls tasks, here or elsewhere, and gives each with its record, or an error, when it is done."""


def run_night(
    folder: Path,
    state: Path,
    *,
    seed: int | None = None,
    threads: int | None = None,
    again: bool = False,
    clock: Clock = utc_now,
    told: Told | None = None,
    each: Each | None = None,
) -> Summary:
    """Tune every service of a folder, and keep a summary.

    Parameters
    ----------
    folder : Path
        Has a ``*.toml`` for each service.
    state : Path
        The state folder.
    seed : int or None
        In place of the seeds of the jobs.
    threads : int or None
        Threads of the simulator; None stands for all.
    again : bool
        Whether services that are done this night are done once more.
    clock : callable
        Gives the time in UTC.
    told : callable or None
        Told of each service when it is done.
    each : callable or None
        What calls the tasks: `tuner.cluster.workers.DaskWorkers.as_finished`, or None for one after
        the other in this process. The records are the same.

    Returns
    -------
    Summary
        Also kept as ``summary.json``, ``summary.md`` and ``summary.html`` of the night.

    Raises
    ------
    MissingFileError
        When the folder has no services.
    StoreError
        When another night goes on, or the state folder cannot be written.
    KeyboardInterrupt
        When Ctrl-C ended it: the same call goes on.
    """
    services = services_of(folder)
    with NightLock(state, clock()):
        night = this_night(state, clock())
        began = night.begin(clock())
        records: list[ServiceNight] = []
        n_repeated = 0
        tasks = (
            ServiceTask(
                service=service,
                state=state,
                night=night,
                last=last_recommendation(state, night, service),
                seed=seed,
                threads=threads,
                again=again,
                clock=clock,
            )
            for service in services
        )
        for task, found in (each or in_turn)(tasks):
            record, was_done = task.taken(found)
            n_repeated += was_done
            night.write(task.service, record)
            records.append(record)
            if told is not None:
                told(record, len(records), len(services))
        summary = Summary(
            night=night.name,
            started_utc=utc_text(began),
            finished_utc=utc_text(clock()),
            services=in_order(records),
            n_repeated=n_repeated,
        )
        night.finish(summary.to_json(), text=night_markdown(summary), page=night_html(summary))
        return summary


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTask:
    """One service of a night, for this process or for a worker that has the same folders.

    Parameters
    ----------
    service : Service
        The service.
    state : Path
        The state folder.
    night : NightFolder
        The night, which has begun.
    last : tuple of str and ServiceNight, or None
        The last night that recommended something for it, by name, and what that said.
    seed, threads, again, clock
        As in `run_night`.
    """

    service: Service
    state: Path
    night: NightFolder
    last: tuple[str, ServiceNight] | None
    seed: int | None
    threads: int | None
    again: bool
    clock: Clock

    def __call__(self) -> tuple[ServiceNight, bool]:
        """Give what the night says of the service, and whether it was done already.

        Raises
        ------
        ConfigurationError
            Where the night is not in the state folder: that of another machine.
        """
        if self.night.began() is None:
            raise ConfigurationError(
                Problem(
                    "the state folder of the night",
                    "another one",
                    str(self.state),
                    "Let all workers have the same folder, or use --workers.",
                )
            )
        there = None if self.again else self._done()
        return there or self._tuned(), there is not None

    def taken(self, found: tuple[ServiceNight, bool] | CliffsideError) -> tuple[ServiceNight, bool]:
        """Take what a call gave, or the error that no call ended for, compared with last night."""
        if isinstance(found, CliffsideError):
            found = lost(self.service, found), False
        record, was_done = found
        if self.last is not None:
            record = compared(record, self.last[1], night=self.last[0])
        return record, was_done

    def _done(self) -> ServiceNight | None:
        """Give what this night found already, where it follows from the same as it would now."""
        record = self.night.read(self.service)
        if record is None or not record.is_done or record.config != str(self.service.config):
            return None
        try:
            now = origin(self._job())
        except CliffsideError:
            return None
        return record if record.origin_sha256 == origin_digest(now) else None

    def _tuned(self) -> ServiceNight:
        """Tune the service and keep its run; whatever is wrong with it becomes its record."""
        try:
            return self._tune()
        except CliffsideError as error:
            return explained(self.service, error)
        except Exception as error:  # one bad service never stops the others
            place = self.night.write_traceback(self.service, traceback.format_exc())
            return unexpected(self.service, error, traceback=str(place))

    def _tune(self) -> ServiceNight:
        """Tune the service and keep its run."""
        job = self._job()
        about = origin(job)
        run = _run_of(self.state, about, self.clock)
        try:
            tuning = tune(job, run=run, threads=self.threads)
            if not tuning.complete:
                run.folder()
                raise KeyboardInterrupt
            code = EXIT_GATE if tuning.recommendation.recommended is None else 0
            keep_run(tuning, run, exit_code=code, fidelity=_fidelity(self.state, job))
            last = None if self.last is None else self.last[1]
            return judged(self.service, tuning, run=run.run, origin=about, last=last)
        finally:
            run.close()

    def _job(self) -> Job:
        """Read the job, with the seed of the call."""
        job = load_job(self.service.config)
        return job if self.seed is None else replace(job, seed=self.seed)


def in_turn(tasks: Iterable[ServiceTask]) -> Iterator[tuple[ServiceTask, Any]]:
    """Call one task after the other in this process."""
    for task in tasks:
        yield task, task()


def _run_of(state: Path, about: Origin, clock: Clock) -> RunWriter:
    """Go on with an interrupted run of the same origin, else begin one."""
    try:
        return resume_run(state, about, clock=clock)
    except ConfigurationError:
        return new_run(state, about, clock=clock)


def _fidelity(state: Path, job: Job) -> tuple[LedgerEntry, ...]:
    """Give past verifications of a service, for its report; none where they cannot be read."""
    try:
        return read_ledger(state, service=job.service).latest
    except CliffsideError:
        return ()
