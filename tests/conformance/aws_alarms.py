"""What AWS says about alarms, asked of the product: states, times and validity.

Every check gives what the product answers, under the names that the case expects.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from kernels import alarm as kernel
from kernels import layout
from tests.conformance.tally import Case, NotSupportedError, WrongFormatError
from tuner.errors import ConfigurationError
from tuner.host import HostModel
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.arrays import MISSING_DATA_CODES
from tuner.simulation.run import trace
from tuner.simulation.trace import STATE_WORDS
from tuner.traffic.shapes import Shape, TrafficShapes

CODES = {"0": kernel.FINE, "X": kernel.BREACHING, "-": kernel.MISSING}
STATES = (layout.STATE_OK, layout.STATE_ALARM, layout.STATE_INSUFFICIENT_DATA)
TICK_SECONDS = 60
LOW_PERCENT, HIGH_PERCENT, THRESHOLD_PERCENT = 1.0, 60.0, 55.0
"""A block is above the threshold only when the load is high in all of its ticks (up to ten)."""


def side_of(
    *,
    evaluation_periods: int = 1,
    datapoints_to_alarm: int = 1,
    evaluation_range: int = 1,
    treat_missing_data: str = "missing",
) -> layout.Side:
    """Give an alarm as the kernel takes it, with periods of one tick and a policy of nothing."""
    return layout.Side(
        present=1,
        threshold_percent=THRESHOLD_PERCENT,
        comparison=layout.GREATER,
        period_ticks=1,
        evaluation_periods=evaluation_periods,
        datapoints_to_alarm=datapoints_to_alarm,
        extra_blocks=evaluation_range - evaluation_periods,
        treat_missing_data=MISSING_DATA_CODES[treat_missing_data],
        adjustment_type=layout.CHANGE_IN_CAPACITY,
        scaling_adjustment=0,
        min_adjustment_magnitude=0,
        cooldown_ticks=0,
    )


def _side_given(given: Case) -> layout.Side:
    names = (
        "evaluation_periods",
        "datapoints_to_alarm",
        "evaluation_range",
        "treat_missing_data",
    )
    return side_of(**{name: given[name] for name in names})


def _state(slots: list[str], side: layout.Side, previous: int) -> int:
    """Give the state after these slots, by both ways the kernel has; they must be one."""
    codes = np.array([CODES[slot] for slot in slots], dtype=np.int64)
    newest = len(codes) - 1
    tallies = np.zeros(len(codes), dtype=np.int64)
    for tick, code in enumerate(codes):
        kernel.observe(tallies, tick, int(code), side)
    by_range = int(kernel.state_of_range(tallies, newest, 0, side, previous))
    by_window = int(kernel.next_state(tallies, newest, 0, side, previous))
    if by_range != by_window:
        raise AssertionError(f"state_of_range gives {by_range}, next_state gives {by_window}")
    return by_range


def _filled(slots: list[str], side: layout.Side) -> int:
    """Ask the kernel how many slots it fills: with no real breach, only fillings reach M."""
    fine = ["0" if slot == "X" else slot for slot in slots]
    all_filled = side._replace(treat_missing_data=layout.TREAT_BREACHING)
    return sum(
        _state(fine, all_filled._replace(datapoints_to_alarm=m), layout.STATE_OK)
        == layout.STATE_ALARM
        for m in range(1, side.evaluation_periods + 1)
    )


def missing_data(given: Case, expect: Case) -> Case:
    """Give the state from every earlier state: RETAIN where each keeps itself."""
    side, slots = _side_given(given), given["datapoints_oldest_first"]
    after = [_state(slots, side, previous) for previous in STATES]
    if after == list(STATES):
        state = "RETAIN"
    else:
        state = " or ".join(sorted({str(STATE_WORDS[code]) for code in after}))
    return {"state": state, "filled": _filled(slots, side)}


def premature(given: Case, expect: Case) -> Case:
    side, slots = _side_given(given), given["datapoints_oldest_first"]
    if "previous_window" not in given:
        after = {_state(slots, side, p) for p in STATES if p != layout.STATE_ALARM}
        return {"goes_to_alarm": after == {layout.STATE_ALARM}}
    before = _state(given["previous_window"], side, layout.STATE_OK)
    if str(STATE_WORDS[before]) != given["previous_state"]:
        return {"state": f"{STATE_WORDS[before]} already before"}
    return {"state": str(STATE_WORDS[_state(slots, side, before)])}


def _alarm_states(high: list[bool], period_s: int, n: int, m: int, threshold: float) -> list[str]:
    """Run one alarm over ticks of high and low load, with a group of one and no metric delay."""
    plan = ScalingPlan(
        scale_out=AlarmedPolicy(
            Alarm(
                threshold_percent=threshold,
                comparison_operator="GreaterThanThreshold",
                period_seconds=period_s,
                evaluation_periods=n,
                datapoints_to_alarm=m,
            ),
            SimpleScaling(scaling_adjustment=1),
        )
    )
    scenario = Scenario(
        host=HostModel(slope_percent_per_rpm=1.0),
        group=Group(min_size=1, max_size=1, initial_capacity=1),
        metric=Metric(metric_delay_seconds=0),
        tick_seconds=TICK_SECONDS,
    )
    rpm = np.where(high, HIGH_PERCENT, LOW_PERCENT).astype(np.float64)
    shapes = TrafficShapes.of([Shape(name="case", rpm=rpm)], tick_seconds=TICK_SECONDS)
    return [str(word) for word in STATE_WORDS[trace(plan, scenario, shapes, 0).scale_out_state]]


def seconds_to_alarm(period_s: int, n: int, m: int) -> int:
    """Give the time from the first tick of high load to ALARM, at the end of a tick."""
    low = 2 * n * period_s // TICK_SECONDS
    states = _alarm_states([False] * low + [True] * 2 * low, period_s, n, m, THRESHOLD_PERCENT)
    return (states.index("ALARM") + 1 - low) * TICK_SECONDS


def _evaluated_every(period_s: int) -> int:
    """Give the time between evaluations: how far ALARM moves as the load's rise moves."""
    first = 2 * period_s // TICK_SECONDS
    ticks = [
        _alarm_states([t >= rise for t in range(3 * first)], period_s, 1, 1, LOW_PERCENT).index(
            "ALARM"
        )
        for rise in range(first, 2 * first)
    ]
    return math.gcd(*(b - a for a, b in pairwise(ticks))) * TICK_SECONDS


