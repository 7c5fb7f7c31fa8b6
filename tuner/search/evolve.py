"""The evolutionary engine: a generation at a time, vectorised, with restarts and a local search.

1. Screen: a random population.
2. Breed: tournaments, uniform crossover, mutation; only candidates that were not tried yet.
3. Survive: the best of parents and children by constrained domination.
4. Restart from a new screen when the archive has stood still for some generations.
5. Climb: from the archive's points step by step until nothing improves.

Notation
--------
B candidate of a generation, D active dimension of the lattice. Positions are int64 ``[B, D]``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tuner.search.archive import Exploration
from tuner.search.candidates import find_candidates
from tuner.search.climb import climb
from tuner.search.engine import Engine
from tuner.search.lattice import Lattice
from tuner.search.ranking import constrained_order
from tuner.search.settings import DEFAULT_TRIALS

IntArray = NDArray[np.int64]

POPULATION = 200
LEAST_POPULATION = 10
GENERATIONS = 25
"""A population is such a part of the trials, within these bounds: few trials still evolve."""

SCREEN = 5
"""Random candidates of a restart, in populations, but at most this part of the trials."""

PATIENCE = 12
"""Generations without an improvement before a restart."""

CLIMBERS_SHARE = 4
"""A quarter of the trials is kept for the local search."""

SMALL = 200_000
"""Points of a lattice up to which those that are left are listed, so that none stays untried."""

DRAWS = 20
"""Times that random candidates are drawn from a larger lattice before it counts as exhausted."""


def evolve(lattice: Lattice, *, seed: int = 0, trials: int = DEFAULT_TRIALS) -> Engine:
    """Search a lattice of any size by evolution.

    Parameters
    ----------
    lattice : Lattice
        What to search.
    seed : int
        Seeds every generation together with its number.
    trials : int
        Candidates to try at most, at least 1.

    Yields
    ------
    int64 [B, D]
        A generation: candidates that were not asked for before.

    Notes
    -----
    Source: Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE
    Transactions on Evolutionary Computation 6 (2002), for domination and crowding. Assumption: the
    memory of tried points, restarts and the local search are ours; their sizes were chosen by the
    tests of `tests/search/test_evolve.py`.
    """
    explored = Exploration(lattice, trials=trials)
    population = min(max(trials // GENERATIONS, LEAST_POPULATION), POPULATION)
    screen = max(min(SCREEN * population, trials // SCREEN), 1)
    budget = max(1, trials - trials // CLIMBERS_SHARE)
    generation = 0
    while room := budget - len(explored.memory):
        rng = np.random.default_rng((seed, generation))
        people = _random_candidates(explored, rng, min(screen, room))
        if not len(people):
            break
        scores, _ = yield from explored.ask(people)
        costs, violation = scores.objectives, scores.violation
        generation, quiet = generation + 1, 0
        while quiet < PATIENCE and (room := budget - len(explored.memory)):
            rng = np.random.default_rng((seed, generation))
            best = constrained_order(costs, violation)[:population]
            people, costs, violation = people[best], costs[best], violation[best]
            children = explored.memory.fresh(
                _breed(people, lattice.active_sizes, rng, count=population)
            )[:room]
            if not len(children):
                break
            scores, improved = yield from explored.ask(children)
            people = np.concatenate([people, children])
            costs = np.concatenate([costs, scores.objectives])
            violation = np.concatenate([violation, scores.violation])
            generation, quiet = generation + 1, 0 if improved else quiet + 1
    yield from climb(explored)


def _random_candidates(explored: Exploration, rng: np.random.Generator, count: int) -> IntArray:
    """Draw up to ``count`` candidates that were not asked for; fewer where the lattice ends."""
    lattice, memory = explored.lattice, explored.memory
    if lattice.space.n_lattice <= SMALL:
        left = np.setdiff1d(find_candidates(lattice).index, memory.asked, assume_unique=True)
        return lattice.positions(rng.permutation(left)[:count])
    sizes = lattice.active_sizes
    found = np.empty((0, len(sizes)), dtype=np.int64)
    for _ in range(DRAWS):
        drawn = rng.integers(0, sizes, size=(2 * count, len(sizes)))
        found = memory.fresh(np.concatenate([found, drawn]))
        if len(found) >= count:
            break
    return found[:count]


def _breed(people: IntArray, sizes: IntArray, rng: np.random.Generator, *, count: int) -> IntArray:
    """Make a generation of children ``[B, D]`` of people who are sorted, the best first.

    Each gene comes from one of two parents, each the better of two drawn at random. A gene then
    changes with a chance of one in D: half of the changes go a few steps, half anywhere.
    """
    n_people, n_genes = people.shape
    parents = rng.integers(0, n_people, size=(2, count, 2)).min(axis=2)
    from_first = rng.random((count, n_genes)) < 0.5
    children = np.where(from_first, people[parents[0]], people[parents[1]])
    changes = rng.random((count, n_genes)) < 1.0 / max(n_genes, 1)
    far = rng.random((count, n_genes)) < 0.5
    steps = rng.geometric(0.4, size=children.shape) * rng.choice([-1, 1], size=children.shape)
    near_values = np.clip(children + steps, 0, sizes - 1)
    any_values = rng.integers(0, sizes, size=children.shape)
    return np.where(changes, np.where(far, any_values, near_values), children)
