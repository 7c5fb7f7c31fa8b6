"""The weighted totals of a result by their own names.

Notation
--------
C candidate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tuner.search.objectives import Weighted

FloatArray = NDArray[np.float64]


class TotalsByName:
    """Gives each of the weighted totals ``[C]`` as an attribute."""

    __slots__ = ()

    totals: Weighted

    @property
    def mean_cpu_percent(self) -> FloatArray:
        """Mean CPU percent over the ticks of each shape, float64 [C]."""
        return self.totals.mean_cpu_percent

    @property
    def mean_cpu_per_host_percent(self) -> FloatArray:
        """Mean CPU percent weighted by serving instances, float64 [C]."""
        return self.totals.mean_cpu_per_host_percent

    @property
    def host_minutes(self) -> FloatArray:
        """Minutes of instances that are paid for, float64 [C]."""
        return self.totals.host_minutes

    @property
    def worst_peak_cpu_percent(self) -> FloatArray:
        """Largest CPU percent on any shape, float64 [C]."""
        return self.totals.worst_peak_cpu_percent

    @property
    def minutes_over_cliff(self) -> FloatArray:
        """Minutes above the scenario's cliff, float64 [C]."""
        return self.totals.minutes_over_cliff

    @property
    def overload_requests(self) -> FloatArray:
        """Requests beyond what the group carries at 100 %, float64 [C]."""
        return self.totals.overload_requests

    @property
    def activities(self) -> FloatArray:
        """Scaling activities, float64 [C]."""
        return self.totals.activities

    @property
    def activities_per_day(self) -> FloatArray:
        """Scaling activities a day, float64 [C]."""
        return self.totals.activities_per_day
