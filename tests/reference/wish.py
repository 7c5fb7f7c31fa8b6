"""What a called policy wishes, and step 6 (Conflict and clamp) among several wishes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """A wished capacity, and what its activity would bring with it."""

    capacity: int
    is_out: bool
    is_of_the_pair: bool
    is_of_scale_out: bool
    warmup_seconds: int = 0
    cooldown_seconds: int | None = None

    @property
    def by(self) -> str:
        """The policy that wishes."""
        if not self.is_of_the_pair:
            return "target_tracking"
        return "scale_out" if self.is_of_scale_out else "scale_in"


def largest_wish(wishes: list[Wish]) -> Wish | None:
    """Return the winner: "the largest resulting capacity wins, ties go to scale-out before
    scale-in, and within a direction to the pair's policy before target tracking".
    """
    if not wishes:
        return None
    return max(wishes, key=lambda w: (w.capacity, w.is_out, w.is_of_the_pair, w.is_of_scale_out))
