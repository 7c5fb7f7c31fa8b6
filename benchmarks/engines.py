"""How near each engine comes to the true front, on the three lattices that can be enumerated.

``python -m benchmarks.engines`` prints a Markdown table; every figure is asserted to belong to an
honest front first. The share is that of the hypervolume above the median feasible candidate, the
median over the seeds with the least in brackets. The last column is wall time outside the kernel.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from dataclasses import dataclass

from tests.search.engine_checks import NAMES, Case, case, check_front, hypervolume_share
from tuner.search.optuna_engine import KINDS, trials_within_cap

TRIALS = {
    "random": 5_000,
    "qmc": 2_000,
    "nsga2": 5_000,
    "nsga3": 5_000,
    "tpe": 500,
    "gp": 60,
    "evolve": 5_000,
}
HEAD = ("lattice", "engine", "trials", "simulated", "share", "seconds", "CPU s", "µs a trial")


@dataclass(frozen=True)
class Row:
    """What an engine reached on a lattice, over the seeds."""

    name: str
    engine: str
    trials: int
    simulated: float
    shares: list[float]
    seconds: float
    cpu_seconds: float
    outside_us: float

    def cells(self) -> list[str]:
        """Give the row's cells."""
        share = f"{statistics.median(self.shares):.3f} ({min(self.shares):.3f})"
        return [
            self.name,
            self.engine,
            f"{self.trials:,}",
            f"{self.simulated:,.0f}",
            share,
            f"{self.seconds:.2f}",
            f"{self.cpu_seconds:.2f}",
            f"{self.outside_us:,.0f}",
        ]


def measured(known: Case, sampler: str, seeds: range) -> Row:
    """Run one sampler with several seeds."""
    trials, _ = trials_within_cap(sampler, TRIALS[sampler])
    shares, seconds, cpu_seconds, outside, simulated = [], [], [], [], []
    for seed in seeds:
        began, cpu = time.perf_counter(), time.process_time()
        got = known.run(engine="optuna", sampler=sampler, trials=trials, seed=seed)
        seconds.append(time.perf_counter() - began)
        cpu_seconds.append(time.process_time() - cpu)
        check_front(got, known)
        shares.append(hypervolume_share(got, known))
        outside.append((got.seconds - got.kernel_seconds) / trials * 1e6)
        simulated.append(got.n_candidates)
        assert 0.0 <= shares[-1] <= 1.0
        assert 0 < got.n_candidates <= trials
    return Row(
        known.name,
        sampler,
        trials,
        statistics.median(simulated),
        shares,
        statistics.median(seconds),
        statistics.median(cpu_seconds),
        statistics.median(outside),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(parser.parse_args().seeds)
    print(f"| {' | '.join(HEAD)} |\n|{' --- |' * len(HEAD)}")
    for name in NAMES:
        known = case(name)
        truth = known.truth
        n = truth.n_candidates
        outside = (truth.seconds - truth.kernel_seconds) / n * 1e6
        exact = [name, "exact", f"{n:,}", f"{n:,}", "1.000", f"{truth.seconds:.2f}", ""]
        print(f"| {' | '.join([*exact, f'{outside:.1f}'])} |")
        for sampler in TRIALS:
            needs = KINDS[sampler].needs if sampler in KINDS else ()
            if any(importlib.util.find_spec(package) is None for package in needs):
                continue
            print(f"| {' | '.join(measured(known, sampler, seeds).cells())} |", flush=True)


if __name__ == "__main__":
    main()
