"""The named sizes of the benchmark's bodies: small for the gate, full for `make bench`.

Notation: C candidate, S shape, T tick.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large each body is.

    Parameters
    ----------
    name : str
        ``small`` or ``full``.
    n_candidates, n_shapes, n_ticks : int
        The batch that the kernel simulates.
    n_numpy_shapes : int
        Shapes that the NumPy version simulates, all candidates on each.
    n_reference : int
        Candidates that the plain reference simulates, on one shape.
    n_trials : int
        Trials that Optuna asks for, one simulator call each, on all shapes.
    n_thresholds : int
        Scale-out thresholds of the exact search's lattice, 480 candidates each.
    rounds : int
        Times that each body is timed.
    """

    name: str
    n_candidates: int
    n_shapes: int = 12
    n_ticks: int = 240
    n_numpy_shapes: int
    n_reference: int
    n_trials: int
    n_thresholds: int
    rounds: int

    @property
    def n_minutes(self) -> int:
        """Minutes that each candidate is simulated for."""
        return self.n_shapes * self.n_ticks


SMALL = Size(
    name="small",
    n_candidates=640,
    n_numpy_shapes=1,
    n_reference=2,
    n_trials=20,
    n_thresholds=3,
    rounds=12,
)
FULL = Size(
    name="full",
    n_candidates=19_200,
    n_numpy_shapes=12,
    n_reference=24,
    n_trials=500,
    n_thresholds=40,
    rounds=7,
)
SIZES = {size.name: size for size in (SMALL, FULL)}
