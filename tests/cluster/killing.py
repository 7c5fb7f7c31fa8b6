"""Workers that are killed: from outside while they have a task, and by a task of their own."""

from __future__ import annotations

import os
import signal

from tuner.cluster.workers import DaskWorkers


def kill_a_busy_worker(workers: DaskWorkers) -> int:
    """Kill a worker process that has a task, else one that holds results, and give its id."""
    busy = [address for address, keys in workers.client.processing().items() if keys]
    pids = workers.client.run(os.getpid)
    victim = pids[next(iter([*busy, *pids]))]
    os.kill(victim, signal.SIGKILL)
    return victim


def end_this_process() -> None:
    """End the worker that has this task, as a lack of memory would."""
    os.kill(os.getpid(), signal.SIGKILL)


def give_seven() -> int:
    """Do nothing that could go wrong."""
    return 7
