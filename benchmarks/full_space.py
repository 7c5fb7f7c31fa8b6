"""Engines on a space that cannot be enumerated: about 10^10 points, five seeds.

``python -m benchmarks.full_space`` prints a Markdown table. There is no true front: shares are of
the hypervolume of the best points of all runs together, above the median feasible candidate of
10,000 random ones. Each of Optuna's samplers stands beside `auto` with as many trials; `auto` with
its 20,000 stands for equal seconds, as it ends before any sampler does.
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import dataclass

import numpy as np

from tests.search.lattices import world_cup
from tuner.search.front import hypervolume
from tuner.search.pair_space import PairSpace
from tuner.search.result import SearchResult
from tuner.search.search import search
from tuner.search.settings import DEFAULT_TRIALS, SearchSettings
from tuner.search.values import LowerThreshold, value_range

SPACE = PairSpace(
    scale_out_threshold_percent=value_range(11, last=90),
    scale_out_adjustment=tuple(range(1, 21)),
    evaluation_periods=tuple(range(1, 16)),
    datapoints_to_alarm=tuple(range(1, 16)),
    cooldown_seconds=tuple(range(0, 1801, 60)),
    scale_in_threshold=tuple(LowerThreshold.share(k, over=12) for k in range(1, 13)),
    scale_in_adjustment=(-1, -2, -3, -4, -5),
    min_size=tuple(range(1, 21)),
)
"""Every knob of the demo at full resolution."""

TRIALS = {"random": 5_000, "qmc": 5_000, "nsga2": 5_000, "nsga3": 5_000, "tpe": 1_000}


@dataclass(frozen=True)
class Run:
    """One search: its sampler's name, the trials it was given, and what it found."""

    name: str
    trials: int
    result: SearchResult

    def front(self) -> np.ndarray:
        """Give the costs of its front, float64 [F, 2]."""
        return self.result.scores().objectives[self.result.front()]


def run(name: str, trials: int, seed: int) -> Run:
    """Search the space with one of Optuna's samplers, or with ``auto``."""
    engine = "auto" if name == "auto" else "optuna"
    sampler = "evolve" if name == "auto" else name
    settings = SearchSettings(engine=engine, sampler=sampler, trials=trials, seed=seed)
    lattice, shapes = world_cup()
    return Run(name, trials, search(SPACE, lattice.scenario, shapes, settings=settings))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    seeds = range(parser.parse_args().seeds)
    assert SPACE.n_lattice > 10**10
    wanted = [*TRIALS.items(), *(("auto", n) for n in sorted({*TRIALS.values(), DEFAULT_TRIALS}))]
    runs = [run(name, trials, seed) for name, trials in wanted for seed in seeds]
    sample = run("random", DEFAULT_TRIALS // 2, 99).result
    median = np.median(sample.scores().objectives[sample.feasible()], axis=0)
    reference = (float(median[0]), float(median[1]))
    best = hypervolume(np.concatenate([each.front() for each in runs]), reference=reference)
    print("| engine | trials | share, median (least) | seconds | kernel s |")
    print("| --- | --- | --- | --- | --- |")
    shares: dict[tuple[str, int], list[float]] = {}
    for name, trials in wanted:
        of_it = [each for each in runs if (each.name, each.trials) == (name, trials)]
        shares[name, trials] = [
            hypervolume(each.front(), reference=reference) / best for each in of_it
        ]
        seconds = statistics.median(each.result.seconds for each in of_it)
        kernel = statistics.median(each.result.kernel_seconds for each in of_it)
        share = f"{statistics.median(shares[name, trials]):.3f} ({min(shares[name, trials]):.3f})"
        print(f"| {name} | {trials:,} | {share} | {seconds:.2f} | {kernel:.2f} |")
    for name, trials in TRIALS.items():
        got = statistics.median(shares[name, trials])
        assert statistics.median(shares["auto", trials]) >= got, f"{name} at {trials:,} trials"
        assert statistics.median(shares["auto", DEFAULT_TRIALS]) >= got, f"{name} at its seconds"


if __name__ == "__main__":
    main()
