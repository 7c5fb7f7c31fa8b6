"""The talk's scenario (docs/model.md, "Reproducing the talk"), for tests of search and decision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tuner.host import HostModel
from tuner.scenario import Group, Metric, Scenario
from tuner.search.pair_space import PairSpace
from tuner.search.values import LowerThreshold, value_range
from tuner.traffic.shapes import Shape, TrafficShapes

SCENARIO = Scenario(
    host=HostModel(slope_percent_per_rpm=0.75 / 1000, cliff_percent=50.0),
    group=Group(min_size=1, max_size=1000, initial_capacity=1, launch_seconds=180),
    metric=Metric(metric_delay_seconds=0),
)

CONF42 = PairSpace(
    scale_out_threshold_percent=value_range(11, last=35),
    scale_out_adjustment=tuple(range(1, 11)),
    evaluation_periods=(5,),
    cooldown_seconds=(180,),
    scale_in_threshold=(LowerThreshold.capped(15),),
)

ROBUST = PairSpace(
    scale_out_threshold_percent=value_range(8, last=35),
    scale_out_adjustment=tuple(range(1, 21)),
    evaluation_periods=(5,),
    cooldown_seconds=(180,),
    scale_in_threshold=(
        LowerThreshold.capped(15),
        LowerThreshold.share(1, over=2),
        LowerThreshold.share(1, over=3),
    ),
)


def ramp(first_rpm: float, last_rpm: float, minutes: int) -> NDArray[np.float64]:
    """Give the tick means of a linear ramp."""
    edges = np.linspace(first_rpm, last_rpm, minutes + 1)
    return (edges[1:] + edges[:-1]) / 2


def hold(minutes: int, *, weight: float = 1.0) -> Shape:
    """Give the talk's traffic with a hold of so many minutes at 30,000 rpm."""
    parts = (
        ramp(0, 30_000, 10),
        np.full(minutes, 30_000.0),
        ramp(30_000, 150_000, 8),
        np.full(60, 150_000.0),
    )
    return Shape(name=f"hold {minutes}m", rpm=np.concatenate(parts), weight=weight)


def holds(*minutes: int) -> TrafficShapes:
    """Give the talk's traffic once for each hold."""
    return TrafficShapes.of([hold(each) for each in minutes])
