"""What a plan must keep to in a pull request; without the simulator, to be read fast."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from tuner.errors import ConfigurationError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """Limits of `cliffside gate`; None where another table gives the limit, or nothing is judged.

    Parameters
    ----------
    most_peak_percent : float or None
        Largest peak CPU on any shape, percent; None: the cliff less the margin.
    most_unseen_shapes_over : int or None
        Most unseen shapes over the cliff; None: as many as pass the stress check.
    most_minutes_over_cliff, most_activities_per_day : float or None
        Weighted over the shapes; None: the limit of the search, where it has one.
    most_host_minutes, most_usd : float or None
        Weighted over the shapes; None: not judged.
    most_extra_host_minutes_percent : float or None
        Most host-minutes beyond those of today's policy, percent of them; None: not judged.
    least_mean_cpu_percent : float or None
        Least mean CPU, percent; None: not judged.

    Raises
    ------
    ConfigurationError
        For a limit that is negative or not finite.
    """

    most_peak_percent: float | None = None
    most_unseen_shapes_over: int | None = None
    most_minutes_over_cliff: float | None = None
    most_activities_per_day: float | None = None
    most_host_minutes: float | None = None
    most_usd: float | None = None
    most_extra_host_minutes_percent: float | None = None
    least_mean_cpu_percent: float | None = None

    def __post_init__(self) -> None:
        """Refuse limits that cannot be."""
        problems = [
            Problem("a finite number of at least 0", f"{value:g}", field.name, "Raise it.")
            for field in fields(self)
            if (value := getattr(self, field.name)) is not None
            and not (math.isfinite(value) and value >= 0)
        ]
        if problems:
            raise ConfigurationError(*problems)
