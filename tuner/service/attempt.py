"""One try of a job: its folder, its process, what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuner.errors import CliffsideError
from tuner.service.child import NOT_MINE, kill_group
from tuner.service.job import Job, JobEnd
from tuner.store.run_writer import is_held
from tuner.store.runs import RUN_ID, RUNS, find_run, list_started, sync_folder

STDOUT, STDERR = "stdout", "stderr"
LARGEST_RESULT_BYTES = 64 * 1024 * 1024
LONGEST_REASON = 2_000
LONGEST_LINE = 500
MOST_LINES = 1_000
"""Lines of progress that are kept of one try."""

GOOD_CODES = (0, 3)
"""Of a command that did its work; 3: a gate said no."""

WRONG_INPUT = 2
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a process ended.

    Parameters
    ----------
    code : int
        Exit code; below 0: the signal that killed it.
    why : str
        ``itself``, ``cancelled``, ``timed_out`` or ``stopping``.
    """

    code: int
    why: str


def watch(
    process: subprocess.Popen[bytes],
    *,
    seconds: float,
    is_cancelled: Callable[[], bool],
    is_stopping: Callable[[], bool],
    tell: Callable[[str], None],
) -> Outcome:
    """Wait for a job's process, and kill it where it must end.

    Parameters
    ----------
    process : Popen
        It leads a group.
    seconds : float
        That it may run.
    is_cancelled, is_stopping : callable
        Whether somebody asked for its end, and whether the service ends.
    tell : callable
        Hears a line of progress. It is for the caller to bound how often.
    """
    until = time.monotonic() + seconds
    why = "itself"
    while True:
        try:
            code = process.wait(timeout=POLL_SECONDS)
            break
        except subprocess.TimeoutExpired:
            tell("")
        if why == "itself":
            late = time.monotonic() > until
            why = "cancelled" if is_cancelled() else "stopping" if is_stopping() else why
            why = "timed_out" if why == "itself" and late else why
        if why != "itself":
            kill_group(process.pid)
    kill_group(process.pid)
    tell("")
    return Outcome(code, why)


def new_lines(path: Path) -> Iterator[list[str]]:
    """Give, each time, the whole lines that a file has grown by.

    Parameters
    ----------
    path : Path
        A text file that another process writes.
    """
    at, rest, told = 0, b"", 0
    while True:
        with path.open("rb") as file:
            file.seek(at)
            content = file.read(1 << 20)
        at += len(content)
        *whole, rest = (rest + content).split(b"\n")
        rest = rest[-LONGEST_LINE:]
        lines = [line.decode("utf-8", "replace").strip()[:LONGEST_LINE] for line in whole]
        lines = [line for line in lines if line][: MOST_LINES - told]
        told += len(lines)
        yield lines


def judge(job: Job, folder: Path, code: int, *, state: Path) -> JobEnd:
    """Say how a command that ended by itself left its job.

    Parameters
    ----------
    job : Job
        The job.
    folder : Path
        Of the try.
    code : int
        Exit code.
    state : Path
        The state folder.
    """
    if code not in GOOD_CODES:
        return JobEnd("failed", code, reason=_reason(folder, code))
    try:
        read_result(folder)
        with (folder / STDOUT).open("rb") as file:
            os.fsync(file.fileno())
        sync_folder(folder)
    except (OSError, ValueError) as error:
        return JobEnd("failed", code, reason=f"The command left no result: {error}")
    return JobEnd("done", code, run=_run_left(folder, state) if job.kind == "tune" else None)


def read_result(folder: Path) -> dict[str, Any]:
    """Read the JSON that a command printed.

    Parameters
    ----------
    folder : Path
        Of the try.

    Raises
    ------
    ValueError
        When it is no object of JSON, or too large.
    OSError
        When it is not there.
    """
    path = folder / STDOUT
    if path.stat().st_size > LARGEST_RESULT_BYTES:
        raise ValueError("more than 64 MiB")
    value = json.loads(path.read_bytes())
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def run_to_resume(job: Job, config: Path, state: Path) -> str | None:
    """Find the run that an earlier try of a job began and left: its config and seed, since then.

    Parameters
    ----------
    job : Job
        As it was claimed for a later try.
    config : Path
        Its service's config.
    state : Path
        The state folder.
    """
    if job.kind != "tune" or job.attempt < 2:
        return None
    wanted, seed = str(config.resolve()), job.request.get("seed")
    families = job.request.get("families")
    try:
        for started in list_started(state):
            origin = started.origin
            fits = origin.config == wanted and started.started_utc >= job.created_utc
            fits = fits and (seed is None or origin.seed == seed)
            fits = fits and (not job.request.get("best_only") or bool(origin.search["best_only"]))
            fits = fits and (families is None or origin.search.get("families") == families)
            if fits and not is_held(state / RUNS / started.run):
                return started.run
    except (CliffsideError, OSError):
        return None
    return None


def is_not_mine(code: int) -> bool:
    """Tell whether a process never became the command."""
    return code == NOT_MINE


def _run_left(folder: Path, state: Path) -> str | None:
    """Find the run that a command says it has written."""
    for line in reversed(_tail(folder).splitlines()):
        if line.startswith("Written: "):
            found = RUN_ID.search(line)
            if found:
                try:
                    return find_run(state, found[0]).name
                except CliffsideError:
                    return None
    return None


def _reason(folder: Path, code: int) -> str:
    """Give the end of what a command that failed said."""
    text = _tail(folder).strip()
    if "MemoryError" in text:
        return "The job needed more memory than it may have."
    lines = [line for line in text.splitlines() if line.strip()]
    errors = [k for k, line in enumerate(lines) if line.startswith("Error:")]
    said = "\n".join(lines[errors[-1] :] if errors else lines[-1:])
    return said[-LONGEST_REASON:] or f"Exit code {code}, without a word."


def _tail(folder: Path) -> str:
    """Give the end of a command's standard error."""
    with (folder / STDERR).open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 16_384))
        return file.read().decode("utf-8", "replace")
