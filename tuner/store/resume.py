"""Which interrupted run goes on: one of the same config, inputs, settings, seed and model."""

from __future__ import annotations

from pathlib import Path

from tuner.errors import ConfigurationError, Problem
from tuner.store.manifest import MANIFEST, Origin
from tuner.store.run_writer import Clock, RunWriter, is_held, utc_now
from tuner.store.runs import (
    RUNS,
    STARTED,
    Started,
    check_state,
    is_run_id,
    list_started,
    read_started,
)


def resume_run(
    state: Path, origin: Origin, *, run: str | None = None, clock: Clock = utc_now
) -> RunWriter:
    """Go on with a run that was interrupted.

    Parameters
    ----------
    state : Path
        The state folder.
    origin : Origin
        What is to be run: the same config, inputs, settings, seed and model.
    run : str or None
        Its id; None: the newest of this origin that nobody is writing.
    clock : callable
        Gives the time in UTC.

    Raises
    ------
    ConfigurationError
        When there is none, it still goes on, or it is of another config, seed or version.
    """
    check_state(state)
    if run is None:
        found = list_started(state)
        fitting = [each for each in found if not origin.differences(each.origin)]
        for started in fitting:
            folder = state / RUNS / started.run
            if not is_held(folder):
                return RunWriter(state, started, folder=folder, clock=clock)
        raise _nothing_to_resume(state, origin, found)
    folder = state / RUNS / run
    if not (is_run_id(run) and (folder / STARTED).is_file()) or (folder / MANIFEST).is_file():
        raise ConfigurationError(
            Problem(
                "the id of a run that was interrupted",
                repr(run),
                "--resume",
                "Leave the id out for the newest, or leave --resume out to start a new run.",
            )
        )
    started = read_started(folder)
    differ = origin.differences(started.origin)
    if differ:
        raise _another(run, differ)
    return RunWriter(state, started, folder=folder, clock=clock)


def _nothing_to_resume(state: Path, origin: Origin, found: list[Started]) -> ConfigurationError:
    """Say why no run can go on."""
    if found:
        differ = origin.differences(found[0].origin)
        if differ:
            return _another(found[0].run, differ)
        got = f"only {found[0].run}, which still goes on"
    else:
        got = f"none in {state / RUNS}"
    return ConfigurationError(
        Problem("an interrupted run of this job", got, "--resume", "Leave --resume out.")
    )


def _another(run: str, differ: list[str]) -> ConfigurationError:
    """Say that a run is of something else."""
    return ConfigurationError(
        Problem(
            "an interrupted run of the same config, inputs, seed and model",
            f"{run} with {', '.join(differ)}",
            "--resume",
            "Leave --resume out to start a new run.",
        )
    )
