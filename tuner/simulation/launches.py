"""Launch times of every shape and tick, drawn before a run: every candidate sees the same luck.

Notation: S shape, T tick.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tuner.launches import LaunchTimes
from tuner.scenario import Scenario
from tuner.traffic.noise import Stream, generator
from tuner.traffic.shapes import TrafficShapes, frozen

IntArray = NDArray[np.int64]


def drawn_launch_ticks(shapes: TrafficShapes, scenario: Scenario) -> IntArray:
    """Draw how long a launch takes that is decided in each tick of each shape.

    Parameters
    ----------
    shapes : TrafficShapes [S]
        The load; gives names and lengths.
    scenario : Scenario
        Gives the group's launch times, the seed and the tick.

    Returns
    -------
    int64 [sum of T]
        Ticks from decision to InService, flat like ``shapes.rpm``, read-only; empty where all
        launches take the same time.

    Notes
    -----
    Source: docs/model.md, "Launches that come late or fail". The seed and the name of a shape
    decide its draws, and nothing else does: neither other shapes, nor their order, nor a
    candidate; a shape that is cut shorter keeps the draws of the ticks that are left.
    """
    group = scenario.group
    drawn = [
        _seconds(name, ticks, group.launches, group.launch_seconds, scenario.seed)
        for name, ticks in zip(shapes.names, shapes.n_ticks.tolist(), strict=True)
        if group.launches.is_drawn
    ]
    seconds = np.concatenate(drawn) if drawn else np.empty(0, dtype=np.int64)
    return frozen(-(-seconds // scenario.tick_seconds))


def _seconds(
    name: str, n_ticks: int, launches: LaunchTimes, median_seconds: int, seed: int
) -> IntArray:
    """Draw the launch times of one shape, int64 [T]."""

    def stream(stream: Stream) -> np.random.Generator:
        return generator(seed, name=name, replicate=1, stream=stream)

    return launches.drawn_seconds(
        median_seconds=median_seconds,
        levels=stream("launches").standard_normal(n_ticks),
        chances=stream("failed launches").random(n_ticks),
    )
