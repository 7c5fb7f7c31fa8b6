"""What any policy is measured against: a fixed group, and a group that knows the traffic.

Notation
--------
S shape, T tick. Both stay at or below the scenario's limit, the cliff less the margin, wherever
`max_size` instances can.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.decision.totals import totals_of
from tuner.decision.words import counted
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.search.result import SearchResult
from tuner.simulation.arrays import fewest_hosts, pack_plans
from tuner.simulation.outcomes import Outcomes
from tuner.simulation.run import simulate
from tuner.traffic.shapes import TrafficShapes, frozen
from tuner.units import tick_minutes

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def fixed_instances(scenario: Scenario, shapes: TrafficShapes) -> int | None:
    """Give the size of the smallest group without policies that stays at or below the limit.

    Parameters
    ----------
    scenario : Scenario
        Gives host, limit and the group's `min_size` and `max_size`.
    shapes : TrafficShapes [S]
        The load.

    Returns
    -------
    int or None
        Instances, within the group's limits; None where `max_size` are too few.
    """
    group = scenario.group
    peak = shapes.rpm.max(keepdims=True)
    size = max(int(fewest_hosts(peak, scenario, max_size=group.max_size)[0]), group.min_size)
    cpu = 100.0 if size == 0 else float(scenario.host.cpu_percent(peak[0], instances=size))
    holds = peak[0] == 0.0 or cpu <= scenario.limit_percent
    return size if holds else None


def run_fixed_group(instances: int, scenario: Scenario, shapes: TrafficShapes) -> Outcomes:
    """Give the totals ``[1, S]`` of a group that always has so many instances.

    Parameters
    ----------
    instances : int
        Size of the group, from the first tick to the last.
    scenario : Scenario
        Gives host and tick; its limits and its schedule do not act.
    shapes : TrafficShapes [S]
        The load.
    """
    group = replace(
        scenario.group, min_size=instances, max_size=instances, initial_capacity=instances
    )
    fixed = replace(scenario, group=group, schedule=())
    return simulate(pack_plans([ScalingPlan()], fixed), fixed, shapes, threads=1)


def clairvoyant_bound(scenario: Scenario, shapes: TrafficShapes, *, min_size: int) -> Outcomes:
    """Give the totals ``[1, S]`` of a group that has the fewest instances in every tick.

    Parameters
    ----------
    scenario : Scenario
        Gives host, limit, tick and `max_size`.
    shapes : TrafficShapes [S]
        The load.
    min_size : int
        Instances at least: the smallest minimum of any candidate.

    Returns
    -------
    Outcomes
        No feasible policy has fewer host-minutes on any shape. Activities count the ticks whose
        number of instances differs from the tick's before.

    Notes
    -----
    Assumption: of the minima and maxima that the scenario's schedule sets, the smallest minimum and
    the largest maximum hold all the time, so that the bound stays one.
    """
    sizes = [min_size, *(a.min_size for a in scenario.schedule if a.min_size is not None)]
    largest = [scenario.group.max_size]
    largest += [a.max_size for a in scenario.schedule if a.max_size is not None]
    hosts = fewest_hosts(shapes.rpm, scenario, max_size=max(largest))
    return _outcomes(np.maximum(hosts, min(sizes)), scenario, shapes)


def yardsticks(result: SearchResult, shapes: TrafficShapes) -> dict[str, Any]:
    """Run what any policy is measured against, by the fields of a recommendation.

    Parameters
    ----------
    result : SearchResult
        Gives scenario, and the smallest minimum of any candidate.
    shapes : TrafficShapes [S]
        The load.
    """
    scenario = result.scenario
    instances = fixed_instances(scenario, shapes)
    smallest = min(result.space.values("min_size") or (scenario.group.min_size,))
    bound = clairvoyant_bound(scenario, shapes, min_size=smallest)
    fixed = None
    if instances is not None:
        fixed = totals_of(
            run_fixed_group(instances, scenario, shapes),
            shapes,
            label=f"a fixed group of {counted(instances, 'host')}",
            plan=None,
            scenario=scenario,
        )
    return {
        "fixed_group": fixed,
        "fixed_instances": instances,
        "clairvoyant": totals_of(
            bound, shapes, label="the clairvoyant bound", plan=None, scenario=scenario
        ),
    }


def _outcomes(hosts: IntArray, scenario: Scenario, shapes: TrafficShapes) -> Outcomes:
    """Give the totals ``[1, S]`` of a group with given instances in every tick, all serving.

    Source: docs/model.md, step 2, step 8 and "Small print".
    """
    rpm, minutes = shapes.rpm, tick_minutes(scenario.tick_seconds)
    cpu = np.where(
        hosts > 0,
        scenario.host.cpu_percent(rpm, instances=np.maximum(hosts, 1)),
        np.where(rpm > 0.0, 100.0, 0.0),
    )
    cliff = np.inf if scenario.host.cliff_percent is None else scenario.host.cliff_percent
    carried = np.where(hosts > 0, hosts * scenario.host.capacity_rpm, 0.0)
    borders = shapes.offsets.tolist()
    ranges = [slice(begin, end) for begin, end in pairwise(borders)]

    def each(total: Callable[[slice], float], dtype: type[np.generic] = np.float64) -> NDArray[Any]:
        return frozen(np.array([[total(ticks) for ticks in ranges]], dtype=dtype))

    has_cpu = (hosts > 0) | (rpm > 0.0)
    return Outcomes(
        peak_cpu_percent=each(lambda t: cpu[t].max()),
        mean_cpu_percent=each(lambda t: cpu[t].sum() / max(has_cpu[t].sum(), 1)),
        mean_cpu_per_host_percent=each(
            lambda t: (cpu[t] * hosts[t]).sum() / max(hosts[t].sum(), 1)
        ),
        host_minutes=each(lambda t: hosts[t].sum() * minutes),
        minutes_over_cliff=each(lambda t: (cpu[t] > cliff).sum() * minutes),
        overload_requests=each(lambda t: np.maximum(rpm[t] - carried[t], 0.0).sum() * minutes),
        scale_outs=each(lambda t: (np.diff(hosts[t]) > 0).sum(), np.int64),
        scale_ins=each(lambda t: (np.diff(hosts[t]) < 0).sum(), np.int64),
        peak_instances=each(lambda t: hosts[t].max(), np.int64),
        status=each(lambda t: 0, np.int64),
    )
