"""A real server whose jobs are fake, and a queue without a server: both are there to be killed.

`python -m tests.service.server_process serve STATE SERVICES PORT` imports what a server needs; for
each line that it reads it forks one that serves, and says its process id. `queue STATE SERVICES`
does the same with what runs the jobs that wait.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tests.service.fake import FAKE, ROOT
from tuner.service.job_table import JobTable
from tuner.service.limits import Limits
from tuner.service.runner import Runner
from tuner.service.server import Settings, serve
from tuner.service.services import ServiceFolder
from tuner.service.state import ServiceState

MANY = 1_000_000


class Killable:
    """One of the two, to be killed and started again, the imports paid once."""

    def __init__(self, what: str, *words: object) -> None:
        module = [sys.executable, "-m", "tests.service.server_process", what]
        self._parent = subprocess.Popen(
            [*module, *map(str, words)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.start()

    def start(self) -> None:
        self._parent.stdin.write("go\n")
        self._parent.stdin.flush()
        self.pid = int(self._parent.stdout.readline())

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

        assert self._parent.stdout.readline() == f"{-signal.SIGKILL}\n"

    def close(self) -> None:
        self.kill()
        self._parent.communicate()


def fork_for_each_line(work: Callable[[], None]) -> None:
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work()
            os._exit(0)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def queue(state: Path, services: Path) -> None:
    held = ServiceState(state)
    table = JobTable(held.database)
    runner = Runner(
        table,
        ServiceFolder(services),
        state=held.folder,
        limits=Limits(most_interruptions=MANY),
        command=FAKE,
    )
    runner.start()
    threading.Event().wait()


def server(state: Path, services: Path, port: int) -> None:
    limits = Limits(most_interruptions=MANY, most_queued=MANY)
    serve(
        Settings(state=state, services=services, port=port, command=FAKE, limits=limits),
        say=lambda _: None,
    )


if __name__ == "__main__":
    what, state, services, *more = sys.argv[1:]
    places = Path(state), Path(services)
    if what == "queue":
        fork_for_each_line(lambda: queue(*places))
    else:
        fork_for_each_line(lambda: server(*places, int(more[0])))
