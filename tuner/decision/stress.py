"""The stress check: whether plans hold on shapes that the search never saw, the best plan first.

Notation
--------
C candidate, S unseen shape. A plan *passes* where the one-sided 95 % upper bound of its share of
shapes over the cliff is at or below the allowed share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from tuner.decision.bound import upper_bound_percent
from tuner.decision.stress_record import MOST_LISTED, StressCheck, StressedPlan
from tuner.decision.stress_settings import StressSettings
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.search.lattice import lattice_of
from tuner.search.objectives import WEIGHTED
from tuner.search.result import SearchResult
from tuner.simulation.run import simulate, simulate_plans
from tuner.traffic.shapes import TrafficShapes

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

FIRST_BATCH = 64
LARGEST_BATCH = 512


def stress_check(
    result: SearchResult,
    unseen: TrafficShapes,
    *,
    settings: StressSettings,
    baseline: ScalingPlan | None = None,
    without_noise: TrafficShapes | None = None,
    threads: int | None = None,
) -> StressCheck:
    """Find the first plan in the order of choice that holds on shapes that no search saw.

    Parameters
    ----------
    result : SearchResult
        A finished search.
    unseen : TrafficShapes [S]
        From `tuner.traffic.unseen.draw_unseen`.
    settings : StressSettings
        Allowed share, how many plans are tried, and how launch times scatter.
    baseline : ScalingPlan or None
        Today's policy, which runs as well.
    without_noise : TrafficShapes [S] or None
        The same shapes without their noise, to say what the noise costs.
    threads : int or None
        As in `tuner.simulation.run.simulate`.

    Returns
    -------
    StressCheck
        That none passes is a result.

    Notes
    -----
    The order of choice is that of `SearchResult.best`. Candidates that are equal on every shape of
    the search are tried once and fail together.

    Assumption: the bound speaks of shapes drawn as these were, and of one plan. Where many plans
    are tried on one draw, the chance that a worse one passes by luck is larger than 5 %.
    """
    scenario = settings.scenario(result.scenario)
    group = scenario.group
    judge = _Judge(result, unseen, scenario, settings, threads)
    tried, chosen = judge.first_passing()
    failed = [stressed for stressed in tried if not stressed.passes]
    least_bad = None
    if chosen is None and failed:
        least_bad = min(failed, key=lambda stressed: stressed.violations)
    thrifty = result.cheapest()
    calm = None
    if without_noise is not None:
        calm = _Judge(result, without_noise, scenario, settings, threads).first_passing()[1]
    return StressCheck(
        runs=len(unseen),
        allowed_percent=settings.allowed_percent,
        cliff_percent=_cliff(result.scenario),
        feasible_count=int(np.count_nonzero(result.feasible())),
        tried=len(tried),
        chosen=chosen,
        least_bad=least_bad,
        passed_over=tuple(failed[:MOST_LISTED]),
        passed_over_count=len(failed),
        baseline=None if baseline is None else judge.plan(baseline),
        cheapest=None if thrifty is None else judge.rows(np.array([thrifty]))[0],
        noise_percent=settings.ranges.noise_percent or 0.0,
        without_noise=calm,
        launch_seconds=group.launch_seconds,
        launches=group.launches if group.launches.is_drawn else None,
    )


def order_of_choice(result: SearchResult) -> IntArray:
    """Give the rows of feasible candidates, the first to choose first, int64 [C].

    Parameters
    ----------
    result : SearchResult
        A finished search; `SearchResult.best` is the first of the order.
    """
    rows = np.flatnonzero(result.feasible())
    return rows[np.lexsort([cost[rows] for cost in reversed(result.choice_costs())])]


@dataclass(frozen=True, slots=True)
class _Judge:
    """Runs plans on unseen shapes and says how they fared."""

    result: SearchResult
    unseen: TrafficShapes
    scenario: Scenario
    settings: StressSettings
    threads: int | None

    def first_passing(self) -> tuple[list[StressedPlan], StressedPlan | None]:
        """Try plans in the order of choice, in growing batches, until one passes."""
        order = _distinct(self.result, order_of_choice(self.result))
        tried: list[StressedPlan] = []
        size = FIRST_BATCH
        while left := self.settings.most_tried - len(tried):
            rows = list(islice(order, min(size, left)))
            if not rows:
                break
            for stressed in self.rows(np.array(rows, dtype=np.int64)):
                tried.append(stressed)
                if stressed.passes:
                    return tried, stressed
            size = min(2 * size, LARGEST_BATCH)
        return tried, None

    def rows(self, rows: IntArray) -> list[StressedPlan]:
        """Say how candidates ``[C]`` fare, by row of the result."""
        result = self.result
        lattice = lattice_of(result.space, result.scenario)
        candidate = result.candidate[rows]
        outcomes = simulate(
            lattice.policies(candidate), self.scenario, self.unseen, threads=self.threads
        )
        return [
            self._fared(peaks, lattice.plan(int(index)), row)
            for peaks, index, row in zip(
                outcomes.peak_cpu_percent, candidate, rows.tolist(), strict=True
            )
        ]

    def plan(self, plan: ScalingPlan) -> StressedPlan:
        """Say how a plan fares that need not be a candidate."""
        outcomes = simulate_plans([plan], self.scenario, self.unseen)
        return self._fared(outcomes.peak_cpu_percent[0], plan, None)

    def _fared(
        self, peaks: NDArray[np.float64], plan: ScalingPlan, row: int | None
    ) -> StressedPlan:
        """Count the shapes on which a plan passes the cliff."""
        over = np.flatnonzero(peaks > _cliff(self.result.scenario))
        bound = upper_bound_percent(int(over.size), runs=len(self.unseen))
        return StressedPlan(
            row=row,
            plan=plan,
            host_minutes=None if row is None else float(self.result.host_minutes[row]),
            violations=int(over.size),
            upper_bound_percent=bound,
            first_shape=self.unseen.names[int(over[0])] if over.size else None,
            worst_peak_cpu_percent=float(peaks.max()),
            passes=bound <= self.settings.allowed_percent,
        )


def _cliff(scenario: Scenario) -> float:
    """Give the CPU percent beyond which a run counts as over the cliff."""
    cliff = scenario.host.cliff_percent
    return scenario.limit_percent if cliff is None else cliff


def _distinct(result: SearchResult, order: IntArray) -> Iterator[int]:
    """Yield the rows of an order, those that are equal to an earlier one on every shape left out.

    Equal ones have equal totals, so what was seen may be forgotten where the objectives change.
    """
    seen: set[bytes] = set()
    objectives = None
    for row in order.tolist():
        pair = (result.mean_cpu_percent[row], result.host_minutes[row])
        if pair != objectives:
            objectives, seen = pair, set()
        totals = [getattr(result.totals, name)[row] for name in WEIGHTED]
        key = result.peak_cpu_percent[row].tobytes() + np.array(totals).tobytes()
        if key not in seen:
            seen.add(key)
            yield row
