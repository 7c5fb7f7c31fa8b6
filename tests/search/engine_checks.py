"""What every engine's front must be, on lattices whose true front is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from tests.search.lattices import world_cup
from tests.search.talk import CONF42, ROBUST, SCENARIO, holds
from tuner.search.evaluate import Evaluator
from tuner.search.front import hypervolume, non_dominated
from tuner.search.lattice import Lattice, lattice_of
from tuner.search.objectives import WEIGHTED
from tuner.search.result import SearchResult
from tuner.search.search import search, search_exact
from tuner.search.settings import SearchSettings
from tuner.traffic.shapes import TrafficShapes

NAMES = ("talk", "robust", "world cup")


@dataclass(frozen=True)
class Case:
    """A lattice that can be enumerated, and its exact result."""

    name: str
    lattice: Lattice
    shapes: TrafficShapes
    truth: SearchResult

    def run(self, **settings) -> SearchResult:
        """Search the lattice with these settings."""
        return search(
            self.lattice.space,
            self.lattice.scenario,
            self.shapes,
            settings=SearchSettings(**settings),
        )


@cache
def case(name: str) -> Case:
    """Give one of the named lattices with its exact result, computed once."""
    if name == "world cup":
        lattice, shapes = world_cup()
    else:
        lattice = lattice_of(CONF42 if name == "talk" else ROBUST, SCENARIO)
        shapes = holds(20) if name == "talk" else holds(*range(5, 45, 5))
    truth = search_exact(lattice.space, lattice.scenario, shapes)
    assert truth.feasible().any()
    return Case(name, lattice, shapes, truth)


def check_front(result: SearchResult, known: Case) -> None:
    """Assert that a result re-evaluates exactly, and that its front is one.

    Every candidate yields what an independent run yields, to the last bit; the front's points are
    feasible, none dominates another, and each is weakly dominated by a point of the true front.
    """
    rows = np.searchsorted(known.truth.candidate, result.candidate)
    assert (known.truth.candidate[rows] == result.candidate).all(), "asked for no candidate"
    for name in WEIGHTED:
        np.testing.assert_array_equal(
            getattr(known.truth.totals, name)[rows], getattr(result.totals, name)
        )
    np.testing.assert_array_equal(known.truth.peak_cpu_percent[rows], result.peak_cpu_percent)
    front = result.front()
    again = Evaluator(known.lattice, known.shapes, limits=result.limits)
    scores = again.evaluate(result.candidate[front])
    np.testing.assert_array_equal(result.scores().objectives[front], scores.objectives)

    assert scores.feasible.all()
    assert non_dominated(scores.objectives).all()
    true = known.truth.scores().objectives[known.truth.front()]
    for point in scores.objectives:
        assert (true <= point).all(axis=1).any(), f"{point} is better than the true front"


def hypervolume_share(result: SearchResult, known: Case) -> float:
    """Give the share of the true front's hypervolume, above the median feasible candidate."""
    truth = known.truth.scores()
    median = np.median(truth.objectives[truth.feasible], axis=0)
    reference = (float(median[0]), float(median[1]))

    def covered(costs) -> float:
        return hypervolume(costs, reference=reference)

    whole = covered(truth.objectives[known.truth.front()])
    return covered(result.scores().objectives[result.front()]) / whole
