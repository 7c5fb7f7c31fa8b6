"""Optional constraints of a search; without the simulator, so that a config file is read fast."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tuner.errors import ConfigurationError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Optional constraints beside that on peak CPU; None where there is none.

    Parameters
    ----------
    max_activities_per_day : float or None
        Scaling activities a day, weighted over the shapes.
    max_minutes_over_cliff : float or None
        Minutes above the cliff, weighted over the shapes. It follows from the constraint on peak
        CPU, unless a search is asked about a limit above the cliff that it ran with.

    Raises
    ------
    ConfigurationError
        For a limit that is negative or not finite.
    """

    max_activities_per_day: float | None = None
    max_minutes_over_cliff: float | None = None

    def __post_init__(self) -> None:
        """Refuse limits that cannot be."""
        problems = [
            Problem("a finite number of at least 0", f"{value:g}", name, "Raise it, or drop it.")
            for name in ("max_activities_per_day", "max_minutes_over_cliff")
            if (value := getattr(self, name)) is not None
            and not (math.isfinite(value) and value >= 0)
        ]
        if problems:
            raise ConfigurationError(*problems)
