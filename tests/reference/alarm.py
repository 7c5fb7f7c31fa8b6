"""Step 4, Alarms: one alarm at the end of one tick (`aws-semantics.md` 2.4)."""

from __future__ import annotations

from tests.reference.metric import Metric
from tests.reference.records import ALARM, INSUFFICIENT_DATA, OK, Alarm


def is_breaching(value: float, comparison_operator: str, threshold: float) -> bool:
    """Compare a block's value with the threshold."""
    if comparison_operator == "GreaterThanThreshold":
        return value > threshold
    if comparison_operator == "GreaterThanOrEqualToThreshold":
        return value >= threshold
    if comparison_operator == "LessThanThreshold":
        return value < threshold
    return value <= threshold


def judge(
    slots: list[bool | None],
    *,
    evaluation_periods: int,
    datapoints_to_alarm: int,
    treat_missing_data: str,
    previous: str,
) -> str:
    """Judge the evaluation range, newest slot first; None is a slot without data."""
    reals: list[bool] = []
    oldest_age = 0
    for age, slot in enumerate(slots, start=1):
        if slot is not None:
            reals.append(slot)
            oldest_age = age
    if len(reals) >= evaluation_periods:
        return OK if reals[:evaluation_periods].count(True) < datapoints_to_alarm else ALARM
    fill = evaluation_periods - len(reals)
    breaching = reals.count(True)
    if treat_missing_data == "breaching":
        return ALARM if breaching + fill >= datapoints_to_alarm else OK
    if treat_missing_data == "notBreaching":
        return ALARM if breaching >= datapoints_to_alarm else OK
    undecided = previous if treat_missing_data == "ignore" else INSUFFICIENT_DATA
    if not reals:
        return undecided
    if breaching >= datapoints_to_alarm:
        return ALARM
    if False in reals:
        return OK
    if oldest_age >= datapoints_to_alarm:
        return previous if treat_missing_data == "ignore" else ALARM
    return undecided


def next_state(
    alarm: Alarm, metric: Metric, t: int, *, threshold: float, period_ticks: int, previous: str
) -> str:
    """Look at N + extra blocks with this tick's threshold.

    "As long as one of an alarm's newest N blocks" is before the run, "the rule of `missing`
    judges the alarm; from then on `treat_missing_data` does".
    """
    slots: list[bool | None] = []
    for k in range(alarm.evaluation_periods + alarm.evaluation_range_extra):
        value = metric.block_value(t, k, period_ticks)
        slots.append(
            None if value is None else is_breaching(value, alarm.comparison_operator, threshold)
        )
    oldest_of_n = alarm.evaluation_periods - 1
    is_early = metric.is_before_the_run(t, oldest_of_n, period_ticks)
    return judge(
        slots,
        evaluation_periods=alarm.evaluation_periods,
        datapoints_to_alarm=alarm.datapoints_to_alarm,
        treat_missing_data="missing" if is_early else alarm.treat_missing_data,
        previous=previous,
    )
