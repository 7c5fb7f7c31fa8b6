"""Outcome codes of a run and their sentences. A kernel never raises; it writes one of these."""

from __future__ import annotations

DONE = 0
PERIOD_NOT_WHOLE_TICKS = 1
DATAPOINTS_OUTSIDE_PERIODS = 2
NEGATIVE_NUMBER = 3
MIN_ABOVE_MAX = 4
PERIOD_UNDER_BASIC_MONITORING = 5
UNKNOWN_CODE = 6
TRACKING_UNDER_BASIC_MONITORING = 7
TARGET_NOT_ABOVE_ZERO = 8
LEFT_TO_ONE_RUN = -1
"""Within the drivers only: a lane that the one-run loop has still to run."""

SENTENCES = {
    DONE: "",
    PERIOD_NOT_WHOLE_TICKS: "an alarm's period is not a whole number of ticks, at least one: "
    "choose tick_seconds so that it divides every period_seconds",
    DATAPOINTS_OUTSIDE_PERIODS: "datapoints_to_alarm is not within 1 and evaluation_periods: "
    "lower M or raise N",
    NEGATIVE_NUMBER: "a cooldown, a warm-up, a minimum size, an evaluation_range_extra, "
    "a scale_in_limit or a min_adjustment_magnitude is below 0: raise it to 0",
    MIN_ABOVE_MAX: "a minimum size lies above the maximum size, from the start or by a scheduled "
    "action: lower the minimum or raise the maximum",
    PERIOD_UNDER_BASIC_MONITORING: "basic monitoring gives a datapoint each 300 s, which cannot "
    "feed a shorter period: use period_seconds of 300 or more, or detailed monitoring",
    UNKNOWN_CODE: "a comparison, missing-data or adjustment code is unknown: build the columns "
    "with the code tables of tuner.simulation",
    TRACKING_UNDER_BASIC_MONITORING: "target tracking needs a datapoint each minute, which basic "
    "monitoring does not give: use detailed monitoring",
    TARGET_NOT_ABOVE_ZERO: "a target_value is not above 0: give the CPU percent to hold",
}
