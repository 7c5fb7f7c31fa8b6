"""Nights that are killed after each service, and in the middle of each, and go on (R4).

`python -m tests.night.killed_night FOLDER SERVICES INSIDE SEED...` forks a night for every moment,
kills it there, lets a second one go on, and compares the end with that of a night that never was
killed: recommendations, trials, fronts, summary, bit for bit without times and ids of runs. It
prints how many nights were killed. INSIDE is how many services are killed in their middle.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tuner.night.night as nights
import tuner.report.html
from tests.night.folders import make_services, result_of
from tuner.config.load import load_job
from tuner.night.record import ServiceNight

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


def in_child(work: Callable[[], None]) -> int:
    """Do something in a forked process, and give how it ended."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            print(error, file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def night(folder: Path, state: Path, *, recorded: int = -1, unkept: int = -1) -> None:
    """Run a night that kills itself when so many services are recorded, or before a run is kept."""
    kept = [0]
    keep_run = nights.keep_run

    def keep(*given: Any, **more: Any) -> Any:
        kept[0] += 1
        if kept[0] == unkept:
            os.kill(os.getpid(), signal.SIGKILL)
        return keep_run(*given, **more)

    def told(record: ServiceNight, done: int, total: int) -> None:
        if done == recorded:
            os.kill(os.getpid(), signal.SIGKILL)

    nights.keep_run = keep
    nights.run_night(folder, state, threads=1, clock=lambda: NOW, told=told)


def finished_runs(state: Path) -> set[str]:
    """Name the runs that have a manifest."""
    return {path.parent.name for path in state.glob("runs/*/manifest.json")}


def check(place: Path, n_services: int, n_inside: int, seed: int) -> int:
    """Kill a night at every moment, let it go on, and compare; give how often."""
    folder = make_services(place / "services", n_services, seed=seed)
    assert in_child(lambda: night(folder, place / "whole")) == 0
    expected = result_of(place / "whole")
    after = [{"recorded": k} for k in range(1, n_services + 1)]
    inside = [{"unkept": n_services // 2 + 1 - i} for i in range(n_inside)]
    for moment in after + inside:
        ((how, k),) = moment.items()
        state = place / f"{how}-{k}"
        ended = in_child(lambda m=moment, s=state: night(folder, s, **m))
        done = finished_runs(state)

        assert os.WIFSIGNALED(ended), (moment, ended)
        assert len(done) == (k if how == "recorded" else k - 1)
        assert in_child(lambda s=state: night(folder, s)) == 0
        assert done <= finished_runs(state)
        assert len(finished_runs(state)) == n_services, "done services are not repeated"
        assert expected == result_of(state), (seed, moment)
    return len(after + inside)


def warm_up(place: Path) -> None:
    """Load all that a night needs before the first fork, and write nothing: no thread begins."""
    import pyarrow.parquet

    import tuner.search.study_record

    assert pyarrow.parquet
    assert tuner.search.study_record
    path = make_services(place, 1) / "service-00.toml"
    nights.tune(load_job(path), threads=1)


def main(folder: Path, n_services: int, n_inside: int, seeds: list[int]) -> None:
    """Check so many services for each seed; the page of each report is left out, it is slow."""
    tuner.report.html.render_report = lambda *_: "<title>report</title>"
    warm_up(folder / "warm")
    killed = sum(check(folder / str(seed), n_services, n_inside, seed) for seed in seeds)
    print(f"seeds {seeds}: {killed} nights killed, every one ended as one that never was")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), [int(w) for w in sys.argv[4:]])
