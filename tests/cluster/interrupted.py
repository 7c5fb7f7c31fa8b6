"""A search over two workers to which somebody says Ctrl-C: `python -m tests.cluster.interrupted`.

The signal goes to every process of the group, as from a terminal. It prints whether the search is
complete, how many candidates it has, and the ids of the workers.
"""

from __future__ import annotations

import os
import signal

from tests.search.talk import ROBUST, SCENARIO, holds
from tuner.cluster.start import local_workers
from tuner.search.search import search
from tuner.search.settings import SearchSettings

AT_CHUNK = 3


def main() -> None:
    """Search, and interrupt it when some chunks have come."""
    chunks: list[int] = []

    def progress(n_ticks: int) -> None:
        chunks.append(n_ticks)
        if len(chunks) == AT_CHUNK:
            os.killpg(0, signal.SIGINT)

    with local_workers(2) as workers:
        pids = workers.client.run(os.getpid).values()
        settings = SearchSettings(chunk=64, workers=workers)
        found = search(
            ROBUST, SCENARIO, holds(10_000, 20_000), settings=settings, progress=progress
        )
    print(found.complete, found.n_candidates, *pids)


if __name__ == "__main__":
    main()
