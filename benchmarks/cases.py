"""The named sizes of a batch and what each yields, shared by benchmarks and tests.

Notation: C candidate, S shape, T tick.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from tuner.host import HostModel
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.scenario import Group, Scenario
from tuner.simulation.arrays import PolicyArrays, pack_plans
from tuner.traffic.shapes import Shape, TrafficShapes

SCENARIO = Scenario(
    host=HostModel(slope_percent_per_rpm=0.00075, cliff_percent=50.0),
    group=Group(launch_seconds=180, ready_seconds=60, boot_cpu_percent=90.0, drain_seconds=60),
)
N_DISTINCT_PLANS = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A batch: candidates x shapes x ticks of a minute, and its host-minutes by alarm period."""

    name: str
    n_candidates: int
    n_shapes: int
    n_ticks: int
    host_minutes: dict[int, float]

    @property
    def candidate_minutes(self) -> int:
        """Candidate-minutes of the batch."""
        return self.n_candidates * self.n_shapes * self.n_ticks


SMALL = Size(
    name="small",
    n_candidates=512,
    n_shapes=12,
    n_ticks=240,
    host_minutes={60: 6_390_823.0, 300: 5_924_513.0},
)
NIGHTLY = Size(
    name="nightly",
    n_candidates=8_192,
    n_shapes=12,
    n_ticks=1_440,
    host_minutes={60: 606_393_958.0, 300: 550_064_451.0},
)
STRESS = Size(
    name="stress",
    n_candidates=16_384,
    n_shapes=40,
    n_ticks=1_440,
    host_minutes={60: 3_820_470_747.0, 300: 3_202_487_666.0},
)


@cache
def plan(c: int, *, period_seconds: int) -> ScalingPlan:
    """Give one of the `N_DISTINCT_PLANS` pairs of simple policies."""
    upper = float(16 + c % 35)

    def alarm(threshold: float, operator: str) -> Alarm:
        return Alarm(
            threshold_percent=threshold,
            comparison_operator=operator,
            period_seconds=period_seconds,
            evaluation_periods=1 + c % 5,
            datapoints_to_alarm=1 + c % 5,
        )

    return ScalingPlan(
        scale_out=AlarmedPolicy(
            alarm(upper, "GreaterThanThreshold"), SimpleScaling(scaling_adjustment=1 + c % 7)
        ),
        scale_in=AlarmedPolicy(
            alarm(upper // 3, "LessThanThreshold"), SimpleScaling(scaling_adjustment=-1)
        ),
    )


def policies(size: Size, *, period_seconds: int) -> PolicyArrays:
    """Give the candidates of a size, packed."""
    numbers = (c % N_DISTINCT_PLANS for c in range(size.n_candidates))
    return pack_plans([plan(c, period_seconds=period_seconds) for c in numbers], SCENARIO)


def shapes(size: Size) -> TrafficShapes:
    """Give the waves of a size."""
    time = np.arange(size.n_ticks)
    loads = [60_000 * (1.2 + np.sin(time * (s + 1) / 40)) for s in range(size.n_shapes)]
    return TrafficShapes.of([Shape(name=str(s), rpm=load) for s, load in enumerate(loads)])
