"""What needs a process of its own: scale by family, the exact front, starts; with peak memory.

``python -m benchmarks.fresh FILE.json`` runs all and writes what was measured;
``python -m benchmarks.fresh --one NAME`` runs one here and prints it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from benchmarks.answers import Answer, differences, front_of, totals_of
from benchmarks.callgrind import count_all
from benchmarks.families import EVERYTHING, FAMILIES, batch, waves, waves_of
from benchmarks.gate import read_baseline
from tuner.search.pair_space import PairSpace
from tuner.search.search import search_exact
from tuner.search.values import LowerThreshold, value_range
from tuner.simulation.run import available_threads, simulate

SCALE_CANDIDATES, SCALE_MINUTES = 10_000, 28 * 24 * 60
FRONT_LENGTHS = (60, 120, 180, 240, 360, 480, 600, 720, 840, 960, 1_200, 1_440)
FRONT_SPACE = PairSpace(
    scale_out_threshold_percent=value_range(24, last=48, step=2),
    scale_in_threshold=tuple(LowerThreshold.given(float(percent)) for percent in range(1, 13)),
    scale_out_adjustment=(1, 2, 3, 4, 6, 8, 12, 16),
    scale_in_adjustment=(-1, -2, -3, -4, -6),
    evaluation_periods=(3, 4, 5, 6, 8, 10),
    datapoints_to_alarm=(1, 2, 3),
    cooldown_seconds=(0, 60, 120, 180, 300, 600),
)
"""13 x 12 x 8 x 5 x 6 x 3 x 6 = 673,920 candidates, none left out."""

FIRST_RUNS = {"cold": 2, "warm": 5}
"""Fresh processes of each kind; the fastest counts."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What one process measured.

    Parameters
    ----------
    seconds, kernel_seconds : float
        Wall time, and of that in the simulator.
    candidate_minutes : int
        What was simulated.
    threads : int
        It used.
    base_mb, peak_mb : float
        Resident memory before the run, and the most until its end, in 10^6 bytes.
    answer : dict
        What it gave.
    """

    seconds: float
    kernel_seconds: float
    candidate_minutes: int
    threads: int
    base_mb: float
    peak_mb: float
    answer: Answer


def scale(family: str) -> Fresh:
    """Simulate 10,000 candidates of a family over 28 days of minutes, on one thread."""
    policies, shapes = batch(family, SCALE_CANDIDATES), waves(1, SCALE_MINUTES)
    warm_up = batch(family, 64)
    scenario = FAMILIES[family].scenario
    simulate(warm_up, scenario, waves(1, 60), threads=1)
    base, began = peak_mb(), time.perf_counter()
    outcomes = simulate(policies, scenario, shapes, threads=1)
    seconds = time.perf_counter() - began
    amount = SCALE_CANDIDATES * SCALE_MINUTES
    return Fresh(seconds, seconds, amount, 1, base, peak_mb(), totals_of(outcomes))


def exact_front() -> Fresh:
    """Search 673,920 candidates on 12 shapes of 60 to 1,440 minutes, on every processor."""
    shapes = waves_of(FRONT_LENGTHS)
    simulate(batch("simple", 64), EVERYTHING, waves(1, 60), threads=1)
    base, began = peak_mb(), time.perf_counter()
    found = search_exact(FRONT_SPACE, EVERYTHING, shapes)
    found.front()
    seconds = time.perf_counter() - began
    amount = found.n_candidates * sum(FRONT_LENGTHS)
    threads = available_threads()
    peak = peak_mb()
    return Fresh(seconds, found.kernel_seconds, amount, threads, base, peak, front_of(found))


FRESH: dict[str, Callable[[], Fresh]] = {
    **{f"scale-{family}": partial(scale, family) for family in FAMILIES},
    "exact-front": exact_front,
}
"""By name."""

PLACE = "fresh"
"""Where the baseline holds their answers."""


def peak_mb() -> float:
    """Give the most memory that this process has had resident, in 10^6 bytes.

    Linux's own figure of the process; ``getrusage`` counts what the parent held before the start.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def run_fresh(name: str) -> Fresh:
    """Run one in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fresh", "--one", name],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name} ended with {done.returncode}:\n{done.stderr}")
    return Fresh(**json.loads(done.stdout))


def first_runs() -> dict[str, float]:
    """Give seconds from the start of Python to the end of a first simulation, cold and warm."""
    seconds: dict[str, list[float]] = {kind: [] for kind in FIRST_RUNS}
    for _ in range(FIRST_RUNS["cold"]):
        with tempfile.TemporaryDirectory() as cache:
            seconds["cold"].append(_first_run(cache))
            more = range(FIRST_RUNS["warm"])
            seconds["warm"] += [_first_run(cache) for _ in more]
    return {kind: min(taken) for kind, taken in seconds.items()}


def _first_run(cache: str) -> float:
    """Time the first run of a process, with a folder of compiled kernels."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "benchmarks.first_run"],
        env={**os.environ, "NUMBA_CACHE_DIR": cache},
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - began


def main() -> None:
    """Run one here, or all in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", choices=FRESH)
    parser.add_argument("file", nargs="?", type=Path)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(asdict(FRESH[asked.one]())))
        return
    told: dict[str, object] = {}
    committed = read_baseline().answers[PLACE]
    for name in FRESH:
        print(name, file=sys.stderr, flush=True)
        got = run_fresh(name)
        if changed := differences(committed[name], got.answer):
            sys.exit(f"{name} gives another answer: {'; '.join(changed)}")
        told[name] = asdict(got)
    print("first runs, instruction counts", file=sys.stderr, flush=True)
    told["first_runs"], told["instructions"] = first_runs(), count_all()
    asked.file.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
