"""The record of a family: which variants of a shape are tried, and how much chance is put in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tuner.errors import Problem, TrafficError

MOST_SHAPES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """How a shape is varied: every list is crossed with every other.

    Parameters
    ----------
    hold_seconds : tuple of tuple of int
        For the n-th hold of the stages, in order, the lengths to try in seconds; an empty tuple
        leaves a hold as it is.
    height_factors : tuple of float
        Rise above the start's load, times this; a recorded shape is multiplied whole.
    ramp_factors : tuple of float
        Lengths of all ramps, times this.
    start_offset_seconds : tuple of int
        Above 0: everything begins so much later, after a hold of the first load. Below 0: the run
        begins that far in.
    noise_percent : float
        Standard deviation of multiplicative noise, in percent; 0 is none.
    noise_correlation : float
        Correlation of the noise from minute to minute, 0 up to under 1.
    bursts_per_day : float
        Bursts in 24 hours on average; 0 is none.
    burst_factor : float
        Load in a burst over the load without it.
    burst_seconds : int
        Length of a burst.
    replicates : int
        How often noise and bursts are drawn; each replicate is a shape of weight 1 / R.

    Raises
    ------
    TrafficError
        Naming every field that cannot be.
    """

    hold_seconds: tuple[tuple[int, ...], ...] = ()
    height_factors: tuple[float, ...] = (1.0,)
    ramp_factors: tuple[float, ...] = (1.0,)
    start_offset_seconds: tuple[int, ...] = (0,)
    noise_percent: float = 0.0
    noise_correlation: float = 0.5
    bursts_per_day: float = 0.0
    burst_factor: float = 2.0
    burst_seconds: int = 300
    replicates: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be, all at once."""
        problems = tuple(_family_problems(self))
        if problems:
            raise TrafficError(*problems)

    @property
    def n_variants(self) -> int:
        """Members of the family before replicates; the weight of each is that of the base."""
        lists = [max(1, len(lengths)) for lengths in self.hold_seconds]
        lists += [len(self.height_factors), len(self.ramp_factors)]
        return math.prod(lists) * len(self.start_offset_seconds)

    @property
    def is_random(self) -> bool:
        """Whether shapes differ from one replicate to another."""
        return self.noise_percent > 0 or self.bursts_per_day > 0


def _family_problems(family: Family) -> Iterator[Problem]:
    """Yield what cannot be in a family."""
    lists: dict[str, tuple[tuple[float, ...], bool]] = {
        f"hold_seconds, hold {n}": (lengths, all(x >= 0 for x in lengths))
        for n, lengths in enumerate(family.hold_seconds, start=1)
    }
    for key, factors in (
        ("height_factors", family.height_factors),
        ("ramp_factors", family.ramp_factors),
    ):
        lists[key] = (factors, bool(factors) and all(0 < x < math.inf for x in factors))
    offsets = family.start_offset_seconds
    lists["start_offset_seconds"] = (offsets, bool(offsets))
    for key, (values, fit) in lists.items():
        if not fit or len(set(values)) < len(values):
            yield Problem(
                "different numbers, " + ("at least 0" if "hold" in key else "above 0"),
                ", ".join(f"{x:g}" for x in values) or "none",
                key,
                "Name each variant once.",
            )
    ranges = {
        "noise_percent": (family.noise_percent, 0.0, 1000.0),
        "noise_correlation": (family.noise_correlation, 0.0, 0.999999),
        "bursts_per_day": (family.bursts_per_day, 0.0, 1440.0),
        "burst_factor": (family.burst_factor, 0.0, 1e6),
        "burst_seconds": (family.burst_seconds, 1, 86400),
        "replicates": (family.replicates, 1, MOST_SHAPES),
    }
    for key, (value, low, high) in ranges.items():
        if not low <= value <= high:
            yield Problem(f"{low:g} to {high:g}", f"{value:g}", key, "Choose a value in between.")
    if family.replicates > 1 and not family.is_random:
        yield Problem(
            "1 replicate without noise and bursts",
            str(family.replicates),
            "replicates",
            "All would be equal: set noise_percent or bursts_per_day, or leave replicates out.",
        )
