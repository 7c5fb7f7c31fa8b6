"""The process of a job: how it is started, told to be alive, and ended."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tuner.service.launcher import NOT_MINE
from tuner.service.limits import MEBIBYTE

__all__ = ["COMMAND", "NOT_MINE", "end_left_over", "kill_group", "start_child"]

COMMAND = (sys.executable, "-c", "from tuner.cli.main import run; run()")
"""The command line, as a child process enters it."""

LAUNCHER = Path(__file__).with_name("launcher.py")
LARGEST_FILE_BYTES = 4_096 * MEBIBYTE
PATIENCE_SECONDS = 10.0
"""How long a process that was killed may take to be gone."""


def start_child(
    command: Sequence[str], *, lock: Path, folder: Path, memory_mebibytes: int
) -> subprocess.Popen[bytes]:
    """Start a job's process, in a group of its own, its streams in files of a folder.

    Parameters
    ----------
    command : sequence of str
        Program and arguments; the program by its whole path.
    lock : Path
        File whose lock the process holds while it lives.
    folder : Path
        Gets ``stdout`` and ``stderr``.
    memory_mebibytes : int
        Most data memory.
    """
    bounds = (str(memory_mebibytes * MEBIBYTE), str(LARGEST_FILE_BYTES))
    words = [sys.executable, "-I", "-S", str(LAUNCHER), str(lock), str(os.getpid()), *bounds]
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        return subprocess.Popen(
            [*words, *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=folder,
            start_new_session=True,
        )


def kill_group(pid: int) -> None:
    """Kill a job's process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end_left_over(lock: Path) -> bool:
    """Make sure that no process of a job lives that another service started.

    Parameters
    ----------
    lock : Path
        As in `start_child`.

    Returns
    -------
    bool
        Whether none lives.
    """
    try:
        handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except OSError:
                pid = os.pread(handle, 20, 0).decode("ascii", "replace")
                if pid.isdigit() and int(pid) > 1:
                    kill_group(int(pid))
                time.sleep(0.02)
        return False
    finally:
        os.close(handle)
