"""The exact engine: every candidate of a lattice, in chunks, so that the front is the true one.

Notation
--------
C candidate.
"""

from __future__ import annotations

from tuner.search.candidates import Candidates
from tuner.search.engine import Engine
from tuner.search.lattice import Lattice


def enumerate_candidates(lattice: Lattice, found: Candidates, *, chunk: int) -> Engine:
    """Ask for every candidate, in the order of the lattice.

    Parameters
    ----------
    lattice : Lattice
        Names the candidates.
    found : Candidates [C]
        All of them.
    chunk : int
        Candidates asked for at a time, at least 1.

    Yields
    ------
    int64 [B, D]
        A chunk.
    """
    for index in found.chunks(chunk):
        yield lattice.positions(index)
