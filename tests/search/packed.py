"""The first candidates of a space, packed plan by plan and by column."""

from __future__ import annotations

from tests.search.talk import SCENARIO
from tuner.errors import ConfigurationError
from tuner.search.candidates import find_candidates
from tuner.search.lattice import lattice_of
from tuner.search.space import Space
from tuner.simulation.arrays import PolicyArrays, pack_plans

MOST = 40


def packed_both_ways(space: Space) -> tuple[PolicyArrays, PolicyArrays] | None:
    """Give what the plans and what the columns become; None where no point is a candidate."""
    lattice = lattice_of(space, SCENARIO)
    try:
        index = find_candidates(lattice).index[:MOST]
    except ConfigurationError:
        return None
    return pack_plans([lattice.plan(int(c)) for c in index], SCENARIO), lattice.policies(index)
