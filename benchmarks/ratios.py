"""The ratio of two timings within one process: it repeats where seconds do not."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def seconds_of(call: Callable[[], object]) -> float:
    """Time one call, in seconds."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def interleaved_ratio(
    *, slow: Callable[[], object], fast: Callable[[], object], rounds: int
) -> float:
    """Give how many times longer ``slow`` takes: the median over interleaved pairs of calls."""
    return statistics.median(seconds_of(slow) / seconds_of(fast) for _ in range(rounds))
