"""A load test of one host: measured windows, checked, in time order.

Notation: N measurement (one window of a load test).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows that an importer left out, and why.

    Parameters
    ----------
    reason : str
        In words, such as ``after the users were gone``.
    count : int
        How many rows.
    """

    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadTest:
    """Measured windows of a load test, in time order; every array has one entry a window.

    Parameters
    ----------
    offered_rpm : float64 [N]
        Requests per minute to the whole service, failures included.
    in_service : float64 [N]
        Instances that shared them.
    cpu_percent : float64 [N]
        Mean CPU of one instance, 0 to 100; NaN where it was not measured.
    latency_p95_ms : float64 [N]
        95th percentile of latency in milliseconds; NaN where it was not measured.
    error_fraction : float64 [N]
        Failed requests as a fraction of all, 0 to 1.
    step : int64 [N]
        Number of the load step that a window belongs to; windows of a step are correlated.
    source : str
        File or files.
    model : str
        ``open`` or ``closed`` load model, or ``unknown``.
    lag_seconds : float
        Shift between the clocks of load and CPU that fitted best; it has been applied.
    dropped : tuple of Dropped
        What was left out.
    warnings : tuple of str
        What a reader should know, in sentences.
    """

    offered_rpm: FloatArray
    in_service: FloatArray
    cpu_percent: FloatArray
    latency_p95_ms: FloatArray
    error_fraction: FloatArray
    step: NDArray[np.int64]
    source: str
    model: str = "unknown"
    lag_seconds: float = 0.0
    dropped: tuple[Dropped, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    @property
    def rpm_per_instance(self) -> FloatArray:
        """Requests per minute on one instance, float64 [N]."""
        return self.offered_rpm / self.in_service

    @property
    def served_rpm_per_instance(self) -> FloatArray:
        """Requests per minute on one instance that did not fail, float64 [N]."""
        return self.rpm_per_instance * (1.0 - self.error_fraction)

    def __len__(self) -> int:
        """Count the windows, N."""
        return len(self.offered_rpm)
