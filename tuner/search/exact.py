"""The exact engine: every candidate of a lattice, in chunks, so that the front is the true one.

Notation
--------
C candidate.
"""

from __future__ import annotations

from tuner.search.candidates import Candidates
from tuner.search.engine import Engine
from tuner.search.evaluate import chunk_size
from tuner.search.lattice import Lattice


def enumerate_candidates(
    lattice: Lattice, found: Candidates, *, n_shapes: int, chunk: int | None = None
) -> Engine:
    """Ask for every candidate, in the order of the lattice.

    Parameters
    ----------
    lattice : Lattice
        Names the candidates.
    found : Candidates [C]
        All of them.
    n_shapes : int
        Shapes that each runs on.
    chunk : int or None
        Candidates asked for at a time, at least 1; None: as many as keep a chunk's totals small.

    Yields
    ------
    int64 [B, D]
        A chunk.
    """
    if chunk is None:
        chunk = chunk_size(n_shapes)
    for begin in range(0, len(found.index), chunk):
        yield lattice.positions(found.index[begin : begin + chunk])
