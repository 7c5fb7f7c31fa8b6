"""How long a group's launches, terminations and alarms take, from its recorded activities.

Times of people are seconds as they were. What a simulated minute takes is another number: a
decision stands at the end of its minute, and durations are rounded up to whole ticks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuner.measure.history_activities import Decision, ObservedActivity

MINUTE_SECONDS = 60
ENOUGH_LAUNCHES = 5
LEAST_DRAWN_LAUNCHES = 20


@dataclass(frozen=True, slots=True)
class Spread:
    """How a time scatters; seconds.

    Parameters
    ----------
    count : int
        Times that were seen.
    least, median, p95, most : float
        Of these; the 95 % quantile is one of them.
    """

    count: int
    least: float
    median: float
    p95: float
    most: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread | None:
        """Give the spread of times; None where there is none.

        Examples
        --------
        >>> Spread.of([3.0, 1.0, 2.0])
        Spread(count=3, least=1.0, median=2.0, p95=3.0, most=3.0)
        """
        if not seconds:
            return None
        values = np.array(seconds, dtype=np.float64)
        p95 = float(np.quantile(values, 0.95, method="higher"))
        return cls(
            len(values), float(values.min()), float(np.median(values)), p95, float(values.max())
        )

    def in_words(self) -> str:
        """Say it, without a full stop."""
        times = f"{self.count} time" + ("" if self.count == 1 else "s")
        if round(self.least) == round(self.most):
            return f"{self.median:.0f} s ({times})"
        return f"{self.least:.0f} to {self.most:.0f} s, median {self.median:.0f} s ({times})"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTimes:
    """What a group's activities say about its times.

    Parameters
    ----------
    launch : Spread or None
        ``StartTime`` to ``EndTime`` of launches that succeeded.
    alarm_to_activity : Spread or None
        Call of the policy until its first activity starts, either way.
    decision_to_in_service : Spread or None
        Call of the policy until the last of its launches is InService, tries that failed included.
    terminate : Spread or None
        ``StartTime`` to ``EndTime`` of terminations.
    failed_launches : int
        Launches that failed.
    retry : Spread or None
        A try that failed until the next one starts.
    launch_seconds, drain_seconds : int or None
        For `[group]`, so that a simulated minute is the observed one; None where nothing was seen.
    launch_p95_seconds : int or None
        For `[group.launches]`; None where launches take the same number of minutes, or are few.
    failed_percent : float
        Share of the tries that failed.
    retry_seconds : int or None
        For `[group.launches]`.
    """

    launch: Spread | None
    alarm_to_activity: Spread | None
    decision_to_in_service: Spread | None
    terminate: Spread | None
    failed_launches: int
    retry: Spread | None
    launch_seconds: int | None
    drain_seconds: int | None
    launch_p95_seconds: int | None
    failed_percent: float
    retry_seconds: int | None


def group_times(
    activities: Sequence[ObservedActivity], decisions: Sequence[Decision]
) -> GroupTimes:
    """Measure times on activities.

    Parameters
    ----------
    activities : sequence of ObservedActivity
        All of a range.
    decisions : sequence of Decision
        What `decisions_of` made of them.

    Notes
    -----
    Launches that failed say nothing about how long a launch takes, and may end before they start.
    Assumption: a simulated time is that from the end of the decision's minute, to the nearest
    whole minute: docs/model.md decides at the end of a tick, and rounds durations up.
    """
    launches = _durations(activities, "scale_out")
    outs = [each for each in decisions if each.direction == "scale_out" and each.ended]
    whole = [each for each in outs if not each.failed_tries]
    ins = [each for each in decisions if each.direction == "scale_in" and each.ended]
    offset = _typical_wait(decisions)
    taken = [_model_seconds(each, offset) for each in whole or outs]
    launch = Spread.of(taken)
    drained = Spread.of([_model_seconds(each, offset) for each in ins])
    failed = sum(not each.successful and each.direction == "scale_out" for each in activities)
    retries = Spread.of([pause for each in decisions for pause in each.retry_seconds])
    launch_seconds = None if launch is None else _minutes(launch.median)
    p95 = None
    if launch is not None and launch.count >= LEAST_DRAWN_LAUNCHES:
        p95 = _minutes(launch.p95)
    return GroupTimes(
        launch=Spread.of(launches),
        alarm_to_activity=Spread.of(
            [each.begin - each.decided for each in decisions if each.by_policy]
        ),
        decision_to_in_service=Spread.of(
            [each.ended - each.decided for each in outs if each.ended and each.by_policy]
        ),
        terminate=Spread.of(_durations(activities, "scale_in")),
        failed_launches=failed,
        retry=retries,
        launch_seconds=launch_seconds,
        drain_seconds=None if drained is None else _minutes(drained.median),
        launch_p95_seconds=p95 if p95 and launch_seconds and p95 > launch_seconds > 0 else None,
        failed_percent=100.0 * failed / (failed + len(launches)) if failed else 0.0,
        retry_seconds=None if retries is None else round(retries.median),
    )


def _durations(activities: Sequence[ObservedActivity], direction: str) -> list[float]:
    """Give how long the activities of one direction took that succeeded."""
    return [
        each.end - each.begin
        for each in activities
        if each.direction == direction
        and each.successful
        and each.end is not None
        and each.end >= each.begin
    ]


def _typical_wait(decisions: Sequence[Decision]) -> float:
    """Give the usual seconds from a policy's call to its activity, for those without a call."""
    waits = [each.begin - each.decided for each in decisions if each.by_policy]
    return float(np.median(waits)) if waits else 0.0


def _model_seconds(decision: Decision, wait: float) -> float:
    """Give the seconds from the end of a decision's minute until it was done, at least 0."""
    decided = decision.decided if decision.by_policy else decision.begin - wait
    minute_end = (decided // MINUTE_SECONDS + 1) * MINUTE_SECONDS
    return max((decision.ended or decision.begin) - minute_end, 0.0)


def _minutes(seconds: float) -> int:
    """Round seconds to the nearest whole minute."""
    return MINUTE_SECONDS * int(seconds / MINUTE_SECONDS + 0.5)
