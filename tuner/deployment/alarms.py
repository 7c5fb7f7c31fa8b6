"""Alarms tried on what was recorded: when each would have fired, how late, how often for nothing.

A lattice of thresholds, directions and "M out of N" runs over one recorded metric by the rules that
the simulator follows. What an alarm is worth is told by incidents that a person has marked.

Notation: A alarm, H threshold, T datapoint, I incident.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.deployment.alarms_incidents import Incident
from tuner.deployment.alarms_lattice import AlarmLattice
from tuner.deployment.alarms_series import RecordedMetric
from tuner.plotting import Plotted, Tabled
from tuner.simulation.alarm_states import ALARM, alarm_states, pooled
from tuner.traffic.shapes import frozen
from tuner.units import SECONDS_PER_MINUTE

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Progress = Callable[[int], None]

MOST_STATES_AT_ONCE = 4_000_000
WEEK_SECONDS = 604_800


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Backtest(Plotted, Tabled):
    """What each alarm of a lattice would have done; every array ``[A]`` but `delay_seconds`.

    Parameters
    ----------
    metric : RecordedMetric
        What was recorded.
    incidents : tuple of Incident [I]
        What should have been told.
    lattice : AlarmLattice
        The alarms, in the order of `AlarmLattice.alarms`.
    early_seconds : int
        An alarm counts for an incident from so long before its mark on.
    operators : tuple of str [A]
        Comparison operators.
    threshold : float64 [A]
        Thresholds, in the metric's unit.
    datapoints_to_alarm, evaluation_periods : int64 [A]
        M and N.
    firings : int64 [A]
        How often the alarm went to ALARM.
    false_alarms : int64 [A]
        How often it did so at no incident.
    delay_seconds : float64 [A, I]
        From an incident's mark to the first time that the alarm went to ALARM for it; negative
        before the mark, NaN where it never did.
    alarm_seconds_outside : float64 [A]
        Time in ALARM outside of the incidents.
    """

    metric: RecordedMetric
    incidents: tuple[Incident, ...]
    lattice: AlarmLattice
    early_seconds: int
    operators: tuple[str, ...]
    threshold: FloatArray
    datapoints_to_alarm: IntArray
    evaluation_periods: IntArray
    firings: IntArray
    false_alarms: IntArray
    delay_seconds: FloatArray
    alarm_seconds_outside: FloatArray

    def __len__(self) -> int:
        """Count the alarms, A."""
        return len(self.operators)

    @property
    def caught(self) -> IntArray:
        """Incidents that each alarm told of, int64 [A]."""
        return np.asarray((~np.isnan(self.delay_seconds)).sum(axis=1))

    @property
    def mean_delay_seconds(self) -> FloatArray:
        """Mean delay over the incidents, float64 [A]; NaN where there is no incident.

        Assumption: an incident that was missed counts with its whole length.
        """
        if not self.incidents:
            return np.full(len(self), np.nan)
        whole = np.array([float(incident.seconds) for incident in self.incidents])
        return np.asarray(
            np.where(np.isnan(self.delay_seconds), whole, self.delay_seconds).mean(axis=1)
        )

    @property
    def false_alarms_per_week(self) -> FloatArray:
        """False alarms for each week of the recording, float64 [A]."""
        seconds = len(self.metric.values) * self.metric.step_seconds
        return np.asarray(self.false_alarms * (WEEK_SECONDS / seconds))

    def front(self) -> IntArray:
        """Give the alarms that no other beats in delay and in false alarms, fewest of these first.

        Returns
        -------
        int64 [front]
            Rows; of alarms that are equal in both, the one with fewer firings, then with the
            shorter window. Empty where there is no incident.
        """
        if not self.incidents:
            return np.empty(0, dtype=np.int64)
        delay = self.mean_delay_seconds
        order = np.lexsort(
            (
                self.datapoints_to_alarm,
                self.evaluation_periods,
                self.firings,
                delay,
                self.false_alarms,
            )
        )
        best = np.concatenate([[np.inf], np.minimum.accumulate(delay[order])[:-1]])
        return np.asarray(order[delay[order] < best])

    def rows(self, which: IntArray | None = None) -> list[dict[str, Any]]:
        """Give alarms as rows for tables and files.

        Parameters
        ----------
        which : int64 or None
            Which alarms, in this order; None: all.
        """
        rows = np.arange(len(self)) if which is None else which
        caught, mean = self.caught, self.mean_delay_seconds / SECONDS_PER_MINUTE
        weekly, on_front = self.false_alarms_per_week, np.isin(np.arange(len(self)), self.front())
        return [
            {
                "comparison_operator": self.operators[a],
                "threshold": float(self.threshold[a]),
                "datapoints_to_alarm": int(self.datapoints_to_alarm[a]),
                "evaluation_periods": int(self.evaluation_periods[a]),
                "period_seconds": self.lattice.period_seconds,
                "firings": int(self.firings[a]),
                "false_alarms": int(self.false_alarms[a]),
                "false_alarms_per_week": float(weekly[a]),
                "caught": int(caught[a]),
                "missed": len(self.incidents) - int(caught[a]),
                "mean_delay_minutes": float(mean[a]) if self.incidents else None,
                "alarm_minutes_outside": float(self.alarm_seconds_outside[a]) / SECONDS_PER_MINUTE,
                "on_front": bool(on_front[a]),
            }
            for a in rows.tolist()
        ]

    def delays_minutes(self, a: int) -> list[float | None]:
        """Give the delay of one alarm for each incident in minutes, None where it was missed.

        Parameters
        ----------
        a : int
            Which alarm.
        """
        delays = (self.delay_seconds[a] / SECONDS_PER_MINUTE).tolist()
        return [None if np.isnan(delay) else delay for delay in delays]


def backtest(
    metric: RecordedMetric,
    lattice: AlarmLattice,
    incidents: Sequence[Incident] = (),
    *,
    early_seconds: int = 1800,
    progress: Progress | None = None,
) -> Backtest:
    """Try every alarm of a lattice on a recorded metric.

    Parameters
    ----------
    metric : RecordedMetric
        What was recorded.
    lattice : AlarmLattice
        The alarms; its period is a multiple of the metric's step.
    incidents : sequence of Incident
        What should have been told, in order of time.
    early_seconds : int
        From so long before an incident's mark on, an alarm counts for it.
    progress : callable or None
        Called with the number of datapoints of alarms done since the last call.

    Returns
    -------
    Backtest
        In the order of `AlarmLattice.alarms`.

    Notes
    -----
    An alarm *fires* when it goes to ALARM from another state. A datapoint is seen when its period
    has ended and the metric's delay is over. A firing from `early_seconds` before an incident's
    mark up to its end is for the incident, every other one is a false alarm; so an alarm that has
    stood since before then tells nothing new.

    Assumption: the early time, and that a firing after the end of an incident is false. An alarm is
    looked at with each datapoint: between two of them nothing that it sees changes.
    """
    blocks = pooled(metric.values, lattice.period_seconds // metric.step_seconds, lattice.statistic)
    moments = metric.begin + (np.arange(len(blocks)) + 1) * metric.step_seconds
    moments = moments + lattice.metric_delay_seconds
    spans = [
        (np.searchsorted(moments, i.begin - early_seconds), np.searchsorted(moments, i.end))
        for i in incidents
    ]
    inside = np.zeros(len(blocks), dtype=bool)
    for first, last in spans:
        inside[first:last] = True
    parts: list[tuple[NDArray[Any], ...]] = []
    at_once = max(MOST_STATES_AT_ONCE // len(blocks), 1)
    for watch, thresholds in lattice.watches(metric.step_seconds):
        for begin in range(0, len(thresholds), at_once):
            some = thresholds[begin : begin + at_once]
            states = alarm_states(blocks, some, watch)
            parts.append(_facts(states, moments, inside, spans, incidents))
            if progress is not None:
                progress(len(some) * len(blocks))
    firings, false_alarms, delays, outside = (np.concatenate(each) for each in zip(*parts))
    alarms = lattice.alarms()
    return Backtest(
        metric=metric,
        incidents=tuple(incidents),
        lattice=lattice,
        early_seconds=early_seconds,
        operators=tuple(alarm.comparison_operator for alarm in alarms),
        threshold=frozen(np.array([alarm.threshold for alarm in alarms])),
        datapoints_to_alarm=frozen(np.array([alarm.datapoints_to_alarm for alarm in alarms])),
        evaluation_periods=frozen(np.array([alarm.evaluation_periods for alarm in alarms])),
        firings=frozen(firings),
        false_alarms=frozen(false_alarms),
        delay_seconds=frozen(delays),
        alarm_seconds_outside=frozen(outside * float(metric.step_seconds)),
    )


def _facts(
    states: NDArray[np.int8],
    moments: IntArray,
    inside: NDArray[np.bool_],
    spans: Sequence[tuple[np.intp, np.intp]],
    incidents: Sequence[Incident],
) -> tuple[NDArray[Any], ...]:
    """Count what alarms did: firings, false ones, delays ``[H, I]``, datapoints outside.

    Parameters
    ----------
    states : int8 [H, T]
        From `alarm_states`.
    moments : int64 [T]
        When each datapoint is seen.
    inside : bool [T]
        Which of these moments are at an incident.
    spans : sequence of (int, int) [I]
        First moment of each incident, and the first after it.
    incidents : sequence of Incident [I]
        For their marks.
    """
    stands = states == ALARM
    fires = stands.copy()
    fires[:, 1:] &= ~stands[:, :-1]
    delays = np.full((len(states), len(incidents)), np.nan)
    for i, (first, last) in enumerate(spans):
        at = fires[:, first:last]
        if at.shape[1]:
            seen = (moments[first:last] - incidents[i].begin).astype(np.float64)
            delays[:, i] = np.where(at.any(axis=1), seen[at.argmax(axis=1)], np.nan)
    counts = (fires.sum(axis=1), fires[:, ~inside].sum(axis=1))
    return *counts, delays, stands[:, ~inside].sum(axis=1)
