"""The warm process behind the page: started when first needed, killed when it takes too long."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tuner.errors import Problem
from tuner.service.child import LARGEST_FILE_BYTES, LAUNCHER, kill_group
from tuner.service.limits import MEBIBYTE
from tuner.service.problems import HttpProblemError

ANSWER_SECONDS = 20.0
"""How long an answer may take; the process is killed then, and the next one started anew."""

START_SECONDS = 120.0
"""How long the first answer of a process may take: the simulator may have to be compiled."""

LARGEST_ANSWER_BYTES = 64 * MEBIBYTE
LOCK = "explore.lock"
COMMAND = (sys.executable, "-c", "from tuner.service.explore_child import run; run()")


class Explorers:
    """Asks the process; one question at a time, from a thread of its own.

    The process dies with the thread that started it, and threads that answer requests come and go.

    Parameters
    ----------
    state : Path
        The state folder; has the lock of the process.
    memory_mebibytes : int
        Most data memory of the process.
    complain : callable
        Hears that it had to be killed.
    """

    def __init__(
        self, state: Path, *, memory_mebibytes: int, complain: Callable[[str], None]
    ) -> None:
        self._state, self._memory, self._complain = state, memory_mebibytes, complain
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="explore")
        self._process: subprocess.Popen[bytes] | None = None
        self._is_warm = False
        self._closed = False

    def warm(self) -> None:
        """Start the process, where it does not run."""
        if not self._closed:
            self._thread.submit(self._started)

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Ask, and give the answer.

        Parameters
        ----------
        request : mapping
            As `tuner.service.explore_child.reply` takes it.

        Raises
        ------
        HttpProblemError
            With what the process refused; 503 where it is busy, was killed, or is ended.
        """
        if self._closed:
            raise _try_again("the service ends")
        asked = self._thread.submit(self._exchange, json.dumps(request).encode() + b"\n")
        try:
            told = json.loads(asked.result(timeout=START_SECONDS + ANSWER_SECONDS))
        except (TimeoutError, CancelledError) as error:
            asked.cancel()
            raise _try_again("it answers others") from error
        if "ok" in told:
            answer: dict[str, Any] = told["ok"]
            return answer
        raise HttpProblemError(told["status"], Problem(**told["problems"][0]))

    def close(self) -> None:
        """End the process for good."""
        self._closed = True
        process = self._process
        if process is not None:
            kill_group(process.pid)
        self._thread.shutdown(cancel_futures=True)
        self._kill()

    def _started(self) -> subprocess.Popen[bytes]:
        """Give the process, started where it does not run."""
        process = self._process
        if process is not None and process.poll() is None:
            return process
        if self._closed:
            raise _try_again("the service ends")
        self._kill()
        bounds = (str(self._memory * MEBIBYTE), str(LARGEST_FILE_BYTES))
        words = [sys.executable, "-I", "-S", str(LAUNCHER), str(self._state / LOCK)]
        self._is_warm = False
        self._process = subprocess.Popen(
            [*words, str(os.getpid()), *bounds, *COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._state,
            start_new_session=True,
        )
        return self._process

    def _exchange(self, line: bytes) -> bytes:
        """Send a line and read one."""
        process = self._started()
        limit = ANSWER_SECONDS if self._is_warm else START_SECONDS
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(line)
            process.stdin.flush()
            told = _read_line(process.stdout.fileno(), until=time.monotonic() + limit)
        except (OSError, TimeoutError) as error:
            self._kill()
            self._complain(f"The process behind the page was ended: {error}.")
            raise _try_again("it had to be started anew") from error
        self._is_warm = True
        return told

    def _kill(self) -> None:
        """End the process, where there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        kill_group(process.pid)
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _read_line(handle: int, *, until: float) -> bytes:
    """Read a line from a pipe within a time."""
    told = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(handle, selectors.EVENT_READ)
        while not told.endswith(b"\n"):
            if not selector.select(max(until - time.monotonic(), 0.0)):
                raise TimeoutError("it took too long")
            read = os.read(handle, 1 << 20)
            if not read or len(told) > LARGEST_ANSWER_BYTES:
                raise OSError("it ended" if not read else "its answer is too large")
            told += read
    return bytes(told)


def _try_again(got: str) -> HttpProblemError:
    """Say that the process cannot answer now."""
    problem = Problem("a process that answers", got, "service", "Try again in a moment.")
    return HttpProblemError(503, problem, retry_seconds=1)
