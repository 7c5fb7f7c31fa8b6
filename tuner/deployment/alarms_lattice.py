"""The alarms that are tried: thresholds, directions and "M out of N", checked as CloudWatch does.

Notation: A alarm, H threshold of one direction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from tuner.deployment.alarms_series import RecordedMetric
from tuner.errors import ConfigurationError, Problem
from tuner.policy import Alarm
from tuner.policy.words import ComparisonOperator, MissingData, choice_problem
from tuner.simulation.alarm_states import POOLS, Watch
from tuner.units import format_duration

FloatArray = NDArray[np.float64]

ABOVE: ComparisonOperator = "GreaterThanThreshold"
BELOW: ComparisonOperator = "LessThanThreshold"
OR_EQUAL: Mapping[ComparisonOperator, ComparisonOperator] = {
    ABOVE: "GreaterThanOrEqualToThreshold",
    BELOW: "LessThanOrEqualToThreshold",
}

MOST_ALARMS = 100_000
QUANTILES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995)
EVEN_THRESHOLDS = 12
DEFAULT_PERIODS = (1, 2, 3, 5, 10)
HIGH_RESOLUTION_SECONDS = (10, 20, 30)


@dataclass(frozen=True, slots=True)
class TriedAlarm:
    """One alarm of a lattice.

    Parameters
    ----------
    comparison_operator : str
        One of AWS's four.
    threshold : float
        In the metric's unit.
    datapoints_to_alarm, evaluation_periods : int
        M and N.
    """

    comparison_operator: ComparisonOperator
    threshold: float
    datapoints_to_alarm: int
    evaluation_periods: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLattice:
    """Alarms that differ in direction, window and threshold.

    Parameters
    ----------
    thresholds : mapping of str to tuple of float
        Thresholds of each comparison operator, in the metric's unit.
    windows : tuple of (int, int)
        M and N of each window.
    period_seconds : int
        Period of all alarms.
    statistic : str
        How datapoints of a longer period are pooled.
    treat_missing_data : str
        AWS's word.
    metric_delay_seconds : int
        End of a datapoint until alarms see it.
    """

    thresholds: Mapping[ComparisonOperator, tuple[float, ...]]
    windows: tuple[tuple[int, int], ...]
    period_seconds: int
    statistic: str = "Average"
    treat_missing_data: MissingData = "missing"
    metric_delay_seconds: int = 60

    def __len__(self) -> int:
        """Count the alarms, A."""
        return len(self.windows) * sum(len(values) for values in self.thresholds.values())

    def watches(self, step_seconds: int) -> Iterator[tuple[Watch, FloatArray]]:
        """Give alarms that differ in their threshold alone, together.

        Parameters
        ----------
        step_seconds : int
            Length of a datapoint; it divides the period.
        """
        for operator, values in self.thresholds.items():
            for m, n in self.windows:
                watch = Watch(
                    comparison_operator=operator,
                    period_datapoints=self.period_seconds // step_seconds,
                    evaluation_periods=n,
                    datapoints_to_alarm=m,
                    treat_missing_data=self.treat_missing_data,
                )
                yield watch, np.array(values)

    def alarms(self) -> tuple[TriedAlarm, ...]:
        """Give the alarms, in the order of `watches`."""
        return tuple(
            TriedAlarm(operator, value, m, n)
            for operator, values in self.thresholds.items()
            for m, n in self.windows
            for value in values
        )


def alarm_lattice(
    metric: RecordedMetric,
    *,
    operators: Sequence[ComparisonOperator] = (ABOVE, BELOW),
    thresholds: Sequence[float] | None = None,
    windows: Sequence[tuple[int, int]] | None = None,
    period_seconds: int | None = None,
    statistic: str = "Average",
    treat_missing_data: MissingData = "missing",
    metric_delay_seconds: int = 60,
) -> AlarmLattice:
    """Make a lattice of alarms for a recorded metric.

    Parameters
    ----------
    metric : RecordedMetric
        What they will watch.
    operators : sequence of str
        AWS's comparison operators.
    thresholds : sequence of float or None
        For all of these; None: from the values that were recorded.
    windows : sequence of (int, int) or None
        M and N; None: every M of 1, 2, 3, 5 and 10 periods.
    period_seconds : int or None
        Period of the alarms; None: the shortest that fits the metric.
    statistic : str
        How datapoints are pooled where the period is longer than they.
    treat_missing_data : str
        AWS's word.
    metric_delay_seconds : int
        End of a datapoint until alarms see it, at least 0.

    Raises
    ------
    ConfigurationError
        For a period that is shorter than a datapoint or no multiple of it, and for all that
        CloudWatch would refuse.

    Notes
    -----
    Assumption: without thresholds, those that are tried are shares of the values that were
    recorded, from the half on the side of the alarm outwards, and steps between; three digits each.
    """
    step = metric.step_seconds
    period = shortest_period(step) if period_seconds is None else period_seconds
    pairs = _default_windows() if windows is None else tuple(dict.fromkeys(windows))
    _refuse(tuple(_series_problems(metric, period, statistic, metric_delay_seconds)))
    values = {
        operator: tuple(sorted(set(map(float, thresholds))))
        if thresholds is not None
        else default_thresholds(metric.values, is_above=operator.startswith("Greater"))
        for operator in operators
    }
    lattice = AlarmLattice(
        thresholds=values,
        windows=pairs,
        period_seconds=period,
        statistic=statistic,
        treat_missing_data=treat_missing_data,
        metric_delay_seconds=metric_delay_seconds,
    )
    _refuse(tuple(_lattice_problems(lattice)))
    return lattice


def shortest_period(step_seconds: int) -> int:
    """Give the shortest period of an alarm that datapoints of a length make up, in seconds.

    Examples
    --------
    >>> shortest_period(300), shortest_period(10), shortest_period(90)
    (300, 10, 180)
    """
    if step_seconds in HIGH_RESOLUTION_SECONDS:
        return step_seconds
    return math.lcm(step_seconds, 60)


def default_thresholds(values: FloatArray, *, is_above: bool) -> tuple[float, ...]:
    """Give thresholds to try for a recorded metric, rising.

    Parameters
    ----------
    values : float64 [T]
        Datapoints; NaN where there is none.
    is_above : bool
        Whether the alarm is above its threshold; else it is below.

    Examples
    --------
    >>> default_thresholds(np.array([1.0, 1.0, 1.0]), is_above=True)
    (1.0,)
    """
    there = values[~np.isnan(values)]
    end = float(there.max() if is_above else there.min())
    shares = [share if is_above else 1.0 - share for share in QUANTILES]
    tried = [*np.quantile(there, shares), *np.linspace(np.median(there), end, EVEN_THRESHOLDS)]
    return tuple(sorted({float(f"{value:.3g}") for value in tried}))


def _default_windows() -> tuple[tuple[int, int], ...]:
    """Give every M of the usual Ns."""
    return tuple((m, n) for n in DEFAULT_PERIODS for m in range(1, n + 1))


def _series_problems(
    metric: RecordedMetric, period: int, statistic: str, delay_seconds: int
) -> Iterator[Problem]:
    """Yield what an alarm's period cannot be on the metric's datapoints."""
    step, words = metric.step_seconds, format_duration(metric.step_seconds)
    if period < step:
        yield Problem(
            f"a period of at least {words}, the step of the datapoints",
            format_duration(period),
            f"period of the alarms on {metric.source}",
            "A shorter one would find most of its periods empty: watch finer data, or lengthen it.",
        )
    elif period % step:
        yield Problem(
            f"a period that is a multiple of {words}, the step of the datapoints",
            format_duration(period),
            f"period of the alarms on {metric.source}",
            f"Use {format_duration(shortest_period(step))} or a multiple of it.",
        )
    elif period > step and statistic not in POOLS:
        yield Problem(
            f"one of {', '.join(POOLS)}, or a period of {words}",
            statistic,
            "statistic",
            "Other statistics of short periods do not add up to one of a longer period.",
        )
    if delay_seconds < 0:
        yield Problem("a delay of at least 0 seconds", str(delay_seconds), "metric delay", "Raise.")


def _lattice_problems(lattice: AlarmLattice) -> Iterator[Problem]:
    """Yield what CloudWatch would refuse in an alarm of a lattice, or what is too much."""
    for operator in lattice.thresholds:
        yield from choice_problem("comparison_operator", operator, get_args(ComparisonOperator))
    values = [value for some in lattice.thresholds.values() for value in some]
    if not lattice.windows or not values:
        yield Problem("at least one window and threshold", "none", "alarms to try", "Give some.")
        return
    if not np.isfinite(values).all():
        yield Problem("finite thresholds", "others", "thresholds", "Give numbers.")
        return
    if len(lattice) > MOST_ALARMS:
        yield Problem(
            f"at most {MOST_ALARMS:,} alarms",
            f"{len(lattice):,}",
            "alarms to try",
            "Try fewer thresholds or windows.",
        )
    for m, n in lattice.windows:
        try:
            Alarm(
                threshold_percent=values[0],
                comparison_operator=ABOVE,
                period_seconds=lattice.period_seconds,
                evaluation_periods=n,
                datapoints_to_alarm=m,
                treat_missing_data=lattice.treat_missing_data,
            )
        except ConfigurationError as error:
            yield from error.problems
            return


def _refuse(problems: tuple[Problem, ...]) -> None:
    """Raise one error for all problems, if there are any."""
    if problems:
        raise ConfigurationError(*problems)