def evaluation(given: Case, expect: Case) -> Case:
    if "evaluated_every_s" in expect:
        if given["period_s"] < TICK_SECONDS:
            raise NotSupportedError("the 10 s evaluation of sub-minute alarms is left out")
        return {"evaluated_every_s": _evaluated_every(given["period_s"])}
    n: int = given["evaluation_periods"]
    m: int = given.get("datapoints_to_alarm", n)
    if "breaching_by_period" in given:
        return _figure(given, expect, n, m)
    (name,) = expect
    if name not in ("seconds_to_alarm", "evaluation_interval_s"):
        raise WrongFormatError(f"no check for {name}")
    return {name: seconds_to_alarm(given["period_s"], n, m)}


def _figure(given: Case, expect: Case, n: int, m: int) -> Case:
    """Replay periods of one minute; those not listed, and n before the first, do not breach."""
    breaching = {int(period): value for period, value in given["breaching_by_period"].items()}
    high = [False] * n + [breaching.get(p, False) for p in range(1, max(breaching) + 1)]
    states = _alarm_states(high, TICK_SECONDS, n, m, float(given["threshold"]))
    if states[n - 1] != given["initial_state"]:
        raise NotSupportedError("a run cannot start in this state")
    return {"state_after_period": {p: states[n - 1 + int(p)] for p in expect["state_after_period"]}}


def config_validity(given: Case, expect: Case) -> Case:
    n: int = given.get("evaluation_periods", 1)
    try:
        Alarm(
            threshold_percent=THRESHOLD_PERCENT,
            comparison_operator="GreaterThanThreshold",
            period_seconds=given.get("period_s", 60),
            evaluation_periods=n,
            datapoints_to_alarm=given.get("datapoints_to_alarm", n),
        )
    except ConfigurationError:
        return {"valid": False}
    return {"valid": True}
