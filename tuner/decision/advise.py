"""From a finished search to a recommendation: the stress check where there is one, the choice."""

from __future__ import annotations

from tuner.config.job import Job
from tuner.config.unseen_shapes import UnseenShapes
from tuner.decision.recommend import Recommendation, recommend
from tuner.decision.stress import stress_check
from tuner.search.result import SearchResult
from tuner.traffic.shapes import TrafficShapes


def advise(
    job: Job,
    result: SearchResult,
    shapes: TrafficShapes,
    *,
    unseen: UnseenShapes | None,
    threads: int | None = None,
) -> Recommendation:
    """Stress-test the plans of a finished search and recommend one.

    Parameters
    ----------
    job : Job
        Gives today's policy and how the check is done.
    result : SearchResult
        The search.
    shapes : TrafficShapes
        Those that it ran on.
    unseen : pair of TrafficShapes or None
        From `tuner.config.unseen_shapes`; None: no stress check.
    threads : int or None
        Threads of the simulator.
    """
    check = None
    if unseen is not None:
        check = stress_check(
            result,
            unseen[0],
            settings=job.stress,
            baseline=job.baseline,
            without_noise=unseen[1],
            threads=threads,
        )
    return recommend(result, shapes, baseline=job.baseline, stress=check)
