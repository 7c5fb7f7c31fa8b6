"""Which points of a lattice are candidates, and how many were left out for which reason.

Notation
--------
C candidate. Conditions are tables as in `tuner.search.lattice`: they broadcast, and nothing of the
lattice's size is made but one mask and the indices of the candidates.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.errors import ConfigurationError, Problem
from tuner.policy import HIGH_RESOLUTION_PERIODS_SECONDS, span_limit_seconds
from tuner.scenario import BASIC_PERIOD_SECONDS, Scenario
from tuner.search.lattice import Lattice
from tuner.search.space import DIMENSIONS, SimpleSpace
from tuner.search.tables import LOWER, UPPER, IntArray, mapped, table_shape
from tuner.traffic.shapes import frozen

BoolArray = NDArray[np.bool_]

EQUAL = "equal to another candidate"
LOWER_ABOVE_UPPER = "scale-in threshold above the scale-out threshold"


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of a lattice.

    Parameters
    ----------
    index : int64 [C]
        Lattice indices, rising.
    left_out : dict of str to int
        Points that are no candidates, by reason in words; each counts under its first reason.
    """

    index: IntArray
    left_out: dict[str, int]


def find_candidates(lattice: Lattice) -> Candidates:
    """Find the points of a lattice that are candidates.

    Parameters
    ----------
    lattice : Lattice
        From `lattice_of`.

    Returns
    -------
    Candidates
        Every distinct combination that AWS takes and whose scale-in threshold is not above its
        scale-out threshold.

    Raises
    ------
    ConfigurationError
        When no point is a candidate, with the reasons.

    Notes
    -----
    Of equal candidates the first in the order of the lattice stays. Only the two thresholds can
    make different points equal (a cap and a share may give the same threshold), apart from a knob
    that names a value twice.
    """
    remaining = np.ones(lattice.sizes, dtype=np.bool_)
    left_out: dict[str, int] = {}
    for reason, excluded in exclusions(lattice):
        if excluded.any():
            before = int(np.count_nonzero(remaining))
            remaining &= ~excluded
            if count := before - int(np.count_nonzero(remaining)):
                left_out[reason] = left_out.get(reason, 0) + count
    index = np.flatnonzero(remaining).astype(np.int64)
    if not index.size:
        reasons = "; ".join(f"{count:,} x {reason}" for reason, count in left_out.items())
        raise ConfigurationError(
            Problem(
                "at least one combination that can be a candidate",
                f"none of {lattice.space.n_lattice:,}: {reasons}",
                "search",
                "Change the knobs that the reasons name.",
            )
        )
    return Candidates(frozen(index), left_out)


def check_budget(space: SimpleSpace, *, budget: int) -> None:
    """Refuse a lattice that is larger than the budget.

    Parameters
    ----------
    space : SimpleSpace
        The knobs.
    budget : int
        Points that may be enumerated.

    Raises
    ------
    ConfigurationError
        With the size of every dimension, and what to do.
    """
    n_lattice = space.n_lattice
    if n_lattice <= budget:
        return
    sizes = {name: size for name, size in space.sizes().items() if size > 1}
    listed = " x ".join(f"{size:,} {name}" for name, size in sizes.items())
    largest = max(sizes, key=lambda name: sizes[name])
    raise ConfigurationError(
        Problem(
            f"a lattice within the budget of {budget:,} candidates",
            f"{n_lattice:,} = {listed}",
            "search",
            f"Take larger steps (the longest knob is {largest}), fix a knob, or raise the budget.",
        )
    )


def exclusions(lattice: Lattice) -> Iterator[tuple[str, BoolArray]]:
    """Yield every reason for leaving points out, with a table of where it holds."""
    tables, scenario = lattice.tables, lattice.scenario
    tick = scenario.tick_seconds
    for prefix in ("", "scale_in_"):
        period = tables[f"{prefix}period_seconds"]
        periods = tables[f"{prefix}evaluation_periods"]
        high = np.isin(period, HIGH_RESOLUTION_PERIODS_SECONDS)
        unknown = ~high & ((period < 60) | (period % 60 != 0))
        yield "period_seconds that CloudWatch does not have", unknown
        yield f"period_seconds that a tick of {tick} s does not divide", period % tick != 0
        if scenario.group.monitoring == "basic":
            short = period < BASIC_PERIOD_SECONDS
            yield f"period_seconds under {BASIC_PERIOD_SECONDS} with basic monitoring", short
        more = tables[f"{prefix}datapoints_to_alarm"] > periods
        yield "datapoints_to_alarm above evaluation_periods", more
        longer = periods * period > mapped(span_limit_seconds, period)
        yield "evaluation_periods x period_seconds over CloudWatch's limit", longer
    misfits = mapped(lambda size: _misfits(scenario, size), tables["min_size"])
    yield "min_size above max_size", misfits.astype(np.bool_)
    lower, upper = tables["scale_in_threshold_percent"], tables["scale_out_threshold_percent"]
    yield LOWER_ABOVE_UPPER, lower > upper
    for name in DIMENSIONS:
        if name != LOWER and getattr(lattice.space, name) is not None:
            repeats = np.array(_repeats(getattr(lattice.space, name)))
            yield EQUAL, repeats.reshape(table_shape({name: -1}))
    yield EQUAL, _equal_lowers(lower)


def _equal_lowers(lower: NDArray[np.float64]) -> BoolArray:
    """Tell where a scale-in threshold repeats an earlier rule's, for the same scale-out one."""
    u, low = DIMENSIONS.index(UPPER), DIMENSIONS.index(LOWER)
    by_upper = lower.reshape(lower.shape[u], lower.shape[low])
    return np.array([_repeats(row.tolist()) for row in by_upper]).reshape(lower.shape)


def _repeats(values: Sequence[Hashable]) -> list[bool]:
    """Tell which values stand earlier in the sequence."""
    seen: set[Hashable] = set()
    repeats = []
    for value in values:
        repeats.append(value in seen)
        seen.add(value)
    return repeats


def _misfits(scenario: Scenario, min_size: int) -> bool:
    """Tell whether a minimum lies above the maximum, at the start or after a scheduled action."""
    smallest, largest = min_size, scenario.group.max_size
    misfits = smallest > largest
    for action in sorted(scenario.schedule, key=lambda action: action.tick):
        smallest = smallest if action.min_size is None else action.min_size
        largest = largest if action.max_size is None else action.max_size
        misfits = misfits or smallest > largest
    return misfits
