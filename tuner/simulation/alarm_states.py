"""States of alarms over a recorded series: the rule of the compiled alarm, for many thresholds.

Where a run's own alarms look at each tick as it comes, a recording is all there: the blocks of one
phase of the period are judged at once, by differences of counts. Tests hold it to the compiled rule
and to the reference, datapoint by datapoint.

Notation: H threshold, T datapoint of the recording, B block of one phase of the period.
Source: docs/model.md, step 4; docs/aws-semantics.md 2.2 to 2.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kernels import layout
from tuner.policy.alarm import default_extra_blocks
from tuner.policy.words import ComparisonOperator, MissingData
from tuner.simulation.arrays import COMPARISON_CODES

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
CodeArray = NDArray[np.int8]

OK = layout.STATE_OK
ALARM = layout.STATE_ALARM
INSUFFICIENT_DATA = layout.STATE_INSUFFICIENT_DATA
KEEP = 3
"""Of the rule alone: the state before stays."""

POOLS = ("Average", "Sum", "Maximum", "Minimum")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What an alarm has beside its threshold.

    Parameters
    ----------
    comparison_operator : str
        One of AWS's four.
    period_datapoints : int
        Datapoints of the recording in one period of the alarm.
    evaluation_periods, datapoints_to_alarm : int
        N and M of "M out of N".
    treat_missing_data : str
        ``missing``, ``ignore``, ``breaching`` or ``notBreaching``.
    extra_blocks : int or None
        Periods looked at beyond N; None: by rule.
    """

    comparison_operator: ComparisonOperator
    period_datapoints: int = 1
    evaluation_periods: int = 1
    datapoints_to_alarm: int = 1
    treat_missing_data: MissingData = "missing"
    extra_blocks: int | None = None


def pooled(values: FloatArray, period_datapoints: int, statistic: str = "Average") -> FloatArray:
    """Pool a recording into the blocks of a longer period, one that ends at each datapoint.

    Parameters
    ----------
    values : float64 [T]
        Datapoints; NaN where there is none.
    period_datapoints : int
        Datapoints in a block, at least 1.
    statistic : str
        ``Average``, ``Sum``, ``Maximum`` or ``Minimum`` of the datapoints that there are.

    Returns
    -------
    float64 [T]
        Block that ends at each datapoint; NaN where it holds none. One partly before the recording
        pools what there is.

    Notes
    -----
    Assumption: each datapoint of an average stands for equally many samples.

    Examples
    --------
    >>> pooled(np.array([1.0, np.nan, 3.0]), 2).tolist()
    [1.0, 1.0, 3.0]
    """
    if period_datapoints == 1:
        return values
    n = len(values)
    there = ~np.isnan(values)
    start = {"Maximum": -np.inf, "Minimum": np.inf}.get(statistic, 0.0)
    merge = {"Maximum": np.maximum, "Minimum": np.minimum}.get(statistic, np.add)
    filled = np.where(there, values, start)
    result, count = np.full(n, start), np.zeros(n, dtype=np.int64)
    for age in range(min(period_datapoints, n) - 1, -1, -1):
        result[age:] = merge(result[age:], filled[: n - age])
        count[age:] += there[: n - age]
    if statistic == "Average":
        result = result / np.maximum(count, 1)
    return np.where(count > 0, result, np.nan)


def alarm_states(blocks: FloatArray, thresholds: FloatArray, watch: Watch) -> CodeArray:
    """Give the state of alarms that differ in their threshold alone, at every datapoint.

    Parameters
    ----------
    blocks : float64 [T]
        From `pooled`; NaN where data are missing.
    thresholds : float64 [H]
        One for each alarm.
    watch : Watch
        What they share.

    Returns
    -------
    int8 [H, T]
        0 OK, 1 ALARM, 2 INSUFFICIENT_DATA, once the datapoint is visible.

    Notes
    -----
    Source: docs/model.md, step 4 and "Start"; docs/aws-semantics.md 2.4. Before the recording there
    is nothing, and alarms begin with INSUFFICIENT_DATA.
    """
    codes = np.empty((len(thresholds), len(blocks)), dtype=np.int8)
    for phase in range(min(watch.period_datapoints, len(blocks))):
        codes[:, phase :: watch.period_datapoints] = _codes_of_phase(
            blocks[phase :: watch.period_datapoints], thresholds, watch
        )
    return _with_states_kept(codes)


