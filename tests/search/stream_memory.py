"""How much memory an exact search takes, by its number of candidates; each in its own process.

``python -m tests.search.stream_memory [--minutes M] [--keep] THRESHOLDS...`` prints a line for each
number of scale-out thresholds, 51,840 candidates apiece, on 12 shapes of M minutes; without
``--minutes`` they have 60 to 1,440. ``--keep`` saves the trials in a run's folder as well.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.search.talk import SCENARIO
from tests.store.made_up import ORIGIN
from tuner.scenario import Group
from tuner.search.pair_space import PairSpace
from tuner.search.search import search
from tuner.search.settings import SearchSettings
from tuner.search.stored_trials import StoredTrials
from tuner.search.values import LowerThreshold
from tuner.store.run_writer import new_run
from tuner.traffic.shapes import Shape, TrafficShapes

LENGTHS = (60, 120, 180, 240, 360, 480, 600, 720, 840, 960, 1_200, 1_440)
GROUP = Group(launch_seconds=180, ready_seconds=60, boot_cpu_percent=90.0, drain_seconds=60)
OTHER_CLIFFS = (35.0, 70.0)


def space(n_thresholds: int) -> PairSpace:
    """Give a space of 51,840 candidates for each threshold, none left out."""
    return PairSpace(
        scale_out_threshold_percent=tuple(24.0 + k / 2 for k in range(n_thresholds)),
        scale_in_threshold=tuple(LowerThreshold.given(float(percent)) for percent in range(1, 13)),
        scale_out_adjustment=(1, 2, 3, 4, 6, 8, 12, 16),
        scale_in_adjustment=(-1, -2, -3, -4, -6),
        evaluation_periods=(3, 4, 5, 6, 8, 10),
        datapoints_to_alarm=(1, 2, 3),
        cooldown_seconds=(0, 60, 120, 180, 300, 600),
    )


def waves(lengths: tuple[int, ...]) -> TrafficShapes:
    """Give a wave of each length."""
    loads = [60_000 * (1.2 + np.sin(np.arange(n) * (s + 1) / 40)) for s, n in enumerate(lengths)]
    return TrafficShapes.of([Shape(name=f"{s}", rpm=load) for s, load in enumerate(loads)])


def resident_mb(key: str) -> float:
    """Give resident memory of this process in 10^6 bytes: ``VmHWM`` the most, ``VmRSS`` now."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) * 1024 / 1e6


def measure(n_thresholds: int, *, minutes: int | None, keep: bool) -> dict[str, Any]:
    """Search here, ask for fronts at three cliffs, and give what it took."""
    lengths = LENGTHS if minutes is None else (minutes,) * len(LENGTHS)
    scenario, shapes = replace(SCENARIO, group=GROUP), waves(lengths)
    settings = SearchSettings(engine="exact", budget=10**7)
    search(space(1), scenario, waves((5,)), settings=replace(settings, chunk=512))
    base = resident_mb("VmRSS")
    with tempfile.TemporaryDirectory(dir=tempfile.gettempdir()) as folder:
        store = None
        if keep:
            run = new_run(Path(folder) / "state", ORIGIN)
            store = StoredTrials(run, space(n_thresholds), scenario, shapes)
        began = time.perf_counter()
        found = search(space(n_thresholds), scenario, shapes, settings=settings, store=store)
        fronts = [len(found.front(cliff)) for cliff in (None, *OTHER_CLIFFS)]
        seconds = time.perf_counter() - began
        answers = (found.best(), found.cheapest(), len(found.cost_front()))
    return {
        "candidates": found.n_candidates,
        "seconds": round(seconds, 2),
        "kernel": round(found.kernel_seconds / seconds, 3),
        "base_mb": round(base),
        "peak_mb": round(resident_mb("VmHWM")),
        "fronts": fronts,
        "answers": answers,
    }


def measured(n_thresholds: int, *options: str) -> dict[str, Any]:
    """Measure in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.search.stream_memory", "--here", *options, f"{n_thresholds}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def main() -> None:
    """Measure each in a process of its own, or one here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--here", action="store_true")
    parser.add_argument("thresholds", type=int, nargs="+")
    asked = parser.parse_args()
    options = [] if asked.minutes is None else ["--minutes", f"{asked.minutes}"]
    options += ["--keep"] if asked.keep else []
    for n_thresholds in asked.thresholds:
        if asked.here:
            told = measure(n_thresholds, minutes=asked.minutes, keep=asked.keep)
        else:
            told = measured(n_thresholds, *options)
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
