"""What the simulation says of a range whose traffic was observed.

Notation: T minute.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tuner.deployment.observed import filled
from tuner.errors import LoadTestError
from tuner.launches import LaunchTimes
from tuner.measure.history import MINUTE_SECONDS, History
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.simulation.run import trace
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import Shape, TrafficShapes

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """A run on observed traffic.

    Parameters
    ----------
    trace : Trace
        The run, tick by tick, without its events.
    in_service : float64 [T]
        Instances in service, mean of each minute.
    group_cpu_percent : float64 [T]
        What CloudWatch would have published: the mean over instances in service, percent; NaN
        without any.
    """

    trace: Trace
    in_service: FloatArray
    group_cpu_percent: FloatArray


def predict(history: History, plan: ScalingPlan, scenario: Scenario) -> Prediction:
    """Simulate a plan on the traffic of a history.

    Parameters
    ----------
    history : History
        Its requests are the load; gaps become straight lines.
    plan : ScalingPlan
        What was deployed.
    scenario : Scenario
        Host, group and metric; the group starts as it was observed.

    Raises
    ------
    LoadTestError
        Where no minute has requests, none has a count of instances, or the tick does not go with
        minutes.
    SimulationError
        When the plan cannot run.

    Notes
    -----
    Launches take their median: luck that was drawn is no prediction of one day. The tick divides a
    minute, or is one; a longer tick takes the mean of its minutes.
    """
    tick = scenario.tick_seconds
    if MINUTE_SECONDS % tick and tick % MINUTE_SECONDS:
        raise LoadTestError.of(
            expected="a tick that divides a minute, or is several minutes",
            got=f"{tick} s",
            where="tick_seconds",
            next_step="Use 60; minutes were observed.",
        )
    counts = history.instances
    known = np.flatnonzero(np.isfinite(counts))
    if not np.isfinite(history.requests).any() or not known.size:
        raise LoadTestError.of(
            expected="minutes with requests, and the number of instances",
            got="no requests" if known.size else "no count of instances",
            where=history.source,
            next_step="Fetch RequestCount of the load balancer, and SampleCount of the CPU.",
        )
    start = round(float(np.median(counts[known[:3]])))
    group = replace(scenario.group, launches=LaunchTimes(), initial_capacity=start)
    shape = Shape(name="observed", rpm=_ticks(filled(history.requests), scenario.tick_seconds))
    run = trace(
        plan,
        replace(scenario, group=group),
        TrafficShapes.of([shape], tick_seconds=scenario.tick_seconds),
        0,
        in_words=False,
    )
    return Prediction(
        trace=run,
        in_service=_minutes(run.in_service.astype(np.float64), run, len(history)),
        group_cpu_percent=_minutes(_published(run, scenario), run, len(history)),
    )


def _published(run: Trace, scenario: Scenario) -> FloatArray:
    """Give the mean CPU of the instances in service, those that are not ready included."""
    serving = run.serving.astype(np.float64)
    unready = run.in_service - serving
    busy = np.where(serving > 0, np.nan_to_num(run.cpu_percent) * serving, 0.0)
    total = busy + unready * scenario.group.boot_cpu_percent
    counted = run.in_service > 0
    return np.where(counted, total / np.where(counted, run.in_service, 1), np.nan)


def _ticks(rpm: FloatArray, tick_seconds: int) -> FloatArray:
    """Give minutes as ticks."""
    if tick_seconds <= MINUTE_SECONDS:
        return np.repeat(rpm, MINUTE_SECONDS // tick_seconds)
    length = tick_seconds // MINUTE_SECONDS
    count = -(-len(rpm) // length)
    padded = np.pad(rpm, (0, count * length - len(rpm)), mode="edge")
    return np.asarray(padded.reshape(count, length).mean(axis=1))


def _minutes(values: FloatArray, run: Trace, count: int) -> FloatArray:
    """Give ticks as minutes."""
    if run.tick_seconds <= MINUTE_SECONDS:
        return np.asarray(values.reshape(count, -1).mean(axis=1))
    return np.repeat(values, run.tick_seconds // MINUTE_SECONDS)[:count]
