"""The night: every service of a folder in turn; one that fails never stops the others.

1. Take the lock, find the night that is worked on.
2. For each service: what is done this night already stands; else read, tune, keep the run.
3. Compare with the last night, keep the record.
4. Write the summary, which ends the night.

One service is in memory at a time; of the others only their records are.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tuner.config.job import Job
from tuner.config.load import load_job
from tuner.deployment.fidelity import LedgerEntry, read_ledger
from tuner.errors import CliffsideError, ConfigurationError
from tuner.kept_run import keep_run, origin
from tuner.night.judge import compared, explained, judged, origin_digest, unexpected
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


def run_night(
    folder: Path,
    state: Path,
    *,
    seed: int | None = None,
    threads: int | None = None,
    again: bool = False,
    clock: Clock = utc_now,
    told: Told | None = None,
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

    Returns
    -------
    Summary
        Also kept as ``summary.json`` and ``summary.md`` of the night.

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
        for service in services:
            last = last_recommendation(state, night, service)
            one = _OneService(service, state, night, None if last is None else last[1])
            record = None if again else one.done(seed)
            if record is None:
                record = one.tuned(seed=seed, threads=threads, clock=clock)
            else:
                n_repeated += 1
            if last is not None:
                record = compared(record, last[1], night=last[0])
            night.write(service, record)
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
        night.finish(summary.to_json(), night_markdown(summary))
        return summary


class _OneService:
    """One service of a night."""

    def __init__(
        self, service: Service, state: Path, night: NightFolder, last: ServiceNight | None
    ) -> None:
        self._service, self._state, self._night, self._last = service, state, night, last

    def done(self, seed: int | None) -> ServiceNight | None:
        """Give what this night found already, where it follows from the same as it would now."""
        record = self._night.read(self._service)
        if record is None or not record.is_done or record.config != str(self._service.config):
            return None
        try:
            now = origin(self._job(seed))
        except CliffsideError:
            return None
        return record if record.origin_sha256 == origin_digest(now) else None

    def tuned(self, *, seed: int | None, threads: int | None, clock: Clock) -> ServiceNight:
        """Tune the service and keep its run; whatever is wrong with it becomes its record."""
        try:
            return self._tune(seed=seed, threads=threads, clock=clock)
        except CliffsideError as error:
            return explained(self._service, error)
        except Exception as error:  # one bad service never stops the others
            place = self._night.write_traceback(self._service, traceback.format_exc())
            return unexpected(self._service, error, traceback=str(place))

    def _tune(self, *, seed: int | None, threads: int | None, clock: Clock) -> ServiceNight:
        """Tune the service and keep its run."""
        job = self._job(seed)
        about = origin(job)
        run = _run_of(self._state, about, clock)
        try:
            tuning = tune(job, run=run, threads=threads)
            if not tuning.complete:
                run.folder()
                raise KeyboardInterrupt
            code = EXIT_GATE if tuning.recommendation.recommended is None else 0
            keep_run(tuning, run, exit_code=code, fidelity=_fidelity(self._state, job))
            return judged(self._service, tuning, run=run.run, origin=about, last=self._last)
        finally:
            run.close()

    def _job(self, seed: int | None) -> Job:
        """Read the job, with the seed of the call."""
        job = load_job(self._service.config)
        return job if seed is None else replace(job, seed=seed)


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