def _codes_of_phase(blocks: FloatArray, thresholds: FloatArray, watch: Watch) -> CodeArray:
    """Judge the blocks of one phase, that follow each other without overlap, int8 [H, B]."""
    n, m = watch.evaluation_periods, watch.datapoints_to_alarm
    extra = default_extra_blocks(n) if watch.extra_blocks is None else watch.extra_blocks
    there = ~np.isnan(blocks)
    place = np.flatnonzero(there)
    breaches = _breaching(blocks[place], thresholds, watch.comparison_operator)
    before = np.zeros((len(thresholds), len(place) + 1), dtype=np.int32)
    np.cumsum(breaches, axis=1, out=before[:, 1:])
    reals_before = np.concatenate([[0], np.cumsum(there)])
    j = np.arange(len(blocks))
    newest = reals_before[j + 1]
    oldest = np.maximum(reals_before[np.maximum(j + 1 - (n + extra), 0)], newest - n)
    if there.all():
        breaching = before[:, 1:].copy()
        breaching[:, n:] -= before[:, 1:-n]
    else:
        breaching = before[:, newest] - before[:, oldest]
    codes = np.where(breaching >= m, ALARM, OK).astype(np.int8)
    reals = newest - oldest
    few = np.flatnonzero(reals < n)
    if few.size:
        age = np.zeros(len(few), dtype=np.int64)
        some = reals[few] > 0
        age[some] = few[some] - place[oldest[few[some]]] + 1
        early = few < n - 1
        codes[:, few] = _codes_of_few(breaching[:, few], reals[few], age, early, watch)
    return codes


def _codes_of_few(
    breaching: NDArray[np.int32],
    reals: IntArray,
    oldest_age: IntArray,
    early: NDArray[np.bool_],
    watch: Watch,
) -> CodeArray:
    """Judge ranges with fewer than N real blocks by the treatment of missing data, int8 [H, few].

    Parameters
    ----------
    breaching : int32 [H, few]
        Blocks that breach.
    reals, oldest_age : int64 [few]
        Real blocks, and how many blocks old the oldest of them is.
    early : bool [few]
        Ranges whose newest N blocks begin before the recording: ``missing`` judges them.
    watch : Watch
        The alarms.
    """
    m, treatment = watch.datapoints_to_alarm, watch.treat_missing_data
    undecided = KEEP if treatment == "ignore" else INSUFFICIENT_DATA
    aged = KEEP if treatment == "ignore" else ALARM
    ruled = _by_missing(breaching, reals, oldest_age, m=m, undecided=undecided, aged=aged)
    if treatment == "breaching":
        filled = breaching + (watch.evaluation_periods - reals)
        ruled = np.where(filled >= m, ALARM, OK).astype(np.int8)
    elif treatment == "notBreaching":
        ruled = np.where(breaching >= m, ALARM, OK).astype(np.int8)
    at_start = _by_missing(
        breaching, reals, oldest_age, m=m, undecided=INSUFFICIENT_DATA, aged=ALARM
    )
    return np.where(early, at_start, ruled).astype(np.int8)


def _by_missing(
    breaching: NDArray[np.int32],
    reals: IntArray,
    oldest_age: IntArray,
    *,
    m: int,
    undecided: int,
    aged: int,
) -> CodeArray:
    """Apply the rule of ``missing`` and ``ignore``: all breach, and the oldest is M blocks old.

    Parameters
    ----------
    breaching, reals, oldest_age
        As in `_codes_of_few`.
    m : int
        Datapoints to alarm.
    undecided, aged : int
        Code where nothing can be said, and where all breach and are old enough.
    """
    guarded = np.where(oldest_age >= m, aged, undecided)
    some = np.where(breaching < reals, OK, guarded)
    some = np.where(breaching >= m, ALARM, some)
    return np.where(reals > 0, some, undecided).astype(np.int8)


def _breaching(
    values: FloatArray, thresholds: FloatArray, comparison_operator: ComparisonOperator
) -> NDArray[np.bool_]:
    """Compare real blocks with each threshold, bool [H, reals]."""
    compare = {
        layout.GREATER: np.greater,
        layout.GREATER_OR_EQUAL: np.greater_equal,
        layout.LESS: np.less,
        layout.LESS_OR_EQUAL: np.less_equal,
    }[COMPARISON_CODES[comparison_operator]]
    return np.asarray(compare(values[None, :], thresholds[:, None]))


def _with_states_kept(codes: CodeArray) -> CodeArray:
    """Put the state before in place of KEEP, along time; before the first there is none."""
    if not (codes == KEEP).any():
        return codes
    at = np.where(codes == KEEP, -1, np.arange(codes.shape[1])[None, :])
    last = np.maximum.accumulate(at, axis=1)
    kept = np.take_along_axis(codes, np.maximum(last, 0), axis=1)
    return np.where(last >= 0, kept, INSUFFICIENT_DATA).astype(np.int8)
