"""How late alarms see the metric: from the window that breached to the alarm that stood.

Notation: T minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.activities import AlarmChange
from tuner.measure.history import MINUTE_SECONDS, History
from tuner.measure.history_activities import Decision
from tuner.measure.production_times import Spread
from tuner.policy.alarm import Alarm

BoolArray = NDArray[np.bool_]

LONGEST_DELAY_MINUTES = 12
ENOUGH_MOMENTS = 3
AGREEING_SHARE = 0.6
QUIET_SECONDS = 600.0
ABOVE = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
STRICT = ("GreaterThanThreshold", "LessThanThreshold")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDelay:
    """How late alarms saw the metric.

    Parameters
    ----------
    seen : Spread or None
        End of the first window that breached until the alarm stood, seconds; the wait for the
        alarm's own second of the minute is part of it.
    metric_delay_seconds : int or None
        For `[metric]`; None where it could not be told.
    words : str
        What was found, or why nothing, as a sentence.
    """

    seen: Spread | None
    metric_delay_seconds: int | None
    words: str


def metric_delay(
    history: History,
    decisions: Sequence[Decision],
    *,
    alarms: Mapping[str, Alarm],
    changes: Sequence[AlarmChange] = (),
) -> MetricDelay:
    """Measure the delay of the metric on moments at which an alarm began to stand.

    Parameters
    ----------
    history : History
        With CPU and its samples.
    decisions : sequence of Decision
        In order of time; those that came long after the one before tell when an alarm began.
    alarms : mapping of str to Alarm
        Today's, by ``scale_out`` and ``scale_in``.
    changes : sequence of AlarmChange
        The alarms' own history, which is better.

    Notes
    -----
    Assumption: a decision tells when its alarm began to stand where nothing was decided or under
    way in the ten minutes before. Assumption: the delay is that of the median moment, where three
    moments or more are known and six of ten lie within a minute of it.
    """
    if not alarms:
        words = "No alarms were given: --plan names what was deployed."
        return MetricDelay(seen=None, metric_delay_seconds=None, words=words)
    seconds: list[float] = []
    ticks: list[int] = []
    breaching = {side: _breaching(history, alarm) for side, alarm in alarms.items()}
    for side, moment in _moments(decisions, changes):
        if side not in breaching:
            continue
        onset = _onset(breaching[side], int(moment // MINUTE_SECONDS) - history.begin // 60)
        if onset is None:
            continue
        ended = history.begin + (onset + 1) * MINUTE_SECONDS
        seconds.append(moment - ended)
        ticks.append(int(moment // MINUTE_SECONDS) - ended // MINUTE_SECONDS + 1)
    seen = Spread.of(seconds)
    if seen is None or seen.count < ENOUGH_MOMENTS:
        count = 0 if seen is None else seen.count
        return MetricDelay(
            seen=seen,
            metric_delay_seconds=None,
            words=f"Only {count} moments at which an alarm began to stand after its window"
            " breached are in the history.",
        )
    middle = float(np.median(ticks))
    agreeing = float(np.mean(np.abs(np.array(ticks) - middle) <= 1.0))
    words = f"Alarms stood {seen.in_words()} after the end of the first window that breached."
    if agreeing < AGREEING_SHARE:
        return MetricDelay(
            seen=seen,
            metric_delay_seconds=None,
            words=f"{words} They agree too little: the alarms were perhaps others.",
        )
    delay = MINUTE_SECONDS * max(int(middle + 0.5), 0)
    return MetricDelay(seen=seen, metric_delay_seconds=delay, words=words)


def _moments(
    decisions: Sequence[Decision], changes: Sequence[AlarmChange]
) -> Iterator[tuple[str, float]]:
    """Give when an alarm began to stand, with its side."""
    sides = {each.alarm: each.direction for each in decisions if each.alarm is not None}
    told = [change for change in changes if change.new_state == "ALARM" and change.alarm in sides]
    if told:
        yield from ((sides[change.alarm], change.stamp.timestamp()) for change in told)
        return
    busy_until = -np.inf
    for each in decisions:
        if each.by_policy and each.decided - busy_until > QUIET_SECONDS:
            yield each.direction, each.decided
        busy_until = max(busy_until, each.ended or each.begin)


def _breaching(history: History, alarm: Alarm) -> BoolArray:
    """Say of each minute whether the alarm's window that ends with it breached, bool [T]."""
    length = max(alarm.period_seconds // MINUTE_SECONDS, 1)
    weight = np.nan_to_num(history.cpu_samples)
    total = np.nan_to_num(history.cpu_percent) * weight
    weight = np.where(np.isfinite(history.cpu_percent), weight, 0.0)
    sums = np.convolve(total, np.ones(length))[: len(history)]
    counts = np.convolve(weight, np.ones(length))[: len(history)]
    known = counts > 0
    value = np.where(known, sums / np.where(known, counts, 1.0), np.nan)
    side = 1.0 if alarm.comparison_operator in ABOVE else -1.0
    over = side * (value - alarm.threshold_percent)
    breach = over > 0 if alarm.comparison_operator in STRICT else over >= 0
    count = np.zeros(len(history), dtype=np.int64)
    for k in range(alarm.evaluation_periods):
        moved = np.zeros(len(history), dtype=np.int64)
        moved[k * length :] = breach[: len(history) - k * length]
        count += moved
    return np.asarray(count >= alarm.datapoints_to_alarm)


def _onset(breaching: BoolArray, at: int) -> int | None:
    """Give the last minute before `at` with which a window began to breach, or None."""
    for t in range(min(at, len(breaching)) - 1, max(at - LONGEST_DELAY_MINUTES, 0), -1):
        if breaching[t] and not breaching[t - 1]:
            return t
    return None
