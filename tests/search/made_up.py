"""Search results with made-up totals, so that rules are tested without a simulator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from tests.search.talk import SCENARIO
from tuner.scenario import Scenario
from tuner.search.limits import Limits
from tuner.search.objectives import Weighted
from tuner.search.pair_space import PairSpace
from tuner.search.result import SearchResult
from tuner.search.values import LowerThreshold


def line_space(thresholds: Sequence[float], *, adjustments: Sequence[int] = (1,)) -> PairSpace:
    """Give a space of thresholds x increments without anything left out."""
    return PairSpace(
        scale_out_threshold_percent=tuple(thresholds),
        scale_out_adjustment=tuple(adjustments),
        scale_in_threshold=(LowerThreshold.given(1.0),),
    )


def made_up_result(
    *,
    mean: ArrayLike,
    host_minutes: ArrayLike,
    peaks: ArrayLike | None = None,
    activities: ArrayLike = 0.0,
    minutes_over: ArrayLike = 0.0,
    space: PairSpace | None = None,
    scenario: Scenario = SCENARIO,
    limits: Limits | None = None,
) -> SearchResult:
    """Give a result whose candidates have these totals; peaks are ``[C, S]``, 40 % unless given."""
    means = np.array(mean, dtype=np.float64)
    n_candidates = len(means)
    peak = np.full((n_candidates, 1), 40.0) if peaks is None else np.array(peaks, dtype=np.float64)

    def column(values: ArrayLike) -> np.ndarray:
        return np.broadcast_to(np.array(values, dtype=np.float64), (n_candidates,)).copy()

    return SearchResult(
        engine="exact",
        model_version="test",
        space=space or line_space(np.arange(10.0, 10.0 + n_candidates)),
        scenario=scenario,
        limits=limits or Limits(),
        budget=10**6,
        n_candidates=n_candidates,
        left_out={},
        shape_names=tuple(f"shape {s}" for s in range(peak.shape[1])),
        weight=np.ones(peak.shape[1]),
        n_minutes=100.0,
        seconds=1.0,
        kernel_seconds=1.0,
        candidate=np.arange(n_candidates),
        peak_cpu_percent=peak,
        totals=Weighted(
            mean_cpu_percent=means,
            mean_cpu_per_host_percent=means,
            host_minutes=column(host_minutes),
            worst_peak_cpu_percent=peak.max(axis=1),
            minutes_over_cliff=column(minutes_over),
            overload_requests=column(0.0),
            activities=column(activities),
            activities_per_day=column(activities),
        ),
    )
