"""U9: search overhead outside the kernel, measured where it is largest: one short shape."""

from __future__ import annotations

from dataclasses import replace

from tests.search.talk import ROBUST, SCENARIO, holds
from tuner.search.exact import search_exact

SLACK = 3.0
LARGEST_SHARE = 0.10


def test_overhead_outside_the_simulator_is_a_small_share_of_a_large_search():
    space = replace(ROBUST, cooldown_seconds=(60, 120, 180, 300), evaluation_periods=(2, 3, 5))
    shapes = holds(20)
    search_exact(replace(ROBUST, scale_out_adjustment=(1,)), SCENARIO, shapes)
    runs = [search_exact(space, SCENARIO, shapes) for _ in range(5)]
    shares = [1.0 - run.kernel_seconds / run.seconds for run in runs]

    assert runs[0].n_candidates == 19_680
    assert space.n_lattice == 20_160
    assert min(shares) <= LARGEST_SHARE * SLACK, shares
