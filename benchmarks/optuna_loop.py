"""Optuna calling the simulator one trial at a time, on the lattice of the bulk search."""

from __future__ import annotations

import optuna

from tuner.search.lattice import Lattice
from tuner.search.optuna_engine import quiet_optuna
from tuner.simulation.run import simulate_plans
from tuner.traffic.shapes import TrafficShapes

SEED = 1


def one_trial_at_a_time(
    lattice: Lattice, shapes: TrafficShapes, *, trials: int
) -> dict[int, float]:
    """Ask Optuna's default sampler for trials; give host-minutes by lattice index.

    Every trial asks for a value of each knob, makes the plan, simulates it on all shapes and tells
    mean CPU percent and host-minutes, as an objective in the manual of Optuna does.
    """
    found: dict[int, float] = {}
    sizes = lattice.active_sizes.tolist()

    def objective(trial: optuna.Trial) -> tuple[float, float]:
        places = [trial.suggest_int(str(d), 0, size - 1) for d, size in enumerate(sizes)]
        candidate = int(lattice.index(lattice.active_sizes[None] * 0 + places)[0])
        outcomes = simulate_plans([lattice.plan(candidate)], lattice.scenario, shapes)
        found[candidate] = float(outcomes.host_minutes.mean())
        return float(outcomes.mean_cpu_percent.mean()), found[candidate]

    with quiet_optuna():
        sampler = optuna.samplers.NSGAIISampler(seed=SEED)
        study = optuna.create_study(directions=["maximize", "minimize"], sampler=sampler)
        study.optimize(objective, n_trials=trials)
    return found
